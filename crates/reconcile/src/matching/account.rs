//! Which account a line without a reference belongs to, as one number that sorts and joins.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use super::Side;
use crate::compare::Judge;
use crate::line::Line;

/// Does the lot count?
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lots {
    /// Only lines that name the same lot, or both none, share an account.
    Told,
    /// Any lot.
    Any,
}

/// A line as the stages without a reference sort it.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    /// Hash of the account. Equal hashes are taken for equal accounts only after [`same_account`] says so.
    pub(super) account: u64,
    pub(super) day: i32,
    pub(super) line: u32,
    /// In the yardstick.
    pub(super) amount: i128,
}

/// Parties, site, material, basis and measure.
pub(super) fn account_hash(line: &Line, judge: Judge<'_>, lots: Lots) -> u64 {
    let mut hasher = FxHasher::default();
    let told = (lots == Lots::Told).then_some(line.lot);
    let whose = (line.party, line.counterparty, line.site, line.material);
    (whose, line.basis, judge.measure(line), told).hash(&mut hasher);
    hasher.finish()
}

pub(super) fn same_account(judge: Judge<'_>, a: &Line, b: &Line) -> bool {
    let whose = |line: &Line| (line.party, line.counterparty, line.site, line.material);
    whose(a) == whose(b) && judge.add_up(a, b)
}

/// The free lines that pass, by account, day, amount, and what else they say.
pub(super) fn entries(side: &Side<'_>, judge: Judge<'_>, lots: Lots, pass: impl Fn(&Line) -> bool) -> Vec<Entry> {
    let mut entries: Vec<Entry> = side
        .free_lines()
        .into_iter()
        .map(|number| (number, side.line(number)))
        .filter(|(_, line)| pass(line))
        .map(|(number, line)| Entry {
            account: account_hash(line, judge, lots),
            day: line.effective.0,
            line: number,
            amount: judge.amount(line),
        })
        .collect();
    let key = |entry: &Entry| (entry.account, entry.day, entry.amount);
    entries.sort_unstable_by(|a, b| key(a).cmp(&key(b)).then_with(|| side.line(a.line).cmp(side.line(b.line))));
    entries
}

/// The entries of one day, in a list that is sorted by day.
pub(super) fn of_day(entries: &[Entry], day: i32) -> &[Entry] {
    let start = entries.partition_point(|entry| entry.day < day);
    let count = entries[start..].partition_point(|entry| entry.day == day);
    &entries[start..start + count]
}
