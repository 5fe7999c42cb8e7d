use super::*;
use crate::Currency;
use proptest::prelude::*;

fn units(quantity: i64) -> Quantity {
    Quantity::new(quantity).expect("not negative")
}

#[track_caller]
fn check(quantity: i64, source: Unit, target: Scale, expected: i64, remainder: &str) {
    let rounded = convert_rounding(units(quantity), Scale::whole(source), target).expect("converts");
    assert_eq!((rounded.quantity, rounded.remainder.to_string().as_str()), (units(expected), remainder));
}

#[test]
fn trade_units_of_mass_are_exact_in_milligrams() {
    let mg = Scale::whole(Unit::MG);
    check(1, Unit::T, mg, 1_000_000_000, "0/1");
    check(9_223, Unit::MT, Scale::whole(Unit::KG), 9_223_000_000_000, "0/1");
    check(100, Unit::LB, mg, 45_359_237, "0/1");
    check(250, Unit::LB, mg, 113_398_092, "1/2");
    check(1, Unit::LB, mg, 453_592, "37/100");
    check(1, Unit::SHORT_TON, mg, 907_184_740, "0/1");
    check(5, Unit::LONG_TON, mg, 5_080_234_544, "0/1");
    check(5, Unit::TROY_OUNCE, mg, 155_517, "48/125");
    check(1, Unit::FLASK, mg, 34_473_020, "3/25");
    check(19, Unit::FLASK, Scale::whole(Unit::LB), 1_444, "0/1");
    check(1, Unit::MBBL, Scale { unit: Unit::BBL, decimals: 3 }, 1_000_000_000, "0/1");
    check(1, Unit::TWH, Scale::whole(Unit::KWH), 1_000_000_000, "0/1");
}

#[test]
fn a_rest_refuses_the_exact_conversion_and_is_named() {
    let kg = Scale::whole(Unit::KG);
    let Err(ConversionError::NotWhole { target, rounded }) = convert_exact(units(1), Scale::whole(Unit::LB), kg) else {
        panic!("a pound is no whole number of kilograms");
    };
    assert_eq!((target, rounded.quantity.units()), (kg, 0));
    assert_eq!(rounded.remainder.to_string(), "45359237/100000000");
}

#[test]
fn different_dimensions_never_convert() {
    for (source, target) in
        [(Unit::T, Unit::BBL), (Unit::DAY, Unit::PCS), (Unit::money(Currency::USD), Unit::money(Currency::EUR))]
    {
        let refused = convert_exact(units(1), Scale::whole(source), Scale::whole(target));
        assert_eq!(refused, Err(ConversionError::DimensionsDiffer { source_unit: source, target_unit: target }));
    }
}

#[test]
fn past_the_largest_quantity_is_refused() {
    let mg = Scale::whole(Unit::MG);
    assert_eq!(convert_exact(units(9_223), Scale::whole(Unit::MT), mg), Ok(units(9_223_000_000_000_000_000)));
    let past = convert_exact(units(9_224), Scale::whole(Unit::MT), mg);
    assert_eq!(past, Err(ConversionError::TooLarge { target: mg }));
    let finest = Scale { unit: Unit::MG, decimals: 18 };
    assert_eq!(
        convert_exact(Quantity::MAX, Scale::whole(Unit::MT), finest),
        Err(ConversionError::TooLarge { target: finest })
    );
    let beyond = Scale { unit: Unit::MG, decimals: 19 };
    assert_eq!(
        convert_exact(units(1), Scale::whole(Unit::MG), beyond),
        Err(ConversionError::TooManyDecimals { decimals: 19 })
    );
}

fn mass() -> impl Strategy<Value = Unit> {
    let masses: Vec<Unit> = Unit::listed().iter().copied().filter(|u| u.dimension() == Dimension::Mass).collect();
    proptest::sample::select(masses)
}

proptest! {
    #[test]
    fn there_and_back_drifts_by_nothing(
        quantity in 0..1_000_000_000_000_i64, source in mass(), target in mass(), kept in 0..=9u8, asked in 0..=9u8,
    ) {
        let (source, target) = (Scale { unit: source, decimals: kept }, Scale { unit: target, decimals: asked });
        if let Ok(there) = convert_exact(units(quantity), source, target) {
            prop_assert_eq!(convert_exact(there, target, source), Ok(units(quantity)));
        }
    }

    #[test]
    fn what_is_rounded_away_is_all_in_the_remainder(
        quantity in 0..1_000_000_i64, source in mass(), target in mass(),
    ) {
        let (source, target) = (Scale::whole(source), Scale::whole(target));
        if let Ok(Rounded { quantity: there, remainder }) = convert_rounding(units(quantity), source, target) {
            let whole = i128::from(there.units()) * remainder.denominator() + remainder.numerator();
            let [from, to] = [source, target].map(|scale| i128::try_from(scale.unit.factor()).unwrap());
            let factor = crate::Fraction::new(from, to).unwrap();
            let exact = i128::from(quantity) * factor.numerator() * remainder.denominator();
            prop_assert_eq!(whole * factor.denominator(), exact);
        }
    }

    #[test]
    fn no_scale_panics(quantity in 0..=i64::MAX, source in mass(), target in mass(), a in any::<u8>(), b in any::<u8>()) {
        let (source, target) = (Scale { unit: source, decimals: a }, Scale { unit: target, decimals: b });
        let _ = convert_rounding(units(quantity), source, target);
    }
}
