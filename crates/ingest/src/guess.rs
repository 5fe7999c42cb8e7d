//! A mapping proposed for a file that nobody has described. What only figures of stock do, they prove: opening + in - out =
//! closing, a level less the one before it, a total and its parts. What nothing proves is asked, and never assumed where
//! other tonnes would follow from it.

mod figures;
mod messages;
mod table;
mod units;
mod words;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use crate::layout::Layout;
use crate::mapping::{GIVEN, Mapping, dated};
use crate::said::{What, said};
use crate::source::{Kind, Record, SourceError};
use crate::when::{When, WhenSettings};
use figures::Figures;
use table::Table;

/// What is known of a file beside itself: what was asked, and answered.
pub type Answers = BTreeMap<String, String>;

/// A proposal.
#[derive(Clone, Debug, Default)]
pub struct Guess {
    /// The mapping, in TOML.
    pub mapping: String,
    /// What the figures prove, in sentences.
    pub proven: Vec<String>,
    /// What they do not. Empty where the mapping can be used.
    pub open: Vec<Open>,
    /// Figures that it reads.
    pub figure_count: usize,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// What the answer is given as.
    pub setting: String,
    /// The question.
    pub question: String,
    /// Answers to choose from; empty where anything may be said.
    pub choices: Vec<String>,
}

/// What was found so far.
struct Found<'a> {
    table: Table,
    answers: &'a Answers,
    open: Vec<Open>,
    proven: Vec<String>,
}

impl Found<'_> {
    /// The answer to a question; it stays open where there is none.
    fn ask(&mut self, setting: &str, question: String, choices: &[&str]) -> Option<String> {
        let answer = self.answers.get(setting).cloned();
        let is_one = |answer: &String| choices.is_empty() || choices.contains(&answer.as_str());
        if let Some(answer) = answer.filter(is_one) {
            return Some(answer);
        }
        let choices = choices.iter().map(|choice| (*choice).to_owned()).collect();
        self.open.push(Open { setting: setting.to_owned(), question, choices });
        None
    }

    fn column_texts(&self, name: &str) -> Vec<(&str, Kind)> {
        self.table
            .rows
            .iter()
            .filter_map(|row| Some((row.text(name)?, row.kind(name))))
            .filter(|(text, _)| !text.is_empty())
            .collect()
    }
}

/// Where the days of a table stand.
#[derive(Clone, Debug)]
struct Days {
    /// The column, or `@heading`.
    column: String,
    format: Option<String>,
}

impl Days {
    fn when(&self) -> When {
        let settings =
            WhenSettings { date_format: self.format.clone(), zone: Some("UTC".into()), ..WhenSettings::default() };
        settings.ready().unwrap_or_default()
    }
}

/// Proposes a mapping for a file.
///
/// # Errors
/// When no table can be found in it.
pub fn guess(bytes: &[u8], name: &str, answers: &Answers) -> Result<Guess, SourceError> {
    let layout = Layout {
        sheet: answers.get("sheet").cloned(),
        encoding: answers.get("encoding").cloned(),
        ..Layout::default()
    };
    let table = Table::find(bytes, &layout)?;
    let mut found = Found { table, answers, open: Vec::new(), proven: Vec::new() };
    if let Some(text) = messages::mapping(&mut found, name) {
        let mut guess = found.end(text);
        check(&mut guess, bytes, answers);
        return Ok(guess);
    }
    let Some(days) = days(&mut found) else { return Ok(found.end(String::new())) };
    let apart = apart(&mut found, &days);
    let Some(figures) = Figures::read(&mut found, &days, &apart) else { return Ok(found.end(String::new())) };
    let text = write::mapping(&mut found, name, &days, &apart, &figures);
    let mut guess = found.end(text);
    check(&mut guess, bytes, answers);
    Ok(guess)
}

impl Found<'_> {
    fn end(self, mapping: String) -> Guess {
        Guess { mapping, proven: self.proven, open: self.open, figure_count: 0 }
    }
}

