//! A reserve calls on its members: a total that the key in force divides, or parts that are stated.

use measure::Quantity;

use super::Ask;
use super::reserve_common::{check_going_on, check_member, sum};
use super::withdraw::Lender as Stated;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::call::Call;
use crate::draft::Draft;
use crate::draft::steps::{Judged, Shape, Who};
use crate::event::Event;
use crate::number::{ActivationNo, Day, MaterialNo, ReserveNo, Seq};
use crate::rejection::{Fault, Kind, Rejection};
use crate::reserve::{Part, allocate_in};
use crate::tally::{TallyKey, TallyKind};

/// Asks to call.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct CallMembers {
    /// Unique among calls.
    #[n(0)]
    pub call: String,
    /// Of which reserve.
    #[n(1)]
    pub reserve: ReserveNo,
    /// Under which activation.
    #[n(2)]
    pub activation: Option<ActivationNo>,
    /// Of which material.
    #[n(3)]
    pub material: MaterialNo,
    /// How much in all, divided by the key in force.
    #[n(4)]
    pub total: Option<Quantity>,
    /// Parts of members, stated one by one, in place of a total.
    #[n(5)]
    pub parts: Vec<Stated>,
    /// Day by which it should be delivered.
    #[n(6)]
    pub due: Option<Day>,
    /// Day by which what was delivered should be put back.
    #[n(7)]
    pub replenish_by: Option<Day>,
    /// Parts of a total are whole multiples of this.
    #[n(8)]
    pub rounding: Option<Quantity>,
    /// Days that members have at least: from the call to the day by which it should be delivered.
    #[n(9)]
    pub lead_days: Option<u16>,
}

impl CallMembers {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let books = who.books;
        who.runs(self.reserve);
        let mut shape = who.shape()?;
        shape.text("call", &self.call);
        if self.total.is_some() != self.parts.is_empty() {
            shape.invalid("total", Fault::TotalOrParts);
        }
        if self.parts.len() > crate::limits::LINE_COUNT_MAX {
            shape.invalid("parts", Fault::TooMany { most: crate::limits::LINE_COUNT_MAX });
        }
        if let Some(rounding) = self.rounding {
            shape.not_zero(rounding);
            let is_whole = self.total.is_some_and(|total| total.units() % rounding.units().max(1) == 0);
            if !is_whole {
                shape.invalid("rounding", Fault::NotAMultiple);
            }
        }
        let ready = self.ready(shape.day);
        if self.due.zip(ready).is_some_and(|(due, ready)| due < ready) {
            shape.invalid("due", Fault::BeforeLeadTime);
        }
        for quantity in self.total.into_iter().chain(self.parts.iter().map(|part| part.quantity)) {
            shape.not_zero(quantity);
        }
        let stated = self.parts.iter().map(|part| (part.member, part.quantity)).collect();
        let parts: Vec<(crate::PartyNo, Quantity)> = match self.total {
            Some(total) => self.divided(&mut shape, total),
            None => stated,
        };
        shape.note(sum(parts.iter().map(|(_, quantity)| *quantity)));
        let mut state = shape.state()?;
        state.is_new(Kind::Call, &self.call);
        state.note(check_going_on(&state, self.reserve));
        if let Some(activation) = self.activation
            && books.activation(activation).reserve != self.reserve
        {
            let fault = Fault::OtherReserve;
            state.refuse(Rejection::DoesNotFit { kind: Kind::Activation, row: activation.0, fault });
        }
        for (member, quantity) in parts {
            if self.total.is_none() {
                state.note(check_member(&state, self.reserve, member));
            }
            let of = books.calls.row_count();
            let key = TallyKey { kind: TallyKind::Asked, of, party: member, material: Some(self.material) };
            state.tally(key, quantity.units());
        }
        state.done()
    }

    /// The first day by which it can be asked to be there, where members have a lead time.
    fn ready(&self, day: Day) -> Option<Day> {
        self.lead_days.map(|days| Day(day.0 + i32::from(days)))
    }

    /// A total, divided by the key of the reserve.
    fn divided(&self, shape: &mut Shape<'_, '_>, total: Quantity) -> Vec<(crate::PartyNo, Quantity)> {
        let (books, reserve, day) = (shape.books, self.reserve, shape.day);
        let weights = books.weights_at(reserve, self.material, day, shape.next_seq());
        let code = |party| books.party_code(party).to_owned();
        let parts = allocate_in(total, self.rounding, &weights.unwrap_or_default(), code);
        let parts = shape.note(parts.map_err(|_| Rejection::NoKeyInForce { reserve, day }));
        parts.unwrap_or_default().iter().map(|part| (part.member, part.quantity)).collect()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let due = self.due.or_else(|| self.ready(event.effective));
        let Self { call: code, reserve, activation, material, total, parts: stated, replenish_by, rounding, .. } =
            self.clone();
        // The parts are those the event says, whatever a later version of these rules would make of the key.
        let tallied = event.tallied.as_deref().cloned().unwrap_or_default();
        let first = books.tallies.row_count();
        let key = |tally: crate::TallyNo| tallied.begun[(tally.0 - first) as usize];
        let asked = tallied.changes.iter().map(|change| (key(change.tally).party, change.delta));
        let weights = match total {
            Some(_) => books.weights_at(reserve, material, event.effective, seq).unwrap_or_default(),
            None => Vec::new(),
        };
        let mut parts: Vec<Part> = Vec::new();
        for (member, units) in asked {
            let quantity = Quantity::new(units).expect("decided: a part is not below nothing");
            let weight = weights.iter().find(|weight| weight.member == member).map_or(0, |weight| weight.weight);
            parts.push(Part { member, weight, quantity });
        }
        for weight in &weights {
            if !parts.iter().any(|part| part.member == weight.member) {
                parts.push(Part { member: weight.member, weight: weight.weight, quantity: Quantity::ZERO });
            }
        }
        let total = parts.iter().try_fold(Quantity::ZERO, |sum, part| sum.checked_add(part.quantity));
        books.push_call(Call {
            code,
            reserve,
            activation,
            material,
            total: total.expect("decided: the parts can be counted"),
            parts,
            by_key: stated.is_empty(),
            seq,
            effective: event.effective,
            due,
            replenish_by,
            rounding,
            allocations: Vec::new(),
            ended: None,
        });
    }
}

