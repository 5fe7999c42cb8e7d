//! A ledger that is open in this process, as questions see it.

use answers::{History, HistoryError, View, Viewer};
use books::{AccountNo, Books, CommandId, Day, Event, Moment, Seq, Sums};
use ledger::{Finder, LedgerError, Opened};

/// See the module.
pub(crate) struct OpenedView<'o> {
    /// The ledger.
    pub(crate) opened: &'o Opened,
    /// Who asks.
    pub(crate) viewer: Viewer,
    /// Knows the ids of commands, where the ledger is at work beside us.
    pub(crate) finder: Option<&'o Finder>,
}

fn unreadable(error: LedgerError) -> HistoryError {
    HistoryError(Box::new(error))
}

impl History for OpenedView<'_> {
    fn at(&self, account: AccountNo, day: Day, known_at: Seq) -> Result<Sums, HistoryError> {
        self.opened.at(account, day, known_at).map_err(unreadable)
    }

    fn changes(&self, account: AccountNo, known_at: Seq) -> Result<Vec<(Seq, Day)>, HistoryError> {
        let mut changes = Vec::new();
        let found = self.opened.timeline.changes(account.0, known_at.0, |seq, day| changes.push((Seq(seq), Day(day))));
        found.map_err(|error| unreadable(LedgerError::Timeline(error)))?;
        Ok(changes)
    }
}

impl View for OpenedView<'_> {
    fn books(&self) -> &Books {
        self.opened.books()
    }

    fn now(&self) -> Moment {
        now()
    }

    fn viewer(&self) -> Viewer {
        self.viewer.clone()
    }

    fn event(&self, seq: Seq) -> Result<Option<Event>, HistoryError> {
        // The log may be ahead of the books: what they do not know yet has not happened for whoever asks.
        if seq > self.opened.books().head() {
            return Ok(None);
        }
        self.opened.event(seq).map_err(unreadable)
    }

    fn events(&self, from: Seq, each: &mut dyn FnMut(Seq, Event) -> bool) -> Result<(), HistoryError> {
        let head = self.opened.books().head();
        if from > head {
            return Ok(());
        }
        self.opened.events(from, |seq, event| seq <= head && each(seq, event) && seq < head).map_err(unreadable)
    }

    fn known_at(&self, moment: Moment) -> Result<Seq, HistoryError> {
        self.opened.known_at(moment).map_err(unreadable)
    }

    fn find(&self, id: CommandId) -> Result<Option<Seq>, HistoryError> {
        match self.finder {
            Some(finder) => finder.find(id).map_err(unreadable),
            None => self.opened.find(id).map_err(unreadable),
        }
    }
}

/// The moment of asking.
pub(crate) fn now() -> Moment {
    use ledger::Clock;
    Moment(ledger::SystemClock.now_us())
}
