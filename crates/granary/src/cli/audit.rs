//! What can be typed after `granary audit`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::reconcile::By;
use super::{Dir, Folder, Shown};

/// Prove what is recorded, and check what others prove: receipts, checkpoints, consistency, whole logs.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary audit prove 12 --dir my-ledger --out 12.tlog-proof\n  granary audit verify 12.tlog-proof --key my-ledger/keys/log.pub"
)]
pub(crate) struct Audit {
    #[command(subcommand)]
    pub(crate) what: What,
}

/// Which log.
#[derive(Debug, Args)]
pub(crate) struct Source {
    #[command(flatten)]
    pub(crate) dir: Dir,
    /// A folder of static files, such as a copy of `tiles/`, instead of a ledger.
    #[arg(long, value_name = "DIR")]
    pub(crate) tiles: Option<PathBuf>,
}

/// Whom to trust.
#[derive(Debug, Args)]
pub(crate) struct Trust {
    /// The log's key, or a file that holds it: its own signature is enough.
    #[arg(long, value_name = "KEY|FILE", conflicts_with = "policy")]
    pub(crate) key: Option<String>,
    /// A trust policy (C2SP tlog-policy): which logs, and whose cosignatures make a quorum.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// A new key of the log, announced by the one before; may be repeated, in order. The receipt or fact of the event that
    /// announced it says from when on it signs.
    #[arg(long, value_name = "FILE")]
    pub(crate) rotation: Vec<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum What {
    /// Show the newest signed checkpoint, and who cosigned it.
    #[command(
        after_help = "Examples:\n  granary audit checkpoint --dir my-ledger\n  granary audit checkpoint --dir my-ledger --out 2026-03.checkpoint\n\nKeep a checkpoint: later ones must continue it, which `granary audit consistency` proves."
    )]
    Checkpoint {
        #[command(flatten)]
        source: Source,
        #[command(flatten)]
        trust: Trust,
        /// File to write the signed note to.
        #[arg(long)]
        out: Option<PathBuf>,
        #[command(flatten)]
        shown: Shown,
    },
    /// Write the receipt of an event: proof that it is in the log (C2SP tlog-proof).
    #[command(
        after_help = "Examples:\n  granary audit prove 12 --dir my-ledger --out 12.tlog-proof\n  granary audit prove 01890a5d-ac96-774b-bcce-b302099a8057 --server http://127.0.0.1:7070"
    )]
    Prove {
        /// The event, by its number or by the id of its command.
        event: String,
        #[command(flatten)]
        source: Source,
        /// File to write; standard output where absent.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Prove that the log of today continues that of a checkpoint kept from earlier.
    #[command(
        after_help = "Examples:\n  granary audit consistency 2026-03.checkpoint --dir my-ledger\n  granary audit consistency old.checkpoint --tiles copied-tiles --key log.pub --out continues.proof\n\nExit code 1 when it does not: both checkpoints are shown then, and each is signed."
    )]
    Consistency {
        /// The checkpoint kept from earlier.
        old: PathBuf,
        #[command(flatten)]
        source: Source,
        #[command(flatten)]
        trust: Trust,
        /// File to write the proof to (C2SP tlog-witness, the body of add-checkpoint).
        #[arg(long)]
        out: Option<PathBuf>,
        #[command(flatten)]
        shown: Shown,
    },
    /// Write an evidence pack: events with their proofs, what follows from them, and a page for people.
    #[command(
        after_help = "Examples:\n  granary audit pack --lot LOT-2 --dir my-ledger --out lot-2.pack\n  granary audit pack --period 2026-01-01..2026-03-31 --dir my-ledger --out q1.pack\n\nCheck it anywhere with `auditor --key log.pub lot-2.pack`: the first bad line is named. The list of files is signed\nwith the ledger's key, so this runs on the folder of the ledger, which a server may hold meanwhile."
    )]
    Pack {
        /// All about a lot: every event that moved, claimed or measured it, and who tried.
        #[arg(long, group = "about")]
        lot: Option<String>,
        /// All about a reserve: every event whose command names it, or a call, request, commitment, debt or ticket of it.
        #[arg(long, group = "about")]
        reserve: Option<String>,
        /// Every event effective between two days.
        #[arg(long, value_name = "FROM..THROUGH", group = "about")]
        period: Option<String>,
        /// Only what a party posted, what moved its stock, and what names it; alone, or with one of the others.
        #[arg(long)]
        party: Option<String>,
        #[command(flatten)]
        dir: Folder,
        /// Folder to make.
        #[arg(long)]
        out: PathBuf,
    },
    /// List what people changed by hand: losses, gains, counts, corrections, write-offs, with maker, checker and reason.
    #[command(
        after_help = "Examples:\n  granary audit adjustments --dir my-ledger\n  granary audit adjustments --above 1 --unit t --period 2026-01-01..2026-03-31 --dir my-ledger --format csv\n\nThe threshold goes by what an event moved of one material, all lots together, so that nothing hides in small lines."
    )]
    Adjustments {
        /// Only those of more than this: a number with --unit, or both as one text.
        #[arg(long, value_name = "QUANTITY")]
        above: Option<String>,
        /// The unit of --above.
        #[arg(long, requires = "above")]
        unit: Option<String>,
        /// Effective between two days.
        #[arg(long, value_name = "FROM..THROUGH")]
        period: Option<String>,
        /// Only of this material.
        #[arg(long)]
        material: Option<String>,
        /// Only of the stock of this party.
        #[arg(long)]
        party: Option<String>,
        /// Changes of limits, tolerances and other rules too.
        #[arg(long)]
        rules: bool,
        /// As known after this event, or at this time.
        #[arg(long, value_name = "SEQ|TIME")]
        known_at: Option<String>,
        #[command(flatten)]
        dir: Dir,
        #[command(flatten)]
        shown: Shown,
    },
    /// Move old entries to an archive; their hashes stay, so that every proof can still be made.
    #[command(
        after_help = "Examples:\n  granary audit archive --until 2020-12-31 --to /mnt/archive/ledger --dir my-ledger\n  granary audit archive --until 1000000 --to /mnt/archive/ledger --dir my-ledger\n\nEverything is verified first, and nothing is removed before its copy was read back. Whole bundles of 256 events go. The log\nitself (sled) keeps every event: it is the second copy that becomes smaller. A server may hold the ledger meanwhile."
    )]
    Archive {
        /// Up to this event, or recorded through this day.
        #[arg(long, value_name = "EVENT|DATE")]
        until: String,
        /// Folder of the archive; the same one each time.
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
        #[command(flatten)]
        dir: Folder,
        #[command(flatten)]
        shown: Shown,
    },
    /// Show the digest of balances: the root of a tree over what every account held at the end of a day.
    #[command(
        after_help = "Examples:\n  granary audit digest --dir my-ledger --owner JOGMEC --as-of 2026-03-31\n  granary audit digest --dir my-ledger --close 40\n  granary audit digest --dir my-ledger --format json\n\nA signed close names the digest of its owner's balances: `granary reconcile close-period` makes one. With --close the\ndigest is computed anew and compared; exit code 1 when they differ."
    )]
    Digest {
        /// Whose balances; all of them where absent.
        #[arg(long, value_name = "PARTY")]
        owner: Option<String>,
        /// The event that closes a period: its day, and what was known there.
        #[arg(long, value_name = "EVENT", conflicts_with_all = ["as_of", "known_at"])]
        close: Option<u64>,
        #[command(flatten)]
        dir: Dir,
        #[command(flatten)]
        times: super::Times,
        #[command(flatten)]
        shown: Shown,
    },
    /// Prove a single balance, and nothing else: it leads to the digest that a signed close names, and that to the log.
    #[command(
        after_help = "Examples:\n  granary audit prove-balance --dir my-ledger --owner JOGMEC --place Ibaraki --lot LOT-19 --close 40 --out b.proof\n  granary audit verify b.proof --key log.pub\n  granary audit prove-balance --dir my-ledger --owner JOGMEC --place Ibaraki --lot LOT-19 --as-of 2026-03-31 --out b.proof\n\nWithout --close the proof leads to a digest that is not in the log: whoever checks it folds the log and gives --digest."
    )]
    ProveBalance {
        /// Whose it is.
        #[arg(long, value_name = "PARTY")]
        owner: String,
        /// Where it lies: a site, a dispatch, a loan.
        #[arg(long)]
        place: String,
        /// The lot.
        #[arg(long)]
        lot: String,
        /// The event that closes a period with the digest.
        #[arg(long, value_name = "EVENT", conflicts_with_all = ["as_of", "known_at", "whole"])]
        close: Option<u64>,
        /// In the digest of all balances, not of the owner's alone.
        #[arg(long)]
        whole: bool,
        #[command(flatten)]
        dir: Dir,
        #[command(flatten)]
        times: super::Times,
        /// File to write; standard output where absent.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Show the signed frame that an event answers: who ordered it, byte for byte, with the signature checked.
    #[command(
        after_help = "Examples:\n  granary audit order 12 --dir my-ledger\n  granary audit order 12 --dir my-ledger --out 12.frame --format json\n\nFrames that came with a token, or from whoever runs the ledger, bear no signature: then there is none to show.\nThey lie in the folder of the ledger: no server may hold it meanwhile."
    )]
    Order {
        /// The event, by its number.
        event: u64,
        #[command(flatten)]
        dir: Folder,
        /// File to write the frame to, as it was signed.
        #[arg(long)]
        out: Option<PathBuf>,
        #[command(flatten)]
        shown: Shown,
    },
    /// Draw a sample of what is on hand, to be counted: the same seed draws the same lots.
    #[command(
        after_help = "Examples:\n  granary audit sample --dir my-ledger --count 20 --seed 2026-Q1\n  granary audit sample --dir my-ledger --party JOGMEC --as-of 2026-03-31 --seed 2026-Q1 --format csv\n\nWhoever names the seed after the books are closed knows that nobody could prepare for it."
    )]
    Sample {
        #[command(flatten)]
        dir: Dir,
        /// How many.
        #[arg(long, default_value_t = 20)]
        count: usize,
        /// Any text.
        #[arg(long)]
        seed: String,
        #[command(flatten)]
        filter: super::FilterArgs,
        #[command(flatten)]
        times: super::Times,
        #[command(flatten)]
        shown: Shown,
    },
    /// Compare two copies of a log, and name the first event in which they differ.
    #[command(
        after_help = "Examples:\n  granary audit compare copied-tiles --dir my-ledger\n  granary audit compare http://127.0.0.1:7070 --tiles copied-tiles\n\nExit code 1 when they differ, when the hashes of one do not give its\nsigned root, or when its signature does not hold (by the ledger's own key, --key or --policy). Entries are not read: who\nmay not see the events may compare them; `granary audit verify` reads them."
    )]
    Compare {
        /// The other copy: a folder of static files, or a server.
        other: String,
        #[command(flatten)]
        source: Source,
        #[command(flatten)]
        trust: Trust,
        #[command(flatten)]
        shown: Shown,
    },
    /// Tell an event to another ledger: a fact, with its proof, and nothing else of the log.
    #[command(
        after_help = "Examples:\n  granary audit share 12 --dir my-ledger --out 12.fact\n  granary audit share 12 --since 4000 --server http://127.0.0.1:7070 --out 12.fact\n\nWith witnesses, the fact rests on the newest checkpoint that satisfies the policy. --since is how much of this log the\nother ledger has seen: `granary audit told trusted` says so there."
    )]
    Share {
        /// The event, by its number or by the id of its command.
        event: String,
        /// Entries of this log that the receiver has seen: the fact then proves that it continues them.
        #[arg(long, value_name = "SIZE")]
        since: Option<u64>,
        #[command(flatten)]
        dir: Dir,
        /// File to write; standard output where absent.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Record facts of another ledger, each once its proof holds.
    #[command(
        after_help = "Examples:\n  granary audit receive 12.fact --as KOMIR --dir our-ledger\n  granary audit receive 12.fact --from http://127.0.0.1:7070 --as KOMIR --dir our-ledger\n\nA fact is refused when its log is not trusted, its proof fails, too few witnesses cosigned, or nothing shows that its\nlog continues what was seen of it: --from takes that proof from the other log's static files, which are for everybody."
    )]
    Receive {
        /// The facts.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// Static files of the other log: a folder, or its server.
        #[arg(long, value_name = "DIR|URL")]
        from: Option<String>,
        #[command(flatten)]
        by: By,
        #[command(flatten)]
        dir: Dir,
        #[command(flatten)]
        shown: Shown,
    },
    /// Say whom to believe about the log of another ledger.
    #[command(
        after_help = "Examples:\n  granary audit trust --policy japan.policy --keeper JP --as KOMIR --dir our-ledger\n  granary audit trust --origin example.org/japan --end --as KOMIR --dir our-ledger\n\nThe policy (C2SP tlog-policy) names the log's key, its witnesses and their quorum. Get it from somebody you trust."
    )]
    Trust {
        /// Name under which the log signs; as the policy says where absent.
        #[arg(long)]
        origin: Option<String>,
        /// The trust policy.
        #[arg(long, value_name = "FILE", required_unless_present = "end")]
        policy: Option<PathBuf>,
        /// Trust it no more.
        #[arg(long, conflicts_with = "policy", requires = "origin")]
        end: bool,
        /// Code of the party that keeps it.
        #[arg(long, value_name = "PARTY")]
        keeper: Option<String>,
        /// Why.
        #[arg(long)]
        note: Option<String>,
        #[command(flatten)]
        by: By,
        #[command(flatten)]
        dir: Dir,
        #[command(flatten)]
        shown: Shown,
    },
    /// Show what is witnessed, by whom, and what is not yet.
    #[command(
        after_help = "Examples:\n  granary audit witnesses --dir my-ledger\n  granary audit witnesses --server http://127.0.0.1:7070 --format json\n\nWitnesses are asked by `granary serve`, where the setting audit.policy names a trust policy."
    )]
    Witnesses {
        #[command(flatten)]
        dir: Dir,
        #[command(flatten)]
        shown: Shown,
    },
    /// Check receipts, checkpoints, proofs, static logs and evidence packs, as `auditor` does.
    #[command(
        after_help = "Examples:\n  granary audit verify 12.tlog-proof --key log.pub\n  granary audit verify copied-tiles --policy pool.policy --old 2026-03.checkpoint\n\nExit code 1 when something does not hold: the first such thing is named. Get the key or the policy from somebody\nyou trust, not from where the evidence came from."
    )]
    Verify {
        /// Files and folders to check.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        #[command(flatten)]
        trust: Trust,
        /// The entry of a receipt that does not carry it.
        #[arg(long)]
        entry: Option<PathBuf>,
        /// A checkpoint kept from earlier: the evidence must continue it.
        #[arg(long)]
        old: Option<PathBuf>,
        /// A proof of consistency between that checkpoint and the tree of the evidence; may be repeated.
        #[arg(long, value_name = "PROOF", requires = "old")]
        consistency: Vec<PathBuf>,
        /// Cosignatures of witnesses count only up to the end of this day by UTC; up to now where absent.
        #[arg(long, value_name = "DAY")]
        at_latest: Option<String>,
        /// Where the old entries of a log are, if elsewhere than it says.
        #[arg(long, value_name = "DIR", conflicts_with = "without_archive")]
        archive: Option<PathBuf>,
        /// Accept that old entries whose archive is not here are vouched for by their hashes alone.
        #[arg(long)]
        without_archive: bool,
        /// A digest of balances that you folded from the log (`granary audit digest`).
        #[arg(long, value_name = "HASH")]
        digest: Option<String>,
        #[command(flatten)]
        shown: Shown,
    },
}
