//! One side of a comparison: its lines, and which of them are still free.

use crate::line::Line;

/// Lines of one side and what is left of them.
pub(super) struct Side<'a> {
    lines: &'a [Line],
    is_taken: Vec<bool>,
    /// Line numbers by reference, then by place: the upper half of each is the reference. Lines without one are not in.
    by_reference: Vec<u64>,
}

impl<'a> Side<'a> {
    pub(super) fn new(lines: &'a [Line]) -> Self {
        let numbered = lines.iter().zip(0u64..);
        let mut by_reference: Vec<u64> = numbered
            .filter_map(|(line, number)| line.reference.map(|reference| u64::from(reference.0) << 32 | number))
            .collect();
        by_reference.sort_unstable();
        Self { lines, is_taken: vec![false; lines.len()], by_reference }
    }

    pub(super) fn line(&self, number: u32) -> &'a Line {
        &self.lines[number as usize]
    }

    pub(super) fn line_count(&self) -> usize {
        self.lines.len()
    }

    pub(super) fn is_free(&self, number: u32) -> bool {
        !self.is_taken[number as usize]
    }

    pub(super) fn take(&mut self, number: u32) {
        let was_taken = std::mem::replace(&mut self.is_taken[number as usize], true);
        assert!(!was_taken, "a line ends in exactly one group");
    }

    /// The lines nobody has taken, in the order given.
    pub(super) fn free_lines(&self) -> Vec<u32> {
        (0..).zip(&self.is_taken).filter(|(_, is_taken)| !**is_taken).map(|(number, _)| number).collect()
    }

    pub(super) fn by_reference(&self) -> &[u64] {
        &self.by_reference
    }

    /// Gives the list by reference away for as long as lines are taken along it.
    pub(super) fn lend_references(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.by_reference)
    }

    pub(super) fn take_back_references(&mut self, rows: Vec<u64>) {
        self.by_reference = rows;
    }
}

/// The key of a row whose upper half is a key and whose lower half a line number.
pub(super) const fn key(row: u64) -> u32 {
    (row >> 32) as u32
}

/// The line number of such a row.
pub(super) const fn number(row: u64) -> u32 {
    row as u32
}

/// Visits every key of two sorted lists, with the rows of each list that bear it; either may be empty.
pub(super) fn join<T, K: Ord>(ours: &[T], theirs: &[T], key: impl Fn(&T) -> K, mut visit: impl FnMut(&[T], &[T])) {
    let (mut ours, mut theirs) = (ours, theirs);
    while let Some(next) = [ours.first(), theirs.first()].into_iter().flatten().map(&key).min() {
        let run = |rows: &[T]| rows.iter().take_while(|row| key(row) == next).count();
        let (ours_run, theirs_run);
        (ours_run, ours) = ours.split_at(run(ours));
        (theirs_run, theirs) = theirs.split_at(run(theirs));
        visit(ours_run, theirs_run);
    }
}
