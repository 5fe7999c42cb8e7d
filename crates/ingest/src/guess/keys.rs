//! Columns of words: which of them say the lot, the site, the material, the unit, the way. What no word tells, and what parts
//! the rows, is asked: two lots that become one are tonnes in the wrong place.

use std::collections::{BTreeMap, BTreeSet};

use super::days::Days;
use super::rows::Apart;
use super::words::{self, Key};
use super::{Found, distinct};
use crate::source::{Record, SECTION};
use crate::when::When;

/// What the columns of words are.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// By column.
    of: BTreeMap<String, Key>,
    /// Columns that tell the rows of one day apart.
    pub(super) parts: Vec<String>,
    /// Columns that are left alone.
    pub(super) left: Vec<String>,
}

impl Keys {
    /// The column that says something.
    pub(super) fn column(&self, key: Key) -> Option<&String> {
        let mut found: Vec<&String> =
            self.of.iter().filter(|(_, own)| **own == key).map(|(column, _)| column).collect();
        found.sort_by_key(|column| !words::is_plain(column));
        found.first().copied()
    }

    /// The columns that make the code of a lot, beside its site.
    pub(super) fn lots(&self, rows: &[&Record], site: Option<&String>) -> Vec<String> {
        let (lot, material) = (self.column(Key::Lot), self.column(Key::Material));
        let mut all: Vec<&String> = lot.into_iter().collect();
        let is_new = |column: &&String| Some(*column) != lot && Some(*column) != site;
        match lot {
            Some(_) => {
                let others = self.parts.iter().filter(|column| is_new(column) && Some(*column) != material);
                all.extend(others.chain(material.filter(|column| is_new(column))));
            }
            None => all.extend(self.parts.iter().filter(|column| is_new(column))),
        }
        let mut chosen: Vec<String> = lot.into_iter().cloned().collect();
        for column in all.into_iter().filter(|column| Some(*column) != lot) {
            let own: Vec<&String> = chosen.iter().chain(site).collect();
            let more: Vec<&String> = own.iter().copied().chain([column]).collect();
            if groups(rows, &more) > groups(rows, &own) {
                chosen.push(column.clone());
            }
        }
        chosen
    }
}

fn text<'r>(row: &'r Record, column: &str) -> &'r str {
    if column == SECTION { row.section().unwrap_or_default() } else { row.text(column).unwrap_or_default() }
}

/// How many kinds of rows there are by some columns.
fn groups(rows: &[&Record], columns: &[&String]) -> usize {
    let of = |row: &&Record| columns.iter().map(|column| text(row, column).to_owned()).collect::<Vec<_>>();
    rows.iter().map(of).collect::<BTreeSet<_>>().len()
}

/// Is a column one of codes in digits? Only its heading says so.
pub(super) fn is_code(heading: &str) -> bool {
    const CODES: [&str; 12] =
        ["code", "hs", "no", "nr", "number", "id", "cn", "코드", "コード", "编码", "番号", "代码"];
    let folded = words::folded(heading).replace('_', " ");
    let mut parts = folded.split(|letter: char| !letter.is_alphanumeric());
    parts.any(|part| CODES.contains(&part)) || CODES[7..].iter().any(|word| folded.contains(word))
}

/// Do the words of a column say which way something went?
pub(super) fn are_ways(found: &Found<'_>, column: &str) -> bool {
    let words = distinct(found, column);
    let known = words.iter().filter(|word| words::is_way(word)).count();
    known > 0 && known * 3 >= words.len() * 2
}

/// Reads them; what is not clear is asked, and the first guess taken until it is answered.
pub(super) fn read(found: &mut Found<'_>, days: &Days, apart: &Apart, figures: &[String]) -> Keys {
    let mut keys = Keys::default();
    let columns: Vec<String> = found
        .table
        .columns
        .iter()
        .filter(|column| column.name != days.column && !figures.contains(&column.name))
        .filter(|column| (column.words > 0 && column.words >= column.figures) || column.figures > 0)
        .map(|column| column.name.clone())
        .collect();
    for column in &columns {
        let key = match words::key(column) {
            _ if are_ways(found, column) => Some(Key::Way),
            Some(Key::Way) if !["movement type", "bewegungsart"].contains(&column.to_lowercase().as_str()) => None,
            key => key,
        };
        if let Some(key) = key {
            keys.of.insert(column.clone(), key);
        }
    }
    section(found, &mut keys);
    let owned: Vec<Record> = found.table.rows.iter().filter(|row| !apart.is(row)).cloned().collect();
    let rows: Vec<&Record> = owned.iter().collect();
    for key in [Key::Material, Key::Site, Key::Area, Key::Unit] {
        one(found, &mut keys, key, &rows);
    }
    known_parts(&mut keys, &rows);
    unknown(found, &mut keys, &columns, &rows, days);
    keys
}

