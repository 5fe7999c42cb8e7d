//! A count: what was found of a lot at a place on a day. It stands, whatever is recorded later of the time before it.
//!
//! What a late entry changes before a count, it changes no more from the count on: the same event carries an entry between
//! the account and the count difference, at the count ([`crate::draft`] makes it). So a count is a point at which the
//! books are what people found, and its difference is what is recomputed.

use measure::Quantity;

use crate::event::TimeOfDay;
use crate::number::{AccountNo, Day, LotNo, PartyNo, PlaceNo, Seq};

/// Where something stands in the order of what happened: by day, within a day by the event that recorded it, and of
/// counts that cut a day at the same event by the order of their recording. Of two whose times of the day are known, the
/// times say which was first ([`Position::precedes`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Its day.
    pub day: Day,
    order: Seq,
    count: Seq,
    time: Option<TimeOfDay>,
}

impl Position {
    /// Of an entry: behind every count that cuts its day at its own event or before.
    #[must_use]
    pub fn entry(day: Day, seq: Seq) -> Self {
        Self { day, order: seq, count: Seq(u64::MAX), time: None }
    }

    /// Of a count, which stands before the event that cuts its day.
    #[must_use]
    pub fn count(day: Day, cut: Seq, seq: Seq) -> Self {
        Self { day, order: cut, count: seq, time: None }
    }

    /// The same, at a time of its day.
    #[must_use]
    pub fn timed(self, time: Option<TimeOfDay>) -> Self {
        Self { time, ..self }
    }

    /// Puts those of one day in their order: that of recording, in which those with a time take the places of those with a time.
    pub fn sort_day<T: Copy>(of_day: &mut [T], position: impl Fn(&T) -> Self) {
        of_day.sort_by_key(&position);
        let is_timed = |one: &&T| position(one).time.is_some();
        let mut timed: Vec<T> = of_day.iter().filter(is_timed).copied().collect();
        timed.sort_by_key(|one| position(one).time);
        let mut timed = timed.into_iter();
        for place in of_day.iter_mut().filter(|one| position(one).time.is_some()) {
            *place = timed.next().expect("as many as there are places");
        }
    }

    /// Was it before another? Times of a day decide where both are known and differ; else the order of recording, and the cut
    /// of a count.
    #[must_use]
    pub fn precedes(self, other: Self) -> bool {
        match (self.time, other.time) {
            (Some(own), Some(time)) if self.day == other.day && own != time => own < time,
            (Some(_) | None, Some(_) | None) => self < other,
        }
    }

    /// The event of an entry; none of a count.
    pub(crate) fn cut(self) -> Option<Seq> {
        (self.count == Seq(u64::MAX)).then_some(self.order)
    }
}

/// What was found of a lot at a place.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Count {
    /// The event that recorded it.
    #[n(0)]
    pub seq: Seq,
    /// Where.
    #[n(1)]
    pub place: PlaceNo,
    /// Of which lot.
    #[n(2)]
    pub lot: LotNo,
    /// Whose part was counted; all that lies there of the lot where absent.
    #[n(3)]
    pub owner: Option<PartyNo>,
    /// On which day.
    #[n(4)]
    pub day: Day,
    /// The first event whose entries of that day came after it.
    #[n(5)]
    pub cut: Seq,
    /// What was found.
    #[n(6)]
    pub found: Quantity,
    /// The first day on which it no longer stands: it was taken back.
    #[n(7)]
    pub until: Option<Day>,
    /// Found less book, by account and by the day from which it is so. Usually one an account: on the day of the count.
    #[n(8)]
    pub differences: Vec<Difference>,
    /// At which time of the day, where it was stated.
    #[n(9)]
    pub time: Option<TimeOfDay>,
}

/// Found less book of one account, from a day on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Difference {
    /// The account.
    #[n(0)]
    pub account: AccountNo,
    /// From this day on.
    #[n(1)]
    pub day: Day,
    /// In accounting units: positive where more was found.
    #[n(2)]
    pub units: i64,
}

impl Count {
    /// Where it stands.
    #[must_use]
    pub fn position(&self) -> Position {
        Position::count(self.day, self.cut, self.seq).timed(self.time)
    }

    /// Was this owner's part counted?
    #[must_use]
    pub fn is_of(&self, owner: PartyNo) -> bool {
        self.owner.is_none_or(|own| own == owner)
    }

    /// Found less book, as known now, of all accounts and on all days.
    #[must_use]
    pub fn difference(&self) -> i128 {
        self.differences.iter().map(|difference| i128::from(difference.units)).sum()
    }

    /// Takes in what an entry changes of the difference of an account.
    pub(crate) fn differ(&mut self, account: AccountNo, day: Day, units: i64) {
        for known in self.differences.iter_mut().filter(|known| (known.account, known.day) == (account, day)) {
            if let Some(sum) = known.units.checked_add(units) {
                known.units = sum;
                return;
            }
        }
        self.differences.push(Difference { account, day, units });
    }
}

#[cfg(test)]
mod tests;
