//! `lab sim`

use std::io::{self, Write};

use clap::Args;
use shell::Failure;

/// Simulate.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  lab sim --seed 7\n  lab sim --seed 0 --count 10000 --quiet\n\nThe same seed gives the same run, byte for byte. A broken invariant ends it with the seed that shows it."
)]
pub(crate) struct Sim {
    /// What decides everything.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// So many seeds, from this one on.
    #[arg(long, default_value_t = 1)]
    count: u64,
    /// Clients.
    #[arg(long, default_value_t = 3)]
    clients: u32,
    /// Frames that each client sends.
    #[arg(long, default_value_t = 40)]
    frames: u32,
    /// Only the last line of each run.
    #[arg(long)]
    quiet: bool,
}

pub(crate) fn run(args: &Sim) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    for seed in args.seed..args.seed.saturating_add(args.count) {
        let plan = sim::Plan { seed, clients: args.clients, frames: args.frames, broken: None };
        // What the services would log is told by the story.
        let ran = std::panic::catch_unwind(|| {
            tracing::subscriber::with_default(tracing::subscriber::NoSubscriber::default(), || sim::run(plan))
        });
        let report = ran.map_err(|_| {
            Failure::new(format!("an invariant is broken under seed {seed}"))
                .hint(format!("see it again with `lab sim --seed {seed}`, with the same clients and frames"))
        })?;
        if !args.quiet {
            out.write_all(report.story.as_bytes())?;
        }
        writeln!(
            out,
            "seed {seed}: {} records, {} events, {} commands answered, {} epochs, {} faults, {} checks held, root {}",
            report.records, report.events, report.answered, report.epochs, report.faults, report.steps, report.root
        )?;
    }
    Ok(())
}
