//! Following the commit log: from the place up to which both sides say the same.

use std::sync::Arc;
use std::time::Duration;

use bus::{Bus, BusError, Follow};
use tokio::sync::watch;

use super::given;
use crate::clock::{Clock as _, SystemClock};
use crate::follower::Follower;
use crate::opened::LedgerError;
use crate::record::{Record, Waits, agrees};

/// How long one look for the next record waits.
const NEWS_WAIT: Duration = Duration::from_millis(200);

/// Follows the commit log until it is stopped: the read side of a service.
///
/// # Errors
/// When the folder cannot be written, or what it holds and the commit log contradict each other. A bus that does not
/// answer is waited for.
pub async fn follow(
    bus: Arc<dyn Bus>,
    mut follower: Follower,
    mut stop: watch::Receiver<bool>,
) -> Result<(), LedgerError> {
    let mut waits = Waits::default();
    let mut follow = None;
    while !*stop.borrow() {
        match step(&*bus, &mut follower, &mut follow, &mut stop).await {
            Ok(()) => waits = Waits::default(),
            Err(error) if is_passing(&error) => {
                tracing::debug!(%error, "follow");
                follow = None;
                waits.wait().await;
            }
            Err(error) => return Err(error),
        }
    }
    follower.publish()
}

/// Is it the bus, which is asked again, and not what is recorded?
pub(super) fn is_passing(error: &LedgerError) -> bool {
    matches!(error, LedgerError::Bus(_) | LedgerError::Gap { .. })
}

/// Applies what has come, or waits a little for it.
pub(super) async fn step(
    bus: &dyn Bus,
    follower: &mut Follower,
    follow: &mut Option<Follow>,
    stop: &mut watch::Receiver<bool>,
) -> Result<(), LedgerError> {
    let following = match follow {
        Some(following) => following,
        None => {
            place_of(bus, follower).await?;
            follow.insert(bus.follow(follower.place() + 1).await?)
        }
    };
    let next = tokio::select! {
        biased;
        () = given(stop) => return Ok(()),
        next = tokio::time::timeout(NEWS_WAIT, following.next()) => next,
    };
    let Ok(record) = next else {
        follower.is_at_end();
        follower.publish_if_due()?;
        // Silence: perhaps because the log was written anew, and is shorter than the place that is waited for.
        if follower.is_check_due() {
            let place = follower.place();
            place_of(bus, follower).await?;
            if follower.place() != place {
                *follow = None;
            }
        }
        return Ok(());
    };
    follower.apply(&record?)?;
    while let Some(record) = following.try_next()? {
        follower.apply(&record)?;
    }
    follower.has_applied(books::Moment(SystemClock.now_us()));
    Ok(())
}

/// Checks that the record at this ledger's place is the one it recorded; otherwise looks for the place up to which both say
/// the same. The bus may have lost its last records, and others been written in their place.
pub(super) async fn place_of(bus: &dyn Bus, follower: &mut Follower) -> Result<(), LedgerError> {
    let last = bus.last().await?;
    if follower.place() == 0 && last == 0 {
        return Ok(());
    }
    let place = if follower.place() == 0 { last } else { follower.place().min(last) };
    if place > 0 {
        match bus.read(place).await {
            Ok(Some(_)) if place == follower.place() => {
                if let Some(record) = kept(bus, place).await?
                    && record.end() <= follower.size()
                    && agrees(follower.store(), &record)?
                {
                    return Ok(());
                }
            }
            Ok(_) => {}
            // A bus inside the process begins where the log here ends, and keeps what whoever follows it still needs.
            Err(BusError::Gone(_)) => {
                follower.catch_up_from_log()?;
                follower.set_place(last);
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        }
    }
    if follower.place() > last {
        tracing::warn!(place = follower.place(), last, "the commit log has lost records that are recorded here");
    }
    // Records end later and later: the last that ends within what is recorded here is the place.
    let (mut low, mut high) = (0, last);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        let is_here = match kept(bus, middle).await? {
            Some(record) => record.end() <= follower.size(),
            // What is no longer kept is recorded by everybody who follows. To ask for it again and again would be to wait
            // for ever: a copy that began behind several records once did.
            None => true,
        };
        if is_here { low = middle } else { high = middle - 1 }
    }
    if low > 0
        && let Some(record) = kept(bus, low).await?
    {
        if !agrees(follower.store(), &record)? {
            return Err(LedgerError::Diverged { size: record.end() });
        }
        // Whoever wrote it leads, or led: a lease from before it is over.
        follower.saw_epoch(record.epoch);
    }
    follower.set_place(low);
    Ok(())
}

/// The record at a place, or the last one before what is none there; nothing where it is no longer kept.
pub(super) async fn kept(bus: &dyn Bus, mut place: u64) -> Result<Option<Record>, LedgerError> {
    while place > 0 {
        match bus.read(place).await {
            Ok(Some(bytes)) => match Record::read(&bytes)? {
                Some(record) => return Ok(Some(record)),
                None => place -= 1,
            },
            Ok(None) => return Err(BusError::Lagging(place).into()),
            Err(BusError::Gone(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(None)
}
