//! Makes one copy from the other: the log from the tiles, or the tiles from the log.

use crate::block::{bundle_entries, push_entry};
use crate::checkpoint::{self, Stated};
use crate::engine::{Bytes, Engine, EngineError};
use crate::failed::OpenError;
use crate::folder::{Folder, Mark, MarkFile, Marker};
use crate::head::{FORMAT_VERSION, Head};
use crate::holder::Holder;
use crate::keys;
use crate::read::{Blocks, ReadError};
use crate::sealer::Sealer;
use crate::store::{OpenOptions, Store, hold};
use crate::tile_builder::WIDTH;
use crate::tiles::{self, TileWriter, TilesError};
use chain::{Frontier, Hash, TileKind, leaf_hash};
use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Entries sealed in one go.
const FRAME_ENTRIES: usize = 32 * WIDTH;
/// The memory for sled's cache while a log is rebuilt.
const CACHE_BYTES: u64 = 64 << 20;

/// What a rebuild gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebuilt {
    /// Count of entries in the new log.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Hash,
    /// Of these, entries beyond the checkpoint that were taken from the damaged log, each block chained to the one before.
    pub salvaged: u64,
    /// Entries that were recorded, by the high-water mark, and are in neither copy.
    pub lost: Option<Range<u64>>,
    /// Where the damaged copy lies now.
    pub kept: Option<PathBuf>,
}

/// What to do about entries that are in neither copy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Loss {
    /// Leave everything as it is and name them.
    #[default]
    Refuse,
    /// Go on without them: somebody else holds them, such as a stream, a backup or a replica, or nobody does.
    Accept,
}

