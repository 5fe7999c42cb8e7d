//! Any question of the table: a list of them, and for each a form made from its fields, its answer, and the same as a file.

use answers::table::Extent;
use answers::{Entry, QUESTIONS};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use wire::form::{self, Field};

use super::layout::{self, table, to};
use super::{Fields, Visitor, answered, entry, words};
use crate::asking::{Answered, Asking, Request, find};
use crate::trouble::Trouble;

/// Lines of a list on a page, where the question has a limit and the visitor says none.
const PAGE: &str = "500";

pub(crate) async fn all(visitor: Visitor) -> Response {
    let content = html! {
        p { (words::ANY_QUESTION) }
        dl {
            @for Entry { name, about, .. } in QUESTIONS {
                dt { a href=(page_of(name)) { (words::language().heading(name)) } }
                dd { (about) }
            }
        }
    };
    answered(Ok(visitor.page(&words::ASK, "/console/ask", &content)))
}

pub(crate) async fn one(visitor: Visitor, Path(name): Path<String>, fields: Fields) -> Response {
    answered(made(&visitor, &name, &fields).await)
}

fn page_of(question: &str) -> String {
    to(&format!("/console/ask/{question}"))
}

async fn made(visitor: &Visitor, name: &str, said: &Fields) -> Result<Markup, Trouble> {
    let question = find(name)?;
    let fields = form::of_object(&question.request_schema());
    let title = words::language().heading(name);
    let is_shown = |field: &&Field| field.name != "page";
    let filled = html! {
        @for field in fields.iter().filter(is_shown) { (entry::of(field, said.get(&field.name), "")) }
    };
    let is_enough = fields.iter().filter(|field| field.is_required).all(|field| !said.get(&field.name).is_empty());
    let content = html! {
        p { (question.about) }
        (layout::form(&format!("/console/ask/{name}"), &filled))
        // What is missing is asked for by the form, and is no error before anything was said.
        @if is_enough {
            @match answer(visitor, question, &fields, said).await {
                Ok(answer) => (answer),
                Err(trouble) => (layout::told(&trouble)),
            }
        }
    };
    Ok(visitor.page(&title, "/console/ask", &content))
}

async fn answer(
    visitor: &Visitor,
    question: &'static Entry,
    fields: &[Field],
    said: &Fields,
) -> Result<Markup, Trouble> {
    let has_limit = said.get("limit").is_empty() && fields.iter().any(|field| field.name == "limit");
    let asked = if has_limit { said.clone().with("limit", PAGE) } else { said.clone() };
    let Answered { position, answer } = visitor
        .ask_any(Asking {
            entry: question,
            request: Request::Pairs(asked.0),
            after: None,
            patience: visitor.doors.deadline,
        })
        .await?;
    let told = answer.table();
    told.seen_by.iter().for_each(|party| drop(visitor.seen_by.set(party.clone())));
    let next = match &told.extent {
        Extent::Page { next: (field, value), .. } => Some(said.clone().with(field, value.as_str())),
        Extent::Whole => None,
    };
    let go = |fields: Fields| to(&format!("/console/ask/{}?{}", question.name, fields.query()));
    let file =
        |format: &str| format!("/v1/{}?{}", question.name, said.clone().without("page").with("format", format).query());
    Ok(html! {
        (table(&words::language().heading(question.name), told.page(None, None)))
        p.pages {
            @if !said.get("page").is_empty() { a rel="prev" href=(go(said.without("page"))) { (words::FIRST_PAGE) } " " }
            @if let Some(next) = next { a rel="next" href=(go(next)) { (words::FURTHER) } }
        }
        p { (words::AS_FILE) @for format in ["csv", "parquet", "json"] { " " a href=(file(format)) { (format) } } }
        footer { (words::UP_TO) " " (position) }
    })
}
