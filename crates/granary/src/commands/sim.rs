//! `granary sim`

use std::io::{self, Write};

use shell::{Exit, Failure};

use crate::cli::Sim;
use crate::progress;

pub(crate) fn run(args: &Sim) -> Result<Exit, Failure> {
    let bar = progress::counter("seeds");
    let mut out = io::stdout().lock();
    for seed in args.seed..args.seed.saturating_add(args.count) {
        let plan = sim::Plan { seed, clients: args.clients, frames: args.frames, broken: None };
        // What the services would log is told by the story.
        let ran = std::panic::catch_unwind(|| {
            tracing::subscriber::with_default(tracing::subscriber::NoSubscriber::default(), || sim::run(plan))
        });
        let report = ran.map_err(|_| {
            Failure::new(format!("an invariant is broken under seed {seed}"))
                .hint(format!("see it again with `granary sim --seed {seed}`, with the same clients and frames"))
        })?;
        bar.inc(1);
        if !args.quiet {
            out.write_all(report.story.as_bytes())?;
        }
        writeln!(
            out,
            "seed {seed}: {} records, {} events, {} commands answered, {} epochs, {} faults, {} checks held, root {}",
            report.records, report.events, report.answered, report.epochs, report.faults, report.steps, report.root
        )?;
    }
    bar.finish_and_clear();
    Ok(Exit::Done)
}
