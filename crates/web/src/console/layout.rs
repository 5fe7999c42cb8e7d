//! What every page has.

use answers::table::Table;
use answers::table::html::{self, Links};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::words;
use crate::language;
use crate::trouble::Trouble;

/// The pages that the head leads to.
const PAGES: [(&str, words::Text); 9] = [
    ("/", words::OVERVIEW),
    ("/console/positions", words::POSITIONS),
    ("/console/cover", words::COVER),
    ("/console/breaks", words::BREAKS),
    ("/console/balances", words::BALANCES),
    ("/console/reports", words::REPORTS),
    ("/console/history", words::HISTORY),
    ("/console/ask", words::ASK),
    ("/console/do", words::DO_ACT),
];

/// Who looks at a page.
#[derive(Clone, Copy, Default)]
pub(super) struct Seen<'a> {
    /// With whose eyes; nobody's where everything is seen.
    pub(super) by: Option<&'a str>,
    /// What the forms of the session bring back, where there is one.
    pub(super) form: Option<&'a str>,
}

/// A page. Where the visitor does not see everything, it says so, whatever is on it.
pub(super) fn page(title: &str, path: &str, seen: Seen<'_>, content: &Markup) -> Markup {
    let seen_by = seen.by.map(|party| words::language().say("table-seen-by", &[("party", party)]));
    html! {
        (DOCTYPE)
        html lang=(words::language().tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " - " (words::TITLE) }
                link rel="stylesheet" href="/console/style.css";
                link rel="icon" href="data:,";
            }
            body {
                a.skip href="#content" { (words::SKIP) }
                header {
                    strong { (words::TITLE) }
                    nav aria-label=(words::TITLE) {
                        ul {
                            @for (target, name) in PAGES {
                                li { a href=(to(target)) aria-current=[(target == path).then_some("page")] { (name) } }
                            }
                        }
                    }
                    @if let Some(form) = seen.form {
                        form method="post" action=(to(super::SIGN_OUT)) {
                            input type="hidden" name=(super::sign_in::FORM) value=(form);
                            button { (words::SIGN_OUT) }
                        }
                    }
                }
                main id="content" {
                    h1 { (title) }
                    @if let Some(seen_by) = seen_by { p.note { (seen_by) } }
                    (content)
                }
            }
        }
    }
}

pub(super) fn problem(trouble: &Trouble) -> Markup {
    page(&words::PROBLEM, "", Seen::default(), &told(trouble))
}

/// What is wrong, what to do next, and the code of it.
pub(super) fn told(trouble: &Trouble) -> Markup {
    let told = trouble.problem.told(words::language());
    html! {
        p.note role="alert" { (told.message) }
        @if !told.hint.is_empty() { p { (told.hint) } }
        p { small { (trouble.problem.code) } }
    }
}

/// The table of an answer.
pub(super) fn table(caption: &str, table: Table<'_>) -> Markup {
    linked(caption, table, &|_, _| None)
}

/// The same, with links that `more` knows beside those that every table has.
pub(super) fn linked(caption: &str, table: Table<'_>, more: Links<'_>) -> Markup {
    PreEscaped(html::write(table, words::language(), caption, &|column, row| {
        more(column, row).or_else(|| leads_to(column, row.get(column)))
    }))
}

/// Where the cells of a column lead to, in any table: lots, materials and events have pages.
fn leads_to(column: &str, cell: &str) -> Option<String> {
    match column {
        _ if cell.is_empty() => None,
        "lot" | "material" => Some(path(column, cell)),
        "seq" | "event" => Some(format!("/v1/event?seq={cell}")),
        _ => None,
    }
}

/// The page of a lot, a material or a break.
pub(super) fn path(kind: &str, code: &str) -> String {
    let code: String = form_urlencoded::byte_serialize(code.as_bytes()).collect();
    // A space is `+` in a query and `%20` in a path.
    to(&format!("/console/{kind}/{}", code.replace('+', "%20")))
}

/// Where a link of the console leads: in the language that the visitor chose, where one was chosen.
pub(super) fn to(target: &str) -> String {
    match language::kept() {
        None => target.to_owned(),
        Some(tag) => format!("{target}{}{}={tag}", if target.contains('?') { '&' } else { '?' }, language::LANG),
    }
}

/// A form whose fields go into the address of a page, which is shown anew: in the language that the visitor chose.
pub(super) fn form(page: &str, fields: &Markup) -> Markup {
    html! {
        form method="get" action=(page) {
            @if let Some(tag) = language::kept() { input type="hidden" name=(language::LANG) value=(tag); }
            (fields)
            button type="submit" { (words::SHOW) }
        }
    }
}
