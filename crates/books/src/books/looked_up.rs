//! What is found in the books: things by their codes, codes by their numbers, and what lies where.

use std::borrow::Cow;

use measure::Quantity;

use super::{Books, Held};
use crate::account::{Account, AccountKey, EncumbranceKind, Holder};
use crate::acts::Act;
use crate::number::{AccountNo, AuthorityNo, EncumbranceNo, LotNo, MaterialNo, Moment, PartyNo, PlaceNo, Seq};
use crate::place::{Place, Site};
use crate::rejection::Kind;
use crate::rows::Rows;

impl Books {
    /// The last event that was applied.
    #[must_use]
    pub fn head(&self) -> Seq {
        self.head
    }

    /// When the last event was recorded.
    #[must_use]
    pub fn recorded_at(&self) -> Moment {
        self.recorded_at
    }

    /// Name of the log in its checkpoints.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Commands that wait for a checker.
    pub fn waiting(&self) -> impl Iterator<Item = &Held> {
        self.held.rows().iter().filter(|held| !held.is_settled)
    }

    /// Accounts of a lot.
    #[must_use]
    pub fn accounts_of(&self, lot: LotNo) -> &[AccountNo] {
        self.index.by_lot.get(lot.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// Accounts of a lot at real places that hold some of it now.
    pub(crate) fn in_hand(&self, lot: LotNo) -> impl Iterator<Item = &Account> {
        let accounts = self.accounts_of(lot).iter().map(|number| self.account(*number));
        accounts.filter(|account| account.days.latest().on_hand > 0 && self.place(account.key.place).is_real())
    }

    /// Has an owner some of a lot, or had it?
    pub(crate) fn has_or_had(&self, owner: PartyNo, lot: LotNo) -> bool {
        self.accounts_of(lot).iter().any(|number| self.account(*number).key.owner == owner)
    }

    /// A lot and all that was made of it.
    #[must_use]
    pub fn with_descendants(&self, lot: LotNo) -> Vec<LotNo> {
        let mut found = vec![lot];
        let mut seen = rustc_hash::FxHashSet::from_iter([lot]);
        let mut next = 0;
        while let Some(lot) = found.get(next) {
            next += 1;
            let children =
                self.lot(*lot).children.iter().copied().filter(|child| self.lot(*child).has_ancestry(self.head()));
            found.extend(children.filter(|child| seen.insert(*child)));
        }
        found
    }

    /// Number of a party by its code.
    #[must_use]
    pub fn party_no(&self, code: &str) -> Option<PartyNo> {
        self.index.parties.get(code).copied()
    }

    /// Number of a material by its code.
    #[must_use]
    pub fn material_no(&self, code: &str) -> Option<MaterialNo> {
        self.index.materials.get(code).copied()
    }

    /// All sites, in no order.
    pub fn sites(&self) -> impl Iterator<Item = PlaceNo> {
        self.index.sites.values().copied()
    }

    /// Number of a site, a dispatch or a loan by its code.
    #[must_use]
    pub fn place_no(&self, kind: Kind, code: &str) -> Option<PlaceNo> {
        match kind {
            Kind::Site => self.index.sites.get(code).copied(),
            Kind::Dispatch => self.index.dispatches.get(code).and_then(Rows::last).map(PlaceNo),
            Kind::Loan => self.index.loans.get(code).and_then(Rows::last).map(PlaceNo),
            Kind::Party
            | Kind::Material
            | Kind::Lot
            | Kind::Encumbrance
            | Kind::Authority
            | Kind::Reserve
            | Kind::Commitment
            | Kind::Debt
            | Kind::Activation
            | Kind::Call
            | Kind::Order
            | Kind::Floor
            | Kind::Right
            | Kind::Restriction
            | Kind::Licence
            | Kind::ShareLimit
            | Kind::Request
            | Kind::Report
            | Kind::Break
            | Kind::Match
            | Kind::Publication
            | Kind::TrustedLog
            | Kind::Fact
            | Kind::Person
            | Kind::Mandate => None,
        }
    }

    /// Number of a lot by its code, for questions: of one that a reversed event made where no other has the code by now.
    #[must_use]
    pub fn lot_no(&self, code: &str) -> Option<LotNo> {
        self.standing_lot_no(code).or_else(|| self.index.void.get(code).copied())
    }

    /// Number of a lot by its code: what a reversed event made is not there. The newest, where several parties gave it.
    #[must_use]
    pub fn standing_lot_no(&self, code: &str) -> Option<LotNo> {
        self.index.lots.get(code).and_then(Rows::last).map(LotNo)
    }

    /// All that have a code, by number: of codes that live under a party there may be several.
    #[must_use]
    pub fn rows_of(&self, kind: Kind, code: &str) -> Cow<'_, [u32]> {
        let of = |codes: &'_ super::ByCode| codes.get(code).map(Rows::as_slice).unwrap_or_default().to_vec();
        match kind {
            Kind::Lot => self.index.lots.get(code).map(Rows::as_slice).unwrap_or_default().into(),
            Kind::Dispatch => of(&self.index.dispatches).into(),
            Kind::Loan => of(&self.index.loans).into(),
            Kind::Encumbrance => of(&self.index.encumbrances).into(),
            Kind::Authority => of(&self.index.authorities).into(),
            Kind::Party => self.party_no(code).map(|party| party.0).into_iter().collect(),
            Kind::Material => self.material_no(code).map(|material| material.0).into_iter().collect(),
            Kind::Site => self.place_no(kind, code).map(|place| place.0).into_iter().collect(),
            Kind::Reserve
            | Kind::Commitment
            | Kind::Debt
            | Kind::Activation
            | Kind::Call
            | Kind::Order
            | Kind::Floor
            | Kind::Right
            | Kind::Restriction
            | Kind::Licence
            | Kind::ShareLimit
            | Kind::Request
            | Kind::Report
            | Kind::Break
            | Kind::Match
            | Kind::Publication
            | Kind::TrustedLog
            | Kind::Fact
            | Kind::Person
            | Kind::Mandate => self.index.named.rows_of(kind, code).into(),
        }
    }

    /// Number of an encumbrance by its code.
    #[must_use]
    pub fn encumbrance_no(&self, code: &str) -> Option<EncumbranceNo> {
        self.index.encumbrances.get(code).and_then(Rows::last).map(EncumbranceNo)
    }

    /// Number of an authority by its code.
    #[must_use]
    pub fn authority_no(&self, code: &str) -> Option<AuthorityNo> {
        self.index.authorities.get(code).and_then(Rows::last).map(AuthorityNo)
    }

    /// Number of an account.
    #[must_use]
    pub fn account_no(&self, key: AccountKey) -> Option<AccountNo> {
        self.index.accounts.get(&key).copied()
    }

    /// Code of a party, for people.
    #[must_use]
    pub fn party_code(&self, party: PartyNo) -> &str {
        self.parties.get(party.0).map_or("(unknown)", |party| &party.code)
    }

    /// Code of a place, for people.
    #[must_use]
    pub fn place_code(&self, place: PlaceNo) -> &str {
        self.places.get(place.0).map_or("(unknown)", Place::code)
    }

    /// Code of an encumbrance, for people.
    #[must_use]
    pub fn encumbrance_code(&self, encumbrance: EncumbranceNo) -> &str {
        self.encumbrances.get(encumbrance.0).map_or("(unknown)", |encumbrance| &encumbrance.code)
    }

    /// Whose right an encumbrance is, beside its owner: from then on no owner changes it alone.
    #[must_use]
    pub fn holder(&self, encumbrance: EncumbranceNo) -> Option<Holder> {
        let row = self.encumbrances.get(encumbrance.0)?;
        if row.accepted.is_some() {
            return row.beneficiary.map(Holder::Beneficiary);
        }
        match row.kind {
            EncumbranceKind::Pledge | EncumbranceKind::Allocation => row.promised.map(Holder::Reserve),
            EncumbranceKind::Earmark
            | EncumbranceKind::Ticket
            | EncumbranceKind::Loan
            | EncumbranceKind::Hold
            | EncumbranceKind::Delegation => None,
        }
    }

    /// The party in whose books a right stands: of a reserve, the owner of its pool.
    #[must_use]
    pub fn party_of(&self, holder: Holder) -> PartyNo {
        match holder {
            Holder::Beneficiary(party) => party,
            Holder::Reserve(reserve) => self.reserve(reserve).pool,
        }
    }

    /// A quantity with the material's unit and basis, for people: `60 t net`.
    #[must_use]
    pub fn show(&self, material: MaterialNo, units: impl Into<i128>) -> String {
        let material = self.materials.row(material.0);
        let number = measure::display_units(units, material.unit, material.decimals, material.shown);
        format!("{number} {} {}", material.shown, material.basis)
    }

    /// Sum of a lot over all places: zero, always.
    #[must_use]
    pub fn imbalance(&self, lot: LotNo) -> i128 {
        self.accounts_of(lot).iter().map(|number| i128::from(self.accounts.row(number.0).days.latest().on_hand)).sum()
    }

    pub(crate) fn site(&self, place: PlaceNo) -> &Site {
        self.place(place).site().expect("resolved: names a site")
    }

    /// The command that an event holds, or held.
    #[must_use]
    pub fn held(&self, seq: Seq) -> Option<&Held> {
        self.index.held.get(&seq).map(|row| self.held.row(*row))
    }

    pub(crate) fn settle(&mut self, seq: Seq) -> Act {
        let row = *self.index.held.get(&seq).expect("decided: the command waits");
        let held = self.held.row_mut(row);
        held.is_settled = true;
        held.act.clone()
    }

    /// What is still out of a lot at a dispatch or loan; none where it never was.
    pub(crate) fn outstanding(&self, place: PlaceNo, lot: LotNo) -> Option<Quantity> {
        let mut accounts = self.index.away.get(&place)?.iter().map(|number| self.accounts.row(number.0));
        let account = accounts.find(|account| account.key.lot == lot)?;
        Some(Quantity::new(account.days.latest().on_hand).expect("a real place holds no less than nothing"))
    }

    /// The accounts of a dispatch or loan.
    pub(crate) fn accounts_away(&self, place: PlaceNo) -> &[AccountNo] {
        self.index.away.get(&place).map_or(&[], Vec::as_slice)
    }

    /// Whose stock a dispatch or loan is: one owner's, for as long as it is out.
    pub(crate) fn owner_away(&self, place: PlaceNo) -> PartyNo {
        let accounts = self.index.away.get(&place).expect("a dispatch or loan begins with stock");
        self.accounts.row(accounts[0].0).key.owner
    }

    /// What is on its way to an account.
    pub(crate) fn arriving(&self, key: AccountKey) -> i128 {
        let accounts = self.accounts_of(key.lot).iter().map(|number| self.accounts.row(number.0));
        let to_here = accounts.filter(|account| {
            let place = self.places.get(account.key.place.0);
            account.key.owner == key.owner
                && matches!(place, Some(Place::Transit(transit)) if transit.target == key.place)
        });
        to_here.map(|account| i128::from(account.days.latest().on_hand)).sum()
    }

    /// Who has something of a lot at a place, by party number.
    pub(crate) fn holders(&self, place: PlaceNo, lot: LotNo) -> Vec<PartyNo> {
        let keys = self.accounts_of(lot).iter().map(|number| self.accounts.row(number.0).key);
        let mut holders: Vec<PartyNo> = keys.filter(|key| key.place == place).map(|key| key.owner).collect();
        holders.sort_unstable();
        holders
    }
}
