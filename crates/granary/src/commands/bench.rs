//! `granary bench`

use shell::{Exit, Failure};

use crate::bench::{Plan, Row, WORKLOADS, run as run_plan};
use crate::cli::Bench;
use crate::output::{Align, Column, Format, Grid, show};

pub(crate) fn run(args: Bench) -> Result<Exit, Failure> {
    let workloads = match args.workload.is_empty() {
        true => WORKLOADS.iter().map(|name| (*name).to_owned()).collect(),
        false => args.workload,
    };
    std::fs::create_dir_all(&args.dir)?;
    let plan = Plan { dir: args.dir, movements: args.movements, workloads, keep: args.keep };
    let rows = run_plan(&plan, |row| {
        if args.shown.format == Format::Table {
            eprintln!("{:20} {:>12.0} movements/s", row.workload, row.movements_per_s);
        }
    })?;
    show(args.shown.format, &rows, || grid(&rows))?;
    Ok(Exit::Done)
}

fn grid(rows: &[Row]) -> Grid<'static> {
    let columns = [
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
        "rss_mb",
    ];
    let row = |row: &Row| {
        let Row { workload, batch, clients, accounts, movements, .. } = row;
        let counts = [*batch, *clients, *accounts, *movements].map(|count| count.to_string());
        let mut cells = vec![workload.clone()];
        cells.extend(counts);
        cells.push(format!("{:.0}", row.movements_per_s));
        cells.push(format!("{:.3}", row.p50_ms));
        cells.push(format!("{:.3}", row.p99_ms));
        cells.push(format!("{:.0}", row.baseline_per_s));
        cells.push(format!("{:.2}", row.ratio));
        cells.push(format!("{:.1}", row.bytes_per_movement));
        cells.push(format!("{:.1}", row.bytes_per_movement_without_tiles));
        cells.push(row.rss_mb_max.to_string());
        cells
    };
    Grid { columns: columns.map(|name| Column(name, Align::Right)).to_vec(), rows: rows.iter().map(row).collect() }
}
