//! The laws that hold after every event, asserted in production for what the event touched and nothing else: what lies at a
//! real place and what is set aside is never less than nothing, no decision promises more than is there, a claim has no more
//! left than was reserved, and a pool's stock and entitlements move together.
//!
//! The naive model of the test kit checks the same, and more, from the whole history.

use std::collections::BTreeMap;

use super::Books;
use crate::act_rules::Nature;
use crate::days::Row;
use crate::event::{Claim, Event};
use crate::number::{AccountNo, Day, MaterialNo, ReserveNo};
use crate::tally::TallyKind;

impl Books {
    /// Once all of an event is posted: a correction of an arrival takes the shipper's figure away before the difference.
    pub(super) fn assert_laws(&self, event: &Event) {
        for entry in &event.entries {
            let day = entry.day.unwrap_or(event.effective);
            self.assert_account(event, entry.source, day);
            self.assert_account(event, entry.target, day);
        }
        for claim in &event.claims {
            let day = claim.day.unwrap_or(event.effective);
            self.assert_account(event, claim.account, day);
            self.assert_claim(claim, day);
        }
        if self.has_pools() {
            self.assert_pools(event);
        }
    }

    fn assert_account(&self, event: &Event, number: AccountNo, from: Day) {
        let account = self.account(number);
        for Row { day, sums } in changed(account.days.rows(), from) {
            assert!(sums.encumbered >= 0 && sums.blocked >= 0, "decided: no less than nothing is set aside");
            // What is well anywhere need not be looked at more closely.
            let is_well = sums.on_hand >= 0 && sums.available() >= 0;
            if !is_well && self.place(account.key.place).is_real() {
                assert!(sums.on_hand >= 0, "decided: a real place never holds less than nothing");
                assert!(
                    sums.available() >= 0 || self.leaves_a_shortfall(event, number, *day),
                    "decided: no more is set aside than is there"
                );
            }
        }
    }

    /// What was found may be less than what was promised; and whatever does not make a shortfall larger may follow.
    fn leaves_a_shortfall(&self, event: &Event, number: AccountNo, day: Day) -> bool {
        if event.effect(self).is_some_and(|act| act.facts().nature == Nature::Observation) {
            return true;
        }
        let mut change = 0i128;
        for entry in event.entries.iter().filter(|entry| entry.day.unwrap_or(event.effective) <= day) {
            let units = i128::from(entry.quantity.units());
            change += if entry.target == number { units } else { 0 };
            change -= if entry.source == number { units } else { 0 };
        }
        let on_it = |claim: &&Claim| claim.account == number && claim.day.unwrap_or(event.effective) <= day;
        change -= event.claims.iter().filter(on_it).map(|claim| i128::from(claim.delta)).sum::<i128>();
        change >= 0
    }

    fn assert_claim(&self, claim: &Claim, from: Day) {
        let encumbrance = self.encumbrance(claim.encumbrance);
        for Row { sums, .. } in changed(encumbrance.remaining.rows(), from) {
            assert!(
                (0..=encumbrance.reserved.units()).contains(&sums.on_hand),
                "decided: a claim has no less than nothing left, and no more than was reserved"
            );
        }
    }

    /// Entitlements and what is unshared = stock and debts: what an event adds to either side it adds to both.
    fn assert_pools(&self, event: &Event) {
        let mut difference: BTreeMap<(ReserveNo, MaterialNo, Day), i128> = BTreeMap::new();
        for entry in &event.entries {
            let day = entry.day.unwrap_or(event.effective);
            for (account, sign) in [(entry.source, -1), (entry.target, 1)] {
                let key = self.account(account).key;
                let Some(reserve) = self.pool_of(key.owner).filter(|_| self.place(key.place).is_real()) else {
                    continue;
                };
                let material = self.lot(key.lot).facts.material;
                *difference.entry((reserve, material, day)).or_default() += sign * i128::from(entry.quantity.units());
            }
        }
        for change in event.tallied.iter().flat_map(|tallied| &tallied.changes) {
            let key = self.tally(change.tally).key;
            let Some(sign) = key.kind.in_pool() else { continue };
            let is_debt = key.kind == TallyKind::Debt;
            let reserve = if is_debt { self.debts.row(key.of).reserve } else { ReserveNo(key.of) };
            let material = key.material.expect("stock and claims on it are of a material");
            let day = change.day.unwrap_or(event.effective);
            *difference.entry((reserve, material, day)).or_default() += sign * i128::from(change.delta);
        }
        assert!(difference.values().all(|units| *units == 0), "decided: a pool's stock and entitlements move together");
    }
}

/// The rows that a change from a day on has changed.
fn changed(rows: &[Row], from: Day) -> &[Row] {
    match rows {
        // Nearly every entry: of the last day that is known.
        [.., last] if last.day == from => std::slice::from_ref(last),
        _ => &rows[rows.partition_point(|row| row.day < from)..],
    }
}

#[cfg(test)]
mod tests;
