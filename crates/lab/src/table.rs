//! `lab bench`: what it is told, and its rows on stdout.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};
use serde_json::Value;
use shell::{Exit, Failure};

use crate::bench::{Plan, Row, WORKLOADS, run as run_plan};

/// Measure speed and size.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  lab bench --movements 1000000\n  lab bench --workload frames --workload as-of --movements 100000000 --format json\n\nThe workloads on NATS install a nats-server with pip under target/tools, or take the one that GRANARY_NATS_SERVER names."
)]
pub(crate) struct Bench {
    /// Folder to work in; the ledgers in it are removed at the end.
    #[arg(long, value_name = "DIR", default_value = "target/bench")]
    dir: PathBuf,
    /// Movements of the workloads that post frames.
    #[arg(long, default_value_t = 1_000_000)]
    movements: u64,
    /// Only this workload; may be repeated. All where absent.
    #[arg(long, value_parser = PossibleValuesParser::new(WORKLOADS))]
    workload: Vec<String>,
    /// Keep the ledgers.
    #[arg(long)]
    keep: bool,
    /// How the rows are written.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Rows of an earlier run (`--format json`) to hold these against: it fails where one lost more than a tenth.
    #[arg(long, value_name = "FILE")]
    compare: Option<PathBuf>,
}

/// What a row may have of an earlier one's speed before that counts as a loss: machines drift.
const KEPT_MIN: f64 = 0.9;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table for people.
    #[default]
    Table,
    /// JSON for programs, with what else each workload tells.
    Json,
}

pub(crate) fn run(args: Bench) -> Result<(), Failure> {
    // Read first: half an hour later is late to hear that it is not there.
    let before: Option<Vec<Value>> = match &args.compare {
        Some(path) => Some(serde_json::from_slice(&std::fs::read(path)?)?),
        None => None,
    };
    let workloads = match args.workload.is_empty() {
        true => WORKLOADS.iter().map(|name| (*name).to_owned()).collect(),
        false => args.workload,
    };
    std::fs::create_dir_all(&args.dir)?;
    let plan = Plan { dir: args.dir, movements: args.movements, workloads, keep: args.keep };
    let rows = run_plan(&plan, |row| {
        if args.format == Format::Table {
            eprintln!("{:20} {:>12.0} movements/s", row.workload, row.movements_per_s);
        }
    })?;
    let mut out = io::stdout().lock();
    match args.format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, &rows)?;
            writeln!(out)?;
        }
        Format::Table => write_table(&mut out, &rows)?,
    }
    match before {
        Some(before) => compare(&before, &rows),
        None => Ok(()),
    }
}

/// Says on stderr what each row has of the earlier one's speed.
fn compare(before: &[Value], rows: &[Row]) -> Result<(), Failure> {
    let mut lost = Vec::new();
    for row in rows {
        let earlier = before.iter().find(|it| it["workload"] == row.workload.as_str());
        let Some(per_s) = earlier.and_then(|it| it["movements_per_s"].as_f64()) else { continue };
        let kept = row.movements_per_s / per_s;
        eprintln!("{:20} {kept:.2} of {per_s:.0}/s", row.workload);
        if kept < KEPT_MIN {
            lost.push(row.workload.as_str());
        }
    }
    match lost.is_empty() {
        true => Ok(()),
        false => {
            Err(Failure { exit: Exit::Refused, ..Failure::new(format!("slower than before: {}", lost.join(", "))) })
        }
    }
}

fn write_table(out: &mut impl Write, rows: &[Row]) -> io::Result<()> {
    writeln!(
        out,
        "{:20} {:>8} {:>7} {:>9} {:>11} {:>11} {:>9} {:>9} {:>14} {:>6} {:>7} {:>13} {:>6}",
        "workload",
        "batch",
        "clients",
        "accounts",
        "movements",
        "per_s",
        "p50_ms",
        "p99_ms",
        "baseline_per_s",
        "ratio",
        "bytes",
        "without_tiles",
        "rss_mb"
    )?;
    for row in rows {
        let Row { workload, batch, clients, accounts, movements, .. } = row;
        write!(out, "{workload:20} {batch:>8} {clients:>7} {accounts:>9} {movements:>11} ")?;
        write!(out, "{:>11.0} {:>9.3} {:>9.3} ", row.movements_per_s, row.p50_ms, row.p99_ms)?;
        write!(out, "{:>14.0} {:>6.2} ", row.baseline_per_s, row.ratio)?;
        write!(out, "{:>7.1} {:>13.1} ", row.bytes_per_movement, row.bytes_per_movement_without_tiles)?;
        writeln!(out, "{:>6}", row.rss_mb_max)?;
    }
    Ok(())
}
