//! Leading: frames are taken, decided, recorded, answered and settled, in this order.

use std::collections::VecDeque;
use std::sync::Arc;

use bus::{BoxFuture, Bus, Delivery};
use bytes::Bytes;
use tokio::sync::watch;
use tokio::time::{Duration, Instant, MissedTickBehavior};

use super::standing_by::ToLead;
use super::suspects::Suspects;
use super::{AHEAD_US_MAX, Progress, Role, Service, Status, given};
use crate::answer::Answer;
use crate::clock::Clock;
use crate::frames::{self, Parsed};
use crate::opened::LedgerError;
use crate::pipeline::{Leading, Ledger, Ticket};
use crate::rights::check_signature;

/// How often it is looked after what is on its way.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long one look into the queue waits.
const TAKE_WAIT: Duration = Duration::from_secs(5);

/// A frame on its way through the ledger.
struct Flight {
    delivery: Delivery,
    parsed: Parsed,
    ticket: Ticket,
    came: Instant,
    /// From being taken to being recorded; ends with the flight.
    _span: tracing::Span,
}

/// Leads until it is stopped (true) or somebody else does (false).
pub(super) async fn run(
    service: &Service,
    ready: ToLead,
    stop: &mut watch::Receiver<bool>,
    status: &watch::Sender<Status>,
) -> Result<bool, LedgerError> {
    let ToLead { opened, epoch, behind, held } = ready;
    let bus = Arc::clone(&service.bus);
    let origin = opened.books().origin().to_owned();
    let leading = Leading { log: bus.clone(), epoch, node: service.node.clone(), behind };
    let events = opened.store.head().size();
    let ledger = Ledger::start_on(opened, (service.clock)(), Some(leading), &service.stages)?;
    let store = Some(Arc::clone(ledger.store()));
    let progress = Arc::new(Progress::default());
    let finder = ledger.finder().ok();
    let told = Some(Arc::clone(&progress));
    status.send_replace(Status { role: Role::Leader, events, epoch, finder, store, progress: told, at_end: None });
    tracing::info!(node = service.node, epoch, events, "leading");
    let (lost, is_lost) = watch::channel(false);
    let (renewed, held) = watch::channel(held);
    let renewing = AbortOnDrop(tokio::spawn(renew(service.clone(), renewed, lost)));
    let mut lead = Lead {
        service,
        decided: ledger.decided(),
        // Frames of a queue inside the process end with it.
        suspects: if service.is_alone { Suspects::default() } else { Suspects::of(&service.dir) },
        ledger,
        origin,
        clock: (service.clock)(),
        progress,
        flights: VecDeque::new(),
        handed_over: 0,
        beat: None,
    };
    let worked = lead.work(stop, is_lost).await;
    drop(renewing);
    bus.stand_back().await;
    if matches!(worked, Ok(true)) && lead.finish().await {
        // Nothing of ours is on its way: whoever stands by need not wait until the lease has run out.
        let held = *held.borrow();
        if let Err(error) = bus.release(&service.node, held).await {
            tracing::debug!(%error, "give the lease back");
        }
    }
    let Lead { ledger, flights, .. } = lead;
    drop(flights);
    status.send_replace(Status { role: Role::Standby, epoch, ..Status::default() });
    let closed = close(service, ledger).await;
    match worked {
        Ok(is_stopped) => closed.map(|()| is_stopped),
        Err(error) if service.is_alone => Err(error),
        Err(_) => closed.map(|()| false),
    }
}

/// A lead: what is on its way, and what is known of it.
struct Lead<'s> {
    service: &'s Service,
    ledger: Ledger,
    origin: String,
    clock: Box<dyn Clock>,
    progress: Arc<Progress>,
    flights: VecDeque<Flight>,
    suspects: Suspects,
    /// Frames that were handed to the ledger, and of these, the ones that are decided.
    handed_over: u64,
    decided: watch::Receiver<u64>,
    /// A record without events that is on its way.
    beat: Option<Ticket>,
}

