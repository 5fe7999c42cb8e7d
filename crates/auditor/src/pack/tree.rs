//! The tree of a pack's checkpoint, as far as its tiles reach.

use std::collections::HashMap;

use chain::{Hash, Tile, TileKind, leaf_hash, read_tile, root_from};

use crate::finding::Finding;
use crate::folder::Folder;
use crate::statics::full_root;

/// See the module; each tile is checked once, by the one above.
pub(super) struct Tree<'f> {
    folder: &'f Folder,
    size: u64,
    checked: HashMap<Tile, Vec<Hash>>,
    /// The tile of the event before.
    last: Option<(Tile, Vec<Hash>)>,
}

impl<'f> Tree<'f> {
    pub(super) fn new(folder: &'f Folder, size: u64, root: &Hash) -> Result<Self, Finding> {
        let found = root_from(folder, size, size).map_err(|error| Finding::of("file_damaged", "tile", &error))?;
        if found != *root {
            return Err(Finding::new(
                "root_differs",
                "checkpoint",
                "the tiles on the right edge do not give the signed root",
            ));
        }
        Ok(Self { folder, size, checked: HashMap::new(), last: None })
    }

    /// The entry of an event is the one that the tree was made of.
    pub(super) fn check(&mut self, seq: u64, entry: &[u8], place: &dyn Fn() -> String) -> Result<(), Finding> {
        let (index, size) = (seq - 1, self.size);
        let tile = Tile::of_tree(TileKind::Hashes(0), index / 256, size).filter(|_| index < size).ok_or_else(|| {
            Finding::new("not_in_tree", place(), format!("event {seq} is not in a tree of {size} entries"))
        })?;
        // Events stand in order: most have the tile of the one before.
        if self.last.as_ref().is_none_or(|(last, _)| *last != tile) {
            self.last = Some((tile, self.tile(tile)?.to_vec()));
        }
        let hashes = self.last.as_ref().map_or(&[][..], |(_, hashes)| hashes);
        match hashes.get((index % 256) as usize) == Some(&leaf_hash(entry)) {
            true => Ok(()),
            false => {
                Err(Finding::new("entry_differs", place(), format!("event {seq} is not the one that was recorded")))
            }
        }
    }

    /// The hashes of a tile, once it is known that the root stands over them.
    fn tile(&mut self, wanted: Tile) -> Result<&[Hash], Finding> {
        if self.checked.contains_key(&wanted) {
            return Ok(&self.checked[&wanted]);
        }
        // Upwards to a tile that is known, or lies on the right edge, over which the root was computed.
        let mut path = vec![wanted];
        while let Some(tile) = path.last().copied() {
            if self.checked.contains_key(&tile) || !tile.is_full() {
                break;
            }
            path.push(self.above(tile)?);
        }
        for tile in path.into_iter().rev() {
            if self.checked.contains_key(&tile) {
                continue;
            }
            let content =
                read_tile(self.folder, tile).map_err(|error| Finding::of("file_damaged", tile.path(), &error))?;
            let hashes = content.as_chunks::<32>().0.to_vec();
            if let Some(root) = full_root(&hashes) {
                let above = self.above(tile)?;
                if self.checked[&above][(tile.index() % 256) as usize] != root {
                    return Err(Finding::new(
                        "tile_differs",
                        tile.path(),
                        "the tile is not the one that the tree was made of",
                    ));
                }
            }
            self.checked.insert(tile, hashes);
        }
        Ok(&self.checked[&wanted])
    }

    fn above(&self, tile: Tile) -> Result<Tile, Finding> {
        let TileKind::Hashes(level) = tile.kind() else { unreachable!("only hash tiles are asked for") };
        Tile::of_tree(TileKind::Hashes(level + 1), tile.index() / 256, self.size)
            .ok_or_else(|| Finding::new("not_in_tree", tile.path(), "there is no tile above it"))
    }
}
