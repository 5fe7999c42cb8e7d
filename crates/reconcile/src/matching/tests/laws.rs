//! Laws of matching, over small numbers that collide often.

use proptest::prelude::*;

use super::*;

fn lines() -> impl Strategy<Value = Vec<Line>> {
    let reference = prop_oneof![3 => Just(None), 5 => (0u32..6).prop_map(Some)];
    let lot = prop_oneof![2 => Just(None), 1 => (0u32..2).prop_map(Some)];
    let scale = prop_oneof![8 => Just(Scale::whole(Unit::KG)), 1 => Just(Scale::whole(Unit::T)),
        // So fine that nothing common with tonnes is left.
        1 => Just(Scale { unit: Unit::MG, decimals: 18 })];
    let basis = prop_oneof![9 => Just(Basis::Net), 1 => Just(Basis::Dry)];
    let quantity = prop_oneof![-3i64..4, 1i64..=12, 99_990i64..100_020];
    let line = (reference, lot, scale, basis, quantity, 0i32..7, 0u32..2, any::<bool>(), 0u32..40);
    let line = line.prop_map(|(reference, lot, scale, basis, quantity, day, site, is_provisional, number)| Line {
        reference: reference.map(ReferenceNo),
        stem: reference.map(|reference| ReferenceNo(reference / 3)),
        lot: lot.map(LotNameNo),
        scale,
        basis,
        site: Some(PlaceNo(site)),
        is_provisional,
        ..super::line(number, quantity, day)
    });
    prop::collection::vec(line, 0..24)
}

fn tolerance() -> impl Strategy<Value = Tolerance> {
    (0u32..300, 0u32..3, 0u32..3, 0u32..4).prop_map(|(ppm, absolute, rounding, days)| Tolerance {
        ppm,
        absolute: u64::from(absolute),
        rounding: u64::from(rounding),
        days,
        days_allowed: days.saturating_sub(1),
    })
}

/// A group by what its lines say.
type Content = (Class, Option<Reason>, Stage, [Vec<Line>; 2]);

/// Groups by what their lines say, in an order of their own.
fn content(ours: &[Line], theirs: &[Line], tolerance: Tolerance) -> Vec<Content> {
    let tolerances = Tolerances::new(tolerance);
    let found = match_lines(ours, theirs, &tolerances, &[]).unwrap();
    let sorted = |side: &[Line], lines: &[u32]| {
        let mut lines: Vec<Line> = lines.iter().map(|line| side[*line as usize]).collect();
        lines.sort_unstable();
        lines
    };
    let mut groups: Vec<_> = found
        .groups()
        .map(|group| (group.class, group.reason, group.stage, [sorted(ours, group.ours), sorted(theirs, group.theirs)]))
        .collect();
    groups.sort_unstable();
    groups
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_line_ends_in_one_group(ours in lines(), theirs in lines(), tolerance in tolerance()) {
        let tolerances = Tolerances::new(tolerance);
        let found = match_lines(&ours, &theirs, &tolerances, &[]).unwrap();
        for (side, count) in [(0, ours.len()), (1, theirs.len())] {
            let lines = found.groups().flat_map(|group| [group.ours, group.theirs][side]);
            let mut lines: Vec<u32> = lines.copied().collect();
            lines.sort_unstable();
            prop_assert_eq!(lines, (0..count as u32).collect::<Vec<u32>>());
        }
        prop_assert_eq!(found.counts().iter().sum::<usize>(), found.groups().count());
    }

    #[test]
    fn quantities_are_conserved(ours in lines(), theirs in lines(), tolerance in tolerance()) {
        let sum = |lines: &[Line]| lines.iter().map(|line| line.quantity).sum::<i64>();
        let groups = content(&ours, &theirs, tolerance);
        for (side, lines) in [(0, &ours), (1, &theirs)] {
            prop_assert_eq!(groups.iter().map(|group| sum(&group.3[side])).sum::<i64>(), sum(lines));
        }
    }

    #[test]
    fn the_order_of_lines_says_nothing(
        (ours, shuffled) in lines().prop_flat_map(|lines| (Just(lines.clone()), Just(lines).prop_shuffle())),
        theirs in lines(),
        tolerance in tolerance(),
    ) {
        let reversed: Vec<Line> = theirs.iter().rev().copied().collect();
        prop_assert_eq!(content(&ours, &theirs, tolerance), content(&shuffled, &reversed, tolerance));
    }

    #[test]
    fn swapping_sides_mirrors_the_result(ours in lines(), theirs in lines(), tolerance in tolerance()) {
        let mut mirrored = content(&theirs, &ours, tolerance);
        for (class, _, _, sides) in &mut mirrored {
            *class = class.mirrored();
            sides.swap(0, 1);
        }
        mirrored.sort_unstable();
        prop_assert_eq!(content(&ours, &theirs, tolerance), mirrored);
    }

    #[test]
    fn a_class_means_what_it_says(ours in lines(), theirs in lines(), tolerance in tolerance()) {
        for (class, _, stage, [ours, theirs]) in content(&ours, &theirs, tolerance) {
            let kilograms = |lines: &[Line]| {
                lines.iter().map(|line| line.quantity * if line.scale.unit == Unit::T { 1_000 } else { 1 }).sum::<i64>()
            };
            let days = || ours.iter().chain(&theirs).map(|line| line.effective);
            match class {
                Class::OursOnly => prop_assert!(ours.len() == 1 && theirs.is_empty()),
                Class::TheirsOnly => prop_assert!(theirs.len() == 1 && ours.is_empty()),
                // In a unit that has nothing in common with the others.
                Class::BasisOrUnitDiffers if stage == Stage::Alone => prop_assert_eq!(ours.len() + theirs.len(), 1),
                Class::Duplicate => prop_assert_eq!(ours.len() + theirs.len(), 1),
                _ => prop_assert!(!ours.is_empty() && !theirs.is_empty()),
            }
            if class == Class::Matched {
                prop_assert_eq!(kilograms(&ours), kilograms(&theirs));
                prop_assert!(days().all(|day| day == ours[0].effective));
            }
            let apart = days().max().expect("lines").distance(days().min().expect("lines"));
            if class == Class::DateDiffers {
                prop_assert!(apart > tolerance.days_allowed);
            }
            if class == Class::WithinTolerance {
                prop_assert!(apart <= tolerance.days_allowed);
            }
            if matches!(stage, Stage::Amount | Stage::Tolerance) {
                prop_assert!(ours[0].effective.distance(theirs[0].effective) <= tolerance.days);
            }
        }
    }

    #[test]
    fn a_record_agrees_with_itself(lines in lines(), tolerance in tolerance()) {
        for (class, reason, _, [ours, theirs]) in content(&lines, &lines, tolerance) {
            prop_assert_eq!((class, reason), (Class::Matched, None));
            prop_assert_eq!(ours.len(), theirs.len());
        }
    }
}
