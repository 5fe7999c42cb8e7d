//! What the books say to a load, read from a ledger wherever it is: in a folder or at work.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use answers::{Problem, Source, View};
use books::{AccountKey, AccountNo, Act, Books, CommandId, Day, Event, Kind, LotNo, Outcome, Seq};
use jiff::civil::Date;
use measure::{Quantity, Unit};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::mapping::Column;
use crate::memory::{Became, Memory, Moved, Was};
use crate::report::Registry;
use crate::wrong::Wrong;

/// Events that are read together: a file that was loaded before is looked up in the order in which it was posted.
const EVENTS_TOGETHER: usize = 512;

/// A ledger, as a load asks it.
pub struct Recorded<'s> {
    source: &'s dyn Source,
    party: String,
    head: Seq,
    /// Events that were read last, from one on.
    window: RefCell<(Seq, VecDeque<Event>)>,
}

impl<'s> Recorded<'s> {
    /// As it is now, for whoever posts.
    #[must_use]
    pub fn new(source: &'s dyn Source, party: &str) -> Self {
        let head = answers::read(source, |view| view.books().head());
        Self { source, party: party.to_owned(), head, window: RefCell::new((Seq(0), VecDeque::new())) }
    }

    fn read<T>(&self, each: impl FnOnce(&dyn View) -> T) -> T {
        answers::read(self.source, each)
    }

    /// What an event says. Whatever lies close behind it is read with it.
    fn with_event<T>(&self, seq: Seq, each: impl FnOnce(&Event) -> T) -> Result<T, Problem> {
        let mut window = self.window.borrow_mut();
        let (first, events) = &mut *window;
        let is_in = |first: Seq, count: usize| seq >= first && seq.0 - first.0 < count as u64;
        if !is_in(*first, events.len()) {
            let is_near = seq.0 >= first.0 && seq.0 - first.0 < (events.len() + EVENTS_TOGETHER) as u64;
            let count = if is_near && !events.is_empty() { EVENTS_TOGETHER } else { 1 };
            (*first, *events) = (seq, VecDeque::new());
            self.source.events(seq, &mut |_, event| {
                events.push_back(event);
                events.len() < count
            })?;
        }
        match usize::try_from(seq.0 - first.0).ok().and_then(|place| events.get(place)) {
            Some(event) => Ok(each(event)),
            None => Err(Problem::cannot_answer(Wrong::NotReadYet { event: seq.0 })),
        }
    }

    fn account(&self, view: &dyn View, column: &Column) -> Option<AccountNo> {
        let books = view.books();
        let place = books.place_no(Kind::Site, &column.site)?;
        let owner = books.party_no(&self.party)?;
        let lot = LotNo(books.named_by(owner, Kind::Lot, &column.lot).ok()?);
        books.account_no(AccountKey { place, owner, lot })
    }

    /// The same with each day of the account from one on, and the last one before it.
    fn levels_from(&self, view: &dyn View, column: &Column, from: Day) -> Result<BTreeMap<Date, String>, Problem> {
        let Some(account) = self.account(view, column) else { return Ok(BTreeMap::new()) };
        let head = view.books().head();
        let mut before: Option<Day> = None;
        let mut days = BTreeSet::new();
        for (_, day) in view.changes(account, head)? {
            if day >= from {
                days.insert(day);
            } else {
                before = before.max(Some(day));
            }
        }
        days.extend(before);
        days.into_iter().map(|day| Ok((wire::date::date_of(day), level(view, account, day, column)?))).collect()
    }
}

