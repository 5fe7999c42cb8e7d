//! The beneficiary of a ticket, a delegation, a pledge or a security agrees to it: from then on it changes by both alone.
//!
//! A ticket and a delegation are counted by their beneficiary from then on, and not by the owner, on all days of the window.

use super::Ask;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::number::{EncumbranceNo, Seq};
use crate::rejection::{Fault, Kind, Rejection};

/// Asks to accept what the owner offered with `encumber`.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Accept {
    /// What is agreed to.
    #[n(0)]
    pub encumbrance: EncumbranceNo,
    /// The sender's own reference.
    #[n(1)]
    pub reference: Option<String>,
}

impl Accept {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let facts = who.books.encumbrance(self.encumbrance);
        // Where nobody is named to accept it, it concerns its owner alone.
        let concerned = facts.beneficiary.unwrap_or_else(|| who.books.account(facts.account).key.owner);
        who.may_write(concerned, None);
        let mut state = who.shape()?.state()?;
        let wrong = [
            (facts.beneficiary.is_none(), Fault::NoBeneficiary),
            (!facts.kind.is_agreed_to(), Fault::NotForBeneficiary),
            (facts.accepted.is_some(), Fault::AcceptedBefore),
        ];
        if let Some((_, fault)) = wrong.into_iter().find(|(is_so, _)| *is_so) {
            state.refuse(Rejection::DoesNotFit { kind: Kind::Encumbrance, row: self.encumbrance.0, fault });
        }
        if let Some(last) = facts.last.filter(|last| state.day > *last) {
            state.refuse(Rejection::EncumbranceLapsed { encumbrance: self.encumbrance, last });
        }
        // Both count anew from the first day of the window on.
        let owner = state.books.account(facts.account).key.owner;
        for party in facts.beneficiary.into_iter().chain([owner]) {
            state.concern(party, facts.first);
        }
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, _: &Event) {
        books.encumbrances.row_mut(self.encumbrance.0).accepted = Some(seq);
    }
}

act_rules!(Accept {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: By(&["release"]),
    line: Words(&["{encumbrance}"]),
    whose(act, books): books.encumbrance(act.encumbrance).beneficiary.into_iter().collect(),
    uses(act, books): {
        let row = books.encumbrance(act.encumbrance);
        let key = books.account(row.account).key;
        let set_aside = row.remaining.rows().iter().map(|day| day.sums.on_hand).max().unwrap_or_default();
        vec![Used { lot: key.lot, site: Some(key.place), units: Some(set_aside) }]
    },
    reference(_, _): None,
    says(_): None,
    example: r#"{"encumbrance": "DELEGATION-1", "reference": "X-10"}"#,
});
