//! What can be typed after `granary disclose` and `granary disclosed`.

use std::path::PathBuf;

use clap::Args;

use super::audit::Trust;
use super::{SettingsArgs, Shown};

/// How to get at streams on NATS.
#[derive(Clone, Debug, Args)]
pub(crate) struct Way {
    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
    /// Servers, divided by commas.
    #[arg(long, value_name = "URL")]
    pub(crate) nats: Option<String>,
    /// File with the seed of the nkey of whoever may do this.
    #[arg(long, value_name = "FILE")]
    pub(crate) seed: Option<String>,
    /// Organisation, as subjects name it.
    #[arg(long)]
    pub(crate) org: Option<String>,
    /// Ledger, as subjects name it.
    #[arg(long)]
    pub(crate) ledger: Option<String>,
}

/// Disclose.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary audit share 12 --dir my-ledger --out 12.fact\n  granary disclose 12.fact --nats nats://127.0.0.1:4222 --org agency-a --seed share.seed\n  granary disclose statement.csv --as report --to agency-b --nats nats://127.0.0.1:4222 --org secretariat --seed share.seed\n\nOnly what is named goes out. It cannot be taken back: the stream denies that."
)]
pub(crate) struct Disclose {
    /// The documents.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// What they are, a word; told from the bytes where absent: checkpoint, fact, receipt, balance.
    #[arg(long = "as", value_name = "WORD")]
    pub(crate) document: Option<String>,
    /// To this member alone.
    #[arg(long, value_name = "MEMBER")]
    pub(crate) to: Option<String>,
    #[command(flatten)]
    pub(crate) way: Way,
}

/// Fetch.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary disclosed --nats nats://127.0.0.1:4222 --seed share.seed --stream DISCLOSED --policy pool.policy\n  granary disclosed --nats nats://127.0.0.1:4222 --seed share.seed --out inbox --policy pool.policy\n\nCheckpoints, receipts and proofs that the policy does not trust are named, and not written. Exit code 1 when there is one."
)]
pub(crate) struct Disclosed {
    /// The stream: RECEIVED at a member, DISCLOSED at the hub, SHR_ORG for one's own.
    #[arg(long, default_value = "RECEIVED")]
    pub(crate) stream: String,
    /// From this place of the stream on.
    #[arg(long, default_value_t = 1)]
    pub(crate) from: u64,
    /// Folder to write the documents to; they are only listed where absent.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) trust: Trust,
    #[command(flatten)]
    pub(crate) way: Way,
    #[command(flatten)]
    pub(crate) shown: Shown,
}
