//! Members' statements and transaction reports, from tables and lists by a declared mapping, or from labelled text.
//!
//! A report is taken whole or not at all: half a report would compare as missing lines. Everything that is wrong with it
//! is said at once, line by line, before any of it is sent.

mod mapping;
mod posted;
mod registry;
mod row;

use std::fmt;

use serde::Deserialize;
use wire::acts::words::ReportKind;
use wire::acts::{ReceiveReport, ReportLine};
use wire::piece::show_hash;
use wire::report_text;
use words::{Say, Saying, Told, Words};

pub use mapping::{Columns, Cover, ReportMapping};
pub use posted::commands;
use registry::Places;
pub use registry::Registry;
use row::Row;

use crate::figure::{FigureSettings, Points, Scale, Sign};
use crate::layout::Layout;
use crate::source::{Kind, Record, Records, SourceError, records};
use crate::when::WhenSettings;
use crate::wrong::Wrong;

/// Something that is wrong with a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Line of the file, from 1; 0 for the whole of it.
    pub line: u64,
    /// The column, label or field.
    pub field: String,
    /// What is wrong, and what to do next.
    pub saying: Box<Saying>,
}

impl Flaw {
    fn new(line: u64, field: &str, wrong: Wrong) -> Self {
        Self { line, field: field.to_owned(), saying: Box::new(wrong.saying()) }
    }

    /// In words, with its place, and what to do next.
    #[must_use]
    pub fn told(&self, words: &Words) -> Told {
        let Self { line, field, saying } = self;
        let Told { message, hint } = words.tell(saying);
        let line = line.to_string();
        let message = words.say("said-at", &[("line", &line), ("field", field), ("problem", &message)]);
        Told { message, hint }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told(words::english()).message)
    }
}

impl ReportMapping {
    /// Reads a mapping.
    ///
    /// # Errors
    /// When it is not TOML of this shape, or contradicts itself.
    pub fn parse(text: &str) -> Result<Self, Flaw> {
        let table =
            toml::from_str(text).map_err(|error| flaw("mapping", Wrong::Mapping { said: error.to_string() }))?;
        Self::of(table)
    }

    /// The same, of what was read already.
    ///
    /// # Errors
    /// See [`Self::parse`].
    pub fn of(mut table: toml::Table) -> Result<Self, Flaw> {
        let wrong = |said: String| flaw("mapping", Wrong::Mapping { said });
        let layout = Layout::take(&mut table).map_err(wrong)?;
        let when = WhenSettings::take(&mut table).map_err(wrong)?;
        let mut figures = FigureSettings::take(&mut table).map_err(wrong)?;
        let mut mapping = Self::deserialize(table).map_err(|error| wrong(error.to_string()))?;
        for (word, unit) in &mapping.words.unit {
            figures.units.insert(word.clone(), Scale::parse(unit).map_err(|unit| flaw("mapping", unit))?);
        }
        when.ready().map_err(wrong)?;
        (mapping.layout, mapping.when, mapping.figures) = (layout, when, figures);
        let mapping = mapping;
        let columns = &mapping.column;
        let moves = columns.quantity.is_some() || columns.inflow.is_some() || columns.outflow.is_some();
        if columns.quantity.is_some() && columns.way.is_none() && mapping.figures.sign != Some(Sign::Way) {
            return Err(flaw("column.way", Wrong::WayMissing));
        }
        if moves && columns.date.is_none() {
            return Err(flaw("column.date", Wrong::DateMissing));
        }
        if columns.opening.is_some() && columns.closing.is_none() {
            return Err(flaw("column.closing", Wrong::OpeningAlone));
        }
        if mapping.kind == ReportKind::Statement && columns.closing.is_none() {
            return Err(flaw("column.closing", Wrong::ClosingMissing));
        }
        if !moves && columns.closing.is_none() {
            return Err(flaw("column", Wrong::NoFigures));
        }
        if mapping.material.is_none() && columns.material.is_none() {
            return Err(flaw("material", Wrong::NotSaid));
        }
        if mapping.unit.is_none() && columns.unit.is_none() {
            return Err(flaw("unit", Wrong::UnitNotSaid));
        }
        Ok(mapping)
    }

