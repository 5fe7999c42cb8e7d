//! What people have, turned into commands: tables (CSV) and lists of objects (JSON), read by a small declared mapping.
//!
//! Every line gets a verdict of its own. A stock is compared with what the books hold on its day, and only the difference
//! is posted; flows and counts are set against those that the books have of the same day or document. Either way, loading
//! the same file twice changes nothing, and a figure that the source has revised replaces the one before it.

mod decimal;
mod declared;
mod figure;
mod flows;
mod guess;
mod identity;
mod known;
mod layout;
mod levels;
mod load;
mod mapping;
mod memory;
mod reading;
mod rehearsal;
pub mod report;
mod said;
mod source;
mod sums;
mod undo;
mod when;
mod wrong;

pub use declared::{Declared, DeclaredError, frame};
pub use figure::{Figure, FigureError, FigureSettings, Scale, Sign};
pub use guess::{Answers, Guess, Open, guess};
pub use jiff::civil::Date;
pub use known::Recorded;
pub use layout::{Layout, SourceFormat, Words};
pub use load::{Due, Lines, Load, Origin, Reckoning, Taking, Tally};
pub use mapping::{Begins, Column, ColumnKind, Flows, Mapping, MappingError, dated};
pub use memory::{Became, Memory, Moved, Was};
pub use reading::{Item, Reading, ReadingError, Step, Why};
pub use rehearsal::Effect;
pub use report::Registry;
pub use source::{Kind, LeftOut, Record, Records, SourceError, records};
pub use undo::undo;
pub use when::{Period, WhenSettings};

/// The mappings that come with the program: name and text.
pub const SHIPPED: [(&str, &str); 21] = [
    ("us-crude-weekly", include_str!("../mappings/us-crude-weekly.toml")),
    ("eu-gas-daily", include_str!("../mappings/eu-gas-daily.toml")),
    ("jp-oil-days", include_str!("../mappings/jp-oil-days.toml")),
    ("jodi-oil-stocks", include_str!("../mappings/jodi-oil-stocks.toml")),
    ("jodi-gas-stocks", include_str!("../mappings/jodi-gas-stocks.toml")),
    ("eurostat-oil-stocks", include_str!("../mappings/eurostat-oil-stocks.toml")),
    ("eurostat-gas-stocks", include_str!("../mappings/eurostat-gas-stocks.toml")),
    ("gie-alsi", include_str!("../mappings/gie-alsi.toml")),
    ("eia-petroleum-stocks", include_str!("../mappings/eia-petroleum-stocks.toml")),
    ("un-comtrade", include_str!("../mappings/un-comtrade.toml")),
    ("uk-oil-stocks", include_str!("../mappings/uk-oil-stocks.toml")),
    ("lme-stocks", include_str!("../mappings/lme-stocks.toml")),
    ("sap-mb51", include_str!("../mappings/sap-mb51.toml")),
    ("sap-mb52", include_str!("../mappings/sap-mb52.toml")),
    ("odoo-moves", include_str!("../mappings/odoo-moves.toml")),
    ("odoo-quants", include_str!("../mappings/odoo-quants.toml")),
    ("erpnext-stock-ledger", include_str!("../mappings/erpnext-stock-ledger.toml")),
    ("inventree-stock", include_str!("../mappings/inventree-stock.toml")),
    ("jp-customs", include_str!("../mappings/jp-customs.toml")),
    ("cn-customs", include_str!("../mappings/cn-customs.toml")),
    ("kr-customs", include_str!("../mappings/kr-customs.toml")),
];

/// What the source of a mapping is, by its text; nothing where it does not say.
#[must_use]
pub fn about(text: &str) -> String {
    let table: Option<toml::Table> = toml::from_str(text).ok();
    table.and_then(|table| table.get("source")?.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A mapping that comes with the program, by name.
#[must_use]
pub fn shipped(name: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}
