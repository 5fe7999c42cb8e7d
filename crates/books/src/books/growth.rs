//! Rows that are added to the first tables, and the indexes of their codes.

use super::{Books, note_code};
use crate::account::{Account, AccountKey, Encumbrance, Secret};
use crate::authority::Authority;
use crate::composition::WeightChange;
use crate::days::Days;
use crate::dual::Lately;
use crate::event::Event;
use crate::lot::{KnownAssay, Lot, Making, NewLot, Parent};
use crate::material::Material;
use crate::number::{AccountNo, LotNo, MaterialNo, Moment, PartyNo, PlaceNo, Seq};
use crate::party::Party;
use crate::place::Place;
use crate::provenance::weights;

impl Books {
    pub(crate) fn push_party(&mut self, party: Party) {
        let code = party.code.clone();
        self.index.parties.insert(code, PartyNo(self.parties.push(party)));
    }

    pub(crate) fn push_material(&mut self, material: Material) {
        let code = material.code.clone();
        self.index.materials.insert(code, MaterialNo(self.materials.push(material)));
    }

    pub(crate) fn push_place(&mut self, place: Place) {
        let row = self.places.push(place);
        self.index_place(row);
    }

    pub(super) fn index_place(&mut self, row: u32) {
        if self.place(PlaceNo(row)).opened_by().is_some_and(|(_, _, seq)| self.reversed_by(seq).is_some()) {
            return;
        }
        let (codes, code) = match self.places.row(row) {
            Place::Site(site) => {
                self.index.sites.insert(site.code.clone(), PlaceNo(row));
                return;
            }
            Place::Transit(transit) => (&mut self.index.dispatches, &transit.code),
            Place::Loan(loan) => (&mut self.index.loans, &loan.code),
            Place::Outside
            | Place::Processing
            | Place::Loss
            | Place::CountDifference
            | Place::Rounding
            | Place::ShipperReceiver => return,
        };
        note_code(codes, code, row);
    }

    pub(crate) fn push_lot(
        &mut self,
        facts: NewLot,
        (seq, event): (Seq, &Event),
        making: Making,
        parents: Vec<Parent>,
    ) {
        let effective = event.effective;
        let number = LotNo(self.lots.row_count());
        for parent in &parents {
            self.lots.row_mut(parent.lot.0).children.push(number);
        }
        let weights =
            weights::of_parents(self, &parents, facts.assay.as_ref(), (effective, self.head)).unwrap_or_default();
        let assays = facts.assay.iter().map(|assay| KnownAssay { seq, effective, assay: assay.clone() }).collect();
        note_code(&mut self.index.lots, &facts.code, number.0);
        let (children, changes, described) = (Vec::new(), Vec::new(), Vec::new());
        let made = effective;
        self.lots.push(Lot {
            facts,
            seq,
            assays,
            parents,
            children,
            made,
            inherits: false,
            changes,
            making,
            described,
            is_void: false,
            revived_by: None,
            by: Some(event.party),
            versions: None,
            weights,
        });
    }

    /// A lot that was split off or merged: it is made of what its parents are made of.
    pub(crate) fn push_heir(&mut self, facts: NewLot, at: (Seq, &Event), parents: Vec<Parent>) {
        let row = self.lots.row_count();
        self.push_lot(facts, at, Making::Relotted, parents);
        let lot = self.lots.row_mut(row);
        (lot.inherits, lot.assays) = (true, Vec::new());
    }

    pub(crate) fn change_weight(&mut self, lot: LotNo, change: WeightChange) {
        self.lots.row_mut(lot.0).changes.push(change);
    }

    pub(crate) fn lately_row(&self, owner: PartyNo, material: MaterialNo) -> Option<u32> {
        self.index.lately.get(&(owner, material)).copied()
    }

    /// Notes what was moved, and forgets what is older than the window.
    pub(crate) fn push_lately(&mut self, owner: PartyNo, material: MaterialNo, moved: (Moment, i64)) {
        let row = self.lately_row(owner, material).unwrap_or_else(|| {
            let row = self.lately.push(Lately { owner, material, moved: Vec::new() });
            self.index.lately.insert((owner, material), row);
            row
        });
        let since = moved.0.0.saturating_sub(crate::dual::WINDOW_US);
        let rows = &mut self.lately.row_mut(row).moved;
        rows.retain(|(at, _)| at.0 > since);
        rows.push(moved);
    }

    pub(crate) fn push_encumbrance(&mut self, encumbrance: Encumbrance) {
        let code = encumbrance.code.clone();
        note_code(&mut self.index.encumbrances, &code, self.encumbrances.push(encumbrance));
    }

    pub(crate) fn push_authority(&mut self, authority: Authority) {
        let code = authority.code.clone();
        note_code(&mut self.index.authorities, &code, self.authorities.push(authority));
    }

    pub(super) fn push_account(&mut self, key: AccountKey) {
        let counted = self.counts_at(key.place, key.lot).map(|count| count.day).next_back();
        let (days, documents, placed) = (Days::default(), None, None);
        let row = self.accounts.push(Account { key, days, limit: None, counted, documents, placed });
        self.secrets.push(Secret(self.nonces));
        self.index_account(key, row);
    }

    /// What salts the balances of an account in a digest: the nonces of all events up to the one that opened it, added
    /// up bit by bit, which only whoever has all of them knows.
    #[must_use]
    pub fn secret(&self, account: AccountNo) -> Option<&[u8; 16]> {
        self.secrets.get(account.0).map(|secret| &secret.0)
    }

    pub(super) fn index_account(&mut self, key: AccountKey, row: u32) {
        let number = AccountNo(row);
        self.index.accounts.insert(key, number);
        let lot = key.lot.0 as usize;
        if self.index.by_lot.len() <= lot {
            self.index.by_lot.resize(lot + 1, Vec::new());
        }
        self.index.by_lot[lot].push(number);
        // A place that the same event creates is not in the table yet; only dispatches and loans come about that way.
        if matches!(self.places.get(key.place.0), None | Some(Place::Transit(_) | Place::Loan(_))) {
            self.index.away.or_default(key.place).push(number);
        }
    }
}
