//! The beneficiary of a ticket or a delegation agrees to it: from then on it counts the stock, and the owner does not.

use super::Ask;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::Draft;
use crate::event::Event;
use crate::number::{EncumbranceNo, Seq};
use crate::rejection::{Kind, Rejection};

/// Asks to accept what the owner offered with `encumber`.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Accept {
    /// The ticket or delegation.
    #[n(0)]
    pub encumbrance: EncumbranceNo,
    /// The sender's own reference.
    #[n(1)]
    pub reference: Option<String>,
}

impl Accept {
    pub(crate) fn decide(&self, draft: &mut Draft<'_>, _: &Ask<'_>) -> Result<(), Rejection> {
        let facts = draft.books.encumbrance(self.encumbrance);
        let does_not_fit =
            |problem| Rejection::DoesNotFit { kind: Kind::Encumbrance, row: self.encumbrance.0, problem };
        let Some(beneficiary) = facts.beneficiary else { return Err(does_not_fit("names no beneficiary")) };
        draft.may_write(beneficiary, None)?;
        if !facts.kind.is_counted_by_beneficiary() {
            return Err(does_not_fit("is neither a ticket nor a delegation"));
        }
        if facts.accepted.is_some() {
            return Err(does_not_fit("was accepted before"));
        }
        match facts.last.filter(|last| draft.day > *last) {
            Some(last) => Err(Rejection::EncumbranceLapsed { encumbrance: self.encumbrance, last }),
            None => Ok(()),
        }
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, _: &Event) {
        books.encumbrances.row_mut(self.encumbrance.0).accepted = Some(seq);
    }
}

act_rules!(Accept {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Nobody,
    undone: By(&["release"]),
    line: Words(&["{encumbrance}"]),
    whose(act, books): books.encumbrance(act.encumbrance).beneficiary.into_iter().collect(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"encumbrance": "DELEGATION-1", "reference": "X-10"}"#,
});
