//! A ledger opened to be asked and nothing else. It takes no hold: readers work side by side, and beside a writer.
//!
//! What it tells is in files that are never changed: the log up to the newest checkpoint, from the static files; the
//! history of accounts, as far as the writer has put it into runs; books and marks that another reader left
//! ([`Views`]). The rest is folded from the log, into memory.
//!
//! What was acknowledged before it was opened is in it: it waits until the checkpoint has come so far. Where nobody is
//! there who would publish one, a crash left it behind: then it holds the folder for as long as that takes to mend.

use std::path::Path;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use books::{Books, CommandId, Event, Mark, PartyNo, Seq};
use seen::{Kept, Seen, SeenError};
use store::{Commit, Folder, Holder, OpenError, Progress, ReadLog, Stated, Store, TileLog, TileWriter};
use timeline::Timeline;

use crate::known::Known;
use crate::marks::Marks;
use crate::opened::{LedgerError, Options};
use crate::rebuild::HistoryFolder;
use crate::snapshot::Snapshot;
use crate::state::{Starts, State};
use crate::views::{Renewing, Views};

/// How long it waits for a checkpoint: a writer publishes one every two seconds, or as soon as nothing more comes.
const PATIENCE: Duration = Duration::from_secs(4);
/// Events that are folded again at each opening rather than left to the next reader.
const LEAVE_AFTER: u64 = 50_000;
/// How often it looks.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// See the module.
pub struct Reader {
    log: Box<dyn ReadLog>,
    state: State,
    /// Who records, and how many events that are not in it.
    behind: Option<(Holder, u64)>,
}

impl Reader {
    /// Opens a ledger to ask it. Its time does not grow with history, once a reader was there.
    ///
    /// # Errors
    /// When there is none, it is damaged, or it has never published anything and somebody holds it.
    pub fn open(dir: &Path, options: &Options) -> Result<Self, LedgerError> {
        let (log, behind) = open_log(dir, options)?;
        let state = fold(dir, &*log, options.leave_after.unwrap_or(LEAVE_AFTER))?;
        Ok(Self { log, state, behind })
    }

    /// Where whoever holds the folder did not publish in time: who, and how many events were recorded before the opening
    /// that are not told here.
    #[must_use]
    pub fn behind(&self) -> Option<&(Holder, u64)> {
        self.behind.as_ref()
    }
}

impl Reader {
    /// Takes in an event that the log does not have, for what is only tried.
    pub(crate) fn apply(&mut self, event: &Event) {
        self.state.apply(event);
    }
}

impl Known for Reader {
    fn log(&self) -> &dyn ReadLog {
        &*self.log
    }

    fn books(&self) -> &Books {
        &self.state.books
    }

    fn timeline(&self) -> &Timeline {
        &self.state.timeline
    }

    fn marks(&self) -> Option<&Marks> {
        self.state.marks.as_ref()
    }

    /// The index of ids is the writer's; marks tell which events it may be.
    fn find(&self, id: CommandId, by: Option<PartyNo>) -> Result<Option<Seq>, LedgerError> {
        let marks = self.state.marks.as_ref().expect("a reader has marks");
        for seq in marks.events(Mark::Id(id), self.state.books.head())? {
            if self.event(seq)?.is_some_and(|event| event.is_of(id, by)) {
                return Ok(Some(seq));
            }
        }
        Ok(None)
    }

    /// It does not go on: behind its head there is nothing.
    fn recent(&self, after: Seq, _each: &mut dyn FnMut(Seq, &Event)) -> bool {
        after == self.state.books.head()
    }
}

type Log = (Box<dyn ReadLog>, Option<(Holder, u64)>);

/// The log up to the newest checkpoint, once that covers what is recorded by now.
fn open_log(dir: &Path, options: &Options) -> Result<Log, LedgerError> {
    let folder = Folder::at(dir);
    let wanted = Progress::of(&folder);
    let began = Instant::now();
    let mut now = wanted;
    let holder = loop {
        // What was recorded when it began: a writer that goes on would always be ahead.
        let is_there = Progress { recorded: wanted.recorded, ..now }.is_level();
        if is_there || !folder.marker().exists() {
            break None;
        }
        match folder.holder() {
            None => match mend(dir, options)? {
                Mended::Published => break None,
                Mended::Alone(store) => return Ok((store, None)),
                Mended::Held => {}
            },
            // Who cannot say how much is recorded need not wait for it.
            Some(holder) if began.elapsed() > PATIENCE || wanted.recorded.is_none() => break Some(holder),
            Some(_) => {}
        }
        thread::sleep(LOOK_EVERY);
        now = Progress::of(&folder);
    };
    match (holder, now.published) {
        (Some(by), None) => Err(OpenError::Held { by }.into()),
        (holder, _) => {
            let log = TileLog::open(dir)?;
            let missing = wanted.recorded.unwrap_or(0).saturating_sub(log.size());
            Ok((Box::new(log), holder.filter(|_| missing > 0).map(|holder| (holder, missing))))
        }
    }
}

