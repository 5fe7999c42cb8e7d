//! The tools: one file each.

mod bench;
mod courier;
mod cover;
mod dependence;
mod explain;
mod history;
mod import;
mod init;
mod position;
mod post;
mod query;
mod replay;
mod trace;

use shell::{Exit, Failure};

use crate::cli::Command;

/// Runs what was typed.
pub(crate) fn run(command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Init(args) => init::run(&args),
        Command::Post(args) => post::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Cover(args) => cover::run(&args),
        Command::Dependence(args) => dependence::run(&args),
        Command::History(args) => history::run(&args),
        Command::Trace(args) => trace::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Position(args) => position::run(&args),
        Command::Replay(args) => replay::run(&args),
        Command::Bench(args) => bench::run(args),
    }
}
