//! The state digest, and the proof of a single balance in it.

use books::acts::close::{ClosePeriod, StateDigest};
use books::{AccountNo, Act, Day, Event, Outcome, PartyNo, Seq, Sums};
use chain::{Balance, BalanceProof, Frontier, Levels, encode_base64};
use wire::date::show_day;

use crate::event_filter::decided;
use crate::history::HistoryError;
use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::{party, party_if};
use crate::sight::Sight;
use crate::table::Table;
use crate::view::View;
use crate::wants::{Scan, Wants};
use crate::when::{KnownAt, day};
use crate::why::Why;

records! {
    /// The digest of balances at the end of a day.
    Digest {
        /// Whose balances; where absent, all of them, or one's own for who does not see all.
        owner: Option<String>,
        /// At the end of this day; today by UTC where absent.
        as_of: Option<String>,
        /// As known then; now where absent.
        known_at: Option<KnownAt>,
        /// As of the day of this event that closes a period, and as known there: what it must say.
        close: Option<u64>,
    }

    /// The digest of balances at the end of a day.
    DigestAnswer {
        /// Whose balances.
        owner: Option<String> as Code,
        /// At the end of this day.
        as_of: String as Day,
        /// The last event that is known.
        known_at: u64 as Event,
        /// Count of balances that are not nothing.
        balances: u64,
        /// Root of the tree over them: SHA-256 in base64.
        root: String as Code,
        /// Does the event that closes the period say the same?
        agrees: Option<bool>,
    }

    /// Proves one balance.
    ProveBalance {
        /// Whose it is.
        owner: String,
        /// Where it lies: a site, a dispatch, a loan, or a virtual place.
        place: String,
        /// The lot.
        lot: String,
        /// In the digest that this event closes a period with.
        close: Option<u64>,
        /// In the digest of the owner's balances at the end of this day; today by UTC where absent.
        as_of: Option<String>,
        /// As known then; now where absent.
        known_at: Option<KnownAt>,
        /// In the digest of all balances, not of the owner's alone.
        whole: Option<bool>,
    }

    /// A balance with its proof.
    ProveBalanceAnswer {
        /// At the end of this day.
        as_of: String as Day,
        /// The last event that is known.
        known_at: u64 as Event,
        /// On hand.
        on_hand: String as Quantity,
        /// Encumbered.
        encumbered: String as Quantity,
        /// Blocked.
        blocked: String as Quantity,
        /// Count of balances in the digest.
        balances: u64,
        /// The digest: SHA-256 in base64.
        root: String as Code,
        /// The event that closes the period.
        close: Option<u64> as Event,
        /// The event in which it was approved.
        approval: Option<u64> as Event,
        /// The proof as a file (docs/audit.md), without the receipts of these events.
        proof: String,
    }
}

/// What a digest is over.
struct Of {
    owner: Option<PartyNo>,
    day: Day,
    known_at: Seq,
    /// The event that closes the period with it, and the act.
    close: Option<(Seq, ClosePeriod)>,
}

impl Of {
    fn read(
        view: &dyn View,
        owner: Option<PartyNo>,
        as_of: Option<&String>,
        known_at: Option<&KnownAt>,
        close: Option<u64>,
    ) -> Result<Self, Problem> {
        let books = view.books();
        if let Some(seq) = close {
            if as_of.is_some() || known_at.is_some() {
                return Err(Problem::bad_field("close", Why::CloseSaysBoth));
            }
            let (seq, close) = closing(view, seq)?;
            if owner.is_some_and(|owner| owner != close.owner) {
                let party = books.party_code(close.owner).to_owned();
                return Err(Problem::bad_field("owner", Why::ClosesOthers { event: seq, party }));
            }
            let (owner, day, known_at) = (Some(close.owner), close.through, Seq(seq.0 - 1));
            return Ok(Self { owner, day, known_at, close: Some((seq, close)) });
        }
        let day = as_of.map(|text| day("as_of", text)).transpose()?.unwrap_or_else(|| view.now().utc_day());
        let known_at = KnownAt::optional(known_at, view)?.unwrap_or(books.head());
        Ok(Self { owner, day, known_at, close: None })
    }

    fn at<'v>(&self, view: &'v dyn View) -> impl Fn(AccountNo) -> Result<Sums, HistoryError> + use<'v> {
        let Self { day, known_at, .. } = *self;
        let books = view.books();
        move |account| {
            let at_hand = || books.account(account).days.at(day);
            let now = (known_at == books.head()).then(at_hand).flatten();
            now.map_or_else(|| view.at(account, day, known_at), Ok)
        }
    }
}

