//! A value as kept: `version u8 ‖ stamp u64 ‖ CRC32C u32 ‖ content`, big-endian. The CRC is over key, version, stamp and content.
//!
//! The stamp is a random number of the run (or the generation of a manifest): a value that a crash left from another
//! run at the same place is not taken for ours.

use crate::SeenError;
use crate::limits::VALUE_BYTES_MAX;

const VERSION: u8 = 1;
const HEADER_BYTES: usize = 13;

/// Longest content of one value.
pub(crate) const CONTENT_BYTES_MAX: usize = VALUE_BYTES_MAX - HEADER_BYTES;

pub(crate) fn seal(key: &[u8], stamp: u64, content: &[u8]) -> Vec<u8> {
    assert!(content.len() <= CONTENT_BYTES_MAX, "a value is at most {VALUE_BYTES_MAX} bytes");
    let mut value = Vec::with_capacity(HEADER_BYTES + content.len());
    value.push(VERSION);
    value.extend_from_slice(&stamp.to_be_bytes());
    value.extend_from_slice(&crc(key, stamp, content).to_be_bytes());
    value.extend_from_slice(content);
    value
}

/// The content of a value, checked.
pub(crate) fn unseal<'v>(key: &[u8], stamp: u64, value: Option<&'v [u8]>) -> Result<&'v [u8], SeenError> {
    let problem = |text: &str| SeenError(format!("{text} at key {}", hex(key)));
    let value = value.ok_or_else(|| problem("a value is missing"))?;
    let (header, content) = value.split_first_chunk::<HEADER_BYTES>().ok_or_else(|| problem("a value is cut short"))?;
    if header[0] != VERSION {
        return Err(problem("a value is of a format that this release does not know"));
    }
    if header[1..9] != stamp.to_be_bytes() || header[9..] != crc(key, stamp, content).to_be_bytes() {
        return Err(problem("a value is damaged"));
    }
    Ok(content)
}

fn crc(key: &[u8], stamp: u64, content: &[u8]) -> u32 {
    let crc = crc32c::crc32c_append(crc32c::crc32c(key), &[VERSION]);
    crc32c::crc32c_append(crc32c::crc32c_append(crc, &stamp.to_be_bytes()), content)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
