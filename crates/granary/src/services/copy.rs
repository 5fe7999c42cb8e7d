//! The read side of a service: a copy of the books that follows the log.

use std::sync::Arc;

use answers::{HistoryError, Log, View, Viewer};
use books::{CommandId, Event, Moment, PartyNo, Seq};
use ledger::{Finder, Follower, Known, Shared, log};
use store::Store;
use tokio::sync::watch;
use web::Live;

use crate::opened_view::{OpenedView, now, unreadable};

/// See the module.
pub(crate) struct Copy {
    shared: Shared,
    position: watch::Receiver<u64>,
    finder: Option<Finder>,
    log: Arc<Store>,
}

impl Copy {
    /// What a follower shows; `finder` knows the ids of commands, where the ledger is at work beside it.
    pub(crate) fn of(follower: &Follower, finder: Option<Finder>) -> Self {
        Self { shared: follower.shared(), position: follower.position(), finder, log: Arc::clone(follower.store()) }
    }
}

/// Says in the metrics how long events take from being recorded to being seen by readers.
pub(crate) async fn tell_lag(shared: Shared, mut position: watch::Receiver<u64>) {
    while position.changed().await.is_ok() {
        position.borrow_and_update();
        let recorded_at = ledger::read(&shared).books().recorded_at();
        let lag_us = now().0.saturating_sub(recorded_at.0);
        metrics::histogram!("granary_lag_seconds").record(lag_us as f64 / 1e6);
        // Time in the ledger never goes back: after a clock that was wrong it may run ahead for long.
        let ahead_us = recorded_at.0.saturating_sub(now().0);
        metrics::gauge!("granary_recorded_ahead_seconds").set(ahead_us as f64 / 1e6);
    }
}

impl Log for Copy {
    fn event(&self, seq: Seq) -> Result<Option<Event>, HistoryError> {
        log::event(&*self.log, seq).map_err(unreadable)
    }

    fn events(&self, from: Seq, each: &mut dyn FnMut(Seq, Event) -> bool) -> Result<(), HistoryError> {
        log::events(&*self.log, from, each).map_err(unreadable)
    }

    fn known_at(&self, moment: Moment, head: Seq) -> Result<Seq, HistoryError> {
        log::known_at(&*self.log, moment, head).map_err(unreadable)
    }

    fn find(&self, id: CommandId, by: Option<PartyNo>) -> Result<Option<Seq>, HistoryError> {
        match &self.finder {
            Some(finder) => finder.find(id, by).map_err(unreadable),
            None => Known::find(&*ledger::read(&self.shared), id, by).map_err(unreadable),
        }
    }
}

impl Live for Copy {
    fn position(&self) -> watch::Receiver<u64> {
        self.position.clone()
    }

    fn read(&self, viewer: Viewer, each: &mut dyn FnMut(&dyn View)) {
        let opened = ledger::read(&self.shared);
        each(&OpenedView { opened: &*opened, viewer });
    }

    fn rebuild(&self) -> Result<serde_json::Value, HistoryError> {
        let rebuilt = ledger::rebuild(&self.shared).map_err(|error| HistoryError(Box::new(error)))?;
        serde_json::to_value(rebuilt).map_err(|error| HistoryError(Box::new(error)))
    }
}
