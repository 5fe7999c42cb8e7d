//! Any text as a quantity, a fraction, a price, a day, a moment.
#![no_main]

use measure::Unit;

libfuzzer_sys::fuzz_target!(|text: &str| {
    for (unit, decimals) in [(Unit::MG, 0), (Unit::MG, 2), (Unit::BBL, 3), (Unit::KWH, 0)] {
        if let Ok((quantity, _)) = measure::parse_quantity(text, unit, decimals) {
            assert!(quantity.units() >= 0);
        }
    }
    let _ = wire::value::parse_fraction(text);
    let _ = wire::value::parse_price(text);
    if let Ok(day) = wire::date::parse_day(text) {
        assert_eq!(wire::date::show_day(day), text);
    }
    let _ = wire::date::parse_moment(text);
});
