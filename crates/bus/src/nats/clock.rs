//! How far this machine's clock is from the server's, and how many copies of the commit log are whole.
//!
//! What one machine says of time another judges: deadlines, and who may lead. So both are compared with the server's clock, which
//! every answer about a stream tells. The same answer says which copies of it keep up: with one of three away nothing is
//! noticed, and the next fault stops all.

use std::sync::Weak;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_nats::Client;
use async_nats::datetime::parse_rfc3339;

use crate::names::Names;

/// How often it is measured.
const EVERY: Duration = Duration::from_secs(5);

/// What is asked.
pub(super) struct Clock {
    pub(super) client: Client,
    pub(super) subject: String,
}

/// What was last told.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// See [`Queue::clock_ahead_us`](crate::Queue::clock_ahead_us).
    pub(super) ahead_us: AtomicI64,
    /// Copies of the commit log that are whole.
    pub(super) copies: AtomicU64,
}

/// Every service may ask how the commit log is.
pub(super) fn subject(names: &Names) -> String {
    format!("$JS.API.STREAM.INFO.{}", names.event_stream())
}

impl Clock {
    /// One measurement, as exact as half the time that asking takes.
    pub(super) async fn ask(&self, to: &Told) -> Result<(), String> {
        let before = SystemTime::now();
        let begun = tokio::time::Instant::now();
        let asking = self.client.request(self.subject.clone(), Vec::new().into());
        let told = tokio::time::timeout(super::ACK_WAIT, asking).await.map_err(|_| "it does not tell its time")?;
        let told = told.map_err(|error| format!("it does not tell its time: {error}"))?;
        let middle = before + begun.elapsed() / 2;
        let told: serde_json::Value = serde_json::from_slice(&told.payload).map_err(|error| error.to_string())?;
        let copies = told["cluster"]["replicas"].as_array().map_or(0, |others| {
            let is_whole = |other: &&serde_json::Value| other["current"] == true && other["offline"] != true;
            others.iter().filter(is_whole).count()
        });
        to.copies.store(1 + copies as u64, Ordering::Relaxed);
        let at = told["ts"].as_str().ok_or("its answers have no time")?;
        let at = parse_rfc3339(at).map_err(|error| error.to_string())?.unix_timestamp_nanos() / 1_000;
        let here = middle.duration_since(UNIX_EPOCH).map_err(|error| error.to_string())?.as_micros();
        let ahead_us = i64::try_from(here).unwrap_or(i64::MAX).saturating_sub(i64::try_from(at).unwrap_or(0));
        to.ahead_us.store(ahead_us, Ordering::Relaxed);
        Ok(())
    }
}

/// Measures for as long as somebody wants to know.
pub(super) async fn keep(clock: Clock, told: Weak<Told>) {
    loop {
        tokio::time::sleep(EVERY).await;
        let Some(told) = told.upgrade() else { return };
        if let Err(problem) = clock.ask(&told).await {
            tracing::debug!(problem, "compare clocks");
        }
    }
}
