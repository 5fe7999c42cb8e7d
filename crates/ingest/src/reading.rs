//! A source read by a mapping: commands, line by line.

use std::collections::HashMap;
use std::io::Read;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use wire::{Command, Malformed};

use crate::figure::Figure;
use crate::mapping::{Column, ColumnKind, Mapping};
use crate::source::{Record, SourceError, records};

/// One thing that a line says.
#[derive(Clone, Debug)]
pub struct Item {
    /// Line in the source; 0 for what the mapping itself registers.
    pub line: u64,
    /// Column it stood in.
    pub column: String,
    /// What it says.
    pub step: Step,
}

/// What a figure says.
#[derive(Clone, Debug)]
pub enum Step {
    /// Something to post.
    Post(Box<Command>),
    /// Nothing to post: no figure, or no change.
    Nothing(&'static str),
    /// A sum that does not hold, by how much, and whether that is rounding.
    Differs {
        /// Total less parts, in the source's own figures.
        difference: String,
        /// Within the tolerance of the mapping.
        is_rounding: bool,
    },
    /// The line cannot be read.
    Unreadable(Box<Malformed>),
}

/// A mapping at work.
pub struct Reading {
    mapping: Mapping,
    /// Last stock of each column, as an exact decimal.
    levels: HashMap<String, Decimal>,
    /// Lots whose account is open.
    opened: Vec<String>,
}

impl Reading {
    /// Begins to read by a mapping.
    #[must_use]
    pub fn new(mapping: Mapping) -> Self {
        Self { mapping, levels: HashMap::new(), opened: Vec::new() }
    }

    /// Everything a source says, in order: first what the mapping registers, then line by line.
    ///
    /// # Errors
    /// When nothing of the source can be read.
    pub fn read(mut self, input: impl Read) -> Result<Vec<Item>, SourceError> {
        let mut needed: Vec<&str> = vec![&self.mapping.date];
        needed.extend(self.mapping.column.iter().map(|column| column.column.as_str()));
        let found = records(input, self.mapping.format, &needed)?;
        let first_day = found.iter().flatten().find_map(|record| record.text(&self.mapping.date).map(str::to_owned));
        let mut items = self.registrations(first_day.as_deref().unwrap_or("1970-01-01"));
        for record in found {
            match record {
                Ok(record) => self.line(&record, &mut items),
                Err(error) => items.push(unreadable(&error)),
            }
        }
        Ok(items)
    }

    fn registrations(&self, first_day: &str) -> Vec<Item> {
        let item = |(index, register): (usize, &Map<String, Value>)| {
            let mut command = register.clone();
            let id = self.id(&format!("register {index}"), "");
            command.insert("id".into(), id.into());
            command.entry("effective").or_insert_with(|| first_day.into());
            Item { line: 0, column: "register".into(), step: step(command) }
        };
        self.mapping.register.iter().enumerate().map(item).collect()
    }

    fn line(&mut self, record: &Record, items: &mut Vec<Item>) {
        let date = record.text(&self.mapping.date).unwrap_or_default().to_owned();
        for column in self.mapping.column.clone() {
            let item = |step| Item { line: record.line, column: column.column.clone(), step };
            let text = record.text(&column.column).unwrap_or_default();
            match Figure::read(text, &self.mapping) {
                Ok(Figure::Missing) => items.push(item(Step::Nothing("no figure"))),
                Ok(Figure::Given { number, flag }) => {
                    let reference = self.reference(record, flag.as_deref());
                    let steps = self.steps(&column, &date, &number, reference);
                    items.extend(steps.into_iter().map(item));
                }
                Err(error) => items.push(item(Step::Unreadable(Box::new(Malformed {
                    id: None,
                    code: "bad_figure",
                    field: None,
                    problem: error.to_string(),
                    hint: "declare it in the mapping as `missing`, `zero` or with `flags`, or correct the file".into(),
                })))),
            }
        }
        self.check_sums(record, items);
    }

    fn steps(&mut self, column: &Column, date: &str, number: &str, reference: Option<String>) -> Vec<Step> {
        let Some(figure) = Decimal::parse(number) else {
            return vec![Step::Nothing("a figure longer than can be counted")];
        };
        match column.kind {
            ColumnKind::Stock => {
                let before = self.levels.insert(column.column.clone(), figure);
                let before = before.unwrap_or_default();
                match figure.minus(before) {
                    None => vec![Step::Nothing("a figure longer than can be counted")],
                    Some(change) if change.units > 0 => vec![self.movement(column, "deposit", date, change, reference)],
                    Some(change) if change.units < 0 => {
                        let change = Decimal { units: -change.units, ..change };
                        vec![self.movement(column, "draw", date, change, reference)]
                    }
                    Some(_) => vec![Step::Nothing("no change")],
                }
            }
            ColumnKind::Inflow | ColumnKind::Outflow if !self.is_open(column) => {
                vec![Step::Nothing("before the first count")]
            }
            ColumnKind::Inflow | ColumnKind::Outflow if figure.units == 0 => vec![Step::Nothing("no flow")],
            ColumnKind::Inflow => vec![self.movement(column, "deposit", date, figure, reference)],
            ColumnKind::Outflow => vec![self.movement(column, "draw", date, figure, reference)],
            ColumnKind::Count if !self.is_open(column) => {
                self.opened.push(column.lot.clone());
                if figure.units == 0 {
                    return vec![Step::Nothing("opens with nothing")];
                }
                vec![self.movement(column, "deposit", date, figure, reference)]
            }
            ColumnKind::Count => {
                let mut command = self.command(column, "stocktake", date);
                command.insert("site".into(), column.site.clone().into());
                command.insert("lines".into(), json!([{ "lot": column.lot, "counted": figure.show(&column.unit) }]));
                vec![step(with_reference(command, reference))]
            }
        }
    }

