//! Factors between units that measure different things: a density (`0.8498 t/m3`), a calorific value (`42.5 GJ/t`), a rate
//! between currencies (`1.0842 USD/EUR`).
//!
//! No such factor is a constant. Whoever converts by one cites who stated it, and what has none is not converted.

use std::fmt;

use crate::convert::Scale;
use crate::decimal::{Digits, format_digits};
use crate::fraction::Ratio;
use crate::{DecimalError, Dimension, Unit, UnitError};

/// The longest number of a factor, in decimals.
const DECIMALS_MAX: u8 = 12;

/// How much of one unit there is in one of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Density {
    digits: u64,
    decimals: u8,
    of: Unit,
    per: Unit,
}

/// Why a text is no factor between units.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DensityError {
    /// It is not a number and two units.
    #[error("`{text}` is not a number and two units, such as `0.85 t/m3`")]
    Shape {
        /// What was read.
        text: String,
    },
    /// Its number cannot be read.
    #[error("read the number in `{text}`")]
    Number {
        /// What was read.
        text: String,
        /// Why.
        #[source]
        source: DecimalError,
    },
    /// One of its units is none.
    #[error("read a unit in `{text}`")]
    Unit {
        /// What was read.
        text: String,
        /// Why.
        #[source]
        source: UnitError,
    },
    /// Nothing is nothing, both ways.
    #[error("`{text}` is nothing")]
    Zero {
        /// What was read.
        text: String,
    },
    /// Both units measure the same, or they are neither two of mass, volume and energy nor two currencies.
    #[error("`{text}` is not between two of mass, volume and energy, nor between two currencies")]
    Dimensions {
        /// What was read.
        text: String,
    },
}

impl Density {
    /// Reads `number unit/unit`.
    ///
    /// # Errors
    /// [`DensityError`].
    pub fn parse(text: &str) -> Result<Self, DensityError> {
        let whole_text = || text.to_owned();
        let shape = || DensityError::Shape { text: whole_text() };
        let (number, units) = text.trim().split_once(' ').ok_or_else(shape)?;
        let (of, per) = units.trim().split_once('/').ok_or_else(shape)?;
        let digits = Digits::parse(number).map_err(|source| DensityError::Number { text: whole_text(), source })?;
        let unit =
            |code: &str| Unit::parse(code.trim()).map_err(|source| DensityError::Unit { text: whole_text(), source });
        let (of, per) = (unit(of)?, unit(per)?);
        let Some(found) = Self::of_parts(digits.coefficient, digits.decimals, of, per) else {
            return Err(match digits.coefficient {
                0 => DensityError::Zero { text: whole_text() },
                _ if u64::try_from(digits.coefficient).is_err() || digits.decimals > DECIMALS_MAX => shape(),
                _ => DensityError::Dimensions { text: whole_text() },
            });
        };
        Ok(found)
    }

    fn of_parts(digits: u128, decimals: u8, of: Unit, per: Unit) -> Option<Self> {
        let (mut digits, mut decimals) = (u64::try_from(digits).ok()?, decimals);
        let is_physical =
            |unit: Unit| matches!(unit.dimension(), Dimension::Mass | Dimension::Volume | Dimension::Energy);
        let is_money = |unit: Unit| matches!(unit.dimension(), Dimension::Money(_));
        let is_rate = is_money(of) && is_money(per);
        let meets = of.dimension() != per.dimension() && (is_rate || (is_physical(of) && is_physical(per)));
        if digits == 0 || decimals > DECIMALS_MAX || !meets {
            return None;
        }
        // One factor has one encoding.
        while decimals > 0 && digits % 10 == 0 {
            (digits, decimals) = (digits / 10, decimals - 1);
        }
        Some(Self { digits, decimals, of, per })
    }

    /// Is it between two dimensions, whichever way round?
    #[must_use]
    pub fn is_between(&self, one: Dimension, other: Dimension) -> bool {
        let own = (self.of.dimension(), self.per.dimension());
        own == (one, other) || own == (other, one)
    }

    /// The two dimensions that it joins, in one order whichever way round it is written.
    #[must_use]
    pub fn dimensions(&self) -> (Dimension, Dimension) {
        let (one, other) = (self.of.dimension(), self.per.dimension());
        if one <= other { (one, other) } else { (other, one) }
    }

    /// A number of one scale in another, to the nearest, halves to even; `None` where it joins others, or does not fit.
    #[must_use]
    pub fn convert(&self, units: i128, source: Scale, target: Scale) -> Option<i128> {
        let power = |decimals: u8| 10u128.checked_pow(u32::from(decimals));
        // How much of `of` is in one of `per`; the other way round its inverse.
        let (from, to) = (source.unit, target.unit);
        let ratio = if (from.dimension(), to.dimension()) == (self.per.dimension(), self.of.dimension()) {
            Ratio::new(u128::from(self.digits), power(self.decimals)?)
                .times(from.factor())?
                .over(self.per.factor())?
                .times(self.of.factor())?
                .over(to.factor())?
        } else if (from.dimension(), to.dimension()) == (self.of.dimension(), self.per.dimension()) {
            Ratio::new(power(self.decimals)?, u128::from(self.digits))
                .times(from.factor())?
                .over(self.of.factor())?
                .times(self.per.factor())?
                .over(to.factor())?
        } else {
            return None;
        };
        let ratio = ratio.over(power(source.decimals)?)?.times(power(target.decimals)?)?;
        let size = i128::try_from(ratio.nearest(units.unsigned_abs())?).ok()?;
        Some(if units < 0 { -size } else { size })
    }
}

impl fmt::Display for Density {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}/{}", format_digits(u128::from(self.digits), self.decimals), self.of, self.per)
    }
}

/// Its text: `0.8498 t/m3`.
impl<C> minicbor::Encode<C> for Density {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.str(&self.to_string())?.ok()
    }
}

/// Takes only the text that it writes itself: one factor has one encoding.
impl<'b, C> minicbor::Decode<'b, C> for Density {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let text = d.str()?;
        let read = Self::parse(text).ok().filter(|density| density.to_string() == text);
        read.ok_or_else(|| minicbor::decode::Error::message("not a factor between units"))
    }
}

#[cfg(test)]
mod tests;
