use measure::{Basis, Scale, Substance, Unit};

use super::*;
use crate::tolerance::Tolerance;
use ids::{Day, LotNameNo, MaterialNo, PartyNo, PlaceNo, ReferenceNo, SourceNo};

mod laws;

/// 100 ppm, one unit of rounding, three days.
const TOLERANCE: Tolerance = Tolerance { ppm: 100, absolute: 0, rounding: 1, days: 3, days_allowed: 0 };

/// A line without reference and lot; quantity in kilograms.
fn line(number: u32, quantity: i64, day: i32) -> Line {
    Line {
        reference: None,
        stem: None,
        party: PartyNo(1),
        counterparty: Some(PartyNo(2)),
        site: Some(PlaceNo(1)),
        material: MaterialNo(1),
        lot: None,
        scale: Scale::whole(Unit::KG),
        basis: Basis::Net,
        quantity,
        effective: Day(day),
        is_provisional: false,
        report: SourceNo(1),
        number,
    }
}

/// The same with a reference that is its own stem.
fn named(reference: u32, number: u32, quantity: i64, day: i32) -> Line {
    let reference = Some(ReferenceNo(reference));
    Line { reference, stem: reference, ..line(number, quantity, day) }
}

/// Part of `stem`.
fn part(stem: u32, reference: u32, number: u32, quantity: i64, day: i32) -> Line {
    Line { stem: Some(ReferenceNo(stem)), ..named(reference, number, quantity, day) }
}

fn in_lot(lot: u32, line: Line) -> Line {
    Line { lot: Some(LotNameNo(lot)), ..line }
}

/// What is found: class, stage, and the numbers of the lines in their reports.
type Told = (Class, Stage, Vec<u32>, Vec<u32>);

fn told(ours: &[Line], theirs: &[Line]) -> Vec<Told> {
    let tolerances = Tolerances::new(TOLERANCE);
    let found = match_lines(ours, theirs, &tolerances, &[]).unwrap();
    let numbers = |side: &[Line], lines: &[u32]| {
        let mut numbers: Vec<u32> = lines.iter().map(|line| side[*line as usize].number).collect();
        numbers.sort_unstable();
        numbers
    };
    let mut told: Vec<Told> = found
        .groups()
        .map(|group| (group.class, group.stage, numbers(ours, group.ours), numbers(theirs, group.theirs)))
        .collect();
    told.sort_unstable();
    told
}

/// One line against one line.
#[track_caller]
fn check_pair(ours: Line, theirs: Line, class: Class, reason: Option<Reason>, stage: Stage) {
    let tolerances = Tolerances::new(TOLERANCE);
    let found = match_lines(&[ours], &[theirs], &tolerances, &[]).unwrap();
    let groups: Vec<Group<'_>> = found.groups().collect();
    assert_eq!(groups, [Group { class, reason, stage, ours: &[0], theirs: &[0] }]);
}

/// One line against one line that is another movement.
#[track_caller]
fn check_apart(ours: Line, theirs: Line) {
    let alone = [(Class::OursOnly, Stage::Alone, vec![1], vec![]), (Class::TheirsOnly, Stage::Alone, vec![], vec![1])];
    assert_eq!(told(&[ours], &[theirs]), alone);
}

#[test]
fn a_reference_finds_its_line_whatever_differs() {
    let ours = named(7, 1, 100_000, 10);
    let by_reference = |theirs, class, reason| check_pair(ours, theirs, class, reason, Stage::Reference);
    by_reference(ours, Class::Matched, None);
    by_reference(Line { quantity: 100_001, ..ours }, Class::Rounding, Some(Reason::Rounding));
    by_reference(Line { quantity: 100_010, ..ours }, Class::WithinTolerance, None);
    by_reference(Line { quantity: 100_011, ..ours }, Class::QuantityDiffers, Some(Reason::Unknown));
    by_reference(Line { effective: Day(40), ..ours }, Class::DateDiffers, Some(Reason::Timing));
    let provisional = Line { quantity: 99_000, is_provisional: true, ..ours };
    by_reference(provisional, Class::QuantityDiffers, Some(Reason::AssayProvisional));
    let contained = Basis::Contained(Substance::parse("Nd").unwrap());
    by_reference(Line { basis: contained, ..ours }, Class::BasisOrUnitDiffers, Some(Reason::UnitOrBasis));
    by_reference(Line { counterparty: Some(PartyNo(9)), ..ours }, Class::QuantityDiffers, Some(Reason::WrongParty));
    by_reference(Line { site: Some(PlaceNo(9)), ..ours }, Class::QuantityDiffers, Some(Reason::SiteWrong));
    by_reference(Line { quantity: -100_000, ..ours }, Class::QuantityDiffers, Some(Reason::SignReversed));
    check_apart(ours, Line { material: MaterialNo(9), ..ours });
}

