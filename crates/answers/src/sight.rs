//! Who sees what. Levels are secret by default: a party sees its own stock and what is set aside for it, never another's;
//! who keeps a site sees what lies there; an auditor and the operator see everything.
//!
//! What everybody needs in order to write a command (parties, materials, sites) is no secret.

use books::party::Role;
use books::place::Place;
use books::{
    Account, AccountNo, Act, ActEntry, Books, Encumbrance, Event, LotNo, Mark, Outcome, PartyNo, PlaceNo, ReserveNo,
    Seen, Seq, TallyNo,
};
use wire::view::EventView;

use crate::history::HistoryError;
use crate::view::{View, Viewer};
use crate::wants::among;

/// What one asker sees.
#[derive(Clone, Copy)]
pub struct Sight<'v> {
    books: &'v Books,
    reach: Reach,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    All,
    Own(PartyNo, Role),
    /// A party that is not registered (yet).
    Nothing,
}

impl<'v> Sight<'v> {
    /// What the asker of a view sees.
    #[must_use]
    pub fn of(view: &'v dyn View) -> Self {
        let books = view.books();
        let reach = match view.viewer() {
            Viewer::Operator => Reach::All,
            Viewer::Party(code) => match books.party_no(&code) {
                None => Reach::Nothing,
                Some(party) => match books.party(party).role {
                    Role::Auditor => Reach::All,
                    role @ (Role::Agency | Role::Secretariat | Role::Operator | Role::Supplier) => {
                        Reach::Own(party, role)
                    }
                },
            },
        };
        Self { books, reach }
    }

    /// The books that are looked at.
    pub(crate) fn books(&self) -> &'v Books {
        self.books
    }

    /// Everything, without exception?
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.reach == Reach::All
    }

    /// The party that asks; none where everything is seen, or the party is not registered.
    #[must_use]
    pub fn party(&self) -> Option<PartyNo> {
        match self.reach {
            Reach::Own(party, _) => Some(party),
            Reach::All | Reach::Nothing => None,
        }
    }

    /// May it be told sums over several parties, though not what each of them holds?
    #[must_use]
    pub fn sees_totals(&self) -> bool {
        matches!(self.reach, Reach::Own(_, Role::Secretariat))
    }

    /// What a party holds, and what it asked?
    #[must_use]
    pub fn sees_party(&self, party: PartyNo) -> bool {
        match self.reach {
            Reach::All => true,
            Reach::Own(own, _) => own == party,
            Reach::Nothing => false,
        }
    }

    /// What moves on an account? Its owner sees it, an operator at its own sites, and of a pool who runs the reserve.
    #[must_use]
    pub fn sees_account(&self, account: &Account) -> bool {
        self.sees_party(account.key.owner)
            || self.keeps(self.books.place(account.key.place))
            || self.pool_of(account).is_some_and(|reserve| self.runs(self.books, reserve))
    }

    /// What lies on an account? Whoever sees what moves there, and of a pool all who take part in the reserve: a member has
    /// to name the lot that it withdraws.
    #[must_use]
    pub fn sees_stock(&self, account: &Account) -> bool {
        self.sees_account(account) || self.pool_of(account).is_some_and(|reserve| self.takes_part(self.books, reserve))
    }

    fn pool_of(&self, account: &Account) -> Option<ReserveNo> {
        match self.reach {
            Reach::All | Reach::Nothing => None,
            Reach::Own(..) => self.books.pool_of(account.key.owner),
        }
    }

    /// An operator sees what lies at its own sites, and what is on its way from or to them.
    pub(crate) fn keeps(&self, place: &Place) -> bool {
        match (self.reach, place) {
            (Reach::Own(own, Role::Operator), Place::Site(site)) => site.custodian == own,
            (Reach::Own(own, Role::Operator), Place::Transit(transit)) => {
                let is_own = |end: &PlaceNo| self.books.place(*end).site().is_some_and(|site| site.custodian == own);
                [transit.source, transit.target].iter().any(is_own)
            }
            _ => false,
        }
    }

    /// A claim? The owner of what is set aside sees it, and whom it is set aside for.
    #[must_use]
    pub fn sees_encumbrance(&self, claim: &Encumbrance) -> bool {
        self.sees_account(self.books.account(claim.account))
            || claim.beneficiary.is_some_and(|party| self.sees_party(party))
    }

    /// A lot, by what lies of it or lay of it somewhere that is seen?
    #[must_use]
    pub fn sees_lot(&self, lot: LotNo) -> bool {
        self.is_full()
            || self.books.accounts_of(lot).iter().any(|account| self.sees_stock(self.books.account(*account)))
    }

    /// An event: asked by the party, touching what it sees, or said for everybody.
    #[must_use]
    pub fn sees_event(&self, event: &Event) -> bool {
        self.is_full()
            || self.sees_party(event.party)
            || is_for_everybody(event)
            || event.entries.iter().any(|entry| self.sees_entry(entry))
            || event.claims.iter().any(|claim| self.sees_claim(claim))
            || event.tallied.iter().flat_map(|tallied| &tallied.changes).any(|change| self.sees_tally(change))
            || whose_reports(self.books, event).into_iter().any(|party| self.sees_reports_of(party))
    }

    /// A tally is seen by whose it is.
    fn sees_tally(&self, change: &books::TallyChange) -> bool {
        self.sees_party(self.books.tally(change.tally).key.party)
    }

    fn sees_entry(&self, entry: &books::Entry) -> bool {
        let account = |account: books::AccountNo| self.sees_account(self.books.account(account));
        account(entry.source) || account(entry.target)
    }

    fn sees_claim(&self, claim: &books::Claim) -> bool {
        self.sees_encumbrance(self.books.encumbrance(claim.encumbrance))
    }

    /// An event as the asker may read it: none where it sees nothing of it; without the lines of others, and without the
    /// words of their commands.
    #[must_use]
    pub fn show(&self, seq: Seq, event: &Event) -> Option<EventView> {
        if !self.sees_event(event) {
            return None;
        }
        let is_whole = self.is_full()
            || self.sees_party(event.party)
            || is_for_everybody(event)
            || (event.entries.iter().all(|entry| self.sees_entry(entry))
                && event.claims.iter().all(|claim| self.sees_claim(claim))
                && event.tallied.iter().flat_map(|tallied| &tallied.changes).all(|change| self.sees_tally(change)));
        if is_whole {
            return Some(wire::view::show(seq, event, self.books));
        }
        let mut shown = wire::view::show(seq, event, self.books);
        let mut entries = event.entries.iter();
        shown.entries.retain(|_| entries.next().is_some_and(|entry| self.sees_entry(entry)));
        let mut claims = event.claims.iter();
        shown.claims.retain(|_| claims.next().is_some_and(|claim| self.sees_claim(claim)));
        shown.command.retain(|field, _| ["id", "party", "effective", "act"].contains(&field.as_str()));
        Some(shown)
    }
}

