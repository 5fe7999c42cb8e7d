//! Who had to report what by when, and what came.

use answers::ask::reconcile::{ReportCalendar, Reports};
use answers::table::Table;
use axum::response::Response;
use maud::{Markup, html};

use super::layout::{form, table};
use super::{Fields, Visitor, answered, words};
use crate::trouble::Trouble;

pub(crate) async fn page(visitor: Visitor, fields: Fields) -> Response {
    answered(made(&visitor, &fields).await)
}

async fn made(visitor: &Visitor, fields: &Fields) -> Result<Markup, Trouble> {
    let calendar = visitor.ask::<ReportCalendar>(fields).await?;
    let party = fields.get("party");
    let of = if party.is_empty() { Fields::default() } else { Fields::default().with("party", party) };
    let received = visitor.ask::<Reports>(&of).await?;
    let form = form(
        "/console/reports",
        &html! {
            label { (words::WHOSE) input type="text" name="party" value=(party); }
            label { (words::AS_OF) input type="text" name="as_of" value=(fields.get("as_of")) placeholder="2026-03-31"; }
        },
    );
    let content = html! {
        (form)
        h2 { (words::CALENDAR) }
        (table(&words::CALENDAR, Table::lines(&calendar.periods)))
        h2 { (words::RECEIVED) }
        (table(&words::RECEIVED, Table::lines(&received.reports)))
        @if !received.missing.is_empty() { p.note { (words::MISSING) " " (received.missing.join(", ")) } }
        footer { (words::AGES_AS_OF) " " (calendar.as_of) }
    };
    Ok(visitor.page(&words::REPORTS, "/console/reports", &content))
}
