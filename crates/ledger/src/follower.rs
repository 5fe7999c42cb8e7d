//! A copy that follows the commit log: a standby, or the read side of a service. Every record is checked before any of it is
//! recorded: it stands behind the one before, its events are sound, and its root is the one that follows from them.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use books::{Event, Seq};
use bus::Committed;
use store::{Sealed, Sealer, Store, bundle_entries};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::opened::{LedgerError, Opened};
use crate::record::{Record, agrees, alarm};
use crate::recorder::{PLACE, Recorder, Tiles, ToRecord};

/// While nothing comes, the place is compared with the commit log this often.
const CHECK_EVERY: Duration = Duration::from_secs(5);

/// An event that was recorded so short a time ago is near the end of the log, in microseconds.
const NEAR_US: u64 = 5_000_000;

/// What has been recorded, and the state that follows from it. Changed by one follower, read by many.
pub type Shared = Arc<RwLock<Opened>>;

/// See the module.
pub struct Follower {
    opened: Shared,
    store: Arc<Store>,
    /// Seals what is recorded here; none where the ledger at work, in the same process, has recorded it already.
    sealer: Option<Sealer>,
    size: u64,
    /// Signs checkpoints where the ledger's key is here.
    recorder: Recorder,
    tiles: Option<Tiles>,
    /// When the place was last compared with the commit log.
    checked_at: Instant,
    place: u64,
    epoch: u64,
    /// Count of events that readers see.
    seen: watch::Sender<u64>,
    /// When it was last at the end of the commit log; none while it is known to be behind.
    end: watch::Sender<Option<Instant>>,
}

impl Follower {
    /// Goes on where a folder left off.
    ///
    /// # Errors
    /// When its place cannot be read, or its key is damaged.
    pub fn new(opened: Opened) -> Result<Self, LedgerError> {
        let sealer = Sealer::new(&opened.store.head().tree);
        Self::with(opened, Some(sealer))
    }

    /// Goes on beside the ledger at work, whose log it shares: it records nothing, and shows what was recorded.
    ///
    /// # Errors
    /// See [`Follower::new`].
    pub fn beside(opened: Opened) -> Result<Self, LedgerError> {
        Self::with(opened, None)
    }

    fn with(mut opened: Opened, sealer: Option<Sealer>) -> Result<Self, LedgerError> {
        let store = Arc::clone(&opened.store);
        let key = if store.folder().root().join("keys").join("log.key").exists() {
            Some(crate::key::read_signers(store.folder().root())?)
        } else {
            None
        };
        let place = match store.cursor(PLACE)? {
            None => 0,
            Some(bytes) => {
                bytes.try_into().map(u64::from_be_bytes).map_err(|_| LedgerError::Record("its place".into()))?
            }
        };
        let size = opened.state.books.head().0;
        let seen = watch::Sender::new(size);
        let tiles = opened.tiles.take();
        let recorder = Recorder { store: Arc::clone(&store), key };
        let opened = Arc::new(RwLock::new(opened));
        let (checked_at, end) = (Instant::now(), watch::Sender::new(None));
        Ok(Self { opened, store, sealer, size, recorder, tiles, checked_at, place, epoch: 0, seen, end })
    }

    /// What readers share.
    #[must_use]
    pub fn shared(&self) -> Shared {
        Arc::clone(&self.opened)
    }

    /// Count of events that readers see, as it grows.
    #[must_use]
    pub fn position(&self) -> watch::Receiver<u64> {
        self.seen.subscribe()
    }

    /// When it was last at the end of the commit log, as far as it can tell; none while it is behind.
    #[must_use]
    pub fn end(&self) -> watch::Receiver<Option<Instant>> {
        self.end.subscribe()
    }

    /// Nothing more came for a while.
    pub(crate) fn is_at_end(&self) {
        self.end.send_replace(Some(Instant::now()));
    }

    /// All that came is applied. More may be on its way: what was recorded long ago says that it is.
    pub(crate) fn has_applied(&self, now: books::Moment) {
        let recorded_at = read(&self.opened).books().recorded_at();
        let is_near = now.0.saturating_sub(recorded_at.0) < NEAR_US;
        self.end.send_replace(is_near.then(Instant::now));
    }

    /// Place of the last record that was recorded here.
    #[must_use]
    pub fn place(&self) -> u64 {
        self.place
    }

    /// The log here.
    #[must_use]
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Count of events recorded here.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Root of the log here, where it is recorded here.
    pub(crate) fn root(&self) -> Option<chain::Hash> {
        self.sealer.as_ref().map(Sealer::root)
    }

    /// The largest epoch seen.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Is it time to compare the place with the commit log again?
    pub(crate) fn is_check_due(&mut self) -> bool {
        let is_due = self.checked_at.elapsed() >= CHECK_EVERY;
        if is_due {
            self.checked_at = Instant::now();
        }
        is_due
    }

    /// An epoch that has begun, in a record that is here already.
    pub(crate) fn saw_epoch(&mut self, epoch: u64) {
        self.epoch = self.epoch.max(epoch);
    }

    /// Goes on from another place: records were lost and written again.
    pub(crate) fn set_place(&mut self, place: u64) {
        self.place = place;
    }

