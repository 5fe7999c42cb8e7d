//! What an account held at the end of each day, as known now.
//!
//! One row a day on which something changed, each with the sums up to its end. An entry of the latest day costs one
//! addition; a late one moves every row after its day, which is why it has to be checked against all of them.

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
#[cbor(transparent)]
pub struct Days(#[n(0)] Vec<Row>);

impl Days {
    /// The rows, by day.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.0
    }

    /// Sums with everything that is known, future effects included.
    #[must_use]
    pub fn latest(&self) -> Sums {
        self.0.last().map_or(Sums::default(), |row| row.sums)
    }

    /// Sums at the end of a day.
    #[must_use]
    pub fn at(&self, day: Day) -> Sums {
        let after = self.0.partition_point(|row| row.day <= day);
        after.checked_sub(1).map_or(Sums::default(), |index| self.0[index].sums)
    }

    /// Adds a change on a day. Overflow was excluded when the change was decided.
    pub(crate) fn add(&mut self, day: Day, change: &Sums) {
        let sum = |sums: &Sums| sums.checked_add(change).expect("decided: the sums stay in range");
        match self.0.last_mut() {
            Some(last) if last.day == day => last.sums = sum(&last.sums),
            Some(last) if last.day > day => {
                let first = self.0.partition_point(|row| row.day < day);
                if self.0[first].day != day {
                    let before = first.checked_sub(1).map_or(Sums::default(), |index| self.0[index].sums);
                    self.0.insert(first, Row { day, sums: before });
                }
                for row in &mut self.0[first..] {
                    row.sums = sum(&row.sums);
                }
            }
            last => {
                let before = last.map_or(Sums::default(), |row| row.sums);
                self.0.push(Row { day, sums: sum(&before) });
            }
        }
    }

    /// Visits the sums that would hold from the first change on, were the changes made: at the end of each day that
    /// has a row or a change. `changes` are sorted by day. Stops at the first error; `None` sums say overflow.
    pub(crate) fn visit_changed<E>(
        &self,
        changes: &[(Day, Sums)],
        mut check: impl FnMut(Day, Option<Sums>) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(&(first_day, _)) = changes.first() else { return Ok(()) };
        let mut next = self.0.partition_point(|row| row.day < first_day);
        let mut base = next.checked_sub(1).map_or(Sums::default(), |index| self.0[index].sums);
        let mut change = Sums::default();
        let mut pending = changes.iter().peekable();
        loop {
            let row_day = self.0.get(next).map(|row| row.day);
            let change_day = pending.peek().map(|(day, _)| *day);
            let Some(day) = [row_day, change_day].into_iter().flatten().min() else { return Ok(()) };
            if row_day == Some(day) {
                base = self.0[next].sums;
                next += 1;
            }
            while let Some((_, more)) = pending.next_if(|(change_day, _)| *change_day == day) {
                match change.checked_add(more) {
                    Some(sum) => change = sum,
                    None => return check(day, None),
                }
            }
            check(day, base.checked_add(&change))?;
        }
    }
}

#[cfg(test)]
mod tests;
