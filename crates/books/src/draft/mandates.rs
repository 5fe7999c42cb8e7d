//! Whose stock an act touches, and by what right: as its owner, as who keeps it, by running the pool, or under a mandate.
//!
//! An act asks whether it may touch an owner's stock ([`Draft::permits`]). Where a mandate alone lets it, all that it comes to is
//! held against that mandate once it is known, whichever act it is ([`Draft::check_mandates`]): what it moves, sets aside,
//! frees, promises, owes or takes a right to, and what the act says that it uses beside ([`ActRules::uses`]). What comes to
//! nothing that a mandate speaks of is done only where the mandate names the act.
//!
//! [`ActRules::uses`]: crate::act_rules::ActRules::uses

use std::collections::BTreeMap;

use super::Draft;
use crate::account::Holder;
use crate::act_rules::Used;
use crate::acts::mandate::of_mandate;
use crate::mandate::{Mandate, can_be_for};
use crate::number::{LotNo, MandateNo, MaterialNo, PartyNo, PlaceNo};
use crate::place::Place;
use crate::rejection::Rejection;
use crate::tally::TallyKind;

/// In what way an act uses a quantity: those of one way add up.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Out,
    In,
    SetAside,
    Freed,
    Raised(TallyKind),
    Lowered(TallyKind),
    Said,
}

/// All that an act does for one owner.
#[derive(Default)]
struct Done {
    /// Of what, and where: at any of these sites; none where it lies at no site. Money is of no material.
    things: Vec<(Option<MaterialNo>, Vec<PlaceNo>)>,
    /// How much, in each way.
    units: BTreeMap<Way, i128>,
}

impl Done {
    fn add(&mut self, way: Way, units: i64, material: Option<MaterialNo>, sites: Vec<PlaceNo>) {
        self.things.push((material, sites));
        if material.is_some() {
            *self.units.entry(way).or_default() += i128::from(units.unsigned_abs());
        }
    }

    /// The most that it uses in any one way.
    fn most(&self) -> i64 {
        let most = self.units.values().max().copied().unwrap_or_default();
        i64::try_from(most).unwrap_or(i64::MAX)
    }

    /// Is all of it of the mandate's material, and as far as it lies anywhere at its site? What lies nowhere, an entitlement
    /// say, is at no site that a mandate could name, unless it comes with what lies there.
    fn lies_in(&self, mandate: &Mandate) -> bool {
        let is_of = |material: &Option<MaterialNo>| mandate.material.is_none_or(|own| *material == Some(own));
        let Some(site) = mandate.site else { return self.things.iter().all(|(material, _)| is_of(material)) };
        let is_there = |sites: &Vec<PlaceNo>| sites.is_empty() || sites.contains(&site);
        self.things.iter().all(|(material, sites)| is_of(material) && is_there(sites))
            && (self.things.is_empty() || self.things.iter().any(|(_, sites)| sites.contains(&site)))
    }
}

