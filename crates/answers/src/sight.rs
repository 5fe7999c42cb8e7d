//! Who sees what. Levels are secret by default: a party sees its own stock and what is set aside for it, never another's;
//! who keeps a site sees what lies there; an auditor and the operator see everything.
//!
//! What everybody needs in order to write a command (parties, materials, sites) is no secret.

use std::borrow::Cow;

use books::eyes::{Eyes, UNDER};
use books::party::Role;
use books::place::Place;
use books::procurement::Order;
use books::{Account, AccountNo, Act, Books, Encumbrance, Event, LotNo, Mark, Outcome, PartyNo, PlaceNo, Seq};
use wire::view::EventView;

use crate::figure::{Breadth, Hides};
use crate::position::Filter;
use crate::problem::Problem;
use crate::view::{View, Viewer};
use crate::wants::Whereabouts;
use crate::why::Why;

/// What one asker sees.
#[derive(Clone, Copy)]
pub struct Sight<'v> {
    books: &'v Books,
    reach: Reach<'v>,
}

#[derive(Clone, Copy)]
enum Reach<'v> {
    All,
    Own(Eyes<'v>),
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
            Viewer::Party(code) => match books.party_no(&code).map(|party| books.eyes(party)) {
                None => Reach::Nothing,
                Some(eyes) if eyes.role() == Role::Auditor => Reach::All,
                Some(eyes) => Reach::Own(eyes),
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
        matches!(self.reach, Reach::All)
    }

    /// The party that asks; none where everything is seen, or the party is not registered.
    #[must_use]
    pub fn party(&self) -> Option<PartyNo> {
        match self.reach {
            Reach::Own(eyes) => Some(eyes.party()),
            Reach::All | Reach::Nothing => None,
        }
    }

    /// Is something seen: all of it, what the party's eyes see, or nothing?
    fn sees(&self, own: impl FnOnce(Eyes<'v>) -> bool) -> bool {
        match self.reach {
            Reach::All => true,
            Reach::Own(eyes) => own(eyes),
            Reach::Nothing => false,
        }
    }

    /// May it be told sums over several parties, though not what each of them holds?
    #[must_use]
    pub fn sees_totals(&self) -> bool {
        !self.is_full() && self.sees(|eyes| eyes.role() == Role::Secretariat)
    }

    /// What a party holds, and what it asked?
    #[must_use]
    pub fn sees_party(&self, party: PartyNo) -> bool {
        self.sees(|eyes| eyes.party() == party)
    }

    /// What a party reported? See [`Eyes::sees_reports_of`].
    pub(crate) fn sees_reports_of(&self, party: PartyNo) -> bool {
        self.sees(|eyes| eyes.sees_reports_of(party))
    }

    /// How do the books compare with what a party reported? See [`Eyes::compares`].
    pub(crate) fn compares(&self, party: PartyNo, reports: &[books::ReportNo]) -> bool {
        self.sees(|eyes| eyes.compares(party, reports.iter().copied()))
    }

    /// How much of the stock that is meant is seen, whatever there is of it: what one owner has, what lies at one site, a lot of
    /// which it sees all; or else sums of whole materials, or a part.
    pub(crate) fn breadth(&self, filter: &Filter) -> Breadth {
        let owner = filter.party.as_ref().and_then(|code| self.books.party_no(code));
        let site = filter.site.as_ref().and_then(|code| self.books.place_no(books::Kind::Site, code));
        let is_all_of_lots = |code: &String| {
            let lots = self.lots(code);
            let mut accounts = lots.iter().flat_map(|lot| self.books.accounts_of(*lot));
            !lots.is_empty() && accounts.all(|account| self.sees_stock(self.books.account(*account)))
        };
        let is_whole = self.is_full()
            || owner.is_some_and(|owner| self.sees(|eyes| eyes.sees_stock_of(owner)))
            || site.is_some_and(|site| self.keeps(self.books.place(site)))
            || filter.lot.as_ref().is_some_and(is_all_of_lots);
        match () {
            () if is_whole => Breadth::Whole,
            () if self.sees_totals() && filter.is_total() => Breadth::Totals,
            () => Breadth::Part,
        }
    }

    /// All that lies of an owner's stock, or of it at one site? See [`Eyes::sees_stock_of`].
    pub(crate) fn sees_stock_at(&self, owner: PartyNo, site: Option<PlaceNo>) -> bool {
        self.sees(|eyes| eyes.sees_stock_of(owner) || site.is_some_and(|site| eyes.keeps(self.books.place(site))))
    }

    /// A joint order? Its buyers see it, and who buys for them.
    pub(crate) fn sees_order(&self, order: &Order) -> bool {
        order.buyers.iter().chain([&order.secretariat]).any(|party| self.sees_party(*party))
    }

    /// What moves on an account? See [`Eyes::sees_account`].
    #[must_use]
    pub fn sees_account(&self, account: &Account) -> bool {
        self.sees(|eyes| eyes.sees_account(account))
    }

    /// What lies on an account? See [`Eyes::sees_stock`].
    #[must_use]
    pub fn sees_stock(&self, account: &Account) -> bool {
        self.sees(|eyes| eyes.sees_stock(account))
    }

    /// How much of what lies on an account that it does not see, so much in all, hides from the asker what others hold.
    pub(crate) fn hides(&self, account: &Account, on_hand: i64) -> Hides {
        Hides::but(on_hand, self.party().map_or(0, |party| account.placed_by(party)))
    }

    /// An operator sees what lies at its own sites, and what is on its way from or to them.
    pub(crate) fn keeps(&self, place: &Place) -> bool {
        !self.is_full() && self.sees(|eyes| eyes.keeps(place))
    }

    /// A claim? The owner of what is set aside sees it, and whom it is set aside for.
    #[must_use]
    pub fn sees_encumbrance(&self, claim: &Encumbrance) -> bool {
        self.sees(|eyes| eyes.sees_encumbrance(claim))
    }

    /// A lot, by what lies of it or lay of it somewhere that is seen?
    #[must_use]
    pub fn sees_lot(&self, lot: LotNo) -> bool {
        self.sees(|eyes| eyes.sees_lot(lot))
    }

    /// A place: a site is registered for all; what is on its way or lent is seen by whoever sees some of it.
    pub(crate) fn sees_place(&self, place: PlaceNo) -> bool {
        match self.books.place(place) {
            Place::Site(_) => true,
            Place::Transit(_) | Place::Loan(_) => self.sees(|eyes| eyes.sees_away(place)),
            Place::Outside
            | Place::Processing
            | Place::Loss
            | Place::CountDifference
            | Place::Rounding
            | Place::ShipperReceiver => true,
        }
    }

    /// The lots that a code means to the asker; none where it sees none of them. Several parties may give the same code.
    pub(crate) fn lots(&self, code: &str) -> Vec<LotNo> {
        let seen = |code: &str| -> Vec<LotNo> {
            let standing = self.books.rows_of(books::Kind::Lot, code);
            let void = self.books.lot_no(code).filter(|_| standing.is_empty());
            let lots = standing.iter().copied().map(LotNo).chain(void);
            lots.filter(|lot| self.sees_lot(*lot)).collect()
        };
        let plain = seen(code);
        match code.split_once(UNDER).filter(|_| plain.is_empty()) {
            None => plain,
            Some((under, code)) => {
                let under = self.books.party_no(under);
                let lives_there = |lot: &LotNo| under.is_some() && self.books.under(books::Kind::Lot, lot.0) == under;
                seen(code).into_iter().filter(lives_there).collect()
            }
        }
    }

    /// The one lot that a code means to the asker.
    ///
    /// # Errors
    /// `unknown_lot`; `ambiguous_code`.
    pub(crate) fn lot(&self, code: &str) -> Result<LotNo, Problem> {
        let own = |lot: &LotNo| self.party().is_some() && self.books.under(books::Kind::Lot, lot.0) == self.party();
        let lots = self.lots(code);
        match (&lots[..], lots.iter().find(|lot| own(lot))) {
            ([], _) => Err(Problem::unknown("lot", code)),
            ([lot], _) | (_, Some(lot)) => Ok(*lot),
            (several, None) => {
                let names: Vec<_> = several.iter().map(|lot| self.books.full_lot_label(*lot).into_owned()).collect();
                Err(Problem::wrong_use(Why::SeveralLots { code: code.to_owned(), names: names.join(", ") }))
            }
        }
    }

    /// What the asker calls a lot: its code, with whom it lives under where the asker sees another of this code.
    pub(crate) fn lot_label(&self, lot: LotNo) -> Cow<'v, str> {
        let code = self.books.lot(lot).facts.code.as_str();
        match self.books.rows_of(books::Kind::Lot, code).len() > 1 && self.lot(code).ok() != Some(lot) {
            true => self.books.full_lot_label(lot),
            false => Cow::Borrowed(code),
        }
    }

    /// An event: asked by the party, touching what it sees, or said for everybody.
    #[must_use]
    pub fn sees_event(&self, event: &Event) -> bool {
        self.sees(|eyes| eyes.sees_event(event))
    }

    /// Where the events lie that the asker may see: all that it sees are among them. None where it may see everything.
    pub(crate) fn whereabouts(&self) -> Option<Whereabouts> {
        match self.reach {
            Reach::All => None,
            Reach::Own(eyes) => Some(eyes.marks().into()),
            Reach::Nothing => Some(Mark::told().into()),
        }
    }

    /// A tally is seen by whose it is.
    fn sees_tally(&self, change: &books::TallyChange) -> bool {
        self.sees(|eyes| eyes.sees_tally(change))
    }

    fn sees_entry(&self, entry: &books::Entry) -> bool {
        self.sees(|eyes| eyes.sees_entry(entry))
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
        let mut shown = wire::view::show(seq, event, self.books);
        let lot_of = |account: AccountNo| self.books.account(account).key.lot;
        for (shown, entry) in shown.entries.iter_mut().zip(&event.entries) {
            shown.lot = self.lot_label(lot_of(entry.source)).into_owned();
        }
        for (shown, claim) in shown.claims.iter_mut().zip(&event.claims) {
            shown.lot = self.lot_label(lot_of(claim.account)).into_owned();
        }
        let is_whole = self.is_full()
            || self.sees_party(event.party)
            || books::eyes::is_for_everybody(event)
            || self.sees(|eyes| eyes.is_named_by(event))
            || (event.entries.iter().all(|entry| self.sees_entry(entry))
                && event.claims.iter().all(|claim| self.sees_claim(claim))
                && event.tallied.iter().flat_map(|tallied| &tallied.changes).all(|change| self.sees_tally(change)));
        if is_whole {
            return Some(shown);
        }
        let mut entries = event.entries.iter();
        shown.entries.retain(|_| entries.next().is_some_and(|entry| self.sees_entry(entry)));
        let mut claims = event.claims.iter();
        shown.claims.retain(|_| claims.next().is_some_and(|claim| self.sees_claim(claim)));
        shown.known_by = None;
        // Who is called learns which call it is, and its own part of it.
        let call = match &event.outcome {
            Outcome::Done(Act::CallMembers(call)) => Some(call),
            Outcome::Done(_) | Outcome::Held(_) | Outcome::Refused(_) | Outcome::Moved(..) => None,
        };
        let told: &[&str] = if call.is_some() { OF_A_CALL } else { &["id", "party", "effective", "act"] };
        shown.command.retain(|field, _| told.contains(&field.as_str()));
        if let Some(call) = call {
            let changes = event.tallied.iter().flat_map(|tallied| &tallied.changes);
            let own = changes.filter(|change| self.sees_tally(change)).map(|change| {
                let member = self.books.party_code(self.books.tally(change.tally).key.party);
                let units = measure::Quantity::new(change.delta).unwrap_or_default();
                let quantity = wire::value::write_quantity(self.books.material(call.material), units);
                serde_json::json!({"member": member, "quantity": quantity})
            });
            shown.command.insert("parts".into(), own.collect());
        }
        Some(shown)
    }
}

/// What who is called is told of a call, beside its part.
const OF_A_CALL: &[&str] = &[
    "id",
    "party",
    "effective",
    "act",
    "call",
    "reserve",
    "activation",
    "material",
    "due",
    "replenish_by",
    "rounding",
    "lead_days",
];
