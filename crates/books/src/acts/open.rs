//! The first event of every ledger: under which name it signs, and in which format it is written.

use super::Ask;
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
