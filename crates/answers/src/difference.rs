//! Why the same day looks different now from how it looked then: each event between, with its part of the difference.

use books::{AccountNo, Day, Event, Seq};

use crate::history::HistoryError;
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
    /// The events between that changed it, in order. Their changes add up to the difference, exactly.
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

/// What [`difference`] wants of the log; up to the head where `now` is none.
pub(crate) fn wanted(filter: &Filter, as_of: Day, then: Seq, now: Option<Seq>) -> Wants {
    let mut counted = Counted::new(filter);
    let scan = Scan::keep(move |view, _, event| counted.change(view, event, as_of) != 0).from(Seq(then.0 + 1));
    match now {
        Some(now) => scan.through(now).into(),
        None => scan.into(),
    }
}

/// Explains the difference of one material's position, of what the asker sees.
pub(crate) fn difference<'v>(
    view: &'v dyn View,
    filter: &Filter,
    as_of: Day,
    (then, now): (Seq, Seq),
) -> Result<Difference<'v>, HistoryError> {
    let mut counted = Counted::new(filter);
    let (mut then_total, mut now_total) = (0, 0);
    for number in (0u32..).map(AccountNo).take(view.books().accounts().len()) {
        if counted.counts(view, number) {
            then_total += i128::from(view.at(number, as_of, then)?.on_hand);
            now_total += i128::from(view.at(number, as_of, now)?.on_hand);
        }
    }
    let between = view.gathered().taken().filter(|(seq, _)| (then.0 + 1..=now.0).contains(&seq.0));
    let events = between.map(|(seq, event)| DifferingEvent { seq, change: counted.change(view, event, as_of), event });
    let events: Vec<DifferingEvent<'v>> = events.collect();
    let explained: i128 = events.iter().map(|event| event.change).sum();
    assert_eq!(now_total - then_total, explained, "every difference is the sum of the events between");
    Ok(Difference { then: then_total, now: now_total, events })
}
