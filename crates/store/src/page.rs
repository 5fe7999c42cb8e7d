//! A state page: a piece of a caller's state after a known count of entries.
//!
//! Written by the caller's snapshots, never changed; every version is kept. Numbers are big-endian.
//!
//! | bytes | what |
//! | --- | --- |
//! | 2 | magic `GP` |
//! | 1 | format version, 1 |
//! | 1 | later parts |
//! | 8 | seq of the version before this one; all ones when there is none |
//! | 4 | length over all parts |
//! | 4 | CRC32C of the key, the fields above, and the content over all parts |
//! | .. | content |
//!
//! Later parts hold nothing but content: the CRC of the first covers them.

use crate::engine::Bytes;
use crate::keys;
use crate::limits::{PAGE_BYTES_MAX, VALUE_BYTES_MAX};

const MAGIC: [u8; 2] = *b"GP";
const VERSION: u8 = 1;
const CRC_AT: usize = 16;
const HEADER_BYTES: usize = CRC_AT + 4;
const NO_PREVIOUS: u64 = u64::MAX;

/// Names a page within a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PageKey {
    /// The caller's table.
    pub table: u8,
    /// The page in it.
    pub page: u32,
}

/// A page to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Which page.
    pub key: PageKey,
    /// The count of entries after which the content is the state: the seq of its snapshot.
    pub seq: u64,
    /// The content, at most 256 KiB.
    pub bytes: Vec<u8>,
}

/// What is wrong with a page.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageFault {
    /// Not a page, or cut short.
    #[error("the value is not a page")]
    NotAPage,
    /// Written by a later release.
    #[error("format version {0} is not known to this release")]
    Version(u8),
    /// Changed since it was written, or a part is missing.
    #[error("the checksum does not match")]
    Checksum,
    /// A version that a later one names is not there.
    #[error("the version of seq {0} is missing")]
    VersionMissing(u64),
    /// The newest versions are not those that the head sums up: a page is missing or fell back.
    #[error("the newest pages are not those the head names")]
    NotNewest,
}

/// Encodes a page; pushes one pair for it and one for each later part. Returns its CRC.
pub(crate) fn encode(page: &Page, previous: Option<u64>, to: &mut Vec<(Bytes, Bytes)>) -> u32 {
    let Page { key: PageKey { table, page: index }, seq, bytes } = page;
    assert!(bytes.len() <= PAGE_BYTES_MAX, "a page is at most {PAGE_BYTES_MAX} bytes");
    let (head, rest) = bytes.split_at(bytes.len().min(VALUE_BYTES_MAX - HEADER_BYTES));
    let key = keys::page(*table, *index, *seq);
    let mut value = Vec::with_capacity(HEADER_BYTES + head.len());
    value.extend_from_slice(&MAGIC);
    value.extend_from_slice(&[VERSION, rest.len().div_ceil(VALUE_BYTES_MAX) as u8]);
    value.extend_from_slice(&previous.unwrap_or(NO_PREVIOUS).to_be_bytes());
    value.extend_from_slice(&(bytes.len() as u32).to_be_bytes());
    let crc = crc32c::crc32c_append(crc32c::crc32c_append(crc32c::crc32c(&key), &value), bytes);
    value.extend_from_slice(&crc.to_be_bytes());
    value.extend_from_slice(head);
    to.push((Bytes::from(&key), Bytes::from(value)));
    for (part, content) in (1..).zip(rest.chunks(VALUE_BYTES_MAX)) {
        to.push((Bytes::from(&keys::page_part(*table, *index, *seq, part)), Bytes::from(content)));
    }
    crc
}

/// A page as read, checked.
pub(crate) struct Read {
    pub(crate) page: Page,
    pub(crate) previous: Option<u64>,
    pub(crate) crc: u32,
}

/// How many later parts the value of a page announces.
pub(crate) fn part_count(value: &[u8]) -> usize {
    value.get(3).copied().map_or(0, usize::from)
}

