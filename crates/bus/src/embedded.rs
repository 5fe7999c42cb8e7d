//! The bus inside one process. Its queue and its lease live as long as the process; what has to outlive it is on the disk of
//! the ledger, which is why the log shows nobody what the ledger has not recorded.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt};
use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

use crate::error::BusError;
use crate::frame::Frame;
use crate::lease::Lease;
use crate::log::{Committed, Follow, Log, Published};
use crate::questions::{Asked, Handler, Questions, Reply};
use crate::queue::{Backlog, Delivery, PutError, Queue, Slip};
use crate::signal::Signal;

/// How a bus inside a process behaves.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Frames that may wait.
    pub queue_frames_max: usize,
    /// After this time a frame that is not settled is handed out again.
    pub redeliver_after: Duration,
    /// How long a lease stands without being renewed; until it is given back where there is none: whoever has the bus for
    /// itself loses no lease to a busy machine.
    pub lease: Option<Duration>,
    /// Bytes of records kept for whoever follows.
    pub log_bytes_max: usize,
    /// Records are shown once they are said to be recorded; otherwise at once, as by a log that is itself on disk.
    pub shows_recorded_only: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            queue_frames_max: 4_096,
            redeliver_after: Duration::from_secs(60),
            lease: Some(Duration::from_millis(1_500)),
            log_bytes_max: 64 << 20,
            shows_recorded_only: true,
        }
    }
}

struct Waiting {
    frame: Frame,
    reply_to: Option<String>,
    attempt: u64,
}

#[derive(Default)]
struct Frames {
    ready: VecDeque<(u64, Waiting)>,
    handed_out: BTreeMap<u64, (Instant, Waiting)>,
    next: u64,
    buried: Vec<(Frame, String)>,
    replies: HashMap<String, oneshot::Sender<Bytes>>,
}

struct Records {
    /// Place before the first that is kept.
    before: u64,
    kept: VecDeque<Bytes>,
    bytes: usize,
    recorded: u64,
}

impl Records {
    fn last(&self) -> u64 {
        self.before + self.kept.len() as u64
    }

    fn get(&self, place: u64) -> Option<&Bytes> {
        self.kept.get(usize::try_from(place.checked_sub(self.before + 1)?).ok()?)
    }
}

struct Held {
    node: String,
    number: u64,
    until: Option<Instant>,
}

impl Held {
    fn stands(&self) -> bool {
        self.until.is_none_or(|until| until > Instant::now())
    }
}

/// See the module.
pub struct Embedded {
    limits: Limits,
    frames: Mutex<Frames>,
    came: Notify,
    records: Arc<Mutex<Records>>,
    /// The last place that may be seen.
    shown: Arc<Signal<u64>>,
    lease: Mutex<(u64, Option<Held>)>,
    services: Mutex<HashMap<String, Arc<dyn Handler>>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// For simulations.
#[cfg(feature = "simulated")]
impl Embedded {
    /// Throws away the last records, as a power cut does to a log that does not sync.
    pub(crate) fn lose(&self, count: u64) -> u64 {
        let mut records = lock(&self.records);
        let keep = records.kept.len().saturating_sub(usize::try_from(count).unwrap_or(usize::MAX));
        let lost = records.kept.len() - keep;
        records.kept.truncate(keep);
        records.bytes = records.kept.iter().map(Bytes::len).sum();
        records.recorded = records.recorded.min(records.last());
        let last = records.last();
        self.shown.change(|shown| shown.min(last));
        lost as u64
    }

    /// All records that are kept.
    pub(crate) fn kept(&self) -> Vec<Bytes> {
        lock(&self.records).kept.iter().cloned().collect()
    }
}

impl Embedded {
    /// A bus whose log goes on behind a place: the last one that the ledger has recorded.
    #[must_use]
    pub fn new(limits: Limits, last: u64) -> Self {
        let records = Records { before: last, kept: VecDeque::new(), bytes: 0, recorded: last };
        Self {
            limits,
            frames: Mutex::default(),
            came: Notify::new(),
            records: Arc::new(Mutex::new(records)),
            shown: Arc::new(Signal::new(last)),
            lease: Mutex::default(),
            services: Mutex::default(),
        }
    }

    /// Frames that nobody could read, and why.
    #[must_use]
    pub fn buried(&self) -> Vec<(Frame, String)> {
        lock(&self.frames).buried.clone()
    }

    /// Frames that wait or are handed out.
    #[must_use]
    pub fn queued(&self) -> usize {
        let frames = lock(&self.frames);
        frames.ready.len() + frames.handed_out.len()
    }

    /// Hands the frames out anew whose time is over.
    fn redeliver(&self, frames: &mut Frames) {
        let now = Instant::now();
        while let Some((&number, (at, _))) = frames.handed_out.iter().min_by_key(|(_, (at, _))| *at)
            && now.duration_since(*at) >= self.limits.redeliver_after
            && let Some((_, waiting)) = frames.handed_out.remove(&number)
        {
            frames.ready.push_front((number, waiting));
        }
    }

