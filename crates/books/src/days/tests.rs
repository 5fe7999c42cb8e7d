//! The rows of an account against the plainest record: a list of changes, added up.

use proptest::prelude::*;

use super::{Days, Row, Sums};
use crate::limits::{ROWS_MAX, ROWS_MIN};
use crate::number::Day;

fn on_hand(on_hand: i64) -> Sums {
    Sums { on_hand, ..Sums::default() }
}

fn naive(changes: &[(i32, i64)], day: i32) -> i64 {
    changes.iter().filter(|(changed, _)| *changed <= day).map(|(_, units)| units).sum()
}

proptest! {
    #[test]
    fn rows_say_what_the_changes_add_up_to(changes in prop::collection::vec((0..60i32, -50..50i64), 1..120)) {
        let mut days = Days::default();
        for (count, (day, units)) in changes.iter().enumerate() {
            days.add(Day(*day), &on_hand(*units));
            days.trim();
            let known = &changes[..=count];
            prop_assert!(days.rows().len() <= ROWS_MAX);
            prop_assert_eq!(days.latest().on_hand, naive(known, i32::MAX));
            for day in -1..61 {
                if let Some(sums) = days.at(Day(day)) {
                    prop_assert_eq!(sums.on_hand, naive(known, day), "day {}", day);
                } else {
                    prop_assert!(days.is_before(Day(day)));
                }
            }
        }
    }

    #[test]
    fn a_visit_sees_the_sums_that_adding_would_give(
        changes in prop::collection::vec((0..20i32, -50..50i64), 0..12),
        mut more in prop::collection::vec((0..20i32, -50..50i64), 1..4),
    ) {
        more.sort_by_key(|(day, _)| *day);
        let mut days = Days::default();
        for (day, units) in &changes {
            days.add(Day(*day), &on_hand(*units));
        }
        let wanted: Vec<(Day, Sums)> = more.iter().map(|(day, units)| (Day(*day), on_hand(*units))).collect();
        let mut visited = Vec::new();
        days.visit_changed(&wanted, |day, sums| {
            visited.push((day, sums.expect("small numbers").on_hand));
            Ok::<(), ()>(())
        }).expect("nothing is refused");
        let mut added = days.clone();
        for (day, sums) in &wanted {
            added.add(*day, sums);
        }
        let first = wanted[0].0;
        let after: Vec<(Day, i64)> =
            added.rows().iter().filter(|row| row.day >= first).map(|row| (row.day, row.sums.on_hand)).collect();
        // It may end where all that changed is put right again: no later day is another one then.
        let (seen, unseen) = after.split_at(visited.len().min(after.len()));
        prop_assert_eq!(&visited[..], seen);
        for (day, units) in unseen {
            prop_assert_eq!(days.at(*day).expect("none was dropped").on_hand, *units);
        }
    }
}

/// A day older than the rows at hand moves them all and gets no row: of that day the account no longer knows.
#[test]
fn a_change_older_than_the_rows_moves_them_all() {
    let mut days = Days::default();
    for day in 0..=i32::try_from(ROWS_MAX).expect("small") {
        days.add(Day(day), &on_hand(1));
        days.trim();
    }
    assert_eq!(days.rows().len(), ROWS_MIN);
    let before = days.clone();
    days.add(Day(0), &on_hand(5));
    assert_eq!(days.rows().len(), ROWS_MIN);
    for (row, old) in days.rows().iter().zip(before.rows()) {
        assert_eq!((row.day, row.sums.on_hand), (old.day, old.sums.on_hand + 5));
    }
    assert_eq!(days.at(Day(0)), None);
}

#[test]
fn sums_past_the_scale_are_seen_as_overflow() {
    let days = Days::whole(vec![Row { day: Day(1), sums: on_hand(i64::MAX) }]);
    let mut seen = Vec::new();
    let visit = days.visit_changed(&[(Day(1), on_hand(1))], |day, sums| {
        seen.push((day, sums));
        Err::<(), &str>("overflow")
    });
    assert_eq!(visit, Err("overflow"));
    assert_eq!(seen, [(Day(1), None)]);
}
