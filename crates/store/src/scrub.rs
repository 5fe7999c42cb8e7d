//! Reads everything and says what is damaged.
//!
//! Found: any change to a byte that a reader could ever be given, in the log and in the tiles; a missing or shortened
//! file; a state page, a cursor or a tail that fell back to an older state. Not found: a change in bytes that nobody
//! reads, which sled's data file has plenty of (replaced pages, the unused rest of a segment): all data reads back equal
//! then, and a rebuild would give the same root. Opening a log lets sled tidy its tail, so damage in the newest segment
//! may be gone from the file after a scrub, with what it held: the finding says which entries, and the tiles have them.

use crate::block::{BlockFault, bundle_entries};
use crate::checkpoint::Stated;
use crate::failed::OpenError;
use crate::folder::{Folder, Mark, Marker, read_published};
use crate::holder::Holder;
use crate::keys;
use crate::page::{self, PageKey};
use crate::read::{Blocks, ReadError};
use crate::snapshot::{self, Table};
use crate::store::{OpenOptions, Store, hold};
use crate::tile_builder::{TileBuilder, TileSink, WIDTH};
use crate::tiles;
use chain::{Frontier, Tile, TileKind, leaf_hash};
use std::convert::Infallible;
use std::fmt;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// One thing that is damaged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong, for people.
    pub what: String,
    /// The file, or the folder of the log.
    pub place: PathBuf,
    /// The entries that cannot be read from there, where that is known.
    pub entries: Option<Range<u64>>,
    /// What to do.
    pub remedy: Remedy,
}

/// What mends a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Rebuild the log from the tiles: [`rebuild_from_tiles`](crate::rebuild_from_tiles).
    RebuildLog,
    /// Rebuild the tiles from the log: [`rebuild_tiles`](crate::rebuild_tiles).
    RebuildTiles,
    /// Drop the snapshots and fold the state from the log again: rebuilding the log does it.
    RebuildState,
    /// Open the ledger and commit: the file is written anew.
    Commit,
    /// Publish a checkpoint: the file is written anew.
    Publish,
    /// Restore the file from a backup, or write it by hand: it is text.
    Restore,
}

impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RebuildLog => "rebuild the log from the tiles",
            Self::RebuildTiles => "rebuild the tiles from the log",
            Self::RebuildState => "rebuild the log from the tiles, which drops the state pages",
            Self::Commit => "open the ledger and commit",
            Self::Publish => "publish a checkpoint",
            Self::Restore => "restore the file from a backup",
        })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.place.display(), self.what)?;
        if let Some(entries) = &self.entries {
            write!(f, " (entries {} to {})", entries.start, entries.end.saturating_sub(1))?;
        }
        write!(f, "; {}", self.remedy)
    }
}

/// Reads a whole ledger folder and returns all that is damaged; empty when nothing is. Holds the folder while it reads.
///
/// # Errors
/// Only when it cannot look: the folder holds no ledger, or somebody else holds it.
pub fn scrub(dir: impl AsRef<Path>) -> Result<Vec<Finding>, OpenError> {
    let folder = Folder::at(dir.as_ref());
    if !folder.root().is_dir() || !(folder.marker().exists() || folder.log().exists() || folder.tiles().exists()) {
        return Err(OpenError::NotALedger(folder.root().to_owned()));
    }
    let mut findings = Findings::new(&folder);
    if let Err(error) = Marker::read(&folder).and_then(|marker| marker.ok_or(io::ErrorKind::NotFound.into())) {
        findings.add(folder.marker(), causes::told(&error), None, Remedy::Restore);
        return Ok(findings.found);
    }
    if Mark::read(&folder).is_none() {
        let what = "the high-water mark is missing or damaged".into();
        findings.add(folder.mark(), what, None, Remedy::Commit);
    }
    let hold = hold(&folder, &Holder::this("scrub", None))?;
    let options = OpenOptions { holder: "scrub".into(), ..OpenOptions::default() };
    match Store::open_held(folder.clone(), options, hold) {
        Ok((store, _)) => findings.of_store(&store),
        Err(error) => {
            let entries = match error {
                OpenError::Shortened { found, expected, .. } => Some(found..expected),
                _ => None,
            };
            let (place, remedy) = match &error {
                OpenError::OtherLedger { .. } | OpenError::Version(_) => (folder.marker(), Remedy::Restore),
                _ => (folder.log(), Remedy::RebuildLog),
            };
            findings.add(place, causes::told(&error), entries, remedy);
            findings.of_tiles_alone();
        }
    }
    Ok(findings.found)
}

