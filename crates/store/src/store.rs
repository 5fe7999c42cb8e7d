//! The store of one ledger: one writer, many readers, and the promise "recorded".

use crate::checkpoint::{self, Stated};
use crate::cursor::{self, Cursors};
use crate::engine::{Bytes, Engine, EngineError};
use crate::failed::{CreateError, OpenError, StoreFailed};
use crate::folder::{Folder, Hold, HoldError, Mark, MarkFile, Marker};
use crate::head::{FORMAT_VERSION, Head, HeadFault};
use crate::holder::Holder;
use crate::keys;
use crate::page::Page;
use crate::read::{self, BlockCache, BlockView, Entries, ReadError};
use crate::sealer::Sealed;
use crate::snapshot::{self, Table};
use chain::Hash;
use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// How to open a store.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// Memory for sled's cache.
    pub cache_bytes: u64,
    /// After so many committed bytes the log is closed and opened again, which bounds the time of the next opening: it
    /// reads what was written since. sled writes about three times what it is given.
    pub reopen_bytes: u64,
    /// Who opens it, for the message that somebody else gets.
    pub holder: String,
    /// Where whoever opens it answers in place of the folder.
    pub url: Option<String>,
}

impl OpenOptions {
    pub(crate) fn holder(&self) -> Holder {
        Holder::this(&self.holder, self.url.clone())
    }
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self { cache_bytes: 64 << 20, reopen_bytes: 256 << 20, holder: "granary".into(), url: None }
    }
}

/// What opening found.
#[derive(Clone, Debug)]
pub struct Recovered {
    /// What is recorded.
    pub head: Head,
    /// What the ledger was created as.
    pub marker: Marker,
    /// The checkpoint among the tiles, by size and root, if there is one.
    pub published: Option<Stated>,
    /// The high-water mark beside the log was missing or damaged. It is written anew by the next commit; until then only
    /// the tiles can tell that the log was cut.
    pub mark_lost: bool,
}

/// Key and value of an index pair.
pub type IndexPair = (Vec<u8>, Vec<u8>);

/// What is to be recorded together: all of it, or nothing.
#[derive(Debug, Default)]
pub struct Commit {
    /// Sealed bundles, in order, following the head.
    pub sealed: Vec<Sealed>,
    /// State pages. A snapshot may spread its pages over many commits.
    pub pages: Vec<Page>,
    /// Declares a snapshot valid: all pages of this seq that differ from the snapshot before are written, here or earlier.
    pub snapshot: Option<u64>,
    /// Cursors to set.
    pub cursors: Vec<(String, Vec<u8>)>,
    /// The signed checkpoint of the tree after this commit; `None` keeps the one before.
    pub note: Option<Vec<u8>>,
    /// Index pairs; keys begin with [`INDEX_TAG`](crate::INDEX_TAG).
    pub extra: Vec<IndexPair>,
}

/// What has been recorded, and the bundles back for whoever goes on with them (tiles, projections).
#[derive(Debug)]
pub struct Recorded {
    /// The head after the commit.
    pub head: Arc<Head>,
    /// The bundles, without their blocks.
    pub sealed: Vec<Sealed>,
}

/// An open ledger folder.
pub struct Store {
    folder: Folder,
    options: OpenOptions,
    engine: Engine,
    recorded: RwLock<Arc<Head>>,
    writer: Mutex<Writer>,
    stopped: AtomicBool,
    cache: BlockCache,
    // Last: the folder is free when all else is closed.
    _hold: Hold,
}

struct Writer {
    mark: MarkFile,
    cursors: Cursors,
    tables: FxHashMap<u8, Table>,
    bytes_since_open: u64,
}

