//! The same line a second time on one side.
//!
//! Only a reference makes a second equal line a copy: two loads of 25 t on one day without a name are two loads.

use super::side::{join, key, number};
use super::{REFERENCE_LINES_MAX, Run, Side, Stage};
use crate::class::{Class, Reason};

/// Of which references copies are looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum References {
    /// Those that both sides know. Their copies are withdrawn before lines are matched by amount, lest a copy take the
    /// place of a line that is really missing.
    Shared,
    /// Every reference.
    All,
}

impl Run<'_> {
    /// Takes out every free line that is a copy of a taken one of its own side, or of an earlier free one.
    pub(super) fn withdraw_copies(&mut self, references: References) {
        let mut copies: [Vec<u32>; 2] = Default::default();
        join(
            self.ours.by_reference(),
            self.theirs.by_reference(),
            |row| key(*row),
            |ours, theirs| {
                if references == References::All || !ours.is_empty() && !theirs.is_empty() {
                    find(&self.ours, ours, &mut copies[0]);
                    find(&self.theirs, theirs, &mut copies[1]);
                }
            },
        );
        let verdict = (Class::Duplicate, Some(Reason::Duplicate));
        for line in &copies[0] {
            self.ours.take(*line);
            self.found.push(Stage::Alone, verdict, &[*line], &[]);
        }
        for line in &copies[1] {
            self.theirs.take(*line);
            self.found.push(Stage::Alone, verdict, &[], &[*line]);
        }
    }
}

fn find(side: &Side<'_>, rows: &[u64], copies: &mut Vec<u32>) {
    if rows.len() < 2 || rows.len() > REFERENCE_LINES_MAX || rows.iter().all(|row| !side.is_free(number(*row))) {
        return;
    }
    let mut lines: Vec<u32> = rows.iter().map(|row| number(*row)).collect();
    // Taken lines first: they are what the others copy.
    lines.sort_unstable_by_key(|line| (side.is_free(*line), side.line(*line)));
    for (index, line) in lines.iter().enumerate() {
        let is_copy = || lines[..index].iter().any(|before| side.line(*line).is_copy_of(side.line(*before)));
        if side.is_free(*line) && is_copy() {
            copies.push(*line);
        }
    }
}
