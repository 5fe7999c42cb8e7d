//! How long the stock lasts: what is available, by material, against the need of a day.

use measure::Quantity;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wire::value::show_number;

use crate::history::HistoryError;
use crate::position::{Dimension, Filter, PositionQuery, positions};
use crate::view::View;

/// Days of cover of one material.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cover {
    /// The material.
    pub material: String,
    /// What lies at sites, in transit and on loan.
    pub on_hand: String,
    /// What of it is free.
    pub available: String,
    /// Need a day; none where the material has none.
    pub requirement_per_day: Option<String>,
    /// On hand over need, in whole days and tenths; none without a need or where it is zero.
    pub days_on_hand: Option<String>,
    /// Available over need.
    pub days_available: Option<String>,
    /// What should be held.
    pub goal: Option<String>,
    /// Goal less on hand, where that is more than nothing.
    pub shortfall: Option<String>,
    /// Unit of the numbers.
    pub unit: String,
    /// What they count.
    pub basis: String,
}

/// Days of cover of every material that has any stock, a need or a goal.
///
/// # Errors
/// When the history cannot be read.
pub fn cover(view: &dyn View, query: &PositionQuery) -> Result<Vec<Cover>, HistoryError> {
    let books = view.books();
    let mut covers = Vec::new();
    for material in books.materials() {
        let wanted = query.filter.material.as_ref();
        if wanted.is_some_and(|wanted| *wanted != material.code) {
            continue;
        }
        let filter = Filter { material: Some(material.code.clone()), ..query.filter.clone() };
        let query = PositionQuery { filter, by: vec![Dimension::Material], basis: None, ..query.clone() };
        let found = positions(view, &query)?.into_iter().next();
        if found.is_none() && material.requirement_per_day.is_none() && material.goal.is_none() {
            continue;
        }
        let units = |text: Option<&String>| {
            let text = format!("{} {}", text.map_or("0", String::as_str), material.shown);
            measure::parse_quantity(&text, material.unit, material.decimals).map_or(0, |(quantity, _)| quantity.units())
        };
        let on_hand = units(found.as_ref().map(|position| &position.on_hand));
        let available = units(found.as_ref().map(|position| &position.available));
        let show = |quantity: Quantity| show_number(material, quantity.units());
        let short = material.goal.map(|goal| goal.units().saturating_sub(on_hand)).filter(|short| *short > 0);
        covers.push(Cover {
            material: material.code.clone(),
            on_hand: show_number(material, on_hand),
            available: show_number(material, available),
            requirement_per_day: material.requirement_per_day.map(show),
            days_on_hand: days(on_hand, material.requirement_per_day),
            days_available: days(available, material.requirement_per_day),
            goal: material.goal.map(show),
            shortfall: short.map(|short| show_number(material, short)),
            unit: material.shown.to_string(),
            basis: material.basis.to_string(),
        });
    }
    Ok(covers)
}

/// Stock over need, cut to tenths of a day: cover is never rounded up.
fn days(units: i64, need: Option<Quantity>) -> Option<String> {
    let need = need.filter(|need| !need.is_zero())?;
    let tenths = i128::from(units) * 10 / i128::from(need.units());
    Some(format!("{}.{}", tenths / 10, (tenths % 10).abs()))
}
