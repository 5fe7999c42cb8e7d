//! How long the stock lasts: what is available, by material, against the need of a day.

use books::MaterialNo;
use measure::Quantity;

use crate::figure::{Breadth, Figure, Told, Total, all};
use crate::history::HistoryError;
use crate::position::{Dimension, PositionQuery, available, groups, number_of};
use crate::record::records;
use crate::sight::Sight;
use crate::view::View;

records! {
    /// Days of cover of one material. What is held is set against need and goal only by whoever sees all that is held: who
    /// sees a part is told the part, and never that there is nothing.
    Cover {
        /// The material.
        material: String as Code,
        /// What lies at sites, in transit and on loan.
        on_hand: Figure as Quantity,
        /// What of it is free.
        available: Figure as Quantity,
        /// Need a day; none where the material has none.
        requirement_per_day: Option<String> as Quantity,
        /// On hand over need, in whole days and tenths; none without a need or where it is zero.
        days_on_hand: Option<Figure> as Days,
        /// Available over need.
        days_available: Option<Figure> as Days,
        /// What should be held.
        goal: Option<String> as Quantity,
        /// Goal less on hand, where that is more than nothing.
        shortfall: Option<Figure> as Quantity,
        /// Unit of the numbers.
        unit: String as Code,
        /// What they count.
        basis: String as Code,
    }
}

/// Days of cover of every material that has any stock, a need or a goal.
///
/// # Errors
/// When the history cannot be read.
pub fn cover(view: &dyn View, query: &PositionQuery) -> Result<Vec<Cover>, HistoryError> {
    let books = view.books();
    let sight = Sight::of(view);
    let query = PositionQuery { by: vec![Dimension::Material], basis: None, ..query.clone() };
    let (held, breadth) = (groups(view, &query)?, sight.breadth(&query.filter));
    let at_day = query.facts(books, &query.days(books, view.now()));
    let mut covers = Vec::new();
    for number in (0u32..).map(MaterialNo).take(books.materials().len()) {
        let material = at_day.material(number);
        let wanted = query.filter.material.as_ref();
        if wanted.is_some_and(|wanted| *wanted != material.code) {
            continue;
        }
        let found = held.iter().find(|group| group.material == number);
        if found.is_none() && material.requirement_per_day.is_none() && material.goal.is_none() {
            continue;
        }
        let nothing = Total::default();
        let told = found.map_or(&nothing, |group| &group.sums).told_of(breadth);
        let (on_hand, available) = (told[0], all(told).map(available));
        // Need and goal are those of all: a part of the stock says nothing about them.
        let is_of_all = sight.is_full() || breadth == Breadth::Totals;
        let of_all = |told: Told<i128>| if is_of_all { told } else { Told::Withheld };
        let show = |units: i128| number_of(books, number, units);
        let need = material.requirement_per_day.filter(|need| !need.is_zero());
        let days = |told| need.map(|need| of_all(told).map(|units| days(units, need)).into());
        let short = |goal: Quantity| of_all(on_hand).map(|on_hand| i128::from(goal.units()) - on_hand);
        covers.push(Cover {
            material: material.code.clone(),
            on_hand: on_hand.figure(show),
            available: available.figure(show),
            requirement_per_day: material.requirement_per_day.map(|need| show(need.units().into())),
            days_on_hand: days(on_hand),
            days_available: days(available),
            goal: material.goal.map(|goal| show(goal.units().into())),
            shortfall: material
                .goal
                .map(short)
                .filter(|short| !matches!(short, Told::Whole(units) if *units <= 0))
                .map(|short| short.map(show).into()),
            unit: material.shown.to_string(),
            basis: material.basis.to_string(),
        });
    }
    Ok(covers)
}

/// Stock over need, cut to tenths of a day: cover is never rounded up.
fn days(units: i128, need: Quantity) -> String {
    let tenths = units * 10 / i128::from(need.units());
    let sign = if tenths < 0 { "-" } else { "" };
    format!("{sign}{}.{}", (tenths / 10).abs(), (tenths % 10).abs())
}
