//! The limits of the index, each with the place it comes from.

/// Bytes of a chunk: what one question reads of a file. Smaller ones need a larger directory in memory.
pub(crate) const CHUNK_BYTES: usize = 2_048;

/// Postings that follow one and decide whether it lies ahead of its time.
pub(crate) const LOOK_AHEAD: usize = 32;

/// Strays of the smallest block with sums; below it they are looked at one by one.
pub(crate) const STRAY_BLOCK: usize = 2_048;
/// How many times larger a block of the next level is.
pub(crate) const STRAY_FANOUT: usize = 8;
/// Levels of blocks.
pub(crate) const STRAY_LEVELS: usize = 3;
/// Strays of an account that are sorted in memory at once: a block of the last level.
pub(crate) const STRAY_BATCH: usize = STRAY_BLOCK * STRAY_FANOUT * STRAY_FANOUT;

/// Bytes written between two syncs of a file that is being written, so that the last one does not hold up the disk.
pub(crate) const SYNC_BYTES: usize = 8 << 20;

/// Sizes that tests shrink.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Postings that are looked at one by one.
    pub(crate) segment_postings: usize,
    /// Sorted segments that become a run: a million postings.
    pub(crate) run_segments: usize,
    /// Segments in memory before adding waits for the thread that writes them.
    pub(crate) segments_max: usize,
    /// Runs that are merged.
    pub(crate) merge_runs: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { segment_postings: 1 << 16, run_segments: 16, segments_max: 48, merge_runs: 16 }
    }
}
