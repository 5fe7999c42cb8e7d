//! A source read by a mapping: commands, line by line.

mod notes;
mod unreadable;
mod why;

use std::collections::HashMap;
use std::sync::Arc;

use answers::Problem;
use jiff::civil::Date;
use serde_json::{Map, Value, json};
use uuid::Uuid;
use wire::{Command, Malformed};

use crate::decimal::Decimal;
use crate::flows::{Key, Plan, Plans, Replaced};
use crate::identity::{Ids, Of, reversal};
use crate::levels::{Change, Levels};
use crate::mapping::{Begins, Column, ColumnKind, Mapping};
use crate::memory::{Became, Memory};
use crate::said::{Said, Saying, Stated, What, said};
use crate::source::SourceError;

use notes::Notes;
use unreadable::{not_opened, older, too_long, two_figures, undecided};
pub use why::Why;
pub(crate) use why::{entry, told};

/// One thing that a line says.
#[derive(Clone, Debug)]
pub struct Item {
    /// Line in the source; 0 for what the mapping itself registers.
    pub line: u64,
    /// Other lines that say the same thing with it: of one despatch advice all lines are one command.
    pub also: Vec<u64>,
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
    /// Nothing to post.
    Nothing(Why),
    /// A sum that does not hold, by how much, and whether that is rounding.
    Differs {
        /// Total less parts, in the source's own figures.
        difference: String,
        /// Within the tolerance of the mapping.
        is_rounding: bool,
    },
    /// The line cannot be read, or nobody can tell what it says.
    Unreadable(Box<Malformed>),
}

/// A source cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadingError {
    /// See the cause.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The books cannot say what has to be known.
    #[error(transparent)]
    Books(#[from] Problem),
}

impl Stated {
    /// What it is known by.
    pub(crate) fn key(&self) -> Key {
        let of = self.document.clone().map_or_else(|| Of::Day(self.day.to_string()), Of::Document);
        (self.column.column.clone(), of)
    }

    /// Is its figure this one?
    pub(crate) fn is(&self, quantity: &str) -> bool {
        Decimal::parse(quantity).is_some_and(|quantity| quantity.is_same(self.figure))
    }

    fn item(&self, step: Step) -> Item {
        Item { line: self.line, also: Vec::new(), column: self.column.column.clone(), step }
    }
}

/// Site and lot.
type Account = (String, String);

/// A mapping at work.
pub struct Reading<'m> {
    mapping: Mapping,
    columns: Vec<Arc<Column>>,
    ids: Ids,
    memory: &'m dyn Memory,
    /// The first day that the source speaks of.
    first_day: Date,
    /// Stock by account.
    levels: HashMap<Account, Levels<Item>>,
    /// Of flows and counts, the day on which the account was opened, and with what.
    opened: HashMap<Account, Option<(Date, Decimal)>>,
    /// Counts by account and day.
    counted: HashMap<(Account, Date), Decimal>,
}

impl<'m> Reading<'m> {
    /// Begins to read by a mapping.
    #[must_use]
    pub fn new(mapping: Mapping, memory: &'m dyn Memory) -> Self {
        let ids = Ids::new(&mapping.name, &mapping.party);
        Self {
            mapping,
            columns: Vec::new(),
            ids,
            memory,
            first_day: Date::MAX,
            levels: HashMap::new(),
            opened: HashMap::new(),
            counted: HashMap::new(),
        }
    }

