use super::*;
use proptest::prelude::*;

fn units(parts: &[Quantity]) -> Vec<i64> {
    parts.iter().map(|part| part.units()).collect()
}

fn sum(parts: &[Quantity]) -> i64 {
    parts.iter().map(|part| part.units()).sum()
}

fn quantity(units: i64) -> Quantity {
    Quantity::new(units).expect("not negative")
}

#[track_caller]
fn check(total: i64, weights: &[u64], expected: &[i64]) {
    let parts = largest_remainder(quantity(total), weights).expect("some weight");
    assert_eq!(units(&parts), expected);
}

#[test]
fn one_unit_to_seven_members_goes_to_the_first() {
    check(1, &[1; 7], &[1, 0, 0, 0, 0, 0, 0]);
    check(1, &[1, 1, 2, 1, 1, 1, 1], &[0, 0, 1, 0, 0, 0, 0]);
    check(8, &[1; 7], &[2, 1, 1, 1, 1, 1, 1]);
}

#[test]
fn the_largest_fractions_are_served_first() {
    check(10, &[1, 1, 1], &[4, 3, 3]);
    check(100, &[331, 333, 336], &[33, 33, 34]);
    check(7, &[0, 5, 0, 5], &[0, 4, 0, 3]);
    check(0, &[3, 4], &[0, 0]);
}

#[test]
fn ten_to_the_fifteen_over_two_hundred_members_is_exact() {
    let weights: Vec<u64> = (0..200).map(|index| 1_000_000_000_000 - index * 7_919).collect();
    let parts = largest_remainder(quantity(1_000_000_000_000_000), &weights).expect("some weight");
    assert_eq!(sum(&parts), 1_000_000_000_000_000);
    assert!(parts.is_sorted_by(|a, b| a >= b));
    let parts = largest_remainder(Quantity::MAX, &[u64::MAX; 200]).expect("some weight");
    assert_eq!(parts.iter().map(|part| i128::from(part.units())).sum::<i128>(), i128::from(i64::MAX));
}

#[test]
fn without_parts_or_weights_nothing_is_divided() {
    assert_eq!(largest_remainder(quantity(1), &[]), Err(ShareError::NoParts));
    assert_eq!(largest_remainder(quantity(0), &[0, 0]), Err(ShareError::NoWeight));
    assert_eq!(split_even(quantity(1), 0), Err(ShareError::NoParts));
}

#[test]
fn a_kilogram_in_thirds_comes_back_whole() {
    assert_eq!(units(&split_even(quantity(1_000_000), 3).expect("three parts")), [333_334, 333_333, 333_333]);
}

proptest! {
    #[test]
    fn splitting_a_kilogram_in_three_any_number_of_times_conserves(picks in proptest::collection::vec(any::<prop::sample::Index>(), 0..200)) {
        let mut lots = vec![quantity(1_000_000)];
        for pick in picks {
            let lot = lots.swap_remove(pick.index(lots.len()));
            lots.extend(split_even(lot, 3).unwrap());
        }
        prop_assert_eq!(sum(&lots), 1_000_000);
    }

    #[test]
    fn parts_add_up_and_stay_within_one_unit_of_their_share(
        total in 0..=i64::MAX, weights in proptest::collection::vec(0..=1_000_000_000_000u64, 1..200),
    ) {
        let weight_sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
        prop_assume!(weight_sum > 0);
        let parts = largest_remainder(quantity(total), &weights).unwrap();
        prop_assert_eq!(parts.iter().map(|part| i128::from(part.units())).sum::<i128>(), i128::from(total));
        for (part, weight) in parts.iter().zip(&weights) {
            let floor = total.unsigned_abs() as u128 * u128::from(*weight) / weight_sum;
            let units = part.units().unsigned_abs() as u128;
            prop_assert!(units == floor || units == floor + 1);
            prop_assert!(*weight > 0 || units == 0);
        }
    }

    #[test]
    fn equal_weights_never_put_a_later_member_first(total in 0..10_000i64, weight in 1..1_000u64, count in 1..50usize) {
        let parts = largest_remainder(quantity(total), &vec![weight; count]).unwrap();
        prop_assert_eq!(&parts, &split_even(quantity(total), count).unwrap());
        prop_assert!(parts.is_sorted_by(|a, b| a >= b));
    }

    #[test]
    fn a_member_of_no_weight_changes_nothing(total in 0..1_000_000i64, weights in proptest::collection::vec(1..1_000u64, 1..20)) {
        let mut more = weights.clone();
        more.push(0);
        let mut parts = largest_remainder(quantity(total), &weights).unwrap();
        parts.push(Quantity::ZERO);
        prop_assert_eq!(largest_remainder(quantity(total), &more).unwrap(), parts);
    }
}
