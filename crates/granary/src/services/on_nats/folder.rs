//! The folder of a service that follows a commit log: opened, made anew, or put aside where it is damaged.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use books::{Act, Outcome};
use bus::Log;
use ledger::{LedgerError, Opened, Options, Record};
use shell::Failure;
use store::OpenError;

use crate::commands::query::opening_alone as opening;

/// How long a service waits for the ledger before it gives up.
const PATIENCE: Duration = Duration::from_secs(30);
/// Records in which the name of a ledger is looked for: the first ones may only begin an epoch.
const FIRST_RECORDS: u64 = 64;

/// Name of the ledger whose commit log this is. Services start in any order: the first of them wait for the ledger.
pub(super) async fn origin_of(bus: &dyn Log) -> Result<String, Failure> {
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(origin) = origin_in(bus).await? {
            return Ok(origin);
        }
        if Instant::now() > until {
            return Err(Failure::new("the commit log on NATS names no ledger yet")
                .hint("start `granary ledger` on a folder made by `granary init` first"));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn origin_in(bus: &dyn Log) -> Result<Option<String>, Failure> {
    let last = bus.last().await?;
    for place in 1..=last.min(FIRST_RECORDS) {
        let Some(record) = bus.read(place).await? else { continue };
        let Some(record) = Record::read(&record)? else { continue };
        let Some(first) = store::bundle_entries(&record.bundle).next() else { continue };
        let event = wire::event::decode(first).map_err(|error| Failure::new(error.to_string()))?;
        if let Outcome::Done(Act::Open(open)) = event.outcome {
            return Ok(Some(open.origin));
        }
    }
    Ok(None)
}

/// Opens a folder; one that is not there yet becomes a copy that follows the commit log.
pub(super) async fn folder(dir: &Path, bus: &dyn Log, options: &Options) -> Result<Opened, Failure> {
    match Opened::open(dir, options) {
        Err(LedgerError::Open(OpenError::NotALedger(_))) => {
            let origin = origin_of(bus).await?;
            let created = wire::date::show_moment(crate::opened_view::now());
            tracing::info!(dir = %dir.display(), origin, "a new copy");
            Opened::create_copy(dir, &origin, &created, options).map_err(|error| opening(dir, error))
        }
        // All that was recorded is in the commit log: what cannot be read here is kept for people to look at, and built anew.
        Err(error) if error.is_damage() => {
            let origin = origin_of(bus).await?;
            let created = wire::date::show_moment(crate::opened_view::now());
            let aside = put_aside(dir).map_err(|cause| {
                Failure::new(format!("put `{}` aside, which is damaged: {cause}", dir.display()))
                    .hint("move it out of the way by hand: it is built anew from the commit log")
            })?;
            tracing::error!(
                dir = %dir.display(),
                aside = %aside.display(),
                error = shell::chain(&error),
                "what is recorded here is damaged: it is put aside, and the folder is built anew from the commit log"
            );
            Opened::create_copy(dir, &origin, &created, options).map_err(|error| opening(dir, error))
        }
        other => other.map_err(|error| opening(dir, error)),
    }
}

/// Moves what lies in a folder into one within it, but for the keys and the settings: the folder itself may be one that only
/// the system may move.
fn put_aside(dir: &Path) -> std::io::Result<PathBuf> {
    let aside = (1..1_000).map(|number| dir.join(format!("damaged-{number}"))).find(|aside| !aside.exists());
    let aside = aside.ok_or_else(|| std::io::Error::other("a thousand damaged logs lie there"))?;
    let entries: Vec<_> = std::fs::read_dir(dir)?.collect::<Result<_, _>>()?;
    std::fs::create_dir(&aside)?;
    for entry in entries {
        let name = entry.file_name();
        let text = name.to_string_lossy();
        if text != "keys" && text != "settings.toml" && !text.starts_with("damaged-") {
            std::fs::rename(entry.path(), aside.join(&name))?;
        }
    }
    Ok(aside)
}
