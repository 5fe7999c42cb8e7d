//! The ledger as a service: of all that run for a ledger one leads, and the others follow it, ready to take over.
//!
//! A standby records every record of the commit log in its own folder. When the lease is free it takes it, reads the log to
//! its end, and appends the record with which its epoch begins: only then does it decide. A leader that slept through the
//! end of its lease finds that record where it wanted to write, throws its memory away, and follows.

mod following;
mod leading;
mod standing_by;
mod status;
mod suspects;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bus::Bus;
use tokio::sync::watch;

use crate::clock::Clock;
use crate::opened::{LedgerError, Opened, Options};
use crate::pipeline::Stages;

pub use following::follow;
use status::AHEAD_US_MAX;
pub use status::{Progress, Role, Status};

/// What a ledger service needs to know.
#[derive(Clone)]
pub struct Service {
    /// Its folder.
    pub dir: PathBuf,
    /// How to open it.
    pub options: Options,
    /// Who it is, for people and for the lease.
    pub node: String,
    /// What carries its messages.
    pub bus: Arc<dyn Bus>,
    /// Where its stages run.
    pub stages: Stages,
    /// Tells the time.
    pub clock: Arc<dyn Fn() -> Box<dyn Clock> + Send + Sync>,
    /// How often the lease is renewed, and a free one looked for.
    pub renew_every: Duration,
    /// After so long without a record it writes one without events, which proves that it could; none where nobody asks.
    pub beat_every: Option<Duration>,
    /// Frames that are decided and not yet answered.
    pub in_flight_max: usize,
    /// Makes a span part of the trace that a frame's `traceparent` names.
    pub follow: fn(&tracing::Span, Option<&str>),
    /// Nobody else may lead: what ends its lead ends it, and is said, instead of being followed by another try in a folder
    /// that this process still reads.
    pub is_alone: bool,
}

impl Service {
    /// A service with the usual figures.
    #[must_use]
    pub fn new(dir: PathBuf, node: String, bus: Arc<dyn Bus>) -> Self {
        Self {
            dir,
            options: Options::default(),
            node,
            bus,
            stages: Stages::Threads,
            clock: Arc::new(|| Box::new(crate::clock::SystemClock)),
            renew_every: Duration::from_millis(400),
            beat_every: Some(Duration::from_secs(10)),
            in_flight_max: 64,
            follow: |_, _| {},
            is_alone: false,
        }
    }

    /// Runs until `stop` says so. Says in `status` what it does.
    ///
    /// # Errors
    /// When the folder cannot be opened or written, or what it holds and the commit log contradict each other: somebody has
    /// to look. A bus that does not answer is waited for.
    pub async fn run(self, mut stop: watch::Receiver<bool>, status: watch::Sender<Status>) -> Result<(), LedgerError> {
        loop {
            let opened = Opened::open(&self.dir, &self.options)?;
            status.send_replace(Status { events: opened.store.head().size(), ..Status::default() });
            let Some(ready) = standing_by::run(&self, opened, &mut stop, &status).await? else { return Ok(()) };
            if leading::run(&self, ready, &mut stop, &status).await? {
                return Ok(());
            }
            tracing::warn!(node = self.node, "no longer leading");
        }
    }
}

/// Waits until a word is given.
async fn given(word: &mut watch::Receiver<bool>) {
    // Nobody can give it any more: that is as good.
    let _ = word.wait_for(|given| *given).await;
}