enum Mended {
    /// A checkpoint covers all that is recorded.
    Published,
    /// Nobody signs here, as in a copy without the key: the log itself is read, and the folder held meanwhile.
    Alone(Box<Store>),
    /// Somebody came first.
    Held,
}

/// Does what a writer would have done at its end, had it not been stopped.
fn mend(dir: &Path, options: &Options) -> Result<Mended, LedgerError> {
    let (store, recovered) = match Store::open(dir, options.store.clone()) {
        Err(OpenError::Held { .. }) => return Ok(Mended::Held),
        other => other?,
    };
    if recovered.mark_lost {
        store.commit(Commit::default())?;
    }
    let mut tiles = TileWriter::open(&store)?;
    let head = recovered.head;
    if Stated::read(&head.note) != Some(Stated { size: head.size(), root: head.root() }) {
        return Ok(Mended::Alone(Box::new(store)));
    }
    tiles.publish(&head.note)?;
    Ok(Mended::Published)
}

/// What the log says: from what is kept of it, and the rest of it. Leaves more to the next reader where that was long.
fn fold(dir: &Path, log: &dyn ReadLog, leave_after: u64) -> Result<State, LedgerError> {
    let views = Views::of(dir);
    let is_long = |books: &Books| log.size() - books.head().0 > leave_after;
    let mut books = views.books(log)?.unwrap_or_default();
    if is_long(&books)
        && let Some(renewing) = views.renew()
    {
        // Somebody else may have been here meanwhile.
        books = views.books(log)?.unwrap_or_default();
        if is_long(&books) {
            match fold_anew(dir, log, books, &views, &renewing) {
                Ok(state) => return Ok(state),
                // A disk that is full is no reason to give no answer.
                Err(error) => tracing::debug!(%error, "leave books to the next reader"),
            }
            books = views.books(log)?.unwrap_or_default();
        }
    }
    let marks = Marks::read_with_ids(&views.marks(), books.head().0)?;
    folded(dir, log, books, marks)
}

/// The same, and leaves the result to the next reader.
fn fold_anew(
    dir: &Path,
    log: &dyn ReadLog,
    books: Books,
    views: &Views,
    renewing: &Renewing,
) -> Result<State, LedgerError> {
    if books.head() == Seq(0) {
        // They may be of another log.
        Timeline::remove(&views.marks())?;
    }
    let marks = Marks::open_with_ids(&views.marks(), books.head().0)?;
    let mut state = folded(dir, log, books, marks)?;
    if let Some(mut marks) = state.marks.take() {
        marks.flush()?;
    }
    views.leave(&state.books, log, renewing)?;
    state.marks = Some(Marks::read_with_ids(&views.marks(), log.size())?);
    Ok(state)
}

fn folded(dir: &Path, log: &dyn ReadLog, books: Books, marks: Marks) -> Result<State, LedgerError> {
    let timeline = Timeline::read(&HistoryFolder::new(dir, "timeline").current(), log.size())?;
    let starts = Starts { ids: u64::MAX, timeline: timeline.covered(), marks: marks.covered() };
    let mut state = State {
        books,
        ids: Mutex::new(Seen::open(&NoIds)?.0),
        keeps_ids: false,
        timeline,
        marks: Some(marks),
        snapshot: Snapshot::default(),
        snapshot_at: None,
    };
    state.fold(log, starts, u64::MAX)?;
    Ok(state)
}

/// Who only reads keeps no index of ids.
struct NoIds;

impl Kept for NoIds {
    fn get(&self, _key: &[u8]) -> Result<Option<Vec<u8>>, SeenError> {
        Ok(None)
    }

    fn range(&self, _from: &[u8], _to: &[u8], _count: usize) -> Result<Vec<(Vec<u8>, Vec<u8>)>, SeenError> {
        Ok(Vec::new())
    }
}
