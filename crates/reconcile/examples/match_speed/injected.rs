//! Two records of the same movements with differences of every class put in, and the check of what is found.
//!
//! Quantities are milligrams from 1 to 26 t, 40 parties report 60 materials at 40 sites over a year; six lines in ten bear
//! a reference that both sides know, the others are found by amount and day. About one movement in twenty differs.

use measure::{Basis, Scale, Unit};
use reconcile::{
    Class, Day, Line, LotNameNo, Matching, MaterialNo, PartyNo, PlaceNo, ReferenceNo, SourceNo, Tolerance,
};

/// A fixed sequence of numbers (SplitMix64): the same run everywhere.
struct Sequence(u64);

impl Sequence {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}

/// What was put in: every line's number names its movement, and so says what the answer has to be.
#[derive(Default)]
pub(crate) struct Made {
    pub(crate) ours: Vec<Line>,
    pub(crate) theirs: Vec<Line>,
    /// Class and lines (ours, theirs) of each movement, in the order of their numbers.
    pub(crate) expected: Vec<(Class, usize, usize)>,
}

/// What the differences are made for.
pub(crate) const TOLERANCE: Tolerance = Tolerance { ppm: 100, absolute: 0, rounding: 1, days: 3, days_allowed: 0 };

/// Movements told by both sides until one has so many lines.
pub(crate) fn make(line_count: usize) -> Made {
    let mut chance = Sequence(5);
    let mut made = Made::default();
    let mut reference_no = 0;
    while made.ours.len().max(made.theirs.len()) < line_count {
        let movement = u32::try_from(made.expected.len()).expect("few enough movements");
        let named = chance.below(10) < 6;
        reference_no += 10;
        let reference = named.then_some(ReferenceNo(reference_no));
        let sign = if chance.below(2) == 0 { 1 } else { -1 };
        let quantity = sign * (1_000_000_000 + i64::try_from(chance.below(25_000_000_000)).expect("small"));
        let line = Line {
            reference,
            stem: reference,
            party: PartyNo(chance.below(40) as u32),
            counterparty: Some(PartyNo(100)),
            site: Some(PlaceNo(chance.below(40) as u32)),
            material: MaterialNo(chance.below(60) as u32),
            lot: (chance.below(2) == 0).then_some(LotNameNo(chance.below(5) as u32)),
            scale: Scale::whole(Unit::MG),
            basis: Basis::Net,
            quantity,
            effective: Day(20_000 + chance.below(365) as i32),
            is_provisional: false,
            report: SourceNo(1 + chance.below(12) as u32),
            number: movement,
        };
        // What a difference of each class is, among lines with a reference and without.
        let (ours, theirs, class) = match chance.below(200) {
            0 => (vec![line], vec![Line { quantity: quantity + sign, ..line }], Class::Rounding),
            1 => (vec![line], vec![Line { quantity: quantity + quantity / 20_000, ..line }], Class::WithinTolerance),
            2 => (vec![line], vec![Line { effective: Day(line.effective.0 + 2), ..line }], Class::DateDiffers),
            3 => (vec![line], vec![Line { basis: Basis::Gross, ..line }], Class::BasisOrUnitDiffers),
            11 => (vec![line], vec![Line { scale: Scale::whole(Unit::G), ..line }], Class::BasisOrUnitDiffers),
            4 if named => (vec![line], vec![Line { quantity: quantity / 100 * 99, ..line }], Class::QuantityDiffers),
            5 if named => (vec![line; 2], vec![line], Class::Duplicate),
            6 if named => (vec![line], vec![line; 2], Class::Duplicate),
            7 => (vec![line], vec![], Class::OursOnly),
            8 => (vec![], vec![line], Class::TheirsOnly),
            9 => (vec![line], parts(line, &mut chance), Class::Matched),
            10 => (parts(line, &mut chance), vec![line], Class::Matched),
            _ => (vec![line], vec![line], Class::Matched),
        };
        made.expected.push((class, ours.len(), theirs.len()));
        made.ours.extend(ours);
        made.theirs.extend(theirs);
    }
    shuffle(&mut made.ours, &mut chance);
    shuffle(&mut made.theirs, &mut chance);
    made
}

/// A movement in two or three parts that share the stem of its reference, where it has one.
fn parts(line: Line, chance: &mut Sequence) -> Vec<Line> {
    let part_count = 2 + chance.below(2) as i64;
    let part = line.quantity / (part_count + 1);
    let quantity = |index| if index == 0 { line.quantity - part * (part_count - 1) } else { part };
    let reference = |index| line.reference.map(|whole| ReferenceNo(whole.0 + 1 + index as u32));
    (0..part_count).map(|index| Line { quantity: quantity(index), reference: reference(index), ..line }).collect()
}

fn shuffle(lines: &mut [Line], chance: &mut Sequence) {
    for index in (1..lines.len()).rev() {
        lines.swap(index, chance.below(index as u64 + 1) as usize);
    }
}

/// What was put in and not found, and what was found and never put in; each as a sentence.
pub(crate) fn faults(made: &Made, found: &Matching) -> Vec<String> {
    let mut faults = Vec::new();
    let mut answers: Vec<Vec<(Class, usize, usize)>> = vec![Vec::new(); made.expected.len()];
    for group in found.groups() {
        let ours = group.ours.iter().map(|line| made.ours[*line as usize].number);
        let mut movements = ours.chain(group.theirs.iter().map(|line| made.theirs[*line as usize].number));
        let movement = movements.next().expect("a group has lines");
        if movements.any(|other| other != movement) {
            faults.push(format!("invented: {group:?}"));
        }
        answers[movement as usize].push((group.class, group.ours.len(), group.theirs.len()));
    }
    for (expected, answer) in made.expected.iter().zip(&mut answers) {
        answer.sort_unstable();
        let wanted = match expected {
            (Class::Duplicate, ours, theirs) => {
                vec![(Class::Matched, 1, 1), (Class::Duplicate, ours - 1, theirs - 1)]
            }
            other => vec![*other],
        };
        if *answer != wanted {
            faults.push(format!("missed: {wanted:?}, told {answer:?}"));
        }
    }
    faults
}
