//! The parts of one line among the lines of the other side, without a common reference.
//!
//! Among many figures some sum is always near. So only as many days around the whole are looked at as hold few lines, and
//! a day that holds many is searched for two parts only: what is found must be evidence, not chance.

use super::Side;
use super::account::{Entry, of_day, same_account};
use super::subset::{CANDIDATES_MAX, PARTS_MAX, parts_of};
use super::sums::clamp;
use crate::compare::{Judge, lots_agree};

/// The most lines of a day that are searched for two parts: 2016 sums.
const PAIR_CANDIDATES_MAX: usize = 64;

/// Lines of the other side, on days near the whole, that make it up but for rounding.
pub(super) fn parts_near(
    judge: Judge<'_>,
    (side, whole): (&Side<'_>, &Entry),
    (other_side, others): (&Side<'_>, &[Entry]),
) -> Option<Vec<u32>> {
    let line = side.line(whole.line);
    let [first, last] = [others.first()?, others.last()?].map(|entry| entry.day.abs_diff(whole.day));
    let window = judge.tolerances.of(line.material).days.min(first.max(last));
    let window = i32::try_from(window).unwrap_or(i32::MAX);
    let mut near: Vec<&Entry> = Vec::new();
    let mut parts_max = PARTS_MAX;
    for apart in 0..=window {
        let before = near.len();
        let earlier = whole.day.checked_sub(apart);
        let later = whole.day.checked_add(apart).filter(|_| apart > 0);
        for day in [earlier, later].into_iter().flatten() {
            let smaller = smaller(whole, of_day(others, day));
            // One more than is looked at shows that there are too many.
            let fits = smaller.iter().filter(|part| {
                let other = other_side.line(part.line);
                same_account(judge, line, other) && lots_agree(line, other)
            });
            near.extend(fits.take(PAIR_CANDIDATES_MAX + 1));
        }
        if near.len() > CANDIDATES_MAX {
            if apart > 0 {
                near.truncate(before);
            } else if near.len() <= PAIR_CANDIDATES_MAX {
                parts_max = 2;
            } else {
                return None;
            }
            break;
        }
        near[before..].sort_unstable_by_key(|part| other_side.line(part.line));
    }
    if near.len() < 2 {
        return None;
    }
    if parts_max == 2 {
        near.sort_unstable_by_key(|part| other_side.line(part.line));
    }
    let sign = whole.amount.signum();
    let amounts: Vec<i128> = near.iter().map(|part| part.amount * sign).collect();
    let lines = || std::iter::once(line).chain(near.iter().map(|part| other_side.line(part.line)));
    let rounding = clamp(judge.allowed(0, lines(), 1).rounding);
    let find = |rounding: i128| {
        parts_of(whole.amount * sign, &amounts, parts_max, |count| rounding.saturating_mul(count as i128))
    };
    let found = find(0).or_else(|| if rounding > 0 { find(rounding) } else { None })?;
    Some(found.into_iter().map(|index| near[index].line).collect())
}

/// The entries of a day, sorted by amount, that go the way of the whole and are less than it.
fn smaller<'a>(whole: &Entry, of_day: &'a [Entry]) -> &'a [Entry] {
    let (low, high) = if whole.amount > 0 { (0, whole.amount) } else { (whole.amount, 0) };
    let start = of_day.partition_point(|entry| entry.amount <= low);
    let end = of_day.partition_point(|entry| entry.amount < high);
    &of_day[start..end.max(start)]
}
