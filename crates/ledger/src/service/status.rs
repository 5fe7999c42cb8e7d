//! What a ledger service does just now.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use store::Store;
use tokio::time::{Duration, Instant};

use crate::pipeline::Finder;

/// Whether it may write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// Follows, ready to take over.
    #[default]
    Standby,
    /// Decides.
    Leader,
}

/// A leader whose clock is further ahead of the bus's than this, in microseconds, or further behind, gives up the lead: what it
/// records would be dated wrongly.
pub(super) const AHEAD_US_MAX: i64 = 5_000_000;

/// What a leader has got done, told while it works: a role says nothing of that.
#[derive(Debug)]
pub struct Progress {
    begun: Instant,
    /// Milliseconds from `begun` to the last record that is in the commit log and noted here.
    recorded_ms: AtomicU64,
    /// The same to when the oldest frame came that waits for its answer, and one; none is 0.
    oldest_ms: AtomicU64,
}

impl Default for Progress {
    fn default() -> Self {
        Self { begun: Instant::now(), recorded_ms: AtomicU64::new(0), oldest_ms: AtomicU64::new(0) }
    }
}

impl Progress {
    fn since(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.begun).as_millis()).unwrap_or(u64::MAX)
    }

    pub(super) fn recorded(&self) {
        self.recorded_ms.store(self.since(Instant::now()), Ordering::Relaxed);
    }

    pub(super) fn oldest(&self, came: Option<Instant>) {
        self.oldest_ms.store(came.map_or(0, |came| self.since(came) + 1), Ordering::Relaxed);
    }

    /// Since the last record that is in the commit log and noted here, or since the lead began.
    #[must_use]
    pub fn since_recorded(&self) -> Duration {
        self.begun.elapsed().saturating_sub(Duration::from_millis(self.recorded_ms.load(Ordering::Relaxed)))
    }

    /// How long the oldest frame has waited here for its answer.
    #[must_use]
    pub fn oldest_frame(&self) -> Duration {
        match self.oldest_ms.load(Ordering::Relaxed) {
            0 => Duration::ZERO,
            came => self.begun.elapsed().saturating_sub(Duration::from_millis(came - 1)),
        }
    }
}

/// See the module.
#[derive(Clone, Default)]
pub struct Status {
    /// When it was last at the end of the commit log, while it stands by; none while it is behind.
    pub at_end: Option<Instant>,
    /// What it has got done, while it leads.
    pub progress: Option<Arc<Progress>>,
    /// Whether it may write.
    pub role: Role,
    /// Events recorded when this was said.
    pub events: u64,
    /// The epoch it leads in, or has seen.
    pub epoch: u64,
    /// Finds what became of commands, while it leads.
    pub finder: Option<Finder>,
    /// The log, while it leads: for readers in the same process.
    pub store: Option<Arc<Store>>,
}
