//! What is wrong with a number, a unit, a basis or a quantity, as a fault with a code.

use books::Fault;
use measure::{BasisError, ConversionError, DecimalError, DensityError, QuantityError, UnitError};

use crate::value::Accounting;

/// A number that stands in a text.
pub(crate) fn of_number(text: &str, error: &DecimalError) -> Fault {
    let text = text.to_owned();
    match error {
        DecimalError::Empty => Fault::NumberEmpty { text },
        DecimalError::Negative => Fault::NumberNegative { text },
        DecimalError::PlusSign => Fault::NumberPlus { text },
        DecimalError::Exponent => Fault::NumberExponent { text },
        DecimalError::Separator { separator } => Fault::NumberSeparator { text, character: separator.to_string() },
        DecimalError::NotANumber { character } => Fault::NotANumber { text, character: character.to_string() },
        DecimalError::BarePoint => Fault::NumberBarePoint { text },
        DecimalError::TooManyDecimals { decimals_max } => Fault::NumberTooFine { text, most: *decimals_max },
        DecimalError::TooLarge { decimals: _ } => Fault::NumberTooLarge { text },
    }
}

/// A unit that stands in a text.
/// What is wrong with a unit.
#[must_use]
pub fn of_unit(text: &str, error: &UnitError) -> Fault {
    let (text, unit) = (text.to_owned(), error.code.clone());
    if error.is_two_units() { Fault::TwoUnits { text, unit } } else { Fault::NotAUnit { text, unit } }
}

/// A factor between two units.
pub(crate) fn of_density(text: &str, error: &DensityError) -> Fault {
    match error {
        DensityError::Number { source, .. } => of_number(text, source),
        DensityError::Unit { source, .. } => of_unit(text, source),
        DensityError::Shape { .. } | DensityError::Zero { .. } | DensityError::Dimensions { .. } => {
            Fault::NotADensity { text: text.chars().take(80).collect() }
        }
    }
}

/// A basis that stands in a text.
/// What is wrong with a basis.
#[must_use]
pub fn of_basis(text: &str, error: &BasisError) -> Fault {
    let text = text.to_owned();
    match error {
        BasisError::Unknown { code } => Fault::NotABasis { text, basis: code.clone() },
        BasisError::NotAFormula { code } => Fault::NotAFormula { text: code.clone() },
    }
}

/// A quantity of a material.
pub(crate) fn of_quantity(facts: Accounting<'_>, error: &QuantityError) -> Fault {
    match error {
        QuantityError::Number { text, source } => of_number(text, source),
        QuantityError::UnitMissing { text, expected } => {
            let number = text.split_ascii_whitespace().next().unwrap_or_default();
            Fault::UnitMissing { text: text.clone(), expected: format!("{number} {expected}") }
        }
        QuantityError::Unit { text, source } => of_unit(text, source),
        QuantityError::Basis { text, source } => of_basis(text, source),
        QuantityError::Trailing { text, rest: _ } => Fault::WordsAfter { text: text.clone() },
        QuantityError::Conversion { text, source } => of_conversion(text.clone(), facts, source),
    }
}

fn of_conversion(text: String, facts: Accounting<'_>, error: &ConversionError) -> Fault {
    let step = format!("{} {}", measure::format_decimal(1, facts.decimals), facts.unit);
    match error {
        ConversionError::DimensionsDiffer { .. } => {
            Fault::OtherDimension { text, material: facts.code.to_owned(), unit: facts.unit.to_string() }
        }
        ConversionError::TooManyDecimals { .. } => Fault::TooManyDecimals { most: crate::limits::DECIMALS_MAX },
        ConversionError::NotWhole { .. } => Fault::StepDivided { text, step },
        ConversionError::TooLarge { .. } => Fault::TooManySteps { text, step },
    }
}
