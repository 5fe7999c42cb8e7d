//! The read side of a running ledger, as the doors see it.

use std::sync::Arc;
use std::time::Duration;

use answers::{HistoryError, View, Viewer};
use tokio::sync::watch;

/// A copy of the books that follows the log.
pub trait Live: Send + Sync + 'static {
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

/// Asks and gives back what was found.
pub fn read<T>(live: &dyn Live, viewer: Viewer, each: impl FnOnce(&dyn View) -> T) -> T {
    let mut each = Some(each);
    let mut found = None;
    live.read(viewer, &mut |view| {
        if let Some(each) = each.take() {
            found = Some(each(view));
        }
    });
    found.expect("a read side calls back once")
}

/// The same, away from the threads that answer requests.
pub(crate) async fn read_aside<T: Send + 'static>(
    live: Arc<dyn Live>,
    viewer: Viewer,
    each: impl FnOnce(&dyn View) -> T + Send + 'static,
) -> T {
    match tokio::task::spawn_blocking(move || read(live.as_ref(), viewer, each)).await {
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
