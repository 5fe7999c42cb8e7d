//! Following the commit log until the lease is free and this ledger may lead.

use std::time::Duration;

use bus::{Bus, BusError, Follow};
use store::Store;
use tokio::sync::watch;

use super::following::{is_passing, kept, place_of, step};
use super::{AHEAD_US_MAX, Role, Service, Status};
use crate::follower::Follower;
use crate::opened::{LedgerError, Opened};
use crate::order::Order;
use crate::record::{NotAppended, Record, Waits, append};

/// Bytes of events in a record that is written again.
const AGAIN_BYTES: usize = 512 << 10;
/// Bytes of signed frames in one of them.
const ORDER_BYTES_AGAIN: usize = 3 << 20;

/// How long the next record of a log that is not at its end is waited for.
const CATCH_UP_WAIT: Duration = Duration::from_secs(2);

/// How often a free lease is looked for: silence after a planned stop is about as long.
const TRY_EVERY: Duration = Duration::from_millis(150);

/// What a ledger needs to lead.
pub(super) struct ToLead {
    pub(super) opened: Opened,
    pub(super) epoch: u64,
    pub(super) behind: u64,
    /// The number with which the lease is renewed next.
    pub(super) held: u64,
}

/// Follows until this ledger leads; `None` when it is stopped.
pub(super) async fn run(
    service: &Service,
    opened: Opened,
    stop: &mut watch::Receiver<bool>,
    status: &watch::Sender<Status>,
) -> Result<Option<ToLead>, LedgerError> {
    let mut follower = Follower::new(opened)?;
    let end = follower.end();
    let mut waits = Waits::default();
    let try_every = TRY_EVERY.min(service.renew_every);
    let mut last_try = tokio::time::Instant::now() - try_every;
    let mut follow: Option<Follow> = None;
    loop {
        if *stop.borrow() {
            follower.publish()?;
            return Ok(None);
        }
        if let Err(error) = step(&*service.bus, &mut follower, &mut follow, stop).await {
            if !is_passing(&error) {
                return Err(error);
            }
            tracing::debug!(%error, "follow");
            follow = None;
            waits.wait().await;
            continue;
        }
        waits = Waits::default();
        let events = follower.size();
        let at_end = *end.borrow();
        status.send_if_modified(|status| {
            let is_news = status.events != events || status.at_end.is_some() != at_end.is_some();
            *status = Status { role: Role::Standby, events, epoch: follower.epoch(), at_end, ..Status::default() };
            is_news
        });
        // A copy that has nothing yet must not begin a history of its own.
        if follower.size() == 0 || last_try.elapsed() < try_every {
            continue;
        }
        last_try = tokio::time::Instant::now();
        if service.bus.clock_ahead_us().abs() > AHEAD_US_MAX {
            continue;
        }
        let Ok(Some(token)) = service.bus.acquire(&service.node).await else { continue };
        tracing::info!(node = service.node, epoch = token, "took the lease");
        match take_over(service, &mut follower, token).await? {
            Taken::Leads { behind, held } => {
                let opened = follower.into_opened()?;
                return Ok(Some(ToLead { opened, epoch: token, behind, held }));
            }
            Taken::NotYet => follow = None,
        }
    }
}

enum Taken {
    Leads { behind: u64, held: u64 },
    NotYet,
}

/// With the lease in hand: the log is read to its end, what it lost is written again, and the epoch begins.
async fn take_over(service: &Service, follower: &mut Follower, token: u64) -> Result<Taken, LedgerError> {
    let bus = &*service.bus;
    let mut held = token;
    let mut renewed = tokio::time::Instant::now();
    loop {
        if renewed.elapsed() >= service.renew_every {
            match bus.renew(&service.node, held).await {
                Ok(Some(next)) => held = next,
                Ok(None) | Err(_) => return Ok(Taken::NotYet),
            }
            renewed = tokio::time::Instant::now();
        }
        let result = catch_up(bus, follower, token, &service.node).await;
        match result {
            Ok(false) => continue,
            Ok(true) => {}
            Err(error) if is_passing(&error) => {
                tracing::debug!(%error, "take over");
                return Ok(Taken::NotYet);
            }
            Err(error) => return Err(error),
        }
        if follower.epoch() > token {
            // Somebody with a later lease has begun to lead meanwhile.
            return Ok(Taken::NotYet);
        }
        let behind = follower.place();
        let size = follower.size();
        let root = follower.root().ok_or(LedgerError::Stopped)?;
        let first = Record::empty(token, &service.node, size, root);
        match append(bus, behind, &first.encode()).await {
            Ok(behind) => return Ok(Taken::Leads { behind, held }),
            Err(NotAppended::Fenced | NotAppended::Shortened) => {}
        }
    }
}

