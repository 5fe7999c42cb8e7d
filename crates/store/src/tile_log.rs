//! The log as its static files hold it, opened to be read: nobody is kept from it, and it keeps nobody from anything.
//!
//! It ends where the newest checkpoint ends. What lies below a checkpoint never changes: its files are whole, synced, and
//! in place before it is. All that is read is held against the root of that checkpoint: entries are hashed, and a path of
//! subtrees leads from each bundle up to the unfinished tiles, which give the root. So a damaged file is an error.

use crate::block::bundle_entries;
use crate::checkpoint;
use crate::failed::OpenError;
use crate::folder::{Folder, Mark, Marker};
use crate::head::FORMAT_VERSION;
use crate::read::{BlockView, ReadError};
use crate::read_log::ReadLog;
use crate::tile_builder::{TileBuilder, WIDTH, subtree_root};
use crate::tiles;
use chain::{Archived, EMPTY_ROOT, FileError, FromFilesError, Hash, LogFiles, Tile, TileKind, leaf_hash, read_tile};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Bundles kept for random reads.
const BUNDLES_KEPT: usize = 16;
/// Hash tiles kept: 8 KiB each, for 65,536 entries.
const TILES_KEPT: usize = 1_024;

/// See the module.
pub struct TileLog {
    files: Files,
    marker: Marker,
    edge: TileBuilder,
    root: Hash,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    bundles: VecDeque<(u64, Arc<Vec<u8>>)>,
    tiles: FxHashMap<(u8, u64), Arc<Vec<Hash>>>,
}

/// How far the static files of a folder are behind what was recorded there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Entries that the newest checkpoint covers; `None` without one.
    pub published: Option<u64>,
    /// Entries recorded, by the high-water mark; `None` where that cannot be read.
    pub recorded: Option<u64>,
}

impl Progress {
    /// Looks at a folder.
    #[must_use]
    pub fn of(folder: &Folder) -> Self {
        // The mark first: what it says is never more than what a checkpoint read later may cover.
        let recorded = Mark::read(folder).or_else(|| Mark::read(folder)).map(|mark| mark.size);
        Self { published: checkpoint::newest(folder).map(|(stated, _)| stated.size), recorded }
    }

    /// Does a checkpoint cover all that is known to be recorded?
    #[must_use]
    pub fn is_level(&self) -> bool {
        self.recorded.is_some_and(|recorded| recorded <= self.published.unwrap_or(0))
    }
}

impl TileLog {
    /// Opens the static files of a ledger, as of their newest checkpoint.
    ///
    /// # Errors
    /// When the folder holds no ledger, or its checkpoint and the tiles at its edge do not fit each other.
    pub fn open(dir: impl AsRef<Path>) -> Result<Self, OpenError> {
        let folder = Folder::at(dir.as_ref());
        let marker = Marker::read(&folder)?.ok_or_else(|| OpenError::NotALedger(folder.root().to_owned()))?;
        if marker.format != FORMAT_VERSION {
            return Err(OpenError::Version(marker.format));
        }
        // The static files are sound without it; but somebody has to be told.
        if !folder.has_log() {
            return Err(OpenError::LogMissing);
        }
        // Of the same size, log and tiles have the same root.
        let mark = Mark::read(&folder);
        let (edge, root) = match checkpoint::newest(&folder) {
            None => (TileBuilder::default(), EMPTY_ROOT),
            Some((stated, _)) => (tiles::take_up(&folder, stated)?, stated.root),
        };
        if mark.is_some_and(|mark| mark.size == edge.size() && mark.root != root) {
            return Err(OpenError::Diverged { size: edge.size(), witness: "the high-water mark" });
        }
        let files = Files { root: folder.tiles(), archive: folder.archive() };
        Ok(Self { files, marker, edge, root, kept: Mutex::default() })
    }

    /// What the ledger was created as.
    #[must_use]
    pub fn marker(&self) -> &Marker {
        &self.marker
    }

    /// A bundle of the tree, once its entries are those of the checkpoint.
    fn bundle(&self, index: u64) -> Result<Arc<Vec<u8>>, ReadError> {
        let known = self.kept().bundles.iter().find(|(known, _)| *known == index).map(|(_, bundle)| Arc::clone(bundle));
        if let Some(bundle) = known {
            return Ok(bundle);
        }
        let bundle = Arc::new(self.read_bundle(index)?);
        let mut kept = self.kept();
        kept.bundles.truncate(BUNDLES_KEPT - 1);
        kept.bundles.push_front((index, Arc::clone(&bundle)));
        Ok(bundle)
    }

