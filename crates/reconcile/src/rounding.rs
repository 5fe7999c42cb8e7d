//! Totals against their parts: is a difference rounding, or is it a break?
//!
//! The rule: whoever rounds each of `n` parts and the total to whole units moves each by at most half a unit, so that the
//! total and the sum of the parts are at most (n + 1) / 2 units apart. More than that somebody has to explain.

use crate::class::Class;

/// What a total says about its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TotalCheck {
    /// Total less the sum of the parts, in the units they are told in.
    pub difference: i128,
    /// [`Class::Matched`], [`Class::Rounding`] or [`Class::QuantityDiffers`].
    pub class: Class,
}

/// Compares a total with its parts, each rounded to whole units; a part that is taken off is negative.
#[must_use]
pub fn check_total(total: i64, parts: &[i64]) -> TotalCheck {
    let sum: i128 = parts.iter().map(|part| i128::from(*part)).sum();
    let difference = i128::from(total) - sum;
    let class = if difference == 0 {
        Class::Matched
    } else if difference.unsigned_abs() <= rounding_max(parts.len()) {
        Class::Rounding
    } else {
        Class::QuantityDiffers
    };
    TotalCheck { difference, class }
}

/// The most that rounding of a total and so many parts explains, in whole units: (n + 1) / 2, cut off.
#[must_use]
pub const fn rounding_max(part_count: usize) -> u128 {
    (part_count as u128).div_ceil(2)
}

#[cfg(test)]
mod tests;
