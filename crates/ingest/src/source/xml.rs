//! Elements as rows: of a despatch or receipt advice (UBL) its lines, of EPCIS its events, of anything else the element
//! that is named. What stands in the row is a column by its path (`Item/Name`), an attribute by its name
//! (`DeliveredQuantity@unitCode`), and what stands around the row begins with `/` (`/IssueDate`).

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::table::{Kind, Row};
use super::{CELLS_MAX, Sheet, SourceError};
use crate::layout::Layout;
use crate::wrong::Wrong;

/// Elements in elements.
const DEPTH_MAX: usize = 64;

/// Elements that are rows where a mapping names none.
const ROWS: [&str; 9] = [
    "DespatchLine",
    "ReceiptLine",
    "ObjectEvent",
    "AggregationEvent",
    "TransformationEvent",
    "TransactionEvent",
    "AssociationEvent",
    "row",
    "record",
];

/// An element that is open.
#[derive(Default)]
struct Open {
    name: String,
    text: String,
    /// Paths below it, with their texts.
    leaves: Vec<(String, String)>,
    has_rows: bool,
    has_elements: bool,
}

/// The rows of a document.
pub(super) fn sheet(text: &str, layout: &Layout) -> Result<Sheet, SourceError> {
    let mut reader = Reader::from_str(text);
    let mut walk = Walk { named: layout.rows.as_deref(), ..Walk::default() };
    loop {
        match reader.read_event().map_err(|error| SourceError::Xml(Box::new(error)))? {
            Event::Start(element) => walk.open(&element)?,
            Event::Empty(element) => {
                walk.open(&element)?;
                walk.close()?;
            }
            Event::End(_) => walk.close()?,
            Event::Text(text) => walk.text(&text),
            Event::CData(text) => walk.text(&text),
            Event::GeneralRef(name) => {
                let letter = match &*name {
                    "lt" => "<".to_owned(),
                    "gt" => ">".to_owned(),
                    "amp" => "&".to_owned(),
                    "apos" => "'".to_owned(),
                    "quot" => "\"".to_owned(),
                    // Entities of a document's own are not read: they may grow without end.
                    _ => name.resolve_char_ref().ok().flatten().map(String::from).unwrap_or_default(),
                };
                walk.text(&letter);
            }
            Event::Eof => return walk.end(),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

#[derive(Default)]
struct Walk<'l> {
    named: Option<&'l str>,
    open: Vec<Open>,
    /// How deep the row stands that is read, if any.
    row: Option<usize>,
    names: Vec<String>,
    places: std::collections::HashMap<String, usize>,
    found: Vec<Vec<(usize, String)>>,
    cells: usize,
}

impl Walk<'_> {
    fn open(&mut self, element: &BytesStart<'_>) -> Result<(), SourceError> {
        let name = element.local_name().as_ref().to_owned();
        if self.open.len() >= DEPTH_MAX {
            return Err(SourceError::TooLarge { what: "elements_in_elements" });
        }
        if let Some(parent) = self.open.last_mut() {
            parent.has_elements = true;
        }
        let is_row = self.named.map_or_else(|| ROWS.contains(&name.as_str()), |named| named == name);
        let mut open = Open { name, ..Open::default() };
        for attribute in element.attributes().flatten() {
            let key = attribute.key.as_ref();
            if key.starts_with("xmlns") {
                continue;
            }
            let value = attribute
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                .map_err(|error| SourceError::Xml(Box::new(error)))?;
            let local = key.rsplit(':').next().unwrap_or(key);
            open.leaves.push((format!("@{local}"), value.into_owned()));
        }
        self.open.push(open);
        if is_row && self.row.is_none() {
            self.row = Some(self.open.len());
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        if let Some(open) = self.open.last_mut() {
            open.text.push_str(text);
        }
    }

    fn close(&mut self) -> Result<(), SourceError> {
        let depth = self.open.len();
        let Some(Open { name, text, leaves, has_rows, has_elements }) = self.open.pop() else { return Ok(()) };
        let mut below: Vec<(String, String)> = leaves;
        if !has_elements {
            below.insert(0, (String::new(), text.trim().to_owned()));
        }
        if self.row == Some(depth) {
            self.row = None;
            self.open.iter_mut().for_each(|open| open.has_rows = true);
            return self.end_row(below);
        }
        // What stood around rows that are over says nothing of the rows to come.
        if let Some(parent) = self.open.last_mut().filter(|_| !has_rows) {
            for (path, text) in below {
                let joined = if path.is_empty() || path.starts_with('@') {
                    format!("{name}{path}")
                } else {
                    format!("{name}/{path}")
                };
                parent.leaves.push((joined, text));
            }
        }
        Ok(())
    }

    fn end_row(&mut self, own: Vec<(String, String)>) -> Result<(), SourceError> {
        let around =
            self.open.iter().flat_map(|open| &open.leaves).map(|(path, text)| (format!("/{path}"), text.clone()));
        let all: Vec<(String, String)> = own.into_iter().chain(around).collect();
        let mut cells: Vec<(usize, String)> = Vec::new();
        for (path, text) in all {
            // The second of its name is a column of its own.
            let place = (1..).map(|nth| if nth == 1 { path.clone() } else { format!("{path}[{nth}]") });
            for name in place {
                let next = self.names.len();
                let place = *self.places.entry(name.clone()).or_insert(next);
                if place == next {
                    self.names.push(name);
                }
                if !cells.iter().any(|(taken, _)| *taken == place) {
                    cells.push((place, text));
                    break;
                }
            }
        }
        self.cells += self.names.len();
        if self.cells > CELLS_MAX {
            return Err(SourceError::TooLarge { what: "document" });
        }
        self.found.push(cells);
        Ok(())
    }

    fn end(self) -> Result<Sheet, SourceError> {
        if self.found.is_empty() {
            return Err(SourceError::Other(Wrong::XmlWithoutRows));
        }
        let width = self.names.len();
        let row = |(line, mut cells): (u64, Vec<(usize, String)>)| {
            cells.sort_by_key(|(place, _)| *place);
            let mut row = Row::new(line);
            for (place, text) in cells {
                row.pad(place, Kind::Absent);
                row.push(text.trim(), Kind::Text);
            }
            row.pad(width, Kind::Absent);
            Ok(row)
        };
        let rows = (1..).zip(self.found).map(row).collect();
        Ok(Sheet { name: None, is_ragged: true, named: Some(self.names), rows })
    }
}
