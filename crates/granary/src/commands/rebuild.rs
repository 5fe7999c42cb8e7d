//! `granary rebuild`: what answers come from, built anew from the log.

use std::time::Instant;

use ledger::{Opened, Options, Rebuilt};
use shell::{Exit, Failure};

use super::query::{self, opening};
use crate::cli::Rebuild;
use crate::output::{Align, Column, Grid, show};

pub(crate) fn run(args: &Rebuild) -> Result<Exit, Failure> {
    let rebuilt = match query::server(&args.dir) {
        Some(client) => client.rebuild()?,
        None => in_folder(args.dir.local()?)?,
    };
    let Rebuilt { events, differing_accounts, seconds, seconds_waited } = rebuilt;
    show(args.shown.format, &rebuilt, || Grid {
        seen_by: None,
        columns: ["events", "differing_accounts", "seconds", "seconds_waited"]
            .map(|name| Column(name, Align::Right))
            .to_vec(),
        rows: vec![vec![
            events.to_string(),
            differing_accounts.to_string(),
            format!("{seconds:.3}"),
            format!("{seconds_waited:.3}"),
        ]],
    })?;
    Ok(if differing_accounts == 0 { Exit::Done } else { Exit::Refused })
}

/// Nobody reads it meanwhile: a fresh start, told from what was there before.
fn in_folder(dir: &std::path::Path) -> Result<Rebuilt, Failure> {
    let began = Instant::now();
    let before = Opened::open(dir, &Options::default()).map_err(|error| opening(dir, error))?;
    let shared = std::sync::Arc::new(std::sync::RwLock::new(before));
    let rebuilt = ledger::rebuild(&shared).map_err(|error| opening(dir, error))?;
    Ok(Rebuilt { seconds: began.elapsed().as_secs_f64(), ..rebuilt })
}
