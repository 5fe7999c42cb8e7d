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
    mut root: Hash,
    mut ready: mpsc::Receiver<Ready>,
    published: mpsc::Sender<Ready>,
) {
    while let Some(mut batch) = ready.recv().await {
        if let Some(sealed) = &batch.sealed {
            let record = Record {
                count: sealed.count,
                root: sealed.root,
                bundle: sealed.bundle.to_vec(),
                orders: batch.orders.clone(),
                ..Record::empty(leading.epoch, &leading.node, sealed.first, root)
            };
            match append(&*leading.log, leading.behind, &record.encode()).await {
                Ok(place) => {
                    leading.behind = place;
                    batch.place = Some(place);
                    root = sealed.root;
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
