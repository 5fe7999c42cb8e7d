//! What stands in the columns of a Parquet file, whichever way it is written.

use std::borrow::Cow;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    Int,
    Long,
    Day,
    /// Microseconds, in UTC.
    Moment,
    Flag,
    Text,
    /// A decimal number of [`DECIMALS`] places.
    Decimal,
}

/// Places of a decimal number: as many as the ledger ever counts.
pub(crate) const DECIMALS: u32 = 18;
/// Digits of a decimal number in all: what 16 bytes hold.
pub(crate) const DIGITS: u32 = 38;

/// A column of a file.
#[cfg_attr(not(feature = "parquet"), expect(dead_code, reason = "nobody reads what is not written"))]
#[derive(Clone, Debug)]
pub(crate) struct Column<'n> {
    pub(crate) name: Cow<'n, str>,
    pub(crate) holds: Holds,
    /// Is it there in every row?
    pub(crate) is_required: bool,
}

/// What stands in one place of a row; it fits what its column holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value<'v> {
    Nothing,
    /// Of an `Int` (also a day, since 1970).
    Int(i32),
    /// Of a `Long` (also a moment).
    Long(i64),
    Flag(bool),
    Text(Cow<'v, str>),
    /// In units of the last place.
    Decimal(i128),
}
