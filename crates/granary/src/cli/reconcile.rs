//! What can be typed after `granary reconcile`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Dir, Shown};

/// Explain every difference: receive members' reports, compare them with the books, and close the breaks.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary reconcile receive march.csv --mapping komir.toml --number 3 --first 2026-03-01 --last 2026-03-31\n  granary reconcile run --party KOMIR --record --as METI"
)]
pub(crate) struct Reconcile {
    #[command(subcommand)]
    pub(crate) what: What,
}

/// Which ledger, which form.
#[derive(Clone, Debug, Args)]
pub(crate) struct Common {
    #[command(flatten)]
    pub(crate) dir: Dir,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

/// Who posts it.
#[derive(Debug, Args)]
pub(crate) struct By {
    /// Party that posts it.
    #[arg(long = "as", value_name = "PARTY")]
    pub(crate) poster: String,
    /// The person who posts it.
    #[arg(long)]
    pub(crate) maker: Option<String>,
    /// The day on which it takes effect, YYYY-MM-DD; today by UTC where absent.
    #[arg(long, value_name = "DATE")]
    pub(crate) effective: Option<String>,
}

/// What a comparison is about.
#[derive(Debug, Args)]
pub(crate) struct Compared {
    /// Whose record.
    #[arg(long)]
    pub(crate) party: String,
    /// With whose record; with the books where absent.
    #[arg(long)]
    pub(crate) against: Option<String>,
    /// Only this material.
    #[arg(long)]
    pub(crate) material: Option<String>,
    /// From this day on; the first day of the party's last report where absent.
    #[arg(long, value_name = "DATE")]
    pub(crate) first: Option<String>,
    /// Through this day; the last day of the party's last report where absent.
    #[arg(long, value_name = "DATE")]
    pub(crate) last: Option<String>,
    /// Compare flagged statements too.
    #[arg(long)]
    pub(crate) include_flagged: bool,
    /// As known after this event, or at this time; now where absent.
    #[arg(long, value_name = "EVENT", conflicts_with = "record")]
    pub(crate) known_at: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum What {
    /// Take a statement or transaction report in: CSV or JSON by a mapping, or labelled text.
    Receive {
        /// The file.
        file: PathBuf,
        /// Mapping (a file); without one the file is labelled text.
        #[arg(long)]
        mapping: Option<PathBuf>,
        /// The sender's number of the report.
        #[arg(long)]
        number: Option<u32>,
        /// First day it covers.
        #[arg(long, value_name = "DATE")]
        first: Option<String>,
        /// Last day it covers.
        #[arg(long, value_name = "DATE")]
        last: Option<String>,
        /// The day it was due.
        #[arg(long, value_name = "DATE")]
        due: Option<String>,
        /// The person who signed it.
        #[arg(long)]
        signed_by: Option<String>,
        /// Nothing moved: the file has no lines, and is to have none.
        #[arg(long)]
        nil: bool,
        /// Party that posts it; the sender where absent.
        #[arg(long = "as", value_name = "PARTY")]
        poster: Option<String>,
        /// The person who posts it.
        #[arg(long)]
        maker: Option<String>,
        #[command(flatten)]
        common: Common,
    },
    /// Compare a party's reports with the books, or with another party's; and record what must be explained.
    Run {
        #[command(flatten)]
        compared: Compared,
        /// Show what needs no explanation too.
        #[arg(long)]
        all: bool,
        /// Record the run, and open a break for each new difference.
        #[arg(long, requires = "poster")]
        record: bool,
        /// Party that records it.
        #[arg(long = "as", value_name = "PARTY")]
        poster: Option<String>,
        /// The person who records it.
        #[arg(long)]
        maker: Option<String>,
        /// The day on which it is recorded, YYYY-MM-DD; today by UTC where absent.
        #[arg(long, value_name = "DATE", requires = "record")]
        effective: Option<String>,
        #[command(flatten)]
        common: Common,
    },
    /// Close a period, signed: with the head of the log and the digest of the balances that you see now.
    ///
    /// Another person approves it: `granary audit digest --close EVENT` shows whether the balances are still those.
    ClosePeriod {
        /// Whose books.
        #[arg(long, value_name = "PARTY")]
        owner: String,
        /// Last day of the period, YYYY-MM-DD.
        #[arg(long, value_name = "DATE")]
        through: String,
        /// What is open at the end of the period, and may be: `in_transit`, `uncounted`.
        #[arg(long, value_name = "WHAT", value_delimiter = ',')]
        acknowledge: Vec<String>,
        #[command(flatten)]
        by: By,
        #[command(flatten)]
        common: Common,
    },
    /// Write a page to hand on: breaks by age, balances with MUF and its limits, stock; as HTML with charts.
    Page {
        /// Breaks of this party, and its last comparison with the books.
        #[arg(long)]
        party: Option<String>,
        /// Balances of this site.
        #[arg(long, requires = "material")]
        site: Option<String>,
        /// Balances of this material.
        #[arg(long, requires = "site")]
        material: Option<String>,
        /// Ages as of this day; today where absent.
        #[arg(long, value_name = "DATE")]
        as_of: Option<String>,
        /// File to write; standard output where absent.
        #[arg(long)]
        out: Option<PathBuf>,
        /// Write each table of the page into this folder, too, as a file of comma-separated values.
        #[arg(long, value_name = "FOLDER")]
        csv: Option<PathBuf>,
        /// Write what the page is made of as JSON, instead of the page.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        dir: Dir,
    },
}
