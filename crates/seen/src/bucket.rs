//! A bucket: neighbouring fingerprints of a run with their leaf indices, bit-packed.
//!
//! | bytes | what |
//! | --- | --- |
//! | 1 | 1 when another part follows, else 0 |
//! | 2 | count of entries |
//! | 1 | bits of a difference |
//! | 1 | bits of a leaf offset |
//! | 8 | first fingerprint |
//! | .. | for each entry: difference to the fingerprint before it, leaf index less that of the run's first; low bits first |
//!
//! Numbers of the header are big-endian. A bucket has one part but by rare chance.

use crate::SeenError;
use crate::limits::FINGERPRINT_BITS;
use crate::value::CONTENT_BYTES_MAX;

const HEADER_BYTES: usize = 13;

/// A fingerprint and the leaf index of its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    pub(crate) fingerprint: u64,
    pub(crate) leaf: u64,
}

/// The bucket of a fingerprint, of `count`.
pub(crate) fn index(fingerprint: u64, count: u32) -> u32 {
    ((fingerprint * u64::from(count)) >> FINGERPRINT_BITS) as u32
}

/// The least fingerprint in a bucket or a later one; past all fingerprints for the bucket after the last.
pub(crate) fn start(bucket: u32, count: u32) -> u64 {
    (u64::from(bucket) << FINGERPRINT_BITS).div_ceil(u64::from(count))
}

/// The parts of a bucket. Entries come sorted; an empty bucket has one part too.
pub(crate) fn encode(entries: &[Entry], first_leaf: u64) -> Vec<Vec<u8>> {
    let differences = entries.windows(2).map(|pair| pair[1].fingerprint - pair[0].fingerprint);
    let difference_bits = bits(differences.max().unwrap_or(0));
    let offset_bits = bits(entries.iter().map(|entry| entry.leaf - first_leaf).max().unwrap_or(0));
    assert!(difference_bits <= FINGERPRINT_BITS && offset_bits <= 32, "a run spans fewer than 2^32 leaves");
    let entry_bits = (difference_bits + offset_bits).max(1) as usize;
    let part_entries = ((CONTENT_BYTES_MAX - HEADER_BYTES) * 8 / entry_bits).min(usize::from(u16::MAX));
    let mut parts: Vec<&[Entry]> = entries.chunks(part_entries).collect();
    if parts.is_empty() {
        parts.push(&[]);
    }
    let last = parts.len() - 1;
    let encode = |(number, part): (usize, &&[Entry])| {
        let first = part.first().map_or(0, |entry| entry.fingerprint);
        let mut bytes = Vec::with_capacity(HEADER_BYTES + (part.len() * entry_bits).div_ceil(8));
        bytes.push(u8::from(number < last));
        bytes.extend_from_slice(&(part.len() as u16).to_be_bytes());
        bytes.extend_from_slice(&[difference_bits as u8, offset_bits as u8]);
        bytes.extend_from_slice(&first.to_be_bytes());
        let mut writer = BitWriter { bytes, pending: 0, pending_bits: 0 };
        let mut before = first;
        for &Entry { fingerprint, leaf } in *part {
            writer.push(fingerprint - before, difference_bits);
            writer.push(leaf - first_leaf, offset_bits);
            before = fingerprint;
        }
        writer.finish()
    };
    parts.iter().enumerate().map(encode).collect()
}

/// Calls `each` with every entry of a part; returns whether another part follows.
pub(crate) fn decode(part: &[u8], first_leaf: u64, mut each: impl FnMut(Entry)) -> Result<bool, SeenError> {
    let cut = || SeenError("a bucket is cut short".into());
    let (header, packed) = part.split_first_chunk::<HEADER_BYTES>().ok_or_else(cut)?;
    let [more, count_high, count_low, difference_bits, offset_bits, first @ ..] = *header;
    let count = usize::from(u16::from_be_bytes([count_high, count_low]));
    let (difference_bits, offset_bits) = (u32::from(difference_bits), u32::from(offset_bits));
    let is_sane = difference_bits <= FINGERPRINT_BITS && offset_bits <= 32;
    if !is_sane || packed.len() * 8 < count * (difference_bits + offset_bits) as usize {
        return Err(cut());
    }
    let mut fingerprint = u64::from_be_bytes(first);
    let mut reader = BitReader { bytes: packed, pending: 0, pending_bits: 0 };
    for _ in 0..count {
        fingerprint += reader.take(difference_bits);
        each(Entry { fingerprint, leaf: first_leaf + reader.take(offset_bits) });
    }
    Ok(more != 0)
}

fn bits(value: u64) -> u32 {
    u64::BITS - value.leading_zeros()
}

struct BitWriter {
    bytes: Vec<u8>,
    pending: u128,
    pending_bits: u32,
}

impl BitWriter {
    fn push(&mut self, value: u64, bits: u32) {
        self.pending |= u128::from(value) << self.pending_bits;
        self.pending_bits += bits;
        if self.pending_bits >= 64 {
            self.bytes.extend_from_slice(&(self.pending as u64).to_le_bytes());
            self.pending >>= 64;
            self.pending_bits -= 64;
        }
    }

    fn finish(mut self) -> Vec<u8> {
        let rest = self.pending.to_le_bytes();
        self.bytes.extend_from_slice(&rest[..self.pending_bits.div_ceil(8) as usize]);
        self.bytes
    }
}

struct BitReader<'b> {
    bytes: &'b [u8],
    pending: u128,
    pending_bits: u32,
}

impl BitReader<'_> {
    fn take(&mut self, bits: u32) -> u64 {
        if self.pending_bits < bits {
            let (word, rest) = match self.bytes.split_first_chunk::<8>() {
                Some((word, rest)) => (*word, rest),
                None => {
                    let mut word = [0; 8];
                    word[..self.bytes.len()].copy_from_slice(self.bytes);
                    (word, &[][..])
                }
            };
            self.pending |= u128::from(u64::from_le_bytes(word)) << self.pending_bits;
            self.pending_bits += 64;
            self.bytes = rest;
        }
        let value = self.pending as u64 & ((1 << bits) - 1);
        self.pending >>= bits;
        self.pending_bits -= bits;
        value
    }
}

#[cfg(test)]
mod tests;
