//! The last stage: one sled batch, synced, and only then the answers.

use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use bus::Log;
use chain::checkpoint::Checkpoint;
use chain::key::SignerKey;
use store::{Commit, Recorded, Sealed, Store};
use tokio::sync::mpsc;

use super::Ready;
use crate::follower::PLACE;
use crate::opened::LedgerError;
use crate::order::Order;

/// Batches that share one sync.
const BATCHES_MAX: usize = 3;

pub(super) struct Committing {
    pub(super) store: Arc<Store>,
    /// The key in force; during a handover, the next one behind it.
    pub(super) key: Vec<SignerKey>,
    pub(super) to_tiles: Option<SyncSender<(Recorded, Vec<u8>)>>,
    /// Who is told what has been recorded.
    pub(super) log: Option<Arc<dyn Log>>,
}

impl Committing {
    pub(super) async fn run(self, mut ready: mpsc::Receiver<Ready>) {
        while let Some(first) = ready.recv().await {
            let mut batches = vec![first];
            while batches.len() < BATCHES_MAX
                && let Ok(next) = ready.try_recv()
            {
                batches.push(next);
            }
            if !self.commit(batches) {
                return;
            }
        }
    }

    fn commit(&self, batches: Vec<Ready>) -> bool {
        let mut commit = Commit::default();
        let mut replies = Vec::new();
        let mut last_place = None;
        for Ready { sealed, orders, replies: waiting, rides, place } in batches {
            commit.sealed.extend(sealed);
            commit.pages.extend(rides.pages);
            commit.snapshot = rides.snapshot.or(commit.snapshot);
            commit.extra.extend(rides.extra);
            commit.extra.extend(orders.iter().flat_map(Order::pairs));
            replies.extend(waiting);
            last_place = place.or(last_place);
        }
        let note = commit.sealed.last().map(|sealed| signed(&self.key, sealed));
        commit.note.clone_from(&note);
        commit.cursors.extend(last_place.map(|place| (PLACE.to_owned(), place.to_be_bytes().to_vec())));
        let is_empty = commit.sealed.is_empty() && commit.pages.is_empty() && commit.extra.is_empty();
        let result = if is_empty && commit.snapshot.is_none() { Ok(None) } else { self.store.commit(commit).map(Some) };
        match result {
            Ok(recorded) => {
                if let (Some(log), Some(place)) = (&self.log, last_place) {
                    log.recorded(place);
                }
                for (reply, answers) in replies {
                    // Whoever asked may have gone away; the command is recorded all the same.
                    let _ = reply.send(Ok(answers));
                }
                if let (Some(recorded), Some(note), Some(to_tiles)) = (recorded, note, &self.to_tiles)
                    && to_tiles.send((recorded, note)).is_err()
                {
                    tracing::warn!("the static files are no longer written");
                }
                true
            }
            Err(error) => {
                let why = causes::told(&error);
                for (reply, _) in replies {
                    let _ = reply.send(Err(LedgerError::Failed(why.clone())));
                }
                false
            }
        }
    }
}

pub(crate) fn signed(keys: &[SignerKey], sealed: &Sealed) -> Vec<u8> {
    let (key, next) = keys.split_first().expect("a ledger has a key");
    let checkpoint =
        Checkpoint { origin: key.verifier().name().to_owned(), size: sealed.first + sealed.count, root: sealed.root };
    let mut note = checkpoint.sign(key).expect("the origin is the key's name, checked when the key was made");
    next.iter().for_each(|key| note.sign(key).expect("a log's key is of the kind that signs"));
    note.to_string().into_bytes()
}
