//! A chunk: rows of neighbouring accounts in 2 KiB, and enough to sum from its beginning.
//!
//! | bytes | what |
//! | --- | --- |
//! | 4 | CRC32C of the run's number, the index of the chunk in its file, and the rest, little-endian |
//! | 2 | count of rows, little-endian |
//! | .. | index of the first row in its lane, and the sums of the lane before it: numbers |
//! | .. | rows, then zeros |
//!
//! A number is LEB128, zigzag where it can be negative. A row:
//!
//! | what | when |
//! | --- | --- |
//! | tag: 1 a lane begins, 2 4 8 on hand, encumbered, blocked change, high four bits the difference of days, 15 for more | always |
//! | twice the difference of accounts, 1 more when the lane is not 0 | a lane begins; at the first row of a chunk from account 0 |
//! | lane | it is not 0 |
//! | seq less the first of the run: from that, or from the row before | always |
//! | difference of days | 15 above |
//! | changes | those marked |

use crate::TimelineError;
use crate::limits::CHUNK_BYTES;
use crate::row::{Sums, add};

const HEADER_BYTES: usize = 6;
const LANE_BEGINS: u8 = 1;
const DAYS_LONG: u64 = 15;

/// A row as it lies in a file: seq counts from the first of the run. A lane is one line of an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct FileRow {
    pub(crate) account: u32,
    pub(crate) lane: u32,
    pub(crate) seq: u32,
    pub(crate) day: i32,
    pub(crate) change: Sums,
}

/// A chunk that is being filled.
#[derive(Default)]
pub(crate) struct ChunkWriter {
    bytes: Vec<u8>,
    scratch: Vec<u8>,
    count: u16,
    last: FileRow,
    /// Sums and count of the lane, over all chunks.
    sums: Sums,
    lane_rows: u64,
}

impl ChunkWriter {
    /// Adds a row; false when it does not fit, and is to be added to the next chunk.
    pub(crate) fn push(&mut self, row: &FileRow) -> bool {
        let is_same_lane = (row.account, row.lane) == (self.last.account, self.last.lane) && self.lane_rows > 0;
        if !is_same_lane {
            (self.sums, self.lane_rows) = ([0; 3], 0);
        }
        if self.count == 0 {
            self.bytes.clear();
            self.bytes.resize(HEADER_BYTES, 0);
            write(self.lane_rows, &mut self.bytes);
            self.sums.iter().for_each(|sum| write(zigzag(*sum), &mut self.bytes));
            self.last = FileRow { account: 0, lane: 0, seq: 0, day: 0, change: [0; 3] };
        }
        self.scratch.clear();
        self.encode(row, !is_same_lane || self.count == 0);
        if self.bytes.len() + self.scratch.len() > CHUNK_BYTES {
            // The lane goes on in the next chunk as if this had not been tried.
            return false;
        }
        self.bytes.extend_from_slice(&self.scratch);
        self.count += 1;
        self.last = *row;
        add(&mut self.sums, row.change);
        self.lane_rows += 1;
        true
    }

