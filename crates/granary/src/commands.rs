//! The tools: one file each.

mod audit;
mod courier;
mod cover;
mod demo;
mod dependence;
mod disclose;
mod doctor;
mod explain;
mod export;
mod history;
mod import;
mod init;
mod keys;
mod list;
mod position;
mod post;
pub(crate) mod query;
mod rebuild;
mod reconcile;
mod replay;
mod reserve;
mod restore;
mod schema;
mod settings;
mod trace;

use clap::CommandFactory;
use shell::{Exit, Failure};

use crate::cli::Command;

/// Runs what was typed.
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
            let mut command = crate::cli::Cli::command();
            // It panics where it cannot write: into memory first.
            let mut script = Vec::new();
            clap_complete::generate(args.shell, &mut command, "granary", &mut script);
            std::io::Write::write_all(&mut std::io::stdout(), &script)?;
            Ok(Exit::Done)
        }
        Command::Init(args) => init::run(&args),
        Command::Post(args) => post::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Cover(args) => cover::run(&args),
        Command::Dependence(args) => dependence::run(&args),
        Command::Reserve(args) => reserve::run(args),
        Command::Reconcile(args) => reconcile::run(args),
        Command::History(args) => history::run(&args),
        Command::Trace(args) => trace::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::List(args) => list::run(&args),
        Command::Position(args) => position::run(&args),
        Command::Rebuild(args) => rebuild::run(&args),
        Command::Replay(args) => replay::run(&args),
        Command::Serve(args) => crate::services::serve::run(&args),
        Command::Ledger(args) => crate::services::on_nats::ledger(&args),
        Command::Ingest(args) => crate::services::on_nats::ingest(&args),
        Command::Projections(args) => crate::services::on_nats::projections(&args),
        Command::Witness(args) => crate::services::witness::run(&args),
        Command::Disclose(args) => disclose::disclose(&args),
        Command::Disclosed(args) => disclose::disclosed(&args),
        Command::Settings(args) => settings::run(&args),
        Command::Restore(args) => restore::run(&args),
        Command::Token(args) => keys::token(&args),
        Command::Key(args) => keys::key(&args),
        Command::Sign(args) => keys::sign(&args),
    }
}
