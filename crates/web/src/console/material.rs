//! One material: how much of it there was at the end of each month, and where it lies.

use answers::table::{Cell, Column, Field as _, Kind, Table};
use answers::{Figure, Question, ask};
use axum::extract::Path;
use axum::response::Response;
use books::Day;
use maud::{Markup, html};
use wire::date::show_day;

use super::chart::line;
use super::layout::table;
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
    let by_site = visitor.ask::<ask::Positions>(&fields.clone().with("by", "party,site,form")).await?;
    let mut points = Vec::new();
    for day in month_ends(now().utc_day()) {
        let day = show_day(day);
        let asked = fields.clone().with("by", "material").with("as_of", day.clone());
        let held = visitor.ask::<ask::Positions>(&asked).await?.positions;
        points.push((day, held.first().map_or_else(|| Figure::Number("0".into()), |line| line.on_hand.clone())));
    }
    let unit = by_site.positions.first().map(|line| format!("{} {}", line.unit, line.basis)).unwrap_or_default();
    let drawn: Vec<(String, f64)> =
        points.iter().filter_map(|(day, held)| Some((day.clone(), held.number()?.parse().ok()?))).collect();
    let columns =
        [Column::new("day", Kind::Day), Column::new("on_hand", Kind::Number), Column::new("unit", Kind::Code)];
    let months = points.iter().rev();
    let months = months.map(|(day, held)| vec![Cell::text(day.as_str()), held.cell(), Cell::text(unit.as_str())]);
    let shown = ["party", "site", "form", "on_hand", "available", "unit", "basis"];
    let content = html! {
        h2 { (words::OVER_TIME) }
        (line(&words::OVER_TIME, &drawn))
        (table(&words::POSITIONS, ask::Positions::table(&by_site).only(&shown)))
        (table(&words::OVER_TIME, Table::new(columns.to_vec(), months)))
    };
    Ok(visitor.page(&format!("{} {code}", words::MATERIAL), "", &content))
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
