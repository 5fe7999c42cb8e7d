//! How large things may be.

/// Longest text in a field, in bytes.
pub const TEXT_BYTES_MAX: usize = 200;
/// Most lines in one act: an event must fit into 65,535 bytes of the log.
pub const LINE_COUNT_MAX: usize = 1_000;
/// Rows of an account at which old ones are dropped from memory.
pub const ROWS_MAX: usize = 16;
/// Rows that are kept then.
pub const ROWS_MIN: usize = 8;
