//! Within tolerance: the same account, figures and days near each other.
//!
//! Equal figures on different days come first, for two figures that agree to the unit are rarely two movements. Then
//! figures that differ, the nearest days first and, for each, in steps of the tolerance, the closest first. Each step
//! walks both sides once in the order of amounts, so that a million equal lines cost no more than a million others.

use super::account::{Entry, Lots, entries, of_day, same_account};
use super::side::join;
use super::{Run, Stage};
use crate::class::Class;
use crate::compare::lots_agree;
use crate::line::Line;

/// The tolerance is opened in steps: these fractions of it, as divisors.
const STEPS: [u128; 3] = [16, 4, 1];

impl Run<'_> {
    pub(super) fn tolerance(&mut self) {
        self.pair_near(Lots::Told, |_| true, |_| true);
        // A lot that is not told may be any. The two calls cannot touch the same line, so that their order says nothing.
        self.pair_near(Lots::Any, |ours| ours.lot.is_none(), |theirs| theirs.lot.is_some());
        self.pair_near(Lots::Any, |ours| ours.lot.is_some(), |theirs| theirs.lot.is_none());
    }

    fn pair_near(&mut self, lots: Lots, ours: impl Fn(&Line) -> bool, theirs: impl Fn(&Line) -> bool) {
        let ours = entries(&self.ours, self.judge, lots, ours);
        let theirs = entries(&self.theirs, self.judge, lots, theirs);
        join(
            &ours,
            &theirs,
            |entry| entry.account,
            |ours, theirs| {
                if !ours.is_empty() && !theirs.is_empty() {
                    self.pair_account(ours.to_vec(), theirs.to_vec());
                }
            },
        );
    }

    fn pair_account(&mut self, mut ours: Vec<Entry>, mut theirs: Vec<Entry>) {
        let window = self.judge.tolerances.of(self.ours.line(ours[0].line).material).days;
        let window = i32::try_from(window).unwrap_or(i32::MAX);
        let mut steps = vec![None];
        steps.extend(STEPS.map(Some));
        let (equal, near) = steps.split_at(1);
        for steps in [equal, near] {
            for apart in 0..=window {
                for divisor in steps {
                    if ours.is_empty() || theirs.is_empty() {
                        return;
                    }
                    self.pair_days(&ours, &theirs, apart, *divisor);
                    ours.retain(|entry| self.ours.is_free(entry.line));
                    theirs.retain(|entry| self.theirs.is_free(entry.line));
                }
                if apart > span(&ours, &theirs) {
                    break;
                }
            }
        }
    }

    /// Pairs lines whose days are `apart`, the earliest days first. The two pairings of one earlier day have no line in
    /// common, so that it does not matter which side is the earlier one.
    fn pair_days(&mut self, ours: &[Entry], theirs: &[Entry], apart: i32, divisor: Option<u128>) {
        let mut days: Vec<i32> = ours.iter().chain(theirs).map(|entry| entry.day).collect();
        days.sort_unstable();
        days.dedup();
        for day in days {
            let Some(later) = day.checked_add(apart) else { return };
            self.pair_amounts(of_day(ours, day), of_day(theirs, later), divisor);
            if apart > 0 {
                self.pair_amounts(of_day(ours, later), of_day(theirs, day), divisor);
            }
        }
    }

    /// Walks two lists in the order of amounts and joins neighbours; without a divisor only equal ones.
    fn pair_amounts(&mut self, ours: &[Entry], theirs: &[Entry], divisor: Option<u128>) {
        let (mut ours, mut theirs) = (ours.iter().peekable(), theirs.iter().peekable());
        while let (Some(our), Some(their)) = (ours.peek(), theirs.peek()) {
            if !self.ours.is_free(our.line) {
                ours.next();
            } else if !self.theirs.is_free(their.line) {
                theirs.next();
            } else if self.is_near(our, their, divisor) {
                let verdict = self.judge.pair(self.ours.line(our.line), self.theirs.line(their.line));
                let stage = if verdict.0 == Class::Matched { Stage::Amount } else { Stage::Tolerance };
                self.take_pair(stage, verdict, our.line, their.line);
            } else if our.amount < their.amount {
                ours.next();
            } else if our.amount > their.amount {
                theirs.next();
            } else {
                // Equal amounts of two accounts with one hash: both step on, lest the sides differ.
                ours.next();
                theirs.next();
            }
        }
    }

    fn is_near(&self, our: &Entry, their: &Entry, divisor: Option<u128>) -> bool {
        let apart = our.amount.abs_diff(their.amount);
        let lines = [self.ours.line(our.line), self.theirs.line(their.line)];
        let is_allowed = || {
            let Some(divisor) = divisor else { return false };
            // What came in is never what went out, however small.
            let one_way = our.amount.signum() * their.amount.signum() >= 0;
            let larger = our.amount.unsigned_abs().max(their.amount.unsigned_abs());
            one_way && apart <= self.judge.allowed(larger, lines.into_iter(), 1).larger() / divisor
        };
        (apart == 0 || is_allowed()) && same_account(self.judge, lines[0], lines[1]) && lots_agree(lines[0], lines[1])
    }
}

/// The most days that any two of the entries are apart.
fn span(ours: &[Entry], theirs: &[Entry]) -> i32 {
    let ends = [ours, theirs].map(|entries| Some((entries.first()?.day, entries.last()?.day)));
    match ends {
        [Some(ours), Some(theirs)] => ours.1.max(theirs.1).saturating_sub(ours.0.min(theirs.0)),
        _ => 0,
    }
}
