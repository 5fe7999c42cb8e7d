//! What a party sees of the books, and so may name. Levels are secret by default: a party sees its own stock and what is set aside
//! for it, never another's; who keeps a site sees what lies there; what is registered is no secret.
//!
//! A code that names what its sender does not see names nothing: no refusal tells it from one that was never given. So codes of
//! what is one party's live under whoever gave them, and two parties may give the same.

use std::borrow::Cow;

use crate::account::{Account, Encumbrance};
use crate::act_rules::Seen;
use crate::books::Books;
use crate::event::{Event, Outcome};
use crate::number::{
    ActivationNo, BreakNo, CallNo, CommitmentNo, DebtNo, FactNo, LicenceNo, LotNo, MatchNo, PartyNo, PersonNo, PlaceNo,
    ReportNo, RequestNo, ReserveNo, RightNo, TrustNo,
};
use crate::party::Role;
use crate::place::Place;
use crate::rejection::{Kind, Rejection};
use crate::tally::TallyKind;

/// Between the party under which a code lives and the code, where another means the same code otherwise.
pub const UNDER: &str = "::";

/// One party's eyes.
#[derive(Clone, Copy, Debug)]
pub struct Eyes<'b> {
    books: &'b Books,
    party: PartyNo,
    role: Role,
}

/// What a code means to whoever says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meant {
    /// Nothing that it sees.
    Nothing,
    /// The thing with this number.
    One(u32),
    /// Several that it sees: it has to say under whom.
    Several,
}

impl Books {
    /// What a party sees.
    #[must_use]
    pub fn eyes(&self, party: PartyNo) -> Eyes<'_> {
        Eyes { books: self, party, role: self.party(party).role }
    }

    /// What a code means to a party: what it gave itself, else the one that it sees.
    ///
    /// # Errors
    /// `unknown_*`; `ambiguous_code` where it sees several.
    pub fn named_by(&self, party: PartyNo, kind: Kind, code: &str) -> Result<u32, Rejection> {
        let short = || code.chars().take(100).collect::<String>();
        match self.eyes(party).means(kind, code) {
            Meant::One(row) => Ok(row),
            Meant::Nothing => Err(Rejection::Unknown { kind, code: short() }),
            Meant::Several => Err(Rejection::Ambiguous { kind, code: short() }),
        }
    }

    /// Under whom a code of this kind lives; nobody, where it is one for all.
    #[must_use]
    pub fn under(&self, kind: Kind, row: u32) -> Option<PartyNo> {
        match kind {
            Kind::Lot => {
                let lot = LotNo(row);
                let first = || self.accounts_of(lot).first().map(|account| self.account(*account).key.owner);
                self.lot(lot).by.or_else(first)
            }
            Kind::Dispatch | Kind::Loan => {
                let place = PlaceNo(row);
                let by = self.place(place).transit().and_then(|transit| transit.by);
                let first = || self.accounts_away(place).first().map(|account| self.account(*account).key.owner);
                by.or_else(first)
            }
            Kind::Encumbrance => Some(self.account(self.encumbrance(crate::EncumbranceNo(row)).account).key.owner),
            Kind::Authority => Some(self.authority(crate::AuthorityNo(row)).party),
            Kind::Commitment => Some(self.commitment(CommitmentNo(row)).member),
            Kind::Debt => Some(self.debt(DebtNo(row)).member),
            Kind::Right => Some(self.right(RightNo(row)).holder),
            Kind::Request => Some(self.request(RequestNo(row)).party),
            Kind::Party
            | Kind::Material
            | Kind::Site
            | Kind::Reserve
            | Kind::Activation
            | Kind::Call
            | Kind::Order
            | Kind::Floor
            | Kind::Restriction
            | Kind::Licence
            | Kind::ShareLimit
            | Kind::Report
            | Kind::Break
            | Kind::Match
            | Kind::Publication
            | Kind::TrustedLog
            | Kind::Fact
            | Kind::Person => None,
        }
    }
}

impl<'b> Eyes<'b> {
    /// Whose they are.
    #[must_use]
    pub fn party(&self) -> PartyNo {
        self.party
    }

    /// What its party may do beyond writing its own stock.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// May the party write an owner's stock, as the owner, as custodian of the place, or as a secretariat?
    #[must_use]
    pub fn may_write(&self, owner: PartyNo, place: Option<PlaceNo>) -> bool {
        let is_custodian =
            |place: PlaceNo| self.books.place(place).site().is_some_and(|site| site.custodian == self.party);
        self.party == owner || place.is_some_and(is_custodian) || self.role == Role::Secretariat
    }

