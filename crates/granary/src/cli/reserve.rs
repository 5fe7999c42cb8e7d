//! What can be typed after `granary reserve new`.

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
