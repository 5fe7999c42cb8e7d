//! Events: what was asked, what became of it.

use answers::ask;
use answers::table::Table;
use axum::response::Response;
use maud::{Markup, html};
use wire::view::EventView;

use super::layout::{page as layout, table};
use super::{Fields, Visitor, answered, words};
use crate::trouble::Trouble;

/// Events on a page.
const PAGE: u64 = 50;

pub(crate) async fn page(visitor: Visitor, fields: Fields) -> Response {
    answered(made(&visitor, fields).await)
}

async fn made(visitor: &Visitor, fields: Fields) -> Result<Markup, Trouble> {
    let head = visitor.ask::<ask::Head>(&Fields::default()).await?.seq;
    let last_page = head.saturating_sub(PAGE - 1).max(1);
    let from = fields.get("from").parse().unwrap_or(last_page);
    let asked = fields.clone().with("from", from.to_string()).with("limit", PAGE.to_string());
    let found = visitor.ask::<ask::History>(&asked).await?;
    let go = |from: u64| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(fields.clone().with("from", from.to_string()).0);
        format!("/console/history?{}", query.finish())
    };
    let content = html! {
        form method="get" action="/console/history" {
            label { (words::PARTY) input type="text" name="by" value=(fields.get("by")); }
            label { (words::MATERIAL) input type="text" name="material" value=(fields.get("material")); }
            label { (words::LOT) input type="text" name="lot" value=(fields.get("lot")); }
            button type="submit" { (words::SHOW) }
        }
        (lines(&found.events))
        p.pages {
            @if from > 1 { a rel="prev" href=(go(from.saturating_sub(PAGE).max(1))) { (words::OLDER) } " " }
            @if let Some(next) = found.next { a rel="next" href=(go(next)) { (words::NEWER) } }
        }
        footer { (words::UP_TO) " " (head) }
    };
    Ok(layout(words::HISTORY, "/console/history", &content))
}

/// The events of an answer.
pub(super) fn lines(events: &[EventView]) -> Markup {
    table(words::HISTORY, Table::lines(events))
}
