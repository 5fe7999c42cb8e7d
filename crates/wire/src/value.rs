//! Quantities, fractions and prices as text, exact both ways.

use books::Fault;
use books::lot::Price;
use books::material::Material;
use measure::{Basis, Currency, Quantity, Unit, format_decimal, parse_decimal};

use crate::fault::of_number;

/// `60 t net`: a quantity in the unit in which the material is shown, with its basis.
#[must_use]
pub fn show_quantity(material: &Material, quantity: Quantity) -> String {
    Accounting::from(material).show(quantity)
}

/// The number alone, in the unit in which the material is shown. May be negative.
#[must_use]
pub fn show_number(material: &Material, units: impl Into<i128>) -> String {
    Accounting::from(material).number(units)
}

/// Exact in any case: in the accounting unit where the shown one cannot say it exactly.
#[must_use]
pub fn write_quantity(material: &Material, quantity: Quantity) -> String {
    Accounting::from(material).write(quantity)
}

/// How a material is accounted, which holds for its quantities before it is registered.
#[derive(Clone, Copy)]
pub(crate) struct Accounting<'m> {
    pub(crate) code: &'m str,
    pub(crate) unit: Unit,
    pub(crate) decimals: u8,
    pub(crate) shown: Unit,
    pub(crate) basis: Basis,
}

impl<'m> From<&'m Material> for Accounting<'m> {
    fn from(material: &'m Material) -> Self {
        let Material { code, unit, decimals, shown, basis, .. } = material;
        Self { code, unit: *unit, decimals: *decimals, shown: *shown, basis: *basis }
    }
}

impl Accounting<'_> {
    fn number(self, units: impl Into<i128>) -> String {
        measure::display_units(units, self.unit, self.decimals, self.shown)
    }

    fn show(self, quantity: Quantity) -> String {
        format!("{} {} {}", self.number(quantity.units()), self.shown, self.basis)
    }

    pub(crate) fn write(self, quantity: Quantity) -> String {
        let shown = self.show(quantity);
        match measure::parse_quantity(&shown, self.unit, self.decimals) {
            Ok((read, _)) if read == quantity => shown,
            _ => format!("{} {} {}", format_decimal(quantity.units(), self.decimals), self.unit, self.basis),
        }
    }
}

/// Parts per billion from `75.2%`, `120 ppm`, `5 ppb`.
///
/// # Errors
/// What is wrong.
pub fn parse_fraction(text: &str) -> Result<u32, Fault> {
    let trimmed = text.trim();
    let (digits, decimals) = if let Some(digits) = trimmed.strip_suffix('%') {
        (digits, 7)
    } else if let Some(digits) = trimmed.strip_suffix("ppm") {
        (digits, 3)
    } else if let Some(digits) = trimmed.strip_suffix("ppb") {
        (digits, 0)
    } else {
        return Err(Fault::ShareWithoutUnit { text: text.to_owned() });
    };
    let value = parse_decimal(digits.trim(), decimals).map_err(|error| of_number(text, &error))?;
    u32::try_from(value.units())
        .ok()
        .filter(|ppb| *ppb <= 1_000_000_000)
        .ok_or_else(|| Fault::ShareAboveWhole { text: text.to_owned() })
}

/// A fraction as a percentage.
#[must_use]
pub fn show_fraction(ppb: u32) -> String {
    format!("{}%", format_decimal(i64::from(ppb), 7))
}

/// A part of [`books::composition::WHOLE`] as a percentage, to the ppb.
#[must_use]
pub fn show_part(part: i128) -> String {
    let ppb = (part + 500_000_000) / 1_000_000_000;
    format!("{}%", format_decimal(i64::try_from(ppb).unwrap_or(i64::MAX), 7))
}

/// A price from `85.20 USD`, for one unit in which the material is shown, or from `85.20 USD/kg`.
///
/// # Errors
/// What is wrong.
pub fn parse_price(text: &str) -> Result<Price, Fault> {
    let shape = || Fault::NotAPrice { text: text.to_owned() };
    let (amount, currency) = text.trim().split_once(' ').ok_or_else(shape)?;
    let (currency, unit) = match currency.split_once('/') {
        Some((currency, unit)) => (currency, Some(Unit::parse(unit.trim()).map_err(|_| shape())?)),
        None => (currency, None),
    };
    let currency = Currency::parse(currency.trim()).ok_or_else(shape)?;
    let amount = parse_decimal(amount, currency.decimals()).map_err(|error| of_number(text, &error))?;
    Ok(Price { minor_per_unit: amount.units().unsigned_abs(), currency: currency.code().to_owned(), unit })
}

/// A price as `85.20 USD/kg`.
#[must_use]
pub fn show_price(price: &Price) -> String {
    price.to_string()
}

/// A number with all its decimals, as it was told: 1500 with 3 decimals is `1.500`.
#[must_use]
pub fn show_decimals(digits: i64, decimals: u8) -> String {
    let sign = if digits < 0 { "-" } else { "" };
    let width = usize::from(decimals) + 1;
    let text = format!("{:0>width$}", digits.unsigned_abs());
    match text.split_at(text.len() - usize::from(decimals)) {
        (whole, "") => format!("{sign}{whole}"),
        (whole, fraction) => format!("{sign}{whole}.{fraction}"),
    }
}

/// Digits and decimals of a number with its sign; `text` is what the number stands in.
pub(crate) fn read_signed(number: &str, text: &str, decimals_max: u8) -> Result<(i64, u8), Fault> {
    let (sign, digits) = match number.strip_prefix(['-', '\u{2212}']) {
        Some(digits) => (-1, digits),
        None => (1, number),
    };
    let decimals = digits.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let too_fine = || Fault::NumberTooFine { text: text.to_owned(), most: decimals_max };
    let decimals = u8::try_from(decimals).ok().filter(|decimals| *decimals <= decimals_max).ok_or_else(too_fine)?;
    let read = parse_decimal(digits, decimals).map_err(|error| of_number(text, &error))?;
    Ok((sign * read.units(), decimals))
}
