//! Quantities as people write them: `100 t`, `1.5 kg`, `250 lb net`, `100 t REO`.

use crate::basis::{Basis, BasisError};
use crate::convert::{self, ConversionError, Scale};
use crate::decimal::{DecimalError, Digits, format_digits};
use crate::fraction::Rounded;
use crate::unit::{Unit, UnitError};
use crate::{Dimension, Quantity};

/// Decimals of a shown quantity that no decimal says exactly, such as milligrams in pounds.
const DECIMALS_SHOWN: u8 = 6;

/// Why a text is not a quantity of the material, in the order of the checks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// The number cannot be read.
    #[error("read the number in `{text}`")]
    Number {
        /// The whole text.
        text: String,
        /// What is wrong with it.
        #[source]
        source: DecimalError,
    },
    /// A number without a unit.
    #[error("`{text}` has no unit: write for example `{text} {expected}`")]
    UnitMissing {
        /// The whole text.
        text: String,
        /// The unit in which the material is kept.
        expected: Unit,
    },
    /// The word after the number is no unit.
    #[error("read the unit in `{text}`")]
    Unit {
        /// The whole text.
        text: String,
        /// What is wrong with it.
        #[source]
        source: UnitError,
    },
    /// The word after the unit is no basis.
    #[error("read the basis in `{text}`")]
    Basis {
        /// The whole text.
        text: String,
        /// What is wrong with it.
        #[source]
        source: BasisError,
    },
    /// There is more after the basis.
    #[error("`{text}` has words after its unit and basis: `{rest}`")]
    Trailing {
        /// The whole text.
        text: String,
        /// The first word too many.
        rest: String,
    },
    /// The quantity cannot be said in the accounting unit.
    #[error("say `{text}` in the accounting unit")]
    Conversion {
        /// The whole text.
        text: String,
        /// What is wrong with it.
        #[source]
        source: ConversionError,
    },
}

/// Reads `number unit [basis]` as a whole number of 10^-`decimals` of `to`; refuses what would take rounding.
pub fn parse_quantity(text: &str, to: Unit, decimals: u8) -> Result<(Quantity, Option<Basis>), QuantityError> {
    let (rounded, basis) = parse_quantity_rounding(text, to, decimals)?;
    let quantity = convert::whole(rounded, Scale { unit: to, decimals })
        .map_err(|source| QuantityError::Conversion { text: text.to_owned(), source })?;
    Ok((quantity, basis))
}

/// [`parse_quantity`] to the nearest whole accounting unit, half to even, with the exact remainder beside it.
pub fn parse_quantity_rounding(text: &str, to: Unit, decimals: u8) -> Result<(Rounded, Option<Basis>), QuantityError> {
    let whole_text = || text.to_owned();
    let mut words = text.split_ascii_whitespace();
    let digits = Digits::parse(words.next().unwrap_or_default())
        .map_err(|source| QuantityError::Number { text: whole_text(), source })?;
    let unit = words.next().ok_or_else(|| QuantityError::UnitMissing { text: whole_text(), expected: to })?;
    let unit = Unit::parse(unit).map_err(|source| match Basis::parse(unit) {
        Ok(_) => QuantityError::UnitMissing { text: whole_text(), expected: to },
        Err(_) => QuantityError::Unit { text: whole_text(), source },
    })?;
    let basis = words
        .next()
        .map(Basis::parse)
        .transpose()
        .map_err(|source| QuantityError::Basis { text: whole_text(), source })?;
    if let Some(rest) = words.next() {
        return Err(QuantityError::Trailing { text: whole_text(), rest: rest.to_owned() });
    }
    let rounded = convert::read(digits, unit, Scale { unit: to, decimals })
        .map_err(|source| QuantityError::Conversion { text: whole_text(), source })?;
    Ok((rounded, basis))
}

/// Writes a quantity kept in 10^-`decimals` of `accounting` as a decimal number of `shown`, without the unit.
///
/// Exact whenever a decimal of at most 18 places can say it, which holds for every metric unit; else (milligrams in
/// pounds, ounces or flasks) rounded half to even to 6 decimals: for people to look at, never to compute with.
pub fn display_quantity(
    quantity: Quantity,
    accounting: Unit,
    decimals: u8,
    shown: Unit,
) -> Result<String, ConversionError> {
    display_size(u128::from(quantity.units().unsigned_abs()), accounting, decimals, shown)
}

/// A number of accounting units as [`display_quantity`] says it, with its sign. A sum of many accounts may be larger than one
/// account can be. Where the shown unit cannot say it, the number says its own scale: it never stands for another.
#[must_use]
pub fn display_units(units: impl Into<i128>, accounting: Unit, decimals: u8, shown: Unit) -> String {
    let units = units.into();
    let sign = if units < 0 { "-" } else { "" };
    let size = units.unsigned_abs();
    let number = display_size(size, accounting, decimals, shown)
        .unwrap_or_else(|_| format!("{} {accounting}", format_digits(size, decimals)));
    format!("{sign}{number}")
}

fn display_size(size: u128, accounting: Unit, decimals: u8, shown: Unit) -> Result<String, ConversionError> {
    let exact = convert::ratio(accounting, decimals, Scale::whole(shown))?
        .times(size)
        .and_then(|value| decimals_of(value.denominator).map(|places| (value, places)));
    if let Some((value, places)) = exact
        && let Some(units) = value.times(10u128.pow(u32::from(places)))
    {
        return Ok(format_digits(units.numerator, places));
    }
    let target = Scale { unit: shown, decimals: DECIMALS_SHOWN };
    let nearest = convert::ratio(accounting, decimals, target)?.nearest(size);
    nearest.map(|units| format_digits(units, DECIMALS_SHOWN)).ok_or(ConversionError::TooLarge { target })
}

/// The fewest decimals in which every multiple of 1/`denominator` is exact; `None` above 18.
fn decimals_of(denominator: u128) -> Option<u8> {
    (0..=crate::decimal::DECIMALS_MAX).find(|places| 10u128.pow(u32::from(*places)).is_multiple_of(denominator))
}

impl QuantityError {
    /// The dimensions that do not meet: what was written, then what the material is kept in.
    #[must_use]
    pub fn dimensions(&self) -> Option<(Dimension, Dimension)> {
        match self {
            Self::Conversion { source, .. } => source.dimensions(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
