//! Members' statements and transaction reports, from tables and lists by a declared mapping, or from labelled text.
//!
//! A report is taken whole or not at all: half a report would compare as missing lines. Everything that is wrong with it
//! is said at once, line by line, before any of it is sent.

mod mapping;
mod posted;
mod registry;

use std::collections::BTreeMap;

use serde::Deserialize;
use wire::acts::words::{ReportKind, Way};
use wire::acts::{ReceiveReport, Replaces, ReportLine, StatedBalance};
use wire::piece::show_hash;
use wire::report_text;

pub use mapping::{Columns, Cover, ReportMapping};
pub use posted::commands;
use registry::Places;
pub use registry::Registry;

use crate::decimal::Decimal;
use crate::figure::{Figure, FigureError, FigureSettings, Points, Scale, Sign};
use crate::layout::Layout;
use crate::source::{Kind, Record, Records, SourceError, records};
use crate::when::{When, WhenSettings};

/// Something that is wrong with a report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, `{field}`: {problem}")]
pub struct Flaw {
    /// Line of the file, from 1; 0 for the whole of it.
    pub line: u64,
    /// The column, label or field.
    pub field: String,
    /// What is wrong.
    pub problem: String,
    /// What to do next.
    pub hint: String,
}

impl ReportMapping {
    /// Reads a mapping.
    ///
    /// # Errors
    /// When it is not TOML of this shape, or contradicts itself.
    pub fn parse(text: &str) -> Result<Self, Flaw> {
        let table = toml::from_str(text).map_err(|error| flaw("mapping", error.to_string(), MANUAL))?;
        Self::of(table)
    }

    /// The same, of what was read already.
    ///
    /// # Errors
    /// See [`Self::parse`].
    pub fn of(mut table: toml::Table) -> Result<Self, Flaw> {
        let manual = MANUAL;
        let wrong = |problem: String| flaw("mapping", problem, manual);
        let layout = Layout::take(&mut table).map_err(wrong)?;
        let when = WhenSettings::take(&mut table).map_err(wrong)?;
        let mut figures = FigureSettings::take(&mut table).map_err(wrong)?;
        let mut mapping = Self::deserialize(table).map_err(|error| wrong(error.to_string()))?;
        for (word, unit) in &mapping.words.unit {
            figures.units.insert(word.clone(), Scale::parse(unit).map_err(wrong)?);
        }
        when.ready().map_err(wrong)?;
        (mapping.layout, mapping.when, mapping.figures) = (layout, when, figures);
        let mapping = mapping;
        let columns = &mapping.column;
        let moves = columns.quantity.is_some() || columns.inflow.is_some() || columns.outflow.is_some();
        if columns.quantity.is_some() && columns.way.is_none() && mapping.figures.sign != Some(Sign::Way) {
            let hint = "or use `inflow` and `outflow`, or `sign = \"way\"`";
            return Err(flaw("column.way", "is missing beside `quantity`".into(), hint));
        }
        if moves && columns.date.is_none() {
            return Err(flaw("column.date", "is missing: movements have a day".into(), manual));
        }
        if columns.opening.is_some() != columns.closing.is_some() {
            return Err(flaw("column.closing", "`opening` and `closing` go together".into(), manual));
        }
        if mapping.kind == ReportKind::Statement && columns.closing.is_none() {
            return Err(flaw("column.closing", "is missing: a statement has openings and closings".into(), manual));
        }
        if !moves && columns.closing.is_none() {
            return Err(flaw("column", "names no figures".into(), manual));
        }
        if mapping.material.is_none() && columns.material.is_none() {
            return Err(flaw("material", "is said neither here nor by a column".into(), manual));
        }
        if mapping.unit.is_none() && columns.unit.is_none() {
            return Err(flaw(
                "unit",
                "is said neither here nor by a column".into(),
                "a figure without a unit says nothing",
            ));
        }
        Ok(mapping)
    }

