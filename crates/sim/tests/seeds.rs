//! Many short lives of a ledger.

use sim::{Broken, Plan, run};

/// How many seeds: 200 unless `GRANARY_SIM_SEEDS` says otherwise.
fn seeds() -> u64 {
    std::env::var("GRANARY_SIM_SEEDS").ok().and_then(|count| count.parse().ok()).unwrap_or(200)
}

#[test]
fn every_invariant_holds_under_faults() {
    let mut totals = (0, 0, 0, 0);
    for seed in 0..seeds() {
        let report = std::panic::catch_unwind(|| run(Plan::of(seed)));
        let report = report.unwrap_or_else(|_| panic!("seed {seed}: see it with `lab sim --seed {seed}`"));
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

/// Two ledgers had the whole history and the server had none: one wrote it again under a later lease, and the other, which
/// had slept through that, began its epoch behind it.
#[test]
fn a_lease_from_before_the_history_was_written_again_is_over() {
    assert!(run(Plan::of(2_671)).steps > 0);
}

#[test]
fn a_seed_gives_the_same_run_again() {
    let (first, second) = (run(Plan::of(7)), run(Plan::of(7)));
    for (first, second) in first.story.lines().zip(second.story.lines()) {
        assert_eq!(first, second);
    }
    assert!(first == second, "the same story, and the same root");
}

/// What a server that breaks its word comes to: the first complaint within so many seeds.
fn complaint(broken: Broken, seeds: u64) -> Option<String> {
    (0..seeds).find_map(|seed| {
        let plan = Plan { broken: Some(broken), ..Plan::of(seed) };
        let panic = std::panic::catch_unwind(|| run(plan)).err()?;
        let text = panic.downcast_ref::<String>().cloned();
        text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).or_else(|| Some(String::new()))
    })
}

/// The checks can fail: a server that does not keep what the protocol rests on is caught.
#[test]
fn a_server_that_breaks_its_word_is_caught() {
    for broken in [Broken::Unfenced, Broken::Altered] {
        let found = complaint(broken, 20).unwrap_or_else(|| panic!("{broken:?} goes unnoticed"));
        assert!(!found.is_empty(), "{broken:?} is told in words");
    }
}

/// A lease only saves time: were it given to everybody, the place in the log would still let one write and no other. All
/// that is missing then is that a ledger which has nothing to write hears of what others wrote.
#[test]
fn nothing_that_is_recorded_rests_on_the_lease() {
    for seed in 0..10 {
        let plan = Plan { broken: Some(Broken::FreeLease), ..Plan::of(seed) };
        if let Err(panic) = std::panic::catch_unwind(|| run(plan)) {
            let said = panic.downcast_ref::<String>().cloned().unwrap_or_default();
            assert!(said.starts_with("does not come to rest: 0 frames wait"), "seed {seed}: {said}");
        }
    }
}
