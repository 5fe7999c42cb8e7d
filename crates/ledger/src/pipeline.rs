//! Three threads, a batch each: decide, seal, commit. Whatever arrives while one sync runs shares the next.
//!
//! An answer is sent after the commit that records its event has been synced, and never earlier. When a commit fails
//! the ledger stops: nothing more is decided, and everybody who waits is told so. A fourth thread writes the static
//! files, outside the acknowledged path.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use chain::checkpoint::Checkpoint;
use chain::key::SignerKey;
use store::{Commit, Page, PageKey, Recorded, Sealed, Sealer, Store, TileWriter};

use crate::answer::{Answer, Request};
use crate::clock::{Clock, SystemClock};
use crate::decider::{Batch, Decider};
use crate::opened::{LedgerError, Opened, Options};

/// Events a batch takes at most before it is sealed: a frame of 1 MiB holds about as many.
const BATCH_EVENTS_MAX: usize = 8_192;
/// Frames that may wait to be decided.
const QUEUE_FRAMES_MAX: usize = 1_024;
/// Pages of a snapshot that ride on one commit.
const PAGES_PER_COMMIT: usize = 64;
/// Events between two snapshots: what has to be folded again when the ledger is opened.
const SNAPSHOT_EVENTS_MIN: u64 = 1_000_000;
/// Events since the last snapshot that are worth one when the ledger is closed.
const CLOSING_EVENTS_MIN: u64 = 1_000;
/// The same, for each page that changed, so that snapshots cost few bytes an event.
const SNAPSHOT_EVENTS_PER_PAGE: u64 = 256;
/// Index pairs that ride on one commit.
const INDEX_BYTES_PER_COMMIT: usize = 256 << 10;
/// The static files follow the log at least this often while anything happens.
const PUBLISH_EVERY: Duration = Duration::from_secs(2);

struct Frame {
    requests: Vec<Request>,
    reply: SyncSender<Result<Vec<Answer>, LedgerError>>,
}

/// Who waits for a batch, and what to tell them.
type Replies = Vec<(SyncSender<Result<Vec<Answer>, LedgerError>>, Vec<Answer>)>;

struct Decided {
    batch: Batch,
    replies: Replies,
    pages: Vec<Page>,
    snapshot: Option<u64>,
    extra: Vec<(Vec<u8>, Vec<u8>)>,
}

struct Ready {
    sealed: Option<Sealed>,
    replies: Replies,
    pages: Vec<Page>,
    snapshot: Option<u64>,
    extra: Vec<(Vec<u8>, Vec<u8>)>,
}

/// The embedded ledger: one writer, open for commands.
pub struct Ledger {
    queue: Option<SyncSender<Frame>>,
    threads: Vec<JoinHandle<()>>,
    tiles: Option<JoinHandle<Result<(), LedgerError>>>,
    store: Arc<Store>,
}

/// An answer that is on its way.
pub struct Ticket(Receiver<Result<Vec<Answer>, LedgerError>>);

impl Ticket {
    /// Waits until the frame is recorded; one answer for each command, in order.
    ///
    /// # Errors
    /// When it could not be recorded: nothing is known about its commands then. Open the ledger again and ask.
    pub fn wait(self) -> Result<Vec<Answer>, LedgerError> {
        self.0.recv().unwrap_or(Err(LedgerError::Stopped))
    }
}

impl Ledger {
    /// Makes a new ledger in a folder that holds none, and starts it.
    ///
    /// # Errors
    /// See [`Opened::create`].
    pub fn create(dir: &Path, origin: &str, created: &str, options: &Options) -> Result<Self, LedgerError> {
        let opened = Opened::create(dir, origin, created, options)?;
        let ledger = Self::start(opened, Box::new(SystemClock))?;
        let open = books::acts::open::Open { origin: origin.to_owned(), format: wire::event::FORMAT };
        let command = books::Command {
            id: books::CommandId(uuid::Uuid::now_v7().into_bytes()),
            party: books::PartyNo(0),
            maker: None,
            effective: books::Moment(SystemClock.now_us()).utc_day(),
            act: books::Act::Open(open),
        };
        ledger.submit(vec![Request::Numbered(command)])?.wait()?;
        Ok(ledger)
    }

    /// Opens a ledger and starts it.
    ///
    /// # Errors
    /// See [`Opened::open`].
    pub fn open(dir: &Path, options: &Options) -> Result<Self, LedgerError> {
        Self::start(Opened::open(dir, options)?, Box::new(SystemClock))
    }

