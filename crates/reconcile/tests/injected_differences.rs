//! Differences of every class are put into two records of the same movements: each is found, none is invented.
//!
//! The example `match_speed` does the same with a million lines a side and measures it.

#[path = "../examples/match_speed/injected.rs"]
mod injected;

use reconcile::{Class, Tolerances, match_lines};

#[test]
fn every_difference_put_in_is_found_and_none_is_invented() {
    let made = injected::make(50_000);
    let mut classes: Vec<Class> = made.expected.iter().map(|row| row.0).collect();
    classes.sort_unstable();
    classes.dedup();
    assert_eq!(classes, Class::ALL, "something of each class is put in");
    let tolerances = Tolerances::new(injected::TOLERANCE);
    let found = match_lines(&made.ours, &made.theirs, &tolerances, &[]).expect("milligrams compare");
    assert_eq!(injected::faults(&made, &found), Vec::<String>::new());
}
