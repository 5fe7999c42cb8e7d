//! Access to a reserve is asked for, and granted or refused by a rule that is named.

use measure::Quantity;

use super::Ask;
use crate::access::{Decision, Request};
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::grants::granted;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::number::{Day, MaterialNo, RequestNo, ReserveNo, Seq};
use crate::rejection::{Fault, Kind, Rejection};

/// Asks for access.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct RequestAccess {
    /// Unique among requests.
    #[n(0)]
    pub request: String,
    /// Of which reserve.
    #[n(1)]
    pub reserve: ReserveNo,
    /// For whom: a member, or a firm by its name.
    #[n(2)]
    pub requester: String,
    /// Of which material.
    #[n(3)]
    pub material: MaterialNo,
    /// How much, in accounting units.
    #[n(4)]
    pub quantity: Quantity,
    /// For what use.
    #[n(5)]
    pub end_use: Option<String>,
}

/// Asks to record what became of a request.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct DecideAccess {
    /// Which request.
    #[n(0)]
    pub request: RequestNo,
    /// How much is granted, in accounting units; nothing is a refusal.
    #[n(1)]
    pub granted: Quantity,
    /// The rule it is decided by.
    #[n(2)]
    pub rule: String,
    /// Why.
    #[n(3)]
    pub reason: String,
    /// The last day on which it is handed over; then it lapses.
    #[n(4)]
    pub last: Option<Day>,
}

impl RequestAccess {
    pub(crate) fn decide(&self, who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let mut shape = who.shape()?;
        shape.text("request", &self.request);
        shape.text("requester", &self.requester);
        shape.not_zero(self.quantity);
        let mut state = shape.state()?;
        state.is_new(Kind::Request, &self.request);
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let Self { request: code, reserve, requester, material, quantity, end_use } = self.clone();
        let (party, day) = (event.party, event.effective);
        books.push_request(Request {
            code,
            reserve,
            requester,
            party,
            material,
            quantity,
            end_use,
            day,
            decision: None,
            seq,
        });
    }
}

act_rules!(RequestAccess {
    right: Write, asks: Anyone, seen: Concerned, nature: Decision, by_hand: No, periods: Nobody,
    undone: Never("it waits for `decide_access`"),
    line: Words(&["{request}", "{requester}", "{quantity}", "{material}", "of {reserve}", "for {end_use}"]),
    whose(_, _): Vec::new(),
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"request": "REQUEST-1", "reserve": "G7", "requester": "Hitachi", "material": "NdPr", "quantity": "2 t",
        "end_use": "motors"}"#,
});

impl DecideAccess {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        let request = who.books.request(self.request);
        who.runs(request.reserve);
        let mut shape = who.shape()?;
        if self.granted > request.quantity {
            shape.invalid("granted", Fault::MoreThanAsked);
        }
        if self.last.is_some_and(|last| last < ask.effective) {
            shape.invalid("last", Fault::BeforeFirst);
        }
        shape.text("rule", &self.rule);
        shape.text("reason", &self.reason);
        let mut state = shape.state()?;
        if let Some(decision) = &request.decision {
            state.refuse(Rejection::Ended { kind: Kind::Request, row: self.request.0, day: decision.day });
        }
        if ask.effective < request.day {
            state.refuse(Rejection::NotInForce { kind: Kind::Request, row: self.request.0, day: ask.effective });
        }
        if i128::from(self.granted.units()) > state.ungranted(request.reserve, request.material, ask.effective) {
            let fault = Fault::MoreThanInPool;
            state.refuse(Rejection::DoesNotFit { kind: Kind::Request, row: self.request.0, fault });
        }
        let books = state.books;
        state.tally(granted(books, self.request), self.granted.units());
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let Self { request, granted, rule, reason, last } = self.clone();
        let decision = Decision { seq, day: event.effective, granted, rule, reason, last };
        books.requests.row_mut(request.0).decision = Some(decision);
    }
}

act_rules!(DecideAccess {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Never("a request is decided once"),
    line: Words(&["{request}", "granted {granted}", "through {last}", "{rule}", "{reason}"]),
    whose(act, books): vec![books.reserve(books.request(act.request).reserve).secretariat],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"request": "REQUEST-1", "granted": "1 t", "rule": "R-1", "reason": "half to each", "last": "2026-12-31"}"#,
});
