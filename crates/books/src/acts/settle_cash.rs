//! Money between a member and a reserve: a contribution, what is due after a recompute, or in place of material owed.
//!
//! Money never mixes into quantities: what is paid in place of material leaves the pool short of it until it is bought.

use measure::Quantity;

use super::Ask;
use super::commit::fulfil;
use super::replenish::lower;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::number::{CommitmentNo, DebtNo, PartyNo, ReserveNo, Seq};
use crate::rejection::{Fault, Kind, Rejection};
use crate::tally::{TallyKey, TallyKind};

/// What money is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum CashFor {
    /// Paid in.
    #[n(0)]
    Contribution,
    /// Given back.
    #[n(1)]
    Refund,
    /// Paid after a recompute.
    #[n(2)]
    Due,
    /// Paid in place of material owed.
    #[n(3)]
    Replenishment,
}

/// Asks to record money.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct SettleCash {
    /// Of which reserve.
    #[n(0)]
    pub reserve: ReserveNo,
    /// Who pays, or gets it back.
    #[n(1)]
    pub member: PartyNo,
    /// What for.
    #[n(2)]
    pub purpose: CashFor,
    /// How much, in the smallest unit of the reserve's currency.
    #[n(3)]
    pub amount: Quantity,
    /// The commitment in cash that it fulfils.
    #[n(4)]
    pub commitment: Option<CommitmentNo>,
    /// The debt it settles.
    #[n(5)]
    pub debt: Option<DebtNo>,
    /// How much of the debt, in accounting units.
    #[n(6)]
    pub quantity: Option<Quantity>,
    /// The sender's own reference.
    #[n(7)]
    pub reference: Option<String>,
}

impl SettleCash {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let Self { reserve, member, purpose, amount, commitment, debt, quantity, reference: _ } = self;
        // Whoever keeps the money says that it came.
        who.runs(*reserve);
        let mut shape = who.shape()?;
        shape.not_zero(*amount);
        if debt.is_some() != (*purpose == CashFor::Replenishment) || debt.is_some() != quantity.is_some() {
            shape.invalid("debt", Fault::GoesWithReplenishment);
        }
        if commitment.is_some() && *purpose != CashFor::Contribution {
            shape.invalid("commitment", Fault::GoesWithContribution);
        }
        if let Some(quantity) = quantity {
            shape.not_zero(*quantity);
        }
        let of_member = |kind| TallyKey { kind, of: reserve.0, party: *member, material: None };
        if *purpose == CashFor::Refund {
            // What it paid in, and what a recompute owes it.
            let of = |kind| i128::from(shape.books.tally_at(of_member(kind), shape.day));
            if i128::from(amount.units()) > of(TallyKind::CashPaid).max(0) - of(TallyKind::CashDue).min(0) {
                shape.invalid("amount", Fault::MoreThanPaidIn);
            }
        }
        let mut state = shape.state()?;
        if !state.books.reserve(*reserve).ever_members().contains(member) {
            let day = state.day;
            state.refuse(Rejection::NotAMember { reserve: *reserve, party: *member, day });
        }
        let (runner, day) = (state.books.reserve(*reserve).secretariat, state.day);
        state.concern(runner, day);
        match purpose {
            CashFor::Contribution => {
                state.tally(of_member(TallyKind::CashPaid), amount.units());
                if let Some(commitment) = commitment {
                    fulfil(&mut state, *commitment, *reserve, *member, None, *amount);
                }
            }
            CashFor::Refund => {
                state.tally(of_member(TallyKind::CashPaid), -amount.units());
                state.tally(of_member(TallyKind::CashDue), amount.units());
            }
            CashFor::Due => {
                state.tally(of_member(TallyKind::CashPaid), amount.units());
                state.tally(of_member(TallyKind::CashDue), -amount.units());
            }
            CashFor::Replenishment => {
                let number = debt.expect("stopped where a replenishment names no debt");
                let facts = state.books.debt(number);
                if (facts.reserve, facts.member, facts.to_pool) != (*reserve, *member, true) {
                    let fault = Fault::OtherDebt;
                    state.refuse(Rejection::DoesNotFit { kind: Kind::Debt, row: number.0, fault });
                }
                state.tally(of_member(TallyKind::CashPaid), amount.units());
                lower(&mut state, number, facts, quantity.expect("stopped where it names no quantity"));
            }
        }
        state.done()
    }

    pub(crate) fn apply(&self, _: &mut Books, _: Seq, _: &Event) {}
}

act_rules!(SettleCash {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Words(&["{amount}", "{purpose}", "{member}", "{reserve}", "{debt}", "{commitment}"]),
    whose(act, books): vec![books.reserve(act.reserve).secretariat],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"reserve": "G7", "member": "JOGMEC", "purpose": "contribution", "amount": "400.00 USD",
        "commitment": "PROMISE-2", "reference": "X-15"}"#,
});
