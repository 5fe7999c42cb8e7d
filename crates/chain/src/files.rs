//! A log as its static files: checkpoint, hash tiles and entry bundles, wherever they lie. C2SP tlog-tiles.
//!
//! Proofs are made from the tiles alone, so that whoever has the files needs neither the ledger nor its operator. What
//! comes from such files counts for nothing by itself: a proof made of wrong ones leads to no signed root.

use std::collections::BTreeSet;

use crate::entries::decode_entries;
use crate::tile::{Tile, TileKind};
use crate::{Checkpoint, Hash, HashReader, HashTiles, Node, Note, ProveError, Receipt};
use crate::{consistency_nodes, inclusion_nodes};
use crate::{prove_consistency, prove_inclusion, tree_root};

/// Why a file of a log is not at hand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// There is no such file.
    #[error("`{path}` is not there")]
    Missing {
        /// Its path below the log's prefix.
        path: String,
    },
    /// It could not be read.
    #[error("read `{path}`: {problem}")]
    Unreadable {
        /// Its path below the log's prefix.
        path: String,
        /// Why.
        problem: String,
    },
}

/// Gives the static files of a log.
pub trait LogFiles {
    /// The newest signed checkpoint.
    fn checkpoint(&self) -> Result<Vec<u8>, FileError>;

    /// A tile or bundle with exactly the path of `tile`. Where a full one has replaced a partial one, the caller asks for
    /// that; see [`read_tile`].
    fn file(&self, tile: Tile) -> Result<Vec<u8>, FileError>;
}

