//! The bus under faults that a seed decides: messages are dropped, doubled, delayed and overtaken, refusals and reads are
//! stale, nodes are cut off or frozen. One thread, tokio's paused clock: the same seed gives the same history.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt};
use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};

use crate::embedded::{Embedded, Limits};
use crate::error::BusError;
use crate::frame::Frame;
use crate::lease::Lease;
use crate::log::{Follow, Log, Published};
use crate::questions::{Asked, Handler, Questions, Reply};
use crate::queue::{Backlog, Delivery, PutError, Queue, Slip};
use crate::signal::Signal;

/// How often what goes wrong, in thousandths of the messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Faults {
    /// A message is lost.
    pub dropped: u32,
    /// A message arrives twice.
    pub doubled: u32,
    /// A message is late by up to a second.
    pub delayed: u32,
    /// A refusal or an empty read of a leader that was replaced, though the record is stored.
    pub stale: u32,
    /// Who follows is cut off and has to follow anew.
    pub cut: u32,
}

impl Faults {
    /// Nothing goes wrong.
    pub const NONE: Self = Self { dropped: 0, doubled: 0, delayed: 0, stale: 0, cut: 0 };
    /// A bad day.
    pub const MANY: Self = Self { dropped: 40, doubled: 30, delayed: 40, stale: 40, cut: 30 };
}

/// A server that breaks its word all the time: what no protocol can bear, to see that the checks see it; or what ours has to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// It takes a record wherever the log ends, whatever its writer had seen.
    Unfenced,
    /// What it stores differs, now and then, in one bit.
    Altered,
    /// It gives the lease to everybody. Ours has to bear that: a lease saves time, the place in the log decides.
    FreeLease,
}

/// How long a node waits for an answer.
const ANSWER_WAIT: Duration = Duration::from_secs(2);

/// What all nodes share: the server.
pub struct Simulated {
    server: Embedded,
    chance: Mutex<(ChaCha8Rng, Faults)>,
    broken: Option<Broken>,
    /// Leases given to everybody.
    given: AtomicU64,
}

/// One node's way to the server.
pub struct Node {
    world: Arc<Simulated>,
    is_cut_off: AtomicBool,
    is_frozen: Arc<Signal<bool>>,
}

impl Simulated {
    /// A server whose faults a seed decides.
    #[must_use]
    pub fn new(seed: u64, faults: Faults, broken: Option<Broken>) -> Arc<Self> {
        let limits = Limits {
            queue_frames_max: 64,
            redeliver_after: Duration::from_secs(4),
            log_bytes_max: usize::MAX,
            shows_recorded_only: false,
            ..Limits::default()
        };
        let chance = Mutex::new((ChaCha8Rng::seed_from_u64(seed), faults));
        Arc::new(Self { server: Embedded::new(limits, 0), chance, broken, given: AtomicU64::new(1) })
    }

    /// A node's way to it.
    #[must_use]
    pub fn node(self: &Arc<Self>) -> Arc<Node> {
        let is_frozen = Arc::new(Signal::new(false));
        Arc::new(Node { world: Arc::clone(self), is_cut_off: AtomicBool::new(false), is_frozen })
    }

    /// From now on this goes wrong.
    pub fn set_faults(&self, faults: Faults) {
        self.chance.lock().unwrap_or_else(PoisonError::into_inner).1 = faults;
    }

    /// The server forgets its last records, as a power cut does to one that does not sync. Says how many.
    pub fn lose(&self, count: u64) -> u64 {
        self.server.lose(count)
    }

    /// Every record of the log.
    #[must_use]
    pub fn records(&self) -> Vec<Bytes> {
        self.server.kept()
    }

    /// Frames that wait or are handed out.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.server.queued()
    }

    /// Frames that nobody could read.
    #[must_use]
    pub fn buried(&self) -> usize {
        self.server.buried().len()
    }

    /// A number below a bound.
    fn below(&self, bound: u64) -> u64 {
        self.chance.lock().unwrap_or_else(PoisonError::into_inner).0.next_u64() % bound
    }

    /// The server takes a record, in its way.
    async fn store(&self, behind: u64, record: Bytes) -> Published {
        match self.broken {
            Some(Broken::Unfenced) => {
                let last = self.server.last().await.unwrap_or(behind);
                self.server.publish(last, record).await
            }
            Some(Broken::Altered) if !record.is_empty() && self.below(20) == 0 => {
                let mut altered = record.to_vec();
                let place = usize::try_from(self.below(altered.len() as u64)).unwrap_or(0);
                altered[place] ^= 1;
                self.server.publish(behind, altered.into()).await
            }
            _ => self.server.publish(behind, record).await,
        }
    }

    fn strikes(&self, pick: impl Fn(&Faults) -> u32) -> bool {
        let mut chance = self.chance.lock().unwrap_or_else(PoisonError::into_inner);
        let limit = pick(&chance.1);
        limit > 0 && chance.0.next_u32() % 1_000 < limit
    }
}

