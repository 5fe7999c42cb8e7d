//! A period is closed: nothing on or before its last day can change any more. What comes later is a restatement.
//!
//! Who closes may sign what was seen: the head of the log, and the digest of the owner's balances at the end of the last day.
//! Then a person makes it and another one checks it, and the ledger takes it only if both are its own, each time. So do two
//! persons where the owner holds anything under dual control, whatever is signed.

use super::{Act, Ask};
use crate::act_rules::act_rules;
use crate::books::{Books, Held};
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::number::{Day, PartyNo, Seq};
use crate::rejection::{Fault, Rejection};

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
    line: Words(&["{owner}", "through {through}"]),
    whose(act, _): vec![act.owner],
    reference(_, _): None,
    says(_): None,
    example: r#"{"owner": "KOMIR", "through": "2026-02-27", "head": {"size": 0,
        "root": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}, "digest": {"balances": 0,
        "root": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}}"#,
});
