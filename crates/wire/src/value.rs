//! Quantities, fractions and prices as text, exact both ways.

use books::lot::Price;
use books::material::Material;
use measure::{Currency, Quantity, format_decimal, parse_decimal};

/// `60 t net`: a quantity in the unit in which the material is shown, with its basis.
#[must_use]
pub fn show_quantity(material: &Material, quantity: Quantity) -> String {
    format!("{} {} {}", show_number(material, quantity.units()), material.shown, material.basis)
}

/// The number alone, in the unit in which the material is shown. May be negative.
#[must_use]
pub fn show_number(material: &Material, units: i64) -> String {
    let sign = if units < 0 { "-" } else { "" };
    let size = Quantity::new(units.saturating_abs()).unwrap_or_default();
    let number = measure::display_quantity(size, material.unit, material.decimals, material.shown)
        .unwrap_or_else(|_| size.to_string());
    format!("{sign}{number}")
}

/// Exact in any case: in the accounting unit where the shown one cannot say it exactly.
#[must_use]
pub fn write_quantity(material: &Material, quantity: Quantity) -> String {
    let shown = show_quantity(material, quantity);
    match measure::parse_quantity(&shown, material.unit, material.decimals) {
        Ok((read, _)) if read == quantity => shown,
        _ => format!("{} {} {}", format_decimal(quantity.units(), material.decimals), material.unit, material.basis),
    }
}

/// Parts per billion from `75.2%`, `120 ppm`, `5 ppb`.
///
/// # Errors
/// One sentence that says what is wrong.
pub fn parse_fraction(text: &str) -> Result<u32, String> {
    let trimmed = text.trim();
    let (digits, decimals) = if let Some(digits) = trimmed.strip_suffix('%') {
        (digits, 7)
    } else if let Some(digits) = trimmed.strip_suffix("ppm") {
        (digits, 3)
    } else if let Some(digits) = trimmed.strip_suffix("ppb") {
        (digits, 0)
    } else {
        return Err(format!("`{text}` has no unit; write `75.2%`, `120 ppm` or `5 ppb`"));
    };
    let value = parse_decimal(digits.trim(), decimals).map_err(|error| format!("`{text}`: {error}"))?;
    u32::try_from(value.units())
        .ok()
        .filter(|ppb| *ppb <= 1_000_000_000)
        .ok_or_else(|| format!("`{text}` is more than the whole"))
}

/// A fraction as a percentage.
#[must_use]
pub fn show_fraction(ppb: u32) -> String {
    format!("{}%", format_decimal(i64::from(ppb), 7))
}

/// A price from `85.20 USD`.
///
/// # Errors
/// One sentence that says what is wrong.
pub fn parse_price(text: &str) -> Result<Price, String> {
    let shape =
        || format!("`{text}` is not a price; write it as `85.20 USD`, for one unit in which the material is shown");
    let (amount, currency) = text.trim().split_once(' ').ok_or_else(shape)?;
    let currency = Currency::parse(currency.trim()).ok_or_else(shape)?;
    let amount = parse_decimal(amount, currency.decimals()).map_err(|error| format!("`{text}`: {error}"))?;
    Ok(Price { minor_per_unit: amount.units().unsigned_abs(), currency: currency.code().to_owned() })
}

/// A price as `85.20 USD`.
#[must_use]
pub fn show_price(price: &Price) -> String {
    let decimals = Currency::parse(&price.currency).map_or(2, Currency::decimals);
    let minor = i64::try_from(price.minor_per_unit).unwrap_or(i64::MAX);
    format!("{} {}", format_decimal(minor, decimals), price.currency)
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
