//! What an account held at the end of each day, as known now.
//!
//! One row a day on which something changed, each with the sums up to its end. An entry of the latest day costs one
//! addition; a late one moves every row after its day, which is why it has to be checked against all of them.
//!
//! An account keeps its last rows only, so that memory does not grow with history. What came before is asked of
//! [`Past`](crate::event::Past): for a late entry older than the rows at hand, and for an old "as of".

use crate::number::Day;

/// Sums at the end of one day, in accounting units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Sums {
    /// What lies there. Negative only at places outside the stock (outside, processing, count difference, ...).
    #[n(0)]
    pub on_hand: i64,
    /// Set aside by encumbrances other than holds.
    #[n(1)]
    pub encumbered: i64,
    /// Set aside by holds.
    #[n(2)]
    pub blocked: i64,
}

impl Sums {
    /// On hand less encumbered less blocked.
    #[must_use]
    pub const fn available(&self) -> i64 {
        self.on_hand - self.encumbered - self.blocked
    }

    /// The sum of two, field by field; `None` on overflow.
    #[must_use]
    pub fn checked_add(&self, other: &Self) -> Option<Self> {
        Some(Self {
            on_hand: self.on_hand.checked_add(other.on_hand)?,
            encumbered: self.encumbered.checked_add(other.encumbered)?,
            blocked: self.blocked.checked_add(other.blocked)?,
        })
    }
}

/// A day and the sums at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Row {
    /// The day.
    #[n(0)]
    pub day: Day,
    /// Sums at its end.
    #[n(1)]
    pub sums: Sums,
}

/// The rows of one account, by day.
#[derive(Clone, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Days {
    #[n(0)]
    rows: Vec<Row>,
    /// Older rows were dropped.
    #[n(1)]
    is_cut: bool,
}

impl Days {
    /// Rows given by day, none dropped.
    #[must_use]
    pub fn whole(rows: Vec<Row>) -> Self {
        assert!(rows.is_sorted_by_key(|row| row.day), "rows are given by day");
        Self { rows, is_cut: false }
    }

    /// The rows at hand, by day.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Sums with everything that is known, future effects included.
    #[must_use]
    pub fn latest(&self) -> Sums {
        self.rows.last().map_or(Sums::default(), |row| row.sums)
    }

    /// The same from the row on or before a day on, with nothing said to be dropped.
    #[must_use]
    pub fn from(&self, day: Day) -> Self {
        let first = self.rows.partition_point(|row| row.day < day).saturating_sub(1);
        Self::whole(self.rows[first..].to_vec())
    }

    /// Does answering for this day need rows that were dropped?
    #[must_use]
    pub fn is_before(&self, day: Day) -> bool {
        self.is_cut && self.rows.first().is_none_or(|first| day < first.day)
    }

    /// Sums at the end of a day; `None` where older rows would be needed.
    #[must_use]
    pub fn at(&self, day: Day) -> Option<Sums> {
        if self.is_before(day) {
            return None;
        }
        let after = self.rows.partition_point(|row| row.day <= day);
        Some(after.checked_sub(1).map_or(Sums::default(), |index| self.rows[index].sums))
    }

    /// Drops old rows once there are more than an account keeps.
    pub(crate) fn trim(&mut self) {
        if self.rows.len() > crate::limits::ROWS_MAX {
            self.rows.drain(..self.rows.len() - crate::limits::ROWS_MIN);
            self.rows.shrink_to(crate::limits::ROWS_MAX);
            self.is_cut = true;
        }
    }

    /// Adds a change on a day: one addition for the latest day, one for each later row otherwise.
    ///
    /// # Panics
    /// Where a sum leaves its range: that was excluded when the change was decided.
    pub fn add(&mut self, day: Day, change: &Sums) {
        let sum = |sums: &Sums| sums.checked_add(change).expect("decided: the sums stay in range");
        match self.rows.last_mut() {
            Some(last) if last.day == day => last.sums = sum(&last.sums),
            Some(last) if last.day > day => {
                let first = self.rows.partition_point(|row| row.day < day);
                // A day older than the rows at hand gets none of its own: it moves them all.
                if self.rows[first].day != day && !(self.is_cut && first == 0) {
                    let before = first.checked_sub(1).map_or(Sums::default(), |index| self.rows[index].sums);
                    self.rows.insert(first, Row { day, sums: before });
                }
                for row in &mut self.rows[first..] {
                    row.sums = sum(&row.sums);
                }
            }
            last => {
                let before = last.map_or(Sums::default(), |row| row.sums);
                self.rows.push(Row { day, sums: sum(&before) });
            }
        }
    }

    /// Visits the sums that would hold from the first change on, were the changes made: at the end of each day that
    /// has a row or a change. `changes` are sorted by day and none is older than the rows at hand. Stops at the first
    /// error; `None` sums say overflow.
    pub(crate) fn visit_changed<E>(
        &self,
        changes: &[(Day, Sums)],
        mut check: impl FnMut(Day, Option<Sums>) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(&(first_day, _)) = changes.first() else { return Ok(()) };
        if let ([(_, change)], Some(last)) = (changes, self.rows.last())
            && first_day >= last.day
        {
            // Nearly every entry: one change, no older than anything that is known.
            return check(first_day, last.sums.checked_add(change));
        }
        assert!(!self.is_before(first_day), "older rows are asked of the past before a late change is judged");
        let mut next = self.rows.partition_point(|row| row.day < first_day);
        let mut base = next.checked_sub(1).map_or(Sums::default(), |index| self.rows[index].sums);
        let mut change = Sums::default();
        let mut pending = changes.iter().peekable();
        loop {
            let row_day = self.rows.get(next).map(|row| row.day);
            let change_day = pending.peek().map(|(day, _)| *day);
            let Some(day) = [row_day, change_day].into_iter().flatten().min() else { return Ok(()) };
            if row_day == Some(day) {
                base = self.rows[next].sums;
                next += 1;
            }
            while let Some((_, more)) = pending.next_if(|(change_day, _)| *change_day == day) {
                match change.checked_add(more) {
                    Some(sum) => change = sum,
                    None => return check(day, None),
                }
            }
            check(day, base.checked_add(&change))?;
            // What was put right again leaves every later day as it is: a late entry costs what lies before the next count.
            if pending.peek().is_none() && change == Sums::default() {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests;
