//! Money of a reserve goes out or comes in beside its members: what it buys and sells, keeps, insures and earns, and what a
//! member has to pay for being late.
//!
//! The sign is that of the purpose, never of the amount. What is spent is there: no reserve spends money that it has not.

use measure::Quantity;

use super::receive_order::pay_order;
use super::reserve_common::cash;
use super::{Act, Ask};
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::number::{PartyNo, ReserveNo, Seq};
use crate::rejection::{Fault, Rejection};
use crate::tally::{TallyKey, TallyKind};

/// What money of a reserve is spent on, or comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum MoneyFor {
    /// Paid for material bought.
    #[n(0)]
    Purchase,
    /// Got for material sold.
    #[n(1)]
    Sale,
    /// Paid for keeping it.
    #[n(2)]
    Storage,
    /// Paid for moving it.
    #[n(3)]
    Transport,
    /// Paid for insuring it.
    #[n(4)]
    Insurance,
    /// Paid to a supplier that sold below a floor.
    #[n(5)]
    Support,
    /// Paid for anything else.
    #[n(6)]
    OtherCost,
    /// Earned on what lies at a bank.
    #[n(7)]
    Interest,
    /// Got for anything else.
    #[n(8)]
    OtherIncome,
    /// A member has to pay it for being late: due at once, and paid by `settle_cash`.
    #[n(9)]
    Penalty,
}

impl MoneyFor {
    /// Does it come in (1) or go out (-1)? Neither, where it only becomes due.
    #[must_use]
    pub const fn way(self) -> i64 {
        match self {
            Self::Sale | Self::Interest | Self::OtherIncome => 1,
            Self::Purchase | Self::Storage | Self::Transport | Self::Insurance | Self::Support | Self::OtherCost => -1,
            Self::Penalty => 0,
        }
    }
}

/// Asks to record money.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct BookCash {
    /// Of which reserve.
    #[n(0)]
    pub reserve: ReserveNo,
    /// What for.
    #[n(1)]
    pub purpose: MoneyFor,
    /// How much, in the smallest unit of the reserve's currency.
    #[n(2)]
    pub amount: Quantity,
    /// Which member has to pay a penalty.
    #[n(3)]
    pub member: Option<PartyNo>,
    /// Who was paid, or paid.
    #[n(4)]
    pub counterparty: Option<String>,
    /// The event that it pays for: a receipt, a sale, a default.
    #[n(5)]
    pub event: Option<Seq>,
    /// Who decided it: the number of a decision, a minute.
    #[n(6)]
    pub decision: Option<String>,
    /// The sender's own reference.
    #[n(7)]
    pub reference: Option<String>,
}

impl BookCash {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        let Self { reserve, purpose, amount, member, counterparty, event, decision, reference: _ } = self;
        let facts = who.runs(*reserve);
        let cited = event.and_then(|seq| who.event(seq, ask)).filter(|event| event.outcome.is_done());
        let seen = event.map(|seq| (seq, cited.is_some()));
        let order = cited.and_then(|event| match event.effect(who.books).as_deref() {
            Some(Act::ReceiveOrder(act)) => Some(act.order),
            Some(_) | None => None,
        });
        let mut shape = who.shape()?;
        shape.not_zero(*amount);
        shape.text_if_any("counterparty", counterparty.as_ref());
        shape.text_if_any("decision", decision.as_ref());
        if member.is_some() != (*purpose == MoneyFor::Penalty) {
            shape.invalid("member", Fault::GoesWithPenalty);
        }
        let mut state = shape.state()?;
        if let Some((seq, false)) = seen {
            state.refuse(Rejection::NothingToReverse { seq });
        }
        let (pool, day) = (facts.pool, state.day);
        state.concern(facts.secretariat, day);
        state.concern(pool, day);
        match member {
            Some(member) if !facts.ever_members().contains(member) => {
                let day = state.day;
                state.refuse(Rejection::NotAMember { reserve: *reserve, party: *member, day });
            }
            Some(member) => {
                let due = TallyKey { kind: TallyKind::CashDue, of: reserve.0, party: *member, material: None };
                state.tally(due, amount.units());
            }
            None => cash(&mut state, *reserve, purpose.way() * amount.units()),
        }
        if let Some(order) = order.filter(|_| *purpose == MoneyFor::Purchase) {
            pay_order(&mut state, order, pool, *amount);
        }
        state.done()
    }

    pub(crate) fn apply(&self, _: &mut Books, _: Seq, _: &Event) {}
}

act_rules!(BookCash {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Words(&["{amount}", "{purpose}", "{member}", "{counterparty}", "{reserve}", "for event {event}", "by {decision}"]),
    whose(act, books): vec![books.reserve(act.reserve).secretariat],
    uses(_, _): Vec::new(),
    reference(act, _): act.reference.as_deref(),
    says(_): None,
    example: r#"{"reserve": "G7", "purpose": "storage", "amount": "40.00 USD", "counterparty": "Port of Kobe",
        "decision": "BOARD-12", "reference": "X-16"}"#,
});
