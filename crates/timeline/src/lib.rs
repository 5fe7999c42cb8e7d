//! Balances as of a day, as known at a sequence number.

use std::path::Path;

/// A change of an account, as an event made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posting {
    /// The account.
    pub account: u32,
    /// The event, from 1.
    pub seq: u64,
    /// The effective day, as days since 1970-01-01.
    pub day: i32,
    /// Change of on hand, encumbered and blocked, in accounting units.
    pub change: [i64; 3],
}

/// The index cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("read the timeline: {0}")]
pub struct TimelineError(pub String);

/// The history of all accounts by two times.
pub struct Timeline {
    covered: u64,
    postings: Vec<Posting>,
}

impl Timeline {
    /// Opens the index in its folder, which it creates; forgets what lies beyond the head of the log.
    pub fn open(_: &Path, _: u64) -> Result<Self, TimelineError> {
        Ok(Self { covered: 0, postings: Vec::new() })
    }

    /// Postings of events up to here are in; those of later events must be added again.
    #[must_use]
    pub fn covered(&self) -> u64 {
        self.covered
    }

    /// Adds a posting. They come in order of seq.
    pub fn add(&mut self, posting: Posting) {
        self.postings.push(posting);
    }

    /// Sums of an account at the end of a day, as known after an event.
    pub fn at(&self, account: u32, day: i32, known_at: u64) -> Result<[i64; 3], TimelineError> {
        let mut sums = [0; 3];
        for posting in &self.postings {
            if posting.account == account && posting.day <= day && posting.seq <= known_at {
                for (sum, change) in sums.iter_mut().zip(posting.change) {
                    *sum += change;
                }
            }
        }
        Ok(sums)
    }

    /// The distinct days on which an account has postings, as known after an event, ascending.
    pub fn days(&self, account: u32, known_at: u64) -> Result<Vec<i32>, TimelineError> {
        let touches = |posting: &&Posting| posting.account == account && posting.seq <= known_at;
        let mut days: Vec<i32> = self.postings.iter().filter(touches).map(|posting| posting.day).collect();
        days.sort_unstable();
        days.dedup();
        Ok(days)
    }
}
