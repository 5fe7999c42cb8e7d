//! Turns a bundle of entries into hashed, compressed blocks. CPU only: it may run on a thread of its own, ahead of the
//! thread that commits.

use crate::block::{self, Payload, bundle_entries};
use crate::engine::Bytes;
use crate::limits::{BLOCK_ENTRIES_MAX, BLOCK_RAW_BYTES_MAX};
use chain::{Frontier, Hash, leaf_hash};
use std::sync::Arc;
use zstd::bulk::Compressor;

/// Leaves below one hash of the next tile level.
const SUBTREE_LEAVES: u64 = 256;
/// zstd's fastest kind of level leaves literals as they are, and most of an event's literals are random. Against level 1,
/// over events of 85 bytes: 45 ns less to pack an entry, a replay 1.6 times as fast, 1% more bytes. Readers take any.
const PACK_LEVEL: i32 = -1;
/// How full a block should be: the rest is room for blocks that compress worse than the ones before.
const FILL: f64 = 0.97;

/// Hashes and packs entries in order.
pub struct Sealer {
    /// Leaves of the last, unfinished subtree of 256.
    low: Frontier,
    /// The finished subtrees of 256 as leaves: its peaks are the high peaks of the whole tree.
    high: Frontier,
    /// Root over both.
    root: Hash,
    packer: Compressor<'static>,
    packed: Vec<u8>,
    /// Raw bytes to a packed byte, as seen of late.
    ratio: f64,
}

/// A sealed bundle, ready to be committed.
#[derive(Debug)]
pub struct Sealed {
    /// Leaf index of its first entry.
    pub first: u64,
    /// Count of its entries.
    pub count: u64,
    /// The tree after it.
    pub tree: Frontier,
    /// Root of the tree after it.
    pub root: Hash,
    /// The entries themselves, as they came.
    pub bundle: Arc<Vec<u8>>,
    /// Leaf hash of each entry.
    pub leaf_hashes: Vec<Hash>,
    /// Root of each subtree of 256 leaves that ends in this bundle: hashes of tile level 1.
    pub subtree_hashes: Vec<Hash>,
    pub(crate) blocks: Vec<(Bytes, Bytes)>,
}

impl Sealer {
    /// Takes up a tree where it was left.
    ///
    /// # Panics
    /// When zstd cannot allocate a context.
    #[must_use]
    pub fn new(tree: &Frontier) -> Self {
        let size = tree.size();
        let (high_size, low_size) = (size / SUBTREE_LEAVES, size % SUBTREE_LEAVES);
        let (high, low) = tree.peaks().split_at(high_size.count_ones() as usize);
        let mut packer = Compressor::new(PACK_LEVEL).expect("zstd allocates a context");
        // Our header has the length and a checksum over it all.
        packer.include_checksum(false).expect("a known parameter");
        packer.include_contentsize(false).expect("a known parameter");
        Self {
            low: Frontier::from_parts(low_size, low.to_vec()).expect("a frontier splits at any power of two"),
            high: Frontier::from_parts(high_size, high.to_vec()).expect("a frontier splits at any power of two"),
            root: tree.root(),
            packer,
            packed: Vec::with_capacity(zstd::zstd_safe::compress_bound(BLOCK_RAW_BYTES_MAX * 2)),
            ratio: 2.0,
        }
    }