    /// Reads a report, and holds it against what is registered where that is known.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(&self, file: &[u8], cover: &Cover, registry: Option<&Registry>) -> Result<ReceiveReport, Vec<Flaw>> {
        let whole = |error: &SourceError| Flaw::new(error.line(), "file", error.wrong());
        let Records { lines: rows, .. } =
            records(file, &self.layout, &self.needed()).map_err(|error| vec![whole(&error)])?;
        let (mut balances, mut lines, mut flaws) = (Vec::new(), Vec::new(), Vec::new());
        let mut places = Places::default();
        self.check_movement_columns(&rows, &mut flaws);
        let when = self.when.ready().unwrap_or_default();
        let are_points_open = self.figures.is_open() && self.points(rows.iter().flatten()).are_open();
        for row in rows {
            match row {
                Err(error) => flaws.push(whole(&error)),
                Ok(record) => {
                    let mut row =
                        Row { mapping: self, when: &when, are_points_open, record: &record, flaws: &mut flaws };
                    if let Some(balance) = row.balance() {
                        balances.push(balance);
                        places.balances.push(record.line);
                    }
                    for line in row.movements() {
                        let number = u32::try_from(lines.len() + 1).unwrap_or(u32::MAX);
                        lines.push(ReportLine { line: number, ..line });
                        places.lines.push(record.line);
                    }
                }
            }
        }
        match (balances.is_empty(), lines.is_empty()) {
            _ if !flaws.is_empty() => {}
            (_, false) if cover.nil => flaws.push(flaw("file", Wrong::NilWithLines)),
            (true, true) if self.kind == ReportKind::Statement => {
                flaws.push(flaw("file", Wrong::StatesNothing));
            }
            (true, true) if !cover.nil => flaws.push(flaw("file", Wrong::TellsNothing)),
            _ => {}
        }
        let report = ReceiveReport {
            sender: Some(self.sender.clone()),
            number: cover.number,
            kind: self.kind,
            first: cover.first.clone(),
            last: cover.last.clone(),
            source: show_hash(&report_text::hash(file)),
            line_count: u32::try_from(lines.len()).unwrap_or(u32::MAX),
            balances: (!balances.is_empty()).then_some(balances),
            lines: (!lines.is_empty()).then_some(lines),
            due: cover.due.clone(),
            signed_by: cover.signed_by.clone(),
        };
        checked(report, flaws, registry, &places)
    }

    /// Columns that the file must have. Of a statement as a list, what tells movements may be missing altogether: where
    /// nothing moved, no object speaks of it.
    fn needed(&self) -> Vec<&str> {
        let may_be_missing = self.kind == ReportKind::Statement && self.layout.is_list();
        let movements: Vec<&str> = self.column.movements().collect();
        self.column.all().filter(|column| !may_be_missing || !movements.contains(column)).collect()
    }

    /// What the figures of a file say of their points.
    fn points<'r>(&self, records: impl Iterator<Item = &'r Record>) -> Points {
        let Columns { quantity, inflow, outflow, opening, closing, .. } = &self.column;
        let mut points = Points::default();
        for record in records {
            for column in [quantity, inflow, outflow, opening, closing].into_iter().flatten() {
                if record.kind(column) == Kind::Text {
                    points.see(record.text(column).unwrap_or_default());
                }
            }
        }
        points
    }

    /// Some of the columns of movements without the others are a slip of the mapping, which would lose lines.
    fn check_movement_columns(&self, rows: &[Result<Record, SourceError>], flaws: &mut Vec<Flaw>) {
        let needed = self.needed();
        let optional: Vec<&str> = self.column.movements().filter(|column| !needed.contains(column)).collect();
        let is_there = |column: &&&str| rows.iter().flatten().any(|record| record.text(column).is_some());
        let there: Vec<&&str> = optional.iter().filter(is_there).collect();
        if let (Some(there), Some(missing)) = (there.first(), optional.iter().find(|column| !there.contains(column))) {
            flaws.push(flaw(missing, Wrong::NowhereWhileOther { other: (**there).to_owned() }));
        }
    }
}

/// A report without flaws.
fn checked(
    report: ReceiveReport,
    mut flaws: Vec<Flaw>,
    registry: Option<&Registry>,
    places: &Places,
) -> Result<ReceiveReport, Vec<Flaw>> {
    if let Some(registry) = registry {
        flaws.extend(registry.flaws(&report, places));
    }
    match flaws.is_empty() {
        true => Ok(report),
        false => {
            flaws.sort_by_key(|flaw| flaw.line);
            Err(flaws)
        }
    }
}

fn flaw(field: &str, wrong: Wrong) -> Flaw {
    Flaw::new(0, field, wrong)
}

/// Reads a report from labelled text, which says everything itself, and holds it against what is registered where that is
/// known.
///
/// # Errors
/// Every line that cannot be read; where all can, everything else that is wrong.
pub fn read_text(file: &[u8], registry: Option<&Registry>) -> Result<ReceiveReport, Vec<Flaw>> {
    let text = std::str::from_utf8(file).map_err(|error| {
        let line = file[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
        vec![Flaw::new(line, "file", Wrong::NotUtf8)]
    })?;
    let unreadable = |errors: Vec<report_text::TextError>| -> Vec<Flaw> {
        let flaw = |error: report_text::TextError| {
            let report_text::TextError { line, label, wrong } = error;
            Flaw { line, field: label, saying: Box::new(wrong.saying()) }
        };
        errors.into_iter().map(flaw).collect()
    };
    let (_, report) = report_text::parse(text).map_err(unreadable)?;
    let labelled = |label: &str| -> Vec<u64> {
        let lines = (1u64..).zip(text.lines());
        lines.filter(|(_, line)| line.split_once(':').is_some_and(|it| it.0 == label)).map(|(line, _)| line).collect()
    };
    let places = Places { lines: labelled("line"), balances: labelled("balance") };
    checked(report, Vec::new(), registry, &places)
}

impl Columns {
    fn all(&self) -> impl Iterator<Item = &str> {
        let Self {
            date,
            quantity,
            way,
            inflow,
            outflow,
            opening,
            closing,
            material,
            site,
            lot,
            reference,
            counterparty,
            unit,
            basis,
            replaces_report,
            replaces_line,
            replaces_hash,
            withdraws,
        } = self;
        let columns = [
            date,
            quantity,
            way,
            inflow,
            outflow,
            opening,
            closing,
            material,
            site,
            lot,
            reference,
            counterparty,
            unit,
            basis,
            replaces_report,
            replaces_line,
            replaces_hash,
            withdraws,
        ];
        columns.into_iter().flatten().map(String::as_str)
    }

    /// Those of them that say when, how much and which way something moved.
    fn movements(&self) -> impl Iterator<Item = &str> {
        let columns = [&self.date, &self.quantity, &self.way, &self.inflow, &self.outflow];
        columns.into_iter().flatten().map(String::as_str)
    }
}

#[cfg(test)]
mod tests;
