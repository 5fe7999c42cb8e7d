//! What can be typed.

use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};

use shell::Failure;

use crate::output::Format;

pub(crate) mod audit;
pub(crate) mod disclose;
pub(crate) mod reconcile;
pub(crate) mod reserve;

/// Granary is a ledger for strategic stockpiles and shared reserves: it records what comes in, goes out and changes,
/// answers what is held as of any day as known at any time, and proves that nothing was changed.
#[derive(Debug, Parser)]
#[command(
    name = "granary",
    version,
    max_term_width = 110,
    after_help = "Examples:\n  granary demo\n  granary init --dir my-ledger && granary post --dir my-ledger commands.jsonl"
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Try it: a fresh ledger, real US crude stocks, a rare-earth scenario, and what can be asked of it.
    Demo(Demo),
    /// Make a new ledger in a folder.
    Init(Init),
    /// Post commands from a file: one JSON command a line, one JSON verdict a line on stdout.
    Post(Post),
    /// Show what is held: where, whose, in which form, what of it is free.
    Position(Position),
    /// Load a table (CSV) or list (JSON) by a declared mapping, with a verdict for every line.
    Import(Import),
    /// List what is registered and what is open: parties, lots, encumbrances, dispatches, ...
    List(List),
    /// Show how long the stock lasts, against need and goal.
    Cover(CoverArgs),
    /// Show which countries the stock comes from, and how concentrated that is.
    Dependence(DependenceArgs),
    /// Ask about shared reserves: pools, entitlements, calls, joint procurement, rights, restrictions, cover, stress.
    Reserve(reserve::Reserve),
    /// Explain every difference: receive members' reports, compare them with the books, and close the breaks.
    Reconcile(reconcile::Reconcile),
    /// Show events: what was asked, what became of it, what it moved.
    History(History),
    /// Show where a lot came from, and what became of it.
    Trace(Trace),
    /// Explain why a day looks different now from how it looked then, event by event.
    Explain(Explain),
    /// Fold the log from its first event, and compare every balance with the books.
    Replay(Replay),
    /// Make a ledger as it stood at a point, from a backup or its static files, proven to be the beginning of the whole.
    Restore(Restore),
    /// Prove what is recorded, and check what others prove: receipts, checkpoints, consistency, whole logs.
    Audit(audit::Audit),
    /// Read everything and name what is damaged; mend it from what is whole.
    Doctor(Doctor),
    /// Write the history in forms that other programs read.
    Export(Export),
    /// Build what answers come from anew, from the log; at a server, while it goes on answering.
    Rebuild(Rebuild),
    /// Print the JSON Schema of commands, verdicts or events.
    Schema(Schema),
    /// Print fresh ids for commands (UUID version 7).
    Id(Id),
    /// Serve a ledger over HTTP: commands in, answers out, in one process.
    Serve(Serve),
    /// Decide and record commands from NATS: the single writer, or a standby of it.
    Ledger(LedgerArgs),
    /// Take commands in over HTTP, and hand them to the ledger over NATS.
    Ingest(IngestArgs),
    /// Answer questions over HTTP and NATS, from a copy that follows the ledger.
    Projections(OnNatsWithFolder),
    /// Cosign the checkpoints of other ledgers, and never two that contradict each other.
    Witness(Witness),
    /// Put documents where other organisations get them over NATS: checkpoints, facts with their proofs, reports.
    Disclose(disclose::Disclose),
    /// Fetch what other organisations disclosed over NATS, and check what can be checked.
    Disclosed(disclose::Disclosed),
    /// Show the settings of a service, and where each came from.
    Settings(ShowSettings),
    /// Make a token that lets its bearer in as a party.
    Token(Token),
    /// Make a key with which a party signs what it posts.
    #[command(
        subcommand,
        after_help = "Examples:\n  granary key new --out agency.seed\n  granary key new --out keys/desk.seed"
    )]
    Key(KeyArgs),
    /// Sign a frame of commands, or a question.
    Sign(Sign),
    /// Print a completion script for a shell.
    Completions(Completions),
}

