//! A call is called off, or comes to its end. What was bound to it is free again; what was delivered is to be restored,
//! where the call says by when.

use measure::Quantity;

use super::Ask;
use super::call::{going_on, of_call};
use super::encumber::left_from;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::call::{CallEnd, Ended};
use crate::debt::Debt;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::number::{CallNo, PartyNo, Seq};
use crate::rejection::{Kind, Rejection};
use crate::tally::{TallyKey, TallyKind};

/// Asks to end a call.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct EndCall {
    /// Which call.
    #[n(0)]
    pub call: CallNo,
    /// How.
    #[n(1)]
    pub how: CallEnd,
    /// Why.
    #[n(2)]
    pub reason: Option<String>,
}

impl EndCall {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let books = who.books;
        let call = books.call(self.call);
        who.runs(call.reserve);
        let mut state = who.shape()?.state()?;
        state.note(going_on(&state, self.call));
        if let Some(ended) = &call.ended {
            state.refuse(Rejection::Ended { kind: Kind::Call, row: self.call.0, day: ended.day });
        }
        for number in &call.allocations {
            let claim = books.encumbrance(*number);
            let left = left_from(claim, state.day);
            if !left.is_zero() && state.day >= claim.first {
                state.take_from(*number, claim, left);
            }
        }
        for (of, (party, units)) in (books.debts.row_count()..).zip(self.to_restore(books)) {
            let key = TallyKey { kind: TallyKind::Rebuild, of, party, material: Some(call.material) };
            state.tally(key, units);
        }
        state.done()
    }

    /// What each member delivered and is to restore, in the order of the parts.
    fn to_restore(&self, books: &Books) -> Vec<(PartyNo, i64)> {
        let call = books.call(self.call);
        if call.replenish_by.is_none() {
            return Vec::new();
        }
        let mut members: Vec<PartyNo> =
            books.tallies_of(TallyKind::Delivered, self.call.0).map(|tally| tally.key.party).collect();
        members.sort_unstable();
        let delivered = |member| books.tally_latest(of_call(TallyKind::Delivered, self.call, call, member));
        members.into_iter().map(|member| (member, delivered(member))).filter(|(_, units)| *units > 0).collect()
    }

    pub(crate) fn apply(&self, books: &mut Books, _: Seq, event: &Event) {
        let to_restore = self.to_restore(books);
        let call = books.calls.row_mut(self.call.0);
        call.ended = Some(Ended { how: self.how, day: event.effective, reason: self.reason.clone() });
        let (code, reserve, material, due) = (call.code.clone(), call.reserve, call.material, call.replenish_by);
        let Some(due) = due else { return };
        for (member, units) in to_restore {
            let code = format!("{code}/{}", books.party_code(member));
            let quantity = Quantity::new(units).expect("only what was delivered");
            books.push_debt(Debt { code, reserve, member, material, quantity, due, form: None, to_pool: false });
        }
    }
}

act_rules!(EndCall {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Never("a call ends once; a new one can be made"),
    line: Words(&["{call}", "{how}", "{reason}"]),
    whose(act, books): vec![books.reserve(books.call(act.call).reserve).secretariat],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"call": "CALL-1", "how": "terminated", "reason": "done"}"#,
});