    /// Runs a reserve?
    #[must_use]
    pub fn runs(&self, reserve: ReserveNo) -> bool {
        self.books.reserve(reserve).secretariat == self.party
    }

    /// Takes part in a reserve, or runs it?
    #[must_use]
    pub fn takes_part(&self, reserve: ReserveNo) -> bool {
        self.runs(reserve) || self.books.reserve(reserve).ever_members().contains(&self.party)
    }

    /// An operator sees what lies at its own sites, and what is on its way from or to them.
    #[must_use]
    pub fn keeps(&self, place: &Place) -> bool {
        self.role == Role::Operator && self.has_charge(place)
    }

    fn has_charge(&self, place: &Place) -> bool {
        let is_own = |end: PlaceNo| self.books.place(end).site().is_some_and(|site| site.custodian == self.party);
        match place {
            Place::Site(site) => site.custodian == self.party,
            Place::Transit(transit) => is_own(transit.source) || is_own(transit.target),
            Place::Outside
            | Place::Processing
            | Place::Loss
            | Place::CountDifference
            | Place::Rounding
            | Place::ShipperReceiver
            | Place::Loan(_) => false,
        }
    }

    /// What moves on an account? Its owner sees it, an operator at its own sites, and of a pool who runs the reserve.
    #[must_use]
    pub fn sees_account(&self, account: &Account) -> bool {
        let owner = account.key.owner;
        owner == self.party
            || self.keeps(self.books.place(account.key.place))
            || self.books.pool_of(owner).is_some_and(|reserve| self.runs(reserve))
    }

    /// What lies on an account? Whoever sees what moves there, and of a pool all who take part in the reserve: a member has
    /// to name the lot that it withdraws.
    #[must_use]
    pub fn sees_stock(&self, account: &Account) -> bool {
        self.sees_account(account)
            || self.books.pool_of(account.key.owner).is_some_and(|reserve| self.takes_part(reserve))
    }

    /// A claim? The owner of what is set aside sees it, and whom it is set aside for.
    #[must_use]
    pub fn sees_encumbrance(&self, claim: &Encumbrance) -> bool {
        self.sees_account(self.books.account(claim.account)) || claim.beneficiary == Some(self.party)
    }

    /// A lot, by what lies of it or lay of it somewhere that is seen?
    #[must_use]
    pub fn sees_lot(&self, lot: LotNo) -> bool {
        self.books.accounts_of(lot).iter().any(|account| self.sees_stock(self.books.account(*account)))
    }

    /// Anything of what is on its way or lent?
    #[must_use]
    pub fn sees_away(&self, place: PlaceNo) -> bool {
        self.books.accounts_away(place).iter().any(|account| self.sees_account(self.books.account(*account)))
    }

    /// What a party reported, and how it compares with the books: the party itself, and a secretariat, to which reports are sent.
    #[must_use]
    pub fn sees_reports_of(&self, party: PartyNo) -> bool {
        party == self.party || self.role == Role::Secretariat
    }

    /// An event: asked by the party, touching what it sees, or said for everybody.
    #[must_use]
    pub fn sees_event(&self, event: &Event) -> bool {
        event.party == self.party
            || is_for_everybody(event)
            || event.entries.iter().any(|entry| self.sees_entry(entry))
            || event.claims.iter().any(|claim| self.sees_encumbrance(self.books.encumbrance(claim.encumbrance)))
            || event.tallied.iter().flat_map(|tallied| &tallied.changes).any(|change| self.sees_tally(change))
            || whose_reports(self.books, event).into_iter().any(|party| self.sees_reports_of(party))
    }

    /// One line of an event?
    #[must_use]
    pub fn sees_entry(&self, entry: &crate::Entry) -> bool {
        [entry.source, entry.target].into_iter().any(|account| self.sees_account(self.books.account(account)))
    }

