//! A whole, non-negative number of a material's accounting unit.
//!
//! Never a float, never a fraction: milligrams for minerals, barrels for oil, cents for money. What the number
//! counts is said by the material; a bare quantity does not know its unit.

use std::fmt;

/// A whole, non-negative number of accounting units, at most `i64::MAX` (9.2 billion tonnes in milligrams).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(i64);

impl Quantity {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The largest quantity.
    pub const MAX: Self = Self(i64::MAX);

    /// `None` when negative.
    #[must_use]
    pub const fn new(units: i64) -> Option<Self> {
        if units < 0 { None } else { Some(Self(units)) }
    }

    /// The number of accounting units.
    #[must_use]
    pub const fn units(self) -> i64 {
        self.0
    }

    /// Is it nothing?
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Sum; `None` past the largest quantity.
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(units) => Some(Self(units)),
            None => None,
        }
    }

    /// Difference; `None` when it would be negative.
    #[must_use]
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        if other.0 > self.0 { None } else { Some(Self(self.0 - other.0)) }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<C> minicbor::Encode<C> for Quantity {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.u64(self.0.unsigned_abs())?.ok()
    }
}

impl<'b, C> minicbor::Decode<'b, C> for Quantity {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        i64::try_from(d.u64()?)
            .map(Self)
            .map_err(|_| minicbor::decode::Error::message("quantity exceeds 9223372036854775807"))
    }
}
