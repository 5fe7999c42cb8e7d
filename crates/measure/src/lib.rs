//! Exact quantities: unit, basis, conversion and division, without a float anywhere.
//!
//! Whatever cannot be said in whole accounting units comes back beside its remainder, as an exact fraction, so that
//! rounding can be posted to an entry with a name. Nothing here reads a clock, a disk, a network or a random number.

pub mod basis;
pub mod convert;
pub mod currency;
pub mod decimal;
pub mod density;
pub mod factor;
pub mod fraction;
pub mod quantity;
pub mod share;
pub mod text;
pub mod unit;

pub use basis::{Basis, BasisError, Substance};
pub use convert::{ConversionError, Scale, convert_exact, convert_rounding, convert_units};
pub use currency::Currency;
pub use decimal::{DecimalError, format_decimal, parse_decimal};
pub use density::{Density, DensityError};
pub use factor::{AssayError, OxideFactor, contained};
pub use fraction::{Fraction, Rounded};
pub use quantity::Quantity;
pub use share::{ShareError, largest_remainder, split_even};
pub use text::{QuantityError, display_quantity, display_units, parse_quantity, parse_quantity_rounding};
pub use unit::{Dimension, Unit, UnitError};
