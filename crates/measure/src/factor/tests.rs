use super::*;
use crate::format_decimal;
use proptest::prelude::*;

/// Published factors to six places: element per oxide, oxide per element.
const PUBLISHED: [(&str, &str, &str, &str); 16] = [
    ("Sc", "Sc2O3", "0.651966", "1.533822"),
    ("Y", "Y2O3", "0.787444", "1.269931"),
    ("La", "La2O3", "0.852683", "1.172769"),
    ("Ce", "CeO2", "0.814088", "1.228368"),
    ("Pr", "Pr6O11", "0.827704", "1.208161"),
    ("Nd", "Nd2O3", "0.857356", "1.166377"),
    ("Sm", "Sm2O3", "0.862361", "1.159607"),
    ("Eu", "Eu2O3", "0.863616", "1.157922"),
    ("Gd", "Gd2O3", "0.867593", "1.152614"),
    ("Tb", "Tb4O7", "0.850215", "1.176173"),
    ("Dy", "Dy2O3", "0.871321", "1.147683"),
    ("Ho", "Ho2O3", "0.872976", "1.145507"),
    ("Er", "Er2O3", "0.874523", "1.143481"),
    ("Tm", "Tm2O3", "0.875612", "1.142058"),
    ("Yb", "Yb2O3", "0.878207", "1.138684"),
    ("Lu", "Lu2O3", "0.879384", "1.13716"),
];

fn quantity(units: i64) -> Quantity {
    Quantity::new(units).expect("not negative")
}

#[test]
fn factors_agree_with_the_published_table() {
    let million = quantity(1_000_000);
    for ((element, oxide, element_per_oxide, oxide_per_element), factor) in PUBLISHED.into_iter().zip(&OXIDES) {
        assert_eq!((factor.element, factor.oxide), (element, oxide));
        assert_eq!(OxideFactor::find(element), Some(factor));
        assert_eq!(OxideFactor::find(oxide), Some(factor));
        assert_eq!(format_decimal(factor.to_element(million).quantity.units(), 6), element_per_oxide);
        let in_oxide = factor.to_oxide(million).expect("small").quantity;
        assert_eq!(format_decimal(in_oxide.units(), 6), oxide_per_element);
    }
    assert_eq!(OxideFactor::find("Ga"), None);
}

#[test]
fn neodymium_is_exact() {
    let factor = OxideFactor::find("Nd").expect("a rare earth");
    assert_eq!(factor.to_element(quantity(336_481)).exact(), Some(quantity(288_484)));
}

#[test]
fn an_assay_above_the_whole_is_refused() {
    assert_eq!(contained(quantity(5), 1_000_000_001), Err(AssayError { assay_ppb: 1_000_000_001 }));
    assert_eq!(contained(Quantity::MAX, 1_000_000_000).map(Rounded::exact), Ok(Some(Quantity::MAX)));
    assert_eq!(contained(quantity(5), 0).map(Rounded::exact), Ok(Some(Quantity::ZERO)));
}

#[test]
fn a_half_inside_goes_to_the_even_neighbour() {
    let inside = contained(quantity(3), 500_000_000).expect("half");
    assert_eq!((inside.quantity.units(), inside.remainder.to_string().as_str()), (2, "-1/2"));
}

proptest! {
    #[test]
    fn contained_is_never_more_than_the_lot(units in 0..=i64::MAX, assay_ppb in 0..=1_000_000_000u32) {
        prop_assert!(contained(quantity(units), assay_ppb).unwrap().quantity <= quantity(units));
    }

    #[test]
    fn oxide_and_element_there_and_back_stay_within_half_a_unit(units in 0..1_000_000_000_000i64, index in 0..16usize) {
        let factor = &OXIDES[index];
        let oxide = factor.to_oxide(quantity(units)).unwrap().quantity;
        prop_assert_eq!(factor.to_element(oxide).quantity, quantity(units));
    }
}
