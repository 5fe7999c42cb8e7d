//! Positions, as of a day, as known then, told apart as wanted.

use answers::ask;
use answers::table::Table;
use axum::response::Response;
use maud::{Markup, html};

use super::layout::{page as layout, table};
use super::{Fields, Visitor, answered, words};
use crate::trouble::Trouble;

/// Lines on a page.
const PAGE: usize = 500;

pub(crate) async fn page(visitor: Visitor, fields: Fields) -> Response {
    answered(made(&visitor, &fields).await)
}

async fn made(visitor: &Visitor, fields: &Fields) -> Result<Markup, Trouble> {
    let found = visitor.ask::<ask::Positions>(&fields.without("first")).await?;
    let all = found.positions.len();
    let first = fields.get("first").parse().unwrap_or(0usize).min(all);
    let shown = &found.positions[first..(first + PAGE).min(all)];
    let go = |first: usize| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(fields.clone().with("first", first.to_string()).0);
        format!("/console/positions?{}", query.finish())
    };
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
        (table(words::POSITIONS, Table::lines(shown)))
        p.pages {
            @if first > 0 { a rel="prev" href=(go(first.saturating_sub(PAGE))) { (words::BACK) } " " }
            @if all > PAGE { (first + 1) "\u{2013}" (first + shown.len()) " " (words::OF) " " (all) " " }
            @if first + shown.len() < all { a rel="next" href=(go(first + PAGE)) { (words::FURTHER) } }
        }
        footer { (words::UP_TO) " " (found.known_at) }
    };
    Ok(layout(words::POSITIONS, "/console/positions", &content))
}