/// Reads all that an open store holds and returns what is damaged: the daily check of a running service. Commits may go
/// on; it looks at what was recorded when it began.
#[must_use]
pub fn scrub_open(store: &Store) -> Vec<Finding> {
    let mut findings = Findings::new(store.folder());
    findings.of_store(store);
    findings.found
}

struct Findings {
    folder: Folder,
    found: Vec<Finding>,
}

impl Findings {
    fn new(folder: &Folder) -> Self {
        Self { folder: folder.clone(), found: vec![] }
    }

    fn add(&mut self, place: PathBuf, what: String, entries: Option<Range<u64>>, remedy: Remedy) {
        self.found.push(Finding { what, place, entries, remedy });
    }

    fn log(&mut self, what: String, entries: Option<Range<u64>>) {
        self.add(self.folder.log(), what, entries, Remedy::RebuildLog);
    }

    fn of_store(&mut self, store: &Store) {
        self.blocks_and_tiles(store);
        self.pages(store);
        self.index_pairs(store);
    }

    /// Every block, and every file of the tiles against it.
    fn blocks_and_tiles(&mut self, store: &Store) {
        let head = store.head();
        let stated = self.checkpoint(&head.note);
        let covered = stated.map_or(0, |stated| stated.size);
        let mut walk =
            Walk { tree: Frontier::default(), tiles: Compare::new(&self.folder), builder: TileBuilder::default() };
        let mut whole = true;
        let mut raw = vec![];
        match Blocks::new(store.engine(), 0, head.size()) {
            Err(error) => self.log(causes::told(&error), Some(0..head.size())),
            Ok(mut blocks) => loop {
                let next = match blocks.next(&mut raw) {
                    Ok(Some(block)) if whole && block.root_before != walk.tree.root() => Err((
                        ReadError::Block { first: block.first, fault: BlockFault::Chain },
                        block.first..block.first + block.count,
                    )),
                    Ok(Some(block)) if whole && bundle_entries(&raw).count() as u64 != block.count => Err((
                        ReadError::Block { first: block.first, fault: BlockFault::Payload },
                        block.first..block.first + block.count,
                    )),
                    Ok(Some(_)) => Ok(()),
                    Ok(None) => break,
                    Err(error) => {
                        let first = blocks.expected();
                        match blocks.resume() {
                            Ok(next) => Err((error, first..next)),
                            Err(_) => Err((error, first..head.size())),
                        }
                    }
                };
                match next {
                    // After damage the tree cannot be followed; checksums and order still are.
                    Ok(()) if whole => walk.take(&raw, stated, self),
                    Ok(()) => {}
                    Err((error, entries)) => {
                        whole = false;
                        let ended = entries.end >= head.size();
                        self.log(causes::told(&error), Some(entries));
                        if ended {
                            break;
                        }
                    }
                }
            },
        }
        if !whole {
            self.of_tiles_alone();
            return;
        }
        if (walk.tree.size(), walk.tree.root()) != (head.size(), head.root()) {
            self.log("the entries do not give the root of the head".into(), Some(0..head.size()));
        }
        if walk.tree.size() < covered {
            let what = "the checkpoint covers more than the log holds".into();
            self.add(self.folder.checkpoint(), what, Some(walk.tree.size()..covered), Remedy::RebuildLog);
        }
        self.found.append(&mut walk.tiles.found);
    }

    /// The checkpoint file: readable, and as its copies have it. Returns what to hold the tiles to.
    fn checkpoint(&mut self, head_note: &[u8]) -> Option<Stated> {
        let path = self.folder.checkpoint();
        let copy = read_published(&self.folder).unwrap_or_else(|error| {
            self.add(self.folder.published(), error.to_string(), None, Remedy::Publish);
            None
        });
        let copy_stated = copy.as_deref().and_then(Stated::read);
        let note = match fs::read(&path) {
            Ok(note) => note,
            // Nothing was published yet.
            Err(error) if error.kind() == io::ErrorKind::NotFound && copy.is_none() => return None,
            Err(error) => {
                self.add(path, error.to_string(), None, Remedy::RebuildTiles);
                return copy_stated;
            }
        };
        let Some(stated) = Stated::read(&note) else {
            self.add(path, "the checkpoint cannot be read".into(), None, Remedy::RebuildTiles);
            return copy_stated;
        };
        let same_size = |other: &[u8]| Stated::read(other).is_some_and(|other| other.size == stated.size);
        if copy_stated.is_some_and(|copy| copy.size > stated.size) {
            self.add(path, "the checkpoint is older than its copy".into(), None, Remedy::RebuildTiles);
            return copy_stated;
        }
        if [copy.as_deref(), Some(head_note)].into_iter().flatten().any(|other| same_size(other) && other != note) {
            self.add(path, "the checkpoint differs from its copy".into(), None, Remedy::RebuildTiles);
        }
        Some(stated)
    }

