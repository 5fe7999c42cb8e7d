//! The first stage: commands become events, against the books in memory.

use books::person::Credential;
use books::{Books, Refused};
use bus::{Frame, Sender};
use tokio::sync::{mpsc, watch};

use super::{Ask, Decided, Replies};
use crate::answer::{Answer, Asked, Group, Request};
use crate::decider::Decider;
use crate::opened::LedgerError;
use crate::order::Order;
use crate::rights::{are_consents, consents, is_of_another, may_post};

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
                Ask::Decide { asked, frame, reply } => {
                    frames += 1;
                    event_count += asked.iter().map(Asked::count).sum::<usize>();
                    self.decider.begin_frame();
                    let first = self.decider.books().head().0;
                    match self.decide(asked, frame.as_deref(), &mut orders) {
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

    /// Decides what a frame asks; the consents to its groups are kept with the orders, as the frame itself is where it is signed.
    fn decide(
        &mut self,
        asked: Vec<Asked>,
        frame: Option<&Frame>,
        orders: &mut Vec<Order>,
    ) -> Result<Vec<Answer>, LedgerError> {
        let now_us = self.decider.now_us();
        let is_signed = frame.is_some_and(|frame| matches!(frame.sender, Sender::Key(_)));
        let may = |books: &Books,
                   request: &Request,
                   group: Option<(&Group, usize)>|
         -> Result<Option<Credential>, Box<Refused>> {
            if let Some((group, 0)) = group {
                are_consents(books, group, now_us)?;
            }
            may_post(books, frame, request).or_else(|refusal| match group.filter(|_| is_of_another(&refusal)) {
                Some((group, place)) => consents(books, request, (group, place), now_us),
                None => Err(refusal),
            })
        };
        let mut answers = Vec::with_capacity(asked.len());
        for one in asked {
            let head = self.decider.books().head().0;
            let consented = match &one {
                Asked::Group(group) if !is_signed && !group.consents.is_empty() => Some(group.clone()),
                Asked::Group(_) | Asked::One(_) | Asked::Trial(_) => None,
            };
            answers.extend(self.decider.decide_asked(one, &may)?);
            if let Some(group) = consented.filter(|_| self.decider.books().head().0 > head) {
                orders.extend(Order::of_consents(self.decider.books(), &group, head));
            }
        }
        Ok(answers)
    }

    /// Hands on what was decided, with what rides on it; false when nobody takes it any more.
    async fn send(&mut self, is_beat: bool, replies: Replies, orders: Vec<Order>) -> bool {
        let batch = self.decider.take_batch();
        let rides = self.decider.state_mut().rides();
        self.decided.send(Decided { is_beat, batch, orders, replies, rides }).await.is_ok()
    }
}
