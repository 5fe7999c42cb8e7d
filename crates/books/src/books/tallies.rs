//! Tallies in the books: asked by key and day, changed in one function.

use super::Books;
use crate::days::{Days, Sums};
use crate::event::Tallied;
use crate::number::{Day, ReserveNo, TallyNo};
use crate::tally::{Tally, TallyKey, TallyKind};

impl Books {
    /// Number of a tally.
    #[must_use]
    pub fn tally_no(&self, key: TallyKey) -> Option<TallyNo> {
        self.index.tallies.get(&key).copied()
    }

    /// What a tally stands at, at the end of a day; nothing where it never began.
    #[must_use]
    pub fn tally_at(&self, key: TallyKey, day: Day) -> i64 {
        let number = self.tally_no(key);
        number.and_then(|number| self.tallies.row(number.0).days.at(day)).unwrap_or_default().on_hand
    }

    /// What a tally stands at with everything that is known, future effects included.
    #[must_use]
    pub fn tally_latest(&self, key: TallyKey) -> i64 {
        self.tally_no(key).map_or(0, |number| self.tallies.row(number.0).days.latest().on_hand)
    }

    /// What the money of a reserve is the sum of.
    pub fn cash_of(&self, reserve: ReserveNo) -> impl Iterator<Item = TallyKey> {
        self.tallies_of(TallyKind::CashPaid, reserve.0).map(|tally| tally.key)
    }

    /// All tallies of a kind that are of one thing, whoever's they are.
    pub fn tallies_of(&self, kind: TallyKind, of: u32) -> impl Iterator<Item = &Tally> {
        let rows = self.index.tallies_of.get(&(kind, of)).map_or(&[][..], Vec::as_slice);
        rows.iter().map(|number| self.tallies.row(number.0))
    }

    /// The one function that changes tallies.
    pub(super) fn post_tallies(&mut self, tallied: &Tallied, effective: Day) {
        for key in &tallied.begun {
            let row = self.tallies.push(Tally { key: *key, days: Days::default() });
            self.index_tally(*key, TallyNo(row));
        }
        for change in &tallied.changes {
            let day = change.day.unwrap_or(effective);
            let tally = self.tallies.row_mut(change.tally.0);
            tally.days.add(day, &Sums { on_hand: change.delta, ..Sums::default() });
        }
        for change in &tallied.changes {
            let tally = self.tallies.row(change.tally.0);
            assert!(
                tally.key.kind.is_signed() || tally.days.latest().on_hand >= 0,
                "decided: a tally never falls below nothing"
            );
        }
    }

    pub(super) fn index_tally(&mut self, key: TallyKey, number: TallyNo) {
        self.index.tallies.insert(key, number);
        self.index.tallies_of.or_default((key.kind, key.of)).push(number);
    }
}
