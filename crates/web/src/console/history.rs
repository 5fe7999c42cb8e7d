//! Events: what was asked, what became of it.

use answers::ask;
use answers::table::Table;
use axum::response::Response;
use maud::{Markup, html};
use wire::view::EventView;

use super::layout::{form, table, to};
use super::{Fields, Visitor, answered, words};
use crate::trouble::Trouble;

/// Events on a page.
const PAGE: u64 = 50;

pub(crate) async fn page(visitor: Visitor, fields: Fields) -> Response {
    answered(made(&visitor, fields).await)
}

async fn made(visitor: &Visitor, fields: Fields) -> Result<Markup, Trouble> {
    let head = visitor.ask::<ask::Head>(&Fields::default()).await?.seq;
    let asked = fields.clone().with("newest", "true").with("limit", PAGE.to_string());
    let found = visitor.ask::<ask::History>(&asked).await?;
    let go = |before: Option<u64>| {
        let before = before.map_or(String::new(), |before| before.to_string());
        to(&format!("/console/history?{}", fields.clone().with("before", before).query()))
    };
    let form = form(
        "/console/history",
        &html! {
            label { (words::PARTY) input type="text" name="owner" value=(fields.get("owner")); }
            label { (words::POSTED_BY) input type="text" name="by" value=(fields.get("by")); }
            label { (words::MATERIAL) input type="text" name="material" value=(fields.get("material")); }
            label { (words::LOT) input type="text" name="lot" value=(fields.get("lot")); }
        },
    );
    let content = html! {
        (form)
        (lines(&found.events))
        p.pages {
            @if let Some(next) = found.next { a rel="prev" href=(go(Some(next))) { (words::OLDER) } " " }
            @if !fields.get("before").is_empty() { a rel="next" href=(go(None)) { (words::NEWEST) } }
        }
        footer { (words::UP_TO) " " (head) }
    };
    Ok(visitor.page(&words::HISTORY, "/console/history", &content))
}

/// The events of an answer.
pub(super) fn lines(events: &[EventView]) -> Markup {
    table(&words::HISTORY, Table::lines(events))
}
