//! A field of a question or an act as a part of a form: what can be said in it comes from its schema.

use maud::{Markup, html};
use wire::form::{Field, Kind, sample, written};

use super::words;

/// The part of a form for a field, with what was said in it, and what is wrong with that.
pub(super) fn of(field: &Field, said: &str, wrong: &str) -> Markup {
    let Field { name, doc, kind, is_required } = field;
    let about = format!("about-{name}");
    let hint = written(kind).unwrap_or_else(|| sample(kind, name));
    let is_wrong = (!wrong.is_empty()).then_some("true");
    html! {
        label.entry {
            span { (words::language().heading(name)) @if *is_required { " *" } }
            @match kind {
                Kind::Word(choices) => select name=(name) aria-describedby=(about) aria-invalid=[is_wrong] {
                    option value="" {}
                    @for (word, doc) in choices { option value=(word) title=(doc) selected[word == said] { (word) } }
                },
                Kind::Flag => select name=(name) aria-describedby=(about) aria-invalid=[is_wrong] {
                    option value="" {}
                    option value="true" selected[said == "true"] { (words::YES) }
                    option value="false" selected[said == "false"] { (words::NO) }
                },
                Kind::List(_) => textarea name=(name) rows="2" placeholder=(hint) aria-describedby=(about) aria-invalid=[is_wrong] { (said) },
                Kind::Text | Kind::Number | Kind::NumberOrText | Kind::ByName(_) | Kind::Record(_) | Kind::Act(_) =>
                    input type="text" name=(name) value=(said) placeholder=(hint) autocomplete="off" aria-describedby=(about) aria-invalid=[is_wrong];,
            }
            small id=(about) { (doc) }
            @if !wrong.is_empty() { strong role="alert" { (wrong) } }
        }
    }
}
