//! `granary`: a ledger for strategic stockpiles and shared reserves, and its tools.

mod bench;
mod cli;
mod client;
mod commands;
mod opened_view;
mod output;
mod progress;
mod services;

use std::process::ExitCode;

use clap::Parser;
use shell::Exit;

/// Events, commands and messages are many small pieces, made by one thread and dropped by another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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

fn main() -> ExitCode {
    end_quietly_where_nobody_reads();
    let cli = match cli::Cli::try_parse() {
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
