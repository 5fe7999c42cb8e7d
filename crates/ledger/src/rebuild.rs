//! Books and history of a copy at work, built anew from its log beside the old ones and then put in their place: readers go
//! on with the old ones until the new ones have caught up.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use books::Books;
use serde::Serialize;
use timeline::Timeline;

use crate::follower::{Shared, read};
use crate::opened::LedgerError;
use crate::state::State;

/// The folder of a derived history: one of two, so that a new one can be made while the old one is read.
#[derive(Clone, Debug)]
pub(crate) struct HistoryFolder {
    views: PathBuf,
    name: &'static str,
}

impl HistoryFolder {
    pub(crate) fn new(ledger: &Path, name: &'static str) -> Self {
        Self { views: ledger.join("views"), name }
    }

    fn pair(&self) -> [PathBuf; 2] {
        [self.views.join(self.name), self.views.join(format!("{}-b", self.name))]
    }

    /// Which of the two is read is told by a file that lies in it.
    fn mark(folder: &Path) -> PathBuf {
        folder.with_extension("current")
    }

    /// The folder that is read.
    pub(crate) fn current(&self) -> PathBuf {
        let [first, second] = self.pair();
        if Self::mark(&second).exists() { second } else { first }
    }

    /// The other one.
    fn other(&self) -> PathBuf {
        let [first, second] = self.pair();
        if self.current() == first { second } else { first }
    }

    /// From the next opening on, the other one is read.
    fn swap(&self) -> std::io::Result<()> {
        let mark = Self::mark(&self.pair()[1]);
        if mark.exists() {
            std::fs::remove_file(&mark)?
        } else {
            std::fs::File::create(&mark)?.sync_all()?
        }
        std::fs::File::open(&self.views)?.sync_all()
    }
}

/// What a rebuild found.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, serde::Deserialize)]
pub struct Rebuilt {
    /// Events folded.
    pub events: u64,
    /// Accounts whose balance was another before: 0, unless something was wrong.
    pub differing_accounts: u64,
    /// How long it took.
    pub seconds: f64,
    /// How long readers waited, of that.
    pub seconds_waited: f64,
}

/// Builds what a copy shows anew, from the first event of its log.
///
/// # Errors
/// When the log cannot be read, or the folder not be written; the old books stay then.
pub fn rebuild(shared: &Shared) -> Result<Rebuilt, LedgerError> {
    let began = Instant::now();
    let (store, folder, bulk) = {
        let opened = read(shared);
        (Arc::clone(&opened.store), opened.history.clone(), opened.state.books.head().0)
    };
    let beside = folder.other();
    Timeline::remove(&beside)?;
    let mut state = State::empty(&store, Timeline::open(&beside, bulk)?)?;
    state.catch_up(&store, bulk)?;
    state.timeline.settle();
    let waiting = Instant::now();
    let mut opened = shared.write().unwrap_or_else(PoisonError::into_inner);
    let head = opened.state.books.head().0;
    state.catch_up(&store, head)?;
    let differing_accounts = differing(&opened.state.books, &state.books).count() as u64;
    folder.swap().map_err(LedgerError::Views)?;
    opened.state.replace_books(state);
    drop(opened);
    let seconds_waited = waiting.elapsed().as_secs_f64();
    // Nothing reads the old history any more.
    Timeline::remove(&folder.other())?;
    let rebuilt = Rebuilt { events: head, differing_accounts, seconds: began.elapsed().as_secs_f64(), seconds_waited };
    tracing::info!(events = head, differing_accounts, seconds = rebuilt.seconds, "rebuilt what answers come from");
    Ok(rebuilt)
}

/// Accounts that two books disagree on, by number.
pub(crate) fn differing<'b>(one: &'b Books, other: &'b Books) -> impl Iterator<Item = u32> + 'b {
    let balance = |books: &'b Books, index: usize| books.accounts().get(index).map(|it| (it.key, it.days.latest()));
    let count = one.accounts().len().max(other.accounts().len());
    (0..count).filter(move |index| balance(one, *index) != balance(other, *index)).map(|index| index as u32)
}