    /// Everything a source says: first what the mapping registers, then line by line in the order of their days. A line
    /// that cannot be read keeps its place after the line before it.
    ///
    /// # Errors
    /// When nothing of the source can be read, or the books cannot say what has to be known.
    pub fn read(mut self, source: &[u8]) -> Result<Vec<Item>, ReadingError> {
        let Saying { all, columns, first_day } = said(&self.mapping, source)?;
        (self.columns, self.first_day) = (columns, first_day.unwrap_or(Date::MAX));
        let mut items = self.registrations()?;
        let stated: Vec<(usize, &Stated)> = all
            .iter()
            .enumerate()
            .filter_map(|(index, said)| match &said.what {
                What::Figure(stated) if stated.note.is_none() && stated.column.kind != ColumnKind::Stock => {
                    Some((index, &**stated))
                }
                What::Figure(_) | What::Nothing(_) | What::Differs { .. } | What::Unreadable(_) => None,
            })
            .collect();
        let mut plans = Plans::make(&stated, &self.ids, self.memory, self.mapping.flows)?;
        let mut notes = Notes::of(all.iter().filter_map(|said| match &said.what {
            What::Figure(stated) => Some(&**stated),
            What::Nothing(_) | What::Differs { .. } | What::Unreadable(_) => None,
        }));
        for (index, Said { line, heading, what }) in all.into_iter().enumerate() {
            let item = |step| Item { line, also: Vec::new(), column: heading.to_string(), step };
            match what {
                What::Nothing(why) => items.push(item(Step::Nothing(Why::Rule(why)))),
                What::Differs { difference, is_rounding } => {
                    items.push(item(Step::Differs { difference, is_rounding }))
                }
                What::Unreadable(malformed) => items.push(item(Step::Unreadable(malformed))),
                What::Figure(stated) => match stated.column.kind {
                    ColumnKind::Stock => self.stock(&stated, &mut items)?,
                    ColumnKind::Dispatch | ColumnKind::Arrival => self.note(&stated, &mut notes, &mut items)?,
                    ColumnKind::Inflow | ColumnKind::Outflow => {
                        self.flow(&stated, plans.of(index).cloned(), &mut plans, &mut items)?;
                    }
                    ColumnKind::Count => {
                        self.count(&stated, plans.of(index).cloned(), &mut plans, &mut items)?;
                    }
                },
            }
        }
        self.end(&mut items);
        Ok(items)
    }

    /// What is not registered yet; under a new id where it was refused before.
    fn registrations(&self) -> Result<Vec<Item>, Problem> {
        let day = if self.first_day == Date::MAX { "1970-01-01".into() } else { self.first_day.to_string() };
        let mut items = Vec::new();
        for (index, register) in self.mapping.register.iter().enumerate() {
            if self.memory.is_registered(register) {
                continue;
            }
            let id = self.free(|attempt| self.ids.register(index, attempt))?;
            let mut command = register.clone();
            command.insert("id".into(), id.to_string().into());
            command.entry("effective").or_insert_with(|| day.as_str().into());
            items.push(Item { line: 0, also: Vec::new(), column: "register".into(), step: step(command, false) });
        }
        Ok(items)
    }

    /// The first id under which nothing came yet.
    fn free(&self, id: impl Fn(u32) -> Uuid) -> Result<Uuid, Problem> {
        for attempt in 0.. {
            let id = id(attempt);
            match self.memory.find(id, None)?.map(|was| was.became) {
                None => return Ok(id),
                Some(Became::Refused | Became::Held | Became::Done(_)) => {}
            }
        }
        unreachable!("a log has fewer than 2^32 events")
    }

    fn stock(&mut self, stated: &Stated, items: &mut Vec<Item>) -> Result<(), Problem> {
        let Stated { column, day, figure, .. } = stated;
        if !self.levels.contains_key(&column.account_key()) {
            let known = self.memory.levels(column, self.first_day)?;
            let exact =
                |(day, level): (Date, String)| (day, Decimal::parse(&level).expect("levels are exact decimals"));
            self.levels.insert(column.account_key(), Levels::new(known.into_iter().map(exact).collect()));
        }
        let levels = self.levels.get_mut(&column.account_key()).expect("put there above");
        let found = match levels.set(*day, *figure) {
            Ok(Some(change)) => change,
            Ok(None) => {
                items.push(stated.item(Step::Nothing(Why::NoChange)));
                return Ok(());
            }
            Err(_) => {
                items.push(stated.item(too_long(&figure.to_string())));
                return Ok(());
            }
        };
        let revised = found.was.map(|was| format!("revised: was {}", was.show(&column.unit)));
        let reference = joined([stated.notes.clone(), revised]);
        self.change(column, stated.line, *day, *figure, &found, reference, items);
        Ok(())
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
        let said = [
            found.before.to_string(),
            figure.to_string(),
            self.memory.event_count().to_string(),
            found.nth.to_string(),
        ];
        let said = said.each_ref().map(String::as_str);
        let id = self.ids.stock(&column.column, &day.to_string(), &said);
        let step = step(self.movement(column, act, id, day, found.change.size(), reference), found.is_revision);
        let item = Item { line, also: Vec::new(), column: column.column.clone(), step };
        let levels = self.levels.get_mut(&column.account_key()).expect("every column of stock has levels");
        items.extend(levels.post(day, found.change, item));
    }

