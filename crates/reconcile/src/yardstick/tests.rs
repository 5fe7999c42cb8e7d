use measure::Unit;

use super::*;

#[test]
fn one_unit_is_its_own_yardstick() {
    let milligrams = Scale::whole(Unit::MG);
    let yardstick = Yardstick::new([milligrams, milligrams].into_iter()).unwrap();
    assert_eq!(yardstick.amount(-7, milligrams), -7);
}

#[test]
fn tonnes_kilograms_and_pounds_compare_exactly() {
    let [tonne, kilogram, pound] = [Unit::T, Unit::KG, Unit::LB].map(Scale::whole);
    let hundredth = Scale { unit: Unit::T, decimals: 2 };
    let yardstick = Yardstick::new([tonne, kilogram, pound, hundredth].into_iter()).unwrap();
    assert_eq!(yardstick.amount(100, tonne), yardstick.amount(100_000, kilogram));
    assert_eq!(yardstick.amount(1, tonne), yardstick.amount(100, hundredth));
    assert_eq!(yardstick.amount(100_000_000, pound), yardstick.amount(45_359_237, kilogram));
}

#[test]
fn dimensions_have_yardsticks_of_their_own() {
    let [tonne, barrel] = [Unit::T, Unit::BBL].map(Scale::whole);
    let yardstick = Yardstick::new([tonne, barrel].into_iter()).unwrap();
    assert_eq!((yardstick.amount(3, tonne), yardstick.amount(4, barrel)), (3, 4));
}

#[test]
fn units_too_far_apart_are_refused() {
    let scales = [Scale::whole(Unit::MT), Scale { unit: Unit::MG, decimals: 9 }];
    assert!(Yardstick::new(scales.into_iter()).is_err());
}
