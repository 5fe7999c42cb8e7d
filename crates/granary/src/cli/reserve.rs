//! What can be typed after `granary reserve new`, `granary reserve brief` and `granary reserve exercise`.

use std::path::PathBuf;

use clap::Args;

use super::{Dir, Shown, codes};

/// Start a shared reserve from a template and a table of its members.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary reserve new --template apterr --members-example\n  granary reserve new RICE --template apterr --members members.csv --as SECRETARIAT --dir my-ledger\n\nDone again, it records what is not recorded yet: a longer table adds members. --dry-run shows all of it and records nothing."
)]
pub(crate) struct New {
    /// Code of the reserve.
    #[arg(value_name = "CODE")]
    pub(crate) reserve: Option<String>,
    /// Template: apterr, iea-oil, inro, g7-minerals, or a file of your own.
    #[arg(long, value_name = "NAME|FILE")]
    pub(crate) template: Option<String>,
    /// Table (CSV) of the members, a row each: code, country, site, stock and more, as the template says.
    #[arg(long, value_name = "FILE")]
    pub(crate) members: Option<PathBuf>,
    /// What the template asks for once, `name=value`; may be repeated.
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) set: Vec<String>,
    /// Party that posts what nobody else has to.
    #[arg(long = "as", value_name = "PARTY", add = codes::parties())]
    pub(crate) poster: Option<String>,
    /// Only what this party posts: each party signs its own.
    #[arg(long, value_name = "PARTY")]
    pub(crate) only: Option<String>,
    /// Show what would be recorded, by whom and why, and record nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Write the commands into a file, a line of JSON each, in place of posting them.
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    pub(crate) out: Option<PathBuf>,
    /// List the templates.
    #[arg(long)]
    pub(crate) list: bool,
    /// Print the template.
    #[arg(long)]
    pub(crate) show: bool,
    /// Print a table of members to begin with.
    #[arg(long)]
    pub(crate) members_example: bool,
    #[command(flatten)]
    pub(crate) dir: Dir,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

/// Write the board's page of a reserve and a quarter: pool, key, calls, compliance, cash, dependence, breaks.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary reserve brief G7 --quarter 2026Q1 --dir my-ledger\n  granary reserve brief G7 --quarter 2026Q1 --levels days --page brief.html --csv brief\n\nThe page prints on A4. Each line names the event that proves it: `granary audit prove EVENT`."
)]
pub(crate) struct Brief {
    /// Code of the reserve.
    #[arg(value_name = "CODE")]
    pub(crate) reserve: String,
    /// The quarter, such as 2026Q1.
    #[arg(long, value_name = "QUARTER")]
    pub(crate) quarter: String,
    /// How levels are told: quantities, days of need alone, or bands of days.
    #[arg(long, value_name = "WORD")]
    pub(crate) levels: Option<String>,
    /// As known after this event, or at this time; now where absent.
    #[arg(long, value_name = "EVENT|TIME")]
    pub(crate) known_at: Option<String>,
    /// Write it as one HTML file.
    #[arg(long, value_name = "FILE")]
    pub(crate) page: Option<PathBuf>,
    /// Write each of its lists into this folder, as a file of comma-separated values.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) csv: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) dir: Dir,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

/// Play shocks through on a fork of the books, day by day: how long stock lasts, alone and with the reserve.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary reserve exercise --example > exercise.toml\n  granary reserve exercise exercise.toml --dir my-ledger --curve curve.csv\n\nThe same file on the same log gives the same hash anywhere; nothing is recorded."
)]
pub(crate) struct Exercise {
    /// The exercise, as TOML: shares of supply, shocks, calls and acts.
    #[arg(value_name = "FILE", required_unless_present = "example")]
    pub(crate) file: Option<PathBuf>,
    /// Print a file to begin with.
    #[arg(long)]
    pub(crate) example: bool,
    /// Write what happens day by day into this file, as comma-separated values.
    #[arg(long, value_name = "FILE")]
    pub(crate) curve: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) dir: Dir,
    #[command(flatten)]
    pub(crate) shown: Shown,
}
