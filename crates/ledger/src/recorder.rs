//! Puts sealed batches into the log here and, behind it, into the static files: the same for the ledger at work and for a
//! copy. It knows neither books nor bus.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chain::checkpoint::Checkpoint;
use chain::key::SignerKey;
use store::{Commit, Recorded, Sealed, Store, StoreFailed, TileWriter};

use crate::opened::LedgerError;
use crate::order::Order;
use crate::snapshot::Rides;

/// The cursor that keeps the place of the last record of the commit log that was recorded here.
pub(crate) const PLACE: &str = "place";

/// The static files follow the log at least this often while anything happens.
const PUBLISH_EVERY: Duration = Duration::from_secs(2);
/// They follow it at once when nothing more comes for so long: readers wait for them.
const PUBLISH_WHEN_QUIET: Duration = Duration::from_millis(200);

/// See the module.
pub(crate) struct Recorder {
    pub(crate) store: Arc<Store>,
    /// The key in force; during a handover, the next one behind it. Without a key nothing is signed.
    pub(crate) key: Option<Vec<SignerKey>>,
}

/// What one commit records.
#[derive(Default)]
pub(crate) struct ToRecord {
    pub(crate) sealed: Vec<Sealed>,
    pub(crate) rides: Rides,
    /// Place of the last of it in the commit log, where there is one beside ours.
    pub(crate) place: Option<u64>,
}

impl ToRecord {
    /// Adds what comes behind.
    pub(crate) fn add(&mut self, sealed: Option<Sealed>, orders: &[Order], rides: Rides, place: Option<u64>) {
        self.sealed.extend(sealed);
        self.rides.pages.extend(rides.pages);
        self.rides.snapshot = rides.snapshot.or(self.rides.snapshot);
        self.rides.extra.extend(rides.extra);
        self.rides.extra.extend(orders.iter().flat_map(Order::pairs));
        self.place = place.or(self.place);
    }
}

/// Bundles that are recorded, with the signed checkpoint over them: what the static files take.
pub(crate) struct ToPublish {
    sealed: Vec<Sealed>,
    note: Option<Vec<u8>>,
}

impl Recorder {
    /// Records all of it, or nothing: one sled batch, synced. Does nothing where there is nothing to record.
    pub(crate) fn record(&self, what: ToRecord) -> Result<ToPublish, StoreFailed> {
        let ToRecord { sealed, rides: Rides { pages, snapshot, extra }, place } = what;
        let note = sealed.last().and_then(|last| Some(signed(self.key.as_ref()?, last)));
        let cursors: Vec<_> = place.map(|place| (PLACE.to_owned(), place.to_be_bytes().to_vec())).into_iter().collect();
        let is_empty = sealed.is_empty() && pages.is_empty() && extra.is_empty() && snapshot.is_none();
        if is_empty && cursors.is_empty() {
            return Ok(ToPublish { sealed, note });
        }
        let commit = Commit { sealed, pages, snapshot, cursors, note: note.clone(), extra };
        let Recorded { sealed, .. } = self.store.commit(commit)?;
        Ok(ToPublish { sealed, note })
    }
}

fn signed(keys: &[SignerKey], sealed: &Sealed) -> Vec<u8> {
    let (key, next) = keys.split_first().expect("a ledger has a key");
    let checkpoint =
        Checkpoint { origin: key.verifier().name().to_owned(), size: sealed.first + sealed.count, root: sealed.root };
    let mut note = checkpoint.sign(key).expect("the origin is the key's name, checked when the key was made");
    next.iter().for_each(|key| note.sign(key).expect("a log's key is of the kind that signs"));
    note.to_string().into_bytes()
}

/// The static files, and the checkpoint that is not among them yet.
pub(crate) struct Tiles {
    writer: TileWriter,
    unpublished: Option<Vec<u8>>,
    taken_at: Instant,
    published_at: Instant,
}

impl Tiles {
    pub(crate) fn new(writer: TileWriter) -> Self {
        Self { writer, unpublished: None, taken_at: Instant::now(), published_at: Instant::now() }
    }

    /// Takes what was recorded, and publishes where that is due.
    pub(crate) fn take(&mut self, what: ToPublish) -> Result<(), LedgerError> {
        for sealed in &what.sealed {
            self.writer.take(sealed)?;
        }
        self.unpublished = what.note.or(self.unpublished.take());
        self.taken_at = Instant::now();
        self.publish_if_due()
    }

    pub(crate) fn publish_if_due(&mut self) -> Result<(), LedgerError> {
        if self.due_in().is_zero() { self.publish() } else { Ok(()) }
    }

    /// How long until there is something to publish, if nothing more comes.
    pub(crate) fn due_in(&self) -> Duration {
        if self.unpublished.is_none() {
            return PUBLISH_EVERY;
        }
        let quiet = PUBLISH_WHEN_QUIET.saturating_sub(self.taken_at.elapsed());
        PUBLISH_EVERY.saturating_sub(self.published_at.elapsed()).min(quiet)
    }

    /// Brings the static files up to what is recorded.
    pub(crate) fn publish(&mut self) -> Result<(), LedgerError> {
        if let Some(note) = self.unpublished.take() {
            self.writer.publish(&note)?;
            self.published_at = Instant::now();
        }
        Ok(())
    }
}
