//! The workloads of the speed table, each with its baseline in the same run.
//!
//! A movement here is a full one: decided, its id checked against the whole history, both legs posted, the event
//! encoded, its leaf hashed into the tree, and synced. The baseline is a plain file: the same bytes appended and synced
//! with `fdatasync`, batch by batch, by one thread that does nothing else.

mod audit;
mod http;
mod in_process;
mod machine;
mod made;
mod matching;
mod nats;
mod questions;
mod reserves;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;
use shell::Failure;

use in_process::fresh;
use machine::{average_event_bytes, plain_file, rss_mb_max};
use made::{Ids, Movements, World, all_accepted};

/// One measured row.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Row {
    pub(crate) workload: String,
    pub(crate) batch: u64,
    pub(crate) clients: u64,
    pub(crate) accounts: u64,
    pub(crate) movements: u64,
    pub(crate) movements_per_s: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) baseline: &'static str,
    pub(crate) baseline_per_s: f64,
    pub(crate) ratio: f64,
    pub(crate) bytes_per_movement: f64,
    pub(crate) bytes_per_movement_without_tiles: f64,
    pub(crate) rss_mb_max: u64,
    pub(crate) durable: bool,
    /// What else the workload tells, by name.
    pub(crate) more: serde_json::Map<String, serde_json::Value>,
}

/// How much to run.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) dir: PathBuf,
    pub(crate) movements: u64,
    pub(crate) workloads: Vec<String>,
    pub(crate) keep: bool,
}

/// Commands in a frame: what fits into 1 MiB on the wire.
const FRAME: u64 = 8_189;
const MOVEMENTS_PER_DAY: u64 = 100_000;
const FIRST_DAY: i32 = 16_000;
const PLAIN_FILE: &str = "plain file, same bytes, append + fdatasync";

/// All workloads, in the order in which they run.
pub(crate) const WORKLOADS: [&str; 21] = [
    "match-1m",
    "frames",
    "frames-1m-accounts",
    "two-phase",
    "single-1",
    "single-32",
    "single-256",
    "http-64",
    "nats-lone",
    "nats-frames",
    "nats-lag",
    "rebuild",
    "replay",
    "as-of",
    "receipts",
    "pack-verified",
    "questions",
    "allocation-200",
    "call-board",
    "stress-40",
    "late-before-100-counts",
];

/// Runs the plan; `report` is given each row as it is done.
pub(crate) fn run(plan: &Plan, report: impl FnMut(&Row)) -> Result<Vec<Row>, Failure> {
    let mut run = Run { plan, report, rows: Vec::new() };
    // First, so that the memory it reports is its own.
    if run.wants("match-1m") {
        run.done(matching::million()?);
    }
    run.frames()?;
    for (name, clients) in [("single-1", 1), ("single-32", 32), ("single-256", 256)] {
        if run.wants(name) {
            run.done(in_process::singles(&plan.dir.join(name), name, clients)?);
        }
    }
    if run.wants("allocation-200") {
        run.done(reserves::allocation()?);
    }
    type Asked = fn(&Path, &str) -> Result<Row, Failure>;
    let asked: [(&str, Asked); 4] = [
        ("http-64", |dir, name| http::singles(dir, name, 64)),
        ("call-board", |dir, _| reserves::board(dir)),
        ("stress-40", |dir, _| reserves::stress(dir)),
        ("late-before-100-counts", |dir, _| reserves::late_before_counts(dir)),
    ];
    for (name, measure) in asked {
        if run.wants(name) {
            run.done(measure(&plan.dir.join(name), name)?);
        }
    }
    if nats::WORKLOADS.iter().any(|name| run.wants(name)) {
        let wants = |name: &str| plan.wants(name);
        nats::run(&plan.dir.join("nats"), plan.movements, wants, |row| run.done(row))?;
    }
    let rows = run.rows;
    // Only now: a file system that has just freed many files is slower, and the next workload would pay for the last one.
    if !plan.keep {
        for name in WORKLOADS.into_iter().chain(["nats"]) {
            let dir = plan.dir.join(name);
            if dir.exists() {
                fs::remove_dir_all(&dir)?;
            }
        }
    }
    Ok(rows)
}

impl Plan {
    fn wants(&self, name: &str) -> bool {
        self.workloads.iter().any(|workload| workload == name)
    }
}

/// A plan under way.
struct Run<'p, R> {
    plan: &'p Plan,
    report: R,
    rows: Vec<Row>,
}

impl<R: FnMut(&Row)> Run<'_, R> {
    fn wants(&self, name: &str) -> bool {
        self.plan.wants(name)
    }

    fn done(&mut self, row: Row) {
        (self.report)(&row);
        self.rows.push(row);
    }

    /// Frames into three worlds, and what is asked of the first one's log.
    fn frames(&mut self) -> Result<(), Failure> {
        type OnLog = fn(&Path, World) -> Result<Vec<Row>, Failure>;
        let on_log: [(&str, OnLog); 5] = [
            ("replay", in_process::replays),
            ("as-of", |dir, world| Ok(vec![in_process::as_of(dir, world)?])),
            ("receipts", |dir, _| Ok(vec![audit::receipts(dir)?])),
            ("pack-verified", |dir, _| Ok(vec![audit::pack(dir)?])),
            // Last: it goes on writing.
            ("questions", questions::rows),
        ];
        for (name, sites, lots, two_phase) in
            [("frames", 100, 100, false), ("frames-1m-accounts", 1_000, 1_000, false), ("two-phase", 100, 100, true)]
        {
            let asked = on_log.iter().filter(|(workload, _)| name == "frames" && self.wants(workload));
            let asked: Vec<_> = asked.collect();
            if !self.wants(name) && asked.is_empty() {
                continue;
            }
            let world = World { sites, lots };
            let dir = self.plan.dir.join(name);
            let made = in_process::frames(&dir, name, world, self.plan.movements, two_phase)?;
            if self.wants(name) {
                self.done(made);
            }
            for (workload, measure) in asked {
                for row in measure(&dir, world).map_err(|failure| failure.hint(*workload))? {
                    self.done(row);
                }
            }
        }
        Ok(())
    }
}

impl Row {
    fn finished(latencies: &mut [Duration]) -> Self {
        latencies.sort_unstable();
        let at = |per_mille: usize| match latencies.len() {
            0 => 0.0,
            count => latencies[(count - 1) * per_mille / 1_000].as_secs_f64() * 1e3,
        };
        Self { p50_ms: at(500), p99_ms: at(990), rss_mb_max: rss_mb_max(), durable: true, ..Self::default() }
    }
}
