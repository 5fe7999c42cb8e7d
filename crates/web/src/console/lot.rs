//! One lot: where it came from, what became of it, and its events.

use answers::table::Table;
use answers::{Question as _, ask};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};

use super::layout::{table, to};
use super::{Fields, Visitor, answered, words};
use crate::trouble::Trouble;

/// Events that it shows, the newest first.
const EVENTS: u64 = 100;

pub(crate) async fn page(visitor: Visitor, Path(code): Path<String>) -> Response {
    answered(made(&visitor, &code).await)
}

async fn made(visitor: &Visitor, code: &str) -> Result<Markup, Trouble> {
    let fields = Fields::default().with("lot", code);
    let traced = visitor.ask::<ask::Trace>(&fields).await?;
    let newest = fields.clone().with("newest", "true").with("limit", EVENTS.to_string());
    let found = visitor.ask::<ask::History>(&newest).await?;
    // The rest is a page of its own: what is cut off says so.
    let older = found.next.map(|next| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("lot", code).append_pair("before", &next.to_string());
        to(&format!("/console/history?{}", query.finish()))
    });
    let content = html! {
        (table(&words::CUSTODY, Table::lines(&traced.links)))
        (table(&words::HISTORY, ask::History::table(&found)))
        @if let Some(older) = older { p.pages { a rel="prev" href=(older) { (words::OLDER) } } }
    };
    Ok(visitor.page(&format!("{} {code}", words::LOT), "", &content))
}