/// Which ledger.
#[derive(Clone, Debug, Args)]
pub(crate) struct Dir {
    /// Folder of the ledger.
    #[arg(long, value_name = "DIR", env = "GRANARY_DIR", default_value = "ledger")]
    pub(crate) dir: PathBuf,
    /// A server to ask instead of the folder, such as http://127.0.0.1:7070; its token is GRANARY_TOKEN.
    #[arg(long, value_name = "URL", env = "GRANARY_SERVER")]
    pub(crate) server: Option<String>,
}

impl Dir {
    /// The folder, for what works on nothing else.
    pub(crate) fn local(&self) -> Result<&Path, Failure> {
        match &self.server {
            None => Ok(&self.dir),
            Some(url) => {
                Err(Failure::wrong_use(format!("this works on the folder of a ledger, not on the server {url}"))
                    .hint("leave --server and GRANARY_SERVER out, and name the folder with --dir"))
            }
        }
    }
}

/// Which settings.
#[derive(Clone, Debug, Args)]
pub(crate) struct SettingsArgs {
    /// File with the settings; `settings.toml` in the service's folder, where it has one.
    #[arg(long, value_name = "FILE", env = "GRANARY_SETTINGS")]
    pub(crate) settings: Option<PathBuf>,
}

/// Which form.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Shown {
    /// How to write the answer.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

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
    pub(crate) dir: Dir,
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
    after_help = "Examples:\n  granary completions bash > ~/.local/share/bash-completion/completions/granary\n  granary completions zsh > ~/.zfunc/_granary"
)]
pub(crate) struct Completions {
    /// The shell.
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

/// Make a new ledger in a folder.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary init --dir my-ledger\n  granary init --dir my-ledger --origin reserve.example/ledger1"
)]
pub(crate) struct Init {
    #[command(flatten)]
    pub(crate) dir: Dir,
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
    /// Write the receipt of every accepted command into this folder, as <event>.tlog-proof.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) receipts: Option<PathBuf>,
    /// File of commands, one JSON object a line; `-` is standard input.
    pub(crate) file: PathBuf,
}

/// Which stock.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct FilterArgs {
    /// Only this owner.
    #[arg(long)]
    pub(crate) party: Option<String>,
    /// Only this site, dispatch or loan.
    #[arg(long)]
    pub(crate) site: Option<String>,
    /// Only this material.
    #[arg(long)]
    pub(crate) material: Option<String>,
    /// Only this lot.
    #[arg(long)]
    pub(crate) lot: Option<String>,
    /// Only this form: ore, concentrate, carbonate, oxide, metal, alloy, magnet, crude, product, gas, scrap, other.
    #[arg(long)]
    pub(crate) form: Option<String>,
    /// Only this source: primary, recycled, seabed, domestic, joint_procurement, loan, barter, donation.
    #[arg(long)]
    pub(crate) source: Option<String>,
    /// Only what was mined in this country.
    #[arg(long)]
    pub(crate) origin: Option<String>,
    /// Only sites of this class.
    #[arg(long)]
    pub(crate) class: Option<String>,
}

/// As of when, as known when.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Times {
    /// As of the end of this day, YYYY-MM-DD; each owner's own today where absent.
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<String>,
    /// As known after this event, or at this time (RFC 3339); now where absent.
    #[arg(long, value_name = "SEQ|TIME")]
    pub(crate) known_at: Option<String>,
}

/// Show what is held.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary position --dir my-ledger --by material,stage\n  granary position --dir my-ledger --lot LOT-19 --as-of 2026-03-10 --known-at 2 --format json"
)]
pub(crate) struct Position {
    #[command(flatten)]
    pub(crate) dir: Dir,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// Tell apart by these: party, site, country, class, material, form, stage, source, origin, lot.
    #[arg(long, value_delimiter = ',')]
    pub(crate) by: Vec<String>,
    #[command(flatten)]
    pub(crate) times: Times,
    /// Restate in this basis by each lot's assay: REO, contained:Nd, ...
    #[arg(long)]
    pub(crate) basis: Option<String>,
    /// Show the places outside the stock too: outside, processing, loss, count difference, rounding, shipper/receiver.
    #[arg(long)]
    pub(crate) all_places: bool,
    /// Show positions of nothing.
    #[arg(long)]
    pub(crate) empty: bool,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

/// Load a table or list by a declared mapping.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary import --list\n  granary import --dir my-ledger --mapping us-crude-weekly data/us_crude_stocks_weekly.csv\n\nLoading the same file again changes nothing. A figure that the source has revised is refused with the code\n`id_reused`, so that somebody decides what to correct."
)]
pub(crate) struct Import {
    #[command(flatten)]
    pub(crate) dir: Dir,
    /// Mapping: the name of a shipped one, or a TOML file.
    #[arg(long)]
    pub(crate) mapping: Option<String>,
    /// Show the mappings that come with the program.
    #[arg(long)]
    pub(crate) list: bool,
    /// File to load; `-` is standard input.
    pub(crate) file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

/// List what is registered and what is open.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary list --dir my-ledger lots\n  granary list --dir my-ledger encumbrances --format json"
)]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) dir: Dir,
    /// What to list.
    #[arg(value_enum)]
    pub(crate) what: ListedWord,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