    /// Ends following; gives the state to whoever goes on with it.
    ///
    /// # Errors
    /// When somebody still reads.
    pub fn into_opened(mut self) -> Result<Opened, LedgerError> {
        self.publish()?;
        let opened = Arc::try_unwrap(self.opened).map_err(|_| LedgerError::Stopped)?;
        let opened = opened.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(Opened { tiles: self.tiles, ..opened })
    }

    /// Records what a record says and shows it to readers.
    ///
    /// # Errors
    /// When it does not stand behind the last one, or is not what it says: nothing of it is recorded then. What is no record at
    /// all is put aside, with an alarm.
    pub fn apply(&mut self, committed: &Committed) -> Result<(), LedgerError> {
        let Some(record) = Record::read(&committed.record)? else {
            alarm(committed.place, &committed.record);
            return self.keep_place(committed.place, self.epoch);
        };
        if record.epoch < self.epoch {
            // Only a log that lost the record with which an epoch began takes one from before it. What was decided stands
            // on what is recorded all the same: the roots tell.
            tracing::warn!(place = committed.place, epoch = record.epoch, after = self.epoch, "an epoch came back");
        }
        let size = self.size();
        if record.first > size {
            return Err(LedgerError::Gap { place: committed.place, first: record.first, size });
        }
        let known = size - record.first;
        if record.end() <= size {
            // Written again after it was lost: the same events, or it is not our log.
            if self.sealer.is_some() && !agrees(&self.store, &record)? {
                return Err(LedgerError::Diverged { size: record.end() });
            }
            return self.keep_place(committed.place, record.epoch);
        }
        if known == 0 && self.root().is_some_and(|root| root != record.root_before) {
            return Err(LedgerError::Diverged { size });
        }
        let entries: Vec<&[u8]> = bundle_entries(&record.bundle).collect();
        for (index, entry) in (record.first..size).zip(&entries) {
            if self.store.entry(index)?.as_deref() != Some(*entry) {
                return Err(LedgerError::Diverged { size: index + 1 });
            }
        }
        let mut fresh = Vec::with_capacity(entries.len());
        let mut bytes = 0;
        for (index, entry) in (record.first..).zip(&entries) {
            if index < size {
                bytes += 2 + entry.len();
                continue;
            }
            let seq = Seq::from_leaf(index);
            let event =
                wire::event::decode(entry).map_err(|error| LedgerError::Event { seq, problem: error.to_string() })?;
            fresh.push((index, event));
        }
        self.record(committed.place, &record, bytes, fresh)
    }

    fn record(
        &mut self,
        place: u64,
        record: &Record,
        skipped_bytes: usize,
        fresh: Vec<(u64, Event)>,
    ) -> Result<(), LedgerError> {
        if let Some(sealer) = &mut self.sealer {
            let tree = sealer.tree();
            let sealed = sealer.seal(record.bundle[skipped_bytes..].to_vec(), fresh.len());
            if sealed.root != record.root {
                *sealer = Sealer::new(&tree);
                return Err(LedgerError::Diverged { size: record.end() });
            }
            self.commit(place, record, sealed)?;
        }
        self.place = place;
        self.epoch = record.epoch;
        self.size = record.end();
        let mut opened = self.write();
        for (_, event) in fresh {
            let seq = opened.state.apply(&event);
            opened.recent.push(seq, event);
        }
        drop(opened);
        self.seen.send_replace(self.size);
        Ok(())
    }

    /// Records it here: one sled batch, synced; readers see it after that.
    fn commit(&mut self, place: u64, record: &Record, sealed: Sealed) -> Result<(), LedgerError> {
        let mut what = ToRecord::default();
        what.add(Some(sealed), &record.orders, self.write().state.rides(), Some(place));
        let recorded = self.recorder.record(what)?;
        self.tiles.as_mut().map_or(Ok(()), |tiles| tiles.take(recorded))
    }

    /// Brings the static files up to what is recorded, where that is due.
    pub(crate) fn publish_if_due(&mut self) -> Result<(), LedgerError> {
        self.tiles.as_mut().map_or(Ok(()), Tiles::publish_if_due)
    }

    /// Brings the static files up to what is recorded.
    pub(crate) fn publish(&mut self) -> Result<(), LedgerError> {
        self.tiles.as_mut().map_or(Ok(()), Tiles::publish)
    }

    /// What the bus no longer keeps, from the log of the ledger at work.
    pub(crate) fn catch_up_from_log(&mut self) -> Result<(), LedgerError> {
        let mut opened = self.write();
        opened.state.catch_up(&self.store, u64::MAX)?;
        let size = opened.state.books.head().0;
        drop(opened);
        self.size = size;
        self.seen.send_replace(size);
        Ok(())
    }

    /// A record without news.
    fn keep_place(&mut self, place: u64, epoch: u64) -> Result<(), LedgerError> {
        if self.sealer.is_some() {
            self.recorder.record(ToRecord { place: Some(place), ..ToRecord::default() })?;
        }
        self.place = place;
        self.epoch = epoch;
        Ok(())
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, Opened> {
        self.opened.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads what a follower shares.
pub fn read(shared: &Shared) -> RwLockReadGuard<'_, Opened> {
    shared.read().unwrap_or_else(PoisonError::into_inner)
}
