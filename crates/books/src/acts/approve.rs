//! Dual control: a movement above the material's threshold waits until a person who did not make it lets it through.
//!
//! It is decided anew when it is approved, against the books as they are then, with its own effective date.

use super::Ask;
use crate::act_rules::act_rules;
use crate::books::{Books, Held};
use crate::draft::Draft;
use crate::event::Event;
use crate::number::Seq;
use crate::rejection::Rejection;

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

fn waiting<'b>(books: &'b Books, seq: Seq, ask: &Ask<'_>) -> Result<&'b Held, Rejection> {
    let held = books.held(seq).filter(|held| !held.is_settled).ok_or(Rejection::NotHeld { seq })?;
    match ask.maker {
        None => Err(Rejection::Invalid { field: "maker", problem: "must name the person who checks".into() }),
        Some(checker) if is_same_person(&held.maker, checker) => {
            Err(Rejection::CheckerIsMaker { maker: checker.to_owned() })
        }
        Some(_) => Ok(held),
    }
}

/// Case and space at the ends do not make another person.
fn is_same_person(maker: &str, checker: &str) -> bool {
    maker.trim().to_lowercase() == checker.trim().to_lowercase()
}

impl Approve {
    pub(crate) fn decide(&self, draft: &mut Draft<'_>, ask: &Ask<'_>) -> Result<(), Rejection> {
        let held = waiting(draft.books, self.held, ask)?;
        draft.may_write(held.party, None)?;
        draft.party = held.party;
        draft.day = held.effective;
        let ask = Ask { party: held.party, maker: Some(&held.maker), effective: held.effective, ..*ask };
        held.act.decide(draft, &ask)
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
    reference(_, _): None,
    says(_): None,
    example: r#"{"held": 32}"#,
});

impl Decline {
    pub(crate) fn decide(&self, draft: &mut Draft<'_>, ask: &Ask<'_>) -> Result<(), Rejection> {
        let held = waiting(draft.books, self.held, ask)?;
        draft.may_write(held.party, None)?;
        super::text_fits("reason", &self.reason)
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
    reference(_, _): None,
    says(_): None,
    example: r#"{"held": 34, "reason": "no room"}"#,
});
