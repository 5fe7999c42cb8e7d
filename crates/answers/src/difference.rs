//! Why the same day looks different now from how it looked then: each event between, with its part of the difference.

use books::{AccountNo, Day, Event, Seq};

use crate::position::Filter;
use crate::sight::Sight;
use crate::view::View;
use crate::wants::{Scan, Wants};

/// A position as of a day, as known at two events, and what lies between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference<'v> {
    /// On hand as known at the earlier event, in accounting units.
    pub(crate) then: i128,
    /// On hand as known at the later event.
    pub(crate) now: i128,
    /// The events between that changed it, in order.
    pub(crate) events: Vec<DifferingEvent<'v>>,
}

/// One event's part of a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DifferingEvent<'v> {
    /// The event.
    pub(crate) seq: Seq,
    /// What it changed on or before the day, in accounting units.
    pub(crate) change: i128,
    /// The event itself.
    pub(crate) event: &'v Event,
}

/// The accounts of which the asker sees how much lies on them, as far as they were looked at.
struct Counted {
    filter: Filter,
    known: Vec<bool>,
}

impl Counted {
    fn new(filter: &Filter) -> Self {
        Self { filter: filter.clone(), known: Vec::new() }
    }

    fn counts(&mut self, view: &dyn View, number: AccountNo) -> bool {
        let sight = Sight::of(view);
        let accounts = view.books().accounts();
        for account in &accounts[self.known.len().min(number.0 as usize + 1)..=number.0 as usize] {
            self.known.push(self.filter.takes(view.books(), account, false) && sight.sees_stock(account));
        }
        self.known[number.0 as usize]
    }

    /// What an event changed on or before a day, in accounting units.
    fn change(&mut self, view: &dyn View, event: &Event, as_of: Day) -> i128 {
        let entries = event.entries.iter().filter(|entry| entry.day.unwrap_or(event.effective) <= as_of);
        let change = |entry: &books::Entry| {
            let sides = [entry.target, entry.source].map(|account| i128::from(self.counts(view, account)));
            i128::from(entry.quantity.units()) * (sides[0] - sides[1])
        };
        entries.map(change).sum()
    }
}

/// What was on hand on the day as known at the earlier event, in accounting units.
#[derive(Default)]
struct Then(i128);

/// What [`difference`] wants of the log; up to the head where `now` is none.
pub(crate) fn wanted(filter: &Filter, as_of: Day, then: Seq, now: Option<Seq>) -> Wants {
    let mut counted = Counted::new(filter);
    let scan = Scan::keep(move |view, _, event| counted.change(view, event, as_of) != 0).from(Seq(then.0 + 1)).shown();
    let mut counted = Counted::new(filter);
    let walk = Wants::every_account(move |sum: &mut Then, view, number| {
        if counted.counts(view, number) {
            sum.0 += i128::from(view.at(number, as_of, then)?.on_hand);
        }
        Ok(())
    });
    let scan = match now {
        Some(now) => scan.through(now),
        None => scan,
    };
    walk.and(scan.into())
}

/// Explains the difference of one material's position, of what the asker sees. What is known now is what was known then and
/// each event since: a test holds that against the history.
pub(crate) fn difference<'v>(
    view: &'v dyn View,
    filter: &Filter,
    as_of: Day,
    (then, now): (Seq, Seq),
) -> Difference<'v> {
    let mut counted = Counted::new(filter);
    let between = view.gathered().taken().filter(|(seq, _)| (then.0 + 1..=now.0).contains(&seq.0));
    let events = between.map(|(seq, event)| DifferingEvent { seq, change: counted.change(view, event, as_of), event });
    let events: Vec<DifferingEvent<'v>> = events.collect();
    let then = view.gathered().folded::<Then>().map_or(0, |then| then.0);
    let now = then + events.iter().map(|event| event.change).sum::<i128>();
    Difference { then, now, events }
}
