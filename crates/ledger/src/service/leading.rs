//! Leading: frames are taken, decided, recorded, answered and settled, in this order.

use std::collections::VecDeque;
use std::sync::Arc;

use bus::{Bus, Delivery};
use bytes::Bytes;
use tokio::sync::watch;
use tokio::time::{Duration, Instant, MissedTickBehavior};

use super::standing_by::ToLead;
use super::suspects::Suspects;
use super::{AHEAD_US_MAX, Progress, Role, Service, Status, given};
use crate::answer::Answer;
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
    let (lost, mut is_lost) = watch::channel(false);
    let (renewed, held) = watch::channel(held);
    let renewing = AbortOnDrop(tokio::spawn(renew(service.clone(), renewed, lost)));
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut suspects = Suspects::of(&service.dir);
    let mut decided = ledger.decided();
    let mut handed_over = 0;
    let mut beat: Option<Ticket> = None;
    let clock = (service.clock)();
    let mut flights: VecDeque<Flight> = VecDeque::new();
    let mut failed = None;
    let is_stopped = loop {
        progress.oldest(flights.front().map(|flight| flight.came));
        tokio::select! {
            biased;
            () = given(stop) => break true,
            () = given(&mut is_lost) => break false,
            landed = land(&mut flights), if !flights.is_empty() => match landed {
                Ok((delivery, answer)) => {
                    progress.recorded();
                    settle(&bus, delivery, answer);
                }
                Err(error) => {
                    tracing::warn!(%error, "lead");
                    failed = Some(error);
                    break false;
                }
            },
            () = until_decided(&mut decided, suspects.is_watching()) => suspects.end(),
            beaten = answered(&mut beat) => {
                beat = None;
                match beaten {
                    Ok(_) => progress.recorded(),
                    Err(error) => {
                        tracing::warn!(%error, "lead");
                        failed = Some(error);
                        break false;
                    }
                }
            }
            _ = ticks.tick() => {
                hold(&bus, &flights);
                let ahead_us = bus.clock_ahead_us();
                if ahead_us.abs() > AHEAD_US_MAX {
                    tracing::error!(
                        ahead_ms = ahead_us / 1_000,
                        "this machine's clock is too far from that of NATS to date what is recorded: somebody else has to lead \
                         until it is right; see `Clocks` in the run book"
                    );
                    break false;
                }
                let is_due = service.beat_every.is_some_and(|every| progress.since_recorded() >= every);
                if is_due && beat.is_none() && flights.is_empty() {
                    match ledger.beat().await {
                        Ok(ticket) => beat = Some(ticket),
                        Err(error) => {
                            tracing::warn!(%error, "lead");
                            failed = Some(error);
                            break false;
                        }
                    }
                }
            }
            taken = bus.take(TAKE_WAIT), if flights.len() < service.in_flight_max && suspects.is_watching().is_none() =>
                match taken {
                Ok(Some(delivery)) => {
                    // It comes again though it is on its way here: the server was not told in time. It is settled once.
                    if let Some(flight) = flights.iter_mut().find(|flight| flight.delivery.number == delivery.number) {
                        flight.delivery.slip = delivery.slip;
                        continue;
                    }
                    if suspects.is_poison(delivery.number) {
                        bury(&*bus, &delivery, "the ledger ended several times while it was decided").await;
                        suspects.end();
                        continue;
                    }
                    suspects.begin(delivery.number, delivery.attempt, handed_over + 1);
                    match begin(&*bus, &ledger, (&origin, clock.now_us()), delivery).await {
                    Ok(Some(flight)) => {
                        handed_over += 1;
                        flights.push_back(flight);
                    }
                    Ok(None) => suspects.end(),
                    Err(error) => {
                        tracing::warn!(%error, "lead");
                        failed = Some(error);
                        break false;
                    }
                    }
                }
                Ok(None) => {}
                Err(error) => {
                    tracing::debug!(%error, "take");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
        }
    };
    drop(renewing);
    bus.stand_back().await;
    if is_stopped {
        // What was decided is on its way to being recorded: let it land.
        while !flights.is_empty() {
            match tokio::time::timeout(TAKE_WAIT, land(&mut flights)).await {
                Ok(Ok((delivery, answer))) => settle(&bus, delivery, answer),
                _ => break,
            }
        }
        if beat.is_some() {
            let _ = tokio::time::timeout(TAKE_WAIT, answered(&mut beat)).await;
        }
        // Nothing of ours is on its way: whoever stands by need not wait until the lease has run out.
        let held = *held.borrow();
        if flights.is_empty()
            && let Err(error) = bus.release(&service.node, held).await
        {
            tracing::debug!(%error, "give the lease back");
        }
    }
    drop(flights);
    status.send_replace(Status { role: Role::Standby, epoch, ..Status::default() });
    let closed = close(service, ledger).await;
    if let Some(error) = failed.filter(|_| service.is_alone) {
        return Err(error);
    }
    closed.map(|()| is_stopped)
}

/// Ends a task with whatever started it.
struct AbortOnDrop(tokio::task::JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Hands a frame to the ledger; none where there is nothing to decide.
async fn begin(
    bus: &dyn Bus,
    ledger: &Ledger,
    (origin, now_us): (&str, u64),
    delivery: Delivery,
) -> Result<Option<Flight>, LedgerError> {
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
        let answer = parsed.all_late()?;
        settle_now(bus, &delivery, answer).await;
        return Ok(None);
    }
    if let Err((code, message)) = check_signature(&delivery.frame, origin, now_us) {
        tracing::warn!(code, message, "a signed frame is refused");
        if delivery.reply_to.is_none() {
            bury(bus, &delivery, &message).await;
            return Ok(None);
        }
        let answer = parsed.all_refused(code, &message, "sign the exact bytes that are sent, for this ledger")?;
        settle_now(bus, &delivery, answer).await;
        return Ok(None);
    }
    let requests = std::mem::take(&mut parsed.requests);
    let ticket = ledger.hand_over(requests, Some(Box::new(delivery.frame.clone()))).await?;
    Ok(Some(Flight { delivery, parsed, ticket, came: Instant::now() }))
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