act_rules!(CallMembers {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: By(&["end_call"]),
    line: Words(&["{call}", "{reserve}", "{total}", "{material}", "{parts}", "due {due}"]),
    whose(act, books): vec![books.reserve(act.reserve).secretariat],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"call": "CALL-1", "reserve": "G7", "activation": "SHORTAGE-1", "material": "NdPr", "total": "7 t",
        "due": "2026-04-30", "replenish_by": "2027-04-30", "rounding": "100 kg", "lead_days": 30}"#,
});

/// A tally of a call.
pub(super) fn of_call(kind: TallyKind, number: crate::CallNo, call: &Call, party: crate::PartyNo) -> TallyKey {
    TallyKey { kind, of: number.0, party, material: Some(call.material) }
}

/// The call, while it goes on.
pub(super) fn going_on<'b>(draft: &Draft<'b>, number: crate::CallNo) -> Result<&'b Call, Rejection> {
    let call = draft.books.call(number);
    match &call.ended {
        Some(ended) if draft.day > ended.day => {
            Err(Rejection::Ended { kind: Kind::Call, row: number.0, day: ended.day })
        }
        _ if draft.day < call.effective => {
            Err(Rejection::NotInForce { kind: Kind::Call, row: number.0, day: draft.day })
        }
        _ => Ok(call),
    }
}

/// What a member may still deliver, be relieved or let off: the larger of what was asked and what it committed, less
/// all that was done.
pub(super) fn left_of_part(books: &Books, number: crate::CallNo, call: &Call, member: crate::PartyNo) -> i64 {
    let of = |kind| books.tally_latest(of_call(kind, number, call, member));
    let done = [TallyKind::Delivered, TallyKind::Relieved, TallyKind::Waived, TallyKind::Defaulted];
    of(TallyKind::Asked).max(of(TallyKind::Committed)) - done.map(of).iter().sum::<i64>()
}