    /// Starts an opened ledger.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn start(opened: Opened, clock: Box<dyn Clock>) -> Result<Self, LedgerError> {
        let snapshot_at = opened.store.head().snapshot.unwrap_or(0);
        Self::start_from(opened, clock, Some(snapshot_at))
    }

    /// Starts an opened ledger whose last snapshot is that of an event; with `None` a new one is due at once.
    fn start_from(opened: Opened, clock: Box<dyn Clock>, snapshot_at: Option<u64>) -> Result<Self, LedgerError> {
        let Opened { store, books, seen, timeline, tiles } = opened;
        let key = crate::key::read_signer(store.folder().root())?;
        let store = Arc::new(store);
        let sealer = Sealer::new(&store.head().tree);
        let decider = Decider::new(books, seen, timeline, Arc::clone(&store), clock)?;
        let (queue, frames) = mpsc::sync_channel(QUEUE_FRAMES_MAX);
        let (decided, to_seal) = mpsc::sync_channel(1);
        let (sealed, to_commit) = mpsc::sync_channel(1);
        let (recorded, to_tiles) = mpsc::sync_channel(64);
        let spawn = |name: &str, run: Box<dyn FnOnce() + Send>| {
            std::thread::Builder::new().name(name.into()).spawn(run).expect("the system starts a thread")
        };
        let committing = Arc::clone(&store);
        let threads = vec![
            spawn("decide", Box::new(move || decide(decider, snapshot_at, &frames, &decided))),
            spawn("seal", Box::new(move || seal(sealer, &to_seal, &sealed))),
            spawn("commit", Box::new(move || commit(&committing, &key, &to_commit, &recorded))),
        ];
        let tiles = std::thread::Builder::new()
            .name("tiles".into())
            .spawn(move || write_tiles(tiles, &to_tiles))
            .expect("the system starts a thread");
        Ok(Self { queue: Some(queue), threads, tiles: Some(tiles), store })
    }

    /// Hands a frame of commands over. Waits while the queue is full.
    ///
    /// # Errors
    /// When the ledger has stopped.
    pub fn submit(&self, requests: Vec<Request>) -> Result<Ticket, LedgerError> {
        let (reply, answer) = mpsc::sync_channel(1);
        let queue = self.queue.as_ref().ok_or(LedgerError::Stopped)?;
        queue.send(Frame { requests, reply }).map_err(|_| LedgerError::Stopped)?;
        Ok(Ticket(answer))
    }

    /// The log.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Records what was handed over, brings the static files up to it, and closes the folder.
    ///
    /// # Errors
    /// When the static files could not be written; the log is safe all the same.
    pub fn close(mut self) -> Result<(), LedgerError> {
        self.stop()
    }

    fn stop(&mut self) -> Result<(), LedgerError> {
        self.queue = None;
        let mut result = Ok(());
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                result = Err(LedgerError::Stopped);
            }
        }
        match self.tiles.take().map(JoinHandle::join) {
            Some(Ok(tiles)) => result.and(tiles),
            Some(Err(_)) => Err(LedgerError::Stopped),
            None => result,
        }
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            tracing::error!(%error, "close the ledger");
        }
    }
}

/// Folds the log into new balances, and records them: what `granary doctor` does when derived state is damaged. Returns
/// the count of events.
///
/// # Errors
/// When the log cannot be read.
pub fn rebuild_balances(dir: &Path, options: &Options) -> Result<u64, LedgerError> {
    let opened = Opened::refold(dir, options)?;
    let events = opened.books.head().0;
    Ledger::start_from(opened, Box::new(SystemClock), None)?.close()?;
    Ok(events)
}

/// A snapshot of the books on its way into the log, some pages with each commit.
#[derive(Default)]
struct Snapshot {
    pages: Vec<Page>,
    /// The event it stands for; none when there is no snapshot on its way.
    seq: Option<u64>,
}

impl Snapshot {
    /// The pages that changed since the last one.
    fn take(decider: &mut Decider) -> Self {
        let seq = decider.books().head().0;
        let page = |(key, bytes): (books::books::PageKey, Vec<u8>)| {
            let key = PageKey { table: key.table, page: key.page };
            Page { key, seq, bytes }
        };
        Self { pages: decider.books_mut().take_pages().into_iter().map(page).collect(), seq: Some(seq) }
    }

    /// What rides on the next commit. The seq comes with the last pages, which makes the snapshot valid.
    fn ride(&mut self) -> (Vec<Page>, Option<u64>) {
        let riding = self.pages.split_off(self.pages.len().saturating_sub(PAGES_PER_COMMIT));
        (riding, if self.pages.is_empty() { self.seq.take() } else { None })
    }
}

fn decide(mut decider: Decider, mut snapshot_at: Option<u64>, frames: &Receiver<Frame>, to_seal: &SyncSender<Decided>) {
    let mut snapshot = Snapshot::default();
    while let Ok(first) = frames.recv() {
        let mut replies = Vec::new();
        let mut next = Some(first);
        let mut event_count = 0;
        while let Some(Frame { requests, reply }) = next {
            event_count += requests.len();
            decider.begin_frame();
            match requests.into_iter().map(|request| decider.decide(request)).collect() {
                Ok(answers) => replies.push((reply, answers)),
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "decide");
                    let _ = reply.send(Err(error));
                    return;
                }
            }
            next = if event_count < BATCH_EVENTS_MAX { frames.try_recv().ok() } else { None };
        }
        if snapshot.seq.is_none() && is_snapshot_due(&decider, snapshot_at) {
            snapshot = Snapshot::take(&mut decider);
            snapshot_at = snapshot.seq;
        }
        if !send_batch(&mut decider, replies, &mut snapshot, to_seal) {
            return;
        }
    }
    // Nobody can ask any more: leave a snapshot behind, so that the next opening has little to fold.
    let is_wanted = snapshot_at.is_none_or(|at| decider.books().head().0 > at + CLOSING_EVENTS_MIN);
    if snapshot.seq.is_none() && is_wanted {
        snapshot = Snapshot::take(&mut decider);
    }
    while snapshot.seq.is_some() {
        if !send_batch(&mut decider, Vec::new(), &mut snapshot, to_seal) {
            return;
        }
    }
}