/// Where the events lie that an asker may see, where an index says it: all that it sees are among them. None where it may see
/// everything, or where there are so many that they are found by reading the log.
pub(crate) fn seen_among(view: &dyn View) -> Result<Option<Vec<Seq>>, HistoryError> {
    let (sight, books) = (Sight::of(view), view.books());
    let own = match sight.reach {
        Reach::All => return Ok(None),
        Reach::Own(party, _) => Some(party),
        Reach::Nothing => None,
    };
    // The others show themselves by who posted them and by what they touch.
    let is_told = |entry: &&ActEntry| matches!(entry.facts.seen, Seen::Everybody | Seen::Reports);
    let mut marks: Vec<Mark> = Act::TABLE.iter().filter(is_told).map(|entry| Mark::Act(entry.number)).collect();
    marks.extend(own.map(Mark::By));
    let tallies = (0u32..).map(TallyNo).zip(books.tallies());
    marks.extend(tallies.filter(|(_, tally)| Some(tally.key.party) == own).map(|(number, _)| Mark::Tally(number)));
    let seen = (0u32..).map(AccountNo).zip(books.accounts()).filter(|(_, account)| sight.sees_account(account));
    let claimed = books.encumbrances().iter().filter(|claim| own.is_some() && claim.beneficiary == own);
    let accounts = seen.map(|(number, _)| number).chain(claimed.map(|claim| claim.account)).collect();
    among(view, &marks, accounts)
}

/// Does the act say that everybody sees it?
fn is_for_everybody(event: &Event) -> bool {
    matches!(&event.outcome, Outcome::Done(act) if act.facts().seen == Seen::Everybody)
}

/// The parties whose reports, or whose difference, an event is about, whoever posted it.
fn whose_reports(books: &Books, event: &Event) -> Vec<PartyNo> {
    match &event.outcome {
        Outcome::Done(act) if act.facts().seen == Seen::Reports => act.whose(books),
        Outcome::Done(_) | Outcome::Held(_) | Outcome::Refused(_) | Outcome::Moved(..) => Vec::new(),
    }
}