/// What to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ListedWord {
    /// Parties.
    Parties,
    /// Materials.
    Materials,
    /// Sites.
    Sites,
    /// Lots with their facts and their last assay.
    Lots,
    /// Encumbrances with what is left of them.
    Encumbrances,
    /// Authorities with what is left of them.
    Authorities,
    /// Dispatches with something still on its way.
    Dispatches,
    /// Loans with something still out.
    Loans,
    /// Limits on accounts.
    Limits,
    /// Commands that wait for a checker.
    Held,
}

/// Show how long the stock lasts.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary cover --dir my-ledger\n  granary cover --dir my-ledger --material NdPr --as-of 2026-03-31\n\nThe base is the material's `requirement_per_day`. Days are cut to tenths, never rounded up."
)]
pub(crate) struct CoverArgs {
    #[command(flatten)]
    pub(crate) dir: Dir,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    #[command(flatten)]
    pub(crate) times: Times,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

/// Show which countries the stock comes from.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary dependence --dir my-ledger --stage separation --basis REO\n  granary dependence --dir my-ledger --stage mining --basis contained:Nd --format json"
)]
pub(crate) struct DependenceArgs {
    #[command(flatten)]
    pub(crate) dir: Dir,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// Step of the chain: mining, separation, refining, manufacturing.
    #[arg(long, default_value = "mining")]
    pub(crate) stage: String,
    /// Common basis: REO, contained:Nd, net, ...
    #[arg(long, default_value = "REO")]
    pub(crate) basis: String,
    #[command(flatten)]
    pub(crate) times: Times,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

/// Show events.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary history --dir my-ledger --lot LOT-19\n  granary history --dir my-ledger --refused --format json\n  granary history --dir my-ledger --effective-from 2026-03-01 --effective-through 2026-03-31"
)]
pub(crate) struct History {
    #[command(flatten)]
    pub(crate) dir: Dir,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// Only this act.
    #[arg(long)]
    pub(crate) act: Option<String>,
    /// Only commands of this party.
    #[arg(long)]
    pub(crate) by: Option<String>,
    /// Only refused commands: who tried.
    #[arg(long)]
    pub(crate) refused: bool,
    /// Only commands that wait, or waited, for a checker.
    #[arg(long)]
    pub(crate) held: bool,
    /// Only what takes effect on this day or later.
    #[arg(long, value_name = "DAY")]
    pub(crate) effective_from: Option<String>,
    /// Only what takes effect on this day or earlier.
    #[arg(long, value_name = "DAY")]
    pub(crate) effective_through: Option<String>,
    /// From this event on.
    #[arg(long, default_value_t = 1)]
    pub(crate) from: u64,
    /// Up to this event or time.
    #[arg(long, value_name = "SEQ|TIME")]
    pub(crate) until: Option<String>,
    /// At most this many.
    #[arg(long, default_value_t = 1_000)]
    pub(crate) limit: u64,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

/// Show where a lot came from, and what became of it.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary trace --dir my-ledger LOT-19\n  granary trace --dir my-ledger LOT-19 --up --format json"
)]
pub(crate) struct Trace {
    #[command(flatten)]
    pub(crate) dir: Dir,
    /// The lot.
    pub(crate) lot: String,
    /// Towards what it was made from.
    #[arg(long)]
    pub(crate) up: bool,
    /// Towards what was made from it.
    #[arg(long)]
    pub(crate) down: bool,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

/// Explain why a day looks different now from how it looked then.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary explain --dir my-ledger --lot LOT-19 --as-of 2026-03-10 --known-at 17\n  granary explain --dir my-ledger --material NdPr --as-of 2026-03-10 --known-at 2026-03-11T00:00:00Z --and 40"
)]
pub(crate) struct Explain {
    #[command(flatten)]
    pub(crate) dir: Dir,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// The day, YYYY-MM-DD.
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: String,
    /// As known after this event, or at this time.
    #[arg(long, value_name = "SEQ|TIME")]
    pub(crate) known_at: String,
    /// Compared with what was known after this event, or at this time; now where absent.
    #[arg(long, value_name = "SEQ|TIME")]
    pub(crate) and: Option<String>,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

/// Cosign the checkpoints of other ledgers.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary witness --dir my-witness --name witness.example/secretariat --log agency.pub --listen 127.0.0.1:7171\n  granary witness --dir my-witness --policy pool.policy\n\nIt prints the line that names it in a trust policy. What contradicts a checkpoint that it cosigned is refused, and\nboth checkpoints are kept in the folder `evidence/`: each is signed by the log."
)]
pub(crate) struct Witness {
    /// Folder of the witness: its key, and what it cosigned last of each log.
    #[arg(long, value_name = "DIR", default_value = "witness")]
    pub(crate) dir: PathBuf,
    /// Its name, at its first start: a URL prefix without scheme, for ever.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Key of a log whose checkpoints it cosigns, or a file that holds it; may be given several times.
    #[arg(long, value_name = "KEY|FILE")]
    pub(crate) log: Vec<String>,
    /// A trust policy: the logs that it names are cosigned.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// Address and port of HTTP.
    #[arg(long, default_value = "127.0.0.1:7171")]
    pub(crate) listen: String,
}

