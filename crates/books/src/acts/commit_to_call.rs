//! A member commits to a call: named lots, which are then bound to it, or a quantity alone, which is an announcement.
//!
//! It may commit more than it was asked. A lot that was pledged to the reserve goes from the pledge to the call in one
//! step; a lot that serves another promise cannot.

use measure::Quantity;

use super::Ask;
use super::call::{going_on, of_call};
use super::reserve_common::{check_member, check_promise, count};
use crate::account::{Encumbrance, EncumbranceKind, Under};
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::days::Days;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::fact::{Agreement, Code, Of, Says};
use crate::number::{CallNo, EncumbranceNo, LotNo, PartyNo, PlaceNo, Seq};
use crate::rejection::Rejection;
use crate::tally::TallyKind;

/// Asks to commit to a call.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct CommitToCall {
    /// Which call.
    #[n(0)]
    pub call: CallNo,
    /// Who commits.
    #[n(1)]
    pub member: PartyNo,
    /// Lots that are bound to the call.
    #[n(2)]
    pub lines: Vec<CallLine>,
    /// A quantity without lots, in accounting units of the call's material.
    #[n(3)]
    pub quantity: Option<Quantity>,
    /// The sender's own reference.
    #[n(4)]
    pub reference: Option<String>,
    /// The lots back what was announced before: they are bound, and the commitment does not rise.
    #[n(5)]
    pub announced: Option<bool>,
}

/// A quantity of a lot at a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct CallLine {
    /// Which lot.
    #[n(0)]
    pub lot: LotNo,
    /// Where it lies.
    #[n(1)]
    pub site: PlaceNo,
    /// How much, in accounting units of the lot.
    #[n(2)]
    pub quantity: Quantity,
    /// The encumbrance it comes from.
    #[n(3)]
    pub under: Under,
}

impl CommitToCall {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let Self { call: number, member, lines, quantity, reference: _, announced } = self;
        let books = who.books;
        let call = books.call(*number);
        who.may_write(*member, None);
        let mut shape = who.shape()?;
        if quantity.is_none() || !lines.is_empty() {
            shape.lines(lines.len());
        }
        let counted = count(&mut shape, call, lines, quantity.unwrap_or_default());
        if let Some(counted) = counted {
            shape.not_zero(counted);
        }
        let mut state = shape.state()?;
        state.note(going_on(&state, *number));
        state.note(check_member(&state, call.reserve, *member));
        state.fulfils = Some(call.reserve);
        for (index, line) in (0u32..).zip(lines) {
            let account = state.account(line.site, *member, line.lot);
            state.note(check_promise(books, line.under, call.reserve));
            if let Some(under) = line.under {
                state.draw_under(under, account, line.quantity);
            }
            let claim = EncumbranceNo(books.encumbrances.row_count() + index);
            let day = state.day;
            state.claim(claim, account, EncumbranceKind::Allocation, line.quantity.units(), day, None);
        }
        let mut amounts = state.amounts()?;
        let counted = counted.expect("stopped where a line counts for nothing").units();
        let committed = of_call(TallyKind::Committed, *number, call, *member);
        if *announced != Some(true) {
            amounts.tally(committed, counted);
            return amounts.done();
        }
        let left = books.tally_latest(committed);
        if quantity.is_some() || counted > left {
            amounts.refuse(Rejection::ExceedsCall { call: *number, member: *member, left });
        }
        amounts.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, _: Seq, event: &Event) {
        let Self { call: number, member, lines, .. } = self;
        let call = books.call(*number);
        let (promised, reserve) = (call.reserve, books.reserve(call.reserve));
        let (call, agreement, pool) = (call.code.clone(), reserve.code.clone(), reserve.pool);
        let first = books.encumbrances.row_count();
        for (index, line) in (0u32..).zip(lines) {
            let own = event.claims.iter().find(|claim| claim.encumbrance.0 == first + index);
            let code = free_code(books, &call, books.party_code(*member));
            books.push_encumbrance(Encumbrance {
                code,
                kind: EncumbranceKind::Allocation,
                account: own.expect("decided: every line claims something").account,
                first: event.effective,
                last: None,
                beneficiary: Some(pool),
                agreement: Some(agreement.clone()),
                reserved: line.quantity,
                remaining: Days::default(),
                accepted: None,
                changed: None,
                promised: Some(promised),
            });
            books.calls.row_mut(number.0).allocations.push(EncumbranceNo(first + index));
        }
    }
}

act_rules!(CommitToCall {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Both(&["{call}", "{member}", "{quantity}"]),
    whose(act, _): vec![act.member],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(act): Some(Says {
            code: Some(Code::Call(act.call)),
            reference: act.reference.as_deref(),
            owner: Some(act.member),
            reserve: Some(Agreement::OfCall(act.call)),
            lines: (act.lines.iter().map(|line| (Of::Lot(line.lot), line.quantity)))
                .chain(act.quantity.map(|quantity| (Of::MaterialOf(act.call), quantity)))
                .collect(),
            ..Says::default()
        }),
    example: r#"{"call": "CALL-1", "member": "JOGMEC", "lines": [{"lot": "LOT-1", "site": "Ibaraki", "quantity": "2 t",
        "under": "PLEDGE-1"}], "quantity": "5 t", "reference": "X-16"}"#,
});

/// `CALL/MEMBER/1`, or the first number after it that is free.
fn free_code(books: &Books, call: &str, member: &str) -> String {
    let code = |number: u32| format!("{call}/{member}/{number}");
    (1..).map(code).find(|code| books.encumbrance_no(code).is_none()).expect("numbers do not end")
}