    fn read_bundle(&self, index: u64) -> Result<Vec<u8>, ReadError> {
        let tile = Tile::of_tree(TileKind::Entries, index, self.size()).expect("a bundle of this tree");
        let bundle = read_tile(&self.files, tile)?;
        let leaves: Vec<Hash> = bundle_entries(&bundle).map(leaf_hash).collect();
        let is_right = match tile.is_full() {
            true => self.tile(1, index / WIDTH as u64)?.get(place(index)) == Some(&subtree_root(&leaves)),
            false => self.edge.hashes(0) == leaves,
        };
        if is_right { Ok(bundle) } else { Err(differs(tile)) }
    }

    /// A hash tile, once the one above it says that it is right.
    fn tile(&self, level: u8, index: u64) -> Result<Arc<Vec<Hash>>, ReadError> {
        if let Some(tile) = self.kept().tiles.get(&(level, index)) {
            return Ok(Arc::clone(tile));
        }
        let tile = Tile::of_tree(TileKind::Hashes(level), index, self.size()).expect("a tile of this tree");
        let hashes = match tile.is_full() {
            // Together the unfinished ones give the root.
            false => self.edge.hashes(level).to_vec(),
            true => {
                let hashes = read_tile(&self.files, tile)?.as_chunks::<32>().0.to_vec();
                if self.tile(level + 1, index / WIDTH as u64)?.get(place(index)) != Some(&subtree_root(&hashes)) {
                    return Err(differs(tile));
                }
                hashes
            }
        };
        let hashes = Arc::new(hashes);
        let mut kept = self.kept();
        if kept.tiles.len() >= TILES_KEPT {
            kept.tiles.clear();
        }
        kept.tiles.insert((level, index), Arc::clone(&hashes));
        Ok(hashes)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // What is kept is whole behind its Arc.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where the hash of a tile or bundle stands in the tile above it.
fn place(index: u64) -> usize {
    (index % WIDTH as u64) as usize
}

fn differs(tile: Tile) -> ReadError {
    let problem = "it is not what the checkpoint stands over".to_owned();
    ReadError::Tile(FromFilesError::Damaged { path: tile.path(), problem })
}

impl ReadLog for TileLog {
    fn size(&self) -> u64 {
        self.edge.size()
    }

    fn root(&self) -> Hash {
        self.root
    }

    /// Not held against the root of the checkpoint: whoever compares it with a root he knows has held it against that.
    fn root_at(&self, size: u64) -> Result<Option<Hash>, ReadError> {
        match size {
            0 => Ok(Some(EMPTY_ROOT)),
            size if size > self.size() => Ok(None),
            size => Ok(Some(chain::root_from(&self.files, size, self.size())?)),
        }
    }

    fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, ReadError> {
        if index >= self.size() {
            return Ok(None);
        }
        let bundle = self.bundle(index / WIDTH as u64)?;
        Ok(bundle_entries(&bundle).nth(place(index)).map(<[u8]>::to_vec))
    }

    fn scan(&self, from: u64, each: &mut dyn FnMut(BlockView<'_>) -> bool) -> Result<(), ReadError> {
        let mut next = from;
        while next < self.size() {
            let index = next / WIDTH as u64;
            let bundle = self.read_bundle(index)?;
            let mut entries = bundle_entries(&bundle);
            (0..place(next)).for_each(|_| _ = entries.next());
            let end = self.size().min((index + 1) * WIDTH as u64);
            if !each(BlockView { first: next, count: end - next, bundle: entries.rest() }) {
                break;
            }
            next = end;
        }
        Ok(())
    }
}

/// The files below `tiles/`, and old bundles where they went.
struct Files {
    root: PathBuf,
    archive: Option<(Archived, PathBuf)>,
}

impl LogFiles for Files {
    fn checkpoint(&self) -> Result<Vec<u8>, FileError> {
        read(&self.root, "checkpoint")
    }

    fn file(&self, tile: Tile) -> Result<Vec<u8>, FileError> {
        let path = tile.path();
        match (read(&self.root, &path), &self.archive) {
            (Err(FileError::Missing { .. }), Some((archived, place))) if archived.holds(tile) => read(place, &path),
            (found, _) => found,
        }
    }
}

fn read(root: &Path, path: &str) -> Result<Vec<u8>, FileError> {
    fs::read(root.join(path)).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => FileError::Missing { path: path.to_owned() },
        _ => FileError::Unreadable { path: path.to_owned(), problem: error.to_string() },
    })
}

#[cfg(test)]
mod tests;