impl Draft<'_> {
    /// May the asking party write an owner's stock at a place?
    pub(crate) fn permits(&mut self, owner: PartyNo, place: Option<PlaceNo>) -> bool {
        self.books.eyes(self.party).may_write(owner, place) || self.is_mandated(owner)
    }

    /// Did an owner give the asking party a mandate for the act? Then what it comes to is held against it.
    pub(super) fn is_mandated(&mut self, owner: PartyNo) -> bool {
        let (books, party, act, day) = (self.books, self.party, self.act, self.day);
        let is_mandated =
            can_be_for(act) && books.mandates_of(owner, party).any(|(_, mandate)| mandate.is_for(act, day));
        if is_mandated && !self.mandated.contains(&(owner, act)) {
            self.mandated.push((owner, act));
        }
        is_mandated
    }

    /// The act speaks of a lot beside what it moves.
    pub(crate) fn speaks_of(&mut self, lot: LotNo) {
        self.spoken_of.push(lot);
    }

    /// Whose authorities the act may cite: those of whoever gave the mandate it acts under.
    pub(crate) fn cites_for(&self, cited: PartyNo) -> bool {
        cited == self.party || self.mandated.iter().any(|(owner, _)| *owner == cited)
    }

    /// Each owner that is acted for gave a mandate that all of it lies in, and of which enough is left.
    pub(crate) fn check_mandates(&mut self, used: impl FnOnce() -> Vec<Used>) {
        if self.mandated.is_empty() {
            return;
        }
        let used = used();
        let mandated = std::mem::take(&mut self.mandated);
        let mut owners: Vec<PartyNo> = mandated.iter().map(|(owner, _)| *owner).collect();
        owners.sort_unstable();
        owners.dedup();
        for owner in owners {
            let done = self.done_with(owner, &used);
            let acts = || mandated.iter().filter(|(own, _)| *own == owner).map(|(_, act)| *act);
            let is_for = |mandate: &Mandate| {
                // Of what comes to no quantity a limit says nothing.
                let is_bound = !mandate.is_limited || !done.units.is_empty();
                is_bound
                    && acts().all(|act| {
                        mandate.is_for(act, self.day)
                            && mandate.binds(act)
                            && (mandate.names(act) || !done.units.is_empty())
                    })
            };
            let given = self.books.mandates_of(owner, self.party);
            let fitting: Vec<(MandateNo, &Mandate)> =
                given.filter(|(_, mandate)| is_for(mandate) && done.lies_in(mandate)).collect();
            let left = |(number, mandate): &(MandateNo, &Mandate)| match mandate.material.filter(|_| mandate.is_limited)
            {
                None => i64::MAX,
                Some(material) => self.books.tally_at(of_mandate(*number, owner, material), self.day),
            };
            match fitting.iter().max_by_key(|found| left(found)) {
                None => self.keep(Rejection::NotPermitted { party: self.party, owner }),
                Some((number, Mandate { material: Some(material), is_limited: true, .. })) => {
                    self.tally(of_mandate(*number, owner, *material), -done.most());
                }
                Some(_) => {}
            }
        }
    }

    fn done_with(&self, owner: PartyNo, used: &[Used]) -> Done {
        let mut done = Done::default();
        for entry in &self.effects.entries {
            for (account, way) in [(entry.source, Way::Out), (entry.target, Way::In)] {
                let key = self.key(account);
                let is_real = self.books.places.get(key.place.0).is_none_or(Place::is_real);
                if key.owner == owner && is_real {
                    let material = Some(self.material(key.lot));
                    done.add(way, entry.quantity.units(), material, self.sites_of(key.place));
                }
            }
        }
        for claim in &self.effects.claims {
            let key = self.key(claim.account);
            let is_known = claim.encumbrance.0 < self.books.encumbrances.row_count();
            let holder = is_known.then(|| self.books.holder(claim.encumbrance)).flatten();
            if key.owner == owner || holder == Some(Holder::Beneficiary(owner)) {
                let way = if claim.delta > 0 { Way::SetAside } else { Way::Freed };
                done.add(way, claim.delta, Some(self.material(key.lot)), self.sites_of(key.place));
            }
        }
        for change in &self.effects.tallied.changes {
            let key = self.tally_key(change.tally);
            if key.party == owner {
                let way = if change.delta > 0 { Way::Raised(key.kind) } else { Way::Lowered(key.kind) };
                done.add(way, change.delta, key.material, Vec::new());
            }
        }
        for used in used {
            let (material, sites) = (Some(self.material(used.lot)), used.site.map(|site| self.sites_of(site)));
            match used.units {
                Some(units) => done.add(Way::Said, units, material, sites.unwrap_or_default()),
                None => done.things.push((material, sites.unwrap_or_default())),
            }
        }
        done.things.extend(self.spoken_of.iter().map(|lot| (Some(self.material(*lot)), Vec::new())));
        done
    }

    /// The sites at which something counts as lying: on its way, at both ends; lent, where it left.
    fn sites_of(&self, place: PlaceNo) -> Vec<PlaceNo> {
        match self.books.places.get(place.0) {
            Some(Place::Site(_)) => vec![place],
            Some(Place::Transit(transit)) => vec![transit.source, transit.target],
            Some(Place::Loan(loan)) => vec![loan.site],
            Some(Place::Outside | Place::Processing | Place::Loss) => Vec::new(),
            Some(Place::CountDifference | Place::Rounding | Place::ShipperReceiver) => Vec::new(),
            // A dispatch or a loan that begins now: where it leaves says it.
            None => Vec::new(),
        }
    }
}