    /// Reads a report, and holds it against what is registered where that is known.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(&self, file: &[u8], cover: &Cover, registry: Option<&Registry>) -> Result<ReceiveReport, Vec<Flaw>> {
        let whole = |error: &SourceError| Flaw {
            line: error.line(),
            field: "file".into(),
            problem: causes::told(error),
            hint: "check the mapping against the file".into(),
        };
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
        let nothing = |problem: &str, hint: &str| flaw("file", problem.to_owned(), hint);
        match (balances.is_empty(), lines.is_empty()) {
            _ if !flaws.is_empty() => {}
            (_, false) if cover.nil => flaws.push(nothing("has lines, and is said to be nil", "say one or the other")),
            (true, true) if self.kind == ReportKind::Statement => {
                flaws.push(nothing(
                    "states nothing",
                    "a statement has an opening and a closing, 0 where nothing is held",
                ));
            }
            (true, true) if !cover.nil => flaws.push(nothing(
                "tells nothing",
                "where nothing moved, say so: `--nil`, or `nil` in the cover; else check the mapping against the file",
            )),
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
            let problem = format!("is nowhere, while `{there}` is");
            flaws.push(flaw(missing, problem, "correct the name in the mapping, or leave it out there"));
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

const MANUAL: &str = "see crates/ingest/mappings/README.md for the settings";

fn flaw(field: &str, problem: String, hint: &str) -> Flaw {
    Flaw { line: 0, field: field.to_owned(), problem, hint: hint.to_owned() }
}

/// Reads a report from labelled text, which says everything itself, and holds it against what is registered where that is
/// known.
///
/// # Errors
/// Every line that cannot be read; where all can, everything else that is wrong.
pub fn read_text(file: &[u8], registry: Option<&Registry>) -> Result<ReceiveReport, Vec<Flaw>> {
    let text = std::str::from_utf8(file).map_err(|error| {
        let line = file[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
        let hint = "save the file as UTF-8, or name a mapping";
        vec![Flaw { line, field: "file".into(), problem: "is not UTF-8".into(), hint: hint.into() }]
    })?;
    let unreadable = |errors: Vec<report_text::TextError>| -> Vec<Flaw> {
        let flaw = |error: report_text::TextError| Flaw {
            line: error.line,
            field: error.label,
            problem: error.problem,
            hint: error.hint.to_owned(),
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

/// A figure with its unit and basis, as told.
struct Amount {
    text: String,
    is_negative: bool,
    is_nothing: bool,
    is_provisional: bool,
}

/// One row of a table.
struct Row<'r> {
    mapping: &'r ReportMapping,
    when: &'r When,
    /// Can every figure with a point be read in two ways?
    are_points_open: bool,
    record: &'r Record,
    flaws: &'r mut Vec<Flaw>,
}

impl Row<'_> {
    fn flaw(&mut self, field: &str, problem: String, hint: &str) {
        let line = self.record.line;
        self.flaws.push(Flaw { line, field: field.to_owned(), problem, hint: hint.to_owned() });
    }

    fn text(&self, column: Option<&String>) -> Option<String> {
        let text = self.record.text(column?)?.trim();
        let is_missing = text.is_empty() || self.mapping.figures.missing.iter().any(|missing| missing == text);
        (!is_missing).then(|| text.to_owned())
    }

    /// A stated figure with its unit and basis, as told. No type says its sign: one that was sent stays.
    fn stated(&mut self, column: Option<&String>) -> Option<String> {
        let Amount { text, is_negative, .. } = self.figure(column)?;
        Some(if is_negative { format!("-{text}") } else { text })
    }

    /// The figure of a movement, and whether its sign turns the movement round.
    fn moved(&mut self, column: Option<&String>) -> Option<(Amount, bool)> {
        let amount = self.figure(column)?;
        if !amount.is_negative {
            return Some((amount, false));
        }
        match self.mapping.figures.sign {
            Some(Sign::Ignore) => Some((amount, false)),
            Some(Sign::Reverses | Sign::Way) => Some((amount, true)),
            None => {
                let heading = column.cloned().unwrap_or_default();
                let problem = FigureError::Negative(format!("-{}", amount.text)).to_string();
                let hint = "say what the sign means: `sign = \"reverses\"` (was taken back), `\"way\"` (went out) or \
                            `\"ignore\"` (the type says it)";
                self.flaw(&heading, problem, hint);
                None
            }
        }
    }

    /// A figure with its unit and basis, as told.
    fn figure(&mut self, column: Option<&String>) -> Option<Amount> {
        let text = self.text(column)?;
        let heading = column.cloned().unwrap_or_default();
        let kind = self.record.kind(&heading);
        let read = Figure::read(&text, kind, &self.mapping.figures);
        let (number, is_negative, flag, behind) = match read {
            Ok(Figure::Missing) => return None,
            Ok(Figure::Given { number, is_negative, flag, unit }) => (number, is_negative, flag, unit),
            Err(error) => {
                self.flaw(&heading, error.to_string(), "correct the file, or set the marks in the mapping");
                return None;
            }
        };
        if self.are_points_open && kind == Kind::Text && Points::of(&text).are_open() {
            let problem = format!(
                "`{text}` can be read as thousands and as a fraction, as every figure of the file with a point"
            );
            self.flaw(&heading, problem, "say which: `decimal = \".\"`, or `decimal = \",\"` and `thousands = \".\"`");
            return None;
        }
        let mapping = self.mapping;
        let unit = behind.or_else(|| self.text(mapping.column.unit.as_ref())).or_else(|| mapping.unit.clone());
        let Some(unit) = unit else {
            self.flaw(&heading, "has no unit".into(), "fill the column of units, or set `unit` in the mapping");
            return None;
        };
        let (number, unit) = match self.scaled(&number, &unit) {
            Ok(scaled) => scaled,
            Err(problem) => {
                self.flaw(&heading, problem, "say what the unit is under `[words.unit]`");
                return None;
            }
        };
        let basis = self.text(mapping.column.basis.as_ref()).or_else(|| mapping.basis.clone());
        let basis = basis.map_or(String::new(), |basis| format!(" {basis}"));
        let is_provisional = flag.is_some_and(|flag| flag.split(' ').any(|flag| flag.eq_ignore_ascii_case("p")));
        let is_nothing = number.trim_matches(['0', '.']).is_empty();
        Some(Amount { text: format!("{number} {unit}{basis}"), is_negative, is_nothing, is_provisional })
    }

    /// A number in the unit that the sender's word stands for.
    fn scaled(&self, number: &str, unit: &str) -> Result<(String, String), String> {
        let scale = match self.mapping.figures.units.get(unit) {
            Some(scale) => scale.clone(),
            None => Scale::parse(unit)?,
        };
        if scale.factor == "1" {
            return Ok((number.to_owned(), scale.unit));
        }
        let product =
            Decimal::parse(number).zip(Decimal::parse(&scale.factor)).and_then(|(one, other)| one.times(other));
        let product = product.ok_or_else(|| format!("`{number}` has more digits than can be counted in its unit"))?;
        Ok((product.to_string(), scale.unit))
    }

    fn coded(
        &self,
        column: Option<&String>,
        fixed: Option<&String>,
        words: &BTreeMap<String, String>,
    ) -> Option<String> {
        let told = self.text(column).or_else(|| fixed.cloned())?;
        Some(words.get(&told).cloned().unwrap_or(told))
    }

    fn material(&mut self) -> Option<String> {
        let mapping = self.mapping;
        let found = self.coded(mapping.column.material.as_ref(), mapping.material.as_ref(), &mapping.words.material);
        if found.is_none() {
            let heading = mapping.column.material.clone().unwrap_or_else(|| "material".into());
            self.flaw(&heading, "names no material".into(), "fill the column, or set `material` in the mapping");
        }
        found
    }

    fn site(&self) -> Option<String> {
        let mapping = self.mapping;
        self.coded(mapping.column.site.as_ref(), mapping.site.as_ref(), &mapping.words.site)
    }

    fn balance(&mut self) -> Option<StatedBalance> {
        let columns = &self.mapping.column;
        let (opening, closing) = (self.stated(columns.opening.as_ref()), self.stated(columns.closing.as_ref()));
        let (opening, closing) = match (opening, closing) {
            (Some(opening), Some(closing)) => (opening, closing),
            (None, None) => return None,
            (Some(_), None) => {
                let heading = columns.closing.clone().unwrap_or_default();
                self.flaw(&heading, "has no figure beside an opening".into(), "missing is not zero: say 0 where it is");
                return None;
            }
            (None, Some(_)) => {
                let heading = columns.opening.clone().unwrap_or_default();
                self.flaw(&heading, "has no figure beside a closing".into(), "missing is not zero: say 0 where it is");
                return None;
            }
        };
        Some(StatedBalance {
            material: self.material()?,
            site: self.site(),
            lot: self.text(columns.lot.as_ref()),
            opening,
            closing,
        })
    }

    fn movements(&mut self) -> Vec<ReportLine> {
        let columns = &self.mapping.column;
        let turned = |way, is_turned| match (way, is_turned) {
            (Way::In, true) => Way::Out,
            (Way::Out, true) => Way::In,
            (way, false) => way,
        };
        let mut told = Vec::new();
        if let Some((amount, is_turned)) = self.moved(columns.quantity.as_ref())
            && let Some(way) = self.way()
        {
            told.push((turned(way, is_turned), amount));
        }
        for (column, way) in [(&columns.inflow, Way::In), (&columns.outflow, Way::Out)] {
            // Two columns for one movement: the other one says nothing, as 0.
            if let Some((amount, is_turned)) = self.moved(column.as_ref()).filter(|(amount, _)| !amount.is_nothing) {
                told.push((turned(way, is_turned), amount));
            }
        }
        if told.is_empty() {
            return Vec::new();
        }
        let Some(effective) = self.day() else { return Vec::new() };
        let Some(material) = self.material() else { return Vec::new() };
        let replaces = self.replaces();
        let withdraws = self.text(columns.withdraws.as_ref()).map(|_| true);
        let counterparty = self.coded(columns.counterparty.as_ref(), None, &self.mapping.words.party);
        let line = |(way, Amount { text: quantity, is_provisional, .. }): (Way, Amount)| ReportLine {
            line: 0,
            material: material.clone(),
            way,
            quantity,
            effective: effective.clone(),
            reference: self.text(columns.reference.as_ref()),
            counterparty: counterparty.clone(),
            site: self.site(),
            lot: self.text(columns.lot.as_ref()),
            provisional: is_provisional.then_some(true),
            replaces: replaces.clone(),
            withdraws,
        };
        told.into_iter().map(line).collect()
    }

    fn way(&mut self) -> Option<Way> {
        // Without a word for it, the sign says which way it went.
        let column = self.mapping.column.way.clone();
        let Some(column) = column else { return Some(Way::In) };
        let word = self.text(Some(&column)).unwrap_or_default();
        let is_one = |words: &[String], own: &str| words.contains(&word) || word == own;
        let ways = &self.mapping.way;
        if is_one(&ways.inward, "in") {
            return Some(Way::In);
        }
        if is_one(&ways.outward, "out") {
            return Some(Way::Out);
        }
        self.flaw(&column, format!("`{word}` is neither in nor out"), "add the word to `[way]` in the mapping");
        None
    }

    fn day(&mut self) -> Option<String> {
        let column = self.mapping.column.date.clone().unwrap_or_default();
        let text = self.text(Some(&column)).unwrap_or_default();
        match self.when.read(&text, self.record.kind(&column)) {
            Ok(told) => Some(told.day.to_string()),
            Err(problem) => {
                self.flaw(&column, problem, "set `date_format` in the mapping");
                None
            }
        }
    }

    fn replaces(&mut self) -> Option<Replaces> {
        let columns = &self.mapping.column;
        let told = self.text(columns.replaces_report.as_ref())?;
        let line = self.text(columns.replaces_line.as_ref()).unwrap_or_default();
        let hash = self.text(columns.replaces_hash.as_ref()).unwrap_or_default();
        // `3`, `KOMIR/3`, and `KOMIR/3:2` as answers show a line.
        let report = told.strip_prefix(&self.mapping.sender).and_then(|rest| rest.strip_prefix('/')).unwrap_or(&told);
        let (report, line) = match report.split_once(':') {
            Some((report, own)) if line.is_empty() || line == own => (report, own.to_owned()),
            _ => (report, line),
        };
        match (report.parse(), line.parse()) {
            (Ok(report), Ok(line)) if !hash.is_empty() => Some(Replaces { report, line, hash }),
            _ => {
                let heading = columns.replaces_report.clone().unwrap_or_default();
                let hint = "a correction has report (`3` or `KOMIR/3`), line and hash of the line that it replaces: see \
                            `granary reconcile lines`";
                self.flaw(&heading, "does not say which line it replaces".into(), hint);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests;