/// Why a proof could not be made from static files.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FromFilesError {
    /// A file is not at hand.
    #[error("read the static files")]
    File(#[from] FileError),
    /// A file is not what its path says.
    #[error("`{path}` is damaged: {problem}")]
    Damaged {
        /// Its path below the log's prefix.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The proof cannot be made.
    #[error("make the proof")]
    Prove(#[from] ProveError),
}

/// Reads a tile or bundle of a tree: the partial file, or the full one that has replaced it, cut to the width asked for.
///
/// # Errors
/// When neither is there, or what is there is damaged.
pub fn read_tile(files: &(impl LogFiles + ?Sized), tile: Tile) -> Result<Vec<u8>, FromFilesError> {
    let (content, found) = match files.file(tile) {
        Err(FileError::Missing { .. }) if !tile.is_full() => (files.file(tile.full())?, tile.full()),
        other => (other?, tile),
    };
    let damaged = |problem: String| FromFilesError::Damaged { path: found.path(), problem };
    let width = usize::from(tile.width());
    match tile.kind() {
        TileKind::Hashes(_) => {
            let expected = usize::from(found.width()) * 32;
            if content.len() != expected {
                return Err(damaged(format!("{} bytes instead of {expected}", content.len())));
            }
            Ok(content[..width * 32].to_vec())
        }
        TileKind::Entries => {
            let entries = decode_entries(&content).map_err(|error| damaged(error.to_string()))?;
            if entries.len() != usize::from(found.width()) {
                return Err(damaged(format!("{} entries instead of {}", entries.len(), found.width())));
            }
            let bytes = entries[..width].iter().map(|entry| entry.len() + 2).sum();
            Ok(content[..bytes].to_vec())
        }
    }
}

/// The entry at an index of a tree of `size`, from its bundle among the files of that tree.
///
/// # Errors
/// When it is not in the tree, or the bundle is not at hand.
pub fn read_entry(files: &(impl LogFiles + ?Sized), index: u64, size: u64) -> Result<Vec<u8>, FromFilesError> {
    let outside = ProveError::IndexOutsideTree { index, size };
    let width = u64::from(crate::tile::TILE_WIDTH);
    let tile = Tile::of_tree(TileKind::Entries, index / width, size).filter(|_| index < size).ok_or(outside)?;
    let bundle = read_tile(files, tile)?;
    let entries = decode_entries(&bundle).expect("a bundle was read");
    Ok(entries[usize::try_from(index % width).expect("below 256")].to_vec())
}

/// The receipt of the entry at an index, for the newest checkpoint; it carries the entry where that is at hand.
///
/// # Errors
/// When the checkpoint does not cover the entry yet, or a file is not at hand.
pub fn receipt_from(files: &(impl LogFiles + ?Sized), index: u64) -> Result<Receipt, FromFilesError> {
    let bad = |problem: String| FromFilesError::Damaged { path: "checkpoint".to_owned(), problem };
    let checkpoint = Note::parse(&files.checkpoint()?).map_err(|error| bad(error.to_string()))?;
    let size = Checkpoint::parse(checkpoint.text()).map_err(|error| bad(error.to_string()))?.size;
    if index >= size {
        return Err(ProveError::IndexOutsideTree { index, size }.into());
    }
    // An entry that was archived elsewhere is still proven: whoever checks brings it along.
    let extra = match read_entry(files, index, size) {
        Ok(entry) => Some(entry),
        Err(FromFilesError::File(FileError::Missing { .. })) => None,
        Err(error) => return Err(error),
    };
    let proof = inclusion_from(files, index, size, size)?;
    Ok(Receipt { extra, index, proof, checkpoint })
}

/// Proves from the tiles of a tree of `tree_size` that leaf `index` is in the tree of its first `size` leaves.
///
/// # Errors
/// When a tile is not at hand.
pub fn inclusion_from(
    files: &(impl LogFiles + ?Sized),
    index: u64,
    size: u64,
    tree_size: u64,
) -> Result<Vec<Hash>, FromFilesError> {
    let tiles = Fetched::new(files, tree_size, inclusion_nodes(index, size))?;
    Ok(prove_inclusion(&tiles, index, size)?)
}

/// Proves from the tiles of a tree of `tree_size` that the tree of `old_size` is the beginning of that of `new_size`.
///
/// # Errors
/// When a tile is not at hand.
pub fn consistency_from(
    files: &(impl LogFiles + ?Sized),
    old_size: u64,
    new_size: u64,
    tree_size: u64,
) -> Result<Vec<Hash>, FromFilesError> {
    let tiles = Fetched::new(files, tree_size, consistency_nodes(old_size, new_size))?;
    Ok(prove_consistency(&tiles, old_size, new_size)?)
}

/// The root that the tiles give for the first `size` leaves of a tree of `tree_size` that they hold.
///
/// # Errors
/// When a tile is not at hand.
pub fn root_from(files: &(impl LogFiles + ?Sized), size: u64, tree_size: u64) -> Result<Hash, FromFilesError> {
    if size > tree_size {
        return Err(ProveError::SizesReversed { old_size: size, new_size: tree_size }.into());
    }
    // The root of a tree is made of its peaks, which are what an inclusion in the next larger tree begins with.
    let mut peaks = Vec::new();
    let mut start = 0;
    while let Some(level) = (size - start).checked_ilog2() {
        peaks.push(Node { level: level as u8, index: start >> level });
        start += 1 << level;
    }
    let tiles = Fetched::new(files, tree_size, peaks)?;
    Ok(tree_root(&tiles, size)?)
}

/// The tiles that some nodes are computed from, fetched once each.
struct Fetched(HashTiles);

impl Fetched {
    fn new(files: &(impl LogFiles + ?Sized), size: u64, nodes: Vec<Node>) -> Result<Self, FromFilesError> {
        let wanted: BTreeSet<Tile> =
            nodes.iter().filter_map(|node| Tile::holding(node.level, node.index, size)).collect();
        let mut tiles = HashTiles::default();
        for tile in wanted {
            let content = read_tile(files, tile)?;
            tiles
                .insert(tile, &content)
                .map_err(|error| FromFilesError::Damaged { path: tile.path(), problem: error.to_string() })?;
        }
        Ok(Self(tiles))
    }
}

impl HashReader for Fetched {
    fn hash(&self, node: Node) -> Option<Hash> {
        self.0.hash(node)
    }
}

#[cfg(test)]
mod tests;
