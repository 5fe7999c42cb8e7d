//! A fact with two times: what it says as of a day, as known at an event.
//!
//! What is registered holds for all days. An amendment is a change and not a picture of the whole: it keeps what it found
//! on its day and what it made of it, and only where the two differ does it say anything. So what is decided between now
//! and a later day survives the change that is dated on that day.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::number::{Day, Seq};

/// Something that amendments change field by field.
pub trait Amend: Clone {
    /// Takes over each field in which `after` differs from `before`.
    fn amend(&mut self, before: &Self, after: &Self);
}

/// One change of a fact.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Change<T> {
    /// Its first day.
    #[n(0)]
    pub effective: Day,
    /// The event that recorded it.
    #[n(1)]
    pub seq: Seq,
    /// What held on that day.
    #[n(2)]
    pub before: T,
    /// What was made of it.
    #[n(3)]
    pub after: T,
}

/// All versions of one thing's facts.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Versions<T> {
    /// The number of the thing.
    #[n(0)]
    pub of: u32,
    /// As it was registered: for all days.
    #[n(1)]
    pub first: T,
    /// By first day, and of one day as they were recorded.
    #[n(2)]
    pub changes: Vec<Change<T>>,
}

impl<T: Amend> Versions<T> {
    /// The versions of a thing that was never amended.
    pub(crate) const fn new(of: u32, first: T) -> Self {
        Self { of, first, changes: Vec::new() }
    }

    /// What holds on a day, as known once an event was recorded.
    #[must_use]
    pub fn at(&self, day: Day, known_at: Seq) -> Cow<'_, T> {
        let mut facts = Cow::Borrowed(&self.first);
        let known = self.changes.iter().filter(|change| change.effective <= day && change.seq <= known_at);
        for Change { before, after, .. } in known {
            facts.to_mut().amend(before, after);
        }
        facts
    }

    /// All that was recorded, whenever it begins.
    pub(crate) fn latest(&self) -> T {
        self.at(Day(i32::MAX), Seq(u64::MAX)).into_owned()
    }

    /// Keeps what an amendment changes of what holds on its day.
    pub(crate) fn amend(&mut self, effective: Day, seq: Seq, after: T) {
        let before = self.at(effective, seq).into_owned();
        let place = self.changes.partition_point(|change| change.effective <= effective);
        self.changes.insert(place, Change { effective, seq, before, after });
    }
}

/// Which of the fields of a type amendments change, and which stay as they are. All of them have to be named.
macro_rules! amends {
    ($type:ident { $($field:ident),* } keeps { $($kept:ident),* }) => {
        impl $crate::versions::Amend for $type {
            fn amend(&mut self, before: &Self, after: &Self) {
                let Self { $($field,)* $($kept: _),* } = self;
                $(if before.$field != after.$field {
                    $field.clone_from(&after.$field);
                })*
            }
        }
    };
}
pub(crate) use amends;

/// A fact that says its own days, so that nothing but since when it is known has to be kept beside it.
pub trait Recorded {
    /// The event that recorded it.
    fn seq(&self) -> Seq;
}

/// The last of some dated rows that was in force on a day, as known at an event: the latest first day, and of several
/// the one recorded last.
pub(crate) fn in_force<'r, T>(
    rows: impl IntoIterator<Item = &'r T>,
    day: Day,
    known_at: Seq,
    of: impl Fn(&T) -> (Day, Seq),
) -> Option<&'r T> {
    let known = rows.into_iter().filter(|row| of(row).0 <= day && of(row).1 <= known_at);
    known.max_by_key(|row| of(row))
}

/// Of dated rows of many subjects, the one of each that was in force on a day, as known at an event; by the event that recorded it.
pub(crate) fn each_in_force<'r, T, S: Ord>(
    rows: impl IntoIterator<Item = &'r T>,
    (day, known_at): (Day, Seq),
    of: impl Fn(&T) -> (Day, Seq),
    subject: impl Fn(&'r T) -> S,
) -> Vec<&'r T> {
    let mut latest: BTreeMap<S, &'r T> = BTreeMap::new();
    for row in rows.into_iter().filter(|row| of(row).0 <= day && of(row).1 <= known_at) {
        let kept = latest.entry(subject(row)).or_insert(row);
        if of(row) >= of(kept) {
            *kept = row;
        }
    }
    let mut found: Vec<&T> = latest.into_values().collect();
    found.sort_by_key(|row| of(row).1);
    found
}

#[cfg(test)]
mod tests;
