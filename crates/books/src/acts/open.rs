//! The first event of every ledger: under which name it signs, and in which format it is written.

use super::Ask;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::number::Seq;
use crate::rejection::Fault;

/// Opens a ledger.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Open {
    /// Name of the log in its checkpoints: a URL prefix without scheme.
    #[n(0)]
    pub origin: String,
    /// Version of the event format.
    #[n(1)]
    pub format: u32,
}

impl Open {
    pub(crate) fn decide(&self, who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let mut shape = who.shape()?;
        if shape.books.head() != Seq(0) {
            shape.invalid("act", Fault::AlreadyOpen);
        }
        shape.text("origin", &self.origin);
        shape.state()?.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, _: Seq, _: &Event) {
        books.origin.clone_from(&self.origin);
    }
}

act_rules!(Open {
    right: Found, asks: Secretariat, seen: Everybody, nature: Decision, by_hand: No, periods: Nobody,
    undone: Never("a ledger begins once"),
    line: Words(&["{origin}"]),
    whose(_, _): Vec::new(),
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"origin": "example.org/acts", "format": 1}"#,
});
