//! What is wrong with a number, a unit, a basis or a quantity, as a fault with a code.

use books::Fault;
use measure::{BasisError, ConversionError, DecimalError, DensityError, QuantityError, Unit, UnitError};

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

/// How people write units of which only one can be meant. A `ton` is none of them: it is a tonne, a short one or a long one.
const SPELLED: [(&str, &[&str]); 6] = [
    ("t", &["T", "tonne", "tonnes", "MT", "mt"]),
    ("kg", &["Kg", "KG", "kgs", "kilo", "kilos", "kilogram", "kilograms"]),
    ("g", &["gr", "gram", "grams"]),
    ("lb", &["lbs", "LB", "pound", "pounds"]),
    ("bbl", &["bbls", "BBL", "barrel", "barrels"]),
    ("pcs", &["pc", "piece", "pieces"]),
];

/// A unit that is written as it should be, or as people write it.
fn meant(unit: &str) -> Option<&str> {
    let spelled = SPELLED.iter().find(|(_, spellings)| spellings.contains(&unit)).map(|(code, _)| *code);
    if Unit::parse(unit).is_ok() { Some(unit) } else { spelled }
}

/// The same quantity as it is written, where it can be told: `5t`, `5 tonnes`.
fn written(text: &str) -> Option<String> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').filter(|end| *end > 0)?;
    let (number, rest) = text.split_at(end);
    let mut words = rest.split_ascii_whitespace();
    let unit = meant(words.next()?)?;
    let written = [number, unit].into_iter().chain(words).collect::<Vec<_>>().join(" ");
    (written != text && measure::parse_decimal(number, 9).is_ok()).then_some(written)
}

/// A quantity of a material.
pub(crate) fn of_quantity(facts: Accounting<'_>, error: &QuantityError) -> Fault {
    if let QuantityError::Number { text, .. } | QuantityError::Unit { text, .. } = error
        && let Some(expected) = written(text)
    {
        return Fault::WrittenOtherwise { text: text.clone(), expected };
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_that_is_nearly_one_is_told_as_it_is_written() {
        for (text, expected) in [
            ("5t", Some("5 t")),
            ("5 tonnes", Some("5 t")),
            ("5.25 Kg net", Some("5.25 kg net")),
            ("12kg", Some("12 kg")),
            ("7 barrels", Some("7 bbl")),
            ("5tonnes REO", Some("5 t REO")),
            ("5 tons", None),
            ("5 t", None),
            ("5 fathoms", None),
            ("5,5 t", None),
            ("t 5", None),
            ("5e3 t", None),
            ("", None),
        ] {
            assert_eq!(written(text).as_deref(), expected, "{text}");
        }
    }
}