impl Of {
    /// Goes over the balances in steps, all as known at one event.
    fn folded<L: Default + Send + Sync + 'static>(
        self,
        mut each: impl FnMut(&mut Then<L>, AccountNo, Balance) + Send + 'static,
    ) -> Wants {
        Wants::every_account(move |then: &mut Then<L>, view, number| {
            then.known_at = self.known_at;
            let books = view.books();
            if self.owner.is_none_or(|owner| owner == books.account(number).key.owner)
                && let Some(balance) = wire::digest::balance(books, number, self.day, self.at(view)(number)?)
            {
                each(then, number, balance);
            }
            Ok(())
        })
    }
}

/// Leaves of a digest, as known then.
#[derive(Default)]
struct Then<L> {
    known_at: Seq,
    leaves: L,
}

/// The close that an event asks for, or lets through.
fn closing(view: &dyn View, seq: u64) -> Result<(Seq, ClosePeriod), Problem> {
    let none = || Problem::bad_field("close", Why::ClosesNothing { event: seq });
    let event = view.event(Seq(seq))?.ok_or_else(none)?;
    match &event.outcome {
        Outcome::Done(Act::ClosePeriod(act)) | Outcome::Held(Act::ClosePeriod(act)) if act.digest.is_some() => {
            Ok((Seq(seq), act.clone()))
        }
        Outcome::Done(Act::Approve(approve)) if approve.held.0 < seq => closing(view, approve.held.0),
        Outcome::Done(_) | Outcome::Held(_) | Outcome::Refused(_) | Outcome::Moved(..) => Err(none()),
    }
}

fn may_see(view: &dyn View, owner: Option<PartyNo>) -> Result<(), Problem> {
    let sight = Sight::of(view);
    match owner {
        None if sight.is_full() => Ok(()),
        Some(owner) if sight.sees_party(owner) => Ok(()),
        _ => Err(Problem::forbidden(Why::NotYourDigest)),
    }
}

impl Question for Digest {
    const NAME: &'static str = "digest";
    const ABOUT: &'static str = "The digest of balances at the end of a day: what a signed close of a period names.";
    type Answer = DigestAnswer;

    fn table(answer: &DigestAnswer) -> Table<'_> {
        Table::row(answer)
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        if self.close.is_some() {
            return Ok(wanted(self.close, false));
        }
        let of = self.of(view)?;
        may_see(view, of.owner)?;
        Ok(of.folded(|tree: &mut Then<Frontier>, _, leaf| tree.leaves.append(leaf.leaf())))
    }

    fn answer(&self, view: &dyn View) -> Result<DigestAnswer, Problem> {
        let books = view.books();
        let mut of = self.of(view)?;
        may_see(view, of.owner)?;
        let digest = match view.gathered().folded::<Then<Frontier>>() {
            Some(then) => {
                of.known_at = then.known_at;
                StateDigest { balances: then.leaves.size(), root: then.leaves.root() }
            }
            None => wire::digest::digest(books, of.owner, of.day, of.at(view))?,
        };
        Ok(DigestAnswer {
            owner: of.owner.map(|owner| books.party_code(owner).to_owned()),
            as_of: show_day(of.day),
            known_at: of.known_at.0,
            balances: digest.balances,
            root: encode_base64(digest.root),
            agrees: of.close.map(|(_, close)| close.digest == Some(digest)),
        })
    }
}

impl Digest {
    fn of(&self, view: &dyn View) -> Result<Of, Problem> {
        let sight = Sight::of(view);
        let own = sight.party().filter(|_| self.close.is_none() && !sight.is_full());
        let owner = party_if(view.books(), "owner", self.owner.as_ref())?.or(own);
        Of::read(view, owner, self.as_of.as_ref(), self.known_at.as_ref(), self.close)
    }
}

impl Question for ProveBalance {
    const NAME: &'static str = "prove_balance";
    const ABOUT: &'static str = "Proof of a single balance in a digest, which tells nothing about the others.";
    type Answer = ProveBalanceAnswer;

