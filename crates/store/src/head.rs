//! The head: what is recorded, in one value that every commit replaces together with the blocks it speaks of.
//!
//! Written by [`Store::commit`](crate::Store::commit). Numbers are big-endian.
//!
//! | bytes | what |
//! | --- | --- |
//! | 2 | magic `GH` |
//! | 1 | format version, 1 |
//! | 1 | 1 when a snapshot is valid |
//! | 8 | size of the tree |
//! | 32 | root of the tree |
//! | 8 | seq of the valid snapshot, else 0 |
//! | 8 | sum over the cursors: a cursor that fell back to an older value shows here |
//! | 1, then 32 each | peaks of the tree, largest first |
//! | 1, then 13 each | tables of state pages: table, count of pages, sum over the newest version of each |
//! | 2, then as long | origin of the ledger |
//! | 2, then as long | signed checkpoint as the caller gave it; empty when it gave none |
//! | 4 | CRC32C of all above |

use crate::limits::{NOTE_BYTES_MAX, ORIGIN_BYTES_MAX};
use chain::{Frontier, Hash};
use std::collections::BTreeMap;

const MAGIC: [u8; 2] = *b"GH";

/// Format version of the log, written in the head and in the marker of the folder.
pub const FORMAT_VERSION: u8 = 1;

/// What is recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The tree over all entries.
    pub tree: Frontier,
    /// The newest valid snapshot: its pages stand for the state after this many entries.
    pub snapshot: Option<u64>,
    /// The signed checkpoint that came with the last commit that brought one; may be empty.
    pub note: Vec<u8>,
    /// Who the ledger is: the origin of its checkpoints.
    pub origin: String,
    pub(crate) cursor_sum: u64,
    pub(crate) tables: BTreeMap<u8, TableSum>,
}

/// The newest version of each page of one table, summed up: a page that fell back to an older version shows here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct TableSum {
    pub(crate) page_count: u32,
    pub(crate) sum: u64,
}

/// What is wrong with a head.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeadFault {
    /// There is none.
    #[error("the log has no head")]
    Missing,
    /// Changed since it was written.
    #[error("the head does not match its checksum")]
    Checksum,
    /// Written by a later release.
    #[error("format version {0} is not known to this release")]
    Version(u8),
    /// Its checksum holds and yet it contradicts itself.
    #[error("the head contradicts itself")]
    Contents,
}

impl Head {
    /// Count of entries recorded.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.tree.size()
    }

    /// Root of the tree over them.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.tree.root()
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        assert!(self.note.len() <= NOTE_BYTES_MAX, "a signed checkpoint is at most {NOTE_BYTES_MAX} bytes");
        assert!(self.origin.len() <= ORIGIN_BYTES_MAX, "an origin is at most {ORIGIN_BYTES_MAX} bytes");
        let mut bytes = Vec::with_capacity(1024 + self.note.len());
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&[FORMAT_VERSION, u8::from(self.snapshot.is_some())]);
        bytes.extend_from_slice(&self.size().to_be_bytes());
        bytes.extend_from_slice(&self.root());
        bytes.extend_from_slice(&self.snapshot.unwrap_or(0).to_be_bytes());
        bytes.extend_from_slice(&self.cursor_sum.to_be_bytes());
        bytes.push(self.tree.peaks().len() as u8);
        self.tree.peaks().iter().for_each(|peak| bytes.extend_from_slice(peak));
        bytes.push(u8::try_from(self.tables.len()).expect("at most 255 tables"));
        for (table, TableSum { page_count, sum }) in &self.tables {
            bytes.push(*table);
            bytes.extend_from_slice(&page_count.to_be_bytes());
            bytes.extend_from_slice(&sum.to_be_bytes());
        }
        for text in [self.origin.as_bytes(), &self.note] {
            bytes.extend_from_slice(&(text.len() as u16).to_be_bytes());
            bytes.extend_from_slice(text);
        }
        let crc = crc32c::crc32c(&bytes);
        bytes.extend_from_slice(&crc.to_be_bytes());
        bytes
    }

    pub(crate) fn decode(value: &[u8]) -> Result<Self, HeadFault> {
        let (bytes, crc) = value.split_last_chunk::<4>().ok_or(HeadFault::Checksum)?;
        if crc32c::crc32c(bytes).to_be_bytes() != *crc || !bytes.starts_with(&MAGIC) {
            return Err(HeadFault::Checksum);
        }
        match bytes.get(2) {
            Some(&FORMAT_VERSION) => {}
            version => return Err(HeadFault::Version(version.copied().unwrap_or(0))),
        }
        Self::read(&bytes[3..]).ok_or(HeadFault::Contents)
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        let mut take = |count: usize| {
            let (taken, after) = rest.split_at_checked(count)?;
            rest = after;
            Some(taken)
        };
        let number = |bytes: &[u8]| Some(u64::from_be_bytes(bytes.try_into().ok()?));
        let has_snapshot = take(1)?[0] != 0;
        let size = number(take(8)?)?;
        let root: Hash = take(32)?.try_into().ok()?;
        let seq = number(take(8)?)?;
        let cursor_sum = number(take(8)?)?;
        let peak_count = take(1)?[0];
        let mut peaks = vec![];
        for _ in 0..peak_count {
            peaks.push(take(32)?.try_into().ok()?);
        }
        let table_count = take(1)?[0];
        let mut tables = BTreeMap::new();
        for _ in 0..table_count {
            let table = take(1)?[0];
            let page_count = u32::from_be_bytes(take(4)?.try_into().ok()?);
            tables.insert(table, TableSum { page_count, sum: number(take(8)?)? });
        }
        let mut text = || {
            let length = u16::from_be_bytes(take(2)?.try_into().ok()?);
            take(usize::from(length)).map(<[u8]>::to_vec)
        };
        let origin = String::from_utf8(text()?).ok()?;
        let note = text()?;
        let tree = Frontier::from_parts(size, peaks)?;
        let whole = rest.is_empty() && tree.root() == root;
        whole.then_some(Self { tree, snapshot: has_snapshot.then_some(seq), note, origin, cursor_sum, tables })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head() -> Head {
        let mut tree = Frontier::default();
        (0..11u8).for_each(|leaf| tree.append(chain::leaf_hash(&[leaf])));
        Head {
            tree,
            snapshot: Some(8),
            note: b"reserve.example/ledger1\n11\n".to_vec(),
            origin: "reserve.example/ledger1".into(),
            cursor_sum: 77,
            tables: BTreeMap::from([(1, TableSum { page_count: 3, sum: 5 })]),
        }
    }

    #[test]
    fn a_head_comes_back_as_it_was() {
        assert_eq!(Head::decode(&head().encode()), Ok(head()));
        assert_eq!(Head::decode(&Head::default().encode()), Ok(Head::default()));
    }

    #[test]
    fn every_flipped_bit_and_every_cut_of_a_head_is_found() {
        let bytes = head().encode();
        for bit in 0..bytes.len() * 8 {
            let mut bytes = bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(Head::decode(&bytes).is_err(), "bit {bit}");
        }
        for cut in 0..bytes.len() {
            assert!(Head::decode(&bytes[..cut]).is_err(), "cut at {cut}");
        }
    }
}
