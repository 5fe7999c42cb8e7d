//! Answers of many rows, row by row: a million rows as text fit into memory, a million maps of texts do not.

use std::io::{self, BufWriter, Write as _};

use answers::Question;
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use shell::{Exit, Failure};

use super::reserve::{columns, empty, grid, text};
use crate::output::{Format, show};

/// Rows of a table for people: whoever wants more has a program read them.
pub(super) const TABLE_ROWS_MAX: usize = 10_000;

/// The fields of an object in their order, unread.
#[derive(Default)]
struct Fields<'t>(Vec<(String, &'t RawValue)>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Fields::default();
                while let Some(field) = map.next_entry()? {
                    fields.0.push(field);
                }
                Ok(fields)
            }
        }
        deserializer.deserialize_map(Each)
    }
}

/// Prints an answer: as JSON the whole of it, as a table or CSV the list that is named.
pub(super) fn answered<A: Question>(answer: A::Answer, format: Format, list: Option<&str>) -> Result<Exit, Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    if format == Format::Json {
        serde_json::to_writer_pretty(&mut out, &answer)?;
        writeln!(out)?;
        out.flush()?;
        return Ok(Exit::Done);
    }
    let written = serde_json::to_string(&answer)?;
    drop(answer);
    let Fields(fields) = serde_json::from_str(&written)?;
    let found = list.and_then(|list| fields.iter().find(|(name, _)| name == list));
    let rows: Vec<&RawValue> = found.map_or(Ok(Vec::new()), |(_, list)| serde_json::from_str(list.get()))?;
    let headings = list.filter(|_| rows.is_empty()).map(columns::<A::Answer>).unwrap_or_default();
    if format == Format::Csv && !rows.is_empty() {
        return csv(&mut out, &rows);
    }
    if format == Format::Table {
        for (name, value) in &fields {
            match serde_json::from_str(value.get())? {
                Value::Array(_) | Value::Null => {}
                value => writeln!(out, "{name}: {}", text(&value))?,
            }
        }
    }
    out.flush()?;
    drop(out);
    let shown: Result<Vec<Value>, _> =
        rows.iter().take(TABLE_ROWS_MAX).map(|row| serde_json::from_str(row.get())).collect();
    let shown = shown?;
    show(format, &Value::Null, || if shown.is_empty() { empty(&headings) } else { grid(&shown) })?;
    say_more(rows.len());
    Ok(Exit::Done)
}

/// Says that a table is not all of it.
pub(super) fn say_more(count: usize) {
    if count > TABLE_ROWS_MAX {
        eprintln!("and {} more: `--format csv` writes all", count - TABLE_ROWS_MAX);
    }
}

/// A list as comma-separated values; its headings where it has no rows.
pub(super) fn list_csv<T: Serialize>(list: &[T], headings: impl FnOnce() -> Vec<String>) -> Result<Vec<u8>, Failure> {
    if list.is_empty() {
        return empty(&headings()).csv();
    }
    let rows = list.iter().map(serde_json::value::to_raw_value).collect::<Result<Vec<_>, _>>()?;
    let mut out = Vec::new();
    csv(&mut out, &rows.iter().map(AsRef::as_ref).collect::<Vec<_>>())?;
    Ok(out)
}

fn csv(out: &mut impl io::Write, rows: &[&RawValue]) -> Result<Exit, Failure> {
    let mut writer = csv::Writer::from_writer(out);
    for (place, row) in rows.iter().enumerate() {
        let row: Map<String, Value> = serde_json::from_str(row.get())?;
        if place == 0 {
            writer.write_record(row.keys())?;
        }
        writer.write_record(row.values().map(text))?;
    }
    writer.flush()?;
    Ok(Exit::Done)
}
