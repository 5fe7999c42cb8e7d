//! What becomes of a member's part of a call where nothing moves: made available, fulfilled by relief of an obligation
//! of industry, waived, or declared in default.

use measure::Quantity;

use super::Ask;
use super::call::{going_on, left_of_part, of_call};
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::number::{CallNo, PartyNo, Seq};
use crate::rejection::Rejection;
use crate::tally::TallyKind;

/// What becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum PartOutcome {
    /// Ready to be taken.
    #[n(0)]
    Available,
    /// Fulfilled by lowering what industry must hold.
    #[n(1)]
    Relief,
    /// Let off.
    #[n(2)]
    Waiver,
    /// Will not come.
    #[n(3)]
    Default,
}

/// Asks to record it.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct SettlePart {
    /// Of which call.
    #[n(0)]
    pub call: CallNo,
    /// Whose part.
    #[n(1)]
    pub member: PartyNo,
    /// What becomes of it.
    #[n(2)]
    pub outcome: PartOutcome,
    /// Of how much, in accounting units of the call's material.
    #[n(3)]
    pub quantity: Quantity,
    /// Why.
    #[n(4)]
    pub reason: String,
}

impl SettlePart {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let Self { call: number, member, outcome, quantity, reason } = self;
        let books = who.books;
        let call = books.call(*number);
        match outcome {
            PartOutcome::Available | PartOutcome::Relief => who.may_write(*member, None),
            PartOutcome::Waiver | PartOutcome::Default => drop(who.runs(call.reserve)),
        }
        let mut shape = who.shape()?;
        shape.not_zero(*quantity);
        shape.text("reason", reason);
        let mut state = shape.state()?;
        state.note(going_on(&state, *number));
        let mut amounts = state.amounts()?;
        let at = |kind| books.tally_latest(of_call(kind, *number, call, *member));
        let (kind, left) = match outcome {
            PartOutcome::Available => (TallyKind::Available, at(TallyKind::Committed) - at(TallyKind::Available)),
            PartOutcome::Relief => (TallyKind::Relieved, left_of_part(books, *number, call, *member)),
            PartOutcome::Waiver => (TallyKind::Waived, left_of_part(books, *number, call, *member)),
            PartOutcome::Default => (TallyKind::Defaulted, left_of_part(books, *number, call, *member)),
        };
        if quantity.units() > left {
            amounts.refuse(Rejection::ExceedsCall { call: *number, member: *member, left });
        }
        amounts.tally(of_call(kind, *number, call, *member), quantity.units());
        amounts.done()
    }

    pub(crate) fn apply(&self, _: &mut Books, _: Seq, _: &Event) {}
}

act_rules!(SettlePart {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Words(&["{call}", "{member}", "{outcome}", "{quantity}", "{reason}"]),
    whose(act, books): vec![match act.outcome {
        PartOutcome::Available | PartOutcome::Relief => act.member,
        PartOutcome::Waiver | PartOutcome::Default => books.reserve(books.call(act.call).reserve).secretariat,
    }],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"call": "CALL-1", "member": "JOGMEC", "outcome": "available", "quantity": "1 t", "reason": "loaded"}"#,
});