impl Lead<'_> {
    /// Takes frames, has them decided, answers and settles, until it is stopped (true) or may lead no longer (false).
    async fn work(
        &mut self,
        stop: &mut watch::Receiver<bool>,
        mut is_lost: watch::Receiver<bool>,
    ) -> Result<bool, LedgerError> {
        let bus = Arc::clone(&self.service.bus);
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut taking = None;
        loop {
            self.progress.oldest(self.flights.front().map(|flight| flight.came));
            // Begun once and waited for through all else that happens: what it does first may take a while.
            let is_room = self.flights.len() < self.service.in_flight_max && self.suspects.is_watching().is_none();
            if is_room && taking.is_none() {
                taking = Some(bus.take(TAKE_WAIT));
            }
            tokio::select! {
                biased;
                () = given(stop) => return Ok(true),
                () = given(&mut is_lost) => return Ok(false),
                landed = land(&mut self.flights), if !self.flights.is_empty() => {
                    let (delivery, answer) = landed.inspect_err(|error| tracing::warn!(%error, "lead"))?;
                    self.progress.recorded();
                    settle(&bus, delivery, answer);
                }
                () = until_decided(&mut self.decided, self.suspects.is_watching()) => self.suspects.end(),
                beaten = answered(&mut self.beat) => {
                    self.beat = None;
                    beaten.inspect_err(|error| tracing::warn!(%error, "lead"))?;
                    self.progress.recorded();
                }
                _ = ticks.tick() => {
                    if !self.look().await? {
                        return Ok(false);
                    }
                }
                taken = next(&mut taking), if is_room => {
                    taking = None;
                    match taken {
                        Ok(Some(delivery)) => self.take(delivery).await?,
                        Ok(None) => {}
                        Err(error) => {
                            tracing::debug!(%error, "take");
                            tokio::time::sleep(Duration::from_millis(50)).await;
                        }
                    }
                }
            }
        }
    }

    /// Holds what is on its way, writes that it works where it has been silent; false where it may lead no longer.
    async fn look(&mut self) -> Result<bool, LedgerError> {
        hold(&self.service.bus, &self.flights);
        let ahead_us = self.service.bus.clock_ahead_us();
        if ahead_us.abs() > AHEAD_US_MAX {
            tracing::error!(
                ahead_ms = ahead_us / 1_000,
                "this machine's clock is too far from that of NATS to date what is recorded: somebody else has to lead until it \
                 is right; see `Clocks` in the run book"
            );
            return Ok(false);
        }
        let is_due = self.service.beat_every.is_some_and(|every| self.progress.since_recorded() >= every);
        if is_due && self.beat.is_none() && self.flights.is_empty() {
            self.beat = Some(self.ledger.beat().await?);
        }
        Ok(true)
    }

    /// Has a frame decided, unless it is on its way already, or has ended the ledger too often.
    async fn take(&mut self, delivery: Delivery) -> Result<(), LedgerError> {
        // It comes again though it is on its way here: the server was not told in time. It is settled once.
        if let Some(flight) = self.flights.iter_mut().find(|flight| flight.delivery.number == delivery.number) {
            flight.delivery.slip = delivery.slip;
            return Ok(());
        }
        if self.suspects.is_poison(delivery.number) {
            bury(&*self.service.bus, &delivery, "the ledger ended several times while it was decided").await;
            self.suspects.clear(delivery.number);
            return Ok(());
        }
        self.suspects.begin(delivery.number, delivery.attempt, self.handed_over + 1);
        match self.begin(delivery).await.inspect_err(|error| tracing::warn!(%error, "lead"))? {
            Some(flight) => {
                self.handed_over += 1;
                self.flights.push_back(flight);
            }
            None => self.suspects.end(),
        }
        Ok(())
    }

    /// Hands a frame to the ledger; none where there is nothing to decide.
    async fn begin(&mut self, delivery: Delivery) -> Result<Option<Flight>, LedgerError> {
        let bus = &*self.service.bus;
        let now_us = self.clock.now_us();
        if delivery.frame.bytes.len() > bus::Frame::BYTES_MAX {
            bury(bus, &delivery, "a frame of more than 1 MiB").await;
            return Ok(None);
        }
        let mut parsed = frames::parse(&delivery.frame);
        if delivery.frame.deadline_us.is_some_and(|deadline| deadline < now_us) {
            if delivery.reply_to.is_none() {
                // Nobody waits to hear it: it is kept for people to look at, and to post again.
                bury(bus, &delivery, "its deadline had passed before it was decided").await;
                return Ok(None);
            }
            settle_now(bus, &delivery, parsed.all_late()?).await;
            return Ok(None);
        }
        if let Err((code, message)) = check_signature(&delivery.frame, &self.origin, now_us) {
            tracing::warn!(code, message, "a signed frame is refused");
            if delivery.reply_to.is_none() {
                bury(bus, &delivery, &message).await;
                return Ok(None);
            }
            let answer = parsed.all_refused(code, &message, "sign the exact bytes that are sent, for this ledger")?;
            settle_now(bus, &delivery, answer).await;
            return Ok(None);
        }
        let asked = std::mem::take(&mut parsed.asked);
        let span = tracing::info_span!(
            "record",
            commands = asked.iter().map(crate::answer::Asked::count).sum::<usize>(),
            attempt = delivery.attempt
        );
        (self.service.follow)(&span, delivery.frame.traceparent.as_deref());
        let ticket = self.ledger.hand_over(asked, Some(Box::new(delivery.frame.clone()))).await?;
        Ok(Some(Flight { delivery, parsed, ticket, came: Instant::now(), _span: span }))
    }

    /// What was decided is on its way to being recorded: lets it land. False where some did not.
    async fn finish(&mut self) -> bool {
        while !self.flights.is_empty() {
            match tokio::time::timeout(TAKE_WAIT, land(&mut self.flights)).await {
                Ok(Ok((delivery, answer))) => settle(&self.service.bus, delivery, answer),
                _ => return false,
            }
        }
        self.beat.is_none() || tokio::time::timeout(TAKE_WAIT, answered(&mut self.beat)).await.is_ok()
    }
}