    /// The tiles by themselves, when the log cannot vouch for them: do they give the root of their checkpoint?
    fn of_tiles_alone(&mut self) {
        let Some(stated) = self.checkpoint(&[]) else { return };
        let mut tree = Frontier::default();
        let outcome = crate::rebuild::each_bundle(&self.folder, stated.size, |bundle| {
            bundle_entries(bundle).for_each(|entry| tree.append(leaf_hash(entry)));
        });
        let what = match outcome {
            Err(error) => causes::told(&error),
            Ok(()) if tree.root() != stated.root => "the entry bundles do not give the root of the checkpoint".into(),
            Ok(()) => return,
        };
        self.add(self.folder.tiles(), what, Some(tree.size()..stated.size), Remedy::RebuildTiles);
    }

    /// Every version of every state page, and that the newest are those the head sums up.
    fn pages(&mut self, store: &Store) {
        let head = store.head();
        let engine = store.engine();
        let tables = match snapshot::tables(engine) {
            Ok(tables) => tables,
            Err(error) => return self.log(causes::told(&error), None),
        };
        for table in head.tables.keys().copied().filter(|table| !tables.contains(table)).collect::<Vec<_>>() {
            self.state(format!("all pages of table {table} are missing"));
        }
        for table in tables {
            let (mut newest, mut expected): (Table, Option<(PageKey, u64)>) = (Table::default(), None);
            let mut from = keys::page(table, 0, u64::MAX).to_vec();
            let end = snapshot::table_end(table);
            loop {
                let read = match snapshot::read_first(engine, &from, &end) {
                    Ok(Some(read)) => read,
                    Ok(None) => break,
                    Err(error) => {
                        self.state(causes::told(&error));
                        expected = None;
                        // Go on behind the page whose key is damaged or whose content is.
                        match engine.scan(&from, &end, 1).ok().and_then(|mut pairs| pairs.pop()) {
                            Some((key, _)) => from = snapshot::after(&key),
                            None => break,
                        }
                        continue;
                    }
                };
                let key = read.page.key;
                match expected {
                    Some((page, seq)) if (page, seq) != (key, read.page.seq) => {
                        self.state(format!("page {} of table {table}: version {seq} is missing", page.page));
                        newest.note_if_new(&read);
                    }
                    Some(_) => {}
                    None => newest.note_if_new(&read),
                }
                expected = read.previous.map(|seq| (key, seq));
                from = [&keys::page(table, key.page, read.page.seq)[..], &[0xff, 0xff]].concat();
            }
            if let Some((page, seq)) = expected {
                self.state(format!("page {} of table {table}: version {seq} is missing", page.page));
            }
            let moved = store.head().tables.get(&table) != head.tables.get(&table);
            if !moved && head.tables.get(&table).copied().unwrap_or_default() != newest.sum() {
                self.state(format!("table {table}: the newest pages are not those the head names"));
            }
        }
    }

    fn state(&mut self, what: String) {
        self.add(self.folder.log(), what, None, Remedy::RebuildState);
    }

    /// Index pairs belong to others, who check them; here they must be readable.
    fn index_pairs(&mut self, store: &Store) {
        let mut from = vec![keys::INDEX_TAG];
        loop {
            match store.engine().scan(&from, &[keys::INDEX_TAG + 1], 64) {
                Ok(pairs) => match pairs.last() {
                    Some((key, _)) => from = snapshot::after(key),
                    None => return,
                },
                Err(error) => return self.state(causes::told(&error)),
            }
        }
    }
}

/// Follows the log from its first entry.
struct Walk {
    tree: Frontier,
    tiles: Compare,
    builder: TileBuilder,
}

