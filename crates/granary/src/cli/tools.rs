//! What can be typed to work on a ledger: make it, fill it, prove it, mend it.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use clap_complete::env::{self, EnvCompleter};

use super::audit::Trust;
use super::{Dir, Folder, Shown};

/// Try it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  granary demo\n  granary demo --dir /tmp/my-demo")]
pub(crate) struct Demo {
    /// Folder to make; the next free name beside it where it is taken.
    #[arg(long, value_name = "DIR", default_value = "demo-ledger")]
    pub(crate) dir: PathBuf,
}

/// Read everything and name what is damaged.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary doctor --dir my-ledger\n  granary doctor --dir my-ledger --mend log\n\nExit code 0 when nothing is damaged, 1 when something is: each finding names the place, the entries and the remedy."
)]
pub(crate) struct Doctor {
    #[command(flatten)]
    pub(crate) dir: Folder,
    /// Mend this: the log from the tiles, the tiles from the log, or the balances from the log.
    #[arg(long, value_enum)]
    pub(crate) mend: Option<Mend>,
    /// With `--mend log`: rebuild as far as the tiles go even where recorded entries are in neither copy.
    #[arg(long)]
    pub(crate) accept_loss: bool,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

/// What to mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Mend {
    /// Rebuild the log from the tiles; the damaged one is kept beside.
    Log,
    /// Rebuild the tiles from the log.
    Tiles,
    /// Fold the log into new balances, ids and history.
    Balances,
}

/// Write the history.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary export --dir my-ledger events > events.jsonl\n  granary export --dir my-ledger postings --out postings.csv\n\nThe folder `tiles/` is an export too: static files in the layout of C2SP tlog-tiles, good for any web server."
)]
pub(crate) struct Export {
    #[command(flatten)]
    pub(crate) dir: Dir,
    /// What to write.
    #[arg(value_enum)]
    pub(crate) what: Exported,
    /// File to write; standard output where absent.
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
}

/// What to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Exported {
    /// Every event, one JSON object a line.
    Events,
    /// Every accepted command, as it can be posted to another ledger.
    Commands,
    /// Every leg of every entry, as CSV.
    Postings,
    /// Every entry as a transaction of hledger, which adds the balances up by itself.
    Journal,
    /// Every leg of every entry, as a Parquet file.
    Parquet,
}

/// Build what answers come from anew.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary rebuild --dir my-ledger\n  granary rebuild --server http://127.0.0.1:7070\n\nBooks and history are folded from the first event beside the old ones, which are read until the new ones take their\nplace. `differing_accounts` counts balances that were others before: 0, unless something was wrong (exit code 1)."
)]
pub(crate) struct Rebuild {
    #[command(flatten)]
    pub(crate) dir: Dir,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

/// Print a JSON Schema.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  granary schema command\n  granary schema command --act deposit")]
pub(crate) struct Schema {
    /// Of what.
    #[arg(value_enum)]
    pub(crate) of: SchemaOf,
    /// Only this act of a command.
    #[arg(long)]
    pub(crate) act: Option<String>,
}

/// Of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum SchemaOf {
    /// What is posted.
    Command,
    /// What comes back.
    Verdict,
    /// What `history` and `export` show.
    Event,
    /// Every question and its answer.
    Questions,
    /// HTTP, as OpenAPI 3.1.
    Openapi,
    /// NATS, as AsyncAPI 3.0.
    Asyncapi,
}

/// Print fresh ids.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  granary id\n  granary id --count 10")]
pub(crate) struct Id {
    /// How many.
    #[arg(long, default_value_t = 1)]
    pub(crate) count: u32,
}

/// Print a completion script.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary completions bash > ~/.local/share/bash-completion/completions/granary\n  granary completions zsh > ~/.zfunc/_granary\n\nThe shell then asks the program, which knows every option, every word and, of the ledger in reach, every code."
)]
pub(crate) struct Completions {
    /// The shell.
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}

/// A shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Shell {
    Bash,
    Elvish,
    Fish,
    Powershell,
    Zsh,
}

impl Shell {
    /// Writes what makes the shell ask this program.
    pub(crate) fn write(self, out: &mut Vec<u8>) -> std::io::Result<()> {
        let shell: &dyn EnvCompleter = match self {
            Self::Bash => &env::Bash,
            Self::Elvish => &env::Elvish,
            Self::Fish => &env::Fish,
            Self::Powershell => &env::Powershell,
            Self::Zsh => &env::Zsh,
        };
        shell.write_registration(super::COMPLETE, "granary", "granary", "granary", out)
    }
}

/// Make a new ledger in a folder.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary init --dir my-ledger\n  granary init --dir my-ledger --origin reserve.example/ledger1"
)]
pub(crate) struct Init {
    #[command(flatten)]
    pub(crate) dir: Folder,
    /// Name under which the ledger signs: a URL prefix without scheme, for ever.
    #[arg(long, default_value = "granary.example/ledger")]
    pub(crate) origin: String,
}

