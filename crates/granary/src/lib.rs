//! `granary`: a ledger for strategic stockpiles and shared reserves, and its tools.
//!
//! The program is this library and a line that calls it, so that `lab` measures the same code that people run. It knows
//! nothing of benches, simulators and test servers.

mod cli;
mod client;
mod commands;
mod opened_view;
mod output;
mod progress;
mod services;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;
use shell::Exit;

pub use commands::query::{Asked, open};

/// Whoever reads our output may stop reading, as `head` does; `println!` knows no other way to say so than to panic.
fn end_quietly_where_nobody_reads() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let said = panic.payload().downcast_ref::<String>();
        if said.is_some_and(|said| said.starts_with("failed printing to stdout") && said.contains("Broken pipe")) {
            std::process::exit(0);
        }
        usual(panic);
    }));
}

/// Runs what was typed; the first word is the name of the program.
pub fn run(typed: impl IntoIterator<Item = OsString>) -> ExitCode {
    end_quietly_where_nobody_reads();
    let cli = match cli::Cli::try_parse_from(typed) {
        Ok(cli) => cli,
        Err(error) => {
            let exit = if error.use_stderr() { Exit::WrongUse } else { Exit::Done };
            // Help that nobody reads any more is no failure.
            let _ = error.print();
            return exit.into();
        }
    };
    // Services log as their settings say.
    use cli::Command::{Ingest, Ledger, Projections, Serve};
    if !matches!(cli.command, Serve(_) | Ledger(_) | Ingest(_) | Projections(_)) {
        shell::log_to_stderr();
    }
    match commands::run(cli.command) {
        Ok(exit) => exit.into(),
        Err(failure) if output::is_closed_pipe(&failure) => Exit::Done.into(),
        Err(failure) => {
            eprintln!("{failure}");
            failure.exit.into()
        }
    }
}
