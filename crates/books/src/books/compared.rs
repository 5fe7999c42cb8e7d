//! What reports, breaks and the rules of comparing are looked up by.

use super::Books;
use crate::comparing::{Publication, Rule};
use crate::difference::{Break, Step};
use crate::number::{BreakNo, Day};
use crate::report::Piece;

impl Books {
    pub(crate) fn push_break(&mut self, row: Break) {
        let number = BreakNo(self.breaks.row_count());
        self.index_pieces(number, &row);
        self.push_break_row(row);
    }

    pub(crate) fn step_break(&mut self, number: BreakNo, step: Step) {
        self.breaks.row_mut(number.0).steps.push(step);
    }

    fn index_pieces(&mut self, number: BreakNo, row: &Break) {
        for piece in row.found.ours.iter().chain(&row.found.theirs) {
            self.index.pieces.insert((*piece, row.is_between), number);
        }
    }

    pub(super) fn reindex_pieces(&mut self) {
        for row in 0..self.breaks.row_count() {
            let found = self.breaks.row(row).clone();
            self.index_pieces(BreakNo(row), &found);
        }
    }

    /// The last break about a piece of a record: with the books, or between two parties.
    #[must_use]
    pub fn break_of(&self, piece: Piece, is_between: bool) -> Option<BreakNo> {
        self.index.pieces.get(&(piece, is_between)).copied()
    }

    /// The break about a piece of a record that is not closed.
    pub(crate) fn open_break_of(&self, piece: Piece, is_between: bool) -> Option<BreakNo> {
        self.break_of(piece, is_between).filter(|number| !self.breaks.row(number.0).now().is_closed())
    }

    /// All rules of comparing, in the order in which they were set.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        self.rules.rows()
    }

    /// Everything published in a series for a period, in the order of publication.
    pub fn published<'b>(&'b self, series: &'b str, through: Day) -> impl Iterator<Item = &'b Publication> {
        self.publications.rows().iter().filter(move |row| row.series == series && row.through == through)
    }
}
