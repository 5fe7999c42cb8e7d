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
        before: Before { is_waste: false, is_raw: false, is_processing_unknown: false, is_all_unknown: false },
    }
}

fn mixed<'b>(portions: &[(Option<&'b str>, u64)]) -> Mixture<'b> {
    Mixture { portions: portions.iter().map(|(mined, weight)| (of(*mined), *weight)).collect() }
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
    assert_eq!(mixture.bounds(1_000, |portion| portion.is_of(Step::Mined, "CN")), (0, 900));
    assert_eq!(mixture.bounds(1_000, |portion| portion.is_of(Step::Mined, "AU")), (100, 1_000));
    assert_eq!(mixture.worst(|portion| portion.is_of(Step::Mined, "CN")), Possible::Maybe);
}

fn said(form: Form, source: SourceKind, refined: Option<&str>) -> NewLot {
    NewLot {
        code: "L".into(),
        material: crate::number::MaterialNo(0),
        form,
        source,
        origin: crate::lot::Origin { refined: refined.map(Into::into), ..Default::default() },
        assay: None,
        supplier: None,
        price: None,
        documents: Vec::new(),
    }
}

#[test]
fn a_step_done_again_elsewhere_does_not_undo_the_first() {
    let refined = Provenance { refined: Some("CN"), ..of(Some("AU")) };
    let mut said = said(Form::Metal, SourceKind::Recycled, Some("JP"));
    said.origin.mined = Some("JP".into());
    let again = refined.processed(&said);
    assert_eq!((again.mined, again.refined, again.source), (Some("AU"), Some("JP"), SourceKind::Primary));
    assert_eq!(again.is_processed_in("CN"), Possible::Yes);
    assert_eq!(again.is_of(Step::Refined, "CN"), Possible::No);
}

#[test]
fn silence_is_told_from_a_step_that_was_not_gone_through() {
    let ore = said(Form::Ore, SourceKind::Primary, None);
    let raw = Provenance { mined: Some("AU"), ..Provenance::stated(&ore, true) };
    assert_eq!(raw.is_processed_in("CN"), Possible::No);
    assert_eq!(of(Some("AU")).is_processed_in("CN"), Possible::Maybe);
    assert_eq!(raw.comes_through("CN"), Possible::No);
    assert_eq!(of(None).comes_through("CN"), Possible::Maybe);
    let recycled = said(Form::Oxide, SourceKind::Recycled, None);
    let recycled = Provenance::stated(&recycled, true);
    assert_eq!(recycled.is_of(Step::Mined, "CN"), Possible::No);
    assert_eq!(recycled.comes_through("CN"), Possible::No);
}

/// An oxide of unknown origin became innocent of a restriction by a step that was stated on top, by being called a concentrate,
/// or by being made scrap and recycled.
#[test]
fn what_is_done_to_the_unknown_does_not_make_it_known() {
    let unknown = of(None);
    for path in [
        [(Form::Oxide, Some("JP")), (Form::Metal, Some("JP"))],
        [(Form::Concentrate, None), (Form::Oxide, Some("JP"))],
        [(Form::Concentrate, None), (Form::Concentrate, None)],
        [(Form::Metal, Some("JP")), (Form::Concentrate, None)],
        [(Form::Scrap, None), (Form::Oxide, Some("JP"))],
    ] {
        let steps = path.map(|(form, refined)| said(form, SourceKind::Recycled, refined));
        let made = steps.iter().fold(unknown.clone(), |made, step| made.processed(step));
        let made = Provenance { source: SourceKind::Recycled, ..made };
        assert_eq!(made.is_processed_in("CN"), Possible::Maybe, "{path:?}");
        assert_eq!(made.is_of(Step::Mined, "CN"), Possible::Maybe, "{path:?}");
        assert_eq!(made.comes_through("CN"), Possible::Maybe, "{path:?}");
        assert!(!made.is_recovered(Step::Mined), "{path:?}");
    }
    // An ore of unknown origin was not processed before its first step, and that is stated.
    let ore = said(Form::Ore, SourceKind::Primary, None);
    let ore = Provenance::stated(&ore, true);
    let oxide = said(Form::Oxide, SourceKind::Primary, Some("JP"));
    let made = ore.processed(&oxide);
    assert_eq!(made.is_processed_in("CN"), Possible::No);
    assert_eq!((made.is_of(Step::Mined, "CN"), made.comes_through("CN")), (Possible::Maybe, Possible::Maybe));
}
