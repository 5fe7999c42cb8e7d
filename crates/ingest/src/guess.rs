//! A mapping proposed for a file that nobody has described. What only figures of stock do, they prove: opening + in - out =
//! closing, a level less the one before it, a total and its parts. What nothing proves is asked, and never assumed where
//! other tonnes would follow from it.

mod days;
mod figures;
mod keys;
mod messages;
mod proof;
mod rows;
mod table;
mod units;
mod words;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use crate::layout::Layout;
use crate::mapping::{Mapping, dated};
use crate::said::{What, said};
use crate::source::{Kind, Record, SourceError};
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
    /// What was taken without proof, and what is left alone.
    pub notes: Vec<String>,
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
    notes: Vec<String>,
    /// Of per cents: of how much.
    of: Option<String>,
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

/// Proposes a mapping for a file.
///
/// # Errors
/// When no table can be found in it.
pub fn guess(bytes: &[u8], name: &str, answers: &Answers) -> Result<Guess, SourceError> {
    let table = match find(bytes, answers) {
        Ok(table) => table,
        Err(error) => return open_by(error),
    };
    let mut found = Found { table, answers, open: Vec::new(), proven: Vec::new(), notes: Vec::new(), of: None };
    found.file(bytes)?;
    if let Some(text) = messages::mapping(&mut found, name) {
        let mut guess = found.end(text);
        check(&mut guess, bytes, answers);
        return Ok(guess);
    }
    let Some(days) = days::days(&mut found) else { return Ok(found.end(String::new())) };
    let apart = rows::apart(&mut found, &days);
    let Some(figures) = Figures::read(&mut found, &days, &apart) else { return Ok(found.end(String::new())) };
    let text = write::mapping(&mut found, name, &days, &apart, &figures);
    let mut guess = found.end(text);
    check(&mut guess, bytes, answers);
    Ok(guess)
}

/// The table that is meant, by what was answered of the file.
fn find(bytes: &[u8], answers: &Answers) -> Result<Table, SourceError> {
    let text = |setting: &str| answers.get(setting).cloned();
    let layout = Layout {
        sheet: text("sheet"),
        encoding: text("encoding"),
        member: text("member"),
        rows: text("rows"),
        quote: text("quote"),
        delimiter: text("delimiter").and_then(|text| text.chars().next()),
        widths: text("widths")
            .iter()
            .flat_map(|text| text.split(','))
            .filter_map(|text| text.trim().parse().ok())
            .collect(),
        skip: text("skip").and_then(|text| text.parse().ok()),
        fill_down: text("fill_down").iter().flat_map(|text| text.split(", ")).map(str::to_owned).collect(),
        ..Layout::default()
    };
    Table::find(bytes, &layout)
}

/// A file that holds several tables: which one is a question.
fn open_by(error: SourceError) -> Result<Guess, SourceError> {
    let (setting, question, choices) = match error {
        SourceError::WhichMember { found } => ("member", "which file of the archive is meant?", found),
        SourceError::WhichRows { found } => ("rows", "which list has the rows?", found),
        error => return Err(error),
    };
    let open = Open { setting: setting.into(), question: question.into(), choices };
    Ok(Guess { open: vec![open], ..Guess::default() })
}

impl Found<'_> {
    /// What the file itself leaves open: the sheet, and cells that were merged.
    fn file(&mut self, bytes: &[u8]) -> Result<(), SourceError> {
        if !self.table.others.is_empty() && !self.answers.contains_key("sheet") {
            let own = self.table.sheet.clone().unwrap_or_default();
            let others = std::mem::take(&mut self.table.others);
            let choices: Vec<&str> = std::iter::once(own.as_str()).chain(others.iter().map(String::as_str)).collect();
            self.ask("sheet", "which sheet is meant?".into(), &choices);
        }
        if self.table.is_message {
            return Ok(());
        }
        let has_figure = |row: &&Record| {
            if self.table.columns.iter().any(|column| row.text(&column.name).is_some_and(words::is_total)) {
                return false;
            }
            let mut figures = self.table.columns.iter().filter(|column| column.figures > 0);
            figures.any(|column| row.text(&column.name).is_some_and(|text| !text.is_empty()))
        };
        let rows: Vec<&Record> = self.table.rows.iter().filter(has_figure).collect();
        let is_merged = |column: &&table::Column| {
            let texts: Vec<bool> = rows.iter().map(|row| row.text(&column.name).is_none_or(str::is_empty)).collect();
            let is_key =
                words::key(&column.name).is_none_or(|key| !matches!(key, words::Key::Status | words::Key::Note));
            column.words > 0
                && is_key
                && texts.first() == Some(&false)
                && texts.iter().filter(|empty| **empty).count() * 3 >= texts.len()
        };
        let merged: Vec<String> =
            self.table.columns.iter().filter(is_merged).map(|column| column.name.clone()).collect();
        if merged.is_empty() || self.answers.contains_key("fill_down") {
            return Ok(());
        }
        let shown: Vec<String> = merged.iter().map(|name| format!("`{name}`")).collect();
        let question =
            format!("does an empty cell of {} mean the one above it, as where cells were merged?", shown.join(" and "));
        if self.ask("merged", question, &["yes", "no"]).as_deref() == Some("yes") {
            let mut answers = self.answers.clone();
            answers.insert("fill_down".into(), merged.join(", "));
            self.table = find(bytes, &answers)?;
            self.table.fill_down = merged;
        }
        Ok(())
    }
}

impl Found<'_> {
    fn end(self, mapping: String) -> Guess {
        Guess { mapping, proven: self.proven, notes: self.notes, open: self.open, figure_count: 0 }
    }
}

/// Flaws of lines that are shown.
const FLAWS_SHOWN: usize = 3;

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
    let mut more = 0_usize;
    for said in told.all {
        if guess.open.len() >= FLAWS_SHOWN && matches!(said.what, What::Differs { .. } | What::Unreadable(_)) {
            more += 1;
            continue;
        }
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
    if more > 0 {
        guess.open.push(wrong(format!("{more} more like these")));
    }
    if guess.figure_count == 0 && guess.open.is_empty() {
        guess.open.push(wrong("no figure of a stock or a movement was found in it".into()));
    }
}

/// The words of a column, each once.
fn distinct(found: &Found<'_>, column: &str) -> BTreeSet<String> {
    found.column_texts(column).into_iter().map(|(text, _)| text.to_owned()).collect()
}
