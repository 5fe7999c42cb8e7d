//! A call is divided exactly, in any order of its members, to the last unit.

use books::PartyNo;
use books::reserve::{Weight, allocate};
use measure::Quantity;
use proptest::prelude::*;

fn code(party: PartyNo) -> String {
    // Codes in another order than numbers.
    format!("M{:03}", party.0 * 37 % 211)
}

fn weights(numbers: &[u64]) -> Vec<Weight> {
    (0..).zip(numbers).map(|(row, weight)| Weight { member: PartyNo(row), weight: *weight }).collect()
}

fn parts(total: i64, numbers: &[u64]) -> Vec<(String, i64)> {
    let total = Quantity::new(total).expect("not negative");
    let parts = allocate(total, &weights(numbers), code).expect("somebody weighs something");
    parts.iter().map(|part| (code(part.member), part.quantity.units())).collect()
}

#[test]
fn one_unit_among_seven_goes_to_the_first_code() {
    let parts = parts(1, &[1; 7]);
    let first = parts.iter().map(|(code, _)| code).min().expect("seven parts").clone();
    assert_eq!(parts.iter().filter(|(_, units)| *units == 1).map(|(code, _)| code).collect::<Vec<_>>(), [&first]);
    assert_eq!(parts.iter().map(|(_, units)| units).sum::<i64>(), 1);
}

#[test]
fn ten_to_the_fifteen_among_two_hundred() {
    let total = 1_000_000_000_000_000;
    let even = parts(total, &[1; 200]);
    assert!(even.iter().all(|(_, units)| *units == total / 200), "two hundred divide it evenly");
    let numbers: Vec<u64> = (1..=200).map(|row| row * row).collect();
    assert_eq!(parts(total, &numbers).iter().map(|(_, units)| units).sum::<i64>(), total);
}

#[test]
fn keys_that_do_not_add_to_a_hundred() {
    assert_eq!(parts(100, &[33, 33, 33]).iter().map(|(_, units)| units).sum::<i64>(), 100);
    assert_eq!(parts(99, &[120, 60]), parts(99, &[2, 1]), "only proportions count");
    assert!(allocate(Quantity::MAX, &[], code).is_err(), "nobody");
    assert!(allocate(Quantity::MAX, &weights(&[0, 0]), code).is_err(), "nobody weighs anything");
}

proptest! {
    #[test]
    fn any_division_is_exact_fair_and_without_order(
        total in 0i64..=i64::MAX,
        numbers in prop::collection::vec(any::<u64>(), 1..200),
        turn in any::<prop::sample::Index>(),
    ) {
        prop_assume!(numbers.iter().any(|weight| *weight > 0));
        let whole: u128 = numbers.iter().copied().map(u128::from).sum();
        let given = weights(&numbers);
        let total = Quantity::new(total).expect("not negative");
        let parts = allocate(total, &given, code).expect("somebody weighs something");
        let mut sum: i128 = 0;
        for part in &parts {
            let units = u128::from(part.quantity.units().unsigned_abs());
            sum += i128::from(part.quantity.units());
            let exact = u128::from(total.units().unsigned_abs()) * u128::from(part.weight);
            prop_assert!(units == exact / whole || units == exact / whole + 1, "within one unit of the exact share");
            prop_assert!(part.weight > 0 || units == 0, "who weighs nothing gets nothing");
        }
        prop_assert_eq!(sum, i128::from(total.units()));
        let mut turned = given.clone();
        turned.rotate_left(turn.index(given.len()));
        prop_assert_eq!(allocate(total, &turned, code).expect("the same weights"), parts, "whatever the order");
    }
}