impl Store {
    /// Lays out a new ledger in a folder that holds none, and opens it. On disk when it returns. A creation that was
    /// interrupted may be repeated.
    pub fn create(
        dir: impl Into<PathBuf>,
        origin: &str,
        created: &str,
        options: OpenOptions,
    ) -> Result<(Self, Recovered), CreateError> {
        let folder = Folder::at(dir);
        fs::create_dir_all(folder.root())?;
        let hold = Hold::take(&folder, &options.holder()).map_err(|error| match error {
            HoldError::Held(by) => CreateError::Held { by },
            HoldError::Io(error) => CreateError::Io(error),
        })?;
        let occupied = || CreateError::Occupied(folder.root().to_owned());
        if Marker::read(&folder).ok().flatten().is_some()
            || folder.marker().exists()
            || checkpoint::newest(&folder).is_some()
        {
            return Err(occupied());
        }
        {
            let engine = Engine::open(&folder.log(), options.cache_bytes)?;
            // The rest of an interrupted creation has no entries; a ledger that lost its marker does.
            if !engine.scan(&[keys::CURSOR_TAG], &[0xff], 1)?.is_empty() {
                return Err(occupied());
            }
            let head = Head { origin: origin.to_owned(), ..Head::default() };
            let filler = keys::filler().map(|key| (Bytes::from(&key), Bytes::from(&[0u8])));
            let first = (Bytes::from(&keys::HEAD), Bytes::from(head.encode()));
            engine.apply(filler.chain([first]).collect())?;
            let mark = MarkFile::open(&folder)?;
            mark.write(Mark { size: 0, root: head.root() })?;
            mark.sync()?;
        }
        fs::create_dir_all(folder.tiles())?;
        files::sync_dir(folder.root())?;
        // Last of all: where the marker stands, a log must be.
        Marker { format: FORMAT_VERSION, origin: origin.to_owned(), created: created.to_owned() }.write(&folder)?;
        if let Some(parent) = folder.root().parent().filter(|parent| !parent.as_os_str().is_empty()) {
            files::sync_dir(parent)?;
        }
        Ok(Self::open_held(folder, options, hold)?)
    }

    /// Opens a ledger and holds its folder. Never creates one. Checks the head against the log's end, the high-water mark
    /// and the checkpoint among the tiles.
    pub fn open(dir: impl AsRef<Path>, options: OpenOptions) -> Result<(Self, Recovered), OpenError> {
        let folder = Folder::at(dir.as_ref());
        if !folder.marker().exists() {
            return Err(OpenError::NotALedger(folder.root().to_owned()));
        }
        let hold = hold(&folder, &options.holder())?;
        Self::open_held(folder, options, hold)
    }

    pub(crate) fn open_held(folder: Folder, options: OpenOptions, hold: Hold) -> Result<(Self, Recovered), OpenError> {
        let marker = Marker::read(&folder)?.ok_or_else(|| OpenError::NotALedger(folder.root().to_owned()))?;
        if marker.format != FORMAT_VERSION {
            return Err(OpenError::Version(marker.format));
        }
        // sled would make a new, empty log here.
        if !folder.has_log() {
            return Err(OpenError::LogMissing);
        }
        let engine = Engine::open(&folder.log(), options.cache_bytes).map_err(OpenError::Damaged)?;
        let value = engine.get(&keys::HEAD).map_err(OpenError::Damaged)?.ok_or(HeadFault::Missing)?;
        let head = Head::decode(&value)?;
        if head.origin != marker.origin {
            return Err(OpenError::OtherLedger { marker: marker.origin, log: head.origin });
        }
        let mark = Mark::read(&folder);
        let published = checkpoint::newest(&folder).map(|(stated, _)| stated);
        if let Some(Mark { size, root }) = mark {
            agree(&engine, &head, Stated { size, root }, "the high-water mark")?;
        }
        if let Some(stated) = published {
            agree(&engine, &head, stated, "the checkpoint among the tiles")?;
        }
        check_end(&engine, &head)?;
        let cursors = Cursors::load(&engine)?;
        if cursors.sum() != head.cursor_sum {
            return Err(OpenError::Inconsistent("a cursor fell back to an older value"));
        }
        let writer =
            Writer { mark: MarkFile::open(&folder)?, cursors, tables: FxHashMap::default(), bytes_since_open: 0 };
        let recovered = Recovered { head: head.clone(), marker, published, mark_lost: mark.is_none() };
        let store = Self {
            folder,
            options,
            engine,
            recorded: RwLock::new(Arc::new(head)),
            writer: Mutex::new(writer),
            stopped: AtomicBool::new(false),
            cache: BlockCache::default(),
            _hold: hold,
        };
        Ok((store, recovered))
    }