impl Node {
    /// Cuts the node off from the server, or joins it again.
    pub fn cut_off(&self, is_cut_off: bool) {
        self.is_cut_off.store(is_cut_off, Ordering::Relaxed);
    }

    /// Stops the node in its tracks, as SIGSTOP does, or lets it go on as if nothing had happened.
    pub fn freeze(&self, is_frozen: bool) {
        self.is_frozen.change(|_| is_frozen);
    }

    /// A message on its way; false when it never arrives.
    async fn arrives(&self) -> bool {
        let world = &self.world;
        // Whole milliseconds: the clock knows no shorter ones, and rounds them as chance will have it.
        let mut delay = world.below(4);
        if world.strikes(|faults| faults.delayed) {
            delay += world.below(1_000);
        }
        tokio::time::sleep(Duration::from_millis(delay)).await;
        // A frozen node neither sends nor hears; what was on its way waits for it.
        let _ = self.is_frozen.wait_for(|is_frozen| !is_frozen).await;
        !self.is_cut_off.load(Ordering::Relaxed) && !world.strikes(|faults| faults.dropped)
    }

    /// A request and its answer. The request may be lost, arrive twice, or its answer be lost.
    async fn call<'a, T>(&'a self, request: impl Fn() -> BoxFuture<'a, T>) -> Result<T, BusError> {
        if !self.arrives().await {
            tokio::time::sleep(ANSWER_WAIT).await;
            let _ = self.arrives().await;
            return Err(BusError::Late(ANSWER_WAIT));
        }
        let first = request().await;
        if self.world.strikes(|faults| faults.doubled) {
            let _ = request().await;
        }
        if self.arrives().await {
            return Ok(first);
        }
        tokio::time::sleep(ANSWER_WAIT).await;
        let _ = self.arrives().await;
        Err(BusError::Late(ANSWER_WAIT))
    }
}

impl Queue for Node {
    fn backlog(&self) -> BoxFuture<'_, Result<Backlog, BusError>> {
        async move { self.call(|| self.world.server.backlog()).await? }.boxed()
    }

    fn put(&self, frame: Frame) -> BoxFuture<'_, Result<(), PutError>> {
        async move { self.call(|| self.world.server.put(frame.clone())).await? }.boxed()
    }

    fn submit(&self, frame: Frame, wait: Duration) -> BoxFuture<'_, Result<Bytes, PutError>> {
        async move {
            if !self.arrives().await {
                tokio::time::sleep(wait).await;
                return Err(BusError::Late(wait).into());
            }
            if self.world.strikes(|faults| faults.doubled) {
                self.world.server.put(frame.clone()).await?;
            }
            let answer = self.world.server.submit(frame, wait).await?;
            if self.arrives().await { Ok(answer) } else { Err(BusError::Late(wait).into()) }
        }
        .boxed()
    }

    fn take(&self, wait: Duration) -> BoxFuture<'_, Result<Option<Delivery>, BusError>> {
        async move {
            if !self.arrives().await {
                tokio::time::sleep(wait).await;
                return Ok(None);
            }
            let skip = if self.world.strikes(|faults| faults.delayed) { self.world.below(4) } else { 0 };
            let taken = self.world.server.take_any(wait, usize::try_from(skip).unwrap_or(0)).await;
            // What is lost on the way is handed out again, to this node or another.
            Ok(if self.arrives().await { taken } else { None })
        }
        .boxed()
    }

    fn stand_back(&self) -> BoxFuture<'_, ()> {
        std::future::ready(()).boxed()
    }

    fn answer<'a>(&'a self, reply_to: &'a str, answer: Bytes) -> BoxFuture<'a, Result<(), BusError>> {
        async move {
            if self.arrives().await {
                self.world.server.answer(reply_to, answer).await?;
            }
            Ok(())
        }
        .boxed()
    }

    fn working(&self, slip: Slip) -> BoxFuture<'_, Result<(), BusError>> {
        async move {
            if self.arrives().await {
                self.world.server.working(slip).await?;
            }
            Ok(())
        }
        .boxed()
    }

    /// All nodes live by the simulation's clock.
    fn clock_ahead_us(&self) -> i64 {
        0
    }

    fn done(&self, slip: Slip) -> BoxFuture<'_, Result<(), BusError>> {
        async move {
            if self.arrives().await {
                self.world.server.done(slip).await?;
            }
            Ok(())
        }
        .boxed()
    }

    fn bury<'a>(&'a self, delivery: &'a Delivery, reason: &'a str) -> BoxFuture<'a, Result<(), BusError>> {
        async move { self.call(|| self.world.server.bury(delivery, reason)).await? }.boxed()
    }
}