/// Post commands from a file.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary post --dir my-ledger commands.jsonl\n  cat commands.jsonl | granary post --dir my-ledger -\n\nExit code 0 when every command was accepted or is a duplicate, 1 when any was refused or invalid, 2 when the\nledger could not answer. Posting the same file again changes nothing."
)]
pub(crate) struct Post {
    #[command(flatten)]
    pub(crate) dir: Dir,
    /// Write the receipt of every accepted command into this folder, as EVENT.tlog-proof.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) receipts: Option<PathBuf>,
    /// Post all commands of the file as one group: all of them stand, or none does.
    #[arg(long)]
    pub(crate) group: bool,
    /// Say what would become of each command after those before it, and record nothing.
    #[arg(long, conflicts_with = "receipts")]
    pub(crate) dry_run: bool,
    /// File of commands, one JSON object a line; `-` is standard input.
    pub(crate) file: PathBuf,
}

/// What was loaded.
#[derive(Debug, Subcommand)]
pub(crate) enum Loads {
    /// Lists the loads: which file, by which mapping, and what came of it.
    List {
        #[command(flatten)]
        dir: Dir,
        #[command(flatten)]
        shown: Shown,
    },
    /// Shows one load, with its lines by event where the format is JSON.
    Show {
        /// The event that records it.
        load: u64,
        #[command(flatten)]
        dir: Dir,
        #[command(flatten)]
        shown: Shown,
    },
    /// Says which line of which file an event came from.
    Trace {
        /// The event.
        event: u64,
        #[command(flatten)]
        dir: Dir,
        #[command(flatten)]
        shown: Shown,
    },
    /// Takes back what one load brought, and nothing else: a reversal of each movement that still stands.
    Undo {
        /// The event that records it.
        load: u64,
        /// Do it; without this it is only shown.
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        dir: Dir,
        #[command(flatten)]
        shown: Shown,
    },
}

/// Load a table or list by a declared mapping.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary import --list\n  granary import --dir my-ledger --mapping us-crude-weekly data/us_crude_stocks_weekly.csv\n  granary import --guess stocks.xlsx --answer party=AGENCY --answer site=North --write stocks.toml\n\nLoading the same file again changes nothing. A figure that the source has revised replaces the one before it: stock by\nthe difference, a flow by a reversal and a new movement, each with `revised: was ...` in its reference. One line that\nfails keeps all others back, unless --lines says to take what holds."
)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Import {
    #[command(subcommand)]
    pub(crate) loads: Option<Loads>,
    #[command(flatten)]
    pub(crate) dir: Dir,
    /// Mapping: the name of a shipped one, or a TOML file.
    #[arg(long)]
    pub(crate) mapping: Option<String>,
    /// Show the mappings that come with the program.
    #[arg(long)]
    pub(crate) list: bool,
    /// Try it, and post nothing: what each column is, what the first lines say, what is skipped, what would move where.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Take the lines that hold, also where others fail.
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) lines: bool,
    /// Write the lines that failed into this file, as they were, with the reason behind.
    #[arg(long, value_name = "FILE")]
    pub(crate) rejects: Option<PathBuf>,
    /// The day that a file speaks of which does not say it (`date = "@date"` in the mapping).
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) date: Option<String>,
    /// Propose a mapping for the file, prove it by its figures, and ask what they do not prove. Posts nothing.
    #[arg(long, conflicts_with_all = ["mapping", "list", "dry_run", "lines", "rejects"])]
    pub(crate) guess: bool,
    /// An answer to a question of --guess, such as `site=North`.
    #[arg(long, value_name = "SETTING=ANSWER", requires = "guess")]
    pub(crate) answer: Vec<String>,
    /// Write the mapping into this file, once nothing is open.
    #[arg(long, value_name = "FILE", requires = "guess")]
    pub(crate) write: Option<PathBuf>,
    /// File to load; `-` is standard input.
    pub(crate) file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

/// Fold the log from its first event.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary replay --dir my-ledger --verify\n  granary replay --from copied-tiles --key log.pub --until 1000\n\nExit code 0 only when everything agrees. Two machines that show the same `balances` hold the same ones: it is a hash\nover every account."
)]
pub(crate) struct Replay {
    #[command(flatten)]
    pub(crate) dir: Folder,
    /// Hash every event, recompute the tree, and compare its root with the signed checkpoint.
    #[arg(long)]
    pub(crate) verify: bool,
    /// Up to this event, and the balances as they were known then.
    #[arg(long, value_name = "EVENT")]
    pub(crate) until: Option<u64>,
    /// Static files, such as a copy of `tiles/`, instead of a ledger: checked first, then folded.
    #[arg(long, value_name = "DIR")]
    pub(crate) from: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) trust: Trust,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

/// Make a ledger as it stood at a point.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary restore --from backup --until 2026-03-31 --to as-of-march\n  granary restore --from backup --until march.checkpoint --to as-of-march\n\nThe result is checked as an auditor would check it; restored.proof in it shows that the whole log continues it."
)]
pub(crate) struct Restore {
    /// A backup, a ledger, or a folder of static files.
    #[arg(long, value_name = "DIR")]
    pub(crate) from: PathBuf,
    /// Up to this event, recorded up to this time or through this day, or as far as this checkpoint.
    #[arg(long, value_name = "EVENT|TIME|CHECKPOINT")]
    pub(crate) until: String,
    /// Folder to make.
    #[arg(long, value_name = "DIR")]
    pub(crate) to: PathBuf,
    /// Go on with it after a disaster: it gets the signing key and takes posts. Only of the whole log, and where the ledger that it was
    /// restored from posts no more; without this word the result is read, and signs nothing.
    #[arg(long)]
    pub(crate) in_earnest: bool,
    #[command(flatten)]
    pub(crate) trust: Trust,
    #[command(flatten)]
    pub(crate) shown: Shown,
}
