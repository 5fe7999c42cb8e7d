//! Rows that are no figures of their own: sums, changes, cancelled lines, what lay there at a statement's end, and the rows of
//! other tables in the same one.

use std::collections::{BTreeMap, BTreeSet};

use super::days::Days;
use super::{Found, distinct, figures, table, words};
use crate::source::Record;
use crate::sums::{Summand, difference};

/// Rows of sums, and rows that do not count: by column, the words that say so.
#[derive(Clone, Debug, Default)]
pub(super) struct Apart {
    pub(super) totals: BTreeMap<String, BTreeSet<String>>,
    pub(super) left_out: BTreeMap<String, BTreeSet<String>>,
}

impl Apart {
    pub(super) fn is(&self, row: &Record) -> bool {
        let mut all = self.totals.iter().chain(&self.left_out);
        all.any(|(column, words)| row.text(column).is_some_and(|text| words.contains(text)))
    }
}

fn insert(all: &mut BTreeMap<String, BTreeSet<String>>, column: &str, words: BTreeSet<String>) {
    if !words.is_empty() {
        all.entry(column.to_owned()).or_default().extend(words);
    }
}

pub(super) fn apart(found: &mut Found<'_>, days: &Days) -> Apart {
    let mut apart = Apart::default();
    let columns: Vec<String> = found.table.columns.iter().map(|column| column.name.clone()).collect();
    for column in &columns {
        let texts: BTreeSet<String> = distinct(found, column);
        if *column == days.column {
            // What has no day and no digit is a note, or a sum over all days.
            let when = days.when();
            let is_note = |text: &&String| {
                let letters = text.chars().filter(|letter| letter.is_alphabetic()).count();
                let digits = text.chars().filter(|letter| letter.is_numeric()).count();
                digits == 0 || letters > digits.max(2)
            };
            let is_day = |text: &String| {
                found.column_texts(column).iter().any(|(other, kind)| other == text && when.read(text, *kind).is_ok())
            };
            let notes = texts.iter().filter(is_note).filter(|text| !is_day(text)).cloned().collect();
            insert(&mut apart.left_out, column, notes);
            continue;
        }
        let is_left = |text: &&String| {
            let text = text.trim().to_lowercase();
            let is_dead = ["cancelled", "canceled", "draft", "storniert", "void"].contains(&text.as_str());
            words::CHANGES.contains(&text.as_str()) || (is_dead && words::key(column) == Some(words::Key::Status))
        };
        // Where all of them say it, it tells nothing apart.
        if texts.iter().any(|text| !is_left(&text)) {
            insert(&mut apart.left_out, column, texts.iter().filter(is_left).cloned().collect());
        }
    }
    tables(found, days, &mut apart, &columns);
    totals(found, days, &mut apart, &columns);
    statement(found, days, &mut apart, &columns);
    apart
}

/// Columns whose words part a table into several: which of them is meant has to be asked.
fn tables(found: &mut Found<'_>, days: &Days, apart: &mut Apart, columns: &[String]) {
    const NAMES: [&str; 16] = [
        "flow_breakdown",
        "flow",
        "stk_flow",
        "measure",
        "variable",
        "series",
        "indicator",
        "unit_measure",
        "item",
        "units",
        "attribute_description",
        "attribute",
        "element",
        "stocks",
        "supply and disposition",
        "statistic",
    ];
    for column in columns {
        if *column == days.column || !NAMES.contains(&column.to_lowercase().as_str()) {
            continue;
        }
        // Words of rows that are left out already are no choice.
        let rows = found.table.rows.iter().filter(|row| !apart.is(row));
        let words: BTreeSet<String> =
            rows.filter_map(|row| row.text(column)).filter(|text| !text.is_empty()).map(str::to_owned).collect();
        let are_figures = found.table.columns.iter().any(|own| own.name == *column && own.figures > own.words);
        if words.len() < 2 || are_figures {
            continue;
        }
        // Where all rows are told apart without it, it is a name of theirs.
        let others: Vec<&table::Column> =
            found.table.columns.iter().filter(|own| own.name != *column && own.words >= own.figures).collect();
        let rows: Vec<&Record> = found.table.rows.iter().filter(|row| !apart.is(row)).collect();
        let kinds: BTreeSet<Vec<&str>> = rows
            .iter()
            .map(|row| {
                let day = row.text(&days.column).unwrap_or_default();
                others.iter().map(|own| row.text(&own.name).unwrap_or_default()).chain([day]).collect()
            })
            .collect();
        if kinds.len() == rows.len() && ["series", "item"].contains(&column.to_lowercase().as_str()) {
            continue;
        }
        let choices: Vec<&str> = words.iter().map(String::as_str).collect();
        let answer = found.ask(&format!("rows {column}"), format!("which rows are meant, by `{column}`?"), &choices);
        if let Some(answer) = answer {
            let others = words.into_iter().filter(|word| *word != answer).collect();
            insert(&mut apart.left_out, column, others);
        }
    }
}

/// What one word of one column says of its rows: in how many of them, of how many rows, and whether all add up.
struct Tried {
    is_right: bool,
    sums: usize,
    parts: usize,
}

