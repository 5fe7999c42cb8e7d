//! By amount, day, parties, site, material and lot, without a common reference: everything else must be equal.
//!
//! A hash of all this is sorted and joined; lines are compared only within an equal hash.

use std::collections::VecDeque;
use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use super::account::{Lots, account_hash, same_account};
use super::side::join;
use super::{Run, Side, Stage};
use crate::class::Class;
use crate::compare::{Verdict, figure};
use crate::line::Line;

impl Run<'_> {
    pub(super) fn amount(&mut self) {
        let judge = self.judge;
        let hash = |line: &Line| hash_of((account_hash(line, judge, Lots::Told), line.effective, judge.amount(line)));
        let equal = |ours: &Line, theirs: &Line| {
            let key = |line: &Line| (line.lot, line.effective, judge.amount(line));
            same_account(judge, ours, theirs) && key(ours) == key(theirs)
        };
        self.pair_equal(hash, equal, |_, _| (Class::Matched, None));
    }

    /// The same number on the same day, but its unit or basis is another: `100 kg` against `100 t`.
    pub(super) fn figure_in_other_unit(&mut self) {
        let judge = self.judge;
        let key = |line: &Line| {
            let whose = (line.party, line.counterparty, line.site, line.material, line.lot);
            (whose, line.effective, figure(line.quantity, line.scale))
        };
        let equal = |ours: &Line, theirs: &Line| {
            key(ours) == key(theirs) && judge.pair(ours, theirs).0 == Class::BasisOrUnitDiffers && ours.quantity != 0
        };
        self.pair_equal(|line| hash_of(key(line)), equal, move |ours, theirs| judge.pair(ours, theirs));
    }

    /// Joins free lines of equal hash that `equal` confirms, in the order of what else they say.
    fn pair_equal(
        &mut self,
        hash: impl Fn(&Line) -> u64,
        equal: impl Fn(&Line, &Line) -> bool,
        verdict: impl Fn(&Line, &Line) -> Verdict,
    ) {
        let hashed = |side: &Side<'_>| {
            let free = side.free_lines().into_iter();
            let mut rows: Vec<(u64, u32)> = free.map(|number| (hash(side.line(number)), number)).collect();
            rows.sort_unstable();
            rows
        };
        let (ours, theirs) = (hashed(&self.ours), hashed(&self.theirs));
        join(
            &ours,
            &theirs,
            |row| row.0,
            |ours, theirs| {
                if ours.is_empty() || theirs.is_empty() {
                    return;
                }
                let sorted = |side: &Side<'_>, rows: &[(u64, u32)]| {
                    let mut numbers: Vec<u32> = rows.iter().map(|row| row.1).collect();
                    numbers.sort_unstable_by_key(|number| side.line(*number));
                    numbers
                };
                let mut rest = VecDeque::from(sorted(&self.theirs, theirs));
                for ours in sorted(&self.ours, ours) {
                    let line = self.ours.line(ours);
                    // The first of the rest fits, but for a collision of hashes or a unit that is the same after all.
                    let Some(index) =
                        rest.iter().take(TRIES_MAX).position(|theirs| equal(line, self.theirs.line(*theirs)))
                    else {
                        continue;
                    };
                    let theirs = rest.remove(index).expect("the line was just found there");
                    self.take_pair(Stage::Amount, verdict(line, self.theirs.line(theirs)), ours, theirs);
                }
            },
        );
    }
}

/// How many lines of an equal hash one line is held against.
const TRIES_MAX: usize = 16;

fn hash_of(key: impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    key.hash(&mut hasher);
    hasher.finish()
}
