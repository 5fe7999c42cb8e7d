//! The first event of every ledger: under which name it signs, and in which format it is written.

use super::Ask;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::Draft;
use crate::event::Event;
use crate::number::Seq;
use crate::rejection::Rejection;

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
    pub(crate) fn decide(&self, draft: &mut Draft<'_>, _: &Ask<'_>) -> Result<(), Rejection> {
        if draft.books.head() != Seq(0) {
            return Err(Rejection::Invalid { field: "act", problem: "the ledger is open already".into() });
        }
        super::text_fits("origin", &self.origin)
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
    reference(_, _): None,
    says(_): None,
    example: r#"{"origin": "example.org/acts", "format": 1}"#,
});
