//! Any act of the table, by a form made from its fields: tried first or recorded at once, and kept as it was filled in where
//! it is refused.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use maud::{Markup, html};
use serde_json::{Map, Value};
use wire::Act;
use wire::form::{self, Field, Kind, text};
use wire::verdict::{Outcome, Verdict};

use super::layout::{to, told};
use super::{Fields, Visitor, answered, entry, words};
use crate::access::Caller;
use crate::commands::deliver;
use crate::doors::{Doors, now};
use crate::live::read;
use crate::rights::may_post;
use crate::trouble::Trouble;
use crate::why::Why;

/// Shows that the form is ours; under a name that no field of an act has.
const FORM: &str = "own.form";
/// Fields that a command has beside those of its act, as a form names them.
const PARTY: &str = "own.party";
const EFFECTIVE: &str = "own.effective";
const MAKER: &str = "own.maker";
const ID: &str = "own.id";
/// Which button was pressed.
const DO: &str = "own.do";
const RECORD: &str = "record";

pub(crate) async fn all(visitor: Visitor) -> Response {
    answered(list(&visitor))
}

fn list(visitor: &Visitor) -> Result<Markup, Trouble> {
    let live = visitor.live()?;
    let mine = read(live.as_ref(), answers::Viewer::Operator, |view| {
        let (viewer, books) = (visitor.caller.viewer(view)?, view.books());
        let is_permitted = |word: &str| match &viewer {
            answers::Viewer::Operator => true,
            answers::Viewer::Party(code) => {
                books.party_no(code).is_some_and(|party| books.may_ask(party, word).is_ok())
            }
        };
        let is_mine = |word: &&str| is_permitted(word) && may_post(&viewer, books, word, visitor.caller.name()).is_ok();
        Ok::<Vec<&str>, Trouble>(Act::WORDS.iter().copied().filter(is_mine).collect())
    })?;
    let content = html! {
        p { (words::ANY_ACT) }
        dl {
            @for word in mine {
                dt { a href=(to(&format!("/console/do/{word}"))) { (title(word)) } }
                dd { (Act::about(word).unwrap_or_default()) }
            }
        }
    };
    Ok(visitor.page(&words::DO_ACT, "/console/do", &content))
}

/// A form of an act; what its address says of a field stands in it.
pub(crate) async fn one(visitor: Visitor, Path(act): Path<String>, fields: Fields) -> Response {
    let is_known = known(&act, &fields);
    answered(is_known.and_then(|()| filled(&visitor, &act, &fields, &html! {}, None)))
}

fn fields_of(act: &str) -> Result<&'static [Field], Trouble> {
    let path = || format!("/console/do/{}", answers::shown(act));
    form::of_act(act).ok_or_else(|| Trouble::absent(Why::NotFound { path: path() }))
}

/// What is said where nobody looks for it would be a form of something else.
fn known(act: &str, said: &Fields) -> Result<(), Trouble> {
    let names = fields_of(act)?.iter().map(|field| field.name.as_str()).chain([PARTY, EFFECTIVE, MAKER]);
    let names: Vec<&str> = names.collect();
    match said.0.iter().find(|(name, _)| !names.contains(&name.as_str())) {
        None => Ok(()),
        Some((name, _)) => {
            let (path, text) = (format!("/console/do/{act}"), answers::shown(name));
            let why = Why::NoFieldHere { path, text: text.clone(), names: names.join(", ") };
            Err(answers::Problem::bad_field(&text, why).meaning(wire::nearest(name, names)).into())
        }
    }
}