/// Reads the file by the proposal: what it cannot read, it does not settle.
fn check(guess: &mut Guess, bytes: &[u8], answers: &Answers) {
    let wrong = |question: String| Open { setting: "file".into(), question, choices: Vec::new() };
    if !guess.open.is_empty() {
        return;
    }
    let dated = match answers.get("day").filter(|_| guess.mapping.contains("date = \"@date\"")) {
        Some(day) => dated(&guess.mapping, day),
        None => Ok(guess.mapping.clone()),
    };
    let mapping = match dated.and_then(|text| Mapping::parse(&text)) {
        Ok(mapping) => mapping,
        Err(error) => return guess.open.push(wrong(format!("{}: correct the mapping by hand", causes::told(&error)))),
    };
    let told = match said(&mapping, bytes) {
        Ok(told) => told,
        Err(error) => return guess.open.push(wrong(format!("{}: correct the mapping by hand", causes::told(&error)))),
    };
    for said in told.all {
        match said.what {
            What::Figure(_) => guess.figure_count += 1,
            What::Nothing(_) => {}
            What::Differs { difference, .. } => guess
                .open
                .push(wrong(format!("line {}: `{}` differs by {difference} from its parts", said.line, said.heading))),
            What::Unreadable(malformed) => {
                guess.open.push(wrong(format!("line {}, `{}`: {}", said.line, said.heading, malformed.message())));
            }
        }
    }
    if guess.figure_count == 0 && guess.open.is_empty() {
        guess.open.push(wrong("no figure of a stock or a movement was found in it".into()));
    }
}