    /// Records all of a commit, or nothing. When it returns `Ok`, the commit survives a power cut, and readers see it.
    /// After an error nothing is known about this commit, and the store takes no more.
    ///
    /// # Panics
    /// When the commit does not follow the head, or breaks a limit: both are faults of this process.
    pub fn commit(&self, commit: Commit) -> Result<Recorded, StoreFailed> {
        let mut writer = self.writer();
        if self.stopped.load(Ordering::Acquire) {
            return Err(StoreFailed::Stopped);
        }
        let result = self.commit_held(&mut writer, commit);
        if result.is_err() {
            self.stopped.store(true, Ordering::Release);
        }
        result
    }

    fn commit_held(&self, writer: &mut Writer, commit: Commit) -> Result<Recorded, StoreFailed> {
        let Commit { mut sealed, pages, snapshot, cursors, note, extra } = commit;
        let mut head = Head::clone(&self.head());
        let mut pairs = Vec::with_capacity(sealed.iter().map(|sealed| sealed.blocks.len()).sum::<usize>() + 8);
        for sealed in &mut sealed {
            assert_eq!(sealed.first, head.size(), "a sealed bundle follows what is recorded");
            head.tree = sealed.tree.clone();
            pairs.append(&mut sealed.blocks);
        }
        for page in &pages {
            assert!(page.seq <= head.size(), "a page stands for what is recorded with it or before");
            let table = match writer.tables.entry(page.key.table) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(unknown) => unknown.insert(snapshot::walk(&self.engine, page.key.table, u64::MAX, drop)?),
            };
            table.write(page, &mut pairs);
            head.tables.insert(page.key.table, table.sum());
        }
        if let Some(seq) = snapshot {
            assert!(head.snapshot <= Some(seq) && seq <= head.size(), "snapshots become valid in order");
            head.snapshot = Some(seq);
        }
        for (name, content) in &cursors {
            writer.cursors.write(name, content, &mut pairs);
        }
        head.cursor_sum = writer.cursors.sum();
        for (key, value) in extra {
            assert_eq!(key.first(), Some(&keys::INDEX_TAG), "index pairs have the tag of the index");
            pairs.push((key.into(), value.into()));
        }
        if let Some(note) = note {
            head.note = note;
        }
        pairs.push((Bytes::from(&keys::HEAD), Bytes::from(head.encode())));
        writer.bytes_since_open += pairs.iter().map(|(key, value)| (key.len() + value.len()) as u64).sum::<u64>();

