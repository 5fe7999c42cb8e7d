//! Two sides of one account, line by line: which lines tell of the same movement, and how do they differ?
//!
//! The strongest evidence speaks first: what a person decided, then a common reference, then amount and day, then what
//! is within tolerance, then sums. Lines are sorted and joined, never compared all with all. Every line ends in exactly
//! one group. Every choice between equally good matches is made by the content of the lines, so that neither the order
//! of lines nor the choice of sides changes the result.
//!
//! Nothing is decided here about what happens to a difference: that is a [break](crate::breaks).

mod account;
mod amount;
mod duplicate;
mod hand;
mod parts;
mod reference;
mod side;
mod subset;
mod sums;
mod tolerance;

use crate::class::{Class, Reason};
use crate::compare::{Judge, Verdict};
use crate::line::Line;
use crate::tolerance::Tolerances;
use crate::yardstick::Yardstick;

pub use hand::HandMatch;
use side::Side;

/// A reference (or a stem) borne by more lines of one side names no single movement: `n/a`, a contract, a ship. It is no
/// evidence then, and such lines are matched by amount. Keeps the work of one reference small, too.
pub const REFERENCE_LINES_MAX: usize = 64;

/// How the lines of a group found each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// A person said so.
    Hand,
    /// By a common reference, or a common stem of references.
    Reference,
    /// By amount, day, parties, site, material and lot.
    Amount,
    /// By the same within tolerance of quantity and days.
    Tolerance,
    /// By a sum: one against many, or many against many.
    Sum,
    /// They did not: a line alone.
    Alone,
}

/// Why nothing could be compared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MatchError {
    /// More lines than can be numbered.
    #[error("a side has {line_count} lines, at most {} can be compared", u32::MAX)]
    TooManyLines {
        /// Lines of the longer side.
        line_count: usize,
    },
    /// A match by hand names a line that is not there.
    #[error("match {match_index} by hand names a line that is not there")]
    HandLineUnknown {
        /// Which of the matches given, from 0.
        match_index: usize,
    },
    /// A match by hand names a line that was taken before.
    #[error("match {match_index} by hand names a line for the second time")]
    HandLineTwice {
        /// Which of the matches given, from 0.
        match_index: usize,
    },
    /// A match by hand joins lines of one side only, or of several materials.
    #[error("match {match_index} by hand must join lines of both sides and of one material")]
    HandNotComparable {
        /// Which of the matches given, from 0.
        match_index: usize,
    },
}

/// Lines that tell of one movement, by their index in what was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group<'a> {
    /// What the comparison says.
    pub class: Class,
    /// The reason that the lines themselves show; people may know better.
    pub reason: Option<Reason>,
    /// How they found each other.
    pub stage: Stage,
    /// Our lines.
    pub ours: &'a [u32],
    /// Their lines.
    pub theirs: &'a [u32],
}

impl Group<'_> {
    /// Ours less theirs in the units of the lines, of the sides that were compared; `None` where the lines keep different
    /// units or bases, or the difference is past the largest quantity.
    #[must_use]
    pub fn difference(&self, ours: &[Line], theirs: &[Line]) -> Option<i64> {
        let told = |line: &Line| (line.scale, line.basis);
        let [our_lines, their_lines] = [(self.ours, ours), (self.theirs, theirs)]
            .map(|(numbers, side)| numbers.iter().map(move |number| &side[*number as usize]));
        let first = our_lines.clone().chain(their_lines.clone()).next().map(told)?;
        let comparable = our_lines.clone().chain(their_lines.clone()).all(|line| told(line) == first);
        let sum = |quantities: i128, line: &Line| quantities + i128::from(line.quantity);
        let difference = our_lines.fold(0, sum) - their_lines.fold(0, sum);
        i64::try_from(difference).ok().filter(|_| comparable)
    }
}

/// Where a group's lines end in the two lists of members; they begin where the group before it ends.
#[derive(Clone, Copy, Debug)]
struct GroupEnd {
    class: Class,
    reason: Option<Reason>,
    stage: Stage,
    ours_end: u32,
    theirs_end: u32,
}

/// The result: every line in exactly one group.
#[derive(Clone, Debug, Default)]
pub struct Matching {
    ends: Vec<GroupEnd>,
    ours: Vec<u32>,
    theirs: Vec<u32>,
}

