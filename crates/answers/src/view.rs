//! What an answer may look at: the books, their history, the log, and who asks.
//!
//! A folder opened by a tool is a view, and so is a server's copy that follows the log. Answers do not know which.

use books::{Books, CommandId, Event, Moment, Seq};

use crate::history::{History, HistoryError};

/// Who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Viewer {
    /// Whoever runs the ledger, or holds its folder: sees everything.
    #[default]
    Operator,
    /// A party, by its code: what it sees follows from its role. See [`crate::Sight`].
    Party(String),
}

/// Everything that questions read. Nothing in it changes while a question is answered.
pub trait View: History {
    /// The books as of the last recorded event.
    fn books(&self) -> &Books;

    /// The moment of asking.
    fn now(&self) -> Moment;

    /// Who asks.
    fn viewer(&self) -> Viewer {
        Viewer::Operator
    }

    /// The event at a place of the log; `None` past its end.
    ///
    /// # Errors
    /// When the log cannot be read.
    fn event(&self, seq: Seq) -> Result<Option<Event>, HistoryError>;

    /// Calls `each` with every event from one on, in order, until it says no.
    ///
    /// # Errors
    /// When the log cannot be read.
    fn events(&self, from: Seq, each: &mut dyn FnMut(Seq, Event) -> bool) -> Result<(), HistoryError>;

    /// The last event recorded at or before a moment; `Seq(0)` before the first.
    ///
    /// # Errors
    /// When the log cannot be read.
    fn known_at(&self, moment: Moment) -> Result<Seq, HistoryError>;

    /// The event that answers a command; `None` where no such command is recorded.
    ///
    /// # Errors
    /// When the index of ids cannot be read.
    fn find(&self, id: CommandId) -> Result<Option<Seq>, HistoryError>;
}