    fn table(answer: &ProveBalanceAnswer) -> Table<'_> {
        Table::row(answer)
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        if self.close.is_some() {
            return Ok(wanted(self.close, true));
        }
        let (of, wanted) = self.of(view)?;
        Ok(of.folded(move |then: &mut Then<Wanted>, number, balance| {
            let Wanted { leaves, found } = &mut then.leaves;
            let leaf = balance.leaf();
            if number == wanted {
                *found = Some((leaves.size(), balance));
            }
            leaves.append(leaf);
        }))
    }

    fn answer(&self, view: &dyn View) -> Result<ProveBalanceAnswer, Problem> {
        let books = view.books();
        let (mut of, account) = self.of(view)?;
        let day = of.day;
        let nothing = || {
            let (party, lot, place) = (self.owner.clone(), self.lot.clone(), self.place.clone());
            Problem::absent(Why::HoldsNothing { party, lot, place, day })
        };
        let proof = match view.gathered().folded::<Then<Wanted>>() {
            Some(Then { known_at, leaves: Wanted { leaves, found } }) => {
                of.known_at = *known_at;
                let found = found.as_ref();
                found.and_then(|(index, balance)| BalanceProof::of(leaves, *index, balance.clone()).ok())
            }
            None => wire::digest::prove(books, of.owner, of.day, account, of.at(view))?,
        };
        let proof = proof.ok_or_else(nothing)?;
        if let Some((seq, close)) = &of.close
            && close.digest.map(|digest| digest.root) != Some(proof.root)
        {
            return Err(Problem::cannot_answer(Why::DigestDiffers { event: *seq }));
        }
        let material = books.lot(books.account(account).key.lot).facts.material;
        let (close, approval) = match &of.close {
            None => (None, None),
            Some((seq, _)) => (Some(seq.0), approval_of(view, *seq)?),
        };
        Ok(ProveBalanceAnswer {
            as_of: show_day(of.day),
            known_at: of.known_at.0,
            on_hand: books.show(material, proof.balance.on_hand),
            encumbered: books.show(material, proof.balance.encumbered),
            blocked: books.show(material, proof.balance.blocked),
            balances: proof.balances,
            root: encode_base64(proof.root),
            close,
            approval,
            proof: proof.to_string(),
        })
    }
}

impl ProveBalance {
    /// What the digest is over, and the account that is wanted of it.
    fn of(&self, view: &dyn View) -> Result<(Of, AccountNo), Problem> {
        let books = view.books();
        let owner = party(books, "owner", &self.owner)?;
        let scope = (self.whole != Some(true)).then_some(owner);
        let of = Of::read(view, scope, self.as_of.as_ref(), self.known_at.as_ref(), self.close)?;
        may_see(view, of.owner)?;
        Ok((of, account(view, owner, &self.place, &self.lot)?))
    }
}

/// All leaves, and the balance that is wanted of them with its place.
#[derive(Default)]
struct Wanted {
    leaves: Levels,
    found: Option<(u64, Balance)>,
}

/// The account of an owner at a place.
fn account(view: &dyn View, owner: PartyNo, place: &str, lot: &str) -> Result<AccountNo, Problem> {
    let books = view.books();
    let number = Sight::of(view).lot(lot)?;
    let is_it = |account: &&AccountNo| {
        let key = books.account(**account).key;
        key.owner == owner && books.place_code(key.place) == place
    };
    books.accounts_of(number).iter().find(is_it).copied().ok_or_else(|| {
        let (party, lot, place) = (books.party_code(owner).to_owned(), lot.to_owned(), place.to_owned());
        Problem::bad_field("place", Why::NeverThere { party, lot, place })
    })
}

/// The event in which a held command was approved; none where it waits, or was not held.
fn approval_of(view: &dyn View, held: Seq) -> Result<Option<u64>, Problem> {
    if view.books().held(held).is_none_or(|row| !row.is_settled) {
        return Ok(None);
    }
    let lets_through = |event: &Event| matches!(&event.outcome, Outcome::Done(Act::Approve(act)) if act.held == held);
    let mut taken = view.gathered().taken();
    Ok(taken.find(|(_, event)| lets_through(event)).map(|(seq, _)| seq.0))
}

/// What a question about a close wants of the log: its event, what that lets through, and what lets it through.
fn wanted(close: Option<u64>, approval: bool) -> Wants {
    let Some(seq) = close.map(Seq) else { return Wants::nothing() };
    let is_close = move |_: &dyn View, at: Seq, _: &Event| at == seq;
    let close = Scan::keep(is_close).from(seq).through(seq).beside(decided);
    if !approval {
        return close.into();
    }
    let is_approval = |_: &dyn View, _: Seq, event: &Event| matches!(event.outcome, Outcome::Done(Act::Approve(_)));
    Wants::from(close).and(Scan::keep(is_approval).from(seq).acts(["approve"]).into())
}
