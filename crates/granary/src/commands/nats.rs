//! What is done over NATS by people: documents between organisations, and the desk of whoever looks after the streams.

mod desk;
mod disclose;

pub(crate) use desk::{dead_letters, queue};
pub(crate) use disclose::{disclose, disclosed};

use bus::{ConnectError, Connection};
use shell::Failure;

use crate::cli::disclose::Way;
use crate::services::{on_nats, run};

/// Connects as the options say, and does some work there.
fn over_nats<D, T>(
    way: &Way,
    name: &str,
    connect: impl AsyncFnOnce(Connection) -> Result<D, ConnectError>,
    work: impl AsyncFnOnce(D) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let Way { settings, nats, seed, org, ledger } = way.clone();
    let flags = [("nats.url", nats), ("nats.seed", seed), ("nats.org", org), ("nats.ledger", ledger)];
    let settings = run::settings(None, &settings, &flags)?;
    if settings.optional("nats.url").is_none() {
        return Err(Failure::wrong_use("no NATS server is named").hint("name one with --nats nats://host:4222"));
    }
    let connection = Connection { inbox: "_INBOX".into(), ..on_nats::connection(&settings, name)? };
    run::runtime()?.block_on(async {
        let there = connect(connection).await;
        work(there.map_err(|error| Failure::new(error).hint("see that the servers run: deploy/nats/README.md"))?).await
    })
}
