//! Numbered reports of one sender: what is new, what was seen before, what is missing.
//!
//! A number is used once. The same report again changes nothing; another report under a used number is a conflict that
//! people must settle, and changes nothing either. A report that leaves a gap is taken, and the gap is remembered.

use std::collections::BTreeMap;

use ids::Day;

/// SHA-256 of a report or a line, computed by the caller over the bytes that were received.
pub type Hash = [u8; 32];

/// A report as it arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// The sender's number, from 1.
    pub number: u32,
    /// Of its content.
    pub hash: Hash,
    /// The day it was due.
    pub due: Day,
    /// The day it arrived.
    pub received: Day,
}

/// What a report is, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// The next one.
    InOrder,
    /// Later than the next one: all numbers from `first` to `last` are missing now.
    AfterGap {
        /// The first missing number.
        first: u32,
        /// The last missing number.
        last: u32,
    },
    /// One that was missing.
    OutOfOrder,
    /// The very same was here before: nothing changes.
    Duplicate,
    /// Other content under a number that is used: nothing changes, people have to ask.
    Conflict {
        /// What is known under this number.
        known: Hash,
    },
    /// Reports are numbered from 1: nothing changes.
    NumberZero,
}

impl Arrival {
    /// Are its lines to be read?
    #[must_use]
    pub const fn is_taken(self) -> bool {
        matches!(self, Self::InOrder | Self::AfterGap { .. } | Self::OutOfOrder)
    }
}

/// What became of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// By its number.
    pub arrival: Arrival,
    /// Days after it was due; 0 when in time.
    pub days_late: u32,
}

/// The reports of one sender.
#[derive(Clone, Debug, Default)]
pub struct Reports {
    known: BTreeMap<u32, Hash>,
}

impl Reports {
    /// Takes a report in.
    pub fn receive(&mut self, report: &Report) -> Verdict {
        let &Report { number, hash, due, received } = report;
        let days_late = if received > due { received.distance(due) } else { 0 };
        let highest = self.known.last_key_value().map_or(0, |(number, _)| *number);
        let arrival = match self.known.get(&number) {
            _ if number == 0 => Arrival::NumberZero,
            Some(known) if *known == hash => Arrival::Duplicate,
            Some(known) => Arrival::Conflict { known: *known },
            None if number < highest => Arrival::OutOfOrder,
            None if number - 1 == highest => Arrival::InOrder,
            None => Arrival::AfterGap { first: highest + 1, last: number - 1 },
        };
        if arrival.is_taken() {
            self.known.insert(number, hash);
        }
        Verdict { arrival, days_late }
    }

    /// Numbers below the highest that never arrived, as ranges with both ends.
    pub fn missing(&self) -> impl Iterator<Item = (u32, u32)> {
        let before = std::iter::once(0).chain(self.known.keys().copied());
        let gaps = before.zip(self.known.keys().copied());
        gaps.filter(|(before, next)| next - before > 1).map(|(before, next)| (before + 1, next - 1))
    }
}

#[cfg(test)]
mod tests;
