//! Which commands the ledger has seen, over its whole history.
//!
//! The last ids are in a map (`window`). A full window is sealed, on a thread of its own, into runs: buckets of sorted
//! 40-bit fingerprints with leaf indices, and filters that say of almost every fresh id that a run does not hold it.
//! Runs of UUIDv7 cover disjoint ranges of time and are passed over by comparing two numbers. Runs of other ids overlap
//! all; they are merged eight by eight, so that few have to be asked.
//!
//! What is kept, always through [`Kept`] and [`Seen::take_pairs`], is a derived index: whatever of it is lost or
//! damaged is made again from the log. A candidate is never believed: the caller compares the whole id.

mod bucket;
mod filter;
mod fingerprint;
mod id;
mod keys;
mod limits;
mod manifest;
mod merge;
mod pending;
mod run;
mod runs;
mod seal;
mod seen;
mod value;
mod window;
mod worker;
mod writer;

pub use seen::Seen;

/// Is the event at a leaf index the one that is looked for?
pub type IsIt<'f> = &'f mut dyn FnMut(u64) -> Result<bool, SeenError>;

/// A key and its value.
pub type Pair = (Vec<u8>, Vec<u8>);

/// Where sealed runs are kept: pairs that are written together with the log.
pub trait Kept {
    /// The value of a key.
    ///
    /// # Errors
    /// When it cannot be read.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, SeenError>;
    /// Up to `count` pairs with `from <= key < to`, in order.
    ///
    /// # Errors
    /// When they cannot be read.
    fn range(&self, from: &[u8], to: &[u8], count: usize) -> Result<Vec<Pair>, SeenError>;
}

/// The index of ids cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("read the index of command ids: {0}")]
pub struct SeenError(pub String);
