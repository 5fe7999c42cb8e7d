//! Mixtures divide exactly, and mixing loses less than anybody can weigh.

use super::*;

fn of(mined: Option<&str>) -> Provenance<'_> {
    Provenance {
        mined,
        separated: None,
        refined: None,
        manufactured: None,
        earlier: Vec::new(),
        source: SourceKind::Primary,
        supplier: None,
    }
}

fn mixed<'b>(portions: &[(Option<&'b str>, u64)]) -> Mixture<'b> {
    Mixture { portions: portions.iter().map(|(mined, weight)| (of(*mined), *weight)).collect(), is_raw: false }
}

#[test]
fn the_parts_of_any_quantity_sum_to_it() {
    let thirds = mixed(&[(Some("AU"), 1), (Some("CN"), 1), (None, 1)]);
    for units in [0, 1, 2, 100, 1_000_000_000_000, i64::MAX, -5] {
        let parts = thirds.divide(units);
        assert_eq!(parts.iter().map(|part| i128::from(*part)).sum::<i128>(), i128::from(units));
        let (least, most) = (parts.iter().min(), parts.iter().max());
        assert!(most.zip(least).is_some_and(|(most, least)| most - least <= 1), "{parts:?}");
    }
}

#[test]
fn what_nobody_stated_lies_between_nothing_and_all_of_it() {
    let mixture = mixed(&[(None, 90), (Some("AU"), 10)]);
    assert_eq!(mixture.bounds(1_000, |portion, _| portion.is_of(Step::Mined, "CN")), (0, 900));
    assert_eq!(mixture.bounds(1_000, |portion, _| portion.is_of(Step::Mined, "AU")), (100, 1_000));
    assert_eq!(mixture.worst(|portion, _| portion.is_of(Step::Mined, "CN")), Possible::Maybe);
}

#[test]
fn a_step_done_again_elsewhere_does_not_undo_the_first() {
    let refined = Provenance { refined: Some("CN"), ..of(Some("AU")) };
    let said = NewLot {
        code: "L".into(),
        material: crate::number::MaterialNo(0),
        form: Form::Metal,
        source: SourceKind::Recycled,
        origin: crate::lot::Origin { mined: Some("JP".into()), refined: Some("JP".into()), ..Default::default() },
        assay: None,
        supplier: None,
        price: None,
        documents: Vec::new(),
    };
    let again = refined.processed(&said);
    assert_eq!((again.mined, again.refined, again.source), (Some("AU"), Some("JP"), SourceKind::Primary));
    assert_eq!(again.is_processed_in("CN", false), Possible::Yes);
    assert_eq!(again.is_of(Step::Refined, "CN"), Possible::No);
}

#[test]
fn silence_is_told_from_a_step_that_was_not_gone_through() {
    let raw = of(Some("AU"));
    assert_eq!(raw.is_processed_in("CN", true), Possible::No);
    assert_eq!(raw.is_processed_in("CN", false), Possible::Maybe);
    assert_eq!(raw.comes_through("CN"), Possible::No);
    assert_eq!(of(None).comes_through("CN"), Possible::Maybe);
    let recycled = Provenance { source: SourceKind::Recycled, ..of(None) };
    assert_eq!(recycled.is_of(Step::Mined, "CN"), Possible::No);
    assert_eq!(recycled.comes_through("CN"), Possible::No);
}
