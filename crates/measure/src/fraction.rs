//! Exact fractions, and rounding that says what it left over.

use std::fmt;

use crate::Quantity;

/// An exact fraction in lowest terms, with its sign in the numerator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fraction {
    numerator: i128,
    denominator: i128,
}

impl Fraction {
    /// Nothing.
    pub const ZERO: Self = Self { numerator: 0, denominator: 1 };

    /// `numerator` / `denominator` in lowest terms; `None` when the denominator is not positive.
    #[must_use]
    pub fn new(numerator: i128, denominator: i128) -> Option<Self> {
        if denominator <= 0 {
            return None;
        }
        let divisor = greatest_common_divisor(numerator.unsigned_abs(), denominator.unsigned_abs());
        let divisor = i128::try_from(divisor).expect("divides the denominator");
        Some(Self { numerator: numerator / divisor, denominator: denominator / divisor })
    }

    /// The upper part, negative when the fraction is.
    #[must_use]
    pub const fn numerator(self) -> i128 {
        self.numerator
    }

    /// The lower part, at least 1.
    #[must_use]
    pub const fn denominator(self) -> i128 {
        self.denominator
    }

    /// Is it nothing?
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.numerator == 0
    }
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}

/// The nearest whole quantity, and what is missing from the exact value: `quantity + remainder` is exact.
///
/// Halves go to the even neighbour, so that the remainder lies between -1/2 and 1/2 of an accounting unit and is
/// negative when the quantity was rounded up.
#[must_use = "the remainder belongs in an entry with a name"]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rounded {
    /// The nearest whole number of accounting units.
    pub quantity: Quantity,
    /// Exact value less `quantity`, in accounting units.
    pub remainder: Fraction,
}

impl Rounded {
    /// The quantity when nothing was left over.
    #[must_use]
    pub fn exact(self) -> Option<Quantity> {
        self.remainder.is_zero().then_some(self.quantity)
    }

    /// `amount` x `ratio`; `None` past the largest quantity.
    pub(crate) fn of(amount: u128, ratio: Ratio) -> Option<Self> {
        let Ratio { numerator, denominator } = ratio.times(amount)?;
        let nearest = nearest(numerator, denominator);
        let quantity = Quantity::new(i64::try_from(nearest).ok()?)?;
        let remainder = i128::try_from(numerator).ok()? - i128::try_from(nearest * denominator).ok()?;
        let remainder = Fraction::new(remainder, i128::try_from(denominator).ok()?)?;
        Some(Self { quantity, remainder })
    }
}

/// A positive factor in lowest terms. Lowest terms keep products small: no factor of two units has more than 38 bits
/// beyond its powers of ten, so that a product that does not fit 127 bits has no quantity for an answer either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ratio {
    pub(crate) numerator: u128,
    pub(crate) denominator: u128,
}

impl Ratio {
    pub(crate) fn new(numerator: u128, denominator: u128) -> Self {
        assert!(denominator > 0, "a factor has a denominator");
        let divisor = greatest_common_divisor(numerator, denominator);
        Self { numerator: numerator / divisor, denominator: denominator / divisor }
    }

    /// The product with a whole number; `None` when it does not fit 127 bits.
    pub(crate) fn times(self, factor: u128) -> Option<Self> {
        let cross = greatest_common_divisor(factor, self.denominator);
        let numerator = self.numerator.checked_mul(factor / cross)?;
        Self { numerator, denominator: self.denominator / cross }.fits()
    }

    /// The quotient by a whole number above zero; `None` when it does not fit 127 bits.
    pub(crate) fn over(self, divisor: u128) -> Option<Self> {
        let cross = greatest_common_divisor(self.numerator, divisor);
        let denominator = self.denominator.checked_mul(divisor / cross)?;
        Self { numerator: self.numerator / cross, denominator }.fits()
    }

    /// The whole number nearest to the product with a whole number; `None` past 127 bits.
    pub(crate) fn nearest(self, factor: u128) -> Option<u128> {
        let Self { numerator, denominator } = self.times(factor)?;
        Some(nearest(numerator, denominator))
    }

    /// Both parts below 2^127, so that a rest can be doubled and can carry a sign.
    fn fits(self) -> Option<Self> {
        let max = i128::MAX.unsigned_abs();
        (self.numerator <= max && self.denominator <= max).then_some(self)
    }
}

/// Half to even.
fn nearest(numerator: u128, denominator: u128) -> u128 {
    let (floor, rest) = (numerator / denominator, numerator % denominator);
    match (rest * 2).cmp(&denominator) {
        std::cmp::Ordering::Less => floor,
        std::cmp::Ordering::Equal => floor + floor % 2,
        std::cmp::Ordering::Greater => floor + 1,
    }
}

/// At least 1 unless both are zero.
fn greatest_common_divisor(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests;