        self.engine.apply(pairs)?;
        // Only now: the mark may lag behind the log, never lead it.
        writer
            .mark
            .write(Mark { size: head.size(), root: head.root() })
            .map_err(|source| EngineError::Io { doing: "write the high-water mark", source })?;
        let head = Arc::new(head);
        *self.recorded.write().unwrap_or_else(PoisonError::into_inner) = head.clone();
        if writer.bytes_since_open >= self.options.reopen_bytes {
            self.engine.reopen()?;
            writer.bytes_since_open = 0;
        }
        Ok(Recorded { head, sealed })
    }

    /// What is recorded.
    #[must_use]
    pub fn head(&self) -> Arc<Head> {
        self.recorded.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Has a commit failed? Then nothing more is recorded until the ledger is opened again.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }

    /// The paths of the folder.
    #[must_use]
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// The entries from an index on, each with its index.
    pub fn entries(&self, from: u64) -> Result<Entries<'_>, ReadError> {
        Entries::new(&self.engine, from, self.head().size())
    }

    /// One entry; `None` when it is not recorded.
    pub fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, ReadError> {
        let end = self.head().size();
        if index >= end { Ok(None) } else { self.cache.entry(&self.engine, index, end).map(Some) }
    }

    /// Calls `each` with every block from an entry on: the fast way for a replay. Returns the size up to which it went.
    pub fn scan_blocks(&self, from: u64, each: impl FnMut(BlockView<'_>)) -> Result<u64, ReadError> {
        let end = self.head().size();
        read::scan_blocks(&self.engine, from, end, each)?;
        Ok(end)
    }

    /// Calls `each` with the newest version of each page of a table at or before `seq`. For the valid snapshot of the
    /// head it is an error if any page is missing or fell back to an older version; trust what `each` was given only
    /// after this returned `Ok`.
    pub fn read_pages(&self, table: u8, seq: u64, each: impl FnMut(Page)) -> Result<(), ReadError> {
        let before = self.head();
        let found = snapshot::walk(&self.engine, table, seq, each)?;
        let expected = before.tables.get(&table).copied().unwrap_or_default();
        // A commit during the walk moves the sum: then only checksums and the chain of versions were checked.
        if self.head().tables.get(&table).copied().unwrap_or_default() != expected {
            return Ok(());
        }
        if found.sum() != expected {
            let key = crate::PageKey { table, page: 0 };
            return Err(ReadError::Page { key, fault: crate::PageFault::NotNewest });
        }
        let mut writer = self.writer();
        if self.head().tables.get(&table).copied().unwrap_or_default() == expected {
            writer.tables.entry(table).or_insert(found);
        }
        Ok(())
    }

    /// The value of a cursor.
    pub fn cursor(&self, name: &str) -> Result<Option<Vec<u8>>, ReadError> {
        let Some(value) = self.engine.get(&keys::cursor(name))? else { return Ok(None) };
        cursor::decode(name, &value).map(|content| Some(content.to_vec()))
    }

    /// The value of one index pair.
    pub fn index_get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        Ok(self.engine.get(key)?.map(|value| value.to_vec()))
    }

    /// Up to `count` index pairs with `from <= key < to`, in order.
    pub fn index_range(&self, from: &[u8], to: &[u8], count: usize) -> Result<Vec<IndexPair>, ReadError> {
        let pairs = self.engine.scan(from, to, count)?;
        Ok(pairs.into_iter().map(|(key, value)| (key.to_vec(), value.to_vec())).collect())
    }

    /// The root of the tree over the first `size` entries, where a block ends there: the next one names it. `None` inside
    /// a block, or past the head.
    pub fn root_at(&self, size: u64) -> Result<Option<Hash>, ReadError> {
        let head = self.head();
        if size == head.size() {
            return Ok(Some(head.root()));
        }
        if size > head.size() {
            return Ok(None);
        }
        Ok(root_before(&self.engine, size)?)
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        // A panic inside a commit left it undone or unknown: like a failed one, it stops the store.
        self.writer.lock().unwrap_or_else(|poisoned| {
            self.stopped.store(true, Ordering::Release);
            poisoned.into_inner()
        })
    }
}

pub(crate) fn hold(folder: &Folder, holder: &Holder) -> Result<Hold, OpenError> {
    Hold::take(folder, holder).map_err(|error| match error {
        HoldError::Held(by) => OpenError::Held { by },
        HoldError::Io(error) => OpenError::Io(error),
    })
}

/// The log must reach at least as far as an outside witness says, with the same root there where both have one.
fn agree(engine: &Engine, head: &Head, stated: Stated, witness: &'static str) -> Result<(), OpenError> {
    if head.size() < stated.size {
        return Err(OpenError::Shortened { found: head.size(), expected: stated.size, witness });
    }
    let root = if head.size() == stated.size {
        Some(head.root())
    } else {
        root_before(engine, stated.size).map_err(OpenError::Damaged)?
    };
    if root.is_some_and(|root| root != stated.root) {
        return Err(OpenError::Diverged { size: stated.size, witness });
    }
    Ok(())
}

/// Commits begin with a block, and a block names the root before it.
fn root_before(engine: &Engine, size: u64) -> Result<Option<Hash>, EngineError> {
    let key = keys::block(size);
    let value = engine.get(&key)?;
    Ok(value.and_then(|value| crate::block::Header::read(&key, &value).ok().map(|header| header.root_before)))
}

/// The last block must end where the head says, and nothing may follow.
fn check_end(engine: &Engine, head: &Head) -> Result<(), OpenError> {
    let size = head.size();
    let beyond = engine.scan(&keys::block(size), &[0xff], 1).map_err(OpenError::Damaged)?;
    if !beyond.is_empty() {
        return Err(OpenError::Inconsistent("there are blocks beyond the head"));
    }
    if size > 0 {
        let mut end = 0;
        read::scan_blocks(engine, size - 1, size, |block| end = block.first + block.count)?;
        if end != size {
            return Err(OpenError::Inconsistent("the last block does not end where the head says"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
