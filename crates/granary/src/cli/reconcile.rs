//! What can be typed after `granary reconcile`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

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
#[derive(Debug, Args)]
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

/// What a balance is about.
#[derive(Debug, Args)]
pub(crate) struct Area {
    /// The site.
    #[arg(long)]
    pub(crate) site: String,
    /// The material.
    #[arg(long)]
    pub(crate) material: String,
    /// Whose; all owners together where absent.
    #[arg(long)]
    pub(crate) owner: Option<String>,
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
}

/// How a break ends.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum How {
    /// The counterparty's report arrived: name its line with --piece.
    Report,
    /// One side corrected its record: name what corrects with --piece.
    Correction,
    /// It is within what is allowed.
    Tolerance,
    /// Both parties agreed to the difference.
    Agreed,
    /// It is given up: name what allows it with --authority.
    WriteOff,
}

impl How {
    /// The word in commands.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Correction => "correction",
            Self::Tolerance => "tolerance",
            Self::Agreed => "agreed",
            Self::WriteOff => "write_off",
        }
    }
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
    /// Show the reports that were received: numbers, gaps, lateness.
    Reports {
        /// Whose.
        #[arg(long)]
        party: Option<String>,
        /// Late, incomplete, out of order, of a file received before, or with lines outside its days only.
        #[arg(long)]
        trouble: bool,
        #[command(flatten)]
        common: Common,
    },
    /// Show lines as they were told, with their hashes and corrections.
    Lines {
        /// Which report, as PARTY/7.
        report: Option<String>,
        /// All reports of this party.
        #[arg(long)]
        party: Option<String>,
        /// Only lines that count now.
        #[arg(long)]
        in_force: bool,
        #[command(flatten)]
        common: Common,
    },
    /// Show stated holdings: opening against the last closing, closing against the books.
    Statements {
        /// Whose.
        #[arg(long)]
        party: Option<String>,
        /// Flagged ones only.
        #[arg(long)]
        flagged: bool,
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
    /// List breaks: class, reason, owner, age.
    List {
        /// Whose.
        #[arg(long)]
        party: Option<String>,
        /// Of this material.
        #[arg(long)]
        material: Option<String>,
        /// open, explained, resolved, written_off or all; those that are not closed where absent.
        #[arg(long)]
        status: Option<String>,
        /// Of this owner.
        #[arg(long)]
        owner: Option<String>,
        /// Breaks opened by this day, as they stood then; as they stand today where absent.
        #[arg(long, value_name = "DATE")]
        as_of: Option<String>,
        #[command(flatten)]
        common: Common,
    },
    /// Show one break: both sides as they were told, and what was done about it.
    Show {
        /// Which, as B17.
        code: String,
        #[command(flatten)]
        common: Common,
    },
    /// Say why the records differ.
    Explain {
        /// Which break.
        code: String,
        /// timing, unit_or_basis, rounding, assay_provisional, moisture, duplicate, missing, wrong_lot or wrong_party.
        #[arg(long)]
        reason: String,
        /// In words.
        #[arg(long)]
        note: Option<String>,
        #[command(flatten)]
        by: By,
        #[command(flatten)]
        common: Common,
    },
    /// Make somebody responsible.
    Assign {
        /// Which break.
        code: String,
        /// Who.
        #[arg(long)]
        owner: String,
        #[command(flatten)]
        by: By,
        #[command(flatten)]
        common: Common,
    },
    /// Agree to a difference, for one of its two parties.
    Agree {
        /// Which break.
        code: String,
        /// In words.
        #[arg(long)]
        note: Option<String>,
        #[command(flatten)]
        by: By,
        #[command(flatten)]
        common: Common,
    },
    /// Close a break.
    Close {
        /// Which break.
        code: String,
        /// How.
        #[arg(long, value_enum)]
        how: How,
        /// What arrived, or what corrects: PARTY/8:1, `event 40.0`.
        #[arg(long)]
        piece: Option<String>,
        /// What allows a write-off.
        #[arg(long)]
        authority: Option<String>,
        /// In words.
        #[arg(long)]
        note: Option<String>,
        #[command(flatten)]
        by: By,
        #[command(flatten)]
        common: Common,
    },
    /// Come back to a closed break: another one is opened that follows it.
    Reopen {
        /// Which break.
        code: String,
        /// Why.
        #[arg(long)]
        note: String,
        #[command(flatten)]
        by: By,
        #[command(flatten)]
        common: Common,
    },
    /// Match lines by hand.
    Match {
        /// Whose record is compared.
        #[arg(long)]
        party: String,
        /// A piece of ours, as `event 12.0` or PARTY/7:3; may be said again.
        #[arg(long, required = true)]
        ours: Vec<String>,
        /// A piece of theirs; may be said again.
        #[arg(long, required = true)]
        theirs: Vec<String>,
        /// Why.
        #[arg(long)]
        note: String,
        #[command(flatten)]
        by: By,
        #[command(flatten)]
        common: Common,
    },
    /// Take a match by hand back.
    Unmatch {
        /// Which match, as M3.
        code: String,
        /// Why.
        #[arg(long)]
        note: String,
        #[command(flatten)]
        by: By,
        #[command(flatten)]
        common: Common,
    },
    /// Show the material balance report of a site: seven lines, MUF, sigma, verdict.
    Balance {
        #[command(flatten)]
        area: Area,
        /// First day.
        #[arg(long, value_name = "DATE")]
        first: String,
        /// Last day: that of the ending stocktake.
        #[arg(long, value_name = "DATE")]
        last: String,
        #[command(flatten)]
        common: Common,
    },
    /// Show the balances between stocktakes: MUF with limits, timing or open, cumulative MUF, trend.
    Balances {
        #[command(flatten)]
        area: Area,
        /// From this day on.
        #[arg(long, value_name = "DATE")]
        first: Option<String>,
        /// Through this day.
        #[arg(long, value_name = "DATE")]
        last: Option<String>,
        /// Days between a difference and what takes it back, to be timing.
        #[arg(long)]
        days: Option<u64>,
        /// Only those of this class: timing, open, noise, rounding, closed.
        #[arg(long)]
        class: Option<String>,
        #[command(flatten)]
        common: Common,
    },
    /// Show shipper's and receiver's figures of every dispatch, and whether they differ significantly.
    Transfers {
        /// At the sites, or of the stock, of this party.
        #[arg(long)]
        party: Option<String>,
        /// Of this material.
        #[arg(long)]
        material: Option<String>,
        /// in_transit, complete or significant.
        #[arg(long)]
        state: Option<String>,
        /// As of this day; today where absent.
        #[arg(long, value_name = "DATE")]
        as_of: Option<String>,
        #[command(flatten)]
        common: Common,
    },
    /// Compare what lies in pools with what members may claim, on every day or as of one.
    Pools {
        /// Which reserve; all where absent.
        reserve: Option<String>,
        /// Of this material.
        #[arg(long)]
        material: Option<String>,
        /// Only as of the end of this day.
        #[arg(long, value_name = "DATE")]
        as_of: Option<String>,
        /// Only days on which the two differ.
        #[arg(long)]
        differing: bool,
        #[command(flatten)]
        common: Common,
    },
    /// Show who had to report what by when, and how late it came.
    Calendar {
        /// Whose duties.
        #[arg(long)]
        party: Option<String>,
        /// Late or missing only.
        #[arg(long)]
        late: bool,
        /// As of this day; today where absent.
        #[arg(long, value_name = "DATE")]
        as_of: Option<String>,
        #[command(flatten)]
        common: Common,
    },
    /// Publish figures of a period, or restate them; another person approves with `granary post`.
    Publish {
        /// Name of the series.
        #[arg(long)]
        series: String,
        /// Last day of the period.
        #[arg(long, value_name = "DATE")]
        through: String,
        /// Unit of all figures.
        #[arg(long)]
        unit: String,
        /// A figure, as LINE=VALUE; may be said again.
        #[arg(long = "figure", required = true, value_name = "LINE=VALUE")]
        figures: Vec<String>,
        /// Why: needed where it restates.
        #[arg(long)]
        note: Option<String>,
        #[command(flatten)]
        by: By,
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
        #[command(flatten)]
        by: By,
        #[command(flatten)]
        common: Common,
    },
    /// Let a command through that waits for a second person.
    Approve {
        /// The event that holds it.
        event: u64,
        #[command(flatten)]
        by: By,
        #[command(flatten)]
        common: Common,
    },
    /// Show published figures, as they were first and as they were restated.
    Published {
        /// Which series.
        #[arg(long)]
        series: Option<String>,
        /// Of the period that ends on this day.
        #[arg(long, value_name = "DATE")]
        through: Option<String>,
        /// As they were published by this day.
        #[arg(long, value_name = "DATE")]
        as_of: Option<String>,
        /// Restated figures only.
        #[arg(long)]
        restated: bool,
        #[command(flatten)]
        common: Common,
    },
    /// Show every event after a close that changes what was known of the closed period.
    Restatements {
        /// Whose books.
        #[arg(long)]
        owner: String,
        /// Last day of the closed period; that of the last close where absent.
        #[arg(long, value_name = "DATE")]
        through: Option<String>,
        #[command(flatten)]
        common: Common,
    },
    /// Write a report as labelled text: versioned, with a checksum.
    Export {
        /// Which report, as PARTY/7.
        report: String,
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