    /// After the last line: days that the books know and the source does not reach stay as they were.
    fn end(&mut self, items: &mut Vec<Item>) {
        for column in self.columns.clone() {
            let Some(levels) = self.levels.get_mut(&column.account_key()) else { continue };
            if let Some((day, level, found)) = levels.keep_later() {
                let line = items.iter().rev().find(|item| item.column == column.column).map_or(0, |item| item.line);
                let reference = match found.was {
                    Some(was) => format!("revised: was {}", was.show(&column.unit)),
                    None => format!("stays at {}", level.show(&column.unit)),
                };
                self.change(&column, line, day, level, &found, Some(reference), items);
            }
            if let Some(levels) = self.levels.get_mut(&column.account_key()) {
                items.extend(levels.rest());
            }
        }
    }

    /// The column of counts of the account that a column speaks of.
    fn counts_of(&self, column: &Column) -> Option<&Column> {
        let is_it = |other: &&Column| other.kind == ColumnKind::Count && other.account() == column.account();
        self.columns.iter().map(|other| &**other).find(is_it)
    }

    /// When an account of flows and counts was opened, and with what.
    fn opened(&mut self, column: &Column) -> Result<Option<(Date, Decimal)>, Problem> {
        let account = column.account_key();
        if let Some(opened) = self.opened.get(&account) {
            return Ok(*opened);
        }
        // What it was opened with is compared with counts, which may have another unit.
        let known = self.memory.opened(self.counts_of(column).unwrap_or(column))?;
        let opened = known.map(|(day, level)| (day, Decimal::parse(&level).expect("levels are exact decimals")));
        self.opened.insert(account, opened);
        Ok(opened)
    }

    fn flow(
        &mut self,
        stated: &Stated,
        plan: Option<Plan>,
        plans: &mut Plans,
        items: &mut Vec<Item>,
    ) -> Result<(), Problem> {
        let plan = plan.unwrap_or(Plan::New);
        let is_counted = self.counts_of(&stated.column).is_some();
        let begins_empty = self.mapping.begins == Some(Begins::Empty) && !is_counted;
        if matches!(plan, Plan::New) && stated.figure.units != 0 && !begins_empty {
            match self.opened(&stated.column)? {
                Some((first, _)) if first < stated.day => {}
                Some(_) => {
                    items.push(stated.item(Step::Nothing(Why::BeforeFirst)));
                    return Ok(());
                }
                None if is_counted => {
                    items.push(stated.item(Step::Nothing(Why::BeforeFirst)));
                    return Ok(());
                }
                None => {
                    items.push(stated.item(not_opened(&stated.column)));
                    return Ok(());
                }
            }
        }
        let act = if stated.column.kind == ColumnKind::Inflow { "deposit" } else { "draw" };
        match plan {
            Plan::There(seq) => items.push(stated.item(Step::Nothing(Why::There(seq)))),
            Plan::ByHand(seq) => items.push(stated.item(Step::Nothing(Why::ByHand(seq)))),
            Plan::Waits(seq) => items.push(stated.item(Step::Nothing(Why::Waits(seq)))),
            Plan::Older(replaced) => items.push(stated.item(older(stated, &replaced))),
            Plan::Undecided(replaced) => items.push(stated.item(undecided(stated, &replaced))),
            Plan::New if stated.figure.units == 0 => items.push(stated.item(Step::Nothing(Why::NoFlow))),
            Plan::New => items.push(self.posted(stated, act, None, plans)),
            Plan::Revised(replaced) => self.replace(stated, act, &replaced, plans, items)?,
        }
        Ok(())
    }

    /// A movement, or a count, under the next free id.
    fn posted(&self, stated: &Stated, act: &str, was: Option<String>, plans: &mut Plans) -> Item {
        let Stated { column, day, figure, .. } = stated;
        let key = stated.key();
        let id = self.ids.movement(&key.0, &key.1, plans.place(&key));
        let is_revision = was.is_some();
        let reference = joined([stated.document.clone(), stated.notes.clone(), was]);
        let command = if act == "stocktake" {
            let mut command = self.command(act, id, *day);
            command.insert("site".into(), column.site.clone().into());
            let counted = json!([{ "lot": column.lot, "counted": figure.show(&column.unit) }]);
            command.insert("lines".into(), counted);
            with_reference(command, reference)
        } else {
            self.movement(column, act, id, *day, *figure, reference)
        };
        stated.item(step(command, is_revision))
    }

