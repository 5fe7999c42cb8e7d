//! Lines of a source, whatever its format: texts by column.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::sync::Arc;

use serde_json::value::RawValue;

use crate::mapping::SourceFormat;

/// One line (or object) of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Line in the file, from 1; for JSON the place of the object in the array, from 1.
    pub line: u64,
    texts: Texts,
}

/// Texts by column. The lines of a table share their headings: a million of them fit into memory.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Texts {
    Table(Arc<HashMap<String, usize>>, csv::StringRecord),
    Object(HashMap<String, String>),
}

impl Record {
    /// The text in a column.
    #[must_use]
    pub fn text(&self, column: &str) -> Option<&str> {
        match &self.texts {
            Texts::Table(headings, fields) => headings.get(column).and_then(|place| fields.get(*place)),
            Texts::Object(texts) => texts.get(column).map(String::as_str),
        }
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
    /// An entry of the array is something else than an object.
    #[error("entry {line} of the array is not a JSON object")]
    NotAnObject {
        /// The entry, from 1.
        line: u64,
    },
    /// A column of the mapping is not there.
    #[error("the file has no column `{column}`; it has {}", quoted(found))]
    ColumnMissing {
        /// The column.
        column: String,
        /// The columns that are there.
        found: Vec<String>,
    },
}

impl SourceError {
    /// The line that is wrong; 0 where that cannot be said.
    #[must_use]
    pub const fn line(&self) -> u64 {
        match self {
            Self::Csv { line, .. } | Self::NotAnObject { line } => *line,
            _ => 0,
        }
    }
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
    let bare = |header: &str| header.trim_start_matches('\u{feff}').to_owned();
    check_columns(needed, headers.iter().map(bare).collect())?;
    let headings: Arc<HashMap<String, usize>> =
        Arc::new(headers.iter().enumerate().map(|(place, header)| (bare(header), place)).collect());
    let record = |record: Result<csv::StringRecord, csv::Error>| match record {
        Ok(record) => {
            let line = record.position().map_or(0, csv::Position::line);
            Ok(Record { line, texts: Texts::Table(Arc::clone(&headings), record) })
        }
        Err(source) => {
            let line = source.position().map_or(0, csv::Position::line);
            Err(SourceError::Csv { line, source })
        }
    };
    Ok(reader.records().map(record).collect())
}

/// Figures are taken as they are written: a number that went through floating point would not be what was told.
fn json_records(input: impl Read, needed: &[&str]) -> Result<Vec<Result<Record, SourceError>>, SourceError> {
    let whole: Box<RawValue> = serde_json::from_reader(input)?;
    if !whole.get().starts_with('[') {
        return Err(SourceError::NotObjects("it is something else".into()));
    }
    let entries: Vec<&RawValue> = serde_json::from_str(whole.get())?;
    // An object may leave a field out; a field that no object has is a wrong name in the mapping.
    let mut found: Vec<String> = Vec::new();
    for key in entries.iter().filter_map(|entry| object(entry)).flat_map(BTreeMap::into_keys) {
        if !found.contains(&key) {
            found.push(key);
        }
    }
    if !found.is_empty() {
        check_columns(needed, found)?;
    }
    let record = |(line, entry): (u64, &RawValue)| {
        let Some(map) = object(entry) else {
            return Err(SourceError::NotAnObject { line });
        };
        let texts = map.into_iter().map(|(key, value)| (key, text(value.get()))).collect();
        Ok(Record { line, texts: Texts::Object(texts) })
    };
    Ok((1..).zip(entries).map(record).collect())
}

fn object(entry: &RawValue) -> Option<BTreeMap<String, &RawValue>> {
    serde_json::from_str(entry.get()).ok()
}

/// The text of a JSON value: a string without its quotes, a number with all its digits.
fn text(raw: &str) -> String {
    match raw.as_bytes().first() {
        Some(b'"') => serde_json::from_str(raw).unwrap_or_else(|_| raw.to_owned()),
        Some(b'n') => String::new(),
        Some(b'-' | b'0'..=b'9') => plain(raw).unwrap_or_else(|| raw.to_owned()),
        _ => raw.to_owned(),
    }
}

/// Longest figure that is written out from its exponent.
const PLAIN_DIGITS_MAX: usize = 60;

/// `1.5e-7` as `0.00000015`: the same number, exactly; none where it has no exponent, or one that nobody means.
fn plain(number: &str) -> Option<String> {
    let (mantissa, exponent) = number.split_once(['e', 'E'])?;
    let exponent: i32 = exponent.parse().ok().filter(|exponent: &i32| exponent.unsigned_abs() <= 40)?;
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |mantissa| ("-", mantissa));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let point = i32::try_from(whole.len()).ok()? + exponent;
    if digits.len() > PLAIN_DIGITS_MAX {
        return None;
    }
    let length = i32::try_from(digits.len()).ok()?;
    let written = match point {
        point if point <= 0 => format!("0.{}{digits}", "0".repeat(point.unsigned_abs() as usize)),
        point if point >= length => format!("{digits}{}", "0".repeat((point - length).unsigned_abs() as usize)),
        point => format!("{}.{}", &digits[..point as usize], &digits[point as usize..]),
    };
    // Zeros before the whole say nothing.
    let trimmed = written.trim_start_matches('0');
    let written =
        if trimmed.is_empty() || trimmed.starts_with('.') { format!("0{trimmed}") } else { trimmed.to_owned() };
    Some(format!("{sign}{written}"))
}

#[cfg(test)]
mod tests;