    fn is_open(&self, column: &Column) -> bool {
        self.opened.contains(&column.lot)
    }

    fn movement(&self, column: &Column, act: &str, date: &str, quantity: Decimal, reference: Option<String>) -> Step {
        let mut command = self.command(column, act, date);
        command.insert("lot".into(), column.lot.clone().into());
        command.insert("site".into(), column.site.clone().into());
        command.insert("quantity".into(), quantity.show(&column.unit).into());
        if act == "deposit" {
            command.insert("material".into(), column.material.clone().into());
        }
        step(with_reference(command, reference))
    }

    fn command(&self, column: &Column, act: &str, date: &str) -> Map<String, Value> {
        let mut command = Map::new();
        command.insert("id".into(), self.id(&column.column, date).into());
        command.insert("party".into(), self.mapping.party.clone().into());
        command.insert("effective".into(), date.into());
        command.insert("act".into(), act.into());
        command
    }

    fn reference(&self, record: &Record, flag: Option<&str>) -> Option<String> {
        let published = self.mapping.published.as_ref().and_then(|column| record.text(column));
        let parts: Vec<String> =
            [published.map(|published| format!("published {published}")), flag.map(|flag| format!("flag {flag}"))]
                .into_iter()
                .flatten()
                .collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    /// The same mapping, column and date give the same id for ever: UUID version 8 (RFC 9562), from SHA-256.
    fn id(&self, column: &str, date: &str) -> String {
        let mut hasher = Sha256::new();
        for part in ["granary import 1", &self.mapping.name, &self.mapping.party, column, date] {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        let digest: [u8; 32] = hasher.finalize().into();
        Uuid::new_v8(digest[..16].try_into().expect("half of a digest")).to_string()
    }

    fn check_sums(&self, record: &Record, items: &mut Vec<Item>) {
        for check in &self.mapping.check {
            let figure = |column: &String| match Figure::read(record.text(column).unwrap_or_default(), &self.mapping) {
                Ok(Figure::Given { number, .. }) => Decimal::parse(&number),
                _ => None,
            };
            let parts = check.parts.iter().map(figure).try_fold(Decimal::default(), |sum, part| sum.plus(part?));
            let Some(difference) = figure(&check.total).zip(parts).and_then(|(total, parts)| total.minus(parts)) else {
                continue;
            };
            if difference.units != 0 {
                let is_rounding = difference.is_within(check.tolerance);
                let difference = difference.to_string();
                let step = Step::Differs { difference, is_rounding };
                items.push(Item { line: record.line, column: check.total.clone(), step });
            }
        }
    }
}

fn with_reference(mut command: Map<String, Value>, reference: Option<String>) -> Map<String, Value> {
    if let Some(reference) = reference {
        command.insert("reference".into(), reference.into());
    }
    command
}

fn step(command: Map<String, Value>) -> Step {
    let bytes = Value::Object(command).to_string();
    match Command::from_json(bytes.as_bytes()) {
        Ok(command) => Step::Post(Box::new(command)),
        Err(malformed) => Step::Unreadable(Box::new(malformed)),
    }
}

fn unreadable(error: &SourceError) -> Item {
    let line = match error {
        SourceError::Csv { line, .. } => *line,
        _ => 0,
    };
    let mut problem = error.to_string();
    if let Some(cause) = std::error::Error::source(error) {
        problem = format!("{problem}: {cause}");
    }
    let hint = "correct the line and load the file again: what was accepted stays as it is".into();
    let malformed = Malformed { id: None, code: "bad_line", field: None, problem, hint };
    Item { line, column: String::new(), step: Step::Unreadable(Box::new(malformed)) }
}

/// An exact decimal: units of 10^-decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Decimal {
    units: i128,
    decimals: u32,
}

impl Decimal {
    fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let units = format!("{whole}{fraction}").parse().ok()?;
        (fraction.len() <= 18).then_some(Self { units, decimals: u32::try_from(fraction.len()).ok()? })
    }

    fn at(self, decimals: u32) -> Option<i128> {
        self.units.checked_mul(10i128.checked_pow(decimals.checked_sub(self.decimals)?)?)
    }

    fn plus(self, other: Self) -> Option<Self> {
        let decimals = self.decimals.max(other.decimals);
        Some(Self { units: self.at(decimals)?.checked_add(other.at(decimals)?)?, decimals })
    }

    fn minus(self, other: Self) -> Option<Self> {
        self.plus(Self { units: other.units.checked_neg()?, ..other })
    }

    fn is_within(self, whole: u64) -> bool {
        10u128
            .checked_pow(self.decimals)
            .and_then(|one| one.checked_mul(u128::from(whole)))
            .is_some_and(|bound| self.units.unsigned_abs() <= bound)
    }

    fn show(self, unit: &str) -> String {
        format!("{self} {unit}")
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.units < 0 { "-" } else { "" };
        let one = 10u128.pow(self.decimals);
        let (whole, fraction) = (self.units.unsigned_abs() / one, self.units.unsigned_abs() % one);
        if fraction == 0 {
            return write!(f, "{sign}{whole}");
        }
        let digits = format!("{fraction:0width$}", width = self.decimals as usize);
        write!(f, "{sign}{whole}.{}", digits.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests;