    /// Root of the tree over all entries sealed so far.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.root
    }

    /// Count of entries sealed so far.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.high.size() * SUBTREE_LEAVES + self.low.size()
    }

    /// The tree over all entries sealed so far.
    #[must_use]
    pub fn tree(&self) -> Frontier {
        Frontier::from_parts(self.size(), [self.high.peaks(), self.low.peaks()].concat())
            .expect("the parts came from one tree")
    }

    /// Seals a bundle of `count` entries: (u16 length ‖ entry)*.
    ///
    /// # Panics
    /// When the bundle does not hold exactly `count` entries: it was encoded by this process a moment ago.
    pub fn seal(&mut self, bundle: impl Into<Arc<Vec<u8>>>, count: usize) -> Sealed {
        let bundle = bundle.into();
        let first = self.size();
        let mut leaf_hashes = Vec::with_capacity(count);
        let mut subtree_hashes = Vec::with_capacity(count / SUBTREE_LEAVES as usize + 1);
        let mut blocks = Vec::with_capacity(bundle.len() / 4096 + 1);
        let mut entries = bundle_entries(&bundle);
        let (mut at, mut left) = (0, count);
        while left > 0 {
            let root_before = self.root;
            let index = first + (count - left) as u64;
            let (taken, bytes) = self.pack(index, &root_before, &bundle[at..], left, &mut blocks);
            for _ in 0..taken {
                let entry = entries.next().expect("packed a moment ago");
                let hash = leaf_hash(entry);
                leaf_hashes.push(hash);
                self.low.append(hash);
                if self.low.size() == SUBTREE_LEAVES {
                    let subtree = self.low.peaks()[0];
                    self.low = Frontier::default();
                    self.high.append(subtree);
                    subtree_hashes.push(subtree);
                }
            }
            self.root = self.tree().root();
            at += bytes;
            left -= taken;
        }
        assert_eq!(at, bundle.len(), "the bundle holds exactly its count of entries");
        let (tree, root) = (self.tree(), self.root);
        Sealed { first, count: count as u64, tree, root, bundle, leaf_hashes, subtree_hashes, blocks }
    }

    /// Packs one block from the front of `bundle`; returns how many entries and bytes it took.
    fn pack(
        &mut self,
        first: u64,
        root_before: &Hash,
        bundle: &[u8],
        count: usize,
        blocks: &mut Vec<(Bytes, Bytes)>,
    ) -> (usize, usize) {
        let mut goal = ((block::PAYLOAD_BYTES_MAX as f64 * self.ratio * FILL) as usize).min(BLOCK_RAW_BYTES_MAX);
        loop {
            let (taken, bytes) = take(bundle, count, goal);
            let raw = &bundle[..bytes];
            self.packed.clear();
            self.packed.reserve(zstd::zstd_safe::compress_bound(bytes));
            let packed_bytes =
                self.packer.compress_to_buffer(raw, &mut self.packed).expect("the buffer has room for the worst case");
            let payload = Payload { raw, packed: (packed_bytes < bytes).then_some(&self.packed) };
            let stored_bytes = packed_bytes.min(bytes);
            if stored_bytes <= block::PAYLOAD_BYTES_MAX || taken == 1 {
                block::encode(first, taken, root_before, &payload, blocks);
                // Small blocks compress badly and say nothing about full ones.
                if stored_bytes > block::PAYLOAD_BYTES_MAX / 2 {
                    self.ratio += (bytes as f64 / stored_bytes as f64 - self.ratio) / 8.0;
                }
                return (taken, bytes);
            }
            self.ratio = bytes as f64 / stored_bytes as f64;
            goal = (block::PAYLOAD_BYTES_MAX as f64 * self.ratio * FILL * FILL) as usize;
            goal = goal.min(bytes - 1);
        }
    }
}

/// Entries from the front of a bundle, up to `goal` bytes but at least one: their count and bytes.
fn take(bundle: &[u8], count: usize, goal: usize) -> (usize, usize) {
    let mut entries = bundle_entries(bundle);
    let (mut taken, mut bytes) = (0, 0);
    while taken < count.min(BLOCK_ENTRIES_MAX) {
        let entry = entries.next().expect("the bundle holds its count of entries");
        let with_this = bytes + 2 + entry.len();
        if taken > 0 && with_this > goal {
            break;
        }
        taken += 1;
        bytes = with_this;
    }
    (taken, bytes)
}

#[cfg(test)]
mod tests;
