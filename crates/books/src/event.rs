//! What is asked and what then stands in the log.
//!
//! One command gives one event, accepted or refused: the log answers "who tried" as well as "what happened". An event
//! keeps the act as it was asked and, beside it, its consequences as entries, so that a replay needs no rules.

use std::borrow::Cow;

use measure::Quantity;

use crate::account::{AccountKey, EncumbranceKind, Under};
use crate::acts::Act;
use crate::acts::close::StateDigest;
use crate::acts::correct::Replacement;
use crate::acts::transfer::Transfer;
use crate::books::Books;
use crate::days::Days;
use crate::number::{AccountNo, AuthorityNo, CommandId, Day, EncumbranceNo, Moment, Nonce, PartyNo, Seq, TallyNo};
use crate::person::Credential;
use crate::rejection::Facts;
use crate::tally::TallyKey;

/// Something asked of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Identity chosen by the sender, remembered for the whole history.
    pub id: CommandId,
    /// Who asks.
    pub party: PartyNo,
    /// The person who asks, where dual control needs to know.
    pub maker: Option<String>,
    /// The party's own day on which it takes effect.
    pub effective: Day,
    /// The time of that day, where it is known: what happened at it stands before what happened later on the day.
    pub time: Option<TimeOfDay>,
    /// What is asked.
    pub act: Act,
    /// By what it is known who asks; none where the maker is only claimed.
    pub by: Option<Credential>,
}

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Event {
    /// Random bytes that keep the hash of the event from telling its content.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub nonce: Nonce,
    /// When the ledger learned it.
    #[n(1)]
    pub recorded_at: Moment,
    /// The command's id.
    #[n(2)]
    pub id: CommandId,
    /// Who asked.
    #[n(3)]
    pub party: PartyNo,
    /// Day on which it takes effect.
    #[n(4)]
    pub effective: Day,
    /// Every change of what lies where.
    #[n(5)]
    pub entries: Vec<Entry>,
    /// Every change of what is set aside.
    #[n(6)]
    pub claims: Vec<Claim>,
    /// Accounts that appear here for the first time; they get the next numbers, in this order.
    #[n(7)]
    pub opened: Vec<AccountKey>,
    /// What became of the command.
    #[n(8)]
    pub outcome: Outcome,
    /// Every use of an authority.
    #[n(9)]
    pub uses: Option<Vec<Use>>,
    /// The person who asked.
    #[n(10)]
    pub maker: Option<String>,
    /// Every change of what is owed, promised or open.
    #[n(11)]
    pub tallied: Option<Box<Tallied>>,
    /// Of a count: for each line the first event whose entries of that day came after it, where that is not this one.
    #[n(12)]
    pub cuts: Option<Vec<Seq>>,
    /// Where a correction says what stands in the place of what it reverses: how much of each list is the reversal.
    #[n(13)]
    pub split: Option<Split>,
    /// By what the person was known who asked. Where there is none the maker's name is only claimed.
    #[n(14)]
    pub by: Option<Credential>,
    /// Of what stood or fell together with others: its place among them. Their events follow each other.
    #[n(15)]
    pub together: Option<Together>,
    /// The time of its day, where it was stated.
    #[n(16)]
    pub time: Option<TimeOfDay>,
}

/// A time of a party's own day, in minutes after its midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
pub struct TimeOfDay(#[n(0)] pub u16);

impl TimeOfDay {
    /// So many minutes after midnight; none where the day has no such time.
    #[must_use]
    pub fn new(minutes: u16) -> Option<Self> {
        (minutes < 24 * 60).then_some(Self(minutes))
    }
}

impl std::fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// A place in a group of commands that stand or fall together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Together {
    /// Its place, from 0.
    #[n(0)]
    pub place: u32,
    /// How many they are.
    #[n(1)]
    pub of: u32,
}