/// The word of an act, as people read it.
fn title(act: &str) -> String {
    let text = act.replace('_', " ");
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A form of an act, as it was filled in so far; `wrong` names a field and says what is wrong with it.
fn filled(
    visitor: &Visitor,
    act: &str,
    said: &Fields,
    before: &Markup,
    wrong: Option<(&str, &str)>,
) -> Result<Markup, Trouble> {
    let fields = fields_of(act)?;
    let id = Some(said.get(ID)).filter(|id| !id.is_empty()).map_or_else(new_id, str::to_owned);
    let effective = Some(said.get(EFFECTIVE)).filter(|day| !day.is_empty()).map_or_else(today, str::to_owned);
    let is_operator = visitor.caller == Caller::Operator;
    let wrong_of = |name: &str| wrong.filter(|(field, _)| *field == name).map_or("", |(_, wrong)| wrong);
    let content = html! {
        p { (Act::about(act).unwrap_or_default()) }
        (before)
        @match &visitor.form {
            // Only whoever signed in here has a form that is theirs.
            None => p.note { (words::SIGN_IN_TO_ACT) " " a href=(to(super::SIGN_IN)) { (words::SIGN_IN) } },
            Some(of_session) => form.act method="post" action=(to(&format!("/console/do/{act}"))) {
                input type="hidden" name=(FORM) value=(of_session);
                input type="hidden" name=(ID) value=(id);
                @if is_operator {
                    label.entry { span { (words::PARTY_THAT_ACTS) " *" } input type="text" name=(PARTY) value=(said.get(PARTY)) required; }
                }
                label.entry { span { (words::EFFECTIVE) " *" } input type="text" name=(EFFECTIVE) value=(effective) required; }
                label.entry { span { (words::MAKER) } input type="text" name=(MAKER) value=(said.get(MAKER)); }
                @for field in fields { (entry::of(field, said.get(&field.name), wrong_of(&field.name))) }
                button name=(DO) value="try" { (words::TRY_IT) }
                " "
                button name=(DO) value=(RECORD) { (words::RECORD_IT) }
            },
        }
    };
    Ok(visitor.page(&title(act), "/console/do", &content))
}

fn new_id() -> String {
    uuid::Uuid::now_v7().to_string()
}

fn today() -> String {
    wire::date::show_day(now().utc_day())
}

pub(crate) async fn send(
    State(doors): State<Arc<Doors>>,
    Path(act): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(session) = doors.sessions.of(&headers, &doors.access, now()) else {
        return super::page(super::sign_in::form(&format!("/console/do/{act}"), None));
    };
    let said = Fields::read(std::str::from_utf8(&body).ok());
    if session.form != said.get(FORM) {
        let trouble = Trouble::new(StatusCode::FORBIDDEN, answers::ProblemKind::Forbidden, Why::OtherSession);
        return answered(Err(trouble));
    }
    let visitor = Visitor::of_session(&doors, session);
    answered(sent(&visitor, &act, &said.without(FORM)).await)
}

async fn sent(visitor: &Visitor, act: &str, said: &Fields) -> Result<Markup, Trouble> {
    let fields = fields_of(act)?;
    let command = match command(visitor, act, fields, said) {
        Ok(command) => command,
        Err((field, wrong)) => return filled(visitor, act, said, &html! {}, Some((&field, &wrong))),
    };
    let is_recorded = said.get(DO) == RECORD;
    let delivered = deliver(&visitor.doors, visitor.caller.clone(), command.into(), !is_recorded).await;
    let verdict = match delivered {
        Ok(verdict) => verdict,
        Err(trouble) => return filled(visitor, act, said, &told(&trouble), None),
    };
    if let Some(seq) = verdict.seq {
        visitor.doors.wait_for(seq, visitor.doors.deadline).await;
    }
    let before = became(&verdict, is_recorded);
    let is_done = matches!(verdict.outcome, Outcome::Accepted | Outcome::Duplicate);
    // Another one begins with an id of its own.
    let next = if is_done { Fields::default() } else { said.without(DO) };
    // A refusal that stands in the log has used its id up.
    let next = if verdict.seq.is_some() { next.without(ID) } else { next };
    let field = verdict.facts.get("field").and_then(Value::as_str).unwrap_or_default().to_owned();
    let wrong = verdict.message.as_deref().filter(|_| !field.is_empty()).map(|message| (field.as_str(), message));
    filled(visitor, act, &next, &before, wrong)
}

/// What became of a command, or what would.
fn became(verdict: &Verdict, is_recorded: bool) -> Markup {
    let text = match (verdict.outcome, verdict.code.as_deref()) {
        (Outcome::Duplicate, _) => words::IS_THERE,
        (Outcome::Accepted | Outcome::Tried, Some("held")) => words::IS_HELD,
        (Outcome::Accepted, _) => words::IS_RECORDED,
        (Outcome::Tried, _) => words::WOULD_STAND,
        (Outcome::Refused | Outcome::Invalid | Outcome::Skipped, _) if is_recorded => words::IS_REFUSED,
        (Outcome::Refused | Outcome::Invalid | Outcome::Skipped, _) => words::WOULD_BE_REFUSED,
    };
    html! {
        div.note role="status" {
            p { strong { (text) }
                @if let Some(seq) = verdict.seq { " " a href=(to(&format!("/v1/event?seq={seq}"))) { (words::EVENT) " " (seq) } }
            }
            @if let Some(message) = &verdict.message { p { (message) } }
            @if let Some(hint) = &verdict.hint { p { (hint) } }
            @if let Some(code) = &verdict.code { p { small { (code) } } }
        }
    }
}

/// What a form says, as a command; the field that cannot be read, and why.
fn command(visitor: &Visitor, act: &str, fields: &[Field], said: &Fields) -> Result<String, (String, String)> {
    let mut command = Map::new();
    command.insert("id".into(), said.get(ID).into());
    let party = if visitor.caller == Caller::Operator { said.get(PARTY) } else { visitor.caller.name() };
    command.insert("party".into(), party.into());
    command.insert("effective".into(), said.get(EFFECTIVE).trim().into());
    if !said.get(MAKER).is_empty() {
        command.insert("maker".into(), said.get(MAKER).trim().into());
    }
    command.insert("act".into(), act.into());
    for field in fields {
        let typed = said.get(&field.name).trim();
        if !typed.is_empty() {
            let value = value(&field.kind, typed).map_err(|wrong| (field.name.clone(), wrong))?;
            command.insert(field.name.clone(), value);
        }
    }
    Ok(Value::Object(command).to_string())
}

/// Of several, each stands on a line of its own.
fn value(kind: &Kind, typed: &str) -> Result<Value, String> {
    let Kind::List(piece) = kind else { return text::read(kind, typed) };
    if typed.starts_with('[') {
        return text::read(kind, typed);
    }
    let lines = typed.lines().map(str::trim).filter(|line| !line.is_empty());
    Ok(Value::Array(lines.map(|line| text::read(piece, line)).collect::<Result<_, _>>()?))
}