impl Log for Node {
    fn last(&self) -> BoxFuture<'_, Result<u64, BusError>> {
        async move { self.call(|| self.world.server.last()).await? }.boxed()
    }

    fn publish(&self, behind: u64, record: Bytes) -> BoxFuture<'_, Published> {
        async move {
            match self.call(|| self.world.store(behind, record.clone()).boxed()).await {
                // A leader that was replaced says no to what its successor has stored.
                Ok(Published::At(_)) if self.world.strikes(|faults| faults.stale) => Published::Refused,
                Ok(published) => published,
                Err(_) => Published::Unknown,
            }
        }
        .boxed()
    }

    fn read(&self, place: u64) -> BoxFuture<'_, Result<Option<Bytes>, BusError>> {
        async move {
            let found = self.call(|| self.world.server.read(place)).await??;
            let is_last = self.world.server.last().await? == place;
            Ok(if is_last && self.world.strikes(|faults| faults.stale) { None } else { found })
        }
        .boxed()
    }

    fn follow(&self, from: u64) -> BoxFuture<'_, Result<Follow, BusError>> {
        async move {
            let mut records = self.call(|| self.world.server.follow(from)).await??;
            let (sender, follow) = Follow::channel(16);
            let node = Self {
                world: Arc::clone(&self.world),
                is_cut_off: AtomicBool::new(false),
                is_frozen: Arc::clone(&self.is_frozen),
            };
            tokio::spawn(async move {
                loop {
                    let next = tokio::select! {
                        biased;
                        () = sender.closed() => return,
                        next = records.next() => next,
                    };
                    if !node.arrives().await || node.world.strikes(|faults| faults.cut) {
                        let _ = sender.send(Err(BusError::Closed)).await;
                        return;
                    }
                    let is_end = next.is_err();
                    if sender.send(next).await.is_err() || is_end {
                        return;
                    }
                }
            });
            Ok(follow)
        }
        .boxed()
    }

    fn recorded(&self, _place: u64) {}
}

impl Lease for Node {
    fn acquire<'a>(&'a self, node: &'a str) -> BoxFuture<'a, Result<Option<u64>, BusError>> {
        async move {
            if self.world.broken == Some(Broken::FreeLease) {
                return Ok(self.arrives().await.then(|| self.world.given.fetch_add(1, Ordering::Relaxed)));
            }
            self.call(|| self.world.server.acquire(node)).await?
        }
        .boxed()
    }

    fn renew<'a>(&'a self, node: &'a str, held: u64) -> BoxFuture<'a, Result<Option<u64>, BusError>> {
        async move {
            if self.world.broken == Some(Broken::FreeLease) {
                return Ok(self.arrives().await.then_some(held));
            }
            self.call(|| self.world.server.renew(node, held)).await?
        }
        .boxed()
    }

    fn release<'a>(&'a self, node: &'a str, held: u64) -> BoxFuture<'a, Result<(), BusError>> {
        async move { self.call(|| self.world.server.release(node, held)).await? }.boxed()
    }
}

impl Questions for Node {
    fn ask<'a>(&'a self, service: &'a str, asked: Asked, wait: Duration) -> BoxFuture<'a, Result<Reply, BusError>> {
        async move { self.call(|| self.world.server.ask(service, asked.clone(), wait)).await? }.boxed()
    }

    fn serve<'a>(&'a self, service: &'a str, handler: Arc<dyn Handler>) -> BoxFuture<'a, Result<(), BusError>> {
        self.world.server.serve(service, handler)
    }
}
