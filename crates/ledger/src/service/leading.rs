//! Leading: frames are taken, decided, recorded, answered and settled, in this order.

use std::collections::VecDeque;
use std::sync::Arc;

use bus::{Bus, Delivery};
use bytes::Bytes;
use tokio::sync::watch;
use tokio::time::{Duration, MissedTickBehavior};

use super::standing_by::ToLead;
use super::{Role, Service, Status, given};
use crate::frames::{self, Parsed};
use crate::opened::LedgerError;
use crate::pipeline::{Leading, Ledger, Ticket};
use crate::rights::check_signature;

/// A frame that nobody could settle after so many attempts is put aside: it may be what stops the ledger.
const ATTEMPTS_MAX: u64 = 50;
/// How long one look into the queue waits.
const TAKE_WAIT: Duration = Duration::from_secs(5);

/// A frame on its way through the ledger.
struct Flight {
    delivery: Delivery,
    parsed: Parsed,
    ticket: Ticket,
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
    status.send_replace(Status { role: Role::Leader, events, epoch, finder: ledger.finder().ok(), store });
    tracing::info!(node = service.node, epoch, events, "leading");
    let (lost, mut is_lost) = watch::channel(false);
    let renewing = AbortOnDrop(tokio::spawn(renew(service.clone(), held, lost)));
    let clock = (service.clock)();
    let mut flights: VecDeque<Flight> = VecDeque::new();
    let mut failed = None;
    let is_stopped = loop {
        tokio::select! {
            biased;
            () = given(stop) => break true,
            () = given(&mut is_lost) => break false,
            landed = land(&mut flights), if !flights.is_empty() => match landed {
                Ok((delivery, answer)) => settle(&bus, delivery, answer),
                Err(error) => {
                    tracing::warn!(%error, "lead");
                    failed = Some(error);
                    break false;
                }
            },
            taken = bus.take(TAKE_WAIT), if flights.len() < service.in_flight_max => match taken {
                Ok(Some(delivery)) => match begin(&*bus, &ledger, (&origin, clock.now_us()), delivery).await {
                    Ok(flight) => flights.extend(flight),
                    Err(error) => {
                        tracing::warn!(%error, "lead");
                        failed = Some(error);
                        break false;
                    }
                },
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
    if delivery.attempt > ATTEMPTS_MAX {
        bury(bus, &delivery, &format!("handed out {} times and never settled", delivery.attempt)).await;
        return Ok(None);
    }
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
        let answer = parsed.all_refused("late", "the deadline has passed", "post it again with a later deadline")?;
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
    Ok(Some(Flight { delivery, parsed, ticket }))
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
async fn renew(service: Service, mut held: u64, lost: watch::Sender<bool>) {
    let mut ticks = tokio::time::interval(service.renew_every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match service.bus.renew(&service.node, held).await {
            Ok(Some(next)) => held = next,
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