#[test]
fn water_on_one_side_is_moisture() {
    let ours = Line { basis: Basis::Wet, ..named(7, 1, 100, 10) };
    let theirs = Line { basis: Basis::Dry, quantity: 92, ..ours };
    check_pair(ours, theirs, Class::BasisOrUnitDiffers, Some(Reason::Moisture), Stage::Reference);
}

#[test]
fn another_lot_under_one_reference_is_the_wrong_lot() {
    let ours = in_lot(1, named(7, 1, 100, 10));
    check_pair(ours, in_lot(2, ours), Class::QuantityDiffers, Some(Reason::WrongLot), Stage::Reference);
    check_pair(ours, Line { lot: None, ..ours }, Class::Matched, None, Stage::Reference);
}

#[test]
fn units_convert_exactly_and_a_mistaken_unit_is_seen() {
    let ours = named(7, 1, 100_000, 10);
    let tonnes = Line { scale: Scale::whole(Unit::T), ..ours };
    check_pair(ours, Line { quantity: 100, ..tonnes }, Class::Matched, None, Stage::Reference);
    check_pair(ours, tonnes, Class::BasisOrUnitDiffers, Some(Reason::UnitOrBasis), Stage::Reference);
    // 100 t told as 100,000 t, and as 0.1 t: the figures are those of another unit.
    for quantity in [100, 100_000_000] {
        let slip = Line { quantity, ..ours };
        check_pair(ours, slip, Class::BasisOrUnitDiffers, Some(Reason::UnitOrBasis), Stage::Reference);
        check_pair(slip, ours, Class::BasisOrUnitDiffers, Some(Reason::UnitOrBasis), Stage::Reference);
    }
    let unlike = Line { quantity: 100_000_001, ..ours };
    check_pair(ours, unlike, Class::QuantityDiffers, Some(Reason::Unknown), Stage::Reference);
    // 100.4 t told as 100 t: rounding in the coarser unit.
    let finer = Line { quantity: 100_400, ..ours };
    check_pair(finer, Line { quantity: 100, ..tonnes }, Class::Rounding, Some(Reason::Rounding), Stage::Reference);
    let unnamed = line(1, 100, 10);
    check_pair(
        unnamed,
        Line { scale: tonnes.scale, quantity: 100, ..unnamed },
        Class::BasisOrUnitDiffers,
        Some(Reason::UnitOrBasis),
        Stage::Amount,
    );
}

#[test]
fn without_a_reference_amount_and_day_find_the_line() {
    let ours = line(1, 100_000, 10);
    check_pair(ours, ours, Class::Matched, None, Stage::Amount);
    check_pair(named(7, 1, 100_000, 10), named(8, 1, 100_000, 10), Class::Matched, None, Stage::Amount);
    check_pair(ours, in_lot(3, ours), Class::Matched, None, Stage::Amount);
    check_pair(ours, line(1, 100_009, 10), Class::WithinTolerance, None, Stage::Tolerance);
    check_pair(ours, line(1, 100_000, 13), Class::DateDiffers, Some(Reason::Timing), Stage::Tolerance);
    check_apart(ours, line(1, 100_000, 14));
    check_apart(ours, line(1, 100_011, 10));
    check_apart(ours, line(1, -100_000, 10));
    check_apart(in_lot(1, ours), in_lot(2, ours));
    check_apart(ours, Line { site: Some(PlaceNo(9)), ..ours });
}

#[test]
fn nearness_is_closest_first() {
    let ours = [line(1, 100_000, 10), line(2, 100_008, 10)];
    let theirs = [line(5, 100_007, 10)];
    let alone = (Class::OursOnly, Stage::Alone, vec![1], vec![]);
    assert_eq!(told(&ours, &theirs), [(Class::Rounding, Stage::Tolerance, vec![2], vec![5]), alone]);
}

