//! Sums: which few of some amounts make up another, found by a search with a bound.

/// The most amounts that are looked at together on one side.
pub(super) const CANDIDATES_MAX: usize = 16;
/// The most parts that one amount is made up of.
pub(super) const PARTS_MAX: usize = 6;
/// Where the search gives up. All sums of up to 4 of 16 are within it.
const STEPS_MAX: u32 = 4096;
/// The most amounts on each side of a search of many against many: 255 sums by 255.
pub(super) const BALANCE_MAX: usize = 8;

/// The fewest of `parts`, from two to `count_max`, that make up `whole`; among equally few the first in the order given.
/// All are above zero. `allowed` is the difference that so many parts may leave.
pub(super) fn parts_of(
    whole: i128,
    parts: &[i128],
    count_max: usize,
    allowed: impl Fn(usize) -> i128,
) -> Option<Vec<usize>> {
    let mut largest_from: Vec<i128> = parts.to_vec();
    for index in (1..parts.len()).rev() {
        largest_from[index - 1] = largest_from[index - 1].max(largest_from[index]);
    }
    let mut search = Search { parts, largest_from, chosen: Vec::new(), steps_left: STEPS_MAX };
    (2..=count_max.min(parts.len())).find_map(|count| {
        let allowed = allowed(count);
        search.complete(whole, count, 0, allowed).then(|| search.chosen.clone())
    })
}

struct Search<'a> {
    parts: &'a [i128],
    /// The largest part at or after each place.
    largest_from: Vec<i128>,
    chosen: Vec<usize>,
    steps_left: u32,
}

impl Search<'_> {
    /// Can `count` parts from `start` on make up `rest`?
    fn complete(&mut self, rest: i128, count: usize, start: usize, allowed: i128) -> bool {
        if count == 0 {
            return rest.abs() <= allowed;
        }
        for index in start..self.parts.len() {
            let most = self.largest_from[index].saturating_mul(count as i128);
            if self.parts.len() - index < count || most < rest - allowed {
                return false;
            }
            if self.parts[index] > rest + allowed {
                continue;
            }
            let Some(steps_left) = self.steps_left.checked_sub(1) else { return false };
            self.steps_left = steps_left;
            self.chosen.push(index);
            if self.complete(rest - self.parts[index], count - 1, index + 1, allowed) {
                return true;
            }
            self.chosen.pop();
        }
        false
    }
}

/// Every choice from `ours` and from `theirs` with equal sums but for `allowed` of so many lines, not one against one:
/// as bits, least significant first. Both lists hold at most [`BALANCE_MAX`].
pub(super) fn balanced(ours: &[i128], theirs: &[i128], allowed: impl Fn(u32) -> i128) -> Vec<(u32, u32)> {
    assert!(ours.len().max(theirs.len()) <= BALANCE_MAX, "more sums than a search should try");
    let widest = allowed(2 * BALANCE_MAX as u32);
    let ours = sums(ours);
    let mut found = Vec::new();
    for (sum, theirs) in sums(theirs) {
        let start = ours.partition_point(|row| row.0 < sum - widest);
        for &(other, ours) in ours[start..].iter().take_while(|row| row.0 <= sum + widest) {
            let count = ours.count_ones() + theirs.count_ones();
            if count > 2 && (sum - other).abs() <= allowed(count) {
                found.push((ours, theirs));
            }
        }
    }
    found
}

/// The sum of every choice but the empty one, by sum.
fn sums(amounts: &[i128]) -> Vec<(i128, u32)> {
    let mut sums: Vec<(i128, u32)> = vec![(0, 0)];
    for (index, amount) in amounts.iter().enumerate() {
        for row in 0..sums.len() {
            let (sum, choice) = sums[row];
            sums.push((sum + amount, choice | 1 << index));
        }
    }
    sums.remove(0);
    sums.sort_unstable();
    sums
}

#[cfg(test)]
mod tests;