/// What the titles of sections say.
fn section(found: &mut Found<'_>, keys: &mut Keys) {
    let titles: BTreeSet<String> = found.table.rows.iter().filter_map(|row| row.section()).map(str::to_owned).collect();
    // One title above a whole table is a title.
    if titles.len() < 2 {
        return;
    }
    let shown: Vec<String> = titles.iter().take(3).map(|title| format!("`{title}`")).collect();
    let question = format!("the table has sections ({}): what do their titles say?", shown.join(", "));
    let key = match found.ask("section", question, &["material", "site", "lot", "none"]).as_deref() {
        Some("material") => Key::Material,
        Some("site") => Key::Site,
        Some("lot") => Key::Lot,
        _ => Key::Note,
    };
    keys.of.insert(SECTION.to_owned(), key);
}

/// Of several columns for one thing, the one that is meant: words before codes that say the same.
fn one(found: &mut Found<'_>, keys: &mut Keys, key: Key, rows: &[&Record]) {
    let mut own: Vec<String> = keys
        .of
        .iter()
        .filter(|(column, own)| **own == key && *column != SECTION)
        .map(|(column, _)| column.clone())
        .collect();
    if keys.of.get(SECTION) == Some(&key) {
        return;
    }
    own.sort_by_key(|column| (is_code(column), !words::is_plain(column)));
    let mut different: Vec<String> = Vec::new();
    for column in own {
        // A column that says what another one says already adds nothing.
        let is_said = different.iter().any(|other| {
            let both = groups(rows, &[other, &column]);
            both == groups(rows, &[other]) && (both == groups(rows, &[&column]) || is_code(&column))
        });
        if is_said || (!different.is_empty() && distinct(found, &column).is_empty()) {
            keys.of.remove(&column);
        } else {
            different.push(column);
        }
    }
    if different.len() < 2 || !matches!(key, Key::Site | Key::Material | Key::Unit) {
        return;
    }
    let what = match key {
        Key::Site => "site",
        Key::Material => "material",
        _ => "unit",
    };
    let choices: Vec<&str> = different.iter().map(String::as_str).collect();
    let answer = found.ask(&format!("column {what}"), format!("which column says the {what}?"), &choices);
    let chosen = answer.unwrap_or_else(|| different[0].clone());
    for column in different.into_iter().filter(|column| *column != chosen) {
        // It may part the rows nevertheless.
        keys.of.remove(&column);
    }
}

/// Columns that tell the rows of one day apart: what it is, then lots, sites and countries as far as they part more.
fn known_parts(keys: &mut Keys, rows: &[&Record]) {
    for wanted in [Key::Material, Key::Lot, Key::Site, Key::Area] {
        let mut own: Vec<&String> =
            keys.of.iter().filter(|(_, key)| **key == wanted).map(|(column, _)| column).collect();
        own.sort_by_key(|column| !words::is_plain(column));
        for column in own {
            let now: Vec<&String> = keys.parts.iter().collect();
            let more: Vec<&String> = now.iter().copied().chain([column]).collect();
            if groups(rows, &more) > groups(rows, &now) {
                keys.parts.push(column.clone());
            }
        }
    }
}

/// Columns that no word tells: those that part the rows are asked.
fn unknown(found: &mut Found<'_>, keys: &mut Keys, columns: &[String], rows: &[&Record], days: &Days) {
    let day = days.column.clone();
    for column in columns.iter().filter(|column| !keys.of.contains_key(*column)).cloned().collect::<Vec<_>>() {
        let words = rows.iter().map(|row| text(row, &column)).filter(|text| !text.is_empty()).collect::<BTreeSet<_>>();
        let now: Vec<&String> = keys.parts.iter().collect();
        let more: Vec<&String> = now.iter().copied().chain([&column]).collect();
        let is_more = groups(rows, &more) > groups(rows, &now);
        let of_day = |columns: &[&String]| {
            let all: Vec<&String> = std::iter::once(&day).chain(columns.iter().copied()).collect();
            groups(rows, &all)
        };
        let parts_days = of_day(&more) > of_day(&now) && of_day(&now) < rows.len();
        let filled = rows.iter().filter(|row| !text(row, &column).is_empty()).count();
        // What is another text in each row is a remark or a number of the row's own.
        let is_repeated = words.len() >= 2 && words.len() < filled;
        let is_day = is_moment(found, &column) || words::is_day(&column);
        if !is_more || !(parts_days || is_repeated) || is_day {
            if words.len() > 1 {
                keys.left.push(column);
            }
            continue;
        }
        let shown: Vec<String> = words.iter().take(3).map(|word| format!("`{word}`")).collect();
        let question = format!(
            "`{column}` parts the rows ({}): does it say the lot, the site, the material, or nothing?",
            shown.join(", ")
        );
        let key = match found.ask(&format!("role {column}"), question, &["lot", "site", "material", "none"]).as_deref()
        {
            Some("lot") => Key::Lot,
            Some("site") => Key::Site,
            Some("material") => Key::Material,
            _ => {
                keys.left.push(column);
                continue;
            }
        };
        keys.of.insert(column.clone(), key);
        keys.parts.push(column);
    }
}

/// Is a column one of days, beside the one that counts?
fn is_moment(found: &Found<'_>, column: &str) -> bool {
    let when = When::tried(None).unwrap_or_default();
    let texts = found.column_texts(column);
    !texts.is_empty() && texts.iter().all(|(text, kind)| text.len() > 4 && when.read(text, *kind).is_ok())
}
