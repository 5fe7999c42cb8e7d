//! One lot: where it came from, what became of it, and its events.

use answers::table::Table;
use answers::{Question, ask};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};

use super::layout::{page as layout, table};
use super::{Fields, Visitor, answered, words};
use crate::trouble::Trouble;

pub(crate) async fn page(visitor: Visitor, Path(code): Path<String>) -> Response {
    answered(made(&visitor, &code).await)
}

async fn made(visitor: &Visitor, code: &str) -> Result<Markup, Trouble> {
    let fields = Fields::default().with("lot", code);
    let traced = visitor.ask::<ask::Trace>(&fields).await?;
    let events = visitor.ask::<ask::History>(&fields).await?;
    let content = html! {
        (table(words::CUSTODY, Table::lines(&traced.links)))
        (table(words::HISTORY, ask::History::table(&events)))
    };
    Ok(layout(&format!("{} {code}", words::LOT), "", &content))
}
