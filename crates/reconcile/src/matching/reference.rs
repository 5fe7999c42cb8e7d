//! By reference: the parties share a name for the movement.
//!
//! Lines that agree under their reference are joined first. Then sums are tried over a common stem, for a movement that
//! one side tells in parts. What then still stands against a line of its own reference differs from it in quantity.

use super::side::{join, key, number};
use super::{REFERENCE_LINES_MAX, Run, Stage, duplicate};
use crate::class::Class;
use crate::compare::Verdict;
use crate::line::Line;

/// Two lines that may tell of one movement; the best comes first.
struct Candidate<'a> {
    verdict: Verdict,
    rank: (Class, u32, u128),
    lines: [&'a Line; 2],
    ours: u32,
    theirs: u32,
}

impl Candidate<'_> {
    /// The tie is broken by the lines in an order that does not know the sides.
    fn order(&self) -> (&(Class, u32, u128), &Line, &Line) {
        let [ours, theirs] = self.lines;
        (&self.rank, ours.min(theirs), ours.max(theirs))
    }
}

/// Which pairs are taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Take {
    Agreeing,
    All,
}

impl Run<'_> {
    pub(super) fn reference(&mut self) {
        let open = self.pair_agreeing();
        self.sum_stems();
        for (ours, theirs) in &open {
            self.pair_best(ours, theirs, Take::All);
        }
        self.withdraw_copies(duplicate::References::Shared);
    }

    /// Joins what agrees; gives back what is left under each reference that both sides bear.
    fn pair_agreeing(&mut self) -> Vec<(Vec<u32>, Vec<u32>)> {
        let mut open = Vec::new();
        // The lists are lent out while lines are taken.
        let ours = self.ours.lend_references();
        let theirs = self.theirs.lend_references();
        join(
            &ours,
            &theirs,
            |row| key(*row),
            |ours, theirs| {
                if ours.is_empty() || theirs.is_empty() || ours.len().max(theirs.len()) > REFERENCE_LINES_MAX {
                    return;
                }
                if let ([ours], [theirs]) = (ours, theirs)
                    && self.pair_lone(number(*ours), number(*theirs))
                {
                    return;
                }
                let [mut ours, mut theirs] =
                    [ours, theirs].map(|rows| rows.iter().map(|row| number(*row)).collect::<Vec<_>>());
                self.pair_best(&ours, &theirs, Take::Agreeing);
                ours.retain(|line| self.ours.is_free(*line));
                theirs.retain(|line| self.theirs.is_free(*line));
                if !ours.is_empty() && !theirs.is_empty() {
                    open.push((ours, theirs));
                }
            },
        );
        self.ours.take_back_references(ours);
        self.theirs.take_back_references(theirs);
        open
    }

    /// The common case: one line against one line, and they agree.
    fn pair_lone(&mut self, ours: u32, theirs: u32) -> bool {
        let lines = (self.ours.line(ours), self.theirs.line(theirs));
        if lines.0.material != lines.1.material || !self.ours.is_free(ours) || !self.theirs.is_free(theirs) {
            return false;
        }
        let verdict = self.judge.pair(lines.0, lines.1);
        let agrees = verdict.0 < Class::QuantityDiffers;
        if agrees {
            self.take_pair(Stage::Reference, verdict, ours, theirs);
        }
        agrees
    }

    /// Takes the best pair until none is left.
    fn pair_best(&mut self, ours: &[u32], theirs: &[u32], take: Take) {
        let mut candidates = Vec::new();
        for ours in ours.iter().copied().filter(|line| self.ours.is_free(*line)) {
            for theirs in theirs.iter().copied().filter(|line| self.theirs.is_free(*line)) {
                let lines = [self.ours.line(ours), self.theirs.line(theirs)];
                if lines[0].material != lines[1].material {
                    continue;
                }
                let verdict = self.judge.pair(lines[0], lines[1]);
                if take == Take::Agreeing && verdict.0 >= Class::QuantityDiffers {
                    continue;
                }
                let days = lines[0].effective.distance(lines[1].effective);
                let rank = (verdict.0, days, self.judge.distance(lines[0], lines[1]));
                candidates.push(Candidate { verdict, rank, lines, ours, theirs });
            }
        }
        candidates.sort_unstable_by(|a, b| a.order().cmp(&b.order()));
        for candidate in candidates {
            if self.ours.is_free(candidate.ours) && self.theirs.is_free(candidate.theirs) {
                self.take_pair(Stage::Reference, candidate.verdict, candidate.ours, candidate.theirs);
            }
        }
    }
}
