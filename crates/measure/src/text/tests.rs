use super::*;
use crate::{Currency, Substance};
use proptest::prelude::*;
use std::error::Error;

/// Reads `text` for a material kept in whole milligrams and shows what came out, or why nothing did.
#[track_caller]
fn check(text: &str, expected: &str) {
    let seen = match parse_quantity(text, Unit::MG, 0) {
        Ok((quantity, None)) => quantity.to_string(),
        Ok((quantity, Some(basis))) => format!("{quantity} {basis}"),
        Err(error) => match error.source() {
            Some(cause) => format!("{error}: {cause}"),
            None => error.to_string(),
        },
    };
    assert_eq!(seen, expected);
}

#[test]
fn trade_texts_are_read() {
    check("100 t", "100000000000");
    check("1.5 kg", "1500000");
    check("100 t REO", "100000000000 REO");
    check("300 lb net", "136077711 net");
    check("  2 kg\tcontained:Nd ", "2000000 contained:Nd");
}

#[test]
fn each_mistake_is_named() {
    check("", "read the number in ``: the number is empty");
    check("-1 t", "read the number in `-1 t`: negative quantities are refused: the movement type fixes the sign");
    check("100t", "read the number in `100t`: `t` is not part of a number");
    check("7", "`7` has no unit: write for example `7 mg`");
    check("7 REO", "`7 REO` has no unit: write for example `7 REO mg`");
    check("7 stone", "read the unit in `7 stone`: `stone` is not a unit");
    check(
        "7 t dried",
        "read the basis in `7 t dried`: `dried` is not a basis: write gross, net, wet, dry, REO or contained:<element or oxide>",
    );
    check("1 500 t", "read the unit in `1 500 t`: `500` is not a unit");
    check("7 t net weight", "`7 t net weight` has words after its unit and basis: `weight`");
    check("7 bbl", "say `7 bbl` in the accounting unit: `bbl` measures volume, `mg` mass");
    check(
        "250 lb net",
        "say `250 lb net` in the accounting unit: not a whole number of 10^-0 `mg`: the nearest is 113398092, with 1/2 left over",
    );
    check(
        "10000 Mt",
        "say `10000 Mt` in the accounting unit: too large for 10^-0 `mg`: at most 9223372036854775807 of them",
    );
}

#[test]
fn a_rest_is_kept_beside_the_nearest_quantity() {
    let (rounded, basis) = parse_quantity_rounding("250 lb net", Unit::MG, 0).expect("reads");
    assert_eq!(rounded.quantity.units(), 113_398_092);
    assert_eq!(rounded.remainder.to_string(), "1/2");
    assert_eq!(basis, Some(Basis::Net));
    let (rounded, _) = parse_quantity_rounding("0.1 g contained:Nd", Unit::MG, 0).expect("reads");
    assert_eq!(rounded.exact().map(Quantity::units), Some(100));
}

#[test]
fn other_accounting_units_are_read() {
    let read = |text, unit, decimals| parse_quantity(text, unit, decimals).map(|(quantity, _)| quantity.units());
    assert_eq!(read("1.5 mb", Unit::BBL, 0), Ok(1_500_000));
    assert_eq!(read("2.25 GWh", Unit::KWH, 0), Ok(2_250_000));
    assert_eq!(read("158.987294928 m3", Unit::BBL, 3), Ok(1_000_000));
    assert_eq!(read("158.987294928 kl", Unit::BBL, 3), Ok(1_000_000));
    assert_eq!(read("42000 gal", Unit::BBL, 3), Ok(1_000_000));
    assert_eq!(read("1 MMbbl", Unit::KL, 6), Ok(158_987_294_928));
    assert_eq!(read("9 TJ", Unit::KWH, 0), Ok(2_500_000));
    assert_eq!(read("1 ktoe", Unit::GJ, 0), Ok(41_868));
    assert!(read("1 TJ", Unit::KWH, 0).is_err(), "a third of a kilowatt hour is left over");
    assert_eq!(read("12.34 USD", Unit::money(Currency::USD), 2), Ok(1_234));
    assert_eq!(read("12 JPY", Unit::money(Currency::JPY), 0), Ok(12));
    assert_eq!(read("90 d", Unit::DAY, 0), Ok(90));
    let error = parse_quantity("12 JPY", Unit::money(Currency::USD), 2).expect_err("two currencies");
    assert_eq!(error.dimensions(), Some((Dimension::Money(Currency::JPY), Dimension::Money(Currency::USD))));
}