    fn try_take(&self, skip: usize) -> Option<Delivery> {
        let mut frames = lock(&self.frames);
        self.redeliver(&mut frames);
        if frames.ready.is_empty() {
            return None;
        }
        let at = skip % frames.ready.len();
        let (number, mut waiting) = frames.ready.remove(at)?;
        waiting.attempt += 1;
        let delivery = Delivery {
            frame: waiting.frame.clone(),
            reply_to: waiting.reply_to.clone(),
            attempt: waiting.attempt,
            number,
            slip: Slip(number.to_string()),
        };
        frames.handed_out.insert(number, (Instant::now(), waiting));
        Some(delivery)
    }

    /// Takes a frame that waits, not always the first. For simulations.
    pub(crate) async fn take_any(&self, wait: Duration, skip: usize) -> Option<Delivery> {
        let end = Instant::now() + wait;
        loop {
            let came = self.came.notified();
            if let Some(delivery) = self.try_take(skip) {
                return Some(delivery);
            }
            let again = lock(&self.frames).handed_out.values().map(|(at, _)| *at + self.limits.redeliver_after).min();
            let until = again.map_or(end, |again| again.min(end));
            if tokio::time::timeout_at(until, came).await.is_err() && until == end {
                return self.try_take(skip);
            }
        }
    }

    fn try_put(&self, frame: Frame, reply: Option<oneshot::Sender<Bytes>>) -> Result<(), PutError> {
        let mut frames = lock(&self.frames);
        if frames.ready.len() + frames.handed_out.len() >= self.limits.queue_frames_max {
            return Err(PutError::Full);
        }
        let number = frames.next;
        frames.next += 1;
        let reply_to = reply.map(|reply| {
            let name = number.to_string();
            frames.replies.insert(name.clone(), reply);
            name
        });
        frames.ready.push_back((number, Waiting { frame, reply_to, attempt: 0 }));
        drop(frames);
        self.came.notify_one();
        Ok(())
    }

    fn lease_end(&self) -> Option<Instant> {
        self.limits.lease.map(|lease| Instant::now() + lease)
    }

    fn show(&self, place: u64) {
        self.shown.change(|shown| shown.max(place));
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        self.shown.close();
    }
}

impl Queue for Embedded {
    fn backlog(&self) -> BoxFuture<'_, Result<Backlog, BusError>> {
        let backlog = Backlog { frames: self.queued() as u64, buried: lock(&self.frames).buried.len() as u64 };
        std::future::ready(Ok(backlog)).boxed()
    }

    fn put(&self, frame: Frame) -> BoxFuture<'_, Result<(), PutError>> {
        std::future::ready(self.try_put(frame, None)).boxed()
    }

    fn submit(&self, frame: Frame, wait: Duration) -> BoxFuture<'_, Result<Bytes, PutError>> {
        async move {
            let (sender, answer) = oneshot::channel();
            self.try_put(frame, Some(sender))?;
            let answer = tokio::time::timeout(wait, answer).await.map_err(|_| BusError::Late(wait))?;
            answer.map_err(|_| BusError::Closed.into())
        }
        .boxed()
    }

    fn take(&self, wait: Duration) -> BoxFuture<'_, Result<Option<Delivery>, BusError>> {
        async move { Ok(self.take_any(wait, 0).await) }.boxed()
    }

    fn stand_back(&self) -> BoxFuture<'_, ()> {
        let mut frames = lock(&self.frames);
        let handed_out = std::mem::take(&mut frames.handed_out);
        for (number, (_, waiting)) in handed_out.into_iter().rev() {
            frames.ready.push_front((number, waiting));
        }
        drop(frames);
        self.came.notify_one();
        std::future::ready(()).boxed()
    }

    fn answer<'a>(&'a self, reply_to: &'a str, answer: Bytes) -> BoxFuture<'a, Result<(), BusError>> {
        if let Some(waiting) = lock(&self.frames).replies.remove(reply_to) {
            // Whoever asked may have gone away.
            let _ = waiting.send(answer);
        }
        std::future::ready(Ok(())).boxed()
    }

    fn working(&self, slip: Slip) -> BoxFuture<'_, Result<(), BusError>> {
        if let Ok(number) = slip.0.parse::<u64>()
            && let Some((at, _)) = lock(&self.frames).handed_out.get_mut(&number)
        {
            *at = Instant::now();
        }
        std::future::ready(Ok(())).boxed()
    }

    /// One process, one clock.
    fn clock_ahead_us(&self) -> i64 {
        0
    }

    fn done(&self, slip: Slip) -> BoxFuture<'_, Result<(), BusError>> {
        if let Ok(number) = slip.0.parse::<u64>() {
            let mut frames = lock(&self.frames);
            frames.handed_out.remove(&number);
            // It may have been handed out again meanwhile, and wait once more.
            if let Some(at) = frames.ready.iter().position(|(ready, _)| *ready == number) {
                frames.ready.remove(at);
            }
            // An answer that was given has taken its sender out of the list; without one nobody waits any more.
            frames.replies.remove(&slip.0);
        }
        std::future::ready(Ok(())).boxed()
    }

    fn bury<'a>(&'a self, delivery: &'a Delivery, reason: &'a str) -> BoxFuture<'a, Result<(), BusError>> {
        lock(&self.frames).buried.push((delivery.frame.clone(), reason.to_owned()));
        self.done(delivery.slip.clone())
    }
}

