//! What a person decided comes first, so that no later run and no later line undoes it.

use super::{MatchError, Run, Stage};
use crate::line::Line;

/// Lines that a person joined, by their index in what is compared.
#[derive(Clone, Copy, Debug)]
pub struct HandMatch<'a> {
    /// Our lines, at least one.
    pub ours: &'a [u32],
    /// Their lines, at least one.
    pub theirs: &'a [u32],
}

impl Run<'_> {
    pub(super) fn hand(&mut self, matches: &[HandMatch<'_>]) -> Result<(), MatchError> {
        for (match_index, &HandMatch { ours, theirs }) in matches.iter().enumerate() {
            let is_known = |lines: &[u32], count: usize| lines.iter().all(|line| (*line as usize) < count);
            if !is_known(ours, self.ours.line_count()) || !is_known(theirs, self.theirs.line_count()) {
                return Err(MatchError::HandLineUnknown { match_index });
            }
            let is_free = |lines: &[u32], is_free: &dyn Fn(u32) -> bool| {
                (0..lines.len()).all(|index| is_free(lines[index]) && !lines[..index].contains(&lines[index]))
            };
            if !is_free(ours, &|line| self.ours.is_free(line)) || !is_free(theirs, &|line| self.theirs.is_free(line)) {
                return Err(MatchError::HandLineTwice { match_index });
            }
            let lines = || self.lines(ours, theirs);
            let is_of_one_material =
                lines().all(|line| Some(line.material) == lines().next().map(|first| first.material));
            if ours.is_empty() || theirs.is_empty() || !is_of_one_material {
                return Err(MatchError::HandNotComparable { match_index });
            }
            // From here on the match stands.
            let comparable = |line: &Line| lines().all(|other| self.judge.add_up(line, other));
            if ours.len() + theirs.len() == 2 || lines().all(comparable) {
                self.take_sums(Stage::Hand, ours, theirs);
            } else {
                self.take_incomparable(ours, theirs);
            }
        }
        Ok(())
    }

    /// A group whose lines have no common unit or basis: no sum can be told.
    fn take_incomparable(&mut self, ours: &[u32], theirs: &[u32]) {
        let verdict = (crate::Class::BasisOrUnitDiffers, Some(crate::Reason::UnitOrBasis));
        ours.iter().for_each(|line| self.ours.take(*line));
        theirs.iter().for_each(|line| self.theirs.take(*line));
        self.found.push(Stage::Hand, verdict, ours, theirs);
    }
}