#[test]
fn quantities_are_shown_in_the_unit_asked_for() {
    let show = |units: i64, kept: Unit, decimals: u8, shown: Unit| {
        display_quantity(Quantity::new(units).expect("not negative"), kept, decimals, shown)
    };
    assert_eq!(show(1_500_000_000, Unit::MG, 0, Unit::T).as_deref(), Ok("1.5"));
    assert_eq!(show(1, Unit::MG, 0, Unit::MT).as_deref(), Ok("0.000000000000001"));
    assert_eq!(show(i64::MAX, Unit::MG, 0, Unit::T).as_deref(), Ok("9223372036.854775807"));
    assert_eq!(show(453_592, Unit::MG, 0, Unit::LB).as_deref(), Ok("0.999999"));
    assert_eq!(show(45_359_237, Unit::MG, 0, Unit::LB).as_deref(), Ok("100"));
    assert_eq!(show(1_234, Unit::money(Currency::USD), 2, Unit::money(Currency::USD)).as_deref(), Ok("12.34"));
    assert_eq!(show(0, Unit::MG, 0, Unit::LB).as_deref(), Ok("0"));
    assert_eq!(
        show(1, Unit::MG, 0, Unit::BBL),
        Err(ConversionError::DimensionsDiffer { source_unit: Unit::MG, target_unit: Unit::BBL })
    );
}

proptest! {
    #[test]
    fn metric_units_show_and_read_back_every_quantity(
        units in 0..=i64::MAX,
        shown in proptest::sample::select(vec![Unit::MG, Unit::G, Unit::KG, Unit::T, Unit::KT, Unit::MT]),
        basis in proptest::sample::select(vec![Basis::Net, Basis::Reo, Basis::Contained(Substance::parse("Dy").unwrap())]),
    ) {
        let quantity = Quantity::new(units).unwrap();
        let text = format!("{} {shown} {basis}", display_quantity(quantity, Unit::MG, 0, shown).unwrap());
        prop_assert_eq!(parse_quantity(&text, Unit::MG, 0), Ok((quantity, Some(basis))));
    }

    #[test]
    fn no_text_panics(text in ".*", decimals in any::<u8>()) {
        let _ = parse_quantity(&text, Unit::MG, decimals);
    }

    #[test]
    fn no_shown_unit_panics(units in 0..=i64::MAX, decimals in any::<u8>(), a in 0..Unit::listed().len(), b in 0..Unit::listed().len()) {
        let _ = display_quantity(Quantity::new(units).unwrap(), Unit::listed()[a], decimals, Unit::listed()[b]);
    }
}

#[test]
fn a_sum_past_64_bits_is_shown_in_its_own_unit() {
    let tonnes = |units: i128, decimals| display_units(units, Unit::MG, decimals, Unit::T);
    assert_eq!(tonnes(10_000_000_000_000_000_000, 6), "10000");
    assert_eq!(tonnes(-10_000_000_000_000_000_001, 6), "-10000.000000000000001");
    assert_eq!(tonnes(i128::from(i64::MIN), 0), "-9223372036.854775808");
    assert_eq!(display_units(i128::from(i64::MAX) * 1_000_000, Unit::MG, 0, Unit::LB), "20334054642177459481.957335");
    assert_eq!(display_units(5, Unit::MG, 0, Unit::BBL), "5 mg", "a number of another unit says so");
}
