//! A period is closed: nothing on or before its last day can change any more. What comes later is a restatement.
//!
//! Who closes may sign what was seen: the head of the log, and the digest of the owner's balances at the end of the last day.
//! Then a person makes it and another one checks it, and the ledger takes it only if both are its own, each time. So do two
//! persons where the owner holds anything under dual control, whatever is signed.
//!
//! What is open at the end of the period is acknowledged: what was on its way, and, by who signs, what was not counted.

use super::{Act, Ask};
use crate::act_rules::act_rules;
use crate::books::{Books, Held};
use crate::count::Count;
use crate::draft::steps::{Judged, Who};
use crate::event::{Event, Past};
use crate::number::{AccountNo, Day, PartyNo, PlaceNo, Seq};
use crate::place::Place;
use crate::rejection::{Facts, Fault, Rejection};

/// The log as somebody saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct LogHead {
    /// Count of its events.
    #[n(0)]
    pub size: u64,
    /// Root of the tree over them.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub root: [u8; 32],
}

/// Root of the tree over the balances of an owner at the end of a day: those that are not nothing, by number of account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct StateDigest {
    /// Count of balances.
    #[n(0)]
    pub balances: u64,
    /// The root.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub root: [u8; 32],
}

/// Closes a party's books through a day.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct ClosePeriod {
    /// Whose books.
    #[n(0)]
    pub owner: PartyNo,
    /// Last day of the period.
    #[n(1)]
    pub through: Day,
    /// The log as its maker saw it.
    #[n(2)]
    pub head: Option<LogHead>,
    /// The owner's balances at the end of the last day, as its maker saw them.
    #[n(3)]
    pub digest: Option<StateDigest>,
    /// What is open, and may be.
    #[n(4)]
    pub acknowledge: Option<Vec<Matter>>,
}

/// What can be open at the end of a period. A command that waits for its checker cannot be: it is settled first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum Matter {
    /// Stock that was on its way at the end of the last day.
    #[n(0)]
    InTransit,
    /// Stock at a site that was not counted in the period.
    #[n(1)]
    Uncounted,
}

/// What is open at the end of a period, by the places where it is so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Open {
    /// See [`Matter::InTransit`]: the dispatches.
    pub in_transit: Vec<PlaceNo>,
    /// See [`Matter::Uncounted`]: the sites.
    pub uncounted: Vec<PlaceNo>,
}

impl Open {
    fn is_nothing(&self) -> bool {
        self.in_transit.is_empty() && self.uncounted.is_empty()
    }
}

