//! The limits of the store, each with the place it comes from.

/// Longest entry: its length travels as a `u16` in an entry bundle (tlog-tiles).
pub const ENTRY_BYTES_MAX: usize = 65_535;

/// Longest value given to sled. A leaf holds up to 17 values before it splits, and a page of more than 128 KiB becomes a
/// file under `blobs/` that is never synced: 17 x 6 KiB stays below with room for keys.
pub const VALUE_BYTES_MAX: usize = 6 * 1024;

/// Most entries in one block. A reader finds the block of an entry by a forward scan from this many entries before it.
pub const BLOCK_ENTRIES_MAX: usize = 256;

/// Most raw bytes put into one block of several entries, so that a reader's buffer stays small.
pub const BLOCK_RAW_BYTES_MAX: usize = 64 * 1024;

/// Longest state page. Longer ones are the caller's to divide; up to here they are split over several values.
pub const PAGE_BYTES_MAX: usize = 256 * 1024;

/// Longest signed checkpoint kept in the head: about thirty cosignatures.
pub const NOTE_BYTES_MAX: usize = 4 * 1024;

/// Longest origin of a ledger.
pub const ORIGIN_BYTES_MAX: usize = 255;

/// Longest name of a cursor.
pub const CURSOR_NAME_BYTES_MAX: usize = 128;

/// Longest value of a cursor.
pub const CURSOR_BYTES_MAX: usize = 4 * 1024;