impl Memory for Recorded<'_> {
    fn event_count(&self) -> u64 {
        self.head.0
    }

    fn is_registered(&self, command: &Map<String, Value>) -> bool {
        let text = |key| command.get(key).and_then(Value::as_str);
        let is_there = |books: &Books, code: &str| match text("act") {
            Some("register_party") => books.party_no(code).is_some(),
            Some("register_material") => books.material_no(code).is_some(),
            Some("register_site") => books.place_no(Kind::Site, code).is_some(),
            _ => false,
        };
        text("code").is_some_and(|code| self.read(|view| is_there(view.books(), code)))
    }

    fn levels(&self, column: &Column, from: Date) -> Result<BTreeMap<Date, String>, Problem> {
        self.read(|view| self.levels_from(view, column, wire::date::day_of(from)))
    }

    fn opened(&self, column: &Column) -> Result<Option<(Date, String)>, Problem> {
        self.read(|view| {
            let Some(account) = self.account(view, column) else { return Ok(None) };
            let first = view.changes(account, view.books().head())?.into_iter().map(|(_, day)| day).min();
            first.map(|day| Ok((wire::date::date_of(day), level(view, account, day, column)?))).transpose()
        })
    }

    fn find(&self, id: Uuid, column: Option<&Column>) -> Result<Option<Was>, Problem> {
        let Some(by) = self.read(|view| view.books().party_no(&self.party)) else { return Ok(None) };
        let id = CommandId(id.into_bytes());
        let own = self.source.find(id, Some(by))?;
        // What a mapping registers may be posted for another party.
        let found = if own.is_none() && column.is_none() { self.source.find(id, None)? } else { own };
        let Some(seq) = found else { return Ok(None) };
        let became = self.with_event(seq, |event| self.read(|view| became(view.books(), seq, event, column)))?;
        let became = match became {
            Found::Became(became) => became,
            Found::Reversed(mut moved, by) => {
                let id = self.with_event(by, |event| Uuid::from_bytes(event.id.0))?;
                moved.reversed = Some((by.0, id));
                Became::Done(moved)
            }
        };
        Ok(Some(Was { seq: seq.0, became }))
    }

    fn registry(&self) -> Option<Registry> {
        Some(self.read(|view| Registry::of(view.books(), view.now().utc_day())))
    }
}

enum Found {
    Became(Became),
    Reversed(Box<Moved>, Seq),
}

fn became(books: &Books, seq: Seq, event: &Event, column: Option<&Column>) -> Found {
    let act = match &event.outcome {
        Outcome::Refused(_) => return Found::Became(Became::Refused),
        Outcome::Held(_) => return Found::Became(Became::Held),
        Outcome::Done(act) => Some(act),
        Outcome::Moved(..) => None,
    };
    let lot_of = || books.named_by(event.party, Kind::Lot, &column?.lot).ok().map(LotNo);
    let moved = act.and_then(|act| match act {
        Act::Deposit(act) => Some((lot_of()?, act.quantity)),
        Act::Draw(act) => Some((lot_of()?, act.quantity)),
        Act::Dispatch(act) => {
            let lot = lot_of()?;
            act.lines.iter().find(|line| line.lot == lot).map(|line| (lot, line.quantity))
        }
        Act::Arrive(act) => {
            let lot = lot_of()?;
            act.lines.iter().find(|line| line.lot == lot).map(|line| (lot, line.received))
        }
        Act::Stocktake(act) => {
            let lot = lot_of()?;
            let line = act.lines.iter().find(|line| line.lot == lot)?;
            Some((lot, line.quantity))
        }
        _ => None,
    });
    let quantity = moved.zip(column).and_then(|((lot, quantity), column)| said(books, lot, quantity, &column.unit));
    let moved = Box::new(Moved {
        act: event.outcome.word().unwrap_or_default(),
        day: wire::date::date_of(event.effective),
        quantity: quantity.unwrap_or_default(),
        reversed: None,
    });
    match books.reversed_by(seq) {
        Some(by) => Found::Reversed(moved, by),
        None => Found::Became(Became::Done(moved)),
    }
}

/// A quantity of a lot as a decimal of a unit; none where no decimal says it exactly.
fn said(books: &Books, lot: LotNo, quantity: Quantity, unit: &str) -> Option<String> {
    let material = books.material(books.lot(lot).facts.material);
    let shown = Unit::parse(unit).ok()?;
    let text = measure::display_quantity(quantity, material.unit, material.decimals, shown).ok()?;
    let back = measure::parse_quantity(&format!("{text} {unit}"), material.unit, material.decimals);
    back.is_ok_and(|(back, _)| back == quantity).then_some(text)
}

/// What an account held at the end of a day, in a column's unit.
fn level(view: &dyn View, account: AccountNo, day: Day, column: &Column) -> Result<String, Problem> {
    let books = view.books();
    let unit = &column.unit;
    Unit::parse(unit)
        .map_err(|error| Problem::bad_field("mapping", Wrong::UnitUnknown { problem: wire::of_unit(unit, &error) }))?;
    let held = view.at(account, day, books.head())?.on_hand;
    let lot = books.account(account).key.lot;
    Quantity::new(held).and_then(|held| said(books, lot, held, unit)).ok_or_else(|| {
        let facts = &books.lot(lot).facts;
        let (quantity, material) = (books.show(facts.material, held), books.material(facts.material).code.clone());
        let (lot, day, unit) = (facts.code.clone(), wire::date::show_day(day), unit.clone());
        Problem::cannot_answer(Wrong::NotExact {
            quantity: quantity.to_string().into(),
            lot: lot.into(),
            day: day.into(),
            unit: unit.into(),
            material: material.into(),
        })
    })
}
