//! What a party means by a code, and what it may name.

use super::{Eyes, Meant, UNDER};
use crate::number::{
    ActivationNo, BreakNo, CallNo, CommitmentNo, DebtNo, FactNo, LicenceNo, LotNo, MandateNo, MatchNo, PartyNo,
    PersonNo, PlaceNo, ReportNo, RequestNo, RightNo, TrustNo,
};
use crate::place::Place;
use crate::procurement::Order;
use crate::rejection::Kind;
use crate::tally::TallyKind;

impl Eyes<'_> {
    /// What a code means: what the party gave itself, else the one that it may name. `AAA::LOT-7` is that under `AAA`.
    #[must_use]
    pub fn means(&self, kind: Kind, code: &str) -> Meant {
        let plain = self.means_among(kind, self.books.rows_of(kind, code).as_ref(), None);
        match (plain, code.split_once(UNDER)) {
            (Meant::Nothing, Some((under, code))) => match self.books.party_no(under) {
                Some(under) => self.means_among(kind, self.books.rows_of(kind, code).as_ref(), Some(under)),
                None => Meant::Nothing,
            },
            (meant, _) => meant,
        }
    }

    fn means_among(&self, kind: Kind, rows: &[u32], under: Option<PartyNo>) -> Meant {
        let mut found = Meant::Nothing;
        for row in rows.iter().copied().filter(|row| self.may_name(kind, *row)) {
            let lives_under = self.books.under(kind, row);
            if under.is_some() && lives_under != under {
                continue;
            }
            if lives_under == Some(self.party) {
                return Meant::One(row);
            }
            // One for all: the newest stands in the place of those before it.
            if lives_under.is_none() {
                found = Meant::One(row);
                continue;
            }
            found = if found == Meant::Nothing { Meant::One(row) } else { Meant::Several };
        }
        found
    }

    /// May the party name it at all?
    fn may_name(&self, kind: Kind, row: u32) -> bool {
        let books = self.books;
        match kind {
            Kind::Party
            | Kind::Material
            | Kind::Site
            | Kind::Reserve
            | Kind::Floor
            | Kind::Restriction
            | Kind::ShareLimit
            | Kind::Publication => true,
            Kind::Order => self.sees_order(books.order(crate::OrderNo(row))),
            Kind::Lot => self.may_name_lot(LotNo(row)),
            Kind::Dispatch | Kind::Loan => self.may_name_place(PlaceNo(row)),
            Kind::Encumbrance => {
                let claim = books.encumbrance(crate::EncumbranceNo(row));
                let key = books.account(claim.account).key;
                let holder = books.holder(crate::EncumbranceNo(row)).map(|holder| books.party_of(holder));
                self.sees_encumbrance(claim)
                    || claim.beneficiary.is_some_and(|party| self.may_act_for(party))
                    || self.may_touch(key.owner, Some(key.place), Some(books.lot(key.lot).facts.material))
                    || holder.and_then(|pool| books.pool_of(pool)).is_some_and(|reserve| self.runs(reserve))
            }
            Kind::Authority => {
                let whose = books.authority(crate::AuthorityNo(row)).party;
                self.may_act_for(whose) || self.oversees(whose)
            }
            Kind::Commitment => {
                let row = books.commitment(CommitmentNo(row));
                self.may_act_for(row.member) || self.runs(row.reserve)
            }
            Kind::Debt => {
                let row = books.debt(DebtNo(row));
                self.may_act_for(row.member) || self.runs(row.reserve)
            }
            Kind::Activation => self.takes_part(books.activation(ActivationNo(row)).reserve),
            Kind::Call => self.takes_part(books.call(CallNo(row)).reserve),
            Kind::Right => {
                let has_part = |tally: &crate::Tally| tally.key.party == self.party;
                self.may_act_for(books.right(RightNo(row)).holder)
                    || books.tallies_of(TallyKind::Right, row).any(has_part)
            }
            Kind::Licence => self.may_act_for(books.licence(LicenceNo(row)).holder),
            Kind::Request => {
                let row = books.request(RequestNo(row));
                self.may_act_for(row.party) || self.runs(row.reserve)
            }
            Kind::Report => self.sees_reports_of(books.report(ReportNo(row)).party),
            Kind::Break => {
                let row = books.a_break(BreakNo(row));
                row.against == self.party || self.oversaw(row.party)
            }
            Kind::Match => self.oversaw(books.hand_match(MatchNo(row)).party),
            Kind::TrustedLog => self.may_write(books.trusted_log(TrustNo(row)).party, None),
            Kind::Fact => self.may_write(books.fact(FactNo(row)).party, None),
            Kind::Person => {
                let whose = books.person(PersonNo(row)).party;
                self.may_write(whose, None) || self.party == PartyNo(0)
            }
            Kind::Mandate => {
                let row = books.mandate(MandateNo(row));
                [row.owner, row.to].contains(&self.party)
            }
        }
    }

    /// A joint order: who runs it and for whom it is, whoever acts for them among them; all, of one that was opened for nobody.
    #[must_use]
    pub fn sees_order(&self, order: &Order) -> bool {
        let Some(opened) = &order.opened else { return true };
        let is_for =
            |reserve| self.books.reserve(reserve).ever_members().into_iter().any(|party| self.may_act_for(party));
        order.secretariat == self.party
            || opened.buyers.iter().chain(&order.buyers).any(|buyer| self.may_act_for(*buyer))
            || opened.reserve.is_some_and(is_for)
    }

    fn may_act_for(&self, owner: PartyNo) -> bool {
        self.may_touch(owner, None, None)
    }

    fn may_name_lot(&self, lot: LotNo) -> bool {
        self.books.accounts_of(lot).iter().any(|account| {
            let account = self.books.account(*account);
            let key = account.key;
            let material = || Some(self.books.lot(lot).facts.material);
            self.sees_stock(account)
                || self.books.lot(lot).by == Some(self.party)
                || self.takes_charge(key.place)
                || self.may_touch(key.owner, Some(key.place), material())
        })
    }

    /// Keeps an end of where it is on its way.
    fn takes_charge(&self, place: PlaceNo) -> bool {
        self.has_charge(self.books.place(place))
    }

    /// Dispatches and loans: whose it is, who keeps where it left or goes to, and who has it.
    fn may_name_place(&self, place: PlaceNo) -> bool {
        let away = self.books.accounts_away(place).iter().map(|account| self.books.account(*account));
        let is_borrower = matches!(self.books.place(place), Place::Loan(loan) if loan.borrower == self.party);
        is_borrower
            || self.takes_charge(place)
            || away.into_iter().any(|account| {
                let key = account.key;
                let at_a_site = || {
                    let of_lot = self.books.accounts_of(key.lot).iter().map(|account| self.books.account(*account).key);
                    of_lot.into_iter().any(|other| other.owner == key.owner && self.takes_charge(other.place))
                };
                let is_loan = matches!(self.books.place(place), Place::Loan(_));
                let material = self.books.lot(key.lot).facts.material;
                self.sees_account(account)
                    || self.may_touch(key.owner, Some(key.place), Some(material))
                    || (is_loan && at_a_site())
            })
    }
}
