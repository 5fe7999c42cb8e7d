//! The workload of reconciliation: a million lines against a million, with differences of every class put in. What is not
//! found, or found and never put in, fails the run.

use std::time::Instant;

use reconcile::{Tolerances, match_lines};
use shell::Failure;

use super::{Row, rss_mb_max};

#[path = "../../../reconcile/examples/match_speed/injected.rs"]
mod injected;

const LINE_COUNT: usize = 1_000_000;

/// Lines of both sides a second; memory is that of the whole process, both sides included.
pub(super) fn million() -> Result<Row, Failure> {
    let made = injected::make(LINE_COUNT);
    let tolerances = Tolerances::new(injected::TOLERANCE);
    let started = Instant::now();
    let found = match_lines(&made.ours, &made.theirs, &tolerances, &[])?;
    let took = started.elapsed();
    let rss = rss_mb_max();
    if let Some(fault) = injected::faults(&made, &found).first() {
        return Err(Failure::new(format!("a difference was missed or invented: {fault}")));
    }
    let lines = (made.ours.len() + made.theirs.len()) as u64;
    let took_ms = took.as_secs_f64() * 1e3;
    Ok(Row {
        workload: "match-1m".into(),
        batch: lines,
        clients: 1,
        movements: lines,
        movements_per_s: lines as f64 / took.as_secs_f64(),
        p50_ms: took_ms,
        p99_ms: took_ms,
        baseline: "none",
        rss_mb_max: rss,
        ..Row::default()
    })
}
