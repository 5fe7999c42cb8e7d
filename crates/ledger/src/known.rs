//! What is recorded, opened to be asked: by whoever holds the folder, or beside it.

use std::sync::PoisonError;

use books::{AccountNo, Books, CommandId, Day, Event, Moment, PartyNo, Seq, Sums};
use seen::SeenError;
use store::{ReadLog, Store};
use timeline::Timeline;

use crate::log;
use crate::marks::Marks;
use crate::opened::{KeptIn, LedgerError, Opened};

/// See the module.
pub trait Known {
    /// The log.
    fn log(&self) -> &dyn ReadLog;

    /// The books as of the head.
    fn books(&self) -> &Books;

    /// The history of all accounts.
    fn timeline(&self) -> &Timeline;

    /// Where in the log to look, where that is kept.
    fn marks(&self) -> Option<&Marks>;

    /// The event that answers a party's command of this id, or anybody's; `None` where no such command is recorded.
    ///
    /// # Errors
    /// When ids or an event cannot be read.
    fn find(&self, id: CommandId, by: Option<PartyNo>) -> Result<Option<Seq>, LedgerError>;

    /// Calls `each` with every event behind one up to the head, from memory; false where they are not all at hand.
    fn recent(&self, after: Seq, each: &mut dyn FnMut(Seq, &Event)) -> bool;

    /// Sums of an account at the end of a day, as known after an event.
    ///
    /// # Errors
    /// When the history cannot be read.
    fn at(&self, account: AccountNo, day: Day, known_at: Seq) -> Result<Sums, LedgerError> {
        let [on_hand, encumbered, blocked] = self.timeline().at(account.0, day.0, known_at.0)?;
        Ok(Sums { on_hand, encumbered, blocked })
    }

    /// See [`log::event`].
    ///
    /// # Errors
    /// When it cannot be read.
    fn event(&self, seq: Seq) -> Result<Option<Event>, LedgerError> {
        log::event(self.log(), seq)
    }

    /// See [`log::events`].
    ///
    /// # Errors
    /// When one cannot be read.
    fn events(&self, from: Seq, each: &mut dyn FnMut(Seq, Event) -> bool) -> Result<(), LedgerError> {
        log::events(self.log(), from, each)
    }

    /// See [`log::known_at`].
    ///
    /// # Errors
    /// When an event cannot be read.
    fn known_at(&self, moment: Moment, head: Seq) -> Result<Seq, LedgerError> {
        log::known_at(self.log(), moment, head)
    }
}

impl Opened {
    /// The books as of the head.
    #[must_use]
    pub fn books(&self) -> &Books {
        &self.state.books
    }

    /// The log.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }
}

impl Known for Opened {
    fn log(&self) -> &dyn ReadLog {
        self.store()
    }

    fn books(&self) -> &Books {
        self.books()
    }

    fn timeline(&self) -> &Timeline {
        &self.state.timeline
    }

    fn marks(&self) -> Option<&Marks> {
        self.state.marks.as_ref()
    }

    fn find(&self, id: CommandId, by: Option<PartyNo>) -> Result<Option<Seq>, LedgerError> {
        let mut ids = self.state.ids.lock().unwrap_or_else(PoisonError::into_inner);
        let leaf = ids.find(&KeptIn(&self.store), id.0, &mut |leaf| {
            let event = self.event(Seq::from_leaf(leaf)).map_err(|error| SeenError(error.to_string()))?;
            Ok(event.is_some_and(|event| event.is_of(id, by)))
        })?;
        Ok(leaf.map(Seq::from_leaf))
    }

    fn recent(&self, after: Seq, each: &mut dyn FnMut(Seq, &Event)) -> bool {
        self.recent.after(after, self.state.books.head(), each)
    }
}
