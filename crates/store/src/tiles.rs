//! The second copy of the log: hash tiles, entry bundles and a checkpoint as static files (C2SP tlog-tiles).
//!
//! Written after the log, on a thread of their own, never in the acknowledged path. Full tiles are written under their own
//! names and synced together before the checkpoint that covers them is renamed into place: whoever reads below the
//! checkpoint never sees half a file, and what lies beyond it is written again after a crash.

use crate::block::bundle_entries;
use crate::checkpoint::Stated;
use crate::folder::{Folder, write_published};
use crate::read::ReadError;
use crate::sealer::Sealed;
use crate::store::Store;
use crate::tile_builder::{TileBuilder, TileSink, WIDTH};
use chain::{Hash, Tile, TileKind, leaf_hash};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Why tiles could not be written or taken up.
#[derive(Debug, thiserror::Error)]
pub enum TilesError {
    /// The file system refused.
    #[error("{doing} `{}`", .path.display())]
    Io {
        /// What was being done.
        doing: &'static str,
        /// To which file.
        path: PathBuf,
        /// The file system's answer.
        #[source]
        source: io::Error,
    },
    /// A tile that the checkpoint needs is missing or does not give its root. Rebuild the tiles from the log.
    #[error("the tiles do not give the root of their checkpoint of {size} entries")]
    Damaged {
        /// Size of the checkpoint.
        size: u64,
    },
    /// The checkpoint cannot be read. Rebuild the tiles from the log.
    #[error("the checkpoint among the tiles cannot be read")]
    Checkpoint,
    /// The log could not be read to catch up.
    #[error("read the log to catch up")]
    Read(#[from] ReadError),
    /// The entries since the checkpoint do not give the root of the head.
    #[error("the log from entry {from} on does not give the root of its head")]
    Root {
        /// Size of the checkpoint.
        from: u64,
    },
}

impl TilesError {
    fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { doing, path: path.to_owned(), source }
    }
}

/// Writes the tiles of one ledger.
pub struct TileWriter {
    builder: TileBuilder,
    files: Files,
    folder: Folder,
    /// The partial tiles that the checkpoint in place needs, with their widths.
    partial: BTreeMap<(TileKind, u64), u16>,
}

impl TileWriter {
    /// Takes up the tiles where their checkpoint left them, and writes what they lack from the log. This verifies every
    /// entry since the checkpoint against the root of the head.
    pub fn open(store: &Store) -> Result<Self, TilesError> {
        let mut tiles = Self::at_checkpoint(store.folder())?;
        let from = tiles.size();
        let head = store.head();
        if from > head.size() {
            return Err(TilesError::Damaged { size: from });
        }
        tiles.catch_up(store, head.size())?;
        if tiles.root() != head.root() {
            return Err(TilesError::Root { from });
        }
        Ok(tiles)
    }

    /// Takes up the tiles at their checkpoint, or at the beginning when there is none.
    pub(crate) fn at_checkpoint(folder: &Folder) -> Result<Self, TilesError> {
        let path = folder.checkpoint();
        let stated = match fs::read(&path) {
            Ok(note) => Stated::read(&note).ok_or(TilesError::Checkpoint)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::empty(folder)),
            Err(error) => return Err(TilesError::io("read", &path)(error)),
        };
        let mut tiles = Self::empty(folder);
        tiles.builder = take_up(folder, stated)?;
        let partials: Vec<_> =
            tiles.builder.partials().iter().map(|tile| (tile.kind, tile.index, tile.width)).collect();
        tiles.partial = partials.into_iter().map(|(kind, index, width)| ((kind, index), width)).collect();
        Ok(tiles)
    }

    fn empty(folder: &Folder) -> Self {
        Self {
            builder: TileBuilder::default(),
            files: Files { root: folder.tiles() },
            folder: folder.clone(),
            partial: BTreeMap::new(),
        }
    }

    /// Count of entries taken.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.builder.size()
    }

    /// Root of the tree over them.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.builder.root()
    }

    /// Takes a recorded bundle and writes the tiles that it fills.
    ///
    /// # Panics
    /// When the bundle does not follow the one before.
    pub fn take(&mut self, sealed: &Sealed) -> Result<(), TilesError> {
        assert_eq!(sealed.first, self.size(), "bundles are taken in order");
        self.builder.take(&sealed.bundle, &sealed.leaf_hashes, &sealed.subtree_hashes, &mut self.files)
    }

    /// Writes from the log what is lacking up to `size`.
    pub(crate) fn catch_up(&mut self, store: &Store, size: u64) -> Result<(), TilesError> {
        let mut outcome = Ok(());
        let mut hashes = vec![];
        crate::read::scan_blocks(store.engine(), self.size(), size, |block| {
            if outcome.is_ok() {
                hashes.clear();
                hashes.extend(bundle_entries(block.bundle).map(leaf_hash));
                outcome = self.builder.take(block.bundle, &hashes, &[], &mut self.files);
            }
        })?;
        outcome
    }

    /// Publishes a signed checkpoint of all entries taken: writes the partial tiles it needs, syncs everything, and then
    /// replaces the checkpoint. Returns when the checkpoint and all it covers survive a power cut.
    ///
    /// # Panics
    /// When the checkpoint is not one of the entries taken so far.
    pub fn publish(&mut self, note: &[u8]) -> Result<(), TilesError> {
        let stated = Stated::read(note).expect("a checkpoint signed by this process can be read");
        assert_eq!(stated, Stated { size: self.size(), root: self.root() }, "the checkpoint is one of the tiles");
        let partials = self.builder.partials();
        for tile in &partials {
            // The checkpoint in place needs this very file: to write it again is to cut it short for a moment.
            if self.partial.get(&(tile.kind, tile.index)) == Some(&tile.width) {
                continue;
            }
            self.files.write(tile.kind, tile.index, tile.width, tile.content)?;
        }
        let now: BTreeMap<_, _> = partials.iter().map(|tile| ((tile.kind, tile.index), tile.width)).collect();
        fs::create_dir_all(&self.files.root).map_err(TilesError::io("create", &self.files.root))?;
        // One sync for all files instead of one for each.
        File::open(&self.files.root)
            .and_then(|root| rustix::fs::syncfs(&root).map_err(io::Error::from))
            .map_err(TilesError::io("sync the files below", &self.files.root))?;
        let path = self.folder.checkpoint();
        files::replace(&path, note).map_err(TilesError::io("replace", &path))?;
        // After the checkpoint: the copy never speaks of one that was not there.
        let copy = self.folder.published();
        write_published(&self.folder, note).map_err(TilesError::io("replace", &copy))?;
        // Partial files may go once the full tile is covered by a checkpoint.
        for &(kind, index) in self.partial.keys().filter(|tile| !now.contains_key(tile)) {
            let dir = partial_dir(&self.files.root, kind, index);
            match fs::remove_dir_all(&dir) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(TilesError::io("remove", &dir)(error));
                }
                _ => {}
            }
        }
        self.partial = now;
        Ok(())
    }
}

