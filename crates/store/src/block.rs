//! A block of the log: up to 256 entries in one value of the tree.
//!
//! Written once by the [`Sealer`](crate::Sealer), never changed. Numbers are big-endian.
//!
//! | bytes | what |
//! | --- | --- |
//! | 2 | magic `GB` |
//! | 1 | format version, 1 |
//! | 1 | codec of the payload: 0 as it is, 1 zstd |
//! | 1 | later parts: 0 for all but a huge entry |
//! | 2 | entries, 1 to 256 |
//! | 4 | raw length |
//! | 4 | payload length over all parts |
//! | 32 | root of the tree before this block: the hash chain |
//! | 4 | CRC32C of the key, the fields above, and the payload over all parts |
//! | .. | payload: raw is (u16 length ‖ entry)*, as in a tlog-tiles entry bundle |
//!
//! An entry that does not fit into one value goes on in later parts: magic `GC`, part (1 byte), CRC32C of key and
//! content (4 bytes), content.

use crate::engine::Bytes;
use crate::keys;
use crate::limits::{BLOCK_ENTRIES_MAX, VALUE_BYTES_MAX};
use chain::Hash;
use zstd::bulk::Decompressor;

const MAGIC: [u8; 2] = *b"GB";
const PART_MAGIC: [u8; 2] = *b"GC";
const VERSION: u8 = 1;
const CODEC_RAW: u8 = 0;
const CODEC_ZSTD: u8 = 1;
/// Where the CRC stands.
const CRC_AT: usize = 47;
/// Bytes before the payload.
pub(crate) const HEADER_BYTES: usize = CRC_AT + 4;
const PART_HEADER_BYTES: usize = 7;
/// Longest payload in the first value.
pub(crate) const PAYLOAD_BYTES_MAX: usize = VALUE_BYTES_MAX - HEADER_BYTES;
const PART_PAYLOAD_BYTES_MAX: usize = VALUE_BYTES_MAX - PART_HEADER_BYTES;

/// What is wrong with a block.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlockFault {
    /// Too short for its header.
    #[error("the value is too short")]
    TooShort,
    /// The key is not one of a block.
    #[error("the key is not one of a block")]
    Key,
    /// Not a block.
    #[error("the value does not begin as a block")]
    Magic,
    /// Written by a later release.
    #[error("format version {0} is not known to this release")]
    Version(u8),
    /// Changed since it was written.
    #[error("the checksum does not match")]
    Checksum,
    /// A later part is not there.
    #[error("part {0} is missing")]
    PartMissing(u8),
    /// The payload does not unpack to what the header says.
    #[error("the payload does not unpack to what the header says")]
    Payload,
    /// A block is missing before this one.
    #[error("expected a block that begins at entry {expected}")]
    Gap {
        /// The first entry that is missing.
        expected: u64,
    },
    /// The root before the block is another one than the entries before it make.
    #[error("the root before the block does not match the entries before it")]
    Chain,
}

/// The payload of a block about to be written.
pub(crate) struct Payload<'a> {
    pub(crate) raw: &'a [u8],
    /// The zstd form, when it is shorter.
    pub(crate) packed: Option<&'a [u8]>,
}

/// Encodes a block; pushes one pair for it and one for each later part.
pub(crate) fn encode(
    first: u64,
    count: usize,
    root_before: &Hash,
    payload: &Payload<'_>,
    to: &mut Vec<(Bytes, Bytes)>,
) {
    debug_assert!((1..=BLOCK_ENTRIES_MAX).contains(&count));
    let (codec, bytes) = payload.packed.map_or((CODEC_RAW, payload.raw), |packed| (CODEC_ZSTD, packed));
    let (head, rest) = bytes.split_at(bytes.len().min(PAYLOAD_BYTES_MAX));
    let part_count = rest.len().div_ceil(PART_PAYLOAD_BYTES_MAX) as u8;
    let key = keys::block(first);
    let mut value = Vec::with_capacity(HEADER_BYTES + head.len());
    value.extend_from_slice(&MAGIC);
    value.extend_from_slice(&[VERSION, codec, part_count]);
    value.extend_from_slice(&(count as u16).to_be_bytes());
    value.extend_from_slice(&(payload.raw.len() as u32).to_be_bytes());
    value.extend_from_slice(&(bytes.len() as u32).to_be_bytes());
    value.extend_from_slice(root_before);
    let crc = crc32c::crc32c_append(crc32c::crc32c_append(crc32c::crc32c(&key), &value), bytes);
    value.extend_from_slice(&crc.to_be_bytes());
    value.extend_from_slice(head);
    to.push((Bytes::from(&key), Bytes::from(value)));
    for (part, content) in (1..).zip(rest.chunks(PART_PAYLOAD_BYTES_MAX)) {
        let key = keys::block_part(first, part);
        let mut value = Vec::with_capacity(PART_HEADER_BYTES + content.len());
        value.extend_from_slice(&PART_MAGIC);
        value.push(part);
        let crc = crc32c::crc32c_append(crc32c::crc32c(&key), content);
        value.extend_from_slice(&crc.to_be_bytes());
        value.extend_from_slice(content);
        to.push((Bytes::from(&key), Bytes::from(value)));
    }
}

