//! The second stage: leaves are hashed into the tree, and entries packed into blocks.

use store::Sealer;
use tokio::sync::mpsc;

use super::{Decided, Ready};

pub(super) async fn run(mut sealer: Sealer, mut decided: mpsc::Receiver<Decided>, ready: mpsc::Sender<Ready>) {
    while let Some(Decided { is_beat, batch, orders, replies, rides }) = decided.recv().await {
        let sealed = (batch.count > 0).then(|| sealer.seal(batch.bundle, batch.count));
        if ready.send(Ready { is_beat, sealed, orders, replies, rides, place: None }).await.is_err() {
            return;
        }
    }
}
