//! Many short lives of a ledger.

use sim::{Plan, run};

/// How many seeds: 200 unless `GRANARY_SIM_SEEDS` says otherwise.
fn seeds() -> u64 {
    std::env::var("GRANARY_SIM_SEEDS").ok().and_then(|count| count.parse().ok()).unwrap_or(200)
}

#[test]
fn every_invariant_holds_under_faults() {
    let mut totals = (0, 0, 0, 0);
    for seed in 0..seeds() {
        let report = std::panic::catch_unwind(|| run(Plan::of(seed)));
        let report = report.unwrap_or_else(|_| panic!("seed {seed}: see it with `granary sim --seed {seed}`"));
        let (epochs, faults, answered, shared) = totals;
        totals = (epochs + report.epochs, faults + report.faults, answered + report.answered, shared + report.shared);
    }
    let (epochs, faults, answered, shared) = totals;
    let count = seeds();
    assert!(shared > 5 * count, "{shared} events of shared reserves");
    assert!(
        epochs > count && faults > count && answered > 50 * count,
        "{epochs} epochs, {faults} faults, {answered} answers"
    );
}

#[test]
fn a_seed_gives_the_same_run_again() {
    let (first, second) = (run(Plan::of(7)), run(Plan::of(7)));
    for (first, second) in first.story.lines().zip(second.story.lines()) {
        assert_eq!(first, second);
    }
    assert!(first == second, "the same story, and the same root");
}
