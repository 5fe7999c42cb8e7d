//! The limits of the index, each with the place it comes from.

/// Longest value handed out: what the store takes.
pub(crate) const VALUE_BYTES_MAX: usize = 6 * 1024;

/// Bits of a fingerprint. A run of 59 million ids then gives one false candidate in 19,000 lookups even without its
/// filter; each costs a read of the log, and every bit costs an eighth of a byte an id.
pub(crate) const FINGERPRINT_BITS: u32 = 40;

/// Finds between two rounds of housekeeping: it costs some microseconds.
pub(crate) const FINDS_PER_TICK: u64 = 512;

/// Full windows that may wait for the thread that seals them before an insert waits for it.
pub(crate) const WINDOWS_WAITING_MAX: usize = 3;

/// Values of a merge read ahead of the thread that merges.
pub(crate) const FED_VALUES_MAX: usize = 32;

/// Values of merges read in one round of housekeeping: four times what keeps up with random ids.
pub(crate) const FED_VALUES_PER_TICK: usize = 8;

/// A merge rests while this much waits to be taken.
pub(crate) const UNTAKEN_BYTES_MAX: usize = 2 << 20;

/// A filter not asked for this many finds leaves the memory.
pub(crate) const FILTER_IDLE_FINDS_MAX: u64 = 1 << 22;

/// Memory for filters: 110 million random ids. Runs whose filter has no room are asked through their buckets.
pub(crate) const FILTER_BYTES_MAX: usize = 250 << 20;

/// Runs of UUIDv7 that a new one may overlap in time. Beyond it the clocks are no guide, and the run is treated like
/// one of random ids.
pub(crate) const TIMED_OVERLAP_MAX: usize = 8;

/// Sizes that tests shrink.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Ids of a window. As many as a hash table of 2^20 slots takes.
    pub(crate) window_ids: usize,
    /// Low bits of fingerprints set to zero; none but in tests.
    pub(crate) fingerprint_bits_cut: u32,
    /// Ids of a bucket on average: one value with room for what chance adds.
    pub(crate) bucket_ids: u64,
    /// Ids of a filter on average: smaller ones cost more bits an id, larger ones more time to load.
    pub(crate) filter_ids: u64,
    /// Runs of one level that are merged.
    pub(crate) merge_runs: usize,
    /// Ids of a merged run at most.
    pub(crate) run_ids_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            window_ids: 7 << 17,
            fingerprint_bits_cut: 0,
            bucket_ids: 896,
            filter_ids: 7 << 16,
            merge_runs: 8,
            run_ids_max: 7 << 23,
        }
    }
}
