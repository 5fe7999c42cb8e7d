//! The read side of a running ledger, as the doors see it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use answers::{HistoryError, Log, Source, View, Viewer};
use books::{CommandId, Event, Moment, PartyNo, Seq};
use tokio::sync::watch;

/// A copy of the books that follows the log.
pub trait Live: Log + Send + Sync + 'static {
    /// The last event that answers know of, and word of every advance.
    fn position(&self) -> watch::Receiver<u64>;

    /// Reads as somebody. Nothing changes meanwhile, so that a reader must not take long: what is long is read in parts.
    fn read(&self, viewer: Viewer, each: &mut dyn FnMut(&dyn View));

    /// Builds what answers come from anew, beside what is read meanwhile, and puts it in its place; says what it found.
    ///
    /// # Errors
    /// Why it could not be built: answers come from the old one then.
    fn rebuild(&self) -> Result<serde_json::Value, HistoryError>;
}

/// A read side as one asker sees it.
pub(crate) struct Seen<'l> {
    live: &'l dyn Live,
    viewer: Viewer,
    /// Whoever asked does not wait any more.
    is_gone: Arc<AtomicBool>,
}

/// Nobody waits for the answer any more.
#[derive(Debug, thiserror::Error)]
#[error("whoever asked has gone away")]
struct Gone;

/// Tells the work on a question that its asker has gone, which is when this is dropped.
struct TellGone(Arc<AtomicBool>);

impl Drop for TellGone {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl<'l> Seen<'l> {
    /// Of an asker who waits.
    pub(crate) fn of(live: &'l dyn Live, viewer: Viewer) -> Self {
        Self { live, viewer, is_gone: Arc::default() }
    }
}

impl Log for Seen<'_> {
    fn event(&self, seq: Seq) -> Result<Option<Event>, HistoryError> {
        self.live.event(seq)
    }

    fn events(&self, from: Seq, each: &mut dyn FnMut(Seq, Event) -> bool) -> Result<(), HistoryError> {
        let mut is_gone = false;
        self.live.events(from, &mut |seq, event| {
            is_gone = self.is_gone.load(Ordering::Relaxed);
            !is_gone && each(seq, event)
        })?;
        if is_gone { Err(HistoryError(Box::new(Gone))) } else { Ok(()) }
    }

    fn known_at(&self, moment: Moment, head: Seq) -> Result<Seq, HistoryError> {
        self.live.known_at(moment, head)
    }

    fn find(&self, id: CommandId, by: Option<PartyNo>) -> Result<Option<Seq>, HistoryError> {
        self.live.find(id, by)
    }

    fn goes_on(&self) -> Result<(), HistoryError> {
        if self.is_gone.load(Ordering::Relaxed) { Err(HistoryError(Box::new(Gone))) } else { Ok(()) }
    }
}

impl Source for Seen<'_> {
    fn read(&self, each: &mut dyn FnMut(&dyn View)) {
        self.live.read(self.viewer.clone(), each);
    }
}

/// Asks and gives back what was found.
pub fn read<T>(live: &dyn Live, viewer: Viewer, each: impl FnOnce(&dyn View) -> T) -> T {
    answers::read(&Seen::of(live, viewer), each)
}

/// The same, away from the threads that answer requests.
pub(crate) async fn read_aside<T: Send + 'static>(
    live: Arc<dyn Live>,
    viewer: Viewer,
    each: impl FnOnce(&dyn View) -> T + Send + 'static,
) -> T {
    asked_aside(live, viewer, move |seen| answers::read(&seen, each)).await
}

/// Asks as somebody, away from the threads that answer requests. No further step is taken once nobody waits for it.
pub(crate) async fn asked_aside<T: Send + 'static>(
    live: Arc<dyn Live>,
    viewer: Viewer,
    ask: impl FnOnce(Seen<'_>) -> T + Send + 'static,
) -> T {
    let asker = TellGone(Arc::default());
    let is_gone = Arc::clone(&asker.0);
    let asked = tokio::task::spawn_blocking(move || ask(Seen { live: live.as_ref(), viewer, is_gone })).await;
    match asked {
        Ok(found) => found,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

/// Waits until answers know of an event; false where that takes too long.
pub async fn wait_for(live: &dyn Live, seq: u64, patience: Duration) -> bool {
    let mut position = live.position();
    let waited = tokio::time::timeout(patience, position.wait_for(|position| *position >= seq)).await;
    matches!(waited, Ok(Ok(_)))
}
