//! One record of the commit log: the events of a batch, who wrote it, and what it stands behind.

use bus::{Log, Published};
use bytes::Bytes;
use chain::Hash;
use minicbor::{Decode, Encode};
use store::Store;

use crate::opened::LedgerError;
use crate::order::Order;

/// What a record is written as. A reader that meets a later one stops; it never skips. What is no record at all is put aside:
/// see [`Record::read`].
pub(crate) const VERSION: u8 = 1;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Record {
    /// [`VERSION`].
    #[n(0)]
    pub version: u8,
    /// The lease under which it was written. Never smaller than that of the record before.
    #[n(1)]
    pub epoch: u64,
    /// Who wrote it, for people.
    #[n(2)]
    pub node: String,
    /// Leaf index of its first event: the size of the log before it.
    #[n(3)]
    pub first: u64,
    /// Count of its events; none in the record with which an epoch begins.
    #[n(4)]
    pub count: u64,
    /// Root of the log before it.
    #[n(5)]
    #[cbor(with = "minicbor::bytes")]
    pub root_before: Hash,
    /// Root of the log after it.
    #[n(6)]
    #[cbor(with = "minicbor::bytes")]
    pub root: Hash,
    /// (u16 big-endian length ‖ event)*.
    #[n(7)]
    #[cbor(with = "minicbor::bytes")]
    pub bundle: Vec<u8>,
    /// The signed frames that its events answer.
    #[n(8)]
    pub orders: Vec<Order>,
}

impl Record {
    /// Size of the log after it.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.first.saturating_add(self.count)
    }

    /// A record of no events: with one of these an epoch begins.
    #[must_use]
    pub fn empty(epoch: u64, node: &str, size: u64, root: Hash) -> Self {
        Self {
            version: VERSION,
            epoch,
            node: node.to_owned(),
            first: size,
            count: 0,
            root_before: root,
            root,
            bundle: Vec::new(),
            orders: Vec::new(),
        }
    }

    /// The record as bytes.
    ///
    /// # Panics
    /// Never: memory takes what is written to it.
    #[must_use]
    pub fn encode(&self) -> Bytes {
        let mut bytes = Vec::with_capacity(self.bundle.len() + 256);
        minicbor::encode(self, &mut bytes).expect("memory takes what is written to it");
        bytes.into()
    }

    /// Reads what stands in the commit log; none where it is no record of any ledger, whoever put it there. A log that ends for
    /// good at the first piece of garbage would be in the hands of whoever can have a service say something at a wrong place.
    ///
    /// # Errors
    /// When it is of a version that this release does not know.
    pub fn read(bytes: &[u8]) -> Result<Option<Self>, LedgerError> {
        match (minicbor::decode::<Self>(bytes), version(bytes)) {
            (Ok(record), Some(VERSION)) if store::bundle_entries(&record.bundle).count() as u64 == record.count => {
                Ok(Some(record))
            }
            (_, Some(later)) if later > VERSION => {
                Err(LedgerError::Record(format!("version {later} is not known to this release")))
            }
            (Ok(_) | Err(_), _) => Ok(None),
        }
    }
}

/// The version that something says, where it has the form of a record: an array of at least its fields, a small number first.
fn version(bytes: &[u8]) -> Option<u8> {
    let mut reader = minicbor::Decoder::new(bytes);
    let fields = reader.array().ok()?;
    if fields.is_some_and(|fields| fields < 9) {
        return None;
    }
    let version = reader.u8().ok()?;
    // An epoch follows: two numbers are not what a text or a table begins with.
    reader.u64().ok().map(|_| version)
}

/// Tells everybody who watches that something in the commit log is no record.
pub(crate) fn alarm(place: u64, bytes: &[u8]) {
    metrics::counter!("granary_records_put_aside_total").increment(1);
    tracing::error!(
        place,
        bytes = bytes.len(),
        "ALARM: what stands in the commit log is no record: it is put aside, and the log goes on behind it. See who may publish there"
    );
}

/// Why a record could not be appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotAppended {
    /// Another writer's record stands there.
    Fenced,
    /// The log has fewer records than this writer has seen in it.
    Shortened,
}

/// Appends a record behind a place, for as long as it takes to know. No answer, and an answer that says "no", mean
/// nothing: what stands at the place decides, and while nothing does, the same bytes are sent again.
pub(crate) async fn append(log: &dyn Log, mut behind: u64, record: &Bytes) -> Result<u64, NotAppended> {
    let mut waits = Waits::default();
    let mut short = 0;
    loop {
        if let Published::At(place) = log.publish(behind, record.clone()).await
            && place == behind + 1
        {
            return Ok(place);
        }
        match log.read(behind + 1).await {
            Ok(Some(found)) if found == *record => return Ok(behind + 1),
            // Garbage is nobody's: whoever may write writes behind it. A record of a later version is another writer's.
            Ok(Some(found)) if matches!(Record::read(&found), Ok(None)) => {
                behind += 1;
                alarm(behind, &found);
                continue;
            }
            Ok(Some(_)) => return Err(NotAppended::Fenced),
            // A copy that lags says so too: only a log that keeps on saying so has lost something.
            Ok(None) => match log.last().await {
                Ok(last) if last < behind => {
                    short += 1;
                    if short == SHORT_ANSWERS {
                        return Err(NotAppended::Shortened);
                    }
                }
                _ => short = 0,
            },
            Err(error) => tracing::debug!(%error, "append"),
        }
        waits.wait().await;
    }
}

/// After so many answers in a row a log that is too short is believed.
const SHORT_ANSWERS: u32 = 5;

/// Longer and longer waits between attempts, up to a second.
#[derive(Debug, Default)]
pub(crate) struct Waits(u32);

impl Waits {
    pub(crate) async fn wait(&mut self) {
        let wait = std::time::Duration::from_millis(20 << self.0.min(6)).min(std::time::Duration::from_secs(1));
        self.0 += 1;
        tokio::time::sleep(wait).await;
    }
}

/// Do the log here and a record of the commit log say the same, as far as the record goes?
pub(crate) fn agrees(store: &Store, record: &Record) -> Result<bool, LedgerError> {
    if let Some(root) = store.root_at(record.end())? {
        return Ok(root == record.root);
    }
    for (index, entry) in (record.first..).zip(store::bundle_entries(&record.bundle)) {
        if store.entry(index)?.as_deref() != Some(entry) {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn garbage_is_no_record_and_a_later_version_is_one() {
        let record = Record::empty(3, "node", 7, [1; 32]);
        let bytes = record.encode();
        assert_eq!(Record::read(&bytes).expect("known"), Some(record.clone()));
        for garbage in
            [&b""[..], b"{\"status\":401}", b"garbage", &[0xff; 40], &[0x89; 40], &bytes[..bytes.len() / 2], &[0x9f]]
        {
            assert_eq!(Record::read(garbage).expect("nobody's"), None, "{garbage:?}");
        }
        let counted = Record { count: 5, ..record.clone() };
        assert_eq!(Record::read(&counted.encode()).expect("nobody's"), None, "it says more than it holds");
        let later = Record { version: VERSION + 1, ..record };
        assert!(Record::read(&later.encode()).is_err(), "what this release cannot read is not skipped");
    }
}
