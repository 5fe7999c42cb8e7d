//! Reading the log: in bulk for a replay, entry by entry, or one entry by its index.
//!
//! Every block is checked as it is read: its checksum, and that it follows the one before. A reader sees only what was
//! recorded when it began: sled shows a batch before it is synced, so the end is ours to hold.

use crate::block::{BlockFault, BundleEntries, Header, bundle_entries};
use crate::engine::{Bytes, Engine, EngineError};
use crate::keys;
use crate::limits::{BLOCK_ENTRIES_MAX, VALUE_BYTES_MAX};
use chain::{FromFilesError, Hash};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use zstd::bulk::Decompressor;

/// Bytes fetched from sled in one go: two full blocks, or many small ones. Few, because sled's cache drops pages only after 64 accesses in one of its 256
/// shards: a scan that touches each page once holds a gigabyte of them, one that touches it eight times a tenth.
const FETCH_BYTES: usize = 2 * VALUE_BYTES_MAX;
/// Most values fetched in one go.
const FETCH_VALUES_MAX: usize = 64;
/// Blocks kept unpacked for random reads.
const CACHED_BLOCKS: usize = 16;

/// Why the log could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// sled could not.
    #[error("read the log")]
    Engine(#[from] EngineError),
    /// A block is damaged.
    #[error("read the block of entry {first}")]
    Block {
        /// First entry of the block, as its key has it.
        first: u64,
        /// What is wrong with it.
        #[source]
        fault: BlockFault,
    },
    /// A state page is damaged.
    #[error("read page {} of table {}", key.page, key.table)]
    Page {
        /// Which page.
        key: crate::PageKey,
        /// What is wrong with it.
        #[source]
        fault: crate::PageFault,
    },
    /// A static file is not at hand, or damaged.
    #[error("read the static files")]
    Tile(#[from] FromFilesError),
    /// A cursor is damaged.
    #[error("read the cursor `{0}`: its checksum does not match")]
    Cursor(String),
}

/// A block, or the part of it that was asked for.
#[derive(Clone, Copy, Debug)]
pub struct BlockView<'a> {
    /// Index of its first entry.
    pub first: u64,
    /// Count of its entries.
    pub count: u64,
    /// The entries: (u16 length ‖ entry)*.
    pub bundle: &'a [u8],
}

impl<'a> BlockView<'a> {
    /// The entries, in order.
    #[must_use]
    pub fn entries(&self) -> BundleEntries<'a> {
        bundle_entries(self.bundle)
    }
}

/// What the header of a block says, once its checksum held.
pub(crate) struct BlockHead {
    pub(crate) first: u64,
    pub(crate) count: u64,
    pub(crate) root_before: Hash,
}

/// Blocks in order, from the one that holds an index, up to an end.
pub(crate) struct Blocks<'a> {
    engine: &'a Engine,
    fetched: VecDeque<(Bytes, Bytes)>,
    next_key: Vec<u8>,
    end_key: [u8; 9],
    end: u64,
    expected: u64,
    fetch_values: usize,
    whole: bool,
    unpacker: Decompressor<'static>,
}

impl<'a> Blocks<'a> {
    /// Blocks from the one that holds `from` to the one that ends at `end`.
    pub(crate) fn new(engine: &'a Engine, from: u64, end: u64) -> Result<Self, ReadError> {
        let start = if from < end { floor(engine, from)?.unwrap_or(from) } else { end };
        Ok(Self {
            engine,
            fetched: VecDeque::new(),
            next_key: keys::block(start).to_vec(),
            end_key: keys::block(end),
            end,
            expected: start,
            fetch_values: 2,
            whole: false,
            unpacker: Decompressor::new().map_err(|source| EngineError::Io { doing: "set up zstd", source })?,
        })
    }

    /// Unpacks the next block into `raw`.
    pub(crate) fn next(&mut self, raw: &mut Vec<u8>) -> Result<Option<BlockHead>, ReadError> {
        let expected = self.expected;
        if !self.fetch(1)? {
            let short = expected < self.end;
            return if short { Err(fault(expected, BlockFault::Gap { expected })) } else { Ok(None) };
        }
        let (key, value) = self.fetched.pop_front().expect("fetched at least one");
        let header = Header::read(&key, &value).map_err(|error| fault(expected, error))?;
        if header.first != expected {
            let (first, gap) = (header.first, BlockFault::Gap { expected });
            self.fetched.push_front((key, value));
            return Err(fault(first, gap));
        }
        let parts = usize::from(header.part_count);
        self.fetch(parts)?;
        let parts: Vec<_> = self.fetched.drain(..parts.min(self.fetched.len())).collect();
        header.unpack(&parts, &mut self.unpacker, raw).map_err(|error| fault(header.first, error))?;
        self.expected = header.first + u64::from(header.count);
        Ok(Some(BlockHead { first: header.first, count: u64::from(header.count), root_before: header.root_before }))
    }

    /// The first entry of the next block.
    pub(crate) fn expected(&self) -> u64 {
        self.expected
    }

    /// Goes on after damage: the next block may begin anywhere. Returns the first entry of what comes next.
    pub(crate) fn resume(&mut self) -> Result<u64, ReadError> {
        while self.fetch(1)? {
            let (key, _) = self.fetched.front().expect("fetched at least one");
            if let Some((first, 0)) = keys::read_block(key)
                && first > self.expected
            {
                self.expected = first;
                return Ok(first);
            }
            self.fetched.pop_front();
        }
        self.expected = self.end;
        Ok(self.end)
    }