/// Where the second part of an event begins in each of its lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Split {
    /// In [`Event::entries`].
    #[n(0)]
    pub entries: u32,
    /// In [`Event::claims`].
    #[n(1)]
    pub claims: u32,
    /// In the changes of [`Event::tallied`].
    #[n(2)]
    pub changes: u32,
    /// In [`Event::uses`].
    #[n(3)]
    pub uses: u32,
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(flat)]
pub enum Outcome {
    /// Done, as asked.
    #[n(0)]
    Done(#[n(0)] Act),
    /// Waits for a checker who is not its maker.
    #[n(1)]
    Held(#[n(0)] Act),
    /// Not done.
    #[n(2)]
    Refused(#[n(0)] Box<Refused>),
    /// A transfer, done: its one entry says lot, sites, owner and quantity, so that they are not said twice. Most events
    /// of a long log are these.
    #[n(3)]
    Moved(#[n(0)] Under, #[n(1)] Option<String>),
}

impl Outcome {
    /// What a done command leaves in the log.
    pub(crate) fn done(act: Act) -> Self {
        if let Act::Transfer(Transfer { under, reference, .. }) = act {
            return Self::Moved(under, reference);
        }
        Self::Done(act)
    }

    /// Did the command take effect?
    #[must_use]
    pub const fn is_done(&self) -> bool {
        matches!(self, Self::Done(_) | Self::Moved(..))
    }

    /// The word of the act; none of a refusal, which keeps its command as text.
    #[must_use]
    pub const fn word(&self) -> Option<&'static str> {
        match self {
            Self::Done(act) | Self::Held(act) => Some(act.word()),
            Self::Moved(..) => Some("transfer"),
            Self::Refused(_) => None,
        }
    }
}

impl Event {
    /// The act as it was asked; none of a refusal, which keeps its command as text.
    #[must_use]
    pub fn act(&self, books: &Books) -> Option<Cow<'_, Act>> {
        match &self.outcome {
            Outcome::Done(act) | Outcome::Held(act) => Some(Cow::Borrowed(act)),
            Outcome::Refused(_) => None,
            Outcome::Moved(under, reference) => {
                let entry = self.entries.first().expect("decided: a transfer has one entry");
                let key = |account: AccountNo| books.account(account).key;
                let (source, target) = (key(entry.source), key(entry.target));
                Some(Cow::Owned(Act::Transfer(Transfer {
                    lot: source.lot,
                    source: source.place,
                    target: target.place,
                    owner: source.owner,
                    quantity: entry.quantity,
                    under: *under,
                    reference: reference.clone(),
                })))
            }
        }
    }
}

impl Event {
    /// Does it answer a party's command of this id, or anybody's?
    #[must_use]
    pub fn is_of(&self, id: CommandId, by: Option<PartyNo>) -> bool {
        self.id == id && by.is_none_or(|by| by == self.party)
    }

    /// The two parts of a correction that replaces, each as an event of its own: what it reverses, and what stands there
    /// instead. Any other event is its only part. Whoever adds up what acts did adds up parts.
    #[must_use]
    pub fn parts(&self, books: &Books) -> Vec<Cow<'_, Self>> {
        let (Some(split), Some(with)) = (self.split, self.with(books)) else { return vec![Cow::Borrowed(self)] };
        let mut first = self.clone();
        first.split = None;
        first.entries.truncate(split.entries as usize);
        first.claims.truncate(split.claims as usize);
        first.uses.iter_mut().for_each(|uses| uses.truncate(split.uses as usize));
        first.tallied.iter_mut().for_each(|tallied| tallied.changes.truncate(split.changes as usize));
        vec![Cow::Owned(first), Cow::Owned(self.replacement(with, split))]
    }

    /// What a correction says in the place of what it reverses; none where the event is no correction, or only reverses.
    pub(crate) fn with<'e>(&'e self, books: &'e Books) -> Option<&'e Replacement> {
        let act = match &self.outcome {
            Outcome::Done(Act::Approve(act)) => books.held(act.held).map(|held| &held.act),
            Outcome::Done(act) => Some(act),
            Outcome::Held(_) | Outcome::Refused(_) | Outcome::Moved(..) => None,
        };
        match act {
            Some(Act::Correct(correct)) => correct.with.as_deref(),
            _ => None,
        }
    }

    /// The part that stands in the place of what was reversed.
    pub(crate) fn replacement(&self, with: &Replacement, split: Split) -> Self {
        let effective = with.effective.unwrap_or(self.effective);
        let day = |day: Option<Day>| Some(day.unwrap_or(self.effective)).filter(|day| *day != effective);
        let mut second = self.clone();
        second.split = None;
        second.effective = effective;
        // The time of a command is one of its own day.
        second.time = with.time.or(self.time.filter(|_| effective == self.effective));
        second.outcome = Outcome::Done(with.act.clone());
        second.opened.clear();
        second.entries.drain(..split.entries as usize);
        second.entries.iter_mut().for_each(|entry| entry.day = day(entry.day));
        second.claims.drain(..split.claims as usize);
        second.claims.iter_mut().for_each(|claim| claim.day = day(claim.day));
        second.uses.iter_mut().for_each(|uses| drop(uses.drain(..split.uses as usize)));
        if let Some(tallied) = &mut second.tallied {
            tallied.changes.drain(..split.changes as usize);
            tallied.changes.iter_mut().for_each(|change| change.day = day(change.day));
        }
        second.tallied = second.tallied.filter(|tallied| !tallied.changes.is_empty());
        second
    }

    /// The act that took effect: of an approval, the one that it let through; none of what waits or was refused.
    #[must_use]
    pub fn effect<'b>(&'b self, books: &'b Books) -> Option<Cow<'b, Act>> {
        match &self.outcome {
            Outcome::Done(Act::Approve(act)) => books.held(act.held).map(|held| Cow::Borrowed(&held.act)),
            Outcome::Done(_) | Outcome::Moved(..) => self.act(books),
            Outcome::Held(_) | Outcome::Refused(_) => None,
        }
    }

    /// The person who made what took effect: of an approval, the maker and not the checker.
    #[must_use]
    pub fn effect_maker<'b>(&'b self, books: &'b Books) -> Option<&'b str> {
        match &self.outcome {
            Outcome::Done(Act::Approve(act)) => books.held(act.held).map(|held| held.maker.as_str()),
            Outcome::Done(_) | Outcome::Held(_) | Outcome::Refused(_) | Outcome::Moved(..) => self.maker.as_deref(),
        }
    }
}

/// A refusal: its code and its facts. Which words tell it is not the log's to keep.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Refused {
    /// Stable code.
    #[n(0)]
    pub code: String,
    /// One sentence for people. Empty in events that have facts.
    #[n(1)]
    pub message: String,
    /// What to do next. Empty in events that have facts.
    #[n(2)]
    pub hint: String,
    /// The command as the sender wrote it (JSON), so that it can be compared and audited.
    #[n(3)]
    pub command: String,
    /// What it is about. None in events that were written before facts were.
    #[n(4)]
    pub facts: Option<Facts>,
}

