use super::*;

fn read(text: &str) -> Density {
    Density::parse(text).unwrap_or_else(|error| panic!("{error}"))
}

fn whole(text: &str) -> Scale {
    Scale::whole(Unit::parse(text).expect("a unit"))
}

#[test]
fn a_density_converts_both_ways() {
    let density = read("0.85 t/m3");
    let milligrams = Scale::whole(Unit::MG);
    assert_eq!(density.convert(1_000, whole("m3"), whole("t")), Some(850));
    assert_eq!(density.convert(850, whole("t"), whole("m3")), Some(1_000));
    assert_eq!(density.convert(-850_000_000_000, milligrams, whole("m3")), Some(-1_000));
    let barrels = Scale { unit: Unit::BBL, decimals: 6 };
    assert_eq!(density.convert(1, whole("t"), barrels), Some(7_399_777), "1/0.85 m3 in barrels of 158.987294928 L");
}

#[test]
fn a_calorific_value_joins_mass_and_energy() {
    let value = read("42.5 GJ/t");
    assert_eq!(value.convert(1_000, whole("t"), whole("TJ")), Some(42), "42.5, to the even neighbour");
    assert_eq!(value.convert(1, whole("ktoe"), whole("t")), Some(985), "41,868 GJ");
    assert_eq!(value.convert(1, whole("m3"), whole("t")), None, "it says nothing of volumes");
}

#[test]
fn what_is_large_is_exact_or_nothing() {
    let density = read("0.8498 t/m3");
    let all = i128::from(i64::MAX);
    let there = density.convert(all, Scale::whole(Unit::MG), Scale { unit: Unit::L, decimals: 6 }).expect("it fits");
    let back = density.convert(there, Scale { unit: Unit::L, decimals: 6 }, Scale::whole(Unit::MG)).expect("it fits");
    assert!((back - all).abs() <= 1, "{back}");
}

#[test]
fn a_factor_has_one_text() {
    assert_eq!(read("0.850 t/m3").to_string(), "0.85 t/m3");
    assert_eq!(read("10 GJ/t").to_string(), "10 GJ/t");
    let bytes = minicbor::to_vec(read("7.330 bbl/t")).expect("in memory");
    assert_eq!(minicbor::decode::<Density>(&bytes).expect("its own"), read("7.33 bbl/t"));
    let other = minicbor::to_vec("7.330 bbl/t").expect("in memory");
    assert!(minicbor::decode::<Density>(&other).is_err(), "another encoding of the same");
}

#[test]
fn what_is_no_factor_is_refused() {
    for text in ["", "0.85", "0.85 t", "0.85 t per m3", "x t/m3", "0 t/m3", "1 t/kg", "1 t/pcs", "1 t/USD", "1 t/d"] {
        assert!(Density::parse(text).is_err(), "{text}");
    }
}
