//! The workbench: differences that somebody has to explain, how old they are, and one of them with both its sides.

use answers::ask::reconcile::{BreakDetail, BreakLine, Breaks};
use answers::table::html::Row;
use answers::table::{Cell, Column, Field as _, Kind, Table};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};

use super::chart::{Bar, bars};
use super::layout::{form, linked, path, table, to};
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
    let columns = [
        Column::new(words::AGE.to_string(), Kind::Code),
        Column::new(words::SINCE_EFFECTIVE.to_string(), Kind::Number),
        Column::new(words::SINCE_REPORT.to_string(), Kind::Number),
    ];
    let counts =
        AGES.iter().zip(found.ageing.iter().zip(&found.ageing_reported)).map(|(age, (effective, reported))| {
            vec![Cell::text(format!("{age} {}", words::DAYS)), effective.cell(), reported.cell()]
        });
    let statuses = ["open", "explained", "resolved", "written_off", "all"];
    let form = form(
        "/console/breaks",
        &html! {
            label { (words::WHOSE) input type="text" name="party" value=(fields.get("party")); }
            label { (words::MATERIAL) input type="text" name="material" value=(fields.get("material")); }
            label { (words::RESPONSIBLE) input type="text" name="owner" value=(fields.get("owner")); }
            label { (words::STATUS)
                select name="status" {
                    option value="" { (words::NOT_CLOSED) }
                    @for status in statuses {
                        option value=(status) selected[fields.get("status") == status] { (words::language().word("break", status)) }
                    }
                }
            }
            label { (words::AS_OF) input type="text" name="as_of" value=(fields.get("as_of")) placeholder="2026-03-31"; }
        },
    );
    let content = html! {
        (form)
        h2 { (words::AGEING) }
        (bars(&words::AGEING, &ages))
        (table(&words::AGEING, Table::new(columns.to_vec(), counts)))
        h2 { (words::BREAKS) }
        (lines(&found.breaks))
        footer { (words::AGES_AS_OF) " " (found.as_of) }
    };
    Ok(visitor.page(&words::BREAKS, "/console/breaks", &content))
}

fn lines(breaks: &[BreakLine]) -> Markup {
    let of_break = |column: &str, row: Row<'_>| match (column, row.get(column)) {
        ("code" | "follows", code) if !code.is_empty() => Some(path("break", code)),
        _ => None,
    };
    linked(&words::BREAKS, Table::lines(breaks), &of_break)
}

async fn detail(visitor: &Visitor, code: &str) -> Result<Markup, Trouble> {
    let found = visitor.ask::<BreakDetail>(&Fields::default().with("code", code)).await?;
    let content = html! {
        (lines(std::slice::from_ref(&found.summary)))
        h2 { (words::SIDES) }
        (table(&words::SIDES, Table::lines(&found.sides)))
        h2 { (words::STEPS) }
        (table(&words::STEPS, Table::lines(&found.steps)))
        p { a href=(to("/console/breaks")) { (words::BREAKS) } }
    };
    Ok(visitor.page(&format!("{} {code}", words::BREAK), "", &content))
}
