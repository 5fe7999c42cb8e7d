//! The mechanism of a reserve is opened: something happened that its rules foresee.

use super::Ask;
use super::reserve_common::{check_going_on, check_member};
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::call::Activation;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::number::{PartyNo, ReserveNo, Seq};
use crate::rejection::{Fault, Kind};

/// Asks to open the mechanism.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Activate {
    /// Unique among activations.
    #[n(0)]
    pub activation: String,
    /// Of which reserve.
    #[n(1)]
    pub reserve: ReserveNo,
    /// Under which tier of its rules.
    #[n(2)]
    pub tier: Option<String>,
    /// What happened.
    #[n(3)]
    pub reason: String,
}

impl Activate {
    /// Who runs the reserve; where the trigger is automatic, its members too, for they may find that it is met.
    fn may_find(&self, books: &Books) -> Vec<PartyNo> {
        let facts = books.reserve(self.reserve);
        let tiers = &facts.rules.last().expect("a reserve has rules").terms.tiers;
        let is_automatic = tiers.iter().any(|tier| tier.automatic && Some(&tier.name) == self.tier.as_ref());
        let members = if is_automatic { facts.ever_members() } else { Vec::new() };
        std::iter::once(facts.secretariat).chain(members).collect()
    }

    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        let facts = who.books.reserve(self.reserve);
        let terms = &facts.rules_at(who.day, who.next_seq()).terms;
        let tier = self.tier.as_ref().map(|name| terms.tiers.iter().find(|tier| tier.name == *name));
        // An automatic trigger waits for nobody: any member may find that it is met.
        let is_automatic = tier.flatten().is_some_and(|tier| tier.automatic);
        if !is_automatic || check_member(&who, self.reserve, ask.party).is_err() {
            who.runs(self.reserve);
        }
        let mut shape = who.shape()?;
        if matches!(tier, Some(None)) {
            shape.invalid("tier", Fault::NoTier);
        }
        shape.text("activation", &self.activation);
        shape.text("reason", &self.reason);
        let mut state = shape.state()?;
        state.is_new(Kind::Activation, &self.activation);
        state.note(check_going_on(&state, self.reserve));
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, _: Seq, event: &Event) {
        let Self { activation: code, reserve, tier, reason } = self.clone();
        books.push_activation(Activation { code, reserve, tier, reason, first: event.effective });
    }
}

act_rules!(Activate {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Nobody,
    undone: Never("a call under it can be ended"),
    line: Words(&["{activation}", "{reserve}", "tier {tier}", "{reason}"]),
    whose(act, books): act.may_find(books),
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"activation": "SHORTAGE-1", "reserve": "G7", "tier": "1", "reason": "mine closed"}"#,
});