    /// A reversal of what was posted before, and what the source says now: in the order in which the account can bear it.
    fn replace(
        &self,
        stated: &Stated,
        act: &str,
        replaced: &Replaced,
        plans: &mut Plans,
        items: &mut Vec<Item>,
    ) -> Result<(), Problem> {
        let was = was(stated, replaced);
        let mut command = self.command("correct", self.free(|attempt| reversal(replaced.seq, attempt))?, replaced.day);
        command.insert("reverses".into(), replaced.seq.into());
        let now = stated.figure.show(&stated.column.unit);
        command.insert("reason".into(), format!("{was}, is {now}").into());
        let is_alone = stated.figure.units == 0;
        let reversal = stated.item(step(command, is_alone));
        if is_alone {
            items.push(reversal);
        } else if act == "deposit" {
            items.extend([self.posted(stated, act, Some(was), plans), reversal]);
        } else {
            items.extend([reversal, self.posted(stated, act, Some(was), plans)]);
        }
        Ok(())
    }

    fn count(
        &mut self,
        stated: &Stated,
        plan: Option<Plan>,
        plans: &mut Plans,
        items: &mut Vec<Item>,
    ) -> Result<(), Problem> {
        let account = stated.column.account_key();
        let (day, figure) = (stated.day, stated.figure);
        if let Some(other) = self.counted.insert((account.clone(), day), figure) {
            let is_same = other.is_same(figure);
            let step = if is_same { Step::Nothing(Why::SaidTwice) } else { two_figures(stated, other) };
            items.push(stated.item(step));
            return Ok(());
        }
        let opened = self.opened(&stated.column)?;
        match plan.unwrap_or(Plan::New) {
            Plan::There(seq) => items.push(stated.item(Step::Nothing(Why::There(seq)))),
            Plan::ByHand(seq) => items.push(stated.item(Step::Nothing(Why::ByHand(seq)))),
            Plan::Waits(seq) => items.push(stated.item(Step::Nothing(Why::Waits(seq)))),
            Plan::Older(replaced) => items.push(stated.item(older(stated, &replaced))),
            Plan::Undecided(replaced) => items.push(stated.item(undecided(stated, &replaced))),
            Plan::Revised(replaced) if replaced.act == "deposit" => {
                self.replace(stated, "deposit", &replaced, plans, items)?;
            }
            Plan::Revised(replaced) => {
                items.push(self.posted(stated, "stocktake", Some(was(stated, &replaced)), plans));
            }
            Plan::New => match opened {
                None => {
                    self.opened.insert(account, Some((day, figure)));
                    if figure.units == 0 {
                        items.push(stated.item(Step::Nothing(Why::OpensWithNothing)));
                    } else {
                        items.push(self.posted(stated, "deposit", None, plans));
                    }
                }
                Some((first, _)) if day < first => items.push(stated.item(Step::Nothing(Why::BeforeFirst))),
                Some((first, level)) if day == first && figure.is_same(level) => {
                    items.push(stated.item(Step::Nothing(Why::FirstCount)));
                }
                Some(_) => items.push(self.posted(stated, "stocktake", None, plans)),
            },
        }
        Ok(())
    }

    fn movement(
        &self,
        column: &Column,
        act: &str,
        id: Uuid,
        day: Date,
        quantity: Decimal,
        reference: Option<String>,
    ) -> Map<String, Value> {
        let mut command = self.command(act, id, day);
        command.insert("lot".into(), column.lot.clone().into());
        command.insert("site".into(), column.site.clone().into());
        command.insert("quantity".into(), quantity.show(&column.unit).into());
        if act == "deposit" {
            command.insert("material".into(), column.material.clone().into());
        }
        with_reference(command, reference)
    }

    fn command(&self, act: &str, id: Uuid, day: Date) -> Map<String, Value> {
        let mut command = Map::new();
        command.insert("id".into(), id.to_string().into());
        command.insert("party".into(), self.mapping.party.clone().into());
        command.insert("effective".into(), day.to_string().into());
        command.insert("act".into(), act.into());
        command
    }
}

/// What is told of a figure that takes the place of another.
fn was(stated: &Stated, replaced: &Replaced) -> String {
    let quantity = format!("{} {}", replaced.quantity, stated.column.unit);
    match replaced.day == stated.day {
        true => format!("revised: was {quantity}"),
        false => format!("revised: was {quantity} on {}", replaced.day),
    }
}

fn joined<const N: usize>(parts: [Option<String>; N]) -> Option<String> {
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn with_reference(mut command: Map<String, Value>, reference: Option<String>) -> Map<String, Value> {
    if let Some(reference) = reference {
        command.insert("reference".into(), reference.into());
    }
    command
}

fn step(command: Map<String, Value>, is_revision: bool) -> Step {
    let bytes = Value::Object(command).to_string();
    match Command::from_json(bytes.as_bytes()) {
        Ok(command) => Step::Post { command: Box::new(command), is_revision },
        Err(malformed) => Step::Unreadable(Box::new(malformed)),
    }
}

#[cfg(test)]
mod tests;