/// Hands on what was decided, with what rides on it; false when nobody takes it any more.
fn send_batch(decider: &mut Decider, replies: Replies, snapshot: &mut Snapshot, to_seal: &SyncSender<Decided>) -> bool {
    let batch = decider.take_batch();
    let (pages, snapshot) = snapshot.ride();
    let extra = decider.seen_mut().take_pairs(INDEX_BYTES_PER_COMMIT);
    to_seal.send(Decided { batch, replies, pages, snapshot, extra }).is_ok()
}

fn is_snapshot_due(decider: &Decider, snapshot_at: Option<u64>) -> bool {
    let since = decider.books().head().0 - snapshot_at.unwrap_or(0);
    since >= SNAPSHOT_EVENTS_MIN && since >= u64::from(decider.books().dirty_page_count()) * SNAPSHOT_EVENTS_PER_PAGE
}

fn seal(mut sealer: Sealer, decided: &Receiver<Decided>, to_commit: &SyncSender<Ready>) {
    while let Ok(Decided { batch, replies, pages, snapshot, extra }) = decided.recv() {
        let sealed = (batch.count > 0).then(|| sealer.seal(batch.bundle, batch.count));
        if to_commit.send(Ready { sealed, replies, pages, snapshot, extra }).is_err() {
            return;
        }
    }
}

fn commit(store: &Store, key: &SignerKey, ready: &Receiver<Ready>, to_tiles: &SyncSender<(Recorded, Vec<u8>)>) {
    while let Ok(first) = ready.recv() {
        let mut commit = Commit::default();
        let mut replies = Vec::new();
        for Ready { sealed, replies: waiting, pages, snapshot, extra } in
            std::iter::once(first).chain(ready.try_iter().take(2))
        {
            commit.sealed.extend(sealed);
            commit.pages.extend(pages);
            commit.snapshot = snapshot.or(commit.snapshot);
            commit.extra.extend(extra);
            replies.extend(waiting);
        }
        let note = commit.sealed.last().map(|sealed| signed(key, sealed));
        commit.note.clone_from(&note);
        let is_empty = commit.sealed.is_empty() && commit.pages.is_empty() && commit.extra.is_empty();
        let result = if is_empty && commit.snapshot.is_none() { Ok(None) } else { store.commit(commit).map(Some) };
        match result {
            Ok(recorded) => {
                for (reply, answers) in replies {
                    // Whoever asked may have gone away; the command is recorded all the same.
                    let _ = reply.send(Ok(answers));
                }
                if let (Some(recorded), Some(note)) = (recorded, note)
                    && to_tiles.send((recorded, note)).is_err()
                {
                    tracing::warn!("the static files are no longer written");
                }
            }
            Err(error) => {
                let mut why = error.to_string();
                let mut cause = std::error::Error::source(&error);
                while let Some(error) = cause {
                    why = format!("{why}: {error}");
                    cause = error.source();
                }
                for (reply, _) in replies {
                    let _ = reply.send(Err(LedgerError::Failed(why.clone())));
                }
                return;
            }
        }
    }
}

fn signed(key: &SignerKey, sealed: &Sealed) -> Vec<u8> {
    let checkpoint =
        Checkpoint { origin: key.verifier().name().to_owned(), size: sealed.first + sealed.count, root: sealed.root };
    let note = checkpoint.sign(key).expect("the origin is the key's name, checked when the key was made");
    note.to_string().into_bytes()
}

fn write_tiles(mut tiles: TileWriter, recorded: &Receiver<(Recorded, Vec<u8>)>) -> Result<(), LedgerError> {
    let mut unpublished: Option<Vec<u8>> = None;
    let mut published_at = Instant::now();
    loop {
        match recorded.recv_timeout(PUBLISH_EVERY) {
            Ok((recorded, note)) => {
                for sealed in &recorded.sealed {
                    tiles.take(sealed)?;
                }
                unpublished = Some(note);
                if published_at.elapsed() < PUBLISH_EVERY {
                    continue;
                }
            }
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                return unpublished.map_or(Ok(()), |note| tiles.publish(&note).map_err(LedgerError::Tiles));
            }
        }
        if let Some(note) = unpublished.take() {
            tiles.publish(&note)?;
        }
        published_at = Instant::now();
    }
}
