//! A source read by a mapping: commands, line by line.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read;

use jiff::civil::Date;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use wire::{Command, Malformed};

use crate::decimal::Decimal;
use crate::figure::Figure;
use crate::levels::{Change, Levels};
use crate::mapping::{Column, ColumnKind, Mapping};
use crate::source::{Record, SourceError, records};

const TOO_LONG: &str = "a figure longer than can be counted";

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
    Post {
        /// The command.
        command: Box<Command>,
        /// The figure is another one than was known of that day.
        is_revision: bool,
    },
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

/// What the ledger knows before a load.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// How many events it has.
    pub event_count: u64,
    /// Places in the mapping's list of what to register, of that which is registered already.
    pub registered: BTreeSet<usize>,
    /// By column, what the party's account of that lot at that site held at the end of each day on which it changed, as
    /// exact decimals in the column's unit. Of flows and counts only the first day is needed.
    pub levels: HashMap<String, BTreeMap<Date, String>>,
    /// What is registered: a report that names anything else is not sent.
    pub registry: Option<crate::report::Registry>,
}

/// A mapping at work.
pub struct Reading {
    mapping: Mapping,
    event_count: u64,
    registered: BTreeSet<usize>,
    /// Stock by column.
    levels: HashMap<String, Levels<Item>>,
    /// By site and lot of flows and counts, the day of the first count and what was found.
    opened: HashMap<(String, String), (Date, Decimal)>,
}

impl Reading {
    /// Begins to read by a mapping.
    ///
    /// # Panics
    /// When a known level is no decimal of at most 18 places.
    #[must_use]
    pub fn new(mapping: Mapping, known: Known) -> Self {
        let Known { event_count, registered, levels: mut known, registry: _ } = known;
        let mut levels = HashMap::new();
        let mut opened = HashMap::new();
        for column in &mapping.column {
            let days = known.remove(&column.column).unwrap_or_default();
            let exact =
                |(day, level): (Date, String)| (day, Decimal::parse(&level).expect("levels are exact decimals"));
            let days: BTreeMap<Date, Decimal> = days.into_iter().map(exact).collect();
            if column.kind == ColumnKind::Stock {
                levels.insert(column.column.clone(), Levels::new(days));
            } else if let Some((day, level)) = days.first_key_value().filter(|_| column.kind == ColumnKind::Count) {
                opened.insert((column.site.clone(), column.lot.clone()), (*day, *level));
            } else if let Some((day, level)) = days.first_key_value() {
                opened.entry((column.site.clone(), column.lot.clone())).or_insert((*day, *level));
            }
        }
        Self { mapping, event_count, registered, levels, opened }
    }

    /// Everything a source says: first what the mapping registers, then line by line in the order of their days. A line
    /// that cannot be read keeps its place after the line before it.
    ///
    /// # Errors
    /// When nothing of the source can be read.
    pub fn read(mut self, input: impl Read) -> Result<Vec<Item>, SourceError> {
        let mut needed: Vec<&str> = vec![&self.mapping.date];
        needed.extend(self.mapping.column.iter().map(|column| column.column.as_str()));
        let found = records(input, self.mapping.format, self.mapping.delimiter, &needed)?;
        let mut lines = Vec::with_capacity(found.len());
        let mut place = Date::MIN;
        let mut first_day = None;
        for record in found {
            let line = record.map_err(|error| unreadable(&error)).and_then(|record| self.dated(record));
            if let Ok((day, _)) = &line {
                place = *day;
                first_day = Some(first_day.map_or(*day, |first: Date| first.min(*day)));
            }
            lines.push((place, line));
        }
        lines.sort_by_key(|(place, _)| *place);
        let first_day = first_day.map_or("1970-01-01".to_owned(), |day| day.to_string());
        let mut items = self.registrations(&first_day);
        for (_, line) in lines {
            match line {
                Ok((day, record)) => self.line(day, &record, &mut items),
                Err(item) => items.push(item),
            }
        }
        self.end(&mut items);
        Ok(items)
    }

