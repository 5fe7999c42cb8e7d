//! Matches a million lines against a million, with differences of every class put in, and checks that each is found and
//! none invented.
//!
//!     cargo run --release -p reconcile --example match_speed            # 1,000,000 lines a side
//!     cargo run --release -p reconcile --example match_speed 100000
//!
//! Quantities are milligrams from 1 to 26 t, 40 parties report 60 materials at 40 sites over a year; six lines in ten bear
//! a reference that both sides know, the others are found by amount and day. About one line in twenty differs.

use std::collections::BTreeMap;
use std::time::Instant;

use measure::{Basis, Scale, Unit};
use reconcile::{
    Class, Day, Line, LotNo, MaterialNo, PartyNo, ReferenceNo, ReportNo, SiteNo, Tolerance, Tolerances, match_lines,
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
struct Made {
    ours: Vec<Line>,
    theirs: Vec<Line>,
    /// Class and lines (ours, theirs) of each movement, in the order of their numbers.
    expected: Vec<(Class, usize, usize)>,
}

const TOLERANCE: Tolerance = Tolerance { ppm: 100, absolute: 0, rounding: 1, days: 3 };

fn make(line_count: usize) -> Made {
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
            counterparty: PartyNo(100),
            site: SiteNo(chance.below(40) as u32),
            material: MaterialNo(chance.below(60) as u32),
            lot: (chance.below(2) == 0).then_some(LotNo(chance.below(5) as u32)),
            scale: Scale::whole(Unit::MG),
            basis: Basis::Net,
            quantity,
            effective: Day(20_000 + chance.below(365) as i32),
            is_provisional: false,
            report: ReportNo(1 + chance.below(12) as u32),
            number: movement,
        };
        // What a difference of each class is, among lines with a reference and without.
        let (ours, theirs, class) = match chance.below(200) {
            0 => (vec![line], vec![Line { quantity: quantity + sign, ..line }], Class::Rounding),
            1 => (vec![line], vec![Line { quantity: quantity + quantity / 20_000, ..line }], Class::WithinTolerance),
            2 => (vec![line], vec![Line { effective: Day(line.effective.0 + 2), ..line }], Class::DateDiffers),
            3 => (vec![line], vec![Line { basis: Basis::Gross, ..line }], Class::BasisOrUnitDiffers),
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

/// The most memory this process ever held, in MB, as Linux tells it.
fn rss_mb_max() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_ascii_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
}

fn main() {
    let argument = std::env::args().nth(1);
    let line_count = argument.map_or(1_000_000, |count| count.parse().expect("the argument is a number of lines"));
    let made = make(line_count);
    let tolerances = Tolerances::new(TOLERANCE);

    let started = Instant::now();
    let found = match_lines(&made.ours, &made.theirs, &tolerances, &[]).expect("milligrams compare");
    let seconds = started.elapsed().as_secs_f64();
    let rss = rss_mb_max();

    // The groups of each movement; a group that joins two movements is an invention.
    let mut invented = 0;
    let mut answers: Vec<Vec<(Class, usize, usize)>> = vec![Vec::new(); made.expected.len()];
    for group in found.groups() {
        let ours = group.ours.iter().map(|line| made.ours[*line as usize].number);
        let mut movements = ours.chain(group.theirs.iter().map(|line| made.theirs[*line as usize].number));
        let movement = movements.next().expect("a group has lines");
        if movements.any(|other| other != movement) {
            invented += 1;
            println!("invented: {group:?}");
        }
        answers[movement as usize].push((group.class, group.ours.len(), group.theirs.len()));
    }
    let mut missed = 0;
    let mut put_in: BTreeMap<Class, usize> = BTreeMap::new();
    for (expected, answer) in made.expected.iter().zip(&mut answers) {
        *put_in.entry(expected.0).or_default() += 1;
        answer.sort_unstable();
        let wanted = match expected {
            (Class::Duplicate, ours, theirs) => {
                vec![(Class::Matched, 1, 1), (Class::Duplicate, ours - 1, theirs - 1)]
            }
            other => vec![*other],
        };
        if *answer != wanted {
            missed += 1;
            println!("missed: {wanted:?}, told {answer:?}");
        }
    }
    println!("{} lines against {}", made.ours.len(), made.theirs.len());
    for (class, count) in put_in {
        println!("{count:>9} movements put in as {class}");
    }
    println!("missed {missed}, invented {invented}");
    println!("seconds {seconds:.2}, rss {} MB", rss.map_or("?".to_owned(), |mb| mb.to_string()));
    if missed + invented > 0 {
        std::process::exit(1);
    }
}
