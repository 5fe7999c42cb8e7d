//! The stock of one column, day by day: what the books hold, and what a load adds to it.

use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Unbounded};

use jiff::civil::Date;

use crate::decimal::Decimal;

/// Levels at the end of each day on which they change.
#[derive(Clone, Debug, Default)]
struct Series(BTreeMap<Date, Decimal>);

impl Series {
    fn at(&self, day: Date) -> Decimal {
        self.0.range(..=day).next_back().map_or(Decimal::default(), |(_, level)| *level)
    }

    /// Adds a change to a day and every day after it; `None`, and nothing is changed, where that cannot be counted.
    fn add(&mut self, day: Date, change: Decimal) -> Option<()> {
        let here = self.at(day).plus(change)?;
        let later: Option<Vec<Decimal>> =
            self.0.range((Excluded(day), Unbounded)).map(|(_, level)| level.plus(change)).collect();
        for (level, sum) in self.0.range_mut((Excluded(day), Unbounded)).map(|(_, level)| level).zip(later?) {
            *level = sum;
        }
        self.0.insert(day, here);
        Some(())
    }

    fn can_give(&self, day: Date, size: Decimal) -> bool {
        let enough = |level: Decimal| !level.is_below(size);
        enough(self.at(day)) && self.0.range(day..).all(|(_, level)| enough(*level))
    }
}

/// A draw or deposit that makes the books agree with a figure.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    /// Above zero a deposit, below a draw.
    pub(crate) change: Decimal,
    /// Level of the day before it.
    pub(crate) before: Decimal,
    /// How many changes of the same day the load made before.
    pub(crate) nth: u32,
    /// The figure that was known, where this comes from a revision.
    pub(crate) was: Option<Decimal>,
    /// Is the figure itself a revised one, and not the line after it?
    pub(crate) is_revision: bool,
}

/// What a column's stock is, was before the load, and will be once draws that wait are posted.
#[derive(Debug, Default)]
pub(crate) struct Levels<T> {
    /// As known before the load.
    known: Series,
    /// With everything that the load has found.
    planned: Series,
    /// With everything that can be posted so far.
    posted: Series,
    /// Draws for which some later day holds too little, until the deposit that a later line brings.
    waiting: Vec<(Date, Decimal, T)>,
    /// Days that the load has spoken of, and how many changes it made on each.
    said: BTreeMap<Date, u32>,
    /// The figure that the last revision replaced.
    was: Option<Decimal>,
}

impl<T> Levels<T> {
    pub(crate) fn new(known: BTreeMap<Date, Decimal>) -> Self {
        let known = Series(known);
        Self {
            planned: known.clone(),
            posted: known.clone(),
            known,
            waiting: Vec::new(),
            said: BTreeMap::new(),
            was: None,
        }
    }

    /// What has to be posted for the stock of a day to be this; figures come by day. `Ok(None)` where it is already,
    /// `Err` where it cannot be counted.
    pub(crate) fn set(&mut self, day: Date, figure: Decimal) -> Result<Option<Change>, TooLong> {
        let before = self.planned.at(day);
        let change = figure.minus(before).ok_or(TooLong)?;
        let mut is_revision = true;
        if self.said.contains_key(&day) {
            self.was = if change.units == 0 { self.was } else { Some(before) };
        } else if !self.is_known(day) {
            (self.was, is_revision) = (None, false);
        } else if figure.is_same(self.known.at(day)) {
            is_revision = false;
        } else {
            self.was = Some(self.known.at(day));
        }
        let was = self.was;
        let count = self.said.entry(day).or_default();
        if change.units == 0 {
            return Ok(None);
        }
        let nth = *count;
        *count += 1;
        self.planned.add(day, change).ok_or(TooLong)?;
        Ok(Some(Change { change, before, nth, was, is_revision }))
    }

    /// Was anything known of this day, or only carried on from an earlier one?
    fn is_known(&self, day: Date) -> bool {
        self.known.0.range(..=day).next().is_some() && self.known.0.range(day..).next().is_some()
    }

    /// After the last figure: what keeps the next day that the books know as it was, and that day with its level.
    pub(crate) fn keep_later(&mut self) -> Option<(Date, Decimal, Change)> {
        let (last, _) = self.said.last_key_value()?;
        let (day, level) =
            self.known.0.range((Excluded(*last), Unbounded)).next().map(|(day, level)| (*day, *level))?;
        let change = self.set(day, level).ok()??;
        Some((day, level, change))
    }

    /// Gives a movement to post. Returned is what can be posted now, in order: this one, unless it is a draw that some
    /// later day cannot bear yet, and draws that waited for it.
    pub(crate) fn post(&mut self, day: Date, change: Decimal, movement: T) -> Vec<T> {
        self.waiting.push((day, change, movement));
        let mut ready = Vec::new();
        let mut still = Vec::new();
        for (day, change, movement) in std::mem::take(&mut self.waiting).into_iter().rev() {
            let fits = change.units > 0 || self.posted.can_give(day, change.size());
            if fits && self.posted.add(day, change).is_some() {
                ready.push(movement);
            } else {
                still.push((day, change, movement));
            }
        }
        still.reverse();
        self.waiting = still;
        ready
    }

    /// What still waits: the ledger will refuse it, and say why.
    pub(crate) fn rest(&mut self) -> impl Iterator<Item = T> {
        std::mem::take(&mut self.waiting).into_iter().map(|(_, _, movement)| movement)
    }
}

/// A figure has more digits than can be counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TooLong;
