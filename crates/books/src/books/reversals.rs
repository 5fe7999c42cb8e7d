//! Which events were reversed, by which corrections, and which of those stand.
//!
//! A correction can itself be corrected, which lets the event it reversed stand again, and so on up the chain. An event
//! and the corrections that follow from it are its family; whatever the family says, on no day does the event count
//! more than once or less than not at all.

use super::Books;
use crate::number::{Day, Seq};
use crate::table::Table;
use crate::trial::Keyed;

/// An event and the correction that reversed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Reversal {
    /// The event.
    #[n(0)]
    pub seq: Seq,
    /// The correction.
    #[n(1)]
    pub by: Seq,
    /// The correction was itself reversed, and that stands.
    #[n(2)]
    pub is_undone: bool,
    /// The day from which on the correction counts.
    #[n(3)]
    pub effective: Day,
}

/// Finds the rows of an event and of a correction.
#[derive(Clone, Debug, Default)]
pub(super) struct ReversalIndex {
    pub(super) by_event: Keyed<Seq, Vec<u32>>,
    pub(super) by_correction: Keyed<Seq, u32>,
}

impl ReversalIndex {
    pub(super) fn insert(&mut self, row: u32, reversal: &Reversal) {
        self.by_event.or_default(reversal.seq).push(row);
        self.by_correction.insert(reversal.by, row);
    }
}

impl Books {
    /// The correction that reversed an event, if one did and still stands.
    #[must_use]
    pub fn reversed_by(&self, seq: Seq) -> Option<Seq> {
        self.reversals_of(seq).find(|reversal| !reversal.is_undone).map(|reversal| reversal.by)
    }

    /// Is an event a correction, or was it ever corrected?
    #[must_use]
    pub fn is_in_a_family(&self, seq: Seq) -> bool {
        self.reversed_event(seq).is_some() || self.reversals_of(seq).next().is_some()
    }

    /// All corrections of an event, those that were undone included, in the order of their recording.
    pub(crate) fn reversals_of(&self, seq: Seq) -> impl Iterator<Item = &Reversal> {
        let rows = self.index.reversals.by_event.get(&seq).map_or(&[][..], Vec::as_slice);
        rows.iter().map(|row| self.reversals.row(*row))
    }

    /// The event that a correction reversed; `None` where the event is no correction.
    #[must_use]
    pub fn reversed_event(&self, correction: Seq) -> Option<Seq> {
        self.index.reversals.by_correction.get(&correction).map(|row| self.reversals.row(*row).seq)
    }

    pub(crate) fn reverse(&mut self, seq: Seq, by: Seq, effective: Day) {
        let reversal = Reversal { seq, by, is_undone: false, effective };
        let row = self.reversals.push(reversal);
        self.index.reversals.insert(row, &reversal);
        // Reversing a correction lets the event it reversed stand again; if that is a correction too, what it reversed
        // falls again, and so on.
        let mut correction = seq;
        let mut is_undone = true;
        while let Some(row) = self.index.reversals.by_correction.get(&correction) {
            let reversal: &mut Reversal = Table::row_mut(&mut self.reversals, *row);
            reversal.is_undone = is_undone;
            correction = reversal.seq;
            is_undone = !is_undone;
        }
    }
}
