//! The small pieces that all text formats share: decimals without leading zeros, and hashes in base64.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::Hash;

/// The largest size or index: Go's tools count in signed 64 bits.
pub(crate) const COUNT_MAX: u64 = i64::MAX as u64;

/// Reads a decimal without sign or leading zeros, at most [`COUNT_MAX`].
pub(crate) fn parse_count(text: &str) -> Option<u64> {
    let canonical = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|count| canonical && *count <= COUNT_MAX)
}

/// Reads a hash in standard base64, with its padding and nothing else.
pub(crate) fn parse_hash(text: &str) -> Option<Hash> {
    decode(text)?.try_into().ok()
}

/// Writes standard base64, with its padding.
pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    BASE64_STANDARD.encode(bytes)
}

/// Reads standard base64; the one encoding that [`encode`] gives, so that what is read is written the same.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    BASE64_STANDARD.decode(text).ok()
}
