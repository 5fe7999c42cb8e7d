//! Exact quantities.

pub mod quantity;

pub use quantity::Quantity;