/// Fold the log from its first event.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary replay --dir my-ledger --verify\n  granary replay --from copied-tiles --key log.pub --until 1000\n\nExit code 0 only when everything agrees. Two machines that show the same `balances` hold the same ones: it is a hash\nover every account."
)]
pub(crate) struct Replay {
    #[command(flatten)]
    pub(crate) dir: Dir,
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
    pub(crate) trust: audit::Trust,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

/// Serve a ledger over HTTP.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary serve --dir my-ledger\n  granary serve --dir my-ledger --listen 127.0.0.1:0 --settings serve.toml\n\nOther tools that are pointed at the same folder ask this server. It ends on SIGTERM and SIGINT, once what is under\nway is answered."
)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) dir: Dir,
    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
    /// Address and port; port 0 is any that is free.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<String>,
}

/// A service on NATS.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  granary ingest --nats nats://127.0.0.1:4222\n  granary ingest --nats nats://127.0.0.1:4222 --listen 127.0.0.1:7071 --settings ingest.toml\n\n`granary settings` shows the settings under `nats`: organisation, ledger, credentials."
)]
pub(crate) struct OnNats {
    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
    /// Servers, divided by commas.
    #[arg(long, value_name = "URL")]
    pub(crate) nats: Option<String>,
    /// Address and port of HTTP; port 0 is any that is free.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<String>,
}

/// The ledger on NATS.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  granary ledger --dir my-ledger --nats nats://127.0.0.1:4222 --listen 127.0.0.1:7072\n  granary ledger --dir my-standby --keys my-ledger/keys --nats nats://127.0.0.1:4222 --listen 127.0.0.1:7073\n\nOf all that run for a ledger one leads; the others follow it and take over. A folder that is not there yet becomes a\nstandby: it needs a copy of the ledger's keys."
)]
pub(crate) struct LedgerArgs {
    #[command(flatten)]
    pub(crate) dir: Dir,
    #[command(flatten)]
    pub(crate) on: OnNats,
    /// Folder with the ledger's keys, for a standby that is new.
    #[arg(long, value_name = "DIR")]
    pub(crate) keys: Option<PathBuf>,
    /// Name of this process, for people and for the lease; folder and process id where absent.
    #[arg(long)]
    pub(crate) node: Option<String>,
}