#[test]
fn the_second_copy_is_a_duplicate_not_a_missing_line() {
    let ours = [named(7, 1, 100, 10), named(7, 2, 100, 10)];
    let theirs = [named(7, 5, 100, 10), line(6, 100, 10)];
    assert_eq!(
        told(&ours, &theirs),
        [
            (Class::Matched, Stage::Reference, vec![1], vec![5]),
            (Class::Duplicate, Stage::Alone, vec![2], vec![]),
            (Class::TheirsOnly, Stage::Alone, vec![], vec![6]),
        ]
    );
    // Told twice by both is two movements; told twice by one and not at all by the other is one missing.
    assert!(told(&ours, &[named(7, 5, 100, 10), named(7, 6, 100, 10)]).iter().all(|group| group.0 == Class::Matched));
    assert_eq!(
        told(&ours, &[]),
        [(Class::Duplicate, Stage::Alone, vec![2], vec![]), (Class::OursOnly, Stage::Alone, vec![1], vec![]),]
    );
    // Two loads without a name are two loads.
    let loads = [line(1, 25, 10), line(2, 25, 10)];
    assert!(told(&loads, &[]).iter().all(|group| group.0 == Class::OursOnly));
}

#[test]
fn parts_of_one_reference_make_up_the_whole() {
    let whole = [named(7, 1, 60_000, 10)];
    let parts = [part(7, 71, 5, 10_000, 10), part(7, 72, 6, 20_000, 10), part(7, 73, 7, 30_005, 10)];
    assert_eq!(told(&whole, &parts), [(Class::WithinTolerance, Stage::Sum, vec![1], vec![5, 6, 7])]);
    // One of the parts bears the name of the whole.
    let parts = [named(7, 5, 10_000, 10), part(7, 72, 6, 50_000, 11)];
    assert_eq!(told(&whole, &parts), [(Class::DateDiffers, Stage::Sum, vec![1], vec![5, 6])]);
}

#[test]
fn two_differences_that_cancel_are_two_differences() {
    let ours = [part(7, 71, 1, 10_000, 10), part(7, 72, 2, 20_000, 10)];
    let theirs = [part(7, 71, 5, 10_500, 10), part(7, 72, 6, 19_500, 10)];
    assert!(told(&ours, &theirs).iter().all(|group| group.0 == Class::QuantityDiffers));
}

#[test]
fn parts_without_a_name_must_add_up() {
    let whole = [line(1, 60_000, 10)];
    let parts = [line(5, 10_000, 9), line(6, 20_000, 10), line(7, 30_000, 11), line(8, 7_000, 10)];
    let alone = (Class::TheirsOnly, Stage::Alone, vec![], vec![8]);
    assert_eq!(told(&whole, &parts), [(Class::DateDiffers, Stage::Sum, vec![1], vec![5, 6, 7]), alone]);
    // 6 kg of 60 t is within tolerance, but no rounding: a sum that is only near proves nothing.
    let near = [line(5, 20_000, 10), line(6, 40_006, 10)];
    assert!(told(&whole, &near).iter().all(|group| group.1 == Stage::Alone));
}

#[test]
fn a_sum_proves_nothing_where_a_line_is_no_more_than_rounding() {
    // Three figures may be rounded by 2 kg together: the line of 2 kg could be part of the 63 or not.
    let parts = [line(5, 60, 10), line(6, 2, 10)];
    assert!(told(&[line(1, 63, 10)], &parts).iter().all(|group| group.1 == Stage::Alone));
    let whole = [named(7, 1, 60_000, 10)];
    let parts = [part(7, 71, 5, 59_995, 10), part(7, 72, 6, 2, 10)];
    assert!(told(&whole, &parts).iter().all(|group| group.3.len() < 2));
}

#[test]
fn under_a_stem_choices_must_be_exact() {
    let ours = [part(7, 71, 1, 60_000, 10), part(7, 72, 2, 7_000, 10)];
    let near = [part(7, 73, 5, 20_000, 10), part(7, 74, 6, 40_005, 10), part(7, 75, 7, 9_000, 10)];
    assert!(told(&ours, &near).iter().all(|group| group.1 == Stage::Alone));
    let exact = [near[0], Line { quantity: 40_000, ..near[1] }, near[2]];
    assert_eq!(told(&ours, &exact)[0], (Class::Matched, Stage::Sum, vec![1], vec![5, 6]));
}