/// A stretch of the way towards the end of the log; true when it is reached.
async fn catch_up(bus: &dyn Bus, follower: &mut Follower, epoch: u64, node: &str) -> Result<bool, LedgerError> {
    place_of(bus, follower).await?;
    let last = bus.last().await?;
    if follower.place() < last {
        let mut follow = bus.follow(follower.place() + 1).await?;
        while follower.place() < last {
            match tokio::time::timeout(CATCH_UP_WAIT, follow.next()).await {
                Ok(record) => follower.apply(&record?)?,
                // Said to be there, and not read: a copy that lags.
                Err(_) => break,
            }
        }
        return Ok(false);
    }
    if bus.read(follower.place() + 1).await?.is_some() {
        return Ok(false);
    }
    let end = end_of(bus, follower).await?;
    if end < follower.size() && follower.epoch() <= epoch {
        write_again(bus, follower, end, epoch, node).await?;
        return Ok(false);
    }
    Ok(true)
}

/// Size of the log after the record at the follower's place, or the last one before it.
async fn end_of(bus: &dyn Bus, follower: &Follower) -> Result<u64, LedgerError> {
    let place = follower.place();
    if place == 0 {
        return Ok(0);
    }
    match kept(bus, place).await? {
        Some(record) => Ok(record.end()),
        // A bus inside the process begins where the log here ends; on another there is no record yet.
        None => match bus.read(place).await {
            Err(BusError::Gone(_)) => Ok(follower.size()),
            _ => Ok(0),
        },
    }
}

/// The signed frames of a record, as many as fit into a message: they are kept here in any case.
fn orders_of(store: &Store, record: &Record) -> Result<Vec<Order>, LedgerError> {
    let mut orders = Order::among(store, record.first..record.end())?;
    let mut left = ORDER_BYTES_AGAIN;
    let fits = orders.iter().take_while(|order| {
        let bytes = order.frame.len() + 256;
        let fits = bytes <= left;
        left = left.saturating_sub(bytes);
        fits
    });
    let fits = fits.count();
    if fits < orders.len() {
        tracing::warn!(from = record.first, left_out = orders.len() - fits, "signed frames do not fit into the record");
        orders.truncate(fits);
    }
    Ok(orders)
}

/// Writes events that are recorded here and missing in the commit log into it again, in order.
async fn write_again(
    bus: &dyn Bus,
    follower: &mut Follower,
    from: u64,
    epoch: u64,
    node: &str,
) -> Result<(), LedgerError> {
    let store = std::sync::Arc::clone(follower.store());
    let mut records: Vec<Record> = Vec::new();
    store.scan_blocks(from, |block| match records.last_mut() {
        Some(record) if record.bundle.len() + block.bundle.len() <= AGAIN_BYTES => {
            record.bundle.extend_from_slice(block.bundle);
            record.count += block.count;
        }
        _ => records.push(Record {
            count: block.count,
            bundle: block.bundle.to_vec(),
            // Its roots are found below, where it is known where it ends.
            ..Record::empty(epoch, node, block.first, [0; 32])
        }),
    })?;
    let mut root_before = match follower.place() {
        0 => chain::Frontier::default().root(),
        place => kept(bus, place).await?.map_or_else(|| chain::Frontier::default().root(), |record| record.root),
    };
    let events = follower.size() - from;
    match from {
        0 => tracing::info!(events, "writing the history into the commit log, which has none of it"),
        _ => tracing::warn!(from, events, "writing to the commit log again what it lost"),
    }
    for mut record in records {
        // Records end where blocks end, and there the log here knows its root.
        record.root = store.root_at(record.end())?.ok_or(LedgerError::Diverged { size: record.end() })?;
        record.orders = orders_of(&store, &record)?;
        record.root_before = root_before;
        root_before = record.root;
        match append(bus, follower.place(), &record.encode()).await {
            Ok(place) => follower.set_place(place),
            // Somebody else writes: look again.
            Err(_) => return Ok(()),
        }
    }
    Ok(())
}
