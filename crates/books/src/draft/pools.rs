//! Two records of a pool, compared at every event that touches either: what lies there, by accounts, and what members
//! may claim of it, by tallies. Entitlements = physical stock + what members must put back.
//!
//! An act of the reserve moves both alike. Whatever else moves the pool's stock (a loss, a count, a substitute, money in
//! place of material) leaves a difference, which is posted to a tally of its own and stays in sight until it is shared.

use std::collections::BTreeMap;

use super::Draft;
use crate::number::{Day, MaterialNo, ReserveNo};
use crate::tally::{TallyKey, TallyKind};

impl Draft<'_> {
    /// Posts what the act leaves between stock and entitlements of any pool.
    pub(crate) fn compare_pools(&mut self) {
        if !self.books.has_pools() {
            return;
        }
        let mut difference: BTreeMap<(ReserveNo, MaterialNo, Day), i128> = BTreeMap::new();
        for entry in &self.effects.entries {
            let day = entry.day.unwrap_or(self.base);
            for (account, sign) in [(entry.source, -1), (entry.target, 1)] {
                let key = self.key(account);
                let is_real = self.books.places.get(key.place.0).is_none_or(crate::place::Place::is_real);
                let Some(reserve) = self.books.pool_of(key.owner).filter(|_| is_real) else { continue };
                let material = self.material(key.lot);
                *difference.entry((reserve, material, day)).or_default() += sign * i128::from(entry.quantity.units());
            }
        }
        for change in &self.effects.tallied.changes {
            let key = self.tally_key(change.tally);
            let day = change.day.unwrap_or(self.base);
            let Some(sign) = key.kind.in_pool() else { continue };
            let is_debt = key.kind == TallyKind::Debt;
            let reserve = if is_debt { self.reserve_of_debt(key.of) } else { ReserveNo(key.of) };
            let material = key.material.expect("stock and claims on it are of a material");
            *difference.entry((reserve, material, day)).or_default() += sign * i128::from(change.delta);
        }
        for ((reserve, material, day), units) in difference {
            let party = self.books.reserve(reserve).pool;
            let key = TallyKey { kind: TallyKind::Unshared, of: reserve.0, party, material: Some(material) };
            // Past what can be counted, the check of the accounts has refused already, or the check of this tally will.
            let units = i64::try_from(units).unwrap_or(i64::MAX);
            self.tally_on(key, units, day);
        }
    }

    fn reserve_of_debt(&self, debt: u32) -> ReserveNo {
        match self.books.debts.get(debt) {
            Some(debt) => debt.reserve,
            None => self.new_debt.expect("a new debt says whose it is"),
        }
    }
}
