//! What stands for the services on NATS in a program that was built without it.

use shell::{Exit, Failure};

use crate::cli::{IngestArgs, LedgerArgs, OnNatsWithFolder};

/// Says how to get what was asked for.
pub(crate) fn without_nats() -> Failure {
    Failure::wrong_use("this program was built without NATS")
        .hint("build it with `cargo build --release --features full`; `granary serve` needs no NATS")
}

pub(crate) fn ledger(_: &LedgerArgs) -> Result<Exit, Failure> {
    Err(without_nats())
}

pub(crate) fn ingest(_: &IngestArgs) -> Result<Exit, Failure> {
    Err(without_nats())
}

pub(crate) fn projections(_: &OnNatsWithFolder) -> Result<Exit, Failure> {
    Err(without_nats())
}
