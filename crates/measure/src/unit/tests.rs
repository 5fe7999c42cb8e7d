use super::*;

#[test]
fn every_code_names_its_own_unit() {
    for unit in Unit::listed() {
        assert_eq!(Unit::parse(unit.code()).as_ref(), Ok(unit));
        assert!(Currency::parse(unit.code()).is_none(), "{unit} would be two units");
    }
    assert_eq!(Unit::parse("mb"), Ok(Unit::MBBL));
    assert_eq!(Unit::parse("JPY"), Ok(Unit::money(Currency::JPY)));
}

#[test]
fn capitals_count() {
    for code in ["Mg", "MG", "KL", "M3", "mj", "Gal", "T", "KG", "LB", "usd", "kwh", "", " t"] {
        assert_eq!(Unit::parse(code), Err(UnitError { code: code.to_owned() }));
    }
}

#[test]
fn factors_are_those_of_the_definitions() {
    let nanograms = |unit: Unit| unit.factor();
    assert_eq!(nanograms(Unit::LB), 453_592_370_000);
    assert_eq!(nanograms(Unit::SHORT_TON), 907_184_740_000_000);
    assert_eq!(nanograms(Unit::LONG_TON), 1_016_046_908_800_000);
    assert_eq!(nanograms(Unit::TROY_OUNCE), 31_103_476_800);
    assert_eq!(nanograms(Unit::FLASK), 34_473_020_120_000);
    assert_eq!(nanograms(Unit::MT), nanograms(Unit::MG) * 10u128.pow(15));
    let nanolitres = |unit: Unit| unit.factor();
    assert_eq!(nanolitres(Unit::BBL), 158_987_294_928, "0.158987294928 m3");
    assert_eq!(nanolitres(Unit::KL), nanolitres(Unit::M3));
    let joules = |unit: Unit| unit.factor();
    assert_eq!(joules(Unit::KTOE), joules(Unit::MWH) * 11_630, "1 toe is 11.63 MWh");
}

#[test]
fn a_code_of_two_units_is_refused_with_a_remedy() {
    for code in ["Mbbl", "MBBL", "mbbl"] {
        let error = Unit::parse(code).expect_err("two units").to_string();
        assert!(error.contains("write `kbbl` or `MMbbl`"), "{error}");
    }
    assert_eq!(Unit::parse("MMbbl"), Ok(Unit::MBBL));
    assert_eq!(Unit::of_stored("Mbbl"), Some(Unit::MBBL), "events of before are read");
}

#[test]
fn two_currencies_are_two_dimensions() {
    let [yen, won] = [Currency::JPY, Currency::KRW].map(Unit::money);
    assert_ne!(yen.dimension(), won.dimension());
    assert_eq!((yen.decimals(), Unit::money(Currency::USD).decimals(), Unit::MG.decimals()), (0, 2, 0));
}

#[test]
fn a_unit_is_its_code_on_disk() {
    for unit in Unit::listed().iter().copied().chain([Unit::money(Currency::EUR)]) {
        let bytes = minicbor::to_vec(unit).expect("a vector takes all bytes");
        assert_eq!(bytes, minicbor::to_vec(unit.stored()).expect("a vector takes all bytes"));
        assert_eq!(minicbor::decode::<Unit>(&bytes).expect("just written"), unit);
    }
    for code in ["mb", "MMbbl", "kl", "REO", ""] {
        let bytes = minicbor::to_vec(code).expect("a vector takes all bytes");
        assert!(minicbor::decode::<Unit>(&bytes).is_err(), "{code}");
    }
}
