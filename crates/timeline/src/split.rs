//! Divides the postings of an account into its main line and strays.
//!
//! A posting belongs to the main line unless its day is before the last one there (it is late) or after the days of many
//! that follow it (it lies ahead, as the end of an encumbrance does). Without the second rule a single posting dated far
//! ahead would turn all that follow into strays.

use crate::limits::LOOK_AHEAD;
use crate::row::Row;

/// Where a posting belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    Main,
    Stray,
}

/// The state of the division, for one account.
#[derive(Default)]
pub(crate) struct Splitter {
    last_main: Option<i32>,
}

impl Splitter {
    /// Calls `each` with rows and where they belong; returns the number of rows dealt with. The last are left for when
    /// it is known what follows, unless nothing does.
    pub(crate) fn split<E>(
        &mut self,
        rows: &[Row],
        is_end: bool,
        mut each: impl FnMut(&Row, Line) -> Result<(), E>,
    ) -> Result<usize, E> {
        let count = if is_end { rows.len() } else { rows.len().saturating_sub(LOOK_AHEAD) };
        for (index, row) in rows[..count].iter().enumerate() {
            let line = self.line(row, &rows[index + 1..rows.len().min(index + 1 + LOOK_AHEAD)]);
            each(row, line)?;
        }
        Ok(count)
    }

    fn line(&mut self, row: &Row, following: &[Row]) -> Line {
        if self.last_main == Some(row.day) {
            return Line::Main;
        }
        if self.last_main > Some(row.day) {
            return Line::Stray;
        }
        let earlier = following.iter().filter(|next| next.day < row.day).count();
        if earlier * 4 > following.len() {
            return Line::Stray;
        }
        self.last_main = Some(row.day);
        Line::Main
    }
}