/// A change of what lies where, with both legs: what one account loses the other gains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Entry {
    /// Account that loses it.
    #[n(0)]
    pub source: AccountNo,
    /// Account that gains it.
    #[n(1)]
    pub target: AccountNo,
    /// How much, in accounting units of the lot's material.
    #[n(2)]
    pub quantity: Quantity,
    /// Its day, where it is not the event's.
    #[n(3)]
    pub day: Option<Day>,
    /// The count that it leaves where it was found: what the event changes before that count it does not change after.
    #[n(4)]
    pub keeps: Option<Seq>,
}

/// A change of what an encumbrance sets aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Claim {
    /// The encumbrance. A new one gets the next number.
    #[n(0)]
    pub encumbrance: EncumbranceNo,
    /// The account it lies on.
    #[n(1)]
    pub account: AccountNo,
    /// Its kind: a hold blocks, the others encumber.
    #[n(2)]
    pub kind: EncumbranceKind,
    /// More (positive) or less (negative), in accounting units.
    #[n(3)]
    pub delta: i64,
    /// Its day, where it is not the event's.
    #[n(4)]
    pub day: Option<Day>,
}

/// A use of an authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Use {
    /// The authority.
    #[n(0)]
    pub authority: AuthorityNo,
    /// Used (positive) or given back by a correction (negative), in accounting units.
    #[n(1)]
    pub delta: i64,
}

/// A change of a tally.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct TallyChange {
    /// The tally.
    #[n(0)]
    pub tally: TallyNo,
    /// More (positive) or less (negative).
    #[n(1)]
    pub delta: i64,
    /// Its day, where it is not the event's.
    #[n(2)]
    pub day: Option<Day>,
}

/// Every change of what is owed, promised or open.
#[derive(Clone, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Tallied {
    /// Tallies that appear here for the first time; they get the next numbers, in this order.
    #[n(0)]
    pub begun: Vec<TallyKey>,
    /// The changes.
    #[n(1)]
    pub changes: Vec<TallyChange>,
}

/// What an act does, before it stands in the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// See [`Event::entries`].
    pub entries: Vec<Entry>,
    /// See [`Event::claims`].
    pub claims: Vec<Claim>,
    /// See [`Event::opened`].
    pub opened: Vec<AccountKey>,
    /// See [`Event::uses`].
    pub uses: Vec<Use>,
    /// See [`Event::tallied`].
    pub tallied: Tallied,
    /// See [`Event::cuts`].
    pub cuts: Option<Vec<Seq>>,
    /// See [`Event::split`].
    pub split: Option<Split>,
}

/// What a decision may look at beside the books.
pub trait Past {
    /// The event at a place of the log, if there is one.
    fn event(&self, seq: Seq) -> Option<Event>;

    /// What an account held at the end of each day from the one on or before `from`, as known now: all of it, rows that
    /// the books have at hand included.
    fn days(&self, account: AccountNo, from: Day) -> Days;

    /// The events that changed an account from a day on, with the days on which they did, in order, as known now.
    fn changes(&self, account: AccountNo, from: Day) -> Vec<(Seq, Day)>;

    /// Root of the tree over the first `size` events; `None` where the log does not state it.
    fn root(&self, size: u64) -> Option<[u8; 32]>;

    /// Digest of an owner's balances at the end of a day, as known now; `None` where it cannot be had.
    fn digest(&self, owner: PartyNo, day: Day) -> Option<StateDigest>;

    /// The day that it is at a moment in a zone; `None` where zones are not known.
    fn today(&self, _zone: &str, _at: Moment) -> Option<Day> {
        None
    }
}

/// A past of which nothing is known: enough where nothing is late and nothing is corrected.
pub struct NoPast;

impl Past for NoPast {
    fn event(&self, _: Seq) -> Option<Event> {
        None
    }

    fn days(&self, _: AccountNo, _: Day) -> Days {
        Days::default()
    }

    fn changes(&self, _: AccountNo, _: Day) -> Vec<(Seq, Day)> {
        Vec::new()
    }

    fn root(&self, _: u64) -> Option<[u8; 32]> {
        None
    }

    fn digest(&self, _: PartyNo, _: Day) -> Option<StateDigest> {
        None
    }
}
