//! Whose stock an act touches, and by what right: as its owner, as who keeps it, by running the pool, or under a mandate.
//!
//! An act asks whether it may touch an owner's stock ([`Draft::permits`]). Where a mandate alone lets it, what it comes to is
//! held against that mandate once it is known, whichever act it is ([`Draft::check_mandates`]).

use super::Draft;
use crate::account::{AccountKey, Holder};
use crate::acts::mandate::of_mandate;
use crate::mandate::Mandate;
use crate::number::{AccountNo, LotNo, MandateNo, PartyNo, PlaceNo};
use crate::rejection::Rejection;

/// What an act does with one owner's stock: how much goes out or comes in, is set aside or freed, and where.
#[derive(Default)]
struct Done {
    lots: Vec<(LotNo, Option<PlaceNo>)>,
    out: i64,
    came: i64,
    set_aside: i64,
    freed: i64,
}

impl Draft<'_> {
    /// May the asking party write an owner's stock at a place?
    pub(crate) fn permits(&mut self, owner: PartyNo, place: Option<PlaceNo>) -> bool {
        let (books, party, act, day) = (self.books, self.party, self.act, self.day);
        if books.eyes(party).may_write(owner, place) {
            return true;
        }
        let is_mandated = books.mandates_of(owner, party).any(|(_, mandate)| mandate.is_for(act, day));
        if is_mandated && !self.mandated.contains(&owner) {
            self.mandated.push(owner);
        }
        is_mandated
    }

    /// The act speaks of a lot beside what it moves.
    pub(crate) fn speaks_of(&mut self, lot: LotNo) {
        self.spoken_of.push(lot);
    }

    /// Whose authorities the act may cite: those of whoever gave the mandate it acts under.
    pub(crate) fn cites_for(&self, cited: PartyNo) -> bool {
        cited == self.party || self.mandated.contains(&cited)
    }

    /// Each owner that is acted for gave a mandate that all of it lies in, and of which enough is left.
    pub(crate) fn check_mandates(&mut self) {
        for owner in std::mem::take(&mut self.mandated) {
            let done = self.done_with(owner);
            let units = done.out.max(done.came).max(done.set_aside).max(done.freed);
            let fitting: Vec<(MandateNo, &Mandate)> =
                self.books.mandates_of(owner, self.party).filter(|(_, mandate)| self.lies_in(mandate, &done)).collect();
            let left = |(number, mandate): &(MandateNo, &Mandate)| match mandate.material.filter(|_| mandate.is_limited)
            {
                None => i64::MAX,
                Some(material) => self.books.tally_at(of_mandate(*number, owner, material), self.day),
            };
            match fitting.iter().max_by_key(|found| left(found)) {
                None => self.keep(Rejection::NotPermitted { party: self.party, owner }),
                Some((number, Mandate { material: Some(material), is_limited: true, .. })) => {
                    self.tally(of_mandate(*number, owner, *material), -units);
                }
                Some(_) => {}
            }
        }
    }

    fn lies_in(&self, mandate: &Mandate, done: &Done) -> bool {
        let spoken_of = self.spoken_of.iter().map(|lot| (*lot, None));
        mandate.is_for(self.act, self.day)
            && done.lots.iter().copied().chain(spoken_of).all(|(lot, place)| mandate.is_of(self.material(lot), place))
    }

    fn done_with(&self, owner: PartyNo) -> Done {
        let mut done = Done::default();
        let site = |place: PlaceNo| {
            let is_real = self.books.places.get(place.0).is_some_and(|place| place.site().is_some());
            is_real.then_some(place)
        };
        for entry in &self.effects.entries {
            let units = entry.quantity.units();
            for (account, is_out) in [(entry.source, true), (entry.target, false)] {
                let Some(key) = self.of_owner(account, owner) else { continue };
                done.lots.push((key.lot, site(key.place)));
                let is_real = self.books.places.get(key.place.0).is_none_or(crate::place::Place::is_real);
                match (is_real, is_out) {
                    (true, true) => done.out = done.out.saturating_add(units),
                    (true, false) => done.came = done.came.saturating_add(units),
                    (false, _) => {}
                }
            }
        }
        for claim in &self.effects.claims {
            let key = self.key(claim.account);
            let is_known = claim.encumbrance.0 < self.books.encumbrances.row_count();
            let holder = is_known.then(|| self.books.holder(claim.encumbrance)).flatten();
            if key.owner != owner && holder != Some(Holder::Beneficiary(owner)) {
                continue;
            }
            done.lots.push((key.lot, site(key.place)));
            match claim.delta > 0 {
                true => done.set_aside = done.set_aside.saturating_add(claim.delta),
                false => done.freed = done.freed.saturating_sub(claim.delta),
            }
        }
        done
    }

    fn of_owner(&self, account: AccountNo, owner: PartyNo) -> Option<AccountKey> {
        Some(self.key(account)).filter(|key| key.owner == owner)
    }
}
