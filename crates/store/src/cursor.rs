//! Cursors: small named values of the caller, replaced in place, in the same batch as what they speak of.
//!
//! Value: CRC32C of key and content (4 bytes), content. The head sums up all cursors, so that one that fell back to an
//! older value shows.

use crate::engine::{Bytes, Engine};
use crate::keys;
use crate::limits::{CURSOR_BYTES_MAX, CURSOR_NAME_BYTES_MAX};
use crate::page::cursor_fingerprint;
use crate::read::ReadError;
use rustc_hash::FxHashMap;

/// What each cursor adds to the sum in the head.
#[derive(Debug, Default)]
pub(crate) struct Cursors {
    fingerprints: FxHashMap<String, u64>,
}

impl Cursors {
    pub(crate) fn load(engine: &Engine) -> Result<Self, ReadError> {
        let mut cursors = Self::default();
        for (key, value) in engine.scan(&[keys::CURSOR_TAG], &[keys::CURSOR_TAG + 1], usize::MAX)? {
            let name = String::from_utf8_lossy(&key[1..]).into_owned();
            let content = decode(&name, &value)?;
            let fingerprint = cursor_fingerprint(&name, content);
            cursors.fingerprints.insert(name, fingerprint);
        }
        Ok(cursors)
    }

    pub(crate) fn sum(&self) -> u64 {
        self.fingerprints.values().fold(0, |sum, one| sum.wrapping_add(*one))
    }

    pub(crate) fn write(&mut self, name: &str, content: &[u8], to: &mut Vec<(Bytes, Bytes)>) {
        assert!(name.len() <= CURSOR_NAME_BYTES_MAX, "a cursor's name is at most {CURSOR_NAME_BYTES_MAX} bytes");
        assert!(content.len() <= CURSOR_BYTES_MAX, "a cursor is at most {CURSOR_BYTES_MAX} bytes");
        let key = keys::cursor(name);
        let crc = crc32c::crc32c_append(crc32c::crc32c(&key), content);
        to.push((key.into(), [&crc.to_be_bytes(), content].concat().into()));
        self.fingerprints.insert(name.to_owned(), cursor_fingerprint(name, content));
    }
}

pub(crate) fn decode<'a>(name: &str, value: &'a [u8]) -> Result<&'a [u8], ReadError> {
    let damaged = || ReadError::Cursor(name.to_owned());
    let (crc, content) = value.split_first_chunk::<4>().ok_or_else(damaged)?;
    let expected = crc32c::crc32c_append(crc32c::crc32c(&keys::cursor(name)), content);
    if expected.to_be_bytes() == *crc { Ok(content) } else { Err(damaged()) }
}
