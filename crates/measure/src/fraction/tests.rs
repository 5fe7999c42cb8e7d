use super::*;
use proptest::prelude::*;

#[track_caller]
fn check(amount: u128, numerator: u128, denominator: u128, quantity: i64, remainder: &str) {
    let rounded = Rounded::of(amount, Ratio::new(numerator, denominator)).expect("small");
    assert_eq!((rounded.quantity.units(), rounded.remainder.to_string().as_str()), (quantity, remainder));
}

#[test]
fn halves_go_to_the_even_neighbour() {
    check(1, 1, 2, 0, "1/2");
    check(3, 1, 2, 2, "-1/2");
    check(5, 1, 2, 2, "1/2");
    check(1, 2, 3, 1, "-1/3");
    check(1, 1, 3, 0, "1/3");
    check(6, 1, 3, 2, "0/1");
    check(0, 5, 7, 0, "0/1");
}

#[test]
fn fractions_are_kept_in_lowest_terms() {
    assert_eq!(Fraction::new(-6, 4), Fraction::new(-3, 2));
    assert_eq!(Fraction::new(0, 9), Some(Fraction::ZERO));
    assert_eq!(Fraction::new(1, 0), None);
    assert_eq!(Fraction::new(1, -2), None);
    assert_eq!(Fraction::new(i128::MIN, 2).map(Fraction::denominator), Some(1));
}

proptest! {
    #[test]
    fn quantity_and_remainder_are_the_exact_value(amount in 0..=i64::MAX, n in 1..=u32::MAX, d in 1..=u32::MAX) {
        let ratio = Ratio::new(u128::from(n), u128::from(d));
        if let Some(Rounded { quantity, remainder }) = Rounded::of(u128::from(amount.unsigned_abs()), ratio) {
            let whole = i128::from(quantity.units()) * remainder.denominator() + remainder.numerator();
            prop_assert_eq!(whole * i128::from(d), i128::from(amount) * i128::from(n) * remainder.denominator());
            prop_assert!(remainder.numerator().abs() * 2 <= remainder.denominator());
        }
    }

    #[test]
    fn no_product_panics(amount in any::<u128>(), n in any::<u128>(), d in 1..=u128::MAX) {
        let _ = Rounded::of(amount, Ratio::new(n, d));
        let _ = Ratio::new(n, d).over(amount.max(1));
    }
}