impl Log for Embedded {
    fn last(&self) -> BoxFuture<'_, Result<u64, BusError>> {
        std::future::ready(Ok(lock(&self.records).last())).boxed()
    }

    fn publish(&self, behind: u64, record: Bytes) -> BoxFuture<'_, Published> {
        let mut records = lock(&self.records);
        if records.last() != behind {
            return std::future::ready(Published::Refused).boxed();
        }
        records.bytes += record.len();
        records.kept.push_back(record);
        while records.bytes > self.limits.log_bytes_max && records.before < records.recorded {
            let Some(oldest) = records.kept.pop_front() else { break };
            records.bytes -= oldest.len();
            records.before += 1;
        }
        let place = records.last();
        drop(records);
        if !self.limits.shows_recorded_only {
            self.show(place);
        }
        std::future::ready(Published::At(place)).boxed()
    }

    fn read(&self, place: u64) -> BoxFuture<'_, Result<Option<Bytes>, BusError>> {
        let records = lock(&self.records);
        let found = if place <= records.before { Err(BusError::Gone(place)) } else { Ok(records.get(place).cloned()) };
        std::future::ready(found).boxed()
    }

    fn follow(&self, from: u64) -> BoxFuture<'_, Result<Follow, BusError>> {
        let shown = Arc::clone(&self.shown);
        let (sender, follow) = Follow::channel(16);
        // The task keeps the records, not the bus: it ends when either side is gone.
        let kept = Arc::clone(&self.records);
        let read = move |place| {
            let records = lock(&kept);
            let record = records.get(place).cloned().ok_or(BusError::Gone(place))?;
            Ok(Committed { place, record })
        };
        tokio::spawn(async move {
            let mut place = from.max(1);
            loop {
                let until = tokio::select! {
                    biased;
                    () = sender.closed() => return,
                    until = shown.wait_for(|shown| shown >= place) => match until { Some(until) => until, None => return },
                };
                while place <= until {
                    let result = read(place);
                    let is_end = result.is_err();
                    if sender.send(result).await.is_err() || is_end {
                        return;
                    }
                    place += 1;
                }
            }
        });
        std::future::ready(Ok(follow)).boxed()
    }

    fn recorded(&self, place: u64) {
        let mut records = lock(&self.records);
        records.recorded = records.recorded.max(place);
        drop(records);
        self.show(place);
    }
}

impl Lease for Embedded {
    fn acquire<'a>(&'a self, node: &'a str) -> BoxFuture<'a, Result<Option<u64>, BusError>> {
        let mut lease = lock(&self.lease);
        // A lease without an end is taken anew by who holds it: it is this process, which has begun anew.
        let is_kept = |held: &Held| held.stands() && (held.until.is_some() || held.node != node);
        if lease.1.as_ref().is_some_and(is_kept) {
            return std::future::ready(Ok(None)).boxed();
        }
        lease.0 += 1;
        let number = lease.0;
        lease.1 = Some(Held { node: node.to_owned(), number, until: self.lease_end() });
        std::future::ready(Ok(Some(number))).boxed()
    }

    fn renew<'a>(&'a self, node: &'a str, held: u64) -> BoxFuture<'a, Result<Option<u64>, BusError>> {
        let mut lease = lock(&self.lease);
        let next = lease.0 + 1;
        let renewed = match lease.1.as_mut() {
            Some(found) if found.node == node && found.number == held && found.stands() => {
                found.number = next;
                found.until = self.lease_end();
                lease.0 = next;
                Some(next)
            }
            _ => None,
        };
        std::future::ready(Ok(renewed)).boxed()
    }

    fn release<'a>(&'a self, node: &'a str, held: u64) -> BoxFuture<'a, Result<(), BusError>> {
        let mut lease = lock(&self.lease);
        if lease.1.as_ref().is_some_and(|found| found.node == node && found.number == held) {
            lease.1 = None;
        }
        std::future::ready(Ok(())).boxed()
    }
}

impl Questions for Embedded {
    fn ask<'a>(&'a self, service: &'a str, asked: Asked, wait: Duration) -> BoxFuture<'a, Result<Reply, BusError>> {
        async move {
            let handler = lock(&self.services).get(service).cloned();
            let nobody = || BusError::unavailable("ask a service", format!("nobody answers for `{service}`"));
            let handler = handler.ok_or_else(nobody)?;
            tokio::time::timeout(wait, handler.handle(asked)).await.map_err(|_| BusError::Late(wait))
        }
        .boxed()
    }

    fn serve<'a>(&'a self, service: &'a str, handler: Arc<dyn Handler>) -> BoxFuture<'a, Result<(), BusError>> {
        lock(&self.services).insert(service.to_owned(), handler);
        std::future::ready(Ok(())).boxed()
    }
}