    /// A tally is seen by whose it is.
    #[must_use]
    pub fn sees_tally(&self, change: &crate::TallyChange) -> bool {
        self.books.tally(change.tally).key.party == self.party
    }

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
            | Kind::Order
            | Kind::Floor
            | Kind::Restriction
            | Kind::ShareLimit
            | Kind::Publication => true,
            Kind::Lot => self.may_name_lot(LotNo(row)),
            Kind::Dispatch | Kind::Loan => self.may_name_place(PlaceNo(row)),
            Kind::Encumbrance => {
                let claim = books.encumbrance(crate::EncumbranceNo(row));
                let key = books.account(claim.account).key;
                let holder = books.holder(crate::EncumbranceNo(row)).map(|holder| books.party_of(holder));
                self.sees_encumbrance(claim)
                    || self.may_write(key.owner, Some(key.place))
                    || holder.and_then(|pool| books.pool_of(pool)).is_some_and(|reserve| self.runs(reserve))
            }
            Kind::Authority => self.may_write(books.authority(crate::AuthorityNo(row)).party, None),
            Kind::Commitment => {
                let row = books.commitment(CommitmentNo(row));
                self.may_write(row.member, None) || self.runs(row.reserve)
            }
            Kind::Debt => {
                let row = books.debt(DebtNo(row));
                self.may_write(row.member, None) || self.runs(row.reserve)
            }
            Kind::Activation => self.in_reserve(books.activation(ActivationNo(row)).reserve),
            Kind::Call => self.in_reserve(books.call(CallNo(row)).reserve),
            Kind::Right => {
                let has_part = |tally: &crate::Tally| tally.key.party == self.party;
                self.may_write(books.right(RightNo(row)).holder, None)
                    || books.tallies_of(TallyKind::Right, row).any(has_part)
            }
            Kind::Licence => self.may_write(books.licence(LicenceNo(row)).holder, None),
            Kind::Request => {
                let row = books.request(RequestNo(row));
                self.may_write(row.party, None) || self.runs(row.reserve)
            }
            Kind::Report => self.sees_reports_of(books.report(ReportNo(row)).party),
            Kind::Break => {
                let row = books.a_break(BreakNo(row));
                row.against == self.party || self.may_write(row.party, None)
            }
            Kind::Match => self.may_write(books.hand_match(MatchNo(row)).party, None),
            Kind::TrustedLog => self.may_write(books.trusted_log(TrustNo(row)).party, None),
            Kind::Fact => self.may_write(books.fact(FactNo(row)).party, None),
            Kind::Person => self.may_write(books.person(PersonNo(row)).party, None),
        }
    }

    /// Members of a reserve, who runs it, and secretariats.
    fn in_reserve(&self, reserve: ReserveNo) -> bool {
        self.takes_part(reserve) || self.may_write(self.books.reserve(reserve).secretariat, None)
    }

    fn may_name_lot(&self, lot: LotNo) -> bool {
        self.books.accounts_of(lot).iter().any(|account| {
            let account = self.books.account(*account);
            let key = account.key;
            self.sees_stock(account) || self.may_write(key.owner, Some(key.place)) || self.takes_charge(key.place)
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
                self.sees_account(account) || self.may_write(key.owner, None) || (is_loan && at_a_site())
            })
    }

    /// What the party calls a lot: its code, or with whom it lives under where the code alone means another or none.
    #[must_use]
    pub fn lot_label(&self, lot: LotNo) -> Cow<'b, str> {
        let code = self.books.lot(lot).facts.code.as_str();
        match self.books.rows_of(Kind::Lot, code).len() {
            0 | 1 => Cow::Borrowed(code),
            _ if matches!(self.means(Kind::Lot, code), Meant::One(row) if row == lot.0) => Cow::Borrowed(code),
            _ => self.books.full_lot_label(lot),
        }
    }
}

impl Books {
    /// A lot by its code and whom it lives under.
    #[must_use]
    pub fn full_lot_label(&self, lot: LotNo) -> Cow<'_, str> {
        let code = self.lot(lot).facts.code.as_str();
        match self.under(Kind::Lot, lot.0) {
            Some(under) => Cow::Owned(format!("{}{UNDER}{code}", self.party_code(under))),
            None => Cow::Borrowed(code),
        }
    }
}

/// Does the act say that everybody sees it?
#[must_use]
pub fn is_for_everybody(event: &Event) -> bool {
    matches!(&event.outcome, Outcome::Done(act) if act.facts().seen == Seen::Everybody)
}

/// The parties whose reports, or whose difference, an event is about, whoever posted it.
fn whose_reports(books: &Books, event: &Event) -> Vec<PartyNo> {
    match &event.outcome {
        Outcome::Done(act) if act.facts().seen == Seen::Reports => act.whose(books),
        Outcome::Done(_) | Outcome::Held(_) | Outcome::Refused(_) | Outcome::Moved(..) => Vec::new(),
    }
}
