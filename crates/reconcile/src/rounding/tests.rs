use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(total: i64, parts: &[i64], difference: i128, class: Class) {
    assert_eq!(check_total(total, parts), TotalCheck { difference, class });
}

#[test]
fn half_a_unit_for_each_figure_is_rounding() {
    check(242, &[146, 90, 6], 0, Class::Matched);
    check(243, &[146, 90, 6], 1, Class::Rounding);
    check(240, &[146, 90, 6], -2, Class::Rounding);
    check(245, &[146, 90, 6], 3, Class::QuantityDiffers);
    check(0, &[], 0, Class::Matched);
    check(1, &[], 1, Class::QuantityDiffers);
    check(i64::MAX, &[i64::MAX, i64::MAX], -i128::from(i64::MAX), Class::QuantityDiffers);
}

proptest! {
    /// Parts in thousandths, told in whole units together with their total.
    #[test]
    fn what_is_only_rounded_is_never_a_break(exact in prop::collection::vec(-1_000_000i64..1_000_000, 1..40)) {
        let round = |exact: i64| (exact + 500).div_euclid(1_000);
        let parts: Vec<i64> = exact.iter().map(|part| round(*part)).collect();
        let found = check_total(round(exact.iter().sum()), &parts);
        prop_assert_ne!(found.class, Class::QuantityDiffers);
    }
}
