//! A ledger folder, opened: the books from their snapshot, and what the log says since.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use books::{Books, Encumbrance, Seq, Sums};
use seen::{Kept, Seen, SeenError};
use store::{CreateError, OpenError, OpenOptions, ReadError, Store, StoreFailed, TileWriter, TilesError};
use timeline::{Posting, Timeline, TimelineError};
use wire::event::Postings;

use crate::key::{self, KeyFileError};
use crate::marks::Marks;
use crate::rebuild::HistoryFolder;
use crate::recent::Recent;

/// How to open a ledger.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// See [`OpenOptions`].
    pub store: OpenOptions,
    /// Makes the random bytes of events from this, so that a simulation can be run again; from the system where absent.
    pub nonce_seed: Option<[u8; 32]>,
    /// Keeps for readers where in the log to look: see [`Marks`].
    pub marks: bool,
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

/// A ledger folder, opened by one process.
pub struct Opened {
    /// The log.
    pub store: Arc<Store>,
    /// The books as of the head.
    pub books: Books,
    /// The ids of all commands.
    pub seen: Mutex<Seen>,
    /// The history of all accounts.
    pub timeline: Timeline,
    /// The static files, where they are written.
    pub tiles: Option<TileWriter>,
    /// The event of the last snapshot; with `None` a new one is due.
    pub snapshot_at: Option<u64>,
    /// See [`Options::nonce_seed`].
    pub nonce_seed: Option<[u8; 32]>,
    /// Where in the log to look, where that is kept.
    pub marks: Option<Marks>,
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
        let books = restore(&store, head.snapshot)?;
        let (seen, _) = Seen::open(&KeptIn(&store))?;
        let history = HistoryFolder::new(store.folder().root(), "answers");
        let timeline = Timeline::open(&history.current(), head.size())?;
        let marks = Some(Marks::open(store.folder().root(), head.size())?);
        let snapshot_at = Some(head.snapshot.unwrap_or(0));
        let mut opened = Self {
            store,
            books,
            seen: Mutex::new(seen),
            timeline,
            tiles: None,
            snapshot_at,
            nonce_seed: None,
            marks,
            history,
            recent: Recent::default(),
        };
        let marks_from = opened.marks.as_ref().map_or(u64::MAX, Marks::covered);
        opened.fold_from_log(opened.timeline.covered(), marks_from)?;
        Ok(opened)
    }

    /// Folds what the log has from there on into the history, and what it has since their head into the books.
    pub(crate) fn fold_from_log(&mut self, timeline_from: u64, marks_from: u64) -> Result<(), LedgerError> {
        let Self { store, books, timeline, marks, .. } = self;
        let marks = marks.as_mut().map(|marks| (marks, marks_from));
        fold_between(store, books, timeline, marks, timeline_from, u64::MAX)
    }

    fn from_store(dir: &Path, store: Store, use_snapshot: bool, options: &Options) -> Result<Self, LedgerError> {
        let head = store.head();
        let snapshot_at = if use_snapshot { Some(head.snapshot.unwrap_or(0)) } else { None };
        let mut books = restore(&store, head.snapshot.filter(|_| use_snapshot))?;
        let kept = KeptIn(&store);
        let (mut seen, seen_from) = if use_snapshot { Seen::open(&kept)? } else { Seen::open_verified(&kept)? };
        let history = HistoryFolder::new(dir, "timeline");
        let mut timeline = Timeline::open(&history.current(), head.size())?;
        let mut marks = options.marks.then(|| Marks::open(dir, head.size())).transpose()?;
        let books_from = books.head().0;
        let timeline_from = timeline.covered();
        let marks_from = marks.as_ref().map_or(u64::MAX, Marks::covered);
        let whole_from = books_from.min(marks_from);
        let from = whole_from.min(seen_from).min(timeline_from);
        fold(&store, from, whole_from, |folded| {
            if folded.index >= seen_from {
                seen.insert(folded.id(), folded.index);
            }
            if folded.index >= timeline_from {
                folded.add_to(&mut timeline);
            }
            if let Some(marks) = marks.as_mut().filter(|_| folded.index >= marks_from) {
                folded.mark_in(marks);
            }
            if folded.index >= books_from {
                folded.apply_to(&mut books);
            }
        })?;
        let tiles = TileWriter::open(&store)?;
        Ok(Self {
            store: Arc::new(store),
            books,
            seen: Mutex::new(seen),
            timeline,
            tiles: Some(tiles),
            snapshot_at,
            nonce_seed: options.nonce_seed,
            marks,
            history,
            recent: Recent::default(),
        })
    }
}

/// Folds what the log has behind the head of the books, before `until`, into books and history.
pub(crate) fn fold_into(
    store: &Store,
    books: &mut Books,
    timeline: &mut Timeline,
    until: u64,
) -> Result<(), LedgerError> {
    let from = books.head().0;
    fold_between(store, books, timeline, None, from, until)
}

