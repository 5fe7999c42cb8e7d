//! The commit log: records in one order, each appended behind exactly the one its writer had seen.

use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio::sync::mpsc;

use crate::error::BusError;

/// A record and its place in the commit log. The first has place 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// Its place.
    pub place: u64,
    /// What it says.
    pub record: Bytes,
}

/// What one attempt to append came to. Only [`Published::At`] says anything about what is stored: a refusal of a leader that
/// was replaced, or no answer, leave it open, and the writer reads the place it wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Published {
    /// The record stands at this place.
    At(u64),
    /// The log says that it has another length. The record may stand in it all the same.
    Refused,
    /// No answer.
    Unknown,
}

/// Records as they come, in order and without a gap.
pub struct Follow {
    records: mpsc::Receiver<Result<Committed, BusError>>,
}

impl Follow {
    /// A way to hand records over, and the end that follows them.
    pub(crate) fn channel(records_max: usize) -> (mpsc::Sender<Result<Committed, BusError>>, Self) {
        let (sender, records) = mpsc::channel(records_max);
        (sender, Self { records })
    }

    /// The next record; waits for it.
    ///
    /// # Errors
    /// When the bus fails: follow anew from where this ended.
    pub async fn next(&mut self) -> Result<Committed, BusError> {
        self.records.recv().await.unwrap_or(Err(BusError::Closed))
    }

    /// The next record, if it is there already.
    ///
    /// # Errors
    /// When the bus fails.
    pub fn try_next(&mut self) -> Result<Option<Committed>, BusError> {
        match self.records.try_recv() {
            Ok(record) => record.map(Some),
            Err(mpsc::error::TryRecvError::Empty) => Ok(None),
            Err(mpsc::error::TryRecvError::Disconnected) => Err(BusError::Closed),
        }
    }
}

/// See the module.
pub trait Log: Send + Sync {
    /// The place of the last record; 0 where there is none.
    fn last(&self) -> BoxFuture<'_, Result<u64, BusError>>;

    /// Tries once to append a record right behind a place. Stored means: on disk.
    fn publish(&self, behind: u64, record: Bytes) -> BoxFuture<'_, Published>;

    /// The record at a place. `None` where the log says that it has none there, which after a fault may not be so yet.
    fn read(&self, place: u64) -> BoxFuture<'_, Result<Option<Bytes>, BusError>>;

    /// Follows from a place on.
    fn follow(&self, from: u64) -> BoxFuture<'_, Result<Follow, BusError>>;

    /// Says that the writer has recorded everything up to a place on its own disk. A log that is itself on disk needs no
    /// such word; one that is not shows nobody what was not recorded.
    fn recorded(&self, place: u64);
}
