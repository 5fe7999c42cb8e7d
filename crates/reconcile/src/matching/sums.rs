//! One against many and many against many: a movement told whole on one side and in parts on the other.
//!
//! Parts that share the stem of a reference may differ within tolerance. Parts that share only account and days must add
//! up but for rounding: among many figures some sum is always near, and a match that was invented hides two breaks.

use std::cmp::Ordering;

use super::account::{Entry, Lots, entries, of_day, same_account};
use super::parts::parts_near;
use super::side::{join, key, number};
use super::subset::{BALANCE_MAX, balanced};
use super::{REFERENCE_LINES_MAX, Run, Side, Stage};
use crate::compare::lots_agree;
use crate::line::Line;
use ids::ReferenceNo;

/// How often sums that lost their lines to better ones are looked for again.
const ROUNDS_MAX: u32 = 8;

/// How well a sum must fit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    Rounding,
    Tolerance,
}

/// Lines of both sides that may tell of one movement.
struct Sum {
    ours: Vec<u32>,
    theirs: Vec<u32>,
    /// Lines in all, then days between the first and the last, then what is left over.
    rank: (usize, u32, u128),
}

impl Run<'_> {
    /// Sums over the stem of references.
    pub(super) fn sum_stems(&mut self) {
        let stems = |side: &Side<'_>| {
            let free = side.free_lines().into_iter();
            let stem = |line: u32| side.line(line).stem.map(|stem| u64::from(stem.0) << 32 | u64::from(line));
            let mut rows: Vec<u64> = free.filter_map(stem).collect();
            rows.sort_unstable();
            rows
        };
        let (ours, theirs) = (stems(&self.ours), stems(&self.theirs));
        join(
            &ours,
            &theirs,
            |row| key(*row),
            |ours, theirs| {
                let is_small = ours.len().max(theirs.len()) <= REFERENCE_LINES_MAX;
                if ours.is_empty() || theirs.is_empty() || ours.len() + theirs.len() < 3 || !is_small {
                    return;
                }
                let [mut ours, mut theirs] =
                    [ours, theirs].map(|rows| rows.iter().map(|row| number(*row)).collect::<Vec<_>>());
                // One cell for each account under the stem.
                while let Some(first) = ours.first().map(|line| self.ours.line(*line)) {
                    let in_cell = |line: &Line| same_account(self.judge, first, line);
                    let (our_cell, our_rest): (Vec<_>, Vec<_>) =
                        ours.iter().partition(|line| in_cell(self.ours.line(**line)));
                    let (their_cell, their_rest) = theirs.iter().partition(|line| in_cell(self.theirs.line(**line)));
                    (ours, theirs) = (our_rest, their_rest);
                    // Where each line has a partner of its own name, a sum would only hide that two of them differ.
                    if self.references(&self.ours, &our_cell) != self.references(&self.theirs, &their_cell) {
                        self.sum_cell(our_cell, their_cell, Fit::Tolerance);
                    }
                }
            },
        );
    }

    fn references(&self, side: &Side<'_>, lines: &[u32]) -> Vec<Option<ReferenceNo>> {
        let mut references: Vec<_> = lines.iter().map(|line| side.line(*line).reference).collect();
        references.sort_unstable();
        references
    }

    /// Sums over account and days.
    pub(super) fn sums(&mut self) {
        // Accounts in which the round before took something; in the others nothing has changed.
        let mut changed: Option<Vec<u64>> = None;
        for _ in 0..ROUNDS_MAX {
            let ours = entries(&self.ours, self.judge, Lots::Any, |_| true);
            let theirs = entries(&self.theirs, self.judge, Lots::Any, |_| true);
            let mut found = Vec::new();
            let mut accounts = Vec::new();
            join(
                &ours,
                &theirs,
                |entry| entry.account,
                |ours, theirs| {
                    let Some(Entry { account, .. }) = ours.first().filter(|_| !theirs.is_empty()) else { return };
                    if changed.as_ref().is_some_and(|changed| changed.binary_search(account).is_err()) {
                        return;
                    }
                    let before = found.len();
                    found.extend(ours.iter().filter_map(|whole| {
                        let parts = parts_near(self.judge, (&self.ours, whole), (&self.theirs, theirs))?;
                        self.ranked(vec![whole.line], parts)
                    }));
                    found.extend(theirs.iter().filter_map(|whole| {
                        let parts = parts_near(self.judge, (&self.theirs, whole), (&self.ours, ours))?;
                        self.ranked(parts, vec![whole.line])
                    }));
                    if found.len() > before {
                        accounts.push(*account);
                    }
                },
            );
            if !self.take_best(found) {
                break;
            }
            changed = Some(accounts);
        }
        self.sum_days();
    }

    /// Many against many: all that an account has left on days near each other, or else on one day.
    fn sum_days(&mut self) {
        let ours = entries(&self.ours, self.judge, Lots::Any, |_| true);
        let theirs = entries(&self.theirs, self.judge, Lots::Any, |_| true);
        join(
            &ours,
            &theirs,
            |entry| entry.account,
            |mut ours, mut theirs| {
                let Some(first) = ours.first().filter(|_| !theirs.is_empty()) else { return };
                let window = self.judge.tolerances.of(self.ours.line(first.line).material).days;
                while let Some(first) =
                    [ours.first(), theirs.first()].into_iter().flatten().map(|entry| entry.day).min()
                {
                    let end = cluster_end(first, window, ours, theirs);
                    let cut = |entries: &[Entry]| entries.partition_point(|entry| entry.day <= end);
                    let (our_cluster, our_rest) = ours.split_at(cut(ours));
                    let (their_cluster, their_rest) = theirs.split_at(cut(theirs));
                    (ours, theirs) = (our_rest, their_rest);
                    self.sum_cluster(our_cluster, their_cluster);
                }
            },
        );
    }

    fn sum_cluster(&mut self, ours: &[Entry], theirs: &[Entry]) {
        let numbers = |entries: &[Entry]| entries.iter().map(|entry| entry.line).collect::<Vec<_>>();
        if ours.len().max(theirs.len()) <= BALANCE_MAX {
            return self.sum_cell(numbers(ours), numbers(theirs), Fit::Rounding);
        }
        let mut days: Vec<i32> = ours.iter().map(|entry| entry.day).collect();
        days.dedup();
        for day in days {
            self.sum_cell(numbers(of_day(ours, day)), numbers(of_day(theirs, day)), Fit::Rounding);
        }
    }

    /// Tries the whole cell, then choices from it. A choice must be exact but for rounding, whatever the whole may be: of
    /// 8 lines against 8 there are 65,025, and some of them are always near.
    fn sum_cell(&mut self, mut ours: Vec<u32>, mut theirs: Vec<u32>, fit: Fit) {
        loop {
            ours.retain(|line| self.ours.is_free(*line));
            theirs.retain(|line| self.theirs.is_free(*line));
            let smaller = ours.len().min(theirs.len());
            let larger = ours.len().max(theirs.len());
            if smaller == 0 || !(2..=REFERENCE_LINES_MAX).contains(&larger) {
                return;
            }
            if self.fits(&ours, &theirs, fit) {
                return self.take_sums(Stage::Sum, &ours, &theirs);
            }
            if larger > BALANCE_MAX {
                return;
            }
            let found = self.balance(&ours, &theirs);
            if !self.take_best(found) {
                return;
            }
        }
    }

    /// Every choice of both sides that balances but for rounding.
    fn balance(&self, ours: &[u32], theirs: &[u32]) -> Vec<Sum> {
        let amounts = |side: &Side<'_>, lines: &[u32]| -> Vec<i128> {
            lines.iter().map(|line| self.judge.amount(side.line(*line))).collect()
        };
        let allowed = |count| clamp(self.judge.allowed(0, self.lines(ours, theirs), count - 1).rounding);
        balanced(&amounts(&self.ours, ours), &amounts(&self.theirs, theirs), allowed)
            .into_iter()
            .map(|(our_choice, their_choice)| (chosen(ours, our_choice), chosen(theirs, their_choice)))
            .filter(|(ours, theirs)| self.fits(ours, theirs, Fit::Rounding))
            .map(|(ours, theirs)| self.rank(ours, theirs))
            .collect()
    }

    /// Do two heaps of lines tell the same sum, and can they mean the same lots?
    ///
    /// What is allowed must be less than the least of the lines: else it could be left out, and the sum proves nothing.
    fn fits(&self, ours: &[u32], theirs: &[u32], fit: Fit) -> bool {
        let sums = [self.sum(&self.ours, ours), self.sum(&self.theirs, theirs)];
        let lots = || ours.iter().all(|ours| theirs.iter().all(|theirs| self.agree(*ours, *theirs)));
        if sums[0].signum() * sums[1].signum() <= 0 || !lots() {
            return false;
        }
        let apart = sums[0].abs_diff(sums[1]);
        let roundings = u32::try_from(ours.len() + theirs.len() - 1).unwrap_or(u32::MAX);
        let larger = sums[0].unsigned_abs().max(sums[1].unsigned_abs());
        let allowed = self.judge.allowed(larger, self.lines(ours, theirs), roundings);
        let allowed = if fit == Fit::Tolerance { allowed.larger() } else { allowed.rounding };
        let least = self.lines(ours, theirs).map(|line| self.judge.amount(line).unsigned_abs()).min();
        apart == 0 || apart <= allowed && least.is_some_and(|least| allowed < least)
    }

    fn agree(&self, ours: u32, theirs: u32) -> bool {
        let lines = [self.ours.line(ours), self.theirs.line(theirs)];
        same_account(self.judge, lines[0], lines[1]) && lots_agree(lines[0], lines[1])
    }

    fn ranked(&self, ours: Vec<u32>, theirs: Vec<u32>) -> Option<Sum> {
        self.fits(&ours, &theirs, Fit::Rounding).then(|| self.rank(ours, theirs))
    }

    fn rank(&self, ours: Vec<u32>, theirs: Vec<u32>) -> Sum {
        let days =
            |side: &Side<'_>, lines: &[u32]| lines.iter().map(|line| side.line(*line).effective).collect::<Vec<_>>();
        let mut days = [days(&self.ours, &ours), days(&self.theirs, &theirs)].concat();
        days.sort_unstable();
        let spread = days[0].distance(days[days.len() - 1]);
        let left = self.sum(&self.ours, &ours).abs_diff(self.sum(&self.theirs, &theirs));
        Sum { rank: (ours.len() + theirs.len(), spread, left), ours, theirs }
    }

    /// Takes the best sums whose lines are all still free. Says whether there were any.
    fn take_best(&mut self, mut found: Vec<Sum>) -> bool {
        found.sort_by(|a, b| a.rank.cmp(&b.rank).then_with(|| self.order(a, b)));
        let mut any = false;
        for Sum { ours, theirs, .. } in found {
            let is_free = ours.iter().all(|line| self.ours.is_free(*line))
                && theirs.iter().all(|line| self.theirs.is_free(*line));
            if is_free {
                self.take_sums(Stage::Sum, &ours, &theirs);
                any = true;
            }
        }
        any
    }

    /// Breaks a tie by what the lines say, in an order that does not know the sides.
    fn order(&self, a: &Sum, b: &Sum) -> Ordering {
        let told = |sum: &Sum| {
            let lines = |side: &Side<'_>, lines: &[u32]| {
                let mut lines: Vec<Line> = lines.iter().map(|line| *side.line(*line)).collect();
                lines.sort_unstable();
                lines
            };
            let (ours, theirs) = (lines(&self.ours, &sum.ours), lines(&self.theirs, &sum.theirs));
            if ours <= theirs { [ours, theirs] } else { [theirs, ours] }
        };
        told(a).cmp(&told(b))
    }
}

/// The last day of a chain of days that begins with `first` and has no gap wider than the window.
fn cluster_end(first: i32, window: u32, ours: &[Entry], theirs: &[Entry]) -> i32 {
    let mut end = first;
    let (mut ours, mut theirs) = (ours.iter().peekable(), theirs.iter().peekable());
    let in_chain = |entry: &&Entry, end: i32| entry.day <= end || entry.day.abs_diff(end) <= window;
    loop {
        let next = ours.next_if(|entry| in_chain(entry, end)).or_else(|| theirs.next_if(|entry| in_chain(entry, end)));
        let Some(entry) = next else { return end };
        end = end.max(entry.day);
    }
}

fn chosen(lines: &[u32], choice: u32) -> Vec<u32> {
    lines.iter().enumerate().filter(|(index, _)| choice >> index & 1 == 1).map(|(_, line)| *line).collect()
}

pub(super) fn clamp(amount: u128) -> i128 {
    i128::try_from(amount).unwrap_or(i128::MAX / 4)
}
