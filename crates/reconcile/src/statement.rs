//! A party's statement: what it held at the beginning, what moved, what it held at the end.
//!
//! It is checked before anything is matched: a statement whose opening is not the last closing compares with nothing.

use measure::{Basis, Scale};

use crate::yardstick::{Yardstick, same_dimension};
use ids::Day;

/// What was held at the end of a day, as a party last stated it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closing {
    /// The last day of the statement.
    pub day: Day,
    /// What one unit of `quantity` is.
    pub scale: Scale,
    /// What the weight includes.
    pub basis: Basis,
    /// In units of `scale`.
    pub quantity: i64,
}

/// One movement of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the statement, from 1.
    pub number: u32,
    /// The day it took effect.
    pub effective: Day,
    /// In units of the statement's scale; in positive, out negative.
    pub quantity: i64,
}

/// A statement of one account for the days from `first` to `last`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The first day.
    pub first: Day,
    /// The last day.
    pub last: Day,
    /// What one unit of every quantity is.
    pub scale: Scale,
    /// What the weights include.
    pub basis: Basis,
    /// Held before the first entry; none where it is not told, and then nothing adds up to the closing.
    pub opening: Option<i64>,
    /// What moved.
    pub entries: Vec<Entry>,
    /// Held after the last entry.
    pub closing: i64,
}

/// What is wrong with a statement before it is matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatementFlaw {
    /// It ends before it begins.
    #[error("the last day lies before the first")]
    DaysReversed,
    /// Opening and last closing are in units or on bases that do not compare.
    #[error("the opening is told in another unit or on another basis than the last closing")]
    BasisOrUnitDiffers,
    /// The opening is not the last closing.
    #[error("the opening of {opening} is not the last closing of {closing}")]
    OpeningDiffers {
        /// In units of the last closing.
        closing: i64,
        /// In units of the statement.
        opening: i64,
    },
    /// Days between the last closing and the first day that no statement covers.
    #[error("{days} days between the last closing and the first day are not covered")]
    DaysMissing {
        /// How many.
        days: u32,
    },
    /// Days that the last statement covers too.
    #[error("{days} days are covered by the last statement too")]
    DaysTwice {
        /// How many.
        days: u32,
    },
    /// An entry lies outside the days of the statement.
    #[error("entry {number} lies outside the days of the statement")]
    EntryOutside {
        /// The entry.
        number: u32,
    },
    /// Two entries bear one number.
    #[error("two entries bear the number {number}")]
    NumberTwice {
        /// The number.
        number: u32,
    },
    /// Opening and entries do not make up the closing.
    #[error("opening and entries make {computed}, the closing says {closing}")]
    DoesNotAddUp {
        /// Opening and entries.
        computed: i128,
        /// As stated.
        closing: i64,
    },
}

impl Statement {
    /// What the next statement has to open with.
    #[must_use]
    pub const fn closed(&self) -> Closing {
        Closing { day: self.last, scale: self.scale, basis: self.basis, quantity: self.closing }
    }

    /// Everything that is wrong with it in itself.
    #[must_use]
    pub fn flaws(&self) -> Vec<StatementFlaw> {
        let mut flaws = Vec::new();
        if self.last < self.first {
            flaws.push(StatementFlaw::DaysReversed);
        }
        let outside = self.entries.iter().filter(|entry| !(self.first..=self.last).contains(&entry.effective));
        flaws.extend(outside.map(|entry| StatementFlaw::EntryOutside { number: entry.number }));
        let mut numbers: Vec<u32> = self.entries.iter().map(|entry| entry.number).collect();
        numbers.sort_unstable();
        let twice = numbers.windows(2).filter(|pair| pair[0] == pair[1]);
        flaws.extend(twice.map(|pair| StatementFlaw::NumberTwice { number: pair[0] }));
        let moved: i128 = self.entries.iter().map(|entry| i128::from(entry.quantity)).sum();
        if let Some(computed) = self.opening.map(|opening| i128::from(opening) + moved)
            && computed != i128::from(self.closing)
        {
            flaws.push(StatementFlaw::DoesNotAddUp { computed, closing: self.closing });
        }
        flaws
    }
}

/// Does a statement go on where the last one ended? Everything that says no.
#[must_use]
pub fn check_continuity(previous: &Closing, statement: &Statement) -> Vec<StatementFlaw> {
    let mut flaws = Vec::new();
    let first_expected = previous.day.0.saturating_add(1);
    let days = statement.first.distance(Day(first_expected));
    match statement.first.0.cmp(&first_expected) {
        std::cmp::Ordering::Less => flaws.push(StatementFlaw::DaysTwice { days }),
        std::cmp::Ordering::Equal => {}
        std::cmp::Ordering::Greater => flaws.push(StatementFlaw::DaysMissing { days }),
    }
    let scales = [previous.scale, statement.scale];
    let comparable = previous.basis == statement.basis && same_dimension(scales[0], scales[1]);
    match Yardstick::common(scales.into_iter()).filter(|_| comparable) {
        None => flaws.push(StatementFlaw::BasisOrUnitDiffers),
        Some(yardstick) => {
            let closing = yardstick.amount(previous.quantity, previous.scale);
            if let Some(opening) = statement.opening
                && closing != yardstick.amount(opening, statement.scale)
            {
                flaws.push(StatementFlaw::OpeningDiffers { closing: previous.quantity, opening });
            }
        }
    }
    flaws
}

#[cfg(test)]
mod tests;
