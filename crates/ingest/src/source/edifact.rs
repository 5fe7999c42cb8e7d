//! UN/EDIFACT: of a message its lines (`LIN`), with what stands before them. A segment with a qualifier is a column by
//! both (`QTY.12`, `DTM.50`, `RFF.AAK`), and what comes with its value is a column behind it (`QTY.12.unit`).

use std::collections::HashMap;

use super::table::{Kind, Row};
use super::{CELLS_MAX, Sheet, SourceError};
use crate::wrong::Wrong;

/// Marks of an interchange.
#[derive(Clone, Copy)]
struct Marks {
    component: char,
    element: char,
    release: char,
    end: char,
}

const USUAL: Marks = Marks { component: ':', element: '+', release: '?', end: '\'' };

type Segment = Vec<Vec<String>>;

/// A cell by the place of its column, and by its name.
type Cell = (usize, String, Kind);
type Named = (String, String, Kind);

/// The rows of an interchange.
pub(super) fn sheet(text: &str) -> Result<Sheet, SourceError> {
    let (mut names, mut places) = (Vec::new(), HashMap::<String, usize>::new());
    let mut found: Vec<(u64, Vec<Cell>)> = Vec::new();
    let (mut around, mut own) = (Vec::new(), None::<(u64, Vec<Named>)>);
    let mut end_line = |around: &[Named], own: &mut Option<(u64, Vec<Named>)>| {
        let Some((line, cells)) = own.take() else { return Ok(()) };
        let mut row: Vec<Cell> = Vec::new();
        for (name, text, kind) in cells.into_iter().chain(around.iter().cloned()) {
            let place = *places.entry(name.clone()).or_insert_with(|| {
                names.push(name);
                names.len() - 1
            });
            // The first of its name counts, and what a line says before what stands around it.
            if !row.iter().any(|(taken, _, _)| *taken == place) {
                row.push((place, text, kind));
            }
        }
        found.push((line, row));
        if found.len().saturating_mul(names.len()) > CELLS_MAX {
            return Err(SourceError::TooLarge { what: "segments" });
        }
        Ok(())
    };
    for (line, segment) in segments(text)? {
        let tag = component(&segment, 0, 0).to_owned();
        match tag.as_str() {
            "UNH" => {
                end_line(&around, &mut own)?;
                around.retain(|(name, _, _): &Named| name.starts_with("UNB"));
            }
            "UNT" | "UNZ" | "UNS" => end_line(&around, &mut own)?,
            "LIN" => {
                end_line(&around, &mut own)?;
                own = Some((line, Vec::new()));
            }
            _ => {}
        }
        let cells = cells(&tag, &segment);
        own.as_mut().map_or(&mut around, |(_, own)| own).extend(cells);
    }
    end_line(&around, &mut own)?;
    if found.is_empty() {
        return Err(SourceError::Edifact(Wrong::SegmentsWithoutLine));
    }
    let width = names.len();
    let row = |(line, mut cells): (u64, Vec<Cell>)| {
        cells.sort_by_key(|(place, _, _)| *place);
        let mut row = Row::new(line);
        for (place, text, kind) in cells {
            row.pad(place, Kind::Absent);
            row.push(&text, kind);
        }
        row.pad(width, Kind::Absent);
        Ok(row)
    };
    Ok(Sheet { name: None, is_ragged: true, named: Some(names), rows: found.into_iter().map(row).collect() })
}

fn component(segment: &Segment, element: usize, place: usize) -> &str {
    segment.get(element).and_then(|element| element.get(place)).map_or("", String::as_str)
}

