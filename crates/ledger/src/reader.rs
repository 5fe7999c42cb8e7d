//! Answers from what is recorded.

use std::ops::Deref;
use std::path::Path;
use std::sync::PoisonError;

use books::{AccountNo, Books, CommandId, Day, Event, Moment, Seq, Sums};
use seen::SeenError;
use store::Store;
use timeline::Timeline;

use crate::log;
use crate::marks::Marks;
use crate::opened::{KeptIn, LedgerError, Opened, Options};

/// A ledger opened by a tool that asks once.
pub struct Reader(Opened);

impl Reader {
    /// Opens a ledger to ask it.
    ///
    /// # Errors
    /// See [`Opened::open`].
    pub fn open(dir: &Path, options: &Options) -> Result<Self, LedgerError> {
        Opened::open(dir, &Options { marks: true, ..options.clone() }).map(Self)
    }
}

impl Deref for Reader {
    type Target = Opened;

    fn deref(&self) -> &Opened {
        &self.0
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

    /// The history of all accounts.
    #[must_use]
    pub fn timeline(&self) -> &Timeline {
        &self.state.timeline
    }

    /// Where in the log to look, where that is kept.
    #[must_use]
    pub fn marks(&self) -> Option<&Marks> {
        self.state.marks.as_ref()
    }

    /// Sums of an account at the end of a day, as known after an event.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn at(&self, account: AccountNo, day: Day, known_at: Seq) -> Result<Sums, LedgerError> {
        let [on_hand, encumbered, blocked] = self.state.timeline.at(account.0, day.0, known_at.0)?;
        Ok(Sums { on_hand, encumbered, blocked })
    }

    /// See [`log::event`].
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn event(&self, seq: Seq) -> Result<Option<Event>, LedgerError> {
        log::event(&self.store, seq)
    }

    /// The event that answers a command; `None` where no such command is recorded.
    ///
    /// # Errors
    /// When the index of ids or an event cannot be read.
    pub fn find(&self, id: CommandId) -> Result<Option<Seq>, LedgerError> {
        let mut seen = self.state.ids.lock().unwrap_or_else(PoisonError::into_inner);
        let leaf = seen.find(&KeptIn(&self.store), id.0, &mut |leaf| {
            let event = self.event(Seq::from_leaf(leaf)).map_err(|error| SeenError(error.to_string()))?;
            Ok(event.is_some_and(|event| event.id == id))
        })?;
        Ok(leaf.map(Seq::from_leaf))
    }

    /// See [`log::events`].
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn events(&self, from: Seq, each: impl FnMut(Seq, Event) -> bool) -> Result<(), LedgerError> {
        log::events(&self.store, from, each)
    }

    /// Calls `each` with every event behind one up to the head, from memory; false where they are not all at hand.
    pub fn recent(&self, after: Seq, each: &mut dyn FnMut(Seq, &Event)) -> bool {
        self.recent.after(after, self.state.books.head(), each)
    }

    /// See [`log::known_at`].
    ///
    /// # Errors
    /// When an event cannot be read.
    pub fn known_at(&self, moment: Moment, head: Seq) -> Result<Seq, LedgerError> {
        log::known_at(&self.store, moment, head)
    }
}
