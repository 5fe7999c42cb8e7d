//! One lot: where it came from, what became of it, and its events.

use answers::{Link, ask};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};

use super::layout::{Column, link, page as layout, table, text};
use super::{Fields, Visitor, answered, history, words};
use crate::trouble::Trouble;

pub(crate) async fn page(visitor: Visitor, Path(code): Path<String>) -> Response {
    answered(made(&visitor, &code).await)
}

async fn made(visitor: &Visitor, code: &str) -> Result<Markup, Trouble> {
    let fields = Fields::default().with("lot", code);
    let traced = visitor.ask::<ask::Trace>(&fields).await?;
    let events = visitor.ask::<ask::History>(&fields).await?.events;
    let columns = ["step", "lot", "material", "form", "source", "origin", "made from", "on hand", "event"]
        .map(|it| Column(it, false));
    let row = |step: &Link| {
        vec![
            text(&format!("{:+}", step.depth)),
            link("lot", &step.lot),
            link("material", &step.material),
            text(&step.form),
            text(&step.source),
            text(&step.origin),
            text(&step.parents.join(", ")),
            text(&step.on_hand),
            text(&step.seq.to_string()),
        ]
    };
    let content = html! {
        (table(words::CUSTODY, &columns, &traced.links.iter().map(row).collect::<Vec<_>>()))
        (history::lines(events.iter()))
    };
    Ok(layout(&format!("{} {code}", words::LOT), "", &content))
}