/// Commands in, on NATS.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  granary ingest --nats nats://127.0.0.1:4222 --listen 127.0.0.1:7070\n  granary ingest --nats nats://127.0.0.1:4222 --copy my-books --settings ingest.toml\n\nQuestions are passed on to a `granary projections`. With --copy it answers them itself, refuses early what the ledger would\nrefuse, and takes in tables and reports, which are compared with the books."
)]
pub(crate) struct IngestArgs {
    #[command(flatten)]
    pub(crate) on: OnNats,
    /// Keep a copy of the books in this folder: imports need it.
    #[arg(long, value_name = "DIR")]
    pub(crate) copy: Option<PathBuf>,
}

/// Answers on NATS.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  granary projections --dir my-copy --nats nats://127.0.0.1:4222\n  granary projections --dir my-copy --nats nats://127.0.0.1:4222 --listen 127.0.0.1:7073\n\nA folder that is not there yet becomes a copy that follows the ledger."
)]
pub(crate) struct OnNatsWithFolder {
    #[command(flatten)]
    pub(crate) dir: Dir,
    #[command(flatten)]
    pub(crate) on: OnNats,
}

/// Show the settings.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary settings --dir my-ledger\n  granary settings --settings serve.toml --format json"
)]
pub(crate) struct ShowSettings {
    #[command(flatten)]
    pub(crate) dir: Dir,
    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

/// Make a token.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary token --party AGENCY\n  granary token --party operator\n\nThe token is printed once; the settings keep its SHA-256."
)]
pub(crate) struct Token {
    /// Code of the party that it speaks for; `operator` is whoever runs the ledger.
    #[arg(long)]
    pub(crate) party: String,
}

/// Keys.
#[derive(Debug, Subcommand)]
pub(crate) enum KeyArgs {
    /// Make a key: the secret goes to a file, the public part is printed.
    New(KeyNew),
    /// Announce a new key of the ledger's log in the log itself; both sign from then on.
    Rotate(KeyRotate),
    /// End a handover: only the new key signs from now on.
    Retire(KeyRetire),
}

/// Announce a new key.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary key rotate --as ledger --dir my-ledger\n  granary key rotate --as METI --dir my-ledger --effective 2026-03-31\n\nWhoever follows the log follows the key: `granary audit verify` reads the announcement out of the entries, and refuses a\ncheckpoint by a key that was not in force. Give keys/log.next.pub, or the announcement, to whoever holds the old key."
)]
pub(crate) struct KeyRotate {
    #[command(flatten)]
    pub(crate) by: reconcile::By,
    #[command(flatten)]
    pub(crate) dir: Dir,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

/// End a handover.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary key retire --dir my-ledger\n  granary key retire --dir /var/lib/granary/ledger\n\nDo it once policies and witnesses know the new key. The old one is kept beside, and signs nothing any more."
)]
pub(crate) struct KeyRetire {
    #[command(flatten)]
    pub(crate) dir: Dir,
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
    #[command(flatten)]
    pub(crate) trust: audit::Trust,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

/// Make a key.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  granary key new --out agency.seed\n  granary key new --out keys/desk.seed")]
pub(crate) struct KeyNew {
    /// File for the secret; it must not be there yet.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

/// Sign.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary sign --key agency.seed --origin reserve.example/ledger1 commands.jsonl > headers.txt\n  granary sign --key agency.seed --origin reserve.example/ledger1 --what question '/v1/positions?by=lot'\n\nSend the headers with exactly these bytes: curl -H @headers.txt --data-binary @commands.jsonl ..."
)]
pub(crate) struct Sign {
    /// File with the secret.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// Name of the ledger: a signature is good for one.
    #[arg(long)]
    pub(crate) origin: String,
    /// What is signed.
    #[arg(long, value_enum, default_value_t = SignedWhat::Frame)]
    pub(crate) what: SignedWhat,
    /// For how long it stands; a day at most.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1_440))]
    pub(crate) minutes: u32,
    /// File of a frame (`-` is standard input), or path and query of a question.
    pub(crate) file: PathBuf,
}

/// What is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum SignedWhat {
    /// Commands, one a line.
    Frame,
    /// Path and query of a question.
    Question,
}
