//! A table: a file of chunks sorted by account, lane and seq, and a directory of their first rows at its end.
//!
//! Chunks, then for each chunk `account u32 ‖ lane u32 ‖ seq u32 ‖ day i32` of its first row, then `magic "GTL1" ‖ count of chunks
//! u32 ‖ CRC32C of the run's number, the directory and the count`, little-endian. Never changed once written. The
//! directory is in memory: 16 bytes for every two thousand.

use std::fs::File;
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::TimelineError;
use crate::chunk::{ChunkReader, ChunkWriter, FileRow};
use crate::limits::{CHUNK_BYTES, SYNC_BYTES};

const MAGIC: [u8; 4] = *b"GTL1";
const FIRST_BYTES: usize = 16;
const FOOTER_BYTES: usize = 12;
/// Bytes handed to the system at once.
const WRITE_BYTES: usize = 256 << 10;

/// The first row of a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct First {
    pub(crate) account: u32,
    pub(crate) lane: u32,
    pub(crate) seq: u32,
    pub(crate) day: i32,
}

/// A table that is being written.
pub(crate) struct TableWriter {
    path: PathBuf,
    file: File,
    run: u64,
    chunk: ChunkWriter,
    firsts: Vec<First>,
    buffer: Vec<u8>,
    unsynced: usize,
}

impl TableWriter {
    pub(crate) fn create(path: PathBuf, run: u64) -> Result<Self, TimelineError> {
        let file = File::create(&path).map_err(|error| TimelineError::at(&path, error))?;
        let (chunk, firsts, buffer) = (ChunkWriter::default(), Vec::new(), Vec::new());
        Ok(Self { path, file, run, chunk, firsts, buffer, unsynced: 0 })
    }

    /// Adds a row. They come sorted.
    pub(crate) fn push(&mut self, row: &FileRow) -> Result<(), TimelineError> {
        let is_first = self.chunk.is_empty();
        if self.chunk.push(row) {
            if is_first {
                self.note_first(row);
            }
            return Ok(());
        }
        self.end_chunk()?;
        let is_pushed = self.chunk.push(row);
        assert!(is_pushed, "a row is far smaller than a chunk");
        self.note_first(row);
        Ok(())
    }

    fn note_first(&mut self, row: &FileRow) {
        let FileRow { account, lane, seq, day, change: _ } = *row;
        self.firsts.push(First { account, lane, seq, day });
    }

    fn end_chunk(&mut self) -> Result<(), TimelineError> {
        self.buffer.extend_from_slice(self.chunk.finish(self.run, self.firsts.len() as u64 - 1));
        if self.buffer.len() >= WRITE_BYTES { self.write_buffer() } else { Ok(()) }
    }

    fn write_buffer(&mut self) -> Result<(), TimelineError> {
        let written = self.file.write_all(&self.buffer);
        written.map_err(|error| TimelineError::at(&self.path, error))?;
        self.unsynced += self.buffer.len();
        self.buffer.clear();
        if self.unsynced >= SYNC_BYTES {
            self.unsynced = 0;
            self.file.sync_data().map_err(|error| TimelineError::at(&self.path, error))?;
        }
        Ok(())
    }

    /// Ends the table and syncs it.
    pub(crate) fn finish(mut self) -> Result<(), TimelineError> {
        if !self.chunk.is_empty() {
            self.end_chunk()?;
        }
        self.write_buffer()?;
        for First { account, lane, seq, day } in &self.firsts {
            [account, lane, seq].iter().for_each(|word| self.buffer.extend_from_slice(&word.to_le_bytes()));
            self.buffer.extend_from_slice(&day.to_le_bytes());
        }
        let count = u32::try_from(self.firsts.len()).expect("a table has fewer than 2^32 chunks");
        let crc = directory_crc(self.run, &self.buffer, count);
        self.buffer.extend_from_slice(&MAGIC);
        self.buffer.extend_from_slice(&count.to_le_bytes());
        self.buffer.extend_from_slice(&crc.to_le_bytes());
        self.write_buffer()?;
        self.file.sync_all().map_err(|error| TimelineError::at(&self.path, error))
    }
}

fn directory_crc(run: u64, directory: &[u8], count: u32) -> u32 {
    let crc = crc32c::crc32c_append(crc32c::crc32c(&run.to_le_bytes()), directory);
    crc32c::crc32c_append(crc, &count.to_le_bytes())
}

/// A table to be read.
pub(crate) struct Table {
    path: PathBuf,
    file: File,
    run: u64,
    firsts: Vec<First>,
}

impl Table {
    pub(crate) fn open(path: &Path, run: u64) -> Result<Self, TimelineError> {
        let fault = |error: std::io::Error| TimelineError::at(path, error);
        let damaged = || TimelineError::at(path, "the directory is damaged");
        let file = File::open(path).map_err(fault)?;
        let bytes = file.metadata().map_err(fault)?.len();
        let footer_at = bytes.checked_sub(FOOTER_BYTES as u64).ok_or_else(damaged)?;
        let mut footer = [0; FOOTER_BYTES];
        file.read_exact_at(&mut footer, footer_at).map_err(fault)?;
        let count = u32::from_le_bytes(word(&footer[4..]));
        if bytes != u64::from(count) * (CHUNK_BYTES + FIRST_BYTES) as u64 + FOOTER_BYTES as u64 {
            return Err(damaged());
        }
        let mut directory = vec![0; count as usize * FIRST_BYTES];
        file.read_exact_at(&mut directory, u64::from(count) * CHUNK_BYTES as u64).map_err(fault)?;
        let crc = directory_crc(run, &directory, count);
        if footer[..4] != MAGIC || footer[8..] != crc.to_le_bytes() {
            return Err(damaged());
        }
        let first = |bytes: &[u8]| First {
            account: u32::from_le_bytes(word(bytes)),
            lane: u32::from_le_bytes(word(&bytes[4..])),
            seq: u32::from_le_bytes(word(&bytes[8..])),
            day: i32::from_le_bytes(word(&bytes[12..])),
        };
        let firsts = directory.chunks_exact(FIRST_BYTES).map(first).collect();
        Ok(Self { path: path.to_owned(), file, run, firsts })
    }

    pub(crate) fn chunk_count(&self) -> usize {
        self.firsts.len()
    }

    /// The last chunk whose first row is one of those that `is_before` says yes to; these must come first.
    pub(crate) fn last_chunk(&self, is_before: impl Fn(&First) -> bool) -> Option<usize> {
        self.firsts.partition_point(is_before).checked_sub(1)
    }

    /// The chunk where an account begins, if the table holds it at all.
    pub(crate) fn first_chunk(&self, account: u32) -> usize {
        self.last_chunk(|first| first.account < account).unwrap_or(0)
    }

    /// Reads whole chunks.
    pub(crate) fn read(&self, index: usize, chunks: &mut [u8]) -> Result<(), TimelineError> {
        let read = self.file.read_exact_at(chunks, (index * CHUNK_BYTES) as u64);
        read.map_err(|error| TimelineError::at(&self.path, error))
    }

    /// The rows of a chunk that has been read.
    pub(crate) fn rows<'c>(&self, index: usize, chunk: &'c [u8]) -> Result<ChunkReader<'c>, TimelineError> {
        ChunkReader::new(chunk, self.run, index as u64)
            .map_err(|TimelineError(problem)| TimelineError::at(&self.path, problem))
    }
}

fn word(bytes: &[u8]) -> [u8; 4] {
    bytes[..4].try_into().expect("four bytes")
}
