//! How much may come from one place: a limit, or a target with a path to it.

use crate::number::{Day, MaterialNo, PartyNo, Seq};
use crate::versions::Recorded;

/// What a share is taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum ShareOf {
    /// Country it was mined in.
    #[n(0)]
    Mined,
    /// Country it was separated in.
    #[n(1)]
    Separated,
    /// Country it was refined in.
    #[n(2)]
    Refined,
    /// Country it was made in.
    #[n(3)]
    Manufactured,
    /// Supplier.
    #[n(4)]
    Supplier,
    /// Site it lies at.
    #[n(5)]
    Site,
}

/// Of what a share is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum ShareIn {
    /// Of what is held.
    #[n(0)]
    Stock,
    /// Of what is imported, by the recorded figures of a year.
    #[n(1)]
    Imports,
}

/// A limit on concentration. With a share to start from it is a path: straight from there on the first day to the
/// limit on the last.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct ShareLimit {
    /// Unique among limits.
    #[n(0)]
    pub code: String,
    /// Of which material; all together where none is said.
    #[n(1)]
    pub material: Option<MaterialNo>,
    /// What the share is taken over.
    #[n(2)]
    pub of: ShareOf,
    /// Which country, supplier or site; every single one where none is said.
    #[n(3)]
    pub whose: Option<String>,
    /// At most this share, in parts per billion.
    #[n(4)]
    pub most_ppb: u32,
    /// Share at the start of the path, in parts per billion.
    #[n(5)]
    pub start_ppb: Option<u32>,
    /// First day.
    #[n(6)]
    pub first: Day,
    /// Day on which the limit is reached, of a path; last day of a limit.
    #[n(7)]
    pub last: Option<Day>,
    /// The event that recorded it.
    #[n(8)]
    pub seq: Seq,
    /// Whose stock or imports; those of all together where absent.
    #[n(9)]
    pub party: Option<PartyNo>,
    /// Of what the share is taken; of what is held where absent.
    #[n(10)]
    pub part_of: Option<ShareIn>,
}

impl Recorded for ShareLimit {
    fn seq(&self) -> Seq {
        self.seq
    }
}

impl ShareLimit {
    /// The most it allows on a day, in parts per billion; `None` before its first day, or after the last of a limit.
    #[must_use]
    pub fn most_at(&self, day: Day) -> Option<u32> {
        if day < self.first {
            return None;
        }
        match (self.start_ppb, self.last) {
            (None, Some(last)) if day > last => None,
            (Some(start), Some(last)) if day < last => {
                let whole = i64::from(last.0) - i64::from(self.first.0);
                let gone = i64::from(day.0) - i64::from(self.first.0);
                let (start, most) = (i64::from(start), i64::from(self.most_ppb));
                u32::try_from(start + (most - start) * gone / whole).ok()
            }
            _ => Some(self.most_ppb),
        }
    }
}
