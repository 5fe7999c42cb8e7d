//! Dual control: a movement above the material's threshold waits until a person who did not make it lets it through.
//!
//! It is decided anew when it is approved, against the books as they are then, with its own effective date.

use super::Ask;
use crate::act_rules::act_rules;
use crate::books::{Books, Held};
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::number::Seq;
use crate::rejection::{Fault, Rejection};

/// Lets a held command through.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Approve {
    /// The event that holds it.
    #[n(0)]
    pub held: Seq,
}

/// Turns a held command down.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Decline {
    /// The event that holds it.
    #[n(0)]
    pub held: Seq,
    /// Why.
    #[n(1)]
    pub reason: String,
}

/// The command that waits, where somebody may check it who did not make it.
fn waiting<'b>(who: &mut Who<'_, 'b>, seq: Seq, ask: &Ask<'_>) -> Option<&'b Held> {
    // What another's command is, and that there is one, is no answer to whoever names its event.
    let eyes = who.eyes();
    let Some(held) = who.books.held(seq).filter(|held| !held.is_settled && eyes.may_write(held.party, None)) else {
        who.refuse(Rejection::NotHeld { seq });
        return None;
    };
    match ask.maker {
        None => who.refuse(Rejection::invalid("maker", Fault::CheckerNeeded)),
        Some(checker) if !who.books.is_other_person(held, ask, checker) => {
            who.refuse(Rejection::CheckerIsMaker { maker: checker.to_owned() });
        }
        Some(_) => {}
    }
    let proven = who.books.is_proven_enough(ask);
    who.note(proven);
    Some(held)
}

impl Approve {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        let Some(held) = waiting(&mut who, self.held, ask) else { return who.shape()?.state()?.done() };
        // What was asked goes through the same steps as the approval, side by side.
        let by = held.by.as_ref();
        let ask = Ask { party: held.party, maker: Some(&held.maker), by, effective: held.effective, ..*ask };
        held.act.decide(who.on_behalf_of(held), &ask)
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let act = books.settle(self.held);
        act.apply(books, seq, event);
    }
}

act_rules!(Approve {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Both(&["event {held}"]),
    whose(act, books): books.held(act.held).map(|held| held.party).into_iter().collect(),
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"held": 34}"#,
});

impl Decline {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        waiting(&mut who, self.held, ask);
        let mut shape = who.shape()?;
        shape.text("reason", &self.reason);
        shape.state()?.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, _: Seq, _: &Event) {
        books.settle(self.held);
    }
}

act_rules!(Decline {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Nobody,
    undone: Never("the command can be posted again"),
    line: Words(&["event {held}", "{reason}"]),
    whose(act, books): books.held(act.held).map(|held| held.party).into_iter().collect(),
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"held": 36, "reason": "no room"}"#,
});
