//! Where proofs get their hashes from: the roots of complete subtrees, wherever they are kept.

use std::collections::HashMap;

use crate::tile::{TILE_HEIGHT, TILE_WIDTH, Tile, TileKind};
use crate::{Hash, node_hash};

/// A complete subtree: the 2^`level` leaves from `index` x 2^`level` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// Its height: 0 is a leaf.
    pub level: u8,
    /// Its number among the subtrees of its height, from the left.
    pub index: u64,
}

/// Gives the roots of complete subtrees.
pub trait HashReader {
    /// The root of the subtree; `None` when it is not complete, or not at hand.
    ///
    /// The same node always has the same hash, because the log only grows.
    fn hash(&self, node: Node) -> Option<Hash>;
}

/// All complete subtrees of a tree in memory: twice as many hashes as leaves.
#[derive(Clone, Debug, Default)]
pub struct Levels {
    levels: Vec<Vec<Hash>>,
}

impl Levels {
    /// Adds one leaf and every subtree that it completes.
    pub fn append(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let hashes = &mut self.levels[level];
            hashes.push(hash);
            match hashes.as_slice() {
                [.., left, right] if hashes.len().is_multiple_of(2) => hash = node_hash(left, right),
                _ => return,
            }
        }
    }

    /// Count of leaves.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// The hashes of a hash tile; `None` for entries, and where the tree does not reach.
    #[must_use]
    pub fn tile(&self, tile: Tile) -> Option<&[Hash]> {
        let TileKind::Hashes(tile_level) = tile.kind() else { return None };
        let hashes = self.levels.get(usize::from(tile_level) * usize::from(TILE_HEIGHT))?;
        let start = usize::try_from(tile.index()).ok()?.checked_mul(usize::from(TILE_WIDTH))?;
        hashes.get(start..start.checked_add(usize::from(tile.width()))?)
    }
}

impl HashReader for Levels {
    fn hash(&self, node: Node) -> Option<Hash> {
        self.levels.get(usize::from(node.level))?.get(usize::try_from(node.index).ok()?).copied()
    }
}

/// Why bytes are not the content of a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashTileError {
    /// The tile holds entries.
    #[error("an entry bundle holds no hashes")]
    Entries,
    /// The bytes are not as many hashes as the tile is wide.
    #[error("a tile of {width} hashes cannot have {tile_bytes} bytes")]
    WrongLength {
        /// The width that the path says.
        width: u16,
        /// The length found.
        tile_bytes: usize,
    },
}

/// Hash tiles that somebody fetched: the source of proofs for one who has only the static files.
///
/// Nothing here is trusted: a proof made from wrong tiles does not lead to the root of a checkpoint.
#[derive(Clone, Debug, Default)]
pub struct HashTiles {
    tiles: HashMap<(u8, u64), Vec<Hash>>,
}

impl HashTiles {
    /// Takes up the content of a tile, and keeps the wider of two.
    pub fn insert(&mut self, tile: Tile, content: &[u8]) -> Result<(), HashTileError> {
        let TileKind::Hashes(level) = tile.kind() else { return Err(HashTileError::Entries) };
        let (hashes, rest) = content.as_chunks::<32>();
        if !rest.is_empty() || hashes.len() != usize::from(tile.width()) {
            return Err(HashTileError::WrongLength { width: tile.width(), tile_bytes: content.len() });
        }
        let kept = self.tiles.entry((level, tile.index())).or_default();
        if hashes.len() > kept.len() {
            *kept = hashes.to_vec();
        }
        Ok(())
    }
}

impl HashReader for HashTiles {
    fn hash(&self, node: Node) -> Option<Hash> {
        let (tile_level, height) = (node.level / TILE_HEIGHT, node.level % TILE_HEIGHT);
        let tile_index = node.index >> (TILE_HEIGHT - height);
        let hashes = self.tiles.get(&(tile_level, tile_index))?;
        let in_tile = (node.index << height) % u64::from(TILE_WIDTH);
        let start = usize::try_from(in_tile).expect("below 256");
        hashes.get(start..start + (1 << height)).map(full_root)
    }
}

/// Content of a hash tile: its hashes one after the other.
#[must_use]
pub fn tile_bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.concat()
}

/// Root of a complete subtree from its leaves, which are a power of two in number.
fn full_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len() / 2);
            node_hash(&full_root(left), &full_root(right))
        }
    }
}

#[cfg(test)]
mod tests;
