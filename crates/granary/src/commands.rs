//! The tools: one file each.

mod bench;
mod init;
mod position;
mod post;
mod query;
mod replay;

use shell::{Exit, Failure};

use crate::cli::Command;

/// Runs what was typed.
pub(crate) fn run(command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Init(args) => init::run(&args),
        Command::Post(args) => post::run(&args),
        Command::Position(args) => position::run(&args),
        Command::Replay(args) => replay::run(&args),
        Command::Bench(args) => bench::run(args),
    }
}
