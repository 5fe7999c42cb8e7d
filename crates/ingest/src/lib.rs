//! What people have, turned into commands: tables (CSV) and lists of objects (JSON), read by a small declared mapping.
//!
//! Every line gets a verdict of its own. A stock is compared with what the books hold on its day, and only the difference
//! is posted; a flow or a count has an id that is derived from the mapping, the column and the line's date. Either way,
//! loading the same file twice changes nothing, and a figure that the source has revised is noticed.

mod decimal;
mod declared;
mod figure;
mod known;
mod levels;
mod mapping;
mod reading;
pub mod report;
mod source;

pub use declared::{Declared, DeclaredError, frame};
pub use figure::{Figure, FigureError, Marks};
pub use jiff::civil::Date;
pub use known::known;
pub use mapping::{ColumnKind, Mapping, MappingError};
pub use reading::{Item, Known, Reading, Step};
pub use report::Registry;
pub use source::{Record, SourceError, records};

/// The mappings that come with the program: name and text.
pub const SHIPPED: [(&str, &str); 3] = [
    ("us-crude-weekly", include_str!("../mappings/us-crude-weekly.toml")),
    ("eu-gas-daily", include_str!("../mappings/eu-gas-daily.toml")),
    ("jp-oil-days", include_str!("../mappings/jp-oil-days.toml")),
];

/// A mapping that comes with the program, by name.
#[must_use]
pub fn shipped(name: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}