fn fold_between(
    store: &Store,
    books: &mut Books,
    timeline: &mut Timeline,
    mut marks: Option<(&mut Marks, u64)>,
    timeline_from: u64,
    until: u64,
) -> Result<(), LedgerError> {
    let books_from = books.head().0;
    let marks_from = marks.as_ref().map_or(u64::MAX, |(_, from)| *from);
    let whole_from = books_from.min(marks_from);
    fold(store, whole_from.min(timeline_from), whole_from, |folded| {
        if folded.index < until {
            if let Some((marks, _)) = marks.as_mut().filter(|(_, from)| folded.index >= *from) {
                folded.mark_in(marks);
            }
            if folded.index >= timeline_from {
                folded.add_to(timeline);
            }
            if folded.index >= books_from {
                folded.apply_to(books);
            }
        }
    })
}

/// Blocks that are decoded ahead of whoever folds them.
const BLOCKS_AHEAD: usize = 4;

/// An entry, decoded as far as is needed.
struct Folded {
    index: u64,
    what: What,
}

#[expect(
    clippy::large_enum_variant,
    reason = "nearly all are events, and a box for each would cost more than it saves"
)]
enum What {
    /// All of it, for the books.
    Event(books::Event),
    /// What a history and ids need.
    Postings(Postings),
}

impl Folded {
    fn decode(index: u64, entry: &[u8], is_for_books: bool) -> Result<Self, LedgerError> {
        let what = if is_for_books {
            wire::event::decode(entry).map(What::Event)
        } else {
            let mut postings = Postings::default();
            postings.read(entry).map(|()| What::Postings(postings))
        };
        let seq = Seq::from_leaf(index);
        what.map(|what| Self { index, what }).map_err(|error| LedgerError::Event { seq, problem: error.to_string() })
    }

    fn id(&self) -> [u8; 16] {
        match &self.what {
            What::Event(event) => event.id.0,
            What::Postings(postings) => postings.id,
        }
    }

    fn add_to(&self, timeline: &mut Timeline) {
        let seq = Seq::from_leaf(self.index);
        match &self.what {
            What::Event(event) => add_postings(timeline, seq, event.effective, &event.entries, &event.claims),
            What::Postings(postings) => index_postings(timeline, seq, postings),
        }
    }

    fn mark_in(&self, marks: &mut Marks) {
        if let What::Event(event) = &self.what {
            marks.add(Seq::from_leaf(self.index), event);
        }
    }

    fn apply_to(&self, books: &mut Books) {
        if let What::Event(event) = &self.what {
            books.apply(event);
        }
    }
}

/// Calls `each` with every entry from one on; from `books_from` on, all of an event is decoded. A thread reads and decodes
/// ahead, so that a fold of the whole log takes as long as the longer half.
fn fold(store: &Store, from: u64, books_from: u64, mut each: impl FnMut(&Folded)) -> Result<(), LedgerError> {
    std::thread::scope(|scope| {
        let (ahead, coming) = std::sync::mpsc::sync_channel(BLOCKS_AHEAD);
        scope.spawn(move || {
            let mut is_over = false;
            let scanned = store.scan_blocks(from, |block| {
                if !is_over {
                    let entries = (block.first..).zip(block.entries());
                    let decoded: Result<Vec<Folded>, LedgerError> =
                        entries.map(|(index, entry)| Folded::decode(index, entry, index >= books_from)).collect();
                    // Whoever folds may have given up.
                    is_over = decoded.is_err() | ahead.send(decoded).is_err();
                }
            });
            if let Err(error) = scanned {
                let _ = ahead.send(Err(error.into()));
            }
        });
        for block in coming {
            block?.iter().for_each(&mut each);
        }
        Ok(())
    })
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

/// Adds an event's postings to the history.
pub(crate) fn index_postings(timeline: &mut Timeline, seq: Seq, postings: &Postings) {
    add_postings(timeline, seq, postings.effective, &postings.entries, &postings.claims);
}

/// Adds entries and claims to the history.
pub(crate) fn add_postings(
    timeline: &mut Timeline,
    seq: Seq,
    effective: books::Day,
    entries: &[books::Entry],
    claims: &[books::Claim],
) {
    for entry in entries {
        let day = entry.day.unwrap_or(effective).0;
        let units = entry.quantity.units();
        timeline.add(Posting { account: entry.source.0, seq: seq.0, day, change: [-units, 0, 0] });
        timeline.add(Posting { account: entry.target.0, seq: seq.0, day, change: [units, 0, 0] });
    }
    for claim in claims {
        let day = claim.day.unwrap_or(effective).0;
        let Sums { on_hand, encumbered, blocked } = Encumbrance::change(claim.kind, claim.delta);
        let change = [on_hand, encumbered, blocked];
        timeline.add(Posting { account: claim.account.0, seq: seq.0, day, change });
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
