//! `lab`: measures the ledger and simulates it. It sees everything, nobody sees it, and it is never shipped.

mod bench;
mod redteam;
mod simulate;
mod table;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use shell::{Exit, Failure};

/// As in the program that is measured.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The workbench of Granary: what developers run, and nobody else.
#[derive(Debug, Parser)]
#[command(
    name = "lab",
    version,
    max_term_width = 110,
    after_help = "Examples:\n  lab bench --workload frames --movements 1000000\n  lab sim --seed 7\n  lab redteam\n\n`lab granary ...` is the tool `granary` of this build, in a process of its own."
)]
struct Cli {
    #[command(subcommand)]
    command: Tool,
}

#[derive(Debug, Subcommand)]
enum Tool {
    /// Measure speed and size, with a baseline in the same run.
    Bench(table::Bench),
    /// Attack a server of this build on spare ports, and say which controls were met.
    Redteam(redteam::Redteam),
    /// Run ledgers, a copy and clients under faults that a seed decides, and check every invariant after every step.
    Sim(simulate::Sim),
}

fn main() -> ExitCode {
    let mut typed = std::env::args_os().peekable();
    typed.next();
    if typed.peek().is_some_and(|word| word == "granary") {
        return granary::run(typed);
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let exit = if error.use_stderr() { Exit::WrongUse } else { Exit::Done };
            // Help that nobody reads any more is no failure.
            let _ = error.print();
            return exit.into();
        }
    };
    shell::log_to_stderr();
    match run(cli.command) {
        Ok(()) => Exit::Done.into(),
        Err(failure) => {
            eprintln!("{failure}");
            failure.exit.into()
        }
    }
}

fn run(tool: Tool) -> Result<(), Failure> {
    match tool {
        Tool::Bench(args) => table::run(args),
        Tool::Redteam(args) => redteam::run(&args),
        Tool::Sim(args) => simulate::run(&args),
    }
}
