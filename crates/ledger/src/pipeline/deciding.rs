//! The first stage: commands become events, against the books in memory.

use tokio::sync::{mpsc, watch};

use super::{Ask, Decided, Replies};
use crate::answer::Answer;
use crate::decider::Decider;
use crate::opened::LedgerError;
use crate::order::Order;
use crate::rights::may_post;

/// Events a batch takes at most before it is sealed: a frame of 1 MiB holds about as many.
const BATCH_EVENTS_MAX: usize = 8_192;
/// Bytes of events after which a batch takes no further frame: what NATS carries best in one message.
const BATCH_BYTES_MAX: usize = 768 << 10;

struct Deciding {
    decider: Decider,
    decided: mpsc::Sender<Decided>,
    frames: watch::Sender<u64>,
}

/// Decides until nobody asks any more.
pub(super) async fn run(
    decider: Decider,
    mut asks: mpsc::Receiver<Ask>,
    decided: mpsc::Sender<Decided>,
    frames: watch::Sender<u64>,
) {
    let mut this = Deciding { decider, decided, frames };
    while let Some(first) = asks.recv().await {
        if !this.batch(first, &mut asks).await {
            return;
        }
    }
    this.decider.state_mut().begin_last_snapshot();
    while this.decider.state_mut().snapshot.seq.is_some() {
        if !this.send(false, Vec::new(), Vec::new()).await {
            return;
        }
    }
}

impl Deciding {
    /// Decides what waits, up to a batch; false when the ledger stops.
    async fn batch(&mut self, first: Ask, asks: &mut mpsc::Receiver<Ask>) -> bool {
        let mut replies = Vec::new();
        let mut orders = Vec::new();
        let mut next = Some(first);
        let mut event_count = 0;
        let mut is_beat = false;
        let mut frames = 0;
        while let Some(ask) = next {
            match ask {
                Ask::Find { id, by, reply } => {
                    let _ = reply.send(self.decider.find(id, by));
                }
                Ask::Beat { reply } => {
                    is_beat = true;
                    replies.push((reply, Vec::new()));
                }
                Ask::Decide { requests, frame, reply } => {
                    frames += 1;
                    event_count += requests.len();
                    self.decider.begin_frame();
                    let first = self.decider.books().head().0;
                    let decide = |request| match may_post(self.decider.books(), frame.as_deref(), &request) {
                        Ok(by) => self.decider.decide(request, by),
                        Err(refusal) => Ok(Answer::Refused(None, refusal)),
                    };
                    match requests.into_iter().map(decide).collect() {
                        Ok(answers) => replies.push((reply, answers)),
                        Err(error) => {
                            tracing::error!(error = &error as &dyn std::error::Error, "decide");
                            let _ = reply.send(Err(error));
                            for (reply, _) in replies {
                                let _ = reply.send(Err(LedgerError::Stopped));
                            }
                            return false;
                        }
                    }
                    let count = self.decider.books().head().0 - first;
                    orders.extend(frame.filter(|_| count > 0).and_then(|frame| Order::of(&frame, first, count)));
                }
            }
            let is_full = event_count >= BATCH_EVENTS_MAX || self.decider.batch_bytes() >= BATCH_BYTES_MAX;
            next = if is_full { None } else { asks.try_recv().ok() };
        }
        if frames > 0 {
            self.frames.send_modify(|decided| *decided += frames);
        }
        self.send(is_beat, replies, orders).await
    }

    /// Hands on what was decided, with what rides on it; false when nobody takes it any more.
    async fn send(&mut self, is_beat: bool, replies: Replies, orders: Vec<Order>) -> bool {
        let batch = self.decider.take_batch();
        let rides = self.decider.state_mut().rides();
        self.decided.send(Decided { is_beat, batch, orders, replies, rides }).await.is_ok()
    }
}
