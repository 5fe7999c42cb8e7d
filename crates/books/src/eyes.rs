//! What a party sees of the books, and so may name. Levels are secret by default: a party sees its own stock and what is set aside
//! for it, never another's; who keeps a site sees what lies there; what is registered is no secret.
//!
//! A code that names what its sender does not see names nothing: no refusal tells it from one that was never given. So codes of
//! what is one party's live under whoever gave them, and two parties may give the same.

mod levels;
mod names;

use std::borrow::Cow;

use crate::account::{Account, AccountKey, Encumbrance};
use crate::act_rules::Seen;
use crate::acts::Act;
use crate::books::Books;
use crate::event::{Event, Outcome};
use crate::mandate::Mandate;
use crate::number::{
    ActivationNo, CallNo, CommitmentNo, Day, DebtNo, LotNo, MandateNo, MaterialNo, PartyNo, PlaceNo, ReportNo,
    RequestNo, ReserveNo, RightNo,
};
use crate::party::Role;
use crate::place::Place;
use crate::rejection::{Kind, Rejection};
use crate::reserve::{MemberStatus, Reserve};

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
            Kind::Mandate => Some(self.mandate(MandateNo(row)).owner),
            Kind::Activation => Some(self.reserve(self.activation(ActivationNo(row)).reserve).secretariat),
            Kind::Call => Some(self.reserve(self.call(CallNo(row)).reserve).secretariat),
            Kind::Order => Some(self.order(crate::OrderNo(row)).secretariat),
            Kind::Party
            | Kind::Material
            | Kind::Site
            | Kind::Reserve
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

    /// May the party write an owner's stock: as the owner, as custodian of the place, or because it runs the reserve whose pool
    /// the owner is? A mandate that an owner gave is asked for where the act is known: [`Who::may_write`].
    ///
    /// [`Who::may_write`]: crate::draft::steps::At::may_write
    #[must_use]
    pub fn may_write(&self, owner: PartyNo, place: Option<PlaceNo>) -> bool {
        let is_custodian =
            |place: PlaceNo| self.books.place(place).site().is_some_and(|site| site.custodian == self.party);
        self.party == owner
            || place.is_some_and(is_custodian)
            || self.books.pool_of(owner).is_some_and(|reserve| self.runs(reserve))
    }

    /// May the party act for an owner, on some of its stock at a place or on its rights: as above, or because the owner gave it a
    /// mandate for such stock? Which acts, how much and when is held against the mandate where the act is decided.
    #[must_use]
    pub fn may_touch(&self, owner: PartyNo, place: Option<PlaceNo>, material: Option<MaterialNo>) -> bool {
        let site = place.filter(|place| self.books.place(*place).site().is_some());
        let is_of = |mandate: &Mandate| material.is_none_or(|material| mandate.is_of(material, site));
        self.may_write(owner, place) || self.books.mandates_of(owner, self.party).any(|(_, mandate)| is_of(mandate))
    }

    /// May the party record what is known of another: its reports, figures, duties and authorities? A secretariat that runs a
    /// reserve which the other has joined and not left, and the ledger itself. A party in no reserve is overseen by nobody.
    #[must_use]
    pub fn oversees(&self, other: PartyNo) -> bool {
        let (day, head) = (self.books.recorded_at.utc_day(), self.books.head());
        let is_of = |reserve: &Reserve| {
            let status = reserve.status_at(other, day, head).or_else(|| reserve.status_at(other, Day(i32::MAX), head));
            matches!(status, Some(MemberStatus::Joined | MemberStatus::Suspended))
        };
        self.may_write(other, None) || self.party == PartyNo(0) || self.runs_any(is_of)
    }

    /// Did the party oversee another once, or does it now? What was reported then it sees for ever, and what differed it explains.
    #[must_use]
    pub fn oversaw(&self, other: PartyNo) -> bool {
        self.may_write(other, None)
            || self.party == PartyNo(0)
            || self.runs_any(|reserve| reserve.ever_members().contains(&other))
    }

    fn runs_any(&self, is_meant: impl Fn(&Reserve) -> bool) -> bool {
        self.books.reserves().iter().any(|reserve| reserve.secretariat == self.party && is_meant(reserve))
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

    /// All that moves of an owner's stock, wherever it lies? The owner sees it, and of a pool who runs the reserve: whoever
    /// oversees a party does not.
    #[must_use]
    pub fn sees_books_of(&self, owner: PartyNo) -> bool {
        owner == self.party || self.books.pool_of(owner).is_some_and(|reserve| self.runs(reserve))
    }

    /// All that lies of an owner's stock? Whoever sees what moves of it, and of a pool all who take part in the reserve: a
    /// member has to name the lot that it withdraws.
    #[must_use]
    pub fn sees_stock_of(&self, owner: PartyNo) -> bool {
        self.sees_books_of(owner) || self.books.pool_of(owner).is_some_and(|reserve| self.takes_part(reserve))
    }

    /// What moves on an account? Whoever sees all of its owner's, and an operator at its own sites.
    #[must_use]
    pub fn sees_account(&self, account: &Account) -> bool {
        self.sees_books_of(account.key.owner) || self.keeps(self.books.place(account.key.place))
    }

    /// What lies on an account?
    #[must_use]
    pub fn sees_stock(&self, account: &Account) -> bool {
        self.sees_stock_of(account.key.owner) || self.keeps(self.books.place(account.key.place))
    }

    /// What lies on the account of this name, which there may not be yet?
    #[must_use]
    pub(crate) fn sees_stock_at(&self, key: AccountKey) -> bool {
        match self.books.account_no(key) {
            Some(number) => self.sees_stock(self.books.account(number)),
            None => true,
        }
    }

    /// The books that they look at.
    pub(crate) fn books(&self) -> &'b Books {
        self.books
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

    /// What a party reported? Not what the books hold beside it: see [`Eyes::sees_books_of`].
    #[must_use]
    pub fn sees_reports_of(&self, party: PartyNo) -> bool {
        self.oversaw(party)
    }

    /// How do the books compare with what a party itself reported? Whoever runs a reserve that it has joined has that to explain.
    /// It is no way to a report that somebody else wrote in the party's name: the difference would tell what lies there.
    #[must_use]
    pub fn compares(&self, party: PartyNo, reports: impl IntoIterator<Item = ReportNo>) -> bool {
        let joined = |reserve: &Reserve| {
            let status = reserve.status_at(party, Day(i32::MAX), self.books.head());
            reserve.secretariat == self.party && status == Some(MemberStatus::Joined)
        };
        let own = |number: ReportNo| self.books.report(number).told_by == Some(party);
        self.sees_books_of(party) || (self.books.reserves().iter().any(joined) && reports.into_iter().all(own))
    }

    /// Is the party one of those that an event is for by what it says?
    #[must_use]
    pub fn is_named_by(&self, event: &Event) -> bool {
        named(self.books, event).contains(&self.party)
    }

    /// An event: asked by the party, touching what it sees, or said for everybody.
    #[must_use]
    pub fn sees_event(&self, event: &Event) -> bool {
        event.party == self.party
            || is_for_everybody(event)
            || event.entries.iter().any(|entry| self.sees_entry(entry))
            || event.claims.iter().any(|claim| self.sees_encumbrance(self.books.encumbrance(claim.encumbrance)))
            || event.tallied.iter().flat_map(|tallied| &tallied.changes).any(|change| self.sees_tally(change))
            || self.is_named_by(event)
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

/// Whose right an event touches and whom else it names, where both sides see it.
fn named(books: &Books, event: &Event) -> Vec<PartyNo> {
    let Outcome::Done(act) = &event.outcome else { return Vec::new() };
    if act.facts().seen != Seen::Named {
        return Vec::new();
    }
    let mut named = act.whose(books);
    if let Act::GiveMandate(act) = act {
        named.push(act.to);
    }
    if let Act::SetMember(act) = act {
        named.push(act.member);
    }
    if let Act::OpenOrder(act) = act {
        named.extend(&act.buyers);
        named.extend(act.reserve.iter().flat_map(|reserve| books.reserve(*reserve).ever_members()));
    }
    if let Act::DeclareDemand(act) = act {
        let order = books.named_by(event.party, Kind::Order, &act.order).ok();
        named.extend(order.map(|order| books.order(crate::OrderNo(order)).secretariat));
    }
    if let Act::AcceptAward(act) = act {
        named.push(books.order(act.order).secretariat);
    }
    named
}

/// The parties whose reports, or whose difference, an event is about, whoever posted it.
fn whose_reports(books: &Books, event: &Event) -> Vec<PartyNo> {
    match &event.outcome {
        Outcome::Done(act) if act.facts().seen == Seen::Reports => act.whose(books),
        Outcome::Done(_) | Outcome::Held(_) | Outcome::Refused(_) | Outcome::Moved(..) => Vec::new(),
    }
}
