//! Lines of a source, whatever its format: texts by column.

use std::collections::HashMap;
use std::io::Read;

use serde_json::Value;

use crate::mapping::SourceFormat;

/// One line (or object) of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Line in the file, from 1; for JSON the place of the object in the array, from 1.
    pub line: u64,
    texts: HashMap<String, String>,
}

impl Record {
    /// The text in a column.
    #[must_use]
    pub fn text(&self, column: &str) -> Option<&str> {
        self.texts.get(column).map(String::as_str)
    }
}

/// The source cannot be read as what the mapping says it is.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// See the cause.
    #[error("the line is not one of this table")]
    Csv {
        /// The line.
        line: u64,
        /// Why.
        #[source]
        source: csv::Error,
    },
    /// See the cause.
    #[error("read the file as JSON")]
    Json(#[from] serde_json::Error),
    /// Something else than an array of objects.
    #[error("the file is not an array of JSON objects: {0}")]
    NotObjects(String),
    /// A column of the mapping is not there.
    #[error("the file has no column `{column}`; it has {}", quoted(found))]
    ColumnMissing {
        /// The column.
        column: String,
        /// The columns that are there.
        found: Vec<String>,
    },
}

fn quoted(columns: &[String]) -> String {
    match columns {
        [] => "none".to_owned(),
        columns => columns.iter().map(|column| format!("`{column}`")).collect::<Vec<_>>().join(", "),
    }
}

/// The records of a source, each or what is wrong with it. A damaged line does not hide the lines after it.
///
/// # Errors
/// When nothing of the source can be read, or a needed column is missing.
pub fn records(
    input: impl Read,
    format: SourceFormat,
    delimiter: Option<char>,
    needed: &[&str],
) -> Result<Vec<Result<Record, SourceError>>, SourceError> {
    match format {
        SourceFormat::Csv => csv_records(input, delimiter.unwrap_or(','), needed),
        SourceFormat::Json => json_records(input, needed),
    }
}

fn check_columns(needed: &[&str], found: Vec<String>) -> Result<(), SourceError> {
    match needed.iter().find(|column| !found.iter().any(|header| header == *column)) {
        Some(column) => Err(SourceError::ColumnMissing { column: (*column).to_owned(), found }),
        None => Ok(()),
    }
}

fn csv_records(
    input: impl Read,
    delimiter: char,
    needed: &[&str],
) -> Result<Vec<Result<Record, SourceError>>, SourceError> {
    let delimiter = u8::try_from(delimiter).unwrap_or(b',');
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(false).delimiter(delimiter).from_reader(input);
    let headers = reader.headers().map_err(|source| SourceError::Csv { line: 1, source })?.clone();
    check_columns(needed, headers.iter().map(|header| header.trim_start_matches('\u{feff}').to_owned()).collect())?;
    let record = |record: Result<csv::StringRecord, csv::Error>| match record {
        Ok(record) => {
            let line = record.position().map_or(0, csv::Position::line);
            let headers = headers.iter().map(|header| header.trim_start_matches('\u{feff}').to_owned());
            Ok(Record { line, texts: headers.zip(record.iter().map(str::to_owned)).collect() })
        }
        Err(source) => {
            let line = source.position().map_or(0, csv::Position::line);
            Err(SourceError::Csv { line, source })
        }
    };
    Ok(reader.records().map(record).collect())
}

fn json_records(input: impl Read, needed: &[&str]) -> Result<Vec<Result<Record, SourceError>>, SourceError> {
    let value: Value = serde_json::from_reader(input)?;
    let Value::Array(objects) = value else {
        return Err(SourceError::NotObjects("it is something else".into()));
    };
    // An object may leave a field out; a field that no object has is a wrong name in the mapping.
    let mut found: Vec<String> = Vec::new();
    for key in objects.iter().filter_map(Value::as_object).flat_map(serde_json::Map::keys) {
        if !found.contains(key) {
            found.push(key.clone());
        }
    }
    if !found.is_empty() {
        check_columns(needed, found)?;
    }
    let record = |(line, object): (u64, Value)| {
        let Value::Object(map) = object else {
            return Err(SourceError::NotObjects(format!("entry {line} is something else")));
        };
        let text = |value: Value| match value {
            Value::String(text) => text,
            Value::Null => String::new(),
            other => other.to_string(),
        };
        Ok(Record { line, texts: map.into_iter().map(|(key, value)| (key, text(value))).collect() })
    };
    Ok((1..).zip(objects).map(record).collect())
}
