//! How long the stock lasts.

use answers::ask;
use answers::table::Table;
use axum::response::Response;
use maud::{Markup, html};

use super::chart::{Bar, bars};
use super::layout::{form, table};
use super::{Fields, Visitor, answered, words};
use crate::trouble::Trouble;

pub(crate) async fn page(visitor: Visitor, fields: Fields) -> Response {
    answered(made(&visitor, &fields).await)
}

async fn made(visitor: &Visitor, fields: &Fields) -> Result<Markup, Trouble> {
    let found = visitor.ask::<ask::Cover>(fields).await?;
    let days: Vec<Bar> = found
        .materials
        .iter()
        .filter_map(|cover| {
            let days = cover.days_on_hand.as_ref()?.number()?;
            Some(Bar { label: cover.material.clone(), value: days.parse().ok()?, text: days.to_owned() })
        })
        .collect();
    let form = form(
        "/console/cover",
        &html! {
            label { (words::AS_OF) input type="text" name="as_of" value=(fields.get("as_of")) placeholder="2026-03-31"; }
            label { (words::KNOWN_AT) input type="text" name="known_at" value=(fields.get("known_at")); }
            label { (words::PARTY) input type="text" name="party" value=(fields.get("party")); }
        },
    );
    let content = html! {
        (form)
        h2 { (words::DAYS_LEFT) }
        (bars(&words::DAYS_LEFT, &days))
        (table(&words::COVER, Table::lines(&found.materials)))
        footer { (words::UP_TO) " " (found.known_at) }
    };
    Ok(visitor.page(&words::COVER, "/console/cover", &content))
}
