//! The tools: one file each.

pub(crate) mod act;
mod ask;
mod audit;
mod courier;
mod demo;
mod doctor;
mod export;
mod from_rows;
mod import;
mod init;
mod keys;
#[cfg_attr(not(feature = "nats"), path = "commands/no_nats.rs")]
mod nats;
mod plan;
mod post;
pub(crate) mod query;
mod rebuild;
mod reconcile;
mod rehearse;
mod replay;
mod reserve;
mod restore;
mod rows;
mod schema;
mod settings;

pub(crate) use ask::answer;
use shell::{Exit, Failure};

use crate::cli::Command;
use crate::cli::table::Typed;

/// Asks or does what was typed of the tables.
pub(crate) fn run_typed(typed: Typed) -> Result<Exit, Failure> {
    match typed {
        Typed::Ask(asking) => ask::run(&asking),
        Typed::Do(doing) => act::run(doing),
        Typed::New(new) => reserve::new(&new),
        Typed::Exercise(exercise) => reserve::exercise::run(&exercise),
        Typed::Brief(brief) => reserve::brief::run(&brief),
        Typed::Questions => print(&crate::cli::lists::questions()),
        Typed::Acts => print(&crate::cli::lists::acts()),
        Typed::Listed => print(&crate::cli::lists::listed()),
        Typed::Nothing => {
            eprint!("{}", crate::cli::lists::short());
            Ok(Exit::WrongUse)
        }
    }
}

/// Prints a text; a reader who goes away is no failure.
fn print(text: &str) -> Result<Exit, Failure> {
    std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes())?;
    Ok(Exit::Done)
}

/// Runs the tool that was typed.
pub(crate) fn run(command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Demo(args) => demo::run(&args),
        Command::Audit(args) => audit::run(args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Export(args) => export::run(&args),
        Command::Schema(args) => schema::run(&args),
        Command::Id(args) => {
            for _ in 0..args.count {
                println!("{}", uuid::Uuid::now_v7());
            }
            Ok(Exit::Done)
        }
        Command::Completions(args) => {
            let mut script = Vec::new();
            args.shell.write(&mut script)?;
            std::io::Write::write_all(&mut std::io::stdout(), &script)?;
            Ok(Exit::Done)
        }
        Command::Init(args) => init::run(&args),
        Command::Post(args) => post::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Reconcile(args) => reconcile::run(args),
        Command::Rebuild(args) => rebuild::run(&args),
        Command::Replay(args) => replay::run(&args),
        Command::Serve(args) => crate::services::serve::run(&args),
        Command::Ledger(args) => crate::services::on_nats::ledger(&args),
        Command::Ingest(args) => crate::services::on_nats::ingest(&args),
        Command::Projections(args) => crate::services::on_nats::projections(&args),
        Command::Witness(args) => crate::services::witness::run(&args),
        Command::Queue(args) => nats::queue(&args),
        Command::DeadLetters(args) => nats::dead_letters(&args),
        Command::Disclose(args) => nats::disclose(&args),
        Command::Disclosed(args) => nats::disclosed(&args),
        Command::Settings(args) => settings::run(&args),
        Command::Restore(args) => restore::run(&args),
        Command::Token(args) => keys::token(&args),
        Command::Key(args) => keys::key(&args),
        Command::Sign(args) => keys::sign(&args),
    }
}