    /// Makes sure that at least `count` values are here, if there are so many.
    fn fetch(&mut self, count: usize) -> Result<bool, ReadError> {
        while self.fetched.len() < count && !self.whole {
            let more = self.engine.scan(&self.next_key, &self.end_key, self.fetch_values)?;
            self.whole = more.len() < self.fetch_values;
            let bytes: usize = more.iter().map(|(_, value)| value.len()).sum();
            self.fetch_values = (FETCH_BYTES * more.len() / bytes.max(1)).clamp(2, FETCH_VALUES_MAX);
            if let Some((key, _)) = more.last() {
                self.next_key = [key, &[0u8][..]].concat();
            }
            self.fetched.extend(more);
        }
        Ok(self.fetched.len() >= count)
    }
}

fn fault(first: u64, fault: BlockFault) -> ReadError {
    ReadError::Block { first, fault }
}

/// First entry of the last block that begins at or before `index`. sled 0.34 is not trusted to walk backwards, so this
/// scans forward: a block holds at most 256 entries, and most often the near distance is enough for small ones.
pub(crate) fn floor(engine: &Engine, index: u64) -> Result<Option<u64>, ReadError> {
    let after = keys::block(index + 1);
    for distance in [0, 15, BLOCK_ENTRIES_MAX as u64 - 1] {
        let from = keys::block(index.saturating_sub(distance));
        let found = engine.scan(&from, &after, usize::MAX)?;
        let first = found.iter().rev().find_map(|(key, _)| keys::read_block(key).filter(|(_, part)| *part == 0));
        if let Some((first, _)) = first {
            return Ok(Some(first));
        }
    }
    Ok(None)
}

/// Calls `each` with every block from the entry `from` on, and with the rest of the block that holds it first.
pub(crate) fn scan_blocks(
    engine: &Engine,
    from: u64,
    end: u64,
    mut each: impl FnMut(BlockView<'_>),
) -> Result<(), ReadError> {
    scan_while(engine, from, end, |block| {
        each(block);
        true
    })
}

/// The same, until `each` says no.
pub(crate) fn scan_while(
    engine: &Engine,
    from: u64,
    end: u64,
    mut each: impl FnMut(BlockView<'_>) -> bool,
) -> Result<(), ReadError> {
    let mut blocks = Blocks::new(engine, from, end)?;
    let mut raw = vec![];
    while let Some(head) = blocks.next(&mut raw)? {
        let skipped = from.saturating_sub(head.first).min(head.count);
        let mut entries = bundle_entries(&raw);
        (0..skipped).for_each(|_| _ = entries.next());
        let view = BlockView { first: head.first + skipped, count: head.count - skipped, bundle: entries.rest() };
        if skipped < head.count && !each(view) {
            break;
        }
    }
    Ok(())
}

/// The entries of the log in order, each with its index. Ends after the first error.
pub struct Entries<'a> {
    blocks: Option<Blocks<'a>>,
    raw: Vec<u8>,
    at: usize,
    index: u64,
    block_end: u64,
}

impl<'a> Entries<'a> {
    pub(crate) fn new(engine: &'a Engine, from: u64, end: u64) -> Result<Self, ReadError> {
        let blocks = Blocks::new(engine, from, end)?;
        let mut entries = Self { blocks: Some(blocks), raw: vec![], at: 0, index: from, block_end: from };
        if entries.load()? {
            while entries.index < from && entries.step().is_some() {}
        }
        Ok(entries)
    }

    fn load(&mut self) -> Result<bool, ReadError> {
        let Some(blocks) = &mut self.blocks else { return Ok(false) };
        let Some(head) = blocks.next(&mut self.raw)? else { return Ok(false) };
        (self.at, self.index, self.block_end) = (0, head.first, head.first + head.count);
        Ok(true)
    }

    fn step(&mut self) -> Option<&[u8]> {
        let entry = bundle_entries(&self.raw[self.at..]).next()?;
        self.at += 2 + entry.len();
        self.index += 1;
        Some(entry)
    }
}

impl Iterator for Entries<'_> {
    type Item = Result<(u64, Vec<u8>), ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.index == self.block_end {
            match self.load() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => {
                    self.blocks = None;
                    return Some(Err(error));
                }
            }
        }
        let index = self.index;
        match self.step() {
            Some(entry) => Some(Ok((index, entry.to_vec()))),
            None => {
                // The checksum held, so the block was written like this: fewer entries than it says.
                self.blocks = None;
                self.index = self.block_end;
                Some(Err(fault(index, BlockFault::Payload)))
            }
        }
    }
}

/// The blocks read last, unpacked.
#[derive(Default)]
pub(crate) struct BlockCache {
    blocks: Mutex<VecDeque<Arc<CachedBlock>>>,
}

struct CachedBlock {
    first: u64,
    count: u64,
    raw: Vec<u8>,
}

impl BlockCache {
    /// The entry at `index`, which must be recorded.
    pub(crate) fn entry(&self, engine: &Engine, index: u64, end: u64) -> Result<Vec<u8>, ReadError> {
        let held = self.lock().iter().find(|block| (block.first..block.first + block.count).contains(&index)).cloned();
        let block = match held {
            Some(block) => block,
            None => {
                let mut raw = vec![];
                let head = Blocks::new(engine, index, end)?
                    .next(&mut raw)?
                    .ok_or_else(|| fault(index, BlockFault::Gap { expected: index }))?;
                let block = Arc::new(CachedBlock { first: head.first, count: head.count, raw });
                let mut blocks = self.lock();
                blocks.truncate(CACHED_BLOCKS - 1);
                blocks.push_front(block.clone());
                block
            }
        };
        let entry = index.checked_sub(block.first).and_then(|at| bundle_entries(&block.raw).nth(at as usize));
        entry.map(<[u8]>::to_vec).ok_or_else(|| fault(index, BlockFault::Gap { expected: index }))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Arc<CachedBlock>>> {
        // A panic while it was held cannot have left half a block: blocks are whole behind their Arc.
        self.blocks.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
