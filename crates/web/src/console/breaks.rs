//! The workbench: differences that somebody has to explain, how old they are, and one of them with both its sides.

use answers::ask::reconcile::{BreakDetail, BreakLine, Breaks, PieceLine, StepLine};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};

use super::chart::{Bar, bars};
use super::layout::{Column, link, number, page as layout, table, text, word};
use super::{Fields, Visitor, answered, words};
use crate::trouble::Trouble;

/// Days since the effective date, or the first report: the buckets of [`Breaks`].
const AGES: [&str; 5] = ["0-1", "2-7", "8-30", "31-90", ">90"];

pub(crate) async fn page(visitor: Visitor, fields: Fields) -> Response {
    answered(list(&visitor, &fields).await)
}

pub(crate) async fn one(visitor: Visitor, Path(code): Path<String>) -> Response {
    answered(detail(&visitor, &code).await)
}

async fn list(visitor: &Visitor, fields: &Fields) -> Result<Markup, Trouble> {
    let found = visitor.ask::<Breaks>(fields).await?;
    let count = |(age, count): (&&str, &u64)| Bar {
        label: format!("{age} {}", words::DAYS),
        value: *count as f64,
        text: count.to_string(),
    };
    let ages: Vec<Bar> = AGES.iter().zip(&found.ageing).map(count).collect();
    let ageing = [Column(words::AGE, false), Column(words::SINCE_EFFECTIVE, true), Column(words::SINCE_REPORT, true)];
    let counts: Vec<Vec<Markup>> = AGES
        .iter()
        .zip(found.ageing.iter().zip(&found.ageing_reported))
        .map(|(age, (effective, reported))| {
            vec![text(&format!("{age} {}", words::DAYS)), text(&effective.to_string()), text(&reported.to_string())]
        })
        .collect();
    let statuses = ["open", "explained", "resolved", "written_off", "all"];
    let content = html! {
        form method="get" action="/console/breaks" {
            label { (words::WHOSE) input type="text" name="party" value=(fields.get("party")); }
            label { (words::MATERIAL) input type="text" name="material" value=(fields.get("material")); }
            label { (words::RESPONSIBLE) input type="text" name="owner" value=(fields.get("owner")); }
            label { (words::STATUS)
                select name="status" {
                    option value="" { (words::NOT_CLOSED) }
                    @for status in statuses {
                        option value=(status) selected[fields.get("status") == status] { (status.replace('_', " ")) }
                    }
                }
            }
            label { (words::AS_OF) input type="text" name="as_of" value=(fields.get("as_of")) placeholder="2026-03-31"; }
            button type="submit" { (words::SHOW) }
        }
        h2 { (words::AGEING) }
        (bars(words::AGEING, &ages))
        (table(words::AGEING, &ageing, &counts))
        h2 { (words::BREAKS) }
        (lines(&found.breaks))
        footer { (words::AGES_AS_OF) " " (found.as_of) }
    };
    Ok(layout(words::BREAKS, "/console/breaks", &content))
}

fn lines(breaks: &[BreakLine]) -> Markup {
    let columns = [
        Column("break", false),
        Column("class", false),
        Column("reason", false),
        Column("status", false),
        Column("whose", false),
        Column("against", false),
        Column("material", false),
        Column("difference", true),
        Column("", false),
        Column("effective", false),
        Column("age", false),
        Column("responsible", false),
        Column("has to know", false),
        Column("follows", false),
    ];
    let some = |value: &Option<String>| text(value.as_deref().unwrap_or_default());
    let row = |row: &BreakLine| {
        vec![
            link("break", &row.code),
            text(&row.class),
            text(&row.reason),
            text(&row.status),
            text(&row.party),
            text(&row.against),
            link("material", &row.material),
            number(row.difference.as_deref().unwrap_or_default()),
            word(&row.unit),
            word(&row.effective),
            word(&row.age),
            some(&row.owner),
            html! { @if let Some(who) = &row.escalation { span.note { (who) } } },
            html! { @if let Some(before) = &row.follows { (link("break", before)) } },
        ]
    };
    table(words::BREAKS, &columns, &breaks.iter().map(row).collect::<Vec<_>>())
}

async fn detail(visitor: &Visitor, code: &str) -> Result<Markup, Trouble> {
    let found = visitor.ask::<BreakDetail>(&Fields::default().with("code", code)).await?;
    let sides = ["side", "piece", "effective", "says", "site", "lot", "reference"].map(|it| Column(it, false));
    let some = |value: &Option<String>| text(value.as_deref().unwrap_or_default());
    let side = |piece: &PieceLine| {
        vec![
            text(&piece.side),
            text(&piece.piece),
            text(&piece.effective),
            text(&piece.says),
            some(&piece.site),
            some(&piece.lot),
            some(&piece.reference),
        ]
    };
    let steps = ["event", "day", "by", "done", "note"].map(|it| Column(it, false));
    let step = |step: &StepLine| {
        let event = step.event.to_string();
        vec![
            html! { a href={ "/v1/event?seq=" (event) } { (event) } },
            text(&step.day),
            text(&step.by),
            text(&step.done),
            some(&step.note),
        ]
    };
    let content = html! {
        (lines(std::slice::from_ref(&found.summary)))
        h2 { (words::SIDES) }
        (table(words::SIDES, &sides, &found.sides.iter().map(side).collect::<Vec<_>>()))
        h2 { (words::STEPS) }
        (table(words::STEPS, &steps, &found.steps.iter().map(step).collect::<Vec<_>>()))
        p { a href="/console/breaks" { (words::BREAKS) } }
    };
    Ok(layout(&format!("{} {code}", words::BREAK), "", &content))
}