/// The column of days, or the headings that are days.
fn days(found: &mut Found<'_>) -> Option<Days> {
    let across: Vec<&str> = found.table.columns.iter().map(|column| column.name.as_str()).collect();
    let when = WhenSettings::default().ready().unwrap_or_default();
    let are_days = across.iter().filter(|name| when.read(name, Kind::Text).is_ok()).count();
    if are_days >= 2 {
        return Some(Days { column: crate::mapping::HEADING.into(), format: None });
    }
    let formats = |name: &str| table::day_formats(&found.column_texts(name));
    let by_name = across.iter().filter(|name| words::is_day(name));
    let by_text = across.iter().filter(|name| !words::is_day(name));
    let mut candidates: Vec<(String, Vec<Option<&'static str>>)> = Vec::new();
    for name in by_name {
        let found = formats(name);
        if !found.is_empty() {
            candidates.push(((*name).to_owned(), found));
        }
    }
    if candidates.is_empty() {
        for name in by_text {
            let texts = found.column_texts(name);
            // Bare numbers are days only under a heading that says so.
            let is_number =
                |(text, kind): &(&str, Kind)| *kind == Kind::Number || text.bytes().all(|byte| byte.is_ascii_digit());
            let found = if texts.iter().any(is_number) { Vec::new() } else { formats(name) };
            if !found.is_empty() {
                candidates.push(((*name).to_owned(), found));
            }
        }
    }
    let names: Vec<String> = candidates.iter().map(|(name, _)| name.clone()).collect();
    let chosen = match &candidates[..] {
        [] => {
            let question = "which day do the figures speak of? no column of days was found".to_owned();
            found.ask("day", question, &[])?;
            return Some(Days { column: GIVEN.into(), format: None });
        }
        [only] => only.clone(),
        [first, rest @ ..] => {
            // Finer days say more; of two that are alike somebody has to choose.
            let finest = |name: &str| finest(&found.column_texts(name));
            let best = candidates.iter().min_by_key(|(name, _)| finest(name)).unwrap_or(first).clone();
            let alike = rest.iter().chain([first]).filter(|(name, _)| finest(name) == finest(&best.0)).count();
            if alike > 1 {
                let choices: Vec<&str> = names.iter().map(String::as_str).collect();
                let answer = found.ask("date", "which column has the day that a figure speaks of?".into(), &choices)?;
                candidates.iter().find(|(name, _)| *name == answer)?.clone()
            } else {
                best
            }
        }
    };
    let (column, formats) = chosen;
    let format = match &formats[..] {
        [None, ..] => None,
        [only] => *only,
        several => {
            let choices: Vec<&str> = several.iter().flatten().copied().collect();
            let texts: Vec<String> =
                found.column_texts(&column).iter().take(3).map(|(text, _)| format!("`{text}`")).collect();
            let settled = steady(found, &column, &choices);
            if let Some(format) = settled {
                found.proven.push(format!("days are written as `{format}`: so they follow each other in equal steps"));
                return Some(Days { column, format: Some(format.to_owned()) });
            }
            let question = format!("how are days written ({})?", texts.join(", "));
            let answer = found.ask("date_format", question, &choices)?;
            return Some(Days { column, format: Some(answer) });
        }
    };
    Some(Days { column, format: format.map(str::to_owned) })
}

/// How fine a column of days is: the shortest period that one of them speaks of.
fn finest(texts: &[(&str, Kind)]) -> usize {
    let when = WhenSettings { zone: Some("UTC".into()), ..Default::default() }.ready().unwrap_or_default();
    let told = texts.iter().filter_map(|(text, kind)| when.read(text, *kind).ok());
    told.map(|told| told.period as usize).min().unwrap_or(0)
}

/// The one of several ways to read days in which they follow each other in steps of at most a month, all alike.
fn steady<'f>(found: &Found<'_>, column: &str, formats: &[&'f str]) -> Option<&'f str> {
    let texts = found.column_texts(column);
    let mut steady = Vec::new();
    for format in formats {
        let settings = WhenSettings { date_format: Some((*format).to_owned()), ..Default::default() };
        let when = settings.ready().ok()?;
        let mut days: Vec<jiff::civil::Date> =
            texts.iter().filter_map(|(text, kind)| when.read(text, *kind).ok()).map(|told| told.day).collect();
        days.dedup();
        let steps: BTreeSet<i32> =
            days.windows(2).filter_map(|pair| pair[0].until(pair[1]).ok()).map(|span| span.get_days()).collect();
        let is_steady = days.len() >= 4 && steps.len() == 1 && steps.iter().all(|step| [1, 7, -1, -7].contains(step));
        if is_steady {
            steady.push(*format);
        }
    }
    match steady[..] {
        [only] => Some(only),
        _ => None,
    }
}

/// Rows of sums, and rows that do not count: by column, the words that say so.
#[derive(Debug, Default)]
struct Apart {
    totals: BTreeMap<String, BTreeSet<String>>,
    left_out: BTreeMap<String, BTreeSet<String>>,
}

impl Apart {
    fn is(&self, row: &Record) -> bool {
        let mut all = self.totals.iter().chain(&self.left_out);
        all.any(|(column, words)| row.text(column).is_some_and(|text| words.contains(text)))
    }
}

fn apart(found: &mut Found<'_>, days: &Days) -> Apart {
    let mut apart = Apart::default();
    let columns: Vec<String> = found.table.columns.iter().map(|column| column.name.clone()).collect();
    for column in &columns {
        let texts: BTreeSet<String> = distinct(found, column);
        let is_change = |text: &&String| words::CHANGES.contains(&text.trim().to_lowercase().as_str());
        let is_dead = |text: &&String| {
            words::key(column) == Some(words::Key::Status)
                && ["cancelled", "canceled", "draft", "storniert", "void"].contains(&text.to_lowercase().as_str())
        };
        let is_total = |text: &&String| words::TOTALS.contains(&text.trim().to_lowercase().as_str());
        let own = texts.iter().filter(|text| !is_change(text) && !is_total(text) && !is_dead(text)).count();
        // Where all of them say it, it tells nothing apart.
        if own == 0 {
            continue;
        }
        let left_out: BTreeSet<String> =
            texts.iter().filter(|text| is_change(text) || is_dead(text)).cloned().collect();
        let totals: BTreeSet<String> = texts.iter().filter(is_total).cloned().collect();
        if *column == days.column {
            // What has no day and no digit is a note, or a sum over all days.
            let when = days.when();
            let is_note =
                |(text, kind): &(&str, Kind)| when.read(text, *kind).is_err() && !text.chars().any(char::is_numeric);
            let notes = found
                .column_texts(column)
                .iter()
                .filter(|text| is_note(text))
                .map(|(text, _)| (*text).to_owned())
                .collect();
            insert(&mut apart.left_out, column, notes);
        } else {
            insert(&mut apart.left_out, column, left_out);
            insert(&mut apart.totals, column, totals);
        }
    }
    chosen(found, days, &mut apart, &columns);
    apart
}

fn insert(all: &mut BTreeMap<String, BTreeSet<String>>, column: &str, words: BTreeSet<String>) {
    if !words.is_empty() {
        all.insert(column.to_owned(), words);
    }
}

/// Columns whose words part a table into several: which of them is meant has to be asked.
fn chosen(found: &mut Found<'_>, days: &Days, apart: &mut Apart, columns: &[String]) {
    let is_kind = |name: &str| {
        let name = name.to_lowercase();
        [
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
        ]
        .contains(&name.as_str())
    };
    for column in columns.iter().filter(|column| **column != days.column && is_kind(column)) {
        let words = distinct(found, column);
        if words.len() < 2 {
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

/// The words of a column, each once.
fn distinct(found: &Found<'_>, column: &str) -> BTreeSet<String> {
    found.column_texts(column).into_iter().map(|(text, _)| text.to_owned()).collect()
}

#[cfg(test)]
mod tests;
