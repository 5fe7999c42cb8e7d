//! A posting, and one without its account.

/// A change of an account, as an event made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posting {
    /// The account.
    pub account: u32,
    /// The event, from 1.
    pub seq: u64,
    /// The effective day, as days since 1970-01-01.
    pub day: i32,
    /// Change of on hand, encumbered and blocked, in accounting units.
    pub change: Sums,
}

/// On hand, encumbered and blocked, in accounting units.
pub(crate) type Sums = [i64; 3];

/// A posting of an account that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) seq: u64,
    pub(crate) day: i32,
    pub(crate) change: Sums,
}

/// Adds. The books keep every balance within an `i64`; parts of it may wrap, and wrap back in the whole.
pub(crate) fn add(sums: &mut Sums, change: Sums) {
    for (sum, change) in sums.iter_mut().zip(change) {
        *sum = sum.wrapping_add(change);
    }
}
