//! Questions of auditors, and about what other ledgers have proven.

mod adjustments;
mod facts;
mod shipments;
mod trusted;

pub use adjustments::{AdjustmentLine, Adjustments, AdjustmentsAnswer};
pub use facts::{FactLine, Facts, FactsAnswer};
pub use shipments::{ShipmentLine, Shipments, ShipmentsAnswer};
pub use trusted::{TrustedLogLine, TrustedLogs, TrustedLogsAnswer};

use books::Books;
use books::fact::{Fact, Told};
use measure::{Scale, convert_exact, format_decimal};

use crate::sight::Sight;

/// A fact is seen by who recorded it, by the keeper of its log, and by who may see everything.
fn sees_fact(sight: &Sight<'_>, books: &Books, fact: &Fact) -> bool {
    let keeper = books.trusted_log(fact.log).keeper;
    sight.sees_party(fact.party) || keeper.is_some_and(|keeper| sight.sees_party(keeper))
}

/// A number and its unit: those in which a material of the same code is shown here, where it can be said so exactly; else
/// as it was told.
fn shown(books: &Books, told: &Told) -> (String, String) {
    let as_told = || (format_decimal(told.quantity.units(), told.decimals), told.unit.to_string());
    let Some(material) = told.material.as_ref().and_then(|code| books.material_no(code)) else { return as_told() };
    let facts = books.material(material);
    let ours = Scale { unit: facts.unit, decimals: facts.decimals };
    let theirs = Scale { unit: told.unit, decimals: told.decimals };
    match convert_exact(told.quantity, theirs, ours) {
        Ok(quantity) => (crate::shared::number(books, material, quantity.units()), facts.shown.to_string()),
        Err(_) => as_told(),
    }
}
