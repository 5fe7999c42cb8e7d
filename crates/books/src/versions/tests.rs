//! What holds when, of facts that were amended in any order.

use super::Versions;
use crate::number::{Day, Seq};

/// Need and goal.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wanted {
    need: u32,
    goal: u32,
}

amends!(Wanted { need, goal } keeps {});

const NOW: Seq = Seq(u64::MAX);

fn at(versions: &Versions<Wanted>, day: i32, known_at: Seq) -> (u32, u32) {
    let found = versions.at(Day(day), known_at);
    (found.need, found.goal)
}

#[test]
fn what_is_registered_holds_until_the_day_of_a_change_and_for_whoever_did_not_know_it() {
    let mut versions = Versions::new(0, Wanted { need: 1, goal: 100 });
    versions.amend(Day(40), Seq(9), Wanted { need: 3, goal: 200 });
    assert_eq!(at(&versions, 39, NOW), (1, 100));
    assert_eq!(at(&versions, 40, NOW), (3, 200));
    assert_eq!(at(&versions, 40, Seq(8)), (1, 100));
}

#[test]
fn what_is_decided_in_between_survives_a_change_that_is_dated_ahead() {
    let mut versions = Versions::new(0, Wanted { need: 1, goal: 100 });
    versions.amend(Day(90), Seq(5), Wanted { need: 3, goal: 100 });
    versions.amend(Day(40), Seq(6), Wanted { need: 1, goal: 150 });
    assert_eq!(at(&versions, 40, NOW), (1, 150));
    assert_eq!(at(&versions, 90, NOW), (3, 150), "the need of the one, the goal of the other");
    assert_eq!(at(&versions, 90, Seq(5)), (3, 100));
}

#[test]
fn of_two_changes_of_one_day_the_one_recorded_last_holds() {
    let mut versions = Versions::new(0, Wanted { need: 1, goal: 100 });
    versions.amend(Day(40), Seq(5), Wanted { need: 30, goal: 100 });
    versions.amend(Day(60), Seq(6), Wanted { need: 5, goal: 100 });
    versions.amend(Day(40), Seq(7), Wanted { need: 3, goal: 100 });
    assert_eq!(at(&versions, 50, Seq(6)), (30, 100));
    assert_eq!(at(&versions, 50, NOW), (3, 100));
    assert_eq!(at(&versions, 60, NOW), (5, 100), "a slip that is mended moves no later change");
}