    fn dated(&self, record: Record) -> Result<(Date, Record), Item> {
        let text = record.text(&self.mapping.date).unwrap_or_default();
        match self.mapping.day(text) {
            Ok(day) => Ok((day, record)),
            Err(problem) => {
                let hint = "correct the line, or say with `date_format` how the source writes dates".into();
                let malformed = Malformed { id: None, code: "bad_date", field: None, problem, hint };
                let step = Step::Unreadable(Box::new(malformed));
                Err(Item { line: record.line, column: self.mapping.date.clone(), step })
            }
        }
    }

    fn registrations(&self, first_day: &str) -> Vec<Item> {
        let item = |(index, register): (usize, &Map<String, Value>)| {
            let mut command = register.clone();
            let id = self.id(&["granary import 1"], &format!("register {index}"), "");
            command.insert("id".into(), id.into());
            command.entry("effective").or_insert_with(|| first_day.into());
            Item { line: 0, column: "register".into(), step: step(command) }
        };
        let register = self.mapping.register.iter().enumerate();
        register.filter(|(index, _)| !self.registered.contains(index)).map(item).collect()
    }

    fn line(&mut self, day: Date, record: &Record, items: &mut Vec<Item>) {
        for column in self.mapping.column.clone() {
            let item = |step| Item { line: record.line, column: column.column.clone(), step };
            let text = record.text(&column.column).unwrap_or_default();
            match Figure::read(text, self.mapping.marks()) {
                Ok(Figure::Missing) => items.push(item(Step::Nothing("no figure"))),
                Ok(Figure::Given { number, flag }) => {
                    let reference = self.reference(record, flag.as_deref());
                    match Decimal::parse(&number) {
                        None => items.push(item(Step::Nothing(TOO_LONG))),
                        Some(figure) if column.kind == ColumnKind::Stock => {
                            self.stock(&column, record.line, day, figure, reference, items);
                        }
                        Some(figure) => items.push(item(self.flow_or_count(&column, day, figure, reference))),
                    }
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

    fn stock(
        &mut self,
        column: &Column,
        line: u64,
        day: Date,
        figure: Decimal,
        reference: Option<String>,
        items: &mut Vec<Item>,
    ) {
        let set = self.levels.get_mut(&column.column).map(|levels| levels.set(day, figure));
        let found = match set.expect("every column of stock has levels") {
            Ok(Some(change)) => change,
            Ok(None) => {
                return items.push(Item { line, column: column.column.clone(), step: Step::Nothing("no change") });
            }
            Err(_) => return items.push(Item { line, column: column.column.clone(), step: Step::Nothing(TOO_LONG) }),
        };
        let revised = found.was.map(|was| format!("revised: was {}", was.show(&column.unit)));
        let parts: Vec<String> = [reference, revised].into_iter().flatten().collect();
        let reference = (!parts.is_empty()).then(|| parts.join(", "));
        self.change(column, line, day, figure, &found, reference, items);
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one movement, each from another place")]
    fn change(
        &mut self,
        column: &Column,
        line: u64,
        day: Date,
        figure: Decimal,
        found: &Change,
        reference: Option<String>,
        items: &mut Vec<Item>,
    ) {
        let act = if found.change.units > 0 { "deposit" } else { "draw" };
        let mut command = self.movement(column, act, day, found.change.size(), reference);
        // A figure that goes from A to B and back to A must be posted each time: the id says from what to what, and the
        // head of the ledger tells the first time from the second.
        let [before, figure, count, nth] =
            [found.before.to_string(), figure.to_string(), self.event_count.to_string(), found.nth.to_string()];
        let id = self.id(&["granary import stock 1", &before, &figure, &count, &nth], &column.column, &day.to_string());
        command.insert("id".into(), id.into());
        let step = match step(command) {
            Step::Post { command, .. } => Step::Post { command, is_revision: found.is_revision },
            other => other,
        };
        let item = Item { line, column: column.column.clone(), step };
        let levels = self.levels.get_mut(&column.column).expect("every column of stock has levels");
        items.extend(levels.post(day, found.change, item));
    }

    /// After the last line: days that the books know and the source does not reach stay as they were.
    fn end(&mut self, items: &mut Vec<Item>) {
        for column in self.mapping.column.clone() {
            let Some(levels) = self.levels.get_mut(&column.column) else { continue };
            if let Some((day, level, found)) = levels.keep_later() {
                let line = items.iter().rev().find(|item| item.column == column.column).map_or(0, |item| item.line);
                let reference = match found.was {
                    Some(was) => format!("revised: was {}", was.show(&column.unit)),
                    None => format!("stays at {}", level.show(&column.unit)),
                };
                self.change(&column, line, day, level, &found, Some(reference), items);
            }
            if let Some(levels) = self.levels.get_mut(&column.column) {
                items.extend(levels.rest());
            }
        }
    }

    fn flow_or_count(&mut self, column: &Column, day: Date, figure: Decimal, reference: Option<String>) -> Step {
        let place = (column.site.clone(), column.lot.clone());
        let opened = self.opened.get(&place).copied();
        match column.kind {
            ColumnKind::Inflow | ColumnKind::Outflow if opened.is_none_or(|(first, _)| first >= day) => {
                Step::Nothing("before the first count")
            }
            ColumnKind::Inflow | ColumnKind::Outflow if figure.units == 0 => Step::Nothing("no flow"),
            ColumnKind::Inflow => step(self.movement(column, "deposit", day, figure, reference)),
            ColumnKind::Outflow => step(self.movement(column, "draw", day, figure, reference)),
            ColumnKind::Stock | ColumnKind::Count => match opened {
                None => {
                    self.opened.insert(place, (day, figure));
                    if figure.units == 0 {
                        return Step::Nothing("opens with nothing");
                    }
                    step(self.movement(column, "deposit", day, figure, reference))
                }
                Some((first, _)) if day < first => Step::Nothing("before the first count"),
                Some((first, level)) if day == first && figure.is_same(level) => Step::Nothing("the first count"),
                Some(_) => {
                    let mut command = self.command(column, "stocktake", day);
                    command.insert("site".into(), column.site.clone().into());
                    let counted = json!([{ "lot": column.lot, "counted": figure.show(&column.unit) }]);
                    command.insert("lines".into(), counted);
                    step(with_reference(command, reference))
                }
            },
        }
    }

    fn movement(
        &self,
        column: &Column,
        act: &str,
        day: Date,
        quantity: Decimal,
        reference: Option<String>,
    ) -> Map<String, Value> {
        let mut command = self.command(column, act, day);
        command.insert("lot".into(), column.lot.clone().into());
        command.insert("site".into(), column.site.clone().into());
        command.insert("quantity".into(), quantity.show(&column.unit).into());
        if act == "deposit" {
            command.insert("material".into(), column.material.clone().into());
        }
        with_reference(command, reference)
    }

    fn command(&self, column: &Column, act: &str, day: Date) -> Map<String, Value> {
        let day = day.to_string();
        let mut command = Map::new();
        command.insert("id".into(), self.id(&["granary import 1"], &column.column, &day).into());
        command.insert("party".into(), self.mapping.party.clone().into());
        command.insert("effective".into(), day.into());
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

    /// The same purpose, mapping, column and date give the same id for ever: UUID version 8 (RFC 9562), from SHA-256.
    fn id(&self, purpose: &[&str], column: &str, date: &str) -> String {
        let mut hasher = Sha256::new();
        let [name, party] = [self.mapping.name.as_str(), self.mapping.party.as_str()];
        for part in purpose.iter().copied().chain([name, party, column, date]) {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        let digest: [u8; 32] = hasher.finalize().into();
        Uuid::new_v8(digest[..16].try_into().expect("half of a digest")).to_string()
    }

    fn check_sums(&self, record: &Record, items: &mut Vec<Item>) {
        for check in &self.mapping.check {
            let figure =
                |column: &String| match Figure::read(record.text(column).unwrap_or_default(), self.mapping.marks()) {
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
        Ok(command) => Step::Post { command: Box::new(command), is_revision: false },
        Err(malformed) => Step::Unreadable(Box::new(malformed)),
    }
}

fn unreadable(error: &SourceError) -> Item {
    let line = error.line();
    let mut problem = error.to_string();
    if let Some(cause) = std::error::Error::source(error) {
        problem = format!("{problem}: {cause}");
    }
    let hint = "correct the line and load the file again: what was accepted stays as it is".into();
    let malformed = Malformed { id: None, code: "bad_line", field: None, problem, hint };
    Item { line, column: String::new(), step: Step::Unreadable(Box::new(malformed)) }
}

#[cfg(test)]
mod tests;
