//! Whom an act concerns: whose closed periods stand against it, and who has to agree.
//!
//! Both are read off what the act changes, whichever act it is, a correction among them. An account concerns its owner, and
//! the borrower where it is a loan; a claim concerns the owner and whoever holds a right by it; a tally its party. What an act
//! changes beside these it says itself, with [`Draft::concern`].

use super::Draft;
use crate::account::{AccountKey, Holder};
use crate::event::Claim;
use crate::number::{Day, EncumbranceNo, PartyNo};
use crate::place::Place;
use crate::rejection::Rejection;

impl Draft<'_> {
    /// The act changes something of a party from a day on, beside accounts, claims and tallies.
    pub(crate) fn concern(&mut self, party: PartyNo, day: Day) {
        self.check_open(day, party);
        self.effects_elsewhere = true;
    }

    /// Does it change anything that could lie in a closed period?
    pub(crate) fn concerns_somebody(&self) -> bool {
        let effects = &self.effects;
        self.effects_elsewhere
            || !(effects.entries.is_empty() && effects.claims.is_empty() && effects.tallied.changes.is_empty())
    }

    pub(crate) fn check_open(&mut self, day: Day, party: PartyNo) {
        if let Some(through) = self.books.party(party).closed_through.filter(|through| day <= *through) {
            self.keep(Rejection::PeriodClosed { party, through, day });
        }
    }

    /// An account's owner, and the borrower where it is a loan, whose part comes back or goes out with it.
    pub(super) fn check_account_open(&mut self, day: Day, key: AccountKey) {
        self.check_open(day, key.owner);
        if let Some(Place::Loan(loan)) = self.books.places.get(key.place.0) {
            self.check_open(day, loan.borrower);
        }
    }

    /// What others hold a right to changes by both sides, by its own terms, or by who runs the reserve that holds it.
    pub(crate) fn check_rights(&mut self) {
        for index in 0..self.effects.claims.len() {
            let claim = self.effects.claims[index];
            let Some(holder) = self.books.holder(claim.encumbrance) else { continue };
            let day = claim.day.unwrap_or(self.base);
            let party = self.books.party_of(holder);
            self.check_open(day, party);
            let last = self.books.encumbrance(claim.encumbrance).last;
            // What lapses at the end of its window was agreed to.
            let lowers = claim.delta < 0 && last.is_none_or(|last| day <= last);
            if lowers && !self.agrees(holder, &claim) {
                self.keep(Rejection::NeedsConsent { encumbrance: claim.encumbrance, party });
            }
        }
    }

    /// Does the holder of a right ask for its loss, or get by it what was promised?
    fn agrees(&mut self, holder: Holder, claim: &Claim) -> bool {
        match holder {
            Holder::Beneficiary(party) => {
                let gets = self.effects.entries.iter().filter(|entry| {
                    let target = self.key(entry.target);
                    entry.source == claim.account
                        && target.owner == party
                        && self.books.places.get(target.place.0).is_none_or(Place::is_real)
                });
                let got: i128 = gets.map(|entry| i128::from(entry.quantity.units())).sum();
                self.party == party || got >= -self.lowered(claim.encumbrance) || self.is_mandated(party)
            }
            Holder::Reserve(reserve) => self.fulfils == Some(reserve) || self.books.eyes(self.party).runs(reserve),
        }
    }

    /// What the act changes of an encumbrance within its window.
    fn lowered(&self, encumbrance: EncumbranceNo) -> i128 {
        let last = self.books.encumbrance(encumbrance).last;
        let own = self.effects.claims.iter().filter(|claim| {
            claim.encumbrance == encumbrance && last.is_none_or(|last| claim.day.unwrap_or(self.base) <= last)
        });
        own.map(|claim| i128::from(claim.delta)).sum()
    }
}
