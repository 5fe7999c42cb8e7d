//! The first page: what is held, how long it lasts, what happened last.

use answers::table::Table;
use answers::{Question, ask};
use axum::response::Response;
use maud::{Markup, html};

use super::chart::{Bar, bars};
use super::layout::table;
use super::{Fields, Visitor, answered, history, words};
use crate::trouble::Trouble;

/// Events that it shows.
const EVENTS: u64 = 10;

pub(crate) async fn page(visitor: Visitor) -> Response {
    answered(made(&visitor).await)
}

async fn made(visitor: &Visitor) -> Result<Markup, Trouble> {
    let head = visitor.ask::<ask::Head>(&Fields::default()).await?;
    let held = visitor.ask::<ask::Positions>(&Fields::default().with("by", "material")).await?;
    let covers = visitor.ask::<ask::Cover>(&Fields::default()).await?.materials;
    let newest = Fields::default().with("newest", "true").with("limit", EVENTS.to_string());
    let latest = visitor.ask::<ask::History>(&newest).await?.events;
    let cover_bars: Vec<Bar> = covers
        .iter()
        .filter_map(|cover| {
            let days = cover.days_on_hand.as_ref()?.number()?;
            Some(Bar { label: cover.material.clone(), value: days.parse().ok()?, text: days.to_owned() })
        })
        .collect();
    let content = html! {
        p { (words::UP_TO) " " (head.seq) @if let Some(at) = &head.recorded_at { ", " time datetime=(at) { (at) } } ": " code { (head.origin) } }
        h2 { (words::MATERIALS_HELD) }
        (table(&words::MATERIALS_HELD, ask::Positions::table(&held).only(&["material", "on_hand", "available", "unit", "basis"])))
        @if !cover_bars.is_empty() {
            h2 { (words::DAYS_LEFT) }
            (bars(&words::DAYS_LEFT, &cover_bars))
            (table(&words::COVER, Table::lines(&covers)))
        }
        h2 { (words::LATEST) }
        (history::lines(&latest))
    };
    Ok(visitor.page(&words::OVERVIEW, "/", &content))
}