    fn encode(&mut self, row: &FileRow, lane_begins: bool) {
        let to = &mut self.scratch;
        let days = zigzag(i64::from(row.day) - i64::from(self.last.day));
        let mut tag = u8::from(lane_begins) | (days.min(DAYS_LONG) as u8) << 4;
        for (bit, change) in [2, 4, 8].into_iter().zip(row.change) {
            tag |= if change == 0 { 0 } else { bit };
        }
        to.push(tag);
        if lane_begins {
            write(u64::from(row.account - self.last.account) << 1 | u64::from(row.lane != 0), to);
            if row.lane != 0 {
                write(u64::from(row.lane), to);
            }
            write(u64::from(row.seq), to);
        } else {
            write(u64::from(row.seq - self.last.seq), to);
        }
        if days >= DAYS_LONG {
            write(days, to);
        }
        row.change.iter().filter(|change| **change != 0).for_each(|change| write(zigzag(*change), to));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Ends the chunk; the lane goes on in the next one.
    pub(crate) fn finish(&mut self, run: u64, index: u64) -> &[u8] {
        self.bytes.resize(CHUNK_BYTES, 0);
        self.bytes[4..HEADER_BYTES].copy_from_slice(&self.count.to_le_bytes());
        let crc = crc(run, index, &self.bytes[4..]);
        self.bytes[..4].copy_from_slice(&crc.to_le_bytes());
        self.count = 0;
        &self.bytes
    }
}

fn crc(run: u64, index: u64, rest: &[u8]) -> u32 {
    let crc = crc32c::crc32c_append(crc32c::crc32c(&run.to_le_bytes()), &index.to_le_bytes());
    crc32c::crc32c_append(crc, rest)
}

/// Reads the rows of a chunk.
pub(crate) struct ChunkReader<'c> {
    bytes: &'c [u8],
    left: u16,
    is_first: bool,
    /// The row read last.
    pub(crate) row: FileRow,
    /// Its index in its lane.
    pub(crate) index: u64,
    /// Sums of its lane, including it.
    pub(crate) sums: Sums,
}

impl<'c> ChunkReader<'c> {
    /// Checks a chunk and goes before its first row.
    pub(crate) fn new(chunk: &'c [u8], run: u64, index: u64) -> Result<Self, TimelineError> {
        let damaged = || TimelineError(format!("chunk {index} is damaged"));
        let (header, mut bytes) = chunk.split_first_chunk::<HEADER_BYTES>().ok_or_else(damaged)?;
        if chunk.len() != CHUNK_BYTES || header[..4] != crc(run, index, &chunk[4..]).to_le_bytes() {
            return Err(damaged());
        }
        let before = read(&mut bytes);
        let sums = [(); 3].map(|()| unzigzag(read(&mut bytes)));
        let left = u16::from_le_bytes([header[4], header[5]]);
        Ok(Self { bytes, left, is_first: true, row: FileRow::default(), index: before, sums })
    }

    /// Goes to the next row; false at the end.
    pub(crate) fn advance(&mut self) -> bool {
        let Some(left) = self.left.checked_sub(1) else { return false };
        self.left = left;
        let bytes = &mut self.bytes;
        let tag = bytes.split_off_first().copied().unwrap_or(0);
        if tag & LANE_BEGINS != 0 {
            let begins = read(bytes);
            self.row.account = self.row.account.wrapping_add((begins >> 1) as u32);
            self.row.lane = if begins & 1 == 0 { 0 } else { read(bytes) as u32 };
            self.row.seq = read(bytes) as u32;
            if !self.is_first {
                (self.index, self.sums) = (0, [0; 3]);
            }
            self.is_first = false;
        } else {
            self.row.seq = self.row.seq.wrapping_add(read(bytes) as u32);
            self.index += 1;
        }
        let days = match u64::from(tag >> 4) {
            DAYS_LONG => read(bytes),
            days => days,
        };
        self.row.day = self.row.day.wrapping_add(unzigzag(days) as i32);
        for (place, bit) in [2, 4, 8].into_iter().enumerate() {
            self.row.change[place] = if tag & bit == 0 { 0 } else { unzigzag(read(bytes)) };
        }
        add(&mut self.sums, self.row.change);
        true
    }
}

fn zigzag(value: i64) -> u64 {
    (value << 1 ^ value >> 63) as u64
}

fn unzigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

fn write(mut value: u64, to: &mut Vec<u8>) {
    while value >= 0x80 {
        to.push(value as u8 | 0x80);
        value >>= 7;
    }
    to.push(value as u8);
}

/// Reads a number. The checksum has been compared: what is read was written here, and is whole.
fn read(bytes: &mut &[u8]) -> u64 {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = bytes.split_off_first().copied().unwrap_or(0);
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests;