#[test]
fn among_many_lines_of_a_day_only_two_parts_are_looked_for() {
    let others = (10..40).map(|number| line(number, 1_000 + i64::from(number) * 317, 10));
    let two = [line(5, 20_011, 10), line(6, 39_989, 10)];
    let theirs: Vec<Line> = others.clone().chain(two).collect();
    assert_eq!(told(&[line(1, 60_000, 10)], &theirs)[0], (Class::Matched, Stage::Sum, vec![1], vec![5, 6]));
    let three = [line(5, 20_011, 10), line(6, 20_013, 10), line(7, 19_976, 10)];
    let theirs: Vec<Line> = others.chain(three).collect();
    assert!(told(&[line(1, 60_000, 10)], &theirs).iter().all(|group| group.1 == Stage::Alone));
}

#[test]
fn what_goes_out_in_parts_adds_up_too() {
    let parts = [line(5, -20_000, 10), line(6, -40_000, 12)];
    assert_eq!(told(&[line(1, -60_000, 10)], &parts), [(Class::DateDiffers, Stage::Sum, vec![1], vec![5, 6])]);
    assert!(told(&[line(1, 60_000, 10)], &parts).iter().all(|group| group.1 == Stage::Alone));
}

#[test]
fn what_comes_in_and_goes_out_again_proves_nothing() {
    let (ours, theirs) = ([line(1, 500, 10), line(2, -500, 10)], [line(5, 700, 10), line(6, -700, 10)]);
    assert!(told(&ours, &theirs).iter().all(|group| group.1 == Stage::Alone));
}

#[test]
fn many_make_up_many_over_days_near_each_other() {
    let told_on = |day| {
        let ours = [line(1, 10_000, 10), line(2, 20_000, day)];
        told(&ours, &[line(5, 5_000, 10), line(6, 25_000, day)])
    };
    assert_eq!(told_on(13), [(Class::DateDiffers, Stage::Sum, vec![1, 2], vec![5, 6])]);
    assert!(told_on(14).iter().all(|group| group.1 == Stage::Alone));
}

#[test]
fn allowances_count_in_the_coarser_unit_and_from_the_larger_figure() {
    let class = |tolerance, ours: Line, theirs: Line| {
        let found = match_lines(&[ours], &[theirs], &Tolerances::new(tolerance), &[]).unwrap();
        found.groups().next().unwrap().class
    };
    let kilograms = |quantity| named(7, 1, quantity, 10);
    let tonnes = |quantity| Line { scale: Scale::whole(Unit::T), ..kilograms(quantity) };
    let rounding = Tolerance { rounding: 2, ..Tolerance::EXACT };
    assert_eq!(class(rounding, kilograms(100), kilograms(102)), Class::Rounding);
    assert_eq!(class(rounding, kilograms(100), kilograms(103)), Class::QuantityDiffers);
    assert_eq!(class(rounding, kilograms(102_000), tonnes(100)), Class::Rounding);
    assert_eq!(class(rounding, kilograms(102_001), tonnes(100)), Class::QuantityDiffers);
    let absolute = Tolerance { absolute: 3, ..Tolerance::EXACT };
    assert_eq!(class(absolute, kilograms(103_000), tonnes(100)), Class::WithinTolerance);
    assert_eq!(class(absolute, kilograms(103_001), tonnes(100)), Class::QuantityDiffers);
    let relative = Tolerance { ppm: 100, ..Tolerance::EXACT };
    assert_eq!(class(relative, kilograms(9_999), kilograms(10_000)), Class::WithinTolerance);
    assert_eq!(class(relative, kilograms(9_998), kilograms(9_999)), Class::QuantityDiffers);
}

#[test]
fn many_make_up_many() {
    let ours = [line(1, 10_000, 10), line(2, 20_000, 10)];
    let theirs = [line(5, 5_000, 10), line(6, 25_000, 10)];
    assert_eq!(told(&ours, &theirs), [(Class::Matched, Stage::Sum, vec![1, 2], vec![5, 6])]);
    let lots = [in_lot(1, ours[0]), in_lot(2, ours[1])];
    assert_eq!(told(&lots, &theirs).len(), 1, "lots against lines that tell no lot");
    assert_eq!(told(&lots, &theirs.map(|line| in_lot(1, line))).len(), 4, "no lot is made up by another");
}

