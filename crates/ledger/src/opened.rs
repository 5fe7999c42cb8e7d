//! A ledger folder, opened: the books from their snapshot, and what the log says since.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use books::{Books, Seq};
use seen::{Kept, Seen, SeenError};
use store::{CreateError, OpenError, OpenOptions, ReadError, Store, StoreFailed, TileWriter, TilesError};
use timeline::{Timeline, TimelineError};

use crate::key::{self, KeyFileError};
use crate::marks::Marks;
use crate::quota::Quotas;
use crate::rebuild::HistoryFolder;
use crate::recent::Recent;
use crate::recorder::Tiles;
use crate::snapshot::Snapshot;
use crate::state::{Starts, State};

/// How to open a ledger.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// See [`OpenOptions`].
    pub store: OpenOptions,
    /// Makes the random bytes of events from this, so that a simulation can be run again; from the system where absent.
    pub nonce_seed: Option<[u8; 32]>,
    /// A [`Reader`](crate::Reader) that folds more events than these leaves the result to the next one: 50,000 where absent.
    pub leave_after: Option<u64>,
    /// See [`Quotas`].
    pub quotas: Quotas,
}

/// The ledger could not answer.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// See the cause.
    #[error("create the ledger")]
    Create(#[from] CreateError),
    /// See the cause.
    #[error("open the ledger")]
    Open(#[from] OpenError),
    /// See the cause.
    #[error("read what was recorded")]
    Read(#[from] ReadError),
    /// See the cause.
    #[error("write to the log, or read it")]
    Commit(#[from] StoreFailed),
    /// See the cause.
    #[error("write the tiles")]
    Tiles(#[from] TilesError),
    /// See the cause.
    #[error("use the key of the ledger")]
    Key(#[from] KeyFileError),
    /// See the cause.
    #[error("read the snapshot of the books")]
    Restore(#[source] books::books::RestoreError),
    /// An event is not one that this release can read.
    #[error("read event {seq}: {problem}")]
    Event {
        /// The event.
        seq: Seq,
        /// Why.
        problem: String,
    },
    /// See the cause.
    #[error("look up command ids")]
    Seen(#[from] SeenError),
    /// See the cause.
    #[error("look up the history")]
    Timeline(#[from] TimelineError),
    /// See the cause.
    #[error("remove the derived history")]
    Views(#[source] std::io::Error),
    /// A commit failed, and nothing is known about the commands in it.
    #[error("record: {0}")]
    Failed(String),
    /// A record of the commit log cannot be read.
    #[error("read a record of the commit log: {0}")]
    Record(String),
    /// A record does not begin where the log here ends: the commit log was written anew. Look for the place again.
    #[error("record {place} of the commit log begins at event {first}, and the log here ends at {size}")]
    Gap {
        /// Its place.
        place: u64,
        /// Where it begins.
        first: u64,
        /// Where the log here ends.
        size: u64,
    },
    /// Another writer leads.
    #[error("another ledger has taken over")]
    Fenced,
    /// The commit log has fewer records than this ledger has seen in it.
    #[error("the commit log ends before record {place}, which this ledger has recorded")]
    Shortened {
        /// The last record seen.
        place: u64,
    },
    /// The commit log and the log here say different things about the same entries.
    #[error("the commit log and the log here differ within the first {size} entries")]
    Diverged {
        /// Where the record ends that differs.
        size: u64,
    },
    /// See the cause.
    #[error("reach the bus")]
    Bus(#[from] bus::BusError),
    /// An earlier failure stopped the writer.
    #[error("the ledger stopped at an earlier failure; open it again")]
    Stopped,
}

impl LedgerError {
    /// Is there no room on the disk? Then nothing is damaged.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        store::is_disk_full(self)
    }

    /// Does it say that what lies in the folder cannot be read, or contradicts itself? A folder that somebody holds, that is of
    /// another ledger or release, or that a full disk keeps from being opened is not damaged.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        let is_so = match self {
            Self::Open(error) => matches!(
                error,
                OpenError::LogMissing
                    | OpenError::Damaged(_)
                    | OpenError::Head(_)
                    | OpenError::Inconsistent(_)
                    | OpenError::Read(_)
                    | OpenError::Tiles(_)
                    | OpenError::Shortened { .. }
            ),
            Self::Read(_) | Self::Restore(_) | Self::Event { .. } | Self::Seen(_) | Self::Timeline(_) => true,
            Self::Create(_)
            | Self::Commit(_)
            | Self::Tiles(_)
            | Self::Key(_)
            | Self::Views(_)
            | Self::Failed(_)
            | Self::Record(_)
            | Self::Gap { .. }
            | Self::Fenced
            | Self::Shortened { .. }
            | Self::Diverged { .. }
            | Self::Bus(_)
            | Self::Stopped => false,
        };
        is_so && !self.is_disk_full()
    }
}

/// A ledger folder, opened by one process.
pub struct Opened {
    /// The log.
    pub(crate) store: Arc<Store>,
    /// What it says.
    pub(crate) state: State,
    /// The static files, where they are written.
    pub(crate) tiles: Option<Tiles>,
    /// See [`Options::nonce_seed`].
    pub(crate) nonce_seed: Option<[u8; 32]>,
    /// See [`Options::quotas`].
    pub(crate) quotas: Quotas,
    /// Where the history lies.
    pub(crate) history: HistoryFolder,
    /// The events recorded last, where this follows a log.
    pub(crate) recent: Recent,
}

impl Opened {
    /// Makes a new ledger in a folder that holds none.
    ///
    /// # Errors
    /// When the folder is occupied or cannot be written.
    pub fn create(dir: &Path, origin: &str, created: &str, options: &Options) -> Result<Self, LedgerError> {
        key::check_origin(origin)?;
        let (store, _) = Store::create(dir, origin, created, options.store.clone())?;
        key::create_signer(dir, origin)?;
        Self::from_store(dir, store, true, options)
    }

    /// Makes a folder for a copy that follows another ledger, under its name. It signs nothing until it is given the
    /// ledger's key, in `keys/`.
    ///
    /// # Errors
    /// When the folder is occupied or cannot be written.
    pub fn create_copy(dir: &Path, origin: &str, created: &str, options: &Options) -> Result<Self, LedgerError> {
        key::check_origin(origin)?;
        let (store, _) = Store::create(dir, origin, created, options.store.clone())?;
        Self::from_store(dir, store, true, options)
    }

    /// Opens a ledger. Its time does not grow with history: a snapshot of the books, and the log since.
    ///
    /// # Errors
    /// When there is none, somebody holds it, or it is damaged.
    pub fn open(dir: &Path, options: &Options) -> Result<Self, LedgerError> {
        let (store, _) = Store::open(dir, options.store.clone())?;
        Self::from_store(dir, store, true, options)
    }

    /// Opens a ledger without trusting anything that is derived: the books and the history are folded from the first
    /// event.
    ///
    /// # Errors
    /// When the log itself cannot be read.
    pub fn refold(dir: &Path, options: &Options) -> Result<Self, LedgerError> {
        let (store, _) = Store::open(dir, options.store.clone())?;
        match std::fs::remove_dir_all(dir.join("views")) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(LedgerError::Views(error)),
            _ => {}
        }
        Self::from_store(dir, store, false, options)
    }

    /// What was recorded, beside a ledger at work that shares its log. Ids that come later are asked of the ledger itself.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn beside(store: Arc<Store>) -> Result<Self, LedgerError> {
        let head = store.head();
        let (ids, ids_from) = Seen::open(&KeptIn(&store))?;
        let history = HistoryFolder::new(store.folder().root(), "answers");
        let timeline = Timeline::open(&history.current(), head.size())?;
        let marks = Marks::open(store.folder().root(), head.size())?;
        let starts = Starts { ids: ids_from, timeline: timeline.covered(), marks: marks.covered() };
        let mut state = State {
            books: restore(&store, head.snapshot)?,
            ids: Mutex::new(ids),
            keeps_ids: false,
            timeline,
            marks: Some(marks),
            snapshot: Snapshot::default(),
            snapshot_at: Some(head.snapshot.unwrap_or(0)),
        };
        state.fold(&*store, starts, u64::MAX)?;
        Ok(Self {
            store,
            state,
            tiles: None,
            nonce_seed: None,
            quotas: Quotas::default(),
            history,
            recent: Recent::default(),
        })
    }

    fn from_store(dir: &Path, store: Store, use_snapshot: bool, options: &Options) -> Result<Self, LedgerError> {
        let head = store.head();
        let kept = KeptIn(&store);
        let (ids, ids_from) = if use_snapshot { Seen::open(&kept)? } else { Seen::open_verified(&kept)? };
        let history = HistoryFolder::new(dir, "timeline");
        let timeline = Timeline::open(&history.current(), head.size())?;
        let starts = Starts { ids: ids_from, timeline: timeline.covered(), marks: u64::MAX };
        let mut state = State {
            books: restore(&store, head.snapshot.filter(|_| use_snapshot))?,
            ids: Mutex::new(ids),
            keeps_ids: true,
            timeline,
            marks: None,
            snapshot: Snapshot::default(),
            snapshot_at: use_snapshot.then(|| head.snapshot.unwrap_or(0)),
        };
        state.fold(&store, starts, u64::MAX)?;
        let tiles = Some(Tiles::new(TileWriter::open(&store)?));
        let (nonce_seed, recent) = (options.nonce_seed, Recent::default());
        Ok(Self { store: Arc::new(store), state, tiles, nonce_seed, quotas: options.quotas, history, recent })
    }
}

/// The books of a snapshot; empty ones where there is none yet.
fn restore(store: &Store, snapshot: Option<u64>) -> Result<Books, LedgerError> {
    let Some(seq) = snapshot else { return Ok(Books::new()) };
    let mut pages = BTreeMap::new();
    for table in Books::TABLES {
        store.read_pages(table, seq, |page| {
            pages.insert(books::books::PageKey { table: page.key.table, page: page.key.page }, page.bytes);
        })?;
    }
    match Books::restore(pages.into_iter()) {
        Err(error) if error.is_of_earlier_version => Ok(Books::new()),
        restored => restored.map_err(LedgerError::Restore),
    }
}

/// The index of ids lies in the store, written with the log.
pub(crate) struct KeptIn<'s>(pub(crate) &'s Store);

impl Kept for KeptIn<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, SeenError> {
        self.0.index_get(key).map_err(|error| SeenError(error.to_string()))
    }

    fn range(&self, from: &[u8], to: &[u8], count: usize) -> Result<Vec<(Vec<u8>, Vec<u8>)>, SeenError> {
        self.0.index_range(from, to, count).map_err(|error| SeenError(error.to_string()))
    }
}
