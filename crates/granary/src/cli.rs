//! What can be typed.

use std::ffi::OsString;

use clap::{CommandFactory as _, Parser, Subcommand};

pub(crate) mod audit;
pub(crate) mod codes;
mod common;
pub(crate) mod desk;
pub(crate) mod disclose;
pub(crate) mod fields;
pub(crate) mod lists;
pub(crate) mod names;
pub(crate) mod reconcile;
pub(crate) mod reserve;
mod services;
pub(crate) mod table;
mod tools;

pub(crate) use common::{Dir, FilterArgs, Folder, SettingsArgs, Shown, Times};
pub(crate) use services::{
    IngestArgs, KeyArgs, KeyProve, KeyRetire, KeyRotate, LedgerArgs, OnNats, OnNatsWithFolder, Serve, ShowSettings,
    Sign, SignedWhat, Token, Witness,
};
pub(crate) use tools::{
    Completions, Demo, Doctor, Export, Exported, Id, Import, Init, Loads, Mend, Post, Rebuild, Replay, Restore, Schema,
    SchemaOf,
};

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
    /// Language of what is told, such as `ja`; the system's own where absent, English where there are no words of it.
    #[arg(long, global = true, value_name = "TAG", env = "GRANARY_LANG", display_order = 1000)]
    lang: Option<String>,
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
    /// Load a table (CSV) or list (JSON) by a declared mapping, with a verdict for every line.
    Import(Import),
    /// Explain every difference: receive members' reports, compare them with the books, and close the breaks.
    Reconcile(reconcile::Reconcile),
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
    /// Show the ledger's streams on NATS: what waits, what was put aside, and whether every copy is whole.
    Queue(desk::Queue),
    /// Show the frames that could not be decided, post them again, or take them away.
    DeadLetters(desk::DeadLetters),
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
    /// Sign a frame of commands, a group, or a question.
    Sign(Sign),
    /// Print a completion script for a shell.
    Completions(Completions),
}

/// Set by a shell that asks what a line could go on with.
pub(crate) const COMPLETE: &str = "GRANARY_COMPLETE";

/// What was typed, with each value that begins with a hyphen joined to its option: `--note -x` is `--note=-x`. No option but
/// those of help and version has one letter, and what looks like an option is none's value.
pub(crate) fn joined(typed: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut joined: Vec<OsString> = Vec::new();
    for word in typed {
        let text = word.to_str().unwrap_or_default();
        let is_value =
            text.len() > 1 && text.starts_with('-') && !text.starts_with("--") && !["-h", "-V"].contains(&text);
        let is_option = |before: &&mut OsString| {
            before.to_str().is_some_and(|before| before.len() > 2 && before.starts_with("--") && !before.contains('='))
        };
        match joined.last_mut().filter(is_option) {
            Some(option) if is_value => {
                option.push("=");
                option.push(word);
            }
            _ => joined.push(word),
        }
    }
    joined
}

/// Every command: the tools, and what is made from the tables.
pub(crate) fn command() -> clap::Command {
    lists::help(table::complete(Cli::command()))
}