impl Walk {
    fn take(&mut self, bundle: &[u8], stated: Option<Stated>, findings: &mut Findings) {
        let hashes: Vec<_> = bundle_entries(bundle).map(leaf_hash).collect();
        let (first, end) = (self.tree.size(), self.tree.size() + hashes.len() as u64);
        let covered = stated.map_or(0, |stated| stated.size);
        let below = covered.saturating_sub(first).min(hashes.len() as u64) as usize;
        for (index, hash) in hashes.iter().enumerate() {
            self.tree.append(*hash);
            if let Some(stated) = stated
                && first + index as u64 + 1 == stated.size
                && self.tree.root() != stated.root
            {
                let what = "the checkpoint states another root than the log".into();
                findings.add(findings.folder.checkpoint(), what, None, Remedy::RebuildTiles);
            }
        }
        if below > 0 {
            let mut entries = bundle_entries(bundle);
            (0..below).for_each(|_| _ = entries.next());
            let bundle = &bundle[..bundle.len() - entries.rest().len()];
            let Ok(()) = self.builder.take(bundle, &hashes[..below], &[], &mut self.tiles);
            if end >= covered && first < covered {
                for tile in self.builder.partials() {
                    self.tiles.partials(tile.kind, tile.index, tile.content, Some(tile.width));
                }
            }
        }
    }
}

/// Compares tiles with what lies in the files.
struct Compare {
    root: PathBuf,
    archive: Option<(chain::Archived, PathBuf)>,
    found: Vec<Finding>,
}

impl Compare {
    fn new(folder: &Folder) -> Self {
        Self { root: folder.tiles(), archive: folder.archive(), found: vec![] }
    }

    fn compare(&mut self, path: PathBuf, kind: TileKind, index: u64, width: u16, content: &[u8]) {
        let what = match fs::read(&path) {
            Ok(file) if file == content => return,
            Ok(file) if file.len() < content.len() => "the file is cut short".into(),
            Ok(_) => "the file differs from the log".into(),
            Err(error) => error.to_string(),
        };
        let leaves = match kind {
            TileKind::Hashes(level) => (WIDTH as u64).pow(u32::from(level)),
            TileKind::Entries => 1,
        };
        let first = index * WIDTH as u64 * leaves;
        let entries = Some(first..first + u64::from(width) * leaves);
        self.found.push(Finding { what, place: path, entries, remedy: Remedy::RebuildTiles });
    }

    /// The partial files of a tile: one of the width that the checkpoint needs, and older ones that hold less.
    fn partials(&mut self, kind: TileKind, index: u64, content: &[u8], needed: Option<u16>) {
        let dir = tiles::partial_dir(&self.root, kind, index);
        let mut widths: Vec<u16> = vec![];
        for file in fs::read_dir(&dir).into_iter().flatten().flatten() {
            match file.file_name().to_str().and_then(|name| name.parse().ok()) {
                Some(width) => widths.push(width),
                None => {
                    let what = "the file is not a partial tile".into();
                    self.found.push(Finding { what, place: file.path(), entries: None, remedy: Remedy::RebuildTiles });
                }
            }
        }
        // The full tile takes the place of a partial one.
        let full = tiles::path(&self.root, kind, index, WIDTH as u16).exists();
        widths.extend(needed.filter(|width| !full && !widths.contains(width)));
        for width in widths {
            let length = match kind {
                TileKind::Hashes(_) => usize::from(width) * 32,
                TileKind::Entries => {
                    let mut entries = bundle_entries(content);
                    (0..width).for_each(|_| _ = entries.next());
                    content.len() - entries.rest().len()
                }
            };
            let Ok(tile) = Tile::new(kind, index, width) else { continue };
            // A wider one than the checkpoint needs comes from a publication that a crash cut off; it is written again.
            if let Some(content) = content.get(..length)
                && needed.is_none_or(|needed| width <= needed)
            {
                self.compare(self.root.join(tile.path()), kind, index, width, content);
            }
        }
    }
}

impl TileSink for Compare {
    type Error = Infallible;

    fn full(&mut self, kind: TileKind, index: u64, content: &[u8]) -> Result<(), Infallible> {
        let path = tiles::path(&self.root, kind, index, WIDTH as u16);
        let tile = Tile::new(kind, index, WIDTH as u16).ok();
        let archive = self.archive.as_ref().filter(|(archived, _)| tile.is_some_and(|tile| archived.holds(tile)));
        match archive {
            // An archive that is not here is no damage; what of it is here has to be right.
            Some((_, place)) if !path.exists() => {
                let archived = tiles::path(place, kind, index, WIDTH as u16);
                if place.is_dir() {
                    self.compare(archived, kind, index, WIDTH as u16, content);
                }
            }
            _ => self.compare(path, kind, index, WIDTH as u16, content),
        }
        self.partials(kind, index, content, None);
        Ok(())
    }
}

impl Table {
    /// Takes up a version when it is the first, and so the newest, that a forward walk meets of its page.
    fn note_if_new(&mut self, read: &page::Read) {
        if !self.holds(read.page.key.page) {
            self.note(read.page.key, read.newest());
        }
    }
}
