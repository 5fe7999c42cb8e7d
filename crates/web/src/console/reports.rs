//! Who had to report what by when, and what came.

use answers::ask::reconcile::{CalendarLine, ReportCalendar, ReportRow, Reports};
use axum::response::Response;
use maud::{Markup, html};

use super::layout::{Column, page as layout, table, text};
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
    let due = ["party", "kind", "first", "last", "due", "report", "received", "state", "days late"];
    let due = due.map(|it| Column(it, it == "days late"));
    let some = |value: &Option<String>| text(value.as_deref().unwrap_or_default());
    let late = |days: u32| html! { @if days > 0 { span.note { (days) } } };
    let period = |line: &CalendarLine| {
        vec![
            text(&line.party),
            text(&line.kind),
            text(&line.first),
            text(&line.last),
            text(&line.due),
            some(&line.report),
            some(&line.received),
            text(&line.state),
            late(line.days_late),
        ]
    };
    let came = ["report", "kind", "first", "last", "lines", "received", "due", "days late", "arrival", "signed by"];
    let came = came.map(|it| Column(it, it == "days late"));
    let report = |row: &ReportRow| {
        vec![
            text(&row.report),
            text(&row.kind),
            text(&row.first),
            text(&row.last),
            text(&row.lines),
            text(&row.received),
            some(&row.due),
            late(row.days_late),
            text(&row.arrival),
            some(&row.signed_by),
        ]
    };
    let content = html! {
        form method="get" action="/console/reports" {
            label { (words::WHOSE) input type="text" name="party" value=(party); }
            label { (words::AS_OF) input type="text" name="as_of" value=(fields.get("as_of")) placeholder="2026-03-31"; }
            button type="submit" { (words::SHOW) }
        }
        h2 { (words::CALENDAR) }
        (table(words::CALENDAR, &due, &calendar.periods.iter().map(period).collect::<Vec<_>>()))
        h2 { (words::RECEIVED) }
        (table(words::RECEIVED, &came, &received.reports.iter().map(report).collect::<Vec<_>>()))
        @if !received.missing.is_empty() { p.note { (words::MISSING) " " (received.missing.join(", ")) } }
        footer { (words::AGES_AS_OF) " " (calendar.as_of) }
    };
    Ok(layout(words::REPORTS, "/console/reports", &content))
}
