//! A member commits to a call: named lots, which are then bound to it, or a quantity alone, which is an announcement.
//!
//! It may commit more than it was asked. A lot that was pledged to the reserve goes from the pledge to the call in one
//! step; a lot that serves another promise cannot.

use measure::Quantity;

use super::call::{going_on, of_call};
use super::reserve_common::{check_member, check_promise, counts_as, sum};
use super::{Ask, not_zero};
use crate::account::{Encumbrance, EncumbranceKind, Under};
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::days::Days;
use crate::draft::Draft;
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
    pub(crate) fn decide(&self, draft: &mut Draft<'_>, _: &Ask<'_>) -> Result<(), Rejection> {
        let Self { call: number, member, lines, quantity, reference: _, announced } = self;
        let call = going_on(draft, *number)?;
        draft.may_write(*member, None)?;
        check_member(draft, call.reserve, *member)?;
        if quantity.is_none() || !lines.is_empty() {
            super::lines_fit(lines.len())?;
        }
        let mut counted = vec![quantity.unwrap_or_default()];
        for (index, line) in (0u32..).zip(lines) {
            not_zero(line.quantity)?;
            let material = draft.books.lot(line.lot).facts.material;
            counted.push(counts_as(draft, call.reserve, material, call.material, line.quantity)?);
            let account = draft.account(line.site, *member, line.lot);
            check_promise(draft, line.under, call.reserve)?;
            if let Some(under) = line.under {
                draft.draw_under(under, account, line.quantity)?;
            }
            let claim = EncumbranceNo(draft.books.encumbrances.row_count() + index);
            draft.claim(claim, account, EncumbranceKind::Allocation, line.quantity.units(), draft.day, None);
        }
        let counted = sum(counted)?;
        not_zero(counted)?;
        if *announced == Some(true) {
            let left = draft.books.tally_latest(of_call(TallyKind::Committed, *number, call, *member));
            return match quantity.is_some() || counted.units() > left {
                true => Err(Rejection::ExceedsCall { call: *number, member: *member, left }),
                false => Ok(()),
            };
        }
        draft.tally(of_call(TallyKind::Committed, *number, call, *member), counted.units());
        Ok(())
    }

    pub(crate) fn apply(&self, books: &mut Books, _: Seq, event: &Event) {
        let Self { call: number, member, lines, .. } = self;
        let call = books.call(*number);
        let reserve = books.reserve(call.reserve);
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
