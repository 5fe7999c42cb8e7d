//! What every page has.

use maud::{DOCTYPE, Markup, html};

use super::words;
use crate::trouble::Trouble;

/// The pages that the head leads to.
const PAGES: [(&str, &str); 7] = [
    ("/", words::OVERVIEW),
    ("/console/positions", words::POSITIONS),
    ("/console/cover", words::COVER),
    ("/console/breaks", words::BREAKS),
    ("/console/balances", words::BALANCES),
    ("/console/reports", words::REPORTS),
    ("/console/history", words::HISTORY),
];

pub(super) fn page(title: &str, path: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
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
                                li { a href=(target) aria-current=[(target == path).then_some("page")] { (name) } }
                            }
                        }
                    }
                }
                main id="content" {
                    h1 { (title) }
                    (content)
                }
            }
        }
    }
}

pub(super) fn problem(trouble: &Trouble) -> Markup {
    let content = html! {
        p.note role="alert" { (trouble.problem.message) }
        @if let Some(hint) = &trouble.problem.hint { p { (hint) } }
        p { small { (trouble.problem.code) } }
    };
    page(words::PROBLEM, "", &content)
}

/// A column of a table: its heading, and whether its cells are numbers.
pub(super) struct Column(pub(super) &'static str, pub(super) bool);

/// A table; columns in which nothing stands are left out.
pub(super) fn table(caption: &str, columns: &[Column], rows: &[Vec<Markup>]) -> Markup {
    if rows.is_empty() {
        return html! { p { (words::NOTHING) } };
    }
    let is_used = |index: usize| rows.iter().any(|row| !row[index].0.is_empty());
    let used: Vec<usize> = (0..columns.len()).filter(|index| is_used(*index)).collect();
    let class = |index: usize| columns[index].1.then_some("number");
    html! {
        div.scroll tabindex="0" role="region" aria-label=(caption) {
            table {
                caption { (caption) }
                thead { tr { @for index in &used { th scope="col" class=[class(*index)] { (columns[*index].0) } } } }
                tbody {
                    @for row in rows {
                        tr { @for index in &used { td class=[class(*index)] { (row[*index]) } } }
                    }
                }
            }
        }
    }
}

/// A text as a cell.
pub(super) fn text(text: &str) -> Markup {
    html! { (text) }
}

/// A word that is not broken over two lines, such as a day.
pub(super) fn word(text: &str) -> Markup {
    html! { @if !text.is_empty() { span.word { (text) } } }
}

/// A number as people read it.
pub(super) fn number(text: &str) -> Markup {
    html! { (grouped(text)) }
}

/// A code that leads to the page of its lot or material.
pub(super) fn link(kind: &str, code: &str) -> Markup {
    let path: String = form_urlencoded::byte_serialize(code.as_bytes()).collect();
    // A space is `+` in a query and `%20` in a path.
    let path = path.replace('+', "%20");
    html! { @if !code.is_empty() { a href={ "/console/" (kind) "/" (path) } { (code) } } }
}

/// `1234567.5` as `1,234,567.5`.
pub(super) fn grouped(number: &str) -> String {
    let digits = number.trim_start_matches('-');
    let (whole, rest) = digits.split_at(digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len()));
    let mut out = if digits.len() < number.len() { "-".to_owned() } else { String::new() };
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out + rest
}