/// Decodes a page from its pairs: the first and its later parts.
pub(crate) fn decode(pairs: &[(Bytes, Bytes)]) -> Result<Read, PageFault> {
    let ((key, value), parts) = pairs.split_first().ok_or(PageFault::NotAPage)?;
    let Some((table, index, seq, 0)) = keys::read_page(key) else { return Err(PageFault::NotAPage) };
    if value.len() < HEADER_BYTES || value[..2] != MAGIC {
        return Err(PageFault::NotAPage);
    }
    if value[2] != VERSION {
        return Err(PageFault::Version(value[2]));
    }
    let mut bytes = value[HEADER_BYTES..].to_vec();
    for (number, (key, content)) in (1..=value[3]).zip(parts) {
        if keys::read_page(key) != Some((table, index, seq, number)) {
            return Err(PageFault::Checksum);
        }
        bytes.extend_from_slice(content);
    }
    let crc = crc32c::crc32c_append(crc32c::crc32c(key), &value[..CRC_AT]);
    let crc = crc32c::crc32c_append(crc, &bytes);
    let length = u32::from_be_bytes(value[12..CRC_AT].try_into().expect("four bytes"));
    if crc.to_be_bytes() != value[CRC_AT..HEADER_BYTES] || bytes.len() != length as usize {
        return Err(PageFault::Checksum);
    }
    let previous = u64::from_be_bytes(value[4..12].try_into().expect("eight bytes"));
    let previous = (previous != NO_PREVIOUS).then_some(previous);
    Ok(Read { page: Page { key: PageKey { table, page: index }, seq, bytes }, previous, crc })
}

/// A number that stands for one version of one page. Summed over pages it shows a missing or older one.
pub(crate) fn fingerprint(key: PageKey, seq: u64, crc: u32) -> u64 {
    [u64::from(key.page), seq, u64::from(crc)].into_iter().fold(u64::from(key.table), mix)
}

/// A number that stands for one cursor.
pub(crate) fn cursor_fingerprint(name: &str, value: &[u8]) -> u64 {
    let crc = |bytes| u64::from(crc32c::crc32c(bytes));
    [crc(name.as_bytes()), value.len() as u64, crc(value)].into_iter().fold(1 << 32, mix)
}

/// One round of splitmix64.
fn mix(state: u64, word: u64) -> u64 {
    let mut mixed = (state ^ word).wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(bytes: usize) -> Page {
        Page { key: PageKey { table: 2, page: 9 }, seq: 41, bytes: (0..bytes).map(|byte| byte as u8).collect() }
    }

    #[test]
    fn pages_of_any_length_come_back() {
        for bytes in [0, 1, 6_124, 6_125, 40_000, PAGE_BYTES_MAX] {
            let mut pairs = vec![];
            encode(&page(bytes), Some(12), &mut pairs);
            assert!(pairs.iter().all(|(_, value)| value.len() <= VALUE_BYTES_MAX));
            assert_eq!(pairs.len(), part_count(&pairs[0].1) + 1);
            let read = decode(&pairs).unwrap();
            assert_eq!((read.page, read.previous), (page(bytes), Some(12)));
        }
    }

    #[test]
    fn every_flipped_bit_and_a_missing_part_is_found() {
        let mut pairs = vec![];
        encode(&page(7_000), None, &mut pairs);
        assert!(decode(&pairs[..1]).is_err());
        for bit in 0..pairs[1].1.len() * 8 {
            let mut value = pairs[1].1.to_vec();
            value[bit / 8] ^= 1 << (bit % 8);
            assert!(decode(&[pairs[0].clone(), (pairs[1].0.clone(), value.into())]).is_err(), "bit {bit}");
        }
        for bit in 0..HEADER_BYTES * 8 {
            let mut value = pairs[0].1.to_vec();
            value[bit / 8] ^= 1 << (bit % 8);
            assert!(decode(&[(pairs[0].0.clone(), value.into()), pairs[1].clone()]).is_err(), "bit {bit}");
        }
    }
}
