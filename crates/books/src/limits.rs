//! How large things may be.

use crate::rejection::Fault;

/// Longest text in a field, in bytes.
pub const TEXT_BYTES_MAX: usize = 200;
/// What is wrong with a text of a field, if anything.
#[must_use]
pub fn text_fault(text: &str) -> Option<Fault> {
    if text.is_empty() {
        Some(Fault::Empty)
    } else if text.len() > TEXT_BYTES_MAX {
        Some(Fault::TooLong { most: TEXT_BYTES_MAX })
    } else if text.chars().any(char::is_control) {
        Some(Fault::ControlCharacters)
    } else {
        None
    }
}

/// Most lines in one act: an event must fit into 65,535 bytes of the log.
pub const LINE_COUNT_MAX: usize = 1_000;
/// Most decimals of an accounting unit.
pub const DECIMALS_MAX: u8 = 9;
/// Rows of an account at which old ones are dropped from memory.
pub const ROWS_MAX: usize = 16;
/// Rows that are kept then.
pub const ROWS_MIN: usize = 8;
