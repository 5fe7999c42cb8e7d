//! Decimal text to whole units and back, exactly.
//!
//! The only accepted form is digits, and perhaps a point with digits on both sides: `1500`, `1.5`, `0.001`. Every
//! other way of writing a number is refused by name, because a file that uses it means something we would guess at.

use crate::Quantity;

/// The most decimals that a whole number of units can stand for: 10^18 still fits an `i64`.
pub const DECIMALS_MAX: u8 = 18;

/// Why a text is not a decimal number that we take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// There is nothing to read.
    #[error("the number is empty")]
    Empty,
    /// The number starts with a minus sign.
    #[error("negative quantities are refused: the movement type fixes the sign")]
    Negative,
    /// The number starts with a plus sign.
    #[error("a plus sign is refused: the movement type fixes the sign")]
    PlusSign,
    /// The number is written as `1e5`.
    #[error("the exponent form is refused: write all digits")]
    Exponent,
    /// The number has a thousands separator, or a decimal comma: nobody can tell which.
    #[error("the separator `{separator}` is refused: write digits and at most one decimal point")]
    Separator {
        /// What stands between the digits.
        separator: char,
    },
    /// The text is no number: `NaN`, `NA`, `-`, `>95`, a footnote mark.
    #[error("`{character}` is not part of a number")]
    NotANumber {
        /// The first character that does not belong.
        character: char,
    },
    /// A point without a digit before it or after it.
    #[error("a decimal point needs a digit on both sides")]
    BarePoint,
    /// Digits other than zero stand beyond the smallest unit that is kept.
    #[error("more than {decimals_max} decimals: the smallest unit kept would be divided")]
    TooManyDecimals {
        /// How many decimals are allowed.
        decimals_max: u8,
    },
    /// The number is past the largest that is kept.
    #[error("the number is too large: at most {} units of {decimals} decimals", i64::MAX)]
    TooLarge {
        /// The decimals of one unit.
        decimals: u8,
    },
}

/// Reads a decimal as a whole number of 10^-`decimals`: `"1.5"` with 3 decimals is 1500.
///
/// Zeros at the end of the fraction may go beyond `decimals`; any other digit there may not.
///
/// # Panics
/// When `decimals` exceeds [`DECIMALS_MAX`].
pub fn parse_decimal(text: &str, decimals: u8) -> Result<Quantity, DecimalError> {
    assert!(decimals <= DECIMALS_MAX, "one unit in 10^{decimals} does not fit an i64");
    let Digits { coefficient, decimals: read } = Digits::parse(text)?;
    if read > decimals {
        return Err(DecimalError::TooManyDecimals { decimals_max: decimals });
    }
    let units = coefficient.checked_mul(10u128.pow(u32::from(decimals - read)));
    units.and_then(|units| i64::try_from(units).ok()).and_then(Quantity::new).ok_or(DecimalError::TooLarge { decimals })
}

/// Writes `units` of 10^-`decimals` without the zeros that say nothing: 1500 with 3 decimals is `"1.5"`.
#[must_use]
pub fn format_decimal(units: impl Into<i128>, decimals: u8) -> String {
    let units = units.into();
    let sign = if units < 0 { "-" } else { "" };
    format!("{sign}{}", format_digits(units.unsigned_abs(), decimals))
}

/// [`format_decimal`] for numbers past 64 bits.
pub(crate) fn format_digits(units: u128, decimals: u8) -> String {
    let width = usize::from(decimals) + 1;
    let digits = format!("{units:0>width$}");
    let (whole, fraction) = digits.split_at(digits.len() - usize::from(decimals));
    match fraction.trim_end_matches('0') {
        "" => whole.to_owned(),
        fraction => format!("{whole}.{fraction}"),
    }
}

/// A decimal as written, `coefficient` x 10^-`decimals`, without zeros at the end of the fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Digits {
    pub(crate) coefficient: u128,
    pub(crate) decimals: u8,
}

impl Digits {
    pub(crate) fn parse(text: &str) -> Result<Self, DecimalError> {
        let first = text.chars().next().ok_or(DecimalError::Empty)?;
        match first {
            '-' | '\u{2212}' if text.chars().nth(1).is_some_and(|c| c.is_ascii_digit()) => {
                return Err(DecimalError::Negative);
            }
            '+' => return Err(DecimalError::PlusSign),
            _ => {}
        }
        if let Some(foreign) = text.chars().find(|c| !c.is_ascii_digit() && *c != '.') {
            return Err(refuse(first, foreign));
        }
        let (whole, fraction) = match text.split_once('.') {
            None => (text, ""),
            Some((whole, fraction)) if whole.is_empty() || fraction.is_empty() => return Err(DecimalError::BarePoint),
            Some((_, fraction)) if fraction.contains('.') => return Err(DecimalError::Separator { separator: '.' }),
            Some(parts) => parts,
        };
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > usize::from(DECIMALS_MAX) {
            return Err(DecimalError::TooManyDecimals { decimals_max: DECIMALS_MAX });
        }
        let decimals = fraction.len() as u8;
        let coefficient = whole
            .bytes()
            .chain(fraction.bytes())
            .try_fold(0u128, |sum, digit| sum.checked_mul(10)?.checked_add(u128::from(digit - b'0')))
            .ok_or(DecimalError::TooLarge { decimals })?;
        Ok(Self { coefficient, decimals })
    }
}

/// Names what is wrong with the first character that is neither digit nor point.
fn refuse(first: char, foreign: char) -> DecimalError {
    match foreign {
        'e' | 'E' if first.is_ascii_digit() || first == '.' => DecimalError::Exponent,
        ',' | '_' | '\'' | '\u{2019}' => DecimalError::Separator { separator: foreign },
        space if space.is_whitespace() => DecimalError::Separator { separator: space },
        character => DecimalError::NotANumber { character },
    }
}

#[cfg(test)]
mod tests;
