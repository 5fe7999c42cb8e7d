use super::*;

#[test]
fn codes_are_sorted_and_distinct() {
    assert!(CODES.is_sorted_by(|a, b| a < b));
    assert!(OTHER_MINOR_UNITS.is_sorted_by(|a, b| a < b));
    assert!(OTHER_MINOR_UNITS.iter().all(|(code, _)| Currency::parse(code).is_some()));
}

#[test]
fn the_smallest_coin_follows_the_standard() {
    for (code, decimals) in [("USD", 2), ("EUR", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3), ("AUD", 2)] {
        assert_eq!(Currency::parse(code).map(Currency::decimals), Some(decimals), "{code}");
    }
}

#[test]
fn named_currencies_are_those_of_the_list() {
    for currency in [Currency::AUD, Currency::EUR, Currency::JPY, Currency::KRW, Currency::USD] {
        assert_eq!(Currency::parse(currency.code()), Some(currency));
    }
}

#[test]
fn a_basis_or_a_unit_is_no_currency() {
    for code in ["REO", "usd", "US", "USDT", "", "GWh"] {
        assert_eq!(Currency::parse(code), None, "{code}");
    }
}