/// Rows whose figures are sums of those of other rows, whatever they are called.
fn totals(found: &mut Found<'_>, days: &Days, apart: &mut Apart, columns: &[String]) {
    let names = figures::names(found, days);
    // Figures that do not add up say nothing: prices, per cents, changes.
    let names: Vec<String> = names.into_iter().filter(|name| figures::adds_up(name)).collect();
    let named: Vec<String> =
        names.iter().filter(|name| words::role(name).is_some() || words::is_value(name)).cloned().collect();
    let names = if named.is_empty() { names } else { named };
    let all: Vec<String> = columns
        .iter()
        .filter(|column| **column != days.column && !names.contains(column))
        .filter(|column| found.table.columns.iter().any(|own| own.name == **column && own.words > 0))
        .cloned()
        .collect();
    // What is no key (`isEstimated`) says nothing of which rows a sum is of.
    let is_key = |column: &&String| {
        let key = words::key(column);
        key.is_some_and(|key| !matches!(key, words::Key::Status | words::Key::Reference | words::Key::Note))
    };
    let keys: Vec<String> = all.iter().filter(is_key).cloned().collect();
    for column in &all {
        if matches!(words::key(column), Some(words::Key::Reference | words::Key::Status | words::Key::Unit)) {
            continue;
        }
        let texts: BTreeSet<String> = distinct(found, column);
        if texts.len() < 2 {
            continue;
        }
        let left = apart.left_out.get(column).cloned().unwrap_or_default();
        let texts: BTreeSet<String> = texts.into_iter().filter(|text| !left.contains(text)).collect();
        let named: BTreeSet<String> = texts.iter().filter(|text| words::is_total(text)).cloned().collect();
        let mut sums = BTreeSet::new();
        for word in &texts {
            let Some(tried) = tried(found, days, apart, (column, word), &named, &keys, &names) else { continue };
            let is_named = named.contains(word);
            let shown = format!("rows with `{word}` in `{column}`");
            if tried.is_right && (is_named || (tried.sums >= 2 && tried.parts >= 3)) {
                let Tried { sums: count, parts, .. } = tried;
                found
                    .proven
                    .push(format!("{shown} are sums of other rows: {count} of {count}, of {parts} rows in all"));
                sums.insert(word.clone());
            } else if is_named || tried.is_right {
                let why = if tried.is_right { "they add up" } else { "they do not add up" };
                let question = format!(
                    "{shown}: sums of other rows, to be checked and left out (`sum`), or figures of their own \
                                        (`own`)? {why}"
                );
                if found.ask(&format!("rows {word}"), question, &["sum", "own"]).as_deref() == Some("sum") {
                    let rule =
                        if tried.is_right { &mut sums } else { apart.left_out.entry(column.clone()).or_default() };
                    rule.insert(word.clone());
                }
            }
        }
        insert(&mut apart.totals, column, sums);
    }
}

fn tried(
    found: &Found<'_>,
    days: &Days,
    apart: &Apart,
    (column, word): (&String, &String),
    named: &BTreeSet<String>,
    keys: &[String],
    names: &[String],
) -> Option<Tried> {
    let rows: Vec<&Record> = found.table.rows.iter().filter(|row| !apart.is(row)).collect();
    let is_sum = |row: &Record| row.text(column) == Some(word.as_str());
    let is_part = |row: &Record| !is_sum(row) && !row.text(column).is_some_and(|text| named.contains(text));
    let group = |row: &Record| {
        let day = row.text(&days.column).unwrap_or_default().to_owned();
        (day, row.section().map(str::to_owned))
    };
    for settings in figures::dialects(found, names) {
        let summand = |row: &Record, name: &str| {
            let keys = keys.iter().map(|key| row.text(key).unwrap_or_default().to_owned()).collect();
            Some(Summand { line: row.line, keys, figure: figures::figure(row, name, &settings)? })
        };
        let (mut tried, mut is_right) = (Tried { is_right: true, sums: 0, parts: 0 }, true);
        for name in names {
            let mut before = 0;
            for sum in rows.iter().filter(|row| is_sum(row)) {
                let Some(own) = summand(sum, name) else { continue };
                let of_day = rows.iter().filter(|row| is_part(row) && group(row) == group(sum));
                let parts: Vec<Summand> = of_day.filter_map(|row| summand(row, name)).collect();
                match difference(&own, &parts, before) {
                    Some((count, off)) if off.units == 0 => {
                        // Nothing is the sum of any number of nothings, and one row is no sum.
                        if own.figure.units != 0 && (count >= 2 || named.contains(word)) {
                            (tried.sums, tried.parts) = (tried.sums + 1, tried.parts + count);
                        }
                    }
                    _ => is_right = false,
                }
                before = sum.line;
            }
        }
        tried.is_right = is_right && tried.sums > 0;
        if tried.is_right {
            return Some(tried);
        }
    }
    let is_there = rows.iter().any(|row| is_sum(row));
    (is_there && named.contains(word)).then_some(Tried { is_right: false, sums: 0, parts: 0 })
}

/// Rows of a statement that say what lay there at its end.
fn statement(found: &mut Found<'_>, days: &Days, apart: &mut Apart, columns: &[String]) {
    for column in columns.iter().filter(|column| **column != days.column) {
        let texts = distinct(found, column);
        let closing: BTreeSet<String> = texts.iter().filter(|text| words::is_closing(text)).cloned().collect();
        // A table of closing stocks says it in each of its rows.
        if closing.is_empty() || closing.len() == texts.len() || !figures::has_flows(found) {
            continue;
        }
        for word in closing {
            let question = format!(
                "rows with `{word}` in `{column}`: what lay there at the end, to be left out (`end`), or a movement (`moved`)?"
            );
            if found.ask(&format!("rows {word}"), question, &["end", "moved"]).as_deref() == Some("end") {
                insert(&mut apart.left_out, column, BTreeSet::from([word]));
            }
        }
    }
}