/// The fields of a block whose checksum is not yet known to hold.
pub(crate) struct Header<'a> {
    pub(crate) first: u64,
    pub(crate) count: u16,
    pub(crate) part_count: u8,
    pub(crate) root_before: Hash,
    codec: u8,
    raw_bytes: usize,
    payload_bytes: usize,
    crc: u32,
    covered: &'a [u8],
    content: &'a [u8],
}

impl<'a> Header<'a> {
    /// Reads the fields.
    pub(crate) fn read(key: &[u8], value: &'a [u8]) -> Result<Self, BlockFault> {
        let Some((first, 0)) = keys::read_block(key) else { return Err(BlockFault::Key) };
        if value.len() < HEADER_BYTES {
            return Err(BlockFault::TooShort);
        }
        let (covered, rest) = value.split_at(CRC_AT);
        let (crc, content) = rest.split_first_chunk::<4>().ok_or(BlockFault::TooShort)?;
        let field = |at: usize| u32::from_be_bytes(covered[at..at + 4].try_into().expect("four bytes"));
        if covered[..2] != MAGIC {
            return Err(BlockFault::Magic);
        }
        if covered[2] != VERSION {
            return Err(BlockFault::Version(covered[2]));
        }
        Ok(Self {
            first,
            codec: covered[3],
            part_count: covered[4],
            count: u16::from_be_bytes([covered[5], covered[6]]),
            raw_bytes: field(7) as usize,
            payload_bytes: field(11) as usize,
            root_before: covered[15..CRC_AT].try_into().expect("32 bytes"),
            crc: u32::from_be_bytes(*crc),
            covered,
            content,
        })
    }

    /// Checks the checksum over the block and its later parts, and unpacks it into `raw`, which is cleared first.
    pub(crate) fn unpack(
        &self,
        parts: &[(Bytes, Bytes)],
        unpacker: &mut Decompressor<'static>,
        raw: &mut Vec<u8>,
    ) -> Result<(), BlockFault> {
        let mut joined = vec![];
        let mut payload = self.content;
        if self.part_count > 0 {
            joined.extend_from_slice(self.content);
            for part in 1..=self.part_count {
                let pair = parts.get(usize::from(part) - 1).ok_or(BlockFault::PartMissing(part))?;
                joined.extend_from_slice(read_part(self.first, part, pair)?);
            }
            payload = &joined;
        }
        let crc = crc32c::crc32c(&keys::block(self.first));
        let crc = crc32c::crc32c_append(crc32c::crc32c_append(crc, self.covered), payload);
        if crc != self.crc || payload.len() != self.payload_bytes {
            return Err(BlockFault::Checksum);
        }
        raw.clear();
        match self.codec {
            CODEC_RAW => raw.extend_from_slice(payload),
            CODEC_ZSTD => {
                raw.reserve(self.raw_bytes);
                unpacker.decompress_to_buffer(payload, raw).map_err(|_| BlockFault::Payload)?;
            }
            _ => return Err(BlockFault::Payload),
        }
        if raw.len() != self.raw_bytes {
            return Err(BlockFault::Payload);
        }
        Ok(())
    }
}

fn read_part(first: u64, part: u8, (key, value): &(Bytes, Bytes)) -> Result<&[u8], BlockFault> {
    if keys::read_block(key) != Some((first, part)) {
        return Err(BlockFault::PartMissing(part));
    }
    let (header, content) = value.split_first_chunk::<PART_HEADER_BYTES>().ok_or(BlockFault::TooShort)?;
    if header[..2] != PART_MAGIC || header[2] != part {
        return Err(BlockFault::Magic);
    }
    if crc32c::crc32c_append(crc32c::crc32c(key), content).to_be_bytes() != header[3..7] {
        return Err(BlockFault::Checksum);
    }
    Ok(content)
}

/// The entries of a raw bundle, in order. Stops at the first one that is cut short.
#[derive(Clone)]
pub struct BundleEntries<'a> {
    rest: &'a [u8],
}

/// The entries of a bundle: (u16 length ‖ entry)*.
#[must_use]
pub fn bundle_entries(bundle: &[u8]) -> BundleEntries<'_> {
    BundleEntries { rest: bundle }
}

impl<'a> Iterator for BundleEntries<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (length, rest) = self.rest.split_first_chunk::<2>()?;
        let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        self.rest = rest;
        Some(entry)
    }
}

impl BundleEntries<'_> {
    /// What is left: empty at the end of a whole bundle.
    #[must_use]
    pub fn rest(&self) -> &[u8] {
        self.rest
    }
}

/// Appends an entry to a bundle.
///
/// # Panics
/// When the entry is longer than 65,535 bytes.
pub fn push_entry(bundle: &mut Vec<u8>, entry: &[u8]) {
    let length = u16::try_from(entry.len()).expect("an entry is at most 65,535 bytes");
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry);
}

#[cfg(test)]
mod tests;
