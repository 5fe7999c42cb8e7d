//! Where recorded time comes from.

use std::time::{SystemTime, UNIX_EPOCH};

/// Tells the time. The decider makes it strictly increasing, whatever the clock does.
pub trait Clock: Send {
    /// Microseconds since 1970-01-01T00:00:00Z.
    fn now_us(&self) -> u64;
}

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now_us(&self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
    }
}
