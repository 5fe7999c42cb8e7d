//! What can be typed to run a service, and to set one up: settings, tokens, keys.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::reconcile::By;
use super::{Folder, SettingsArgs, Shown};

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

/// Serve a ledger over HTTP.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary serve --dir my-ledger\n  granary serve --dir my-ledger --listen 127.0.0.1:0 --settings serve.toml\n\nOther tools that are pointed at the same folder ask this server. It ends on SIGTERM and SIGINT, once what is under\nway is answered."
)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) dir: Folder,
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
    pub(crate) dir: Folder,
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
    pub(crate) dir: Folder,
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
    pub(crate) dir: Folder,
    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

/// Make a token.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary token --party AGENCY --days 90 --name \"Sato, desk 2\"\n  granary token --party operator\n\nThe token is printed once; the settings keep its SHA-256."
)]
pub(crate) struct Token {
    /// Code of the party that it speaks for; `operator` is whoever runs the ledger.
    #[arg(long)]
    pub(crate) party: String,
    /// For how many days it is good; for as long as it stands in the settings where this is not said.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=3_650))]
    pub(crate) days: Option<u32>,
    /// Whose it is, or what for: two tokens of a party with two names are two hands.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// The person that it names, as the act `register_person` numbered it: `AGENCY/1`.
    #[arg(long)]
    pub(crate) person: Option<String>,
}

/// Keys.
#[derive(Debug, Subcommand)]
pub(crate) enum KeyArgs {
    /// Make a key: the secret goes to a file, the public part is printed.
    New(KeyNew),
    /// Show that a key is at hand: what `register_party` and `amend_party` want of each new key, in their field `proofs`.
    Prove(KeyProve),
    /// Announce a new key of the ledger's log in the log itself; both sign from then on.
    Rotate(KeyRotate),
    /// End a handover: only the new key signs from now on.
    Retire(KeyRetire),
}

/// Show that a key is at hand.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary key prove --key agency.seed --origin example.org/ledger --party JOGMEC\n  granary key prove --key /etc/granary/meti.seed --origin example.org/ledger --party METI\n\nWhat is printed is good for this ledger, this party and this key alone. A key that is or was another party's is refused."
)]
pub(crate) struct KeyProve {
    /// File with the secret.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// Name of the ledger.
    #[arg(long)]
    pub(crate) origin: String,
    /// Code of the party whose key it becomes.
    #[arg(long, value_name = "CODE")]
    pub(crate) party: String,
}

/// Announce a new key.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary key rotate --as ledger --dir my-ledger\n  granary key rotate --as METI --dir my-ledger --effective 2026-03-31\n\nWhoever follows the log follows the key: `granary audit verify` reads the announcement out of the entries, and refuses a\ncheckpoint by a key that was not in force. Give keys/log.next.pub, or the announcement, to whoever holds the old key."
)]
pub(crate) struct KeyRotate {
    #[command(flatten)]
    pub(crate) by: By,
    #[command(flatten)]
    pub(crate) dir: Folder,
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
    pub(crate) dir: Folder,
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
    /// How a question is asked: its signature is good for no other way.
    #[arg(long, default_value = "GET")]
    pub(crate) method: String,
    /// The header Accept of a question, which is printed with the others: its signature is good for no other.
    #[arg(long, default_value = "application/json")]
    pub(crate) accept: String,
    /// File with the body of a question that is asked by POST.
    #[arg(long, value_name = "FILE")]
    pub(crate) body: Option<PathBuf>,
    /// File of a frame or a group (`-` is standard input), or path and query of a question.
    pub(crate) file: PathBuf,
}

/// What is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum SignedWhat {
    /// Commands, one a line.
    Frame,
    /// Consent to a group: it is printed with the consent in it, for the next to sign or to be posted.
    Group,
    /// Path and query of a question.
    Question,
}
