//! Balances as of a day, as known at a sequence number, in logarithmic time.
//!
//! A question asks for the sum of an account's changes with `day <= D` and `seq <= T`. Nearly all postings of an account
//! come in the order of their days; then both conditions cut at one place, and the sum up to there is the answer. These
//! make the *main* line of an account. Those that come late or lie ahead are *strays*, few, kept beside it with sums over
//! blocks of them in the order of days (`stray`).
//!
//! New postings are in memory (`segment`). A million of them become a *run*: two immutable files, one of main
//! lines and one of strays, each sorted by account in chunks of 2 KiB. Sixteen runs are merged to one. All of it is a
//! derived index: it can be deleted at any time and is made again from the log.

mod chunk;
mod cursor;
mod limits;
mod manifest;
mod merge;
mod row;
mod run;
mod segment;
mod shared;
mod split;
mod stray;
mod table;
mod timeline;
mod worker;

pub use row::Posting;
pub use timeline::Timeline;

/// The index cannot be read or written. The text names the file. The way out is [`Timeline::remove`], and to add the
/// postings of the whole log again.
#[derive(Clone, Debug, thiserror::Error)]
#[error("read the timeline: {0}")]
pub struct TimelineError(pub String);

impl TimelineError {
    pub(crate) fn at(path: &std::path::Path, problem: impl std::fmt::Display) -> Self {
        Self(format!("`{}`: {problem}", path.display()))
    }
}
