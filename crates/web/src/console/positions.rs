//! Positions, as of a day, as known then, told apart as wanted.

use answers::{Question as _, ask};
use axum::response::Response;
use maud::{Markup, html};

use super::layout::{form, table, to};
use super::{Fields, Visitor, answered, words};
use crate::trouble::Trouble;

/// Lines on a page.
const PAGE: u64 = 500;

pub(crate) async fn page(visitor: Visitor, fields: Fields) -> Response {
    answered(made(&visitor, &fields).await)
}

async fn made(visitor: &Visitor, fields: &Fields) -> Result<Markup, Trouble> {
    let asked = fields.clone().with("limit", PAGE.to_string());
    let found = visitor.ask::<ask::Positions>(&asked).await?;
    let go = |fields: Fields| to(&format!("/console/positions?{}", fields.query()));
    let field = |name: &'static str, label: &str, hint: &str| {
        html! {
            label { (label) input type="text" name=(name) value=(fields.get(name)) placeholder=(hint) autocomplete="off"; }
        }
    };
    let form = form(
        "/console/positions",
        &html! {
            (field("by", &words::TELL_APART, "party,site,material,form,lot"))
            (field("as_of", &words::AS_OF, "2026-03-31"))
            (field("known_at", &words::KNOWN_AT, "2026-04-02T00:00:00Z"))
            (field("party", &words::PARTY, ""))
            (field("material", &words::MATERIAL, ""))
            (field("site", &words::SITE, ""))
            (field("lot", &words::LOT, ""))
        },
    );
    let content = html! {
        (form)
        // What follows is a link below, and no token to copy.
        (table(&words::POSITIONS, ask::Positions::table(&found).page(None, None)))
        p.pages {
            @if !fields.get("page").is_empty() { a rel="prev" href=(go(fields.without("page"))) { (words::FIRST_PAGE) } " " }
            @if let Some(next) = &found.next { a rel="next" href=(go(fields.clone().with("page", next.as_str()))) { (words::FURTHER) } }
        }
        footer { (words::UP_TO) " " (found.known_at) }
    };
    Ok(visitor.page(&words::POSITIONS, "/console/positions", &content))
}