impl ClosePeriod {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        who.may_write(self.owner, None);
        let mut shape = who.shape()?;
        if self.through > ask.effective {
            shape.refuse(Rejection::EffectiveInFuture { latest: ask.effective });
        }
        let is_signed = self.head.is_some() || self.digest.is_some() || self.is_under_dual_control(shape.books);
        if is_signed && ask.maker.is_none() {
            shape.invalid("maker", Fault::SignerNeeded);
        }
        let mut state = shape.state()?;
        if let Some(through) = state.books.party(self.owner).closed_through.filter(|through| self.through <= *through) {
            state.refuse(Rejection::PeriodGoesBack { through });
            return Err(state.stop());
        }
        if let Some(held) = self.waiting(state.books) {
            state.refuse(Rejection::StillWaits { seq: held.seq, day: held.effective });
        }
        let open = self.unacknowledged(state.books, is_signed, ask);
        if !open.is_nothing() {
            state.refuse(Rejection::NotAcknowledged { open });
        }
        if let Some(head) = self.head
            && ask.past.root(head.size) != Some(head.root)
        {
            state.refuse(Rejection::HeadDiffers { size: head.size });
            return Err(state.stop());
        }
        if let Some(seen) = self.digest
            && ask.past.digest(self.owner, self.through) != Some(seen)
        {
            state.refuse(Rejection::BalancesDiffer { owner: self.owner, through: self.through });
        }
        state.needs_checker = is_signed;
        state.done()
    }

    /// The first command of the period that waits for its checker: its approval would be refused for ever.
    fn waiting<'b>(&self, books: &'b Books) -> Option<&'b Held> {
        let concerns = |held: &Held| held.party == self.owner || held.act.whose(books).contains(&self.owner);
        let is_close = |held: &Held| matches!(held.act, Act::ClosePeriod(_));
        let mut held = books.held.rows().iter();
        held.find(|held| !held.is_settled && held.effective <= self.through && concerns(held) && !is_close(held))
    }

    /// What is open and has to be acknowledged: who signs says so of all of it; who does not, of what is on its way.
    fn unacknowledged(&self, books: &Books, is_signed: bool, ask: &Ask<'_>) -> Open {
        let is_acknowledged = |matter| self.acknowledge.iter().flatten().any(|own| *own == matter);
        let Open { in_transit, uncounted } = self.open(books, ask.past);
        let wants_counts = (is_signed || self.acknowledge.is_some()) && !is_acknowledged(Matter::Uncounted);
        Open {
            in_transit: if is_acknowledged(Matter::InTransit) { Vec::new() } else { in_transit },
            uncounted: if wants_counts { uncounted } else { Vec::new() },
        }
    }

    /// What is open and not acknowledged: told to whoever closes without a signature.
    #[must_use]
    pub fn left_open(&self, books: &Books, past: &dyn Past) -> Option<Facts> {
        let mut open = self.open(books, past);
        for matter in self.acknowledge.iter().flatten() {
            match matter {
                Matter::InTransit => open.in_transit.clear(),
                Matter::Uncounted => open.uncounted.clear(),
            }
        }
        (!open.is_nothing()).then(|| open.facts(books))
    }

    /// What is open at the end of the period.
    #[must_use]
    pub fn open(&self, books: &Books, past: &dyn Past) -> Open {
        let mut open = Open::default();
        let closed_before = books.party(self.owner).closed_through;
        for (number, account) in (0..).map(AccountNo).zip(books.accounts.rows()) {
            let key = account.key;
            let places = match books.place(key.place) {
                Place::Transit(_) => &mut open.in_transit,
                Place::Site(_) => &mut open.uncounted,
                Place::Outside
                | Place::Processing
                | Place::Loss
                | Place::CountDifference
                | Place::Rounding
                | Place::ShipperReceiver
                | Place::Loan(_) => continue,
            };
            if key.owner != self.owner || places.contains(&key.place) {
                continue;
            }
            let sums = account.days.at(self.through).or_else(|| past.days(number, self.through).at(self.through));
            let is_there = sums.unwrap_or_default().on_hand > 0;
            let in_period = |day: Day| day <= self.through && closed_before.is_none_or(|closed| day > closed);
            let stands = |count: &Count| {
                in_period(count.day) && count.is_of(self.owner) && count.until.is_none_or(|until| until > self.through)
            };
            if is_there && !books.counts_at(key.place, key.lot).any(stands) {
                places.push(key.place);
            }
        }
        open
    }

    fn is_under_dual_control(&self, books: &Books) -> bool {
        let material = |account: &crate::account::Account| {
            let number = books.lot(account.key.lot).facts.material;
            books.material(number)
        };
        let mut own = books.accounts.rows().iter().filter(|account| account.key.owner == self.owner);
        own.any(|account| material(account).dual_control_above.is_some())
    }

    pub(crate) fn apply(&self, books: &mut Books, _: Seq, _: &Event) {
        books.parties.row_mut(self.owner.0).closed_through = Some(self.through);
    }
}

act_rules!(ClosePeriod {
    right: Govern, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Nobody,
    undone: Never("what is closed stays closed: a later entry is a restatement"),
    line: Words(&["{owner}", "through {through}", "acknowledging {acknowledge}"]),
    whose(act, _): vec![act.owner],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"owner": "KOMIR", "through": "2026-02-27", "head": {"size": 0,
        "root": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}, "digest": {"balances": 0,
        "root": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}, "acknowledge": ["in_transit", "uncounted"]}"#,
});
