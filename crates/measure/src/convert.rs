//! From one unit to another, exactly or with the remainder said.

use crate::decimal::{DECIMALS_MAX, Digits};
use crate::fraction::Ratio;
use crate::{Dimension, Quantity, Rounded, Unit};

/// What one accounting unit is: 10^-`decimals` of `unit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scale {
    /// The unit.
    pub unit: Unit,
    /// How many decimals of it are kept, at most 18.
    pub decimals: u8,
}

impl Scale {
    /// Whole units, without decimals.
    #[must_use]
    pub const fn whole(unit: Unit) -> Self {
        Self { unit, decimals: 0 }
    }
}

/// Why a quantity cannot be said in another unit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConversionError {
    /// The units measure different things.
    #[error("`{source_unit}` measures {}, `{target_unit}` {}", source_unit.dimension(), target_unit.dimension())]
    DimensionsDiffer {
        /// The unit given.
        source_unit: Unit,
        /// The unit asked for.
        target_unit: Unit,
    },
    /// More decimals are asked for than can be kept.
    #[error("{decimals} decimals are more than {DECIMALS_MAX}")]
    TooManyDecimals {
        /// The decimals asked for.
        decimals: u8,
    },
    /// The result would divide the smallest unit kept.
    #[error("not a whole number of 10^-{} `{}`: the nearest is {}, with {} left over", target.decimals, target.unit,
        rounded.quantity, rounded.remainder)]
    NotWhole {
        /// The scale asked for.
        target: Scale,
        /// The nearest quantity in it, and what it misses.
        rounded: Rounded,
    },
    /// The result is past the largest quantity.
    #[error("too large for 10^-{} `{}`: at most {} of them", target.decimals, target.unit, Quantity::MAX)]
    TooLarge {
        /// The scale asked for.
        target: Scale,
    },
}

impl ConversionError {
    /// The dimensions that do not meet, source first.
    #[must_use]
    pub fn dimensions(&self) -> Option<(Dimension, Dimension)> {
        match self {
            Self::DimensionsDiffer { source_unit, target_unit } => {
                Some((source_unit.dimension(), target_unit.dimension()))
            }
            _ => None,
        }
    }
}

/// Says a quantity in another scale, or refuses when that would take rounding.
pub fn convert_exact(quantity: Quantity, source: Scale, target: Scale) -> Result<Quantity, ConversionError> {
    whole(convert_rounding(quantity, source, target)?, target)
}

/// Says a quantity in another scale as the nearest whole number, half to even, with the exact remainder beside it.
pub fn convert_rounding(quantity: Quantity, source: Scale, target: Scale) -> Result<Rounded, ConversionError> {
    let coefficient = u128::from(quantity.units().unsigned_abs());
    read(Digits { coefficient, decimals: source.decimals }, source.unit, target)
}

/// A number of one scale in another of the same dimension, to the nearest, halves to even; `None` where the dimensions differ
/// or it does not fit.
#[must_use]
pub fn convert_units(units: i128, source: Scale, target: Scale) -> Option<i128> {
    let nearest = ratio(source.unit, source.decimals, target).ok()?.nearest(units.unsigned_abs())?;
    let size = i128::try_from(nearest).ok()?;
    Some(if units < 0 { -size } else { size })
}

/// A decimal of `source` in the scale `target`.
pub(crate) fn read(digits: Digits, source: Unit, target: Scale) -> Result<Rounded, ConversionError> {
    let ratio = ratio(source, digits.decimals, target)?;
    Rounded::of(digits.coefficient, ratio).ok_or(ConversionError::TooLarge { target })
}

/// How many of `target` one 10^-`decimals` of `source` is.
pub(crate) fn ratio(source: Unit, decimals: u8, target: Scale) -> Result<Ratio, ConversionError> {
    if source.dimension() != target.unit.dimension() {
        return Err(ConversionError::DimensionsDiffer { source_unit: source, target_unit: target.unit });
    }
    let decimals_most = decimals.max(target.decimals);
    if decimals_most > DECIMALS_MAX {
        return Err(ConversionError::TooManyDecimals { decimals: decimals_most });
    }
    let power = |decimals: u8| 10u128.pow(u32::from(decimals));
    let ratio = Ratio::new(source.factor(), target.unit.factor());
    let ratio = match target.decimals.checked_sub(decimals) {
        Some(more) => ratio.times(power(more)),
        None => ratio.over(power(decimals - target.decimals)),
    };
    ratio.ok_or(ConversionError::TooLarge { target })
}

/// The quantity, when nothing is left over.
pub(crate) fn whole(rounded: Rounded, target: Scale) -> Result<Quantity, ConversionError> {
    rounded.exact().ok_or(ConversionError::NotWhole { target, rounded })
}

#[cfg(test)]
mod tests;
