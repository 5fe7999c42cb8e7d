//! One material: how much of it there was at the end of each month, and where it lies.

use answers::{Figure, Position, ask};
use axum::extract::Path;
use axum::response::Response;
use books::Day;
use maud::{Markup, html};
use wire::date::show_day;

use super::chart::line;
use super::layout::{Column, number, page as layout, table, text};
use super::{Fields, Visitor, answered, words};
use crate::doors::now;
use crate::trouble::Trouble;

/// Months that the chart shows.
const MONTHS: usize = 24;

pub(crate) async fn page(visitor: Visitor, Path(code): Path<String>) -> Response {
    answered(made(&visitor, &code).await)
}

async fn made(visitor: &Visitor, code: &str) -> Result<Markup, Trouble> {
    let fields = Fields::default().with("material", code);
    let by_site = visitor.ask::<ask::Positions>(&fields.clone().with("by", "party,site,form")).await?.positions;
    let mut points = Vec::new();
    for day in month_ends(now().utc_day()) {
        let day = show_day(day);
        let asked = fields.clone().with("by", "material").with("as_of", day.clone());
        let held = visitor.ask::<ask::Positions>(&asked).await?.positions;
        points.push((day, held.first().map_or_else(|| Figure::Number("0".into()), |line| line.on_hand.clone())));
    }
    let unit = by_site.first().map(|line| format!("{} {}", line.unit, line.basis)).unwrap_or_default();
    let drawn: Vec<(String, f64)> =
        points.iter().filter_map(|(day, held)| Some((day.clone(), held.number()?.parse().ok()?))).collect();
    let months: Vec<Vec<Markup>> =
        points.iter().rev().map(|(day, held)| vec![text(day), number(&held.text()), text(&unit)]).collect();
    let columns = [
        Column("party", false),
        Column("site", false),
        Column("form", false),
        Column("on hand", true),
        Column("available", true),
        Column("unit", false),
    ];
    let row = |position: &Position| {
        let some = |label: &Option<String>| text(label.as_deref().unwrap_or_default());
        vec![
            some(&position.party),
            some(&position.site),
            some(&position.form),
            number(&position.on_hand.text()),
            number(&position.available.text()),
            text(&format!("{} {}", position.unit, position.basis)),
        ]
    };
    let content = html! {
        h2 { (words::OVER_TIME) }
        (line(words::OVER_TIME, &drawn))
        (table(words::POSITIONS, &columns, &by_site.iter().map(row).collect::<Vec<_>>()))
        (table(words::OVER_TIME, &[Column("day", false), Column("on hand", true), Column("unit", false)], &months))
    };
    Ok(layout(&format!("{} {code}", words::MATERIAL), "", &content))
}

/// The last days of the months before a day, oldest first, and the day itself.
fn month_ends(today: Day) -> Vec<Day> {
    let mut days = vec![today];
    let mut day = today;
    while days.len() < MONTHS {
        // The day before the first of its month is the last of the month before.
        let of_month: i32 = show_day(day)[8..].parse().unwrap_or(1);
        day = Day(day.0 - of_month);
        days.push(day);
    }
    days.reverse();
    days
}
