//! `granary`: a ledger for strategic stockpiles and shared reserves, and its tools.
//!
//! The program is this library and a line that calls it, so that `lab` measures the same code that people run. It knows
//! nothing of benches, simulators and test servers.

#[cfg_attr(
    not(feature = "nats"),
    allow(dead_code, unused_imports, reason = "what is typed for NATS is read where there is NATS")
)]
mod cli;
mod client;
mod commands;
mod language;
mod opened_view;
mod output;
mod progress;
mod services;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::FromArgMatches as _;
use shell::{Exit, Failure};

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
    // Whatever is made is for this user alone, whichever crate makes it: logs, tiles, keys, and what is written out.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    // A shell that completes a line asks the program itself; otherwise this does nothing.
    clap_complete::CompleteEnv::with_factory(cli::command).var(cli::COMPLETE).bin("granary").complete();
    let ran = cli::command().try_get_matches_from(cli::joined(typed)).map_err(Undone::Typed).and_then(|typed| {
        language::choose(typed.get_one::<String>("lang").map(String::as_str)).map_err(Undone::Failed)?;
        match cli::table::typed(&typed).map_err(Undone::Failed)? {
            Some(of_tables) => {
                shell::log_to_stderr();
                commands::run_typed(of_tables).map_err(Undone::Failed)
            }
            None => cli::Cli::from_arg_matches(&typed).map_err(Undone::Typed).and_then(|cli| run_tool(cli.command)),
        }
    });
    match ran {
        Ok(exit) => exit.into(),
        Err(Undone::Typed(error)) => {
            let exit = if error.use_stderr() { Exit::WrongUse } else { Exit::Done };
            // Help that nobody reads any more is no failure.
            let _ = error.print();
            exit.into()
        }
        Err(Undone::Failed(failure)) if output::is_closed_pipe(&failure) => Exit::Done.into(),
        Err(Undone::Failed(failure)) => {
            shell::say_failure(&failure);
            failure.exit.into()
        }
    }
}

/// Why nothing came of what was typed.
enum Undone {
    /// It is no command, or asks for help.
    Typed(clap::Error),
    /// It was tried.
    Failed(Failure),
}

fn run_tool(command: cli::Command) -> Result<Exit, Undone> {
    // Services log as their settings say.
    use cli::Command::{Ingest, Ledger, Projections, Serve};
    if !matches!(command, Serve(_) | Ledger(_) | Ingest(_) | Projections(_)) {
        shell::log_to_stderr();
    }
    commands::run(command).map_err(Undone::Failed)
}
