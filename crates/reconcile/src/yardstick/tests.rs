use measure::Unit;

use super::*;

#[test]
fn one_unit_is_its_own_yardstick() {
    let milligrams = Scale::whole(Unit::MG);
    let yardstick = Yardstick::new([milligrams, milligrams].into_iter());
    assert_eq!(yardstick.amount(-7, milligrams), -7);
}

#[test]
fn tonnes_kilograms_and_pounds_compare_exactly() {
    let [tonne, kilogram, pound] = [Unit::T, Unit::KG, Unit::LB].map(Scale::whole);
    let hundredth = Scale { unit: Unit::T, decimals: 2 };
    let yardstick = Yardstick::new([tonne, kilogram, pound, hundredth].into_iter());
    assert_eq!(yardstick.amount(100, tonne), yardstick.amount(100_000, kilogram));
    assert_eq!(yardstick.amount(1, tonne), yardstick.amount(100, hundredth));
    assert_eq!(yardstick.amount(100_000_000, pound), yardstick.amount(45_359_237, kilogram));
}

#[test]
fn dimensions_have_yardsticks_of_their_own() {
    let [tonne, barrel] = [Unit::T, Unit::BBL].map(Scale::whole);
    let yardstick = Yardstick::new([tonne, barrel].into_iter());
    assert_eq!((yardstick.amount(3, tonne), yardstick.amount(4, barrel)), (3, 4));
}

#[test]
fn the_unit_that_fewer_lines_keep_stands_aside() {
    let [heavy, light] = [Scale::whole(Unit::MT), Scale { unit: Unit::MG, decimals: 9 }];
    for scales in [[heavy, light, heavy], [light, heavy, heavy]] {
        let yardstick = Yardstick::new(scales.into_iter());
        assert!(!yardstick.is_aside(heavy) && yardstick.is_aside(light));
        assert_ne!(yardstick.measure(heavy), yardstick.measure(light));
        assert_eq!((yardstick.amount(7, heavy), yardstick.amount(8, light)), (7, 8));
    }
}