/// Why a rebuild failed. The copies are as they were.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// The folder cannot be held or opened.
    #[error("open the ledger")]
    Open(#[from] OpenError),
    /// There is no checkpoint to rebuild to.
    #[error("there is no readable checkpoint among the tiles")]
    NoCheckpoint,
    /// An entry bundle is missing or damaged.
    #[error("read the entry bundle `{}`", .path.display())]
    Bundle {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The bundles do not give the root of the checkpoint.
    #[error("the entry bundles do not give the root of the checkpoint of {size} entries")]
    Root {
        /// Size of the checkpoint.
        size: u64,
    },
    /// Some recorded entries are in neither copy.
    #[error("entries {} to {} were recorded and are in neither copy", .0.start, .0.end - 1)]
    WouldLose(Range<u64>),
    /// The log could not be written.
    #[error("write the log")]
    Engine(#[from] EngineError),
    /// The log could not be read.
    #[error("read the log")]
    Read(#[from] ReadError),
    /// The tiles could not be written.
    #[error("write the tiles")]
    Tiles(#[from] TilesError),
    /// The file system refused.
    #[error("replace the damaged copy")]
    Io(#[from] io::Error),
}

/// Builds a new log from the entry bundles, verifies that it has the root of their checkpoint, adds what a readable rest
/// of the old log holds beyond it, and puts it in the place of the old one, which stays as `log.damaged-1` or so. State
/// pages, cursors and index pairs are not in the tiles: the new log has none, and their owners make them anew.
pub fn rebuild_from_tiles(dir: impl AsRef<Path>, loss: Loss) -> Result<Rebuilt, RebuildError> {
    let folder = Folder::at(dir.as_ref());
    if !folder.root().is_dir() {
        return Err(OpenError::NotALedger(folder.root().to_owned()).into());
    }
    let _hold = hold(&folder, &Holder::this("rebuild of the log", None))?;
    let (stated, note) = checkpoint::newest(&folder).ok_or(RebuildError::NoCheckpoint)?;
    let origin = note.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let origin = String::from_utf8(origin.to_vec()).map_err(|_| RebuildError::NoCheckpoint)?;

    let beside = folder.root().join("log.rebuilt");
    remove_if_there(&beside)?;
    let engine = Engine::open(&beside, CACHE_BYTES)?;
    let mut log = NewLog::begin(&engine, Head { origin: origin.clone(), ..Head::default() })?;
    each_bundle(&folder, stated.size, |bundle| log.push(bundle))?;
    log.flush();
    if log.sealer.tree().root() != stated.root {
        return Err(RebuildError::Root { size: stated.size });
    }
    log.head.note = note;
    let salvaged = salvage(&folder, stated.size, &mut log);
    log.finish()?;

    let (size, root) = (log.head.size(), log.head.root());
    drop(log);
    drop(engine);
    let marked = Mark::read(&folder).map_or(0, |mark| mark.size);
    let lost = (marked > size).then_some(size..marked);
    if let (Some(lost), Loss::Refuse) = (&lost, loss) {
        return Err(RebuildError::WouldLose(lost.clone()));
    }
    let kept = set_aside(&folder.log(), "damaged")?;
    fs::rename(&beside, folder.log())?;
    let mark = MarkFile::open(&folder)?;
    mark.write(Mark { size, root })?;
    mark.sync()?;
    if Marker::read(&folder).ok().flatten().is_none() {
        Marker { format: FORMAT_VERSION, origin, created: "unknown: the log was rebuilt from tiles".into() }
            .write(&folder)?;
    }
    files::sync_dir(folder.root())?;
    Ok(Rebuilt { size, root, salvaged, lost, kept })
}

/// Writes all tiles anew from the log; the old ones stay as `tiles.damaged-1` or so. The checkpoint is taken over where it
/// fits the log; the next one is published by whoever signs.
pub fn rebuild_tiles(dir: impl AsRef<Path>) -> Result<Rebuilt, RebuildError> {
    let folder = Folder::at(dir.as_ref());
    let old = checkpoint::newest(&folder).map(|(_, note)| note);
    if !folder.marker().exists() {
        return Err(OpenError::NotALedger(folder.root().to_owned()).into());
    }
    // Aside before opening: a damaged checkpoint must not speak against a sound log.
    let hold = hold(&folder, &Holder::this("rebuild of the tiles", None))?;
    let kept = set_aside(&folder.tiles(), "damaged")?;
    let options = OpenOptions { holder: "rebuild of the tiles".into(), ..OpenOptions::default() };
    let (store, recovered) = Store::open_held(folder.clone(), options, hold)?;
    let head = recovered.head;
    let mut tiles = TileWriter::at_checkpoint(&folder)?;
    let mut notes: Vec<_> = [old, Some(head.note.clone())]
        .into_iter()
        .flatten()
        .filter_map(|note| Some((Stated::read(&note)?, note)))
        .filter(|(stated, _)| stated.size <= head.size())
        .collect();
    notes.sort_by_key(|(stated, _)| stated.size);
    for (stated, note) in notes {
        tiles.catch_up(&store, stated.size)?;
        if tiles.root() == stated.root {
            tiles.publish(&note)?;
        }
    }
    tiles.catch_up(&store, head.size())?;
    if tiles.root() != head.root() {
        return Err(TilesError::Root { from: 0 }.into());
    }
    Ok(Rebuilt { size: head.size(), root: head.root(), salvaged: 0, lost: None, kept })
}

/// Calls `each` with every entry bundle of a tree of `size`, in order.
pub(crate) fn each_bundle(folder: &Folder, size: u64, mut each: impl FnMut(&[u8])) -> Result<(), RebuildError> {
    let root = folder.tiles();
    let archive = folder.archive();
    for first in (0..size).step_by(WIDTH) {
        let width = (size - first).min(WIDTH as u64) as u16;
        let index = first / WIDTH as u64;
        let mut path = tiles::path(&root, TileKind::Entries, index, width);
        let mut bundle = fs::read(&path);
        if usize::from(width) < WIDTH && bundle.is_err() {
            // The full bundle that replaced the partial one.
            path = tiles::path(&root, TileKind::Entries, index, WIDTH as u16);
            bundle = fs::read(&path);
        }
        if let (Err(_), Some((_, place))) =
            (&bundle, archive.as_ref().filter(|(archived, _)| archived.holds(full(index))))
        {
            path = tiles::path(place, TileKind::Entries, index, WIDTH as u16);
            bundle = fs::read(&path);
        }
        let bundle = bundle.map_err(|source| RebuildError::Bundle { path: path.clone(), source })?;
        let mut entries = bundle_entries(&bundle);
        let count = entries.by_ref().take(usize::from(width)).count();
        if count < usize::from(width) {
            let source = io::Error::new(io::ErrorKind::UnexpectedEof, "the bundle is cut short or damaged");
            return Err(RebuildError::Bundle { path, source });
        }
        each(&bundle[..bundle.len() - entries.rest().len()]);
    }
    Ok(())
}

/// The full bundle at an index.
fn full(index: u64) -> chain::Tile {
    chain::Tile::new(TileKind::Entries, index, WIDTH as u16).expect("a bundle")
}

/// A log being written from the beginning.
struct NewLog<'a> {
    engine: &'a Engine,
    head: Head,
    sealer: Sealer,
    waiting: Vec<u8>,
    waiting_count: usize,
    failed: Option<EngineError>,
}

impl<'a> NewLog<'a> {
    fn begin(engine: &'a Engine, head: Head) -> Result<Self, EngineError> {
        let filler = keys::filler().map(|key| (Bytes::from(&key), Bytes::from(&[0u8])));
        engine.apply(filler.collect())?;
        let sealer = Sealer::new(&Frontier::default());
        Ok(Self { engine, head, sealer, waiting: vec![], waiting_count: 0, failed: None })
    }

    fn push(&mut self, bundle: &[u8]) {
        self.waiting.extend_from_slice(bundle);
        self.waiting_count += bundle_entries(bundle).count();
        if self.waiting_count >= FRAME_ENTRIES {
            self.flush();
        }
    }

    fn flush(&mut self) {
        if self.waiting_count == 0 || self.failed.is_some() {
            return;
        }
        let sealed = self.sealer.seal(std::mem::take(&mut self.waiting), std::mem::take(&mut self.waiting_count));
        self.head.tree = sealed.tree;
        let mut pairs = sealed.blocks;
        pairs.push((Bytes::from(&keys::HEAD), self.head.encode().into()));
        self.failed = self.engine.apply(pairs).err();
    }

    fn finish(&mut self) -> Result<(), EngineError> {
        self.flush();
        self.failed.take().map_or(Ok(()), Err)?;
        self.engine.apply(vec![(Bytes::from(&keys::HEAD), self.head.encode().into())])
    }
}

/// Takes from the damaged log what it holds beyond the checkpoint, as far as it is whole: each block must name the root of
/// all before it. Returns how many entries came.
fn salvage(folder: &Folder, from: u64, log: &mut NewLog<'_>) -> u64 {
    if fs::metadata(folder.log().join("db")).map_or(0, |data| data.len()) == 0 {
        return 0;
    }
    let Ok(old) = Engine::open(&folder.log(), CACHE_BYTES) else { return 0 };
    let Ok(Some(value)) = old.get(&keys::HEAD) else { return 0 };
    let Ok(head) = Head::decode(&value) else { return 0 };
    if head.size() <= from {
        return 0;
    }
    let Ok(mut blocks) = Blocks::new(&old, from, head.size()) else { return 0 };
    let mut tree = log.sealer.tree();
    let (mut raw, mut doubtful, mut doubtful_count, mut count) = (vec![], vec![], 0, 0);
    while let Ok(Some(block)) = blocks.next(&mut raw) {
        // The root before a block vouches for the block before it.
        if block.first >= from {
            if block.root_before != tree.root() {
                return count;
            }
            log.push(&doubtful);
            count += std::mem::take(&mut doubtful_count);
        }
        doubtful.clear();
        for (index, entry) in (block.first..).zip(bundle_entries(&raw)) {
            if index >= from {
                push_entry(&mut doubtful, entry);
                tree.append(leaf_hash(entry));
                doubtful_count += 1;
            }
        }
    }
    // And the head for the last.
    if (tree.size(), tree.root()) == (head.size(), head.root()) {
        log.push(&doubtful);
        count += doubtful_count;
        if !head.note.is_empty() {
            log.head.note = head.note;
        }
    }
    count
}

/// Renames a folder out of the way: `log` to `log.damaged-1`, or the next free number.
fn set_aside(path: &Path, suffix: &str) -> io::Result<Option<PathBuf>> {
    if !path.exists() {
        return Ok(None);
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let aside = (1..)
        .map(|number| path.with_file_name(format!("{name}.{suffix}-{number}")))
        .find(|aside| !aside.exists())
        .expect("some number is free");
    fs::rename(path, &aside)?;
    files::sync_dir(path.parent().expect("a folder in a folder"))?;
    Ok(Some(aside))
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
