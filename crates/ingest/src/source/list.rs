//! Lists of objects: JSON, alone or inside of something else, and one object a line.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::table::{Kind, Row};
use super::{CELLS_MAX, Sheet, SourceError};
use crate::layout::{Layout, SourceFormat};
use crate::wrong::Wrong;

/// Objects in objects.
const DEPTH_MAX: usize = 8;

/// The rows of a list. Figures are taken as they are written: a number that went through floating point would not be what
/// was told.
pub(super) fn sheet(text: &str, layout: &Layout) -> Result<Sheet, SourceError> {
    let is_lines = layout.format == Some(SourceFormat::Jsonl) || (layout.format.is_none() && is_lines(text));
    let mut table = Objects::default();
    if is_lines {
        for (line, entry) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
            table.push(line, serde_json::from_str::<&RawValue>(entry).ok())?;
        }
    } else {
        let whole: &RawValue = serde_json::from_str(text)?;
        for (place, entry) in (1..).zip(entries(whole, layout.rows.as_deref())?) {
            table.push(place, Some(entry))?;
        }
    }
    Ok(table.end())
}

fn is_lines(text: &str) -> bool {
    text.trim_start().starts_with('{') && serde_json::from_str::<serde::de::IgnoredAny>(text).is_err()
}

/// The entries of the list that is meant: the whole, the one at a path, or the only one that an object holds.
fn entries<'r>(whole: &'r RawValue, path: Option<&str>) -> Result<Vec<&'r RawValue>, SourceError> {
    let mut at = whole;
    if let Some(path) = path {
        for step in path.split('.') {
            let missing = || SourceError::NotObjects(Wrong::ListNothingAt { text: path.to_owned() });
            at = object(at).and_then(|mut object| object.remove(step)).ok_or_else(missing)?;
        }
    } else if let Some(object) = object(at) {
        let mut found = Vec::new();
        lists(&object, "", 0, &mut found);
        at = match &found[..] {
            [(_, list)] => list,
            [] => return Err(SourceError::NotObjects(Wrong::ListOther)),
            several => {
                let paths = several.iter().map(|(path, _)| path.clone()).collect();
                return Err(SourceError::WhichRows { found: paths });
            }
        };
    }
    if !at.get().starts_with('[') {
        return Err(SourceError::NotObjects(Wrong::ListOther));
    }
    Ok(serde_json::from_str(at.get())?)
}

/// The lists of objects in an object, by their paths; those in a list are its rows' own.
fn lists<'r>(
    object: &BTreeMap<String, &'r RawValue>,
    above: &str,
    depth: usize,
    found: &mut Vec<(String, &'r RawValue)>,
) {
    for (name, value) in object {
        let path = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
        if is_list_of_objects(&value) {
            found.push((path, value));
        } else if let Some(inner) = self::object(value).filter(|_| depth < DEPTH_MAX) {
            lists(&inner, &path, depth + 1, found);
        }
    }
}

fn is_list_of_objects(value: &&&RawValue) -> bool {
    value.get().strip_prefix('[').is_some_and(|inner| inner.trim_start().starts_with(['{', ']']))
}

fn object(entry: &RawValue) -> Option<BTreeMap<String, &RawValue>> {
    entry.get().starts_with('{').then(|| serde_json::from_str(entry.get()).ok()).flatten()
}

/// A cell by the place of its column.
type Cell = (usize, String, Kind);

/// Objects on their way to be rows: the columns are all fields of all of them.
#[derive(Default)]
struct Objects {
    names: Vec<String>,
    places: std::collections::HashMap<String, usize>,
    found: Vec<Result<(u64, Vec<Cell>), SourceError>>,
}

impl Objects {
    fn push(&mut self, line: u64, entry: Option<&RawValue>) -> Result<(), SourceError> {
        let Some(entry) = entry.filter(|entry| object(entry).is_some()) else {
            self.found.push(Err(SourceError::NotAnObject { line }));
            return Ok(());
        };
        let mut cells = Vec::new();
        self.flatten("", entry, &mut cells, 0);
        self.found.push(Ok((line, cells)));
        if self.names.len().saturating_mul(self.found.len()) > CELLS_MAX {
            return Err(SourceError::TooLarge { what: "list" });
        }
        Ok(())
    }

    /// `{"a": {"b": 1}}` is a column `a.b`; the first entry of a list in it is `a.0`.
    fn flatten(&mut self, prefix: &str, value: &RawValue, cells: &mut Vec<Cell>, depth: usize) {
        let below = |name: &str| if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") };
        if depth < DEPTH_MAX {
            if let Some(object) = object(value) {
                for (name, value) in object {
                    self.flatten(&below(&name), value, cells, depth + 1);
                }
                return;
            }
            if value.get().starts_with('[')
                && value.get().contains(['{', '"'])
                && let Ok(entries) = serde_json::from_str::<Vec<&RawValue>>(value.get())
            {
                for (place, value) in entries.into_iter().enumerate() {
                    self.flatten(&below(&place.to_string()), value, cells, depth + 1);
                }
                return;
            }
        }
        let (text, kind) = text(value.get());
        let next = self.names.len();
        let place = *self.places.entry(prefix.to_owned()).or_insert(next);
        if place == next {
            self.names.push(prefix.to_owned());
        }
        cells.push((place, text, kind));
    }

    fn end(self) -> Sheet {
        let width = self.names.len();
        let row = |(line, mut cells): (u64, Vec<Cell>)| {
            cells.sort_by_key(|(place, _, _)| *place);
            let mut row = Row::new(line);
            for (place, text, kind) in cells {
                row.pad(place, Kind::Absent);
                if row.count() == place {
                    row.push(&text, kind);
                }
            }
            row.pad(width, Kind::Absent);
            row
        };
        let rows = self.found.into_iter().map(|found| found.map(row)).collect();
        Sheet { name: None, is_ragged: true, named: Some(self.names), rows }
    }
}

/// The text of a JSON value: a string without its quotes, a number with all its digits.
fn text(raw: &str) -> (String, Kind) {
    match raw.as_bytes().first() {
        Some(b'"') => (serde_json::from_str(raw).unwrap_or_else(|_| raw.to_owned()), Kind::Text),
        Some(b'n') => (String::new(), Kind::Text),
        Some(b'-' | b'0'..=b'9') => (raw.to_owned(), Kind::Number),
        _ => (raw.to_owned(), Kind::Text),
    }
}