/// Ends a task with whatever started it.
struct AbortOnDrop(tokio::task::JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What is being taken; for ever where nothing is.
async fn next<T>(taking: &mut Option<BoxFuture<'_, T>>) -> T {
    match taking {
        Some(taking) => taking.await,
        None => std::future::pending().await,
    }
}

/// Waits until so many frames are decided; for ever where it does not matter.
async fn until_decided(decided: &mut watch::Receiver<u64>, wanted: Option<u64>) {
    match wanted {
        // A ledger that stops says so elsewhere.
        Some(wanted) if decided.wait_for(|decided| *decided >= wanted).await.is_ok() => {}
        _ => std::future::pending().await,
    }
}

/// Waits for an answer that is due; for ever where none is.
async fn answered(ticket: &mut Option<Ticket>) -> Result<Vec<Answer>, LedgerError> {
    match ticket {
        Some(ticket) => ticket.ready().await,
        None => std::future::pending().await,
    }
}

/// What is on its way is not handed out again, however long the commit log takes.
fn hold(bus: &Arc<dyn Bus>, flights: &VecDeque<Flight>) {
    let slips: Vec<_> = flights.iter().map(|flight| flight.delivery.slip.clone()).collect();
    if slips.is_empty() {
        return;
    }
    let bus = Arc::clone(bus);
    tokio::spawn(async move {
        for slip in slips {
            if let Err(error) = bus.working(slip).await {
                tracing::debug!(%error, "hold what is on its way");
                return;
            }
        }
    });
}

/// Waits for the first frame that was handed over.
async fn land(flights: &mut VecDeque<Flight>) -> Result<(Delivery, Bytes), LedgerError> {
    // The ticket stays in its place until it is answered: this future may be dropped while it waits.
    let answers = match flights.front_mut() {
        Some(flight) => flight.ticket.ready().await?,
        None => std::future::pending().await,
    };
    let Some(Flight { delivery, parsed, .. }) = flights.pop_front() else { return Err(LedgerError::Stopped) };
    Ok((delivery, parsed.verdicts(answers)?))
}

/// Answers and settles, beside the loop: nobody waits for it, and a frame that comes again is answered the same.
fn settle(bus: &Arc<dyn Bus>, delivery: Delivery, answer: Bytes) {
    let bus = Arc::clone(bus);
    tokio::spawn(async move { settle_now(&*bus, &delivery, answer).await });
}

async fn settle_now(bus: &dyn Bus, delivery: &Delivery, answer: Bytes) {
    if let Some(reply_to) = &delivery.reply_to
        && let Err(error) = bus.answer(reply_to, answer).await
    {
        tracing::debug!(%error, "answer");
    }
    if let Err(error) = bus.done(delivery.slip.clone()).await {
        tracing::debug!(%error, "settle");
    }
}

async fn bury(bus: &dyn Bus, delivery: &Delivery, reason: &str) {
    tracing::warn!(reason, "a frame is put aside");
    if let Err(error) = bus.bury(delivery, reason).await {
        tracing::warn!(%error, "put a frame aside");
    }
}

/// Renews the lease until it is lost. A bus that does not answer is asked again: whether we may still write is decided where
/// we write.
async fn renew(service: Service, held: watch::Sender<u64>, lost: watch::Sender<bool>) {
    let mut ticks = tokio::time::interval(service.renew_every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let now = *held.borrow();
        match service.bus.renew(&service.node, now).await {
            Ok(Some(next)) => {
                held.send_replace(next);
            }
            // Somebody may have led meanwhile, and we would not know before we write: follow, and take over anew.
            Ok(None) => {
                lost.send_replace(true);
                return;
            }
            Err(error) => tracing::debug!(%error, "renew"),
        }
    }
}

/// Closing waits for the disk: not on a thread that others wait for.
async fn close(service: &Service, ledger: Ledger) -> Result<(), LedgerError> {
    if matches!(service.stages, crate::pipeline::Stages::Tasks) {
        drop(ledger);
        // Tasks that were ended are dropped when the runtime comes to them, and with them their hold on the folder.
        tokio::task::yield_now().await;
        return Ok(());
    }
    let closed = tokio::task::spawn_blocking(move || ledger.close()).await;
    closed.unwrap_or(Err(LedgerError::Stopped))
}