/// The right edge of the tiles of a checkpoint, from its unfinished ones; they give its root.
pub(crate) fn take_up(folder: &Folder, stated: Stated) -> Result<TileBuilder, TilesError> {
    let damaged = || TilesError::Damaged { size: stated.size };
    let bundle = read_partial(folder, TileKind::Entries, stated.size).map_err(|_| damaged())?;
    let mut levels = vec![];
    let mut rest = stated.size;
    while rest > 0 {
        let kind = TileKind::Hashes(levels.len() as u8);
        let hashes = read_partial(folder, kind, rest).map_err(|_| damaged())?;
        let (hashes, []) = hashes.as_chunks::<32>() else { return Err(damaged()) };
        levels.push(hashes.to_vec());
        rest /= WIDTH as u64;
    }
    let edge = TileBuilder::resume(stated.size, bundle, levels).ok_or_else(damaged)?;
    if edge.root() == stated.root { Ok(edge) } else { Err(damaged()) }
}

/// Where the partial files of a tile lie.
pub(crate) fn partial_dir(root: &Path, kind: TileKind, index: u64) -> PathBuf {
    path(root, kind, index, 1).parent().expect("a partial tile lies in a folder of its own").to_owned()
}

/// The path of a tile.
pub(crate) fn path(root: &Path, kind: TileKind, index: u64, width: u16) -> PathBuf {
    root.join(Tile::new(kind, index, width).expect("width and level come from a tree").path())
}

/// Reads a tile or bundle as far as a level with `count` hashes needs it: the partial file, or the full one that replaced
/// it. Empty when nothing is unfinished.
fn read_partial(folder: &Folder, kind: TileKind, count: u64) -> io::Result<Vec<u8>> {
    let (index, width) = (count / WIDTH as u64, (count % WIDTH as u64) as u16);
    if width == 0 {
        return Ok(vec![]);
    }
    let root = folder.tiles();
    match fs::read(path(&root, kind, index, width)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        other => return other,
    }
    let mut full = fs::read(path(&root, kind, index, WIDTH as u16))?;
    let length = match kind {
        TileKind::Hashes(_) => usize::from(width) * 32,
        TileKind::Entries => {
            let mut entries = bundle_entries(&full);
            (0..width).for_each(|_| _ = entries.next());
            full.len() - entries.rest().len()
        }
    };
    full.truncate(length);
    Ok(full)
}

/// The files below `tiles/`.
struct Files {
    root: PathBuf,
}

impl Files {
    fn write(&self, kind: TileKind, index: u64, width: u16, content: &[u8]) -> Result<(), TilesError> {
        let path = path(&self.root, kind, index, width);
        let mut file = match File::create(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let parent = path.parent().expect("a tile lies in a folder");
                fs::create_dir_all(parent).map_err(TilesError::io("create", parent))?;
                File::create(&path)
            }
            other => other,
        }
        .map_err(TilesError::io("create", &path))?;
        file.write_all(content).map_err(TilesError::io("write", &path))
    }
}

impl TileSink for Files {
    type Error = TilesError;

    fn full(&mut self, kind: TileKind, index: u64, content: &[u8]) -> Result<(), TilesError> {
        self.write(kind, index, WIDTH as u16, content)
    }
}

#[cfg(test)]
mod tests;