#[test]
fn what_a_person_decided_stands() {
    let (ours, theirs) = ([line(1, 100, 10), line(2, 70, 10)], [line(5, 100, 10), line(6, 70, 10)]);
    let tolerances = Tolerances::new(TOLERANCE);
    let by_hand = [HandMatch { ours: &[0], theirs: &[1] }];
    let found = match_lines(&ours, &theirs, &tolerances, &by_hand).unwrap();
    let first = found.groups().next().unwrap();
    assert_eq!(
        (first.class, first.stage, first.ours, first.theirs),
        (Class::QuantityDiffers, Stage::Hand, &[0][..], &[1][..])
    );
    assert_eq!(found.groups().count(), 3);
}

#[test]
fn a_match_by_hand_must_name_free_lines_of_both_sides() {
    let lines = [line(1, 100, 10), Line { material: MaterialNo(9), ..line(2, 70, 10) }];
    let tolerances = Tolerances::new(TOLERANCE);
    let refused = |by_hand: &[HandMatch<'_>]| match_lines(&lines, &lines, &tolerances, by_hand).unwrap_err();
    let pair = HandMatch { ours: &[0], theirs: &[0] };
    let match_index = 1;
    assert_eq!(refused(&[pair, HandMatch { ours: &[7], theirs: &[1] }]), MatchError::HandLineUnknown { match_index });
    assert_eq!(refused(&[pair, pair]), MatchError::HandLineTwice { match_index });
    assert_eq!(refused(&[pair, HandMatch { ours: &[1, 1], theirs: &[1] }]), MatchError::HandLineTwice { match_index });
    assert_eq!(refused(&[pair, HandMatch { ours: &[], theirs: &[1] }]), MatchError::HandNotComparable { match_index });
    let match_index = 0;
    assert_eq!(refused(&[HandMatch { ours: &[0], theirs: &[1] }]), MatchError::HandNotComparable { match_index });
}

#[test]
fn a_reference_of_everything_names_nothing() {
    let ours: Vec<Line> = (0..200).map(|number| named(7, number, 1_000 + i64::from(number) * 10, 10)).collect();
    let theirs: Vec<Line> = ours.iter().rev().copied().collect();
    assert!(told(&ours, &theirs).iter().all(|group| group.0 == Class::Matched && group.1 == Stage::Amount));
}

#[test]
fn what_differs_is_a_break_with_its_difference_and_its_earlier_day() {
    let ours = [named(7, 1, 100_000, 10), named(8, 2, 50, 11)];
    let theirs = [named(7, 5, 98_500, 9), named(8, 6, 50, 11)];
    let found = match_lines(&ours, &theirs, &Tolerances::new(TOLERANCE), &[]).unwrap();
    let told = |group: &Group<'_>| {
        let days = group.ours.iter().map(|line| ours[*line as usize].effective);
        let days = days.chain(group.theirs.iter().map(|line| theirs[*line as usize].effective));
        (group.class, group.reason, group.difference(&ours, &theirs), days.min())
    };
    let breaks: Vec<_> = found.groups().filter(|group| group.class.is_break()).map(|group| told(&group)).collect();
    assert_eq!(breaks, [(Class::QuantityDiffers, Some(Reason::Unknown), Some(1_500), Some(Day(9)))]);
    let tonnes = Line { scale: Scale::whole(Unit::T), ..theirs[0] };
    let found = match_lines(&ours, &[tonnes], &Tolerances::new(TOLERANCE), &[]).unwrap();
    assert_eq!(found.groups().next().unwrap().difference(&ours, &[tonnes]), None, "kilograms and tonnes");
}

#[test]
fn a_unit_that_is_too_far_from_the_others_keeps_nothing_from_being_compared() {
    let absurd = |line: Line| Line { scale: Scale { unit: Unit::MG, decimals: 18 }, ..line };
    let ours = [named(7, 1, 100, 10), named(8, 2, 50, 11), line(3, 30, 12)];
    let theirs = [named(7, 5, 100, 10), absurd(named(8, 6, 50, 11)), absurd(line(7, 9, 12)), line(8, 30, 12)];
    let differs = Class::BasisOrUnitDiffers;
    let expected = [
        (Class::Matched, Stage::Reference, vec![1], vec![5]),
        (Class::Matched, Stage::Amount, vec![3], vec![8]),
        (differs, Stage::Reference, vec![2], vec![6]),
        (differs, Stage::Alone, vec![], vec![7]),
    ];
    assert_eq!(told(&ours, &theirs), expected);
    // Told by both in that unit, it is the same.
    assert!(told(&theirs, &theirs).iter().all(|group| group.0 == Class::Matched));
}
