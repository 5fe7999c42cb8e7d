//! The stage of a ledger on NATS: each batch becomes one record of the commit log. One record is on its way at a time: with
//! more, those of a writer that was replaced would be stored behind its successor's.

use std::sync::Arc;

use bus::Log;
use chain::Hash;
use tokio::sync::mpsc;

use super::Ready;
use crate::opened::LedgerError;
use crate::record::{NotAppended, Record, append};

/// The right to write to a commit log, for as long as nobody else writes to it.
#[derive(Clone)]
pub struct Leading {
    /// The commit log.
    pub log: Arc<dyn Log>,
    /// The lease under which we write.
    pub epoch: u64,
    /// Who we are, for people.
    pub node: String,
    /// Place of the last record: that with which the epoch began.
    pub behind: u64,
}

pub(super) async fn run(
    mut leading: Leading,
    (mut size, mut root): (u64, Hash),
    mut ready: mpsc::Receiver<Ready>,
    published: mpsc::Sender<Ready>,
) {
    while let Some(mut batch) = ready.recv().await {
        if batch.sealed.is_some() || batch.is_beat {
            let mut record = Record::empty(leading.epoch, &leading.node, size, root);
            if let Some(sealed) = &batch.sealed {
                record.count = sealed.count;
                record.root = sealed.root;
                record.bundle = sealed.bundle.to_vec();
                record.orders.clone_from(&batch.orders);
            }
            match append(&*leading.log, leading.behind, &record.encode()).await {
                Ok(place) => {
                    leading.behind = place;
                    batch.place = Some(place);
                    (size, root) = (record.end(), record.root);
                }
                Err(why) => {
                    let error = match why {
                        NotAppended::Fenced => LedgerError::Fenced,
                        NotAppended::Shortened => LedgerError::Shortened { place: leading.behind },
                    };
                    tracing::warn!(%error, epoch = leading.epoch, "publish");
                    for (reply, _) in batch.replies {
                        let _ = reply.send(Err(LedgerError::Fenced));
                    }
                    return;
                }
            }
        }
        if published.send(batch).await.is_err() {
            return;
        }
    }
}
