//! What can be typed after `granary queue` and `granary dead-letters`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Shown;
use super::disclose::Way;

/// The ledger's streams.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary queue --nats nats://127.0.0.1:4222 --org acme --ledger main --seed keys/acme/admin.seed\n  granary queue --nats nats://127.0.0.1:4222 --org acme --seed keys/acme/admin.seed --format json\n\nAs the user `admin` of deploy/nats."
)]
pub(crate) struct Queue {
    #[command(flatten)]
    pub(crate) way: Way,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

/// Frames that were put aside.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary dead-letters list --nats nats://127.0.0.1:4222 --org acme --seed keys/acme/admin.seed\n  granary dead-letters show 7 --nats nats://127.0.0.1:4222 --org acme --seed keys/acme/admin.seed\n  granary dead-letters post 7 --nats nats://127.0.0.1:4222 --org acme --seed keys/acme/admin.seed\n\nAs the user `admin` of deploy/nats. Nothing is applied twice: commands carry ids."
)]
pub(crate) struct DeadLetters {
    #[command(subcommand)]
    pub(crate) what: WithDeadLetters,
}

/// What is done with them.
#[derive(Debug, Subcommand)]
pub(crate) enum WithDeadLetters {
    /// List them, oldest first, with the reasons.
    List {
        #[command(flatten)]
        way: Way,
        #[command(flatten)]
        shown: Shown,
    },
    /// Print what one says, as it came.
    Show {
        /// Its place.
        place: u64,
        /// Write it here instead.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(flatten)]
        way: Way,
    },
    /// Put some into the queue again, without their deadlines, and take them from here.
    Post {
        /// Their places.
        #[arg(required = true)]
        places: Vec<u64>,
        #[command(flatten)]
        way: Way,
    },
    /// Take some away for good.
    Drop {
        /// Their places.
        #[arg(required = true)]
        places: Vec<u64>,
        #[command(flatten)]
        way: Way,
    },
}
