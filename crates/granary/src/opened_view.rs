//! A ledger that is open in this process, held or beside whoever holds it, as questions see it.

use answers::{History, HistoryError, Log, Source, View, Viewer};
use books::{AccountNo, Books, CommandId, Day, Event, Mark, Moment, PartyNo, Seq, Sums, TallyNo};
use ledger::{Known, LedgerError, Marks};

/// See the module.
pub(crate) struct OpenedView<'o> {
    /// The ledger.
    pub(crate) opened: &'o dyn Known,
    /// Who asks.
    pub(crate) viewer: Viewer,
}

pub(crate) fn unreadable(error: LedgerError) -> HistoryError {
    HistoryError(Box::new(error))
}

impl History for OpenedView<'_> {
    fn at(&self, account: AccountNo, day: Day, known_at: Seq) -> Result<Sums, HistoryError> {
        self.opened.at(account, day, known_at).map_err(unreadable)
    }

    fn changes(&self, account: AccountNo, known_at: Seq) -> Result<Vec<(Seq, Day)>, HistoryError> {
        let mut changes = Vec::new();
        let found =
            self.opened.timeline().changes(account.0, known_at.0, |seq, day| changes.push((Seq(seq), Day(day))));
        found.map_err(|error| unreadable(LedgerError::Timeline(error)))?;
        Ok(changes)
    }

    fn count(&self, mark: Mark) -> Result<Option<u64>, HistoryError> {
        self.marks(|marks, head| marks.count(mark, head))
    }

    fn marked(&self, mark: Mark) -> Result<Vec<Seq>, HistoryError> {
        Ok(self.marks(|marks, head| marks.events(mark, head))?.unwrap_or_default())
    }

    fn tally(&self, tally: TallyNo, day: Day, known_at: Seq) -> Result<Option<i64>, HistoryError> {
        self.marks(|marks, _| marks.tally(tally, day, known_at))
    }
}

impl OpenedView<'_> {
    fn marks<T>(&self, find: impl FnOnce(&Marks, Seq) -> Result<T, LedgerError>) -> Result<Option<T>, HistoryError> {
        let found = self.opened.marks().map(|marks| find(marks, self.opened.books().head())).transpose();
        found.map_err(unreadable)
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

    fn recent(&self, after: Seq, each: &mut dyn FnMut(Seq, &Event)) -> bool {
        self.opened.recent(after, each)
    }
}

/// Nobody changes what a tool has opened: it reads the log as it reads the books.
impl Log for OpenedView<'_> {
    fn event(&self, seq: Seq) -> Result<Option<Event>, HistoryError> {
        self.opened.event(seq).map_err(unreadable)
    }

    fn events(&self, from: Seq, each: &mut dyn FnMut(Seq, Event) -> bool) -> Result<(), HistoryError> {
        self.opened.events(from, each).map_err(unreadable)
    }

    fn known_at(&self, moment: Moment, head: Seq) -> Result<Seq, HistoryError> {
        self.opened.known_at(moment, head).map_err(unreadable)
    }

    fn find(&self, id: CommandId, by: Option<PartyNo>) -> Result<Option<Seq>, HistoryError> {
        self.opened.find(id, by).map_err(unreadable)
    }
}

impl Source for OpenedView<'_> {
    fn read(&self, each: &mut dyn FnMut(&dyn View)) {
        each(self);
    }
}

/// The moment of asking.
pub(crate) fn now() -> Moment {
    use ledger::Clock;
    Moment(ledger::SystemClock.now_us())
}