impl Matching {
    /// The groups, in the order in which they were found.
    pub fn groups(&self) -> impl Iterator<Item = Group<'_>> {
        let mut start = (0, 0);
        self.ends.iter().map(move |end| {
            let (ours, theirs) = (start.0..end.ours_end as usize, start.1..end.theirs_end as usize);
            start = (ours.end, theirs.end);
            Group {
                class: end.class,
                reason: end.reason,
                stage: end.stage,
                ours: &self.ours[ours],
                theirs: &self.theirs[theirs],
            }
        })
    }

    /// How many groups there are of each class, in the order of [`Class::ALL`].
    #[must_use]
    pub fn counts(&self) -> [usize; Class::ALL.len()] {
        let mut counts = [0; Class::ALL.len()];
        for end in &self.ends {
            counts[end.class as usize] += 1;
        }
        counts
    }

    fn push(&mut self, stage: Stage, (class, reason): Verdict, ours: &[u32], theirs: &[u32]) {
        self.ours.extend_from_slice(ours);
        self.theirs.extend_from_slice(theirs);
        let [ours_end, theirs_end] =
            [&self.ours, &self.theirs].map(|lines| u32::try_from(lines.len()).expect("checked: a line has a number"));
        self.ends.push(GroupEnd { class, reason, stage, ours_end, theirs_end });
    }
}

/// Compares two sides of one account or of many.
///
/// About a microsecond a line where most agree; never more than the sort of both sides and a bounded number of tries
/// for each line left over. Memory is about 60 bytes a line beside the lines themselves.
pub fn match_lines(
    ours: &[Line],
    theirs: &[Line],
    tolerances: &Tolerances,
    by_hand: &[HandMatch<'_>],
) -> Result<Matching, MatchError> {
    let line_count = ours.len().max(theirs.len());
    if u32::try_from(line_count).is_err() {
        return Err(MatchError::TooManyLines { line_count });
    }
    let yardstick = Yardstick::new(ours.iter().chain(theirs).map(|line| line.scale));
    let judge = Judge { yardstick: &yardstick, tolerances };
    let mut run = Run { judge, ours: Side::new(ours), theirs: Side::new(theirs), found: Matching::default() };
    run.found.ours.reserve_exact(ours.len());
    run.found.theirs.reserve_exact(theirs.len());
    run.found.ends.reserve(line_count);
    run.hand(by_hand)?;
    run.reference();
    run.amount();
    run.tolerance();
    run.sums();
    run.figure_in_other_unit();
    run.alone();
    Ok(run.found)
}

/// A comparison under way.
struct Run<'a> {
    judge: Judge<'a>,
    ours: Side<'a>,
    theirs: Side<'a>,
    found: Matching,
}

impl Run<'_> {
    /// Takes two lines out as a group of their own.
    fn take_pair(&mut self, stage: Stage, verdict: Verdict, ours: u32, theirs: u32) {
        self.ours.take(ours);
        self.theirs.take(theirs);
        self.found.push(stage, verdict, &[ours], &[theirs]);
    }

    /// Takes lines of both sides out as a group, and judges them by their sums.
    fn take_sums(&mut self, stage: Stage, ours: &[u32], theirs: &[u32]) {
        let verdict = self.judge_sums(ours, theirs);
        ours.iter().for_each(|line| self.ours.take(*line));
        theirs.iter().for_each(|line| self.theirs.take(*line));
        self.found.push(stage, verdict, ours, theirs);
    }

    fn judge_sums(&self, ours: &[u32], theirs: &[u32]) -> Verdict {
        if let ([ours], [theirs]) = (ours, theirs) {
            return self.judge.pair(self.ours.line(*ours), self.theirs.line(*theirs));
        }
        let sums = [self.sum(&self.ours, ours), self.sum(&self.theirs, theirs)];
        let roundings = u32::try_from(ours.len() + theirs.len() - 1).expect("checked: a line has a number");
        self.judge.figures(sums, self.lines(ours, theirs), roundings)
    }

    /// The lines of both heaps.
    fn lines(&self, ours: &[u32], theirs: &[u32]) -> impl Iterator<Item = &Line> + Clone {
        let ours = ours.iter().map(|line| self.ours.line(*line));
        ours.chain(theirs.iter().map(|line| self.theirs.line(*line)))
    }

    fn sum(&self, side: &Side<'_>, lines: &[u32]) -> i128 {
        lines.iter().fold(0, |sum: i128, line| sum.saturating_add(self.judge.amount(side.line(*line))))
    }

    /// Whoever is left has found nobody.
    fn alone(&mut self) {
        self.withdraw_copies(duplicate::References::All);
        // In a unit that compares with nothing it may well be told by both.
        let verdict = |line: &Line, class: Class| match self.judge.yardstick.is_aside(line.scale) {
            true => (Class::BasisOrUnitDiffers, Some(Reason::UnitOrBasis)),
            false => (class, Some(Reason::Missing)),
        };
        for line in self.ours.free_lines() {
            self.found.push(Stage::Alone, verdict(self.ours.line(line), Class::OursOnly), &[line], &[]);
        }
        for line in self.theirs.free_lines() {
            self.found.push(Stage::Alone, verdict(self.theirs.line(line), Class::TheirsOnly), &[], &[line]);
        }
    }
}

#[cfg(test)]
mod tests;