/// What a segment says, by column.
fn cells(tag: &str, segment: &Segment) -> Vec<(String, String, Kind)> {
    let text = |element, place| component(segment, element, place).to_owned();
    let cell = |name: String, text: String| (name, text, Kind::Text);
    let all = match tag {
        "LIN" => vec![cell("LIN".into(), text(1, 0)), cell("LIN.item".into(), text(3, 0))],
        "UNB" => vec![cell("UNB.sender".into(), text(2, 0)), cell("UNB.recipient".into(), text(3, 0))],
        "UNH" => vec![cell("UNH".into(), text(2, 0))],
        "BGM" => vec![cell("BGM".into(), text(1, 0)), cell("BGM.number".into(), text(2, 0))],
        "IMD" => vec![cell("IMD".into(), text(3, 3))],
        "DTM" => {
            let (value, form) = (text(1, 1), text(1, 2));
            let moment = moment(&value, &form);
            let kind = if moment.is_some() { Kind::Moment } else { Kind::Text };
            vec![(format!("DTM.{}", text(1, 0)), moment.unwrap_or(value), kind)]
        }
        "QTY" => {
            let name = format!("QTY.{}", text(1, 0));
            vec![cell(format!("{name}.unit"), text(1, 2)), (name, number(&text(1, 1)), Kind::Number)]
        }
        "MEA" => {
            let name = format!("MEA.{}.{}", text(1, 0), text(2, 0));
            vec![cell(format!("{name}.unit"), text(3, 0)), (name, number(&text(3, 1)), Kind::Number)]
        }
        // A number of the article, by the kind of number: `PIA.NB` is its batch.
        "PIA" => vec![cell(format!("PIA.{}", text(2, 1)), text(2, 0))],
        // The qualifier stands in the first element, with its value behind it or in the next one.
        "RFF" | "NAD" | "LOC" | "GIN" | "GIR" | "TDT" | "PCI" | "FTX" => {
            let value = if text(1, 1).is_empty() { text(2, 0) } else { text(1, 1) };
            vec![cell(format!("{tag}.{}", text(1, 0)), value)]
        }
        _ => Vec::new(),
    };
    all.into_iter().filter(|(_, text, _)| !text.is_empty()).collect()
}

/// A number with a point: a comma is the same mark here, and nothing parts thousands (ISO 9735).
fn number(text: &str) -> String {
    text.replace(',', ".")
}

/// A day, perhaps with a time, by the codes of formats (2379).
fn moment(value: &str, form: &str) -> Option<String> {
    let (letters, pattern) = match form {
        "102" => (8, "%Y%m%d"),
        "203" => (12, "%Y%m%d%H%M"),
        "204" => (14, "%Y%m%d%H%M%S"),
        _ => return None,
    };
    if value.len() != letters {
        return None;
    }
    if letters == 8 {
        return jiff::civil::Date::strptime(pattern, value).ok().map(|day| day.to_string());
    }
    jiff::civil::DateTime::strptime(pattern, value).ok().map(|moment| moment.to_string())
}

/// Segments with the lines in which they begin.
fn segments(text: &str) -> Result<Vec<(u64, Segment)>, SourceError> {
    let mut marks = USUAL;
    let mut rest = text;
    if let Some(advice) = text.strip_prefix("UNA") {
        let own: Vec<char> = advice.chars().take(6).collect();
        let [component, element, _, release, _, end] = own[..] else {
            return Err(SourceError::Edifact(Wrong::SegmentsHeadCut));
        };
        marks = Marks { component, element, release, end };
        rest = &advice[own.iter().map(|mark| mark.len_utf8()).sum()..];
    }
    let mut found = Vec::new();
    let (mut line, mut begun) = (1, 1);
    let mut segment: Segment = vec![vec![String::new()]];
    let mut letters = rest.chars();
    while let Some(letter) = letters.next() {
        if letter == '\n' || letter == '\r' {
            line += u64::from(letter == '\n');
            continue;
        }
        if segment.len() == 1 && segment[0].len() == 1 && segment[0][0].is_empty() {
            if letter.is_whitespace() {
                continue;
            }
            begun = line;
        }
        let is_released = letter == marks.release;
        let letter = if is_released { letters.next().unwrap_or(letter) } else { letter };
        let element = segment.last_mut().expect("a segment has an element");
        match letter {
            _ if is_released => element.last_mut().expect("an element has a component").push(letter),
            letter if letter == marks.end => {
                found.push((begun, std::mem::replace(&mut segment, vec![vec![String::new()]])));
            }
            letter if letter == marks.element => segment.push(vec![String::new()]),
            letter if letter == marks.component => element.push(String::new()),
            letter => element.last_mut().expect("an element has a component").push(letter),
        }
    }
    match segment[..] {
        [ref only] if only.len() == 1 && only[0].is_empty() => Ok(found),
        _ => Err(SourceError::Edifact(Wrong::SegmentsEndCut)),
    }
}
