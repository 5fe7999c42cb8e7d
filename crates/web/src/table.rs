//! An answer as CSV: the lines that its question names, one column for each field.

use answers::Entry;
use serde_json::Value;

/// The lines of an answer as CSV; the whole answer as one line where it is no table.
///
/// # Errors
/// Never in practice: it is written into memory.
pub(crate) fn csv(entry: &Entry, answer: &Value) -> Result<Vec<u8>, csv::Error> {
    let whole = std::slice::from_ref(answer);
    let lines = match entry.lines.map(|name| &answer[name]) {
        Some(Value::Array(lines)) => lines.as_slice(),
        _ => whole,
    };
    let mut columns = declared(entry);
    for field in lines.iter().filter_map(Value::as_object).flat_map(|line| line.keys()) {
        if !columns.contains(field) {
            columns.push(field.clone());
        }
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&columns)?;
    for line in lines {
        writer.write_record(columns.iter().map(|column| cell(&line[column.as_str()])))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// The fields of a line in the order in which the schema has them, so that a table has its columns even when it is empty.
fn declared(entry: &Entry) -> Vec<String> {
    let schema = entry.answer_schema();
    let items = entry.lines.map_or(&schema, |name| &schema["properties"][name]["items"]);
    let reference = items["$ref"].as_str().and_then(|reference| reference.strip_prefix("#/$defs/"));
    let line = reference.map_or(items, |name| &schema["$defs"][name]);
    line["properties"].as_object().map(|fields| fields.keys().cloned().collect()).unwrap_or_default()
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(parts) if parts.iter().all(|part| part.is_string() || part.is_number()) => {
            parts.iter().map(cell).collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}
