//! How large things may be.

/// Longest text in a field, in bytes.
pub const TEXT_BYTES_MAX: usize = 200;
/// What is wrong with a text of a field, if anything.
#[must_use]
pub fn text_problem(text: &str) -> Option<String> {
    if text.is_empty() {
        Some("must not be empty".into())
    } else if text.len() > TEXT_BYTES_MAX {
        Some(format!("is longer than {TEXT_BYTES_MAX} bytes"))
    } else if text.chars().any(char::is_control) {
        Some("must not hold control characters".into())
    } else {
        None
    }
}

/// Most lines in one act: an event must fit into 65,535 bytes of the log.
pub const LINE_COUNT_MAX: usize = 1_000;
/// Rows of an account at which old ones are dropped from memory.
pub const ROWS_MAX: usize = 16;
/// Rows that are kept then.
pub const ROWS_MIN: usize = 8;
