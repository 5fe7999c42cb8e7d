use super::*;
use proptest::prelude::*;

#[track_caller]
fn check(text: &str, decimals: u8, expected: Result<i64, DecimalError>) {
    assert_eq!(parse_decimal(text, decimals).map(Quantity::units), expected, "{text:?} with {decimals} decimals");
}

#[test]
fn plain_digits_are_read_exactly() {
    check("0", 0, Ok(0));
    check("007", 0, Ok(7));
    check("1.5", 3, Ok(1_500));
    check("0.001", 3, Ok(1));
    check("9223372036854775807", 0, Ok(i64::MAX));
    check("9.223372036854775807", 18, Ok(i64::MAX));
}

#[test]
fn zeros_past_the_smallest_unit_are_taken_and_digits_are_not() {
    check("1.5000", 1, Ok(15));
    check("1.00", 0, Ok(1));
    check("1.501", 2, Err(DecimalError::TooManyDecimals { decimals_max: 2 }));
    check("0.5", 0, Err(DecimalError::TooManyDecimals { decimals_max: 0 }));
    check(&format!("1.{}", "0".repeat(500)), 0, Ok(1));
    check(&format!("0.{}1", "0".repeat(500)), 0, Err(DecimalError::TooManyDecimals { decimals_max: 18 }));
}

#[test]
fn each_other_form_is_refused_by_name() {
    check("", 3, Err(DecimalError::Empty));
    check("-5", 3, Err(DecimalError::Negative));
    check("\u{2212}5", 3, Err(DecimalError::Negative));
    check("-", 3, Err(DecimalError::NotANumber { character: '-' }));
    check("+5", 3, Err(DecimalError::PlusSign));
    check("1e5", 3, Err(DecimalError::Exponent));
    check("1.5E3", 3, Err(DecimalError::Exponent));
    check("1,500", 3, Err(DecimalError::Separator { separator: ',' }));
    check("1_500", 3, Err(DecimalError::Separator { separator: '_' }));
    check("1 500", 3, Err(DecimalError::Separator { separator: ' ' }));
    check("1.500.000", 3, Err(DecimalError::Separator { separator: '.' }));
    check("NaN", 3, Err(DecimalError::NotANumber { character: 'N' }));
    check("inf", 3, Err(DecimalError::NotANumber { character: 'i' }));
    check("exact", 3, Err(DecimalError::NotANumber { character: 'e' }));
    check(">95", 3, Err(DecimalError::NotANumber { character: '>' }));
    check("95p", 3, Err(DecimalError::NotANumber { character: 'p' }));
    check("٣", 3, Err(DecimalError::NotANumber { character: '٣' }));
    check(".5", 3, Err(DecimalError::BarePoint));
    check("5.", 3, Err(DecimalError::BarePoint));
    check(".", 3, Err(DecimalError::BarePoint));
    check("9223372036854775808", 0, Err(DecimalError::TooLarge { decimals: 0 }));
    check("9223372036854776", 3, Err(DecimalError::TooLarge { decimals: 3 }));
    check(&"9".repeat(60), 3, Err(DecimalError::TooLarge { decimals: 0 }));
}

#[test]
fn zeros_that_say_nothing_are_not_written() {
    for (units, decimals, expected) in [
        (0, 0, "0"),
        (0, 3, "0"),
        (1_500, 3, "1.5"),
        (1_000, 3, "1"),
        (1_000, 0, "1000"),
        (1, 3, "0.001"),
        (-1, 3, "-0.001"),
        (-1_500, 2, "-15"),
        (i64::MIN, 18, "-9.223372036854775808"),
    ] {
        assert_eq!(format_decimal(units, decimals), expected);
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(units in 0..=i64::MAX, decimals in 0..=DECIMALS_MAX) {
        let text = format_decimal(units, decimals);
        prop_assert_eq!(parse_decimal(&text, decimals).map(Quantity::units), Ok(units));
    }

    #[test]
    fn no_text_panics(text in ".*", decimals in 0..=DECIMALS_MAX) {
        let _ = parse_decimal(&text, decimals);
    }

    #[test]
    fn no_near_number_panics(text in "[-+0-9.,eE_ ]{0,60}", decimals in 0..=DECIMALS_MAX) {
        let _ = parse_decimal(&text, decimals);
    }
}
