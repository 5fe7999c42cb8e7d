//! The last stage: one sled batch, synced, and only then the answers.

use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use bus::Log;
use tokio::sync::mpsc;

use super::Ready;
use crate::opened::LedgerError;
use crate::recorder::{Recorder, ToPublish, ToRecord};

/// Batches that share one sync.
const BATCHES_MAX: usize = 3;

pub(super) struct Committing {
    pub(super) recorder: Recorder,
    pub(super) to_tiles: Option<SyncSender<ToPublish>>,
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
        let mut what = ToRecord::default();
        let mut replies = Vec::new();
        for Ready { is_beat: _, sealed, orders, replies: waiting, rides, place } in batches {
            what.add(sealed, &orders, rides, place);
            replies.extend(waiting);
        }
        let place = what.place;
        match self.recorder.record(what) {
            Ok(recorded) => {
                if let (Some(log), Some(place)) = (&self.log, place) {
                    log.recorded(place);
                }
                for (reply, answers) in replies {
                    // Whoever asked may have gone away; the command is recorded all the same.
                    let _ = reply.send(Ok(answers));
                }
                if self.to_tiles.as_ref().is_some_and(|to_tiles| to_tiles.send(recorded).is_err()) {
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
