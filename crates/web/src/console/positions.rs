//! Positions, as of a day, as known then, told apart as wanted.

use axum::response::Response;
use maud::{Markup, html};
use projections::{Dimension, Position, ask};

use super::layout::{Column, link, number, page as layout, table, text};
use super::{Fields, Visitor, answered, words};
use crate::trouble::Trouble;

pub(crate) async fn page(visitor: Visitor, fields: Fields) -> Response {
    answered(made(&visitor, &fields).await)
}

async fn made(visitor: &Visitor, fields: &Fields) -> Result<Markup, Trouble> {
    let found = visitor.ask::<ask::Positions>(fields).await?;
    let field = |name: &'static str, label: &str, hint: &str| {
        html! {
            label { (label) input type="text" name=(name) value=(fields.get(name)) placeholder=(hint) autocomplete="off"; }
        }
    };
    let content = html! {
        form method="get" action="/console/positions" {
            (field("by", words::TELL_APART, "party,site,material,form,lot"))
            (field("as_of", words::AS_OF, "2026-03-31"))
            (field("known_at", words::KNOWN_AT, "2026-04-02T00:00:00Z"))
            (field("party", words::PARTY, ""))
            (field("material", words::MATERIAL, ""))
            (field("site", words::SITE, ""))
            (field("lot", words::LOT, ""))
            button type="submit" { (words::SHOW) }
        }
        (lines(&found.positions))
        footer { (words::UP_TO) " " (found.known_at) }
    };
    Ok(layout(words::POSITIONS, "/console/positions", &content))
}

fn lines(positions: &[Position]) -> Markup {
    let mut columns: Vec<Column> = Dimension::WORDS.iter().map(|(word, _)| Column(word, false)).collect();
    columns.extend([
        Column("on hand", true),
        Column("encumbered", true),
        Column("blocked", true),
        Column("away", true),
        Column("available", true),
        Column("unit", false),
    ]);
    let row = |line: &Position| {
        let mut row: Vec<Markup> = Dimension::WORDS
            .iter()
            .map(|(_, dimension)| {
                let label = line.label(*dimension);
                match dimension {
                    Dimension::Lot => link("lot", &label),
                    Dimension::Material => link("material", &label),
                    _ => text(&label),
                }
            })
            .collect();
        let away = if line.away == "0" { "" } else { &line.away };
        row.extend([&line.on_hand, &line.encumbered, &line.blocked, away, &line.available].map(number));
        row.push(text(&format!("{} {}", line.unit, line.basis)));
        row
    };
    table(words::POSITIONS, &columns, &positions.iter().map(row).collect::<Vec<_>>())
}
