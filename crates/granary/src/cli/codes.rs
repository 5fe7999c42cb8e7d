//! Codes of a ledger, for whoever types: offered when a shell completes an option, and the nearest where one is misspelt.
//!
//! They are asked for as any other question is. A ledger that cannot be read offers nothing.

use std::ffi::OsStr;

use clap::Arg;
use clap_complete::{ArgValueCompleter, CompletionCandidate};
use serde_json::{Map, Value, json};
use wire::form::{Field, Kind};

use super::Dir;

use crate::commands::answer;

/// Where codes stand: a question, what is asked, the list of the answer, and the field of its lines.
type Source = (&'static str, &'static [(&'static str, &'static str)], &'static str, &'static str);

const fn listed(what: &'static [(&'static str, &'static str)]) -> Source {
    ("list", what, "lines", "code")
}

const PARTIES: Source = listed(&[("what", "parties")]);
const SITES: Source = listed(&[("what", "sites")]);
const MATERIALS: Source = listed(&[("what", "materials")]);
const LOTS: Source = listed(&[("what", "lots")]);

/// The codes that stand in a field of this name, in a question or an act.
fn source(field: &str) -> Option<Source> {
    Some(match field {
        "party" | "owner" | "new_owner" | "member" | "new_member" | "holder" | "new_holder" | "custodian"
        | "secretariat" | "beneficiary" | "borrower" | "buyer" | "keeper" | "sender" | "receiver" | "requester"
        | "whose" | "against" => PARTIES,
        "site" | "place" | "target" | "pool" => SITES,
        "material" => MATERIALS,
        "lot" => LOTS,
        "reserve" => listed(&[("what", "reserves")]),
        "call" => listed(&[("what", "calls")]),
        "order" => listed(&[("what", "orders")]),
        "encumbrance" | "under" => listed(&[("what", "encumbrances")]),
        "authority" => listed(&[("what", "authorities")]),
        "dispatch" => listed(&[("what", "dispatches")]),
        "loan" => listed(&[("what", "loans")]),
        "held" => ("list", &[("what", "held")], "lines", "event"),
        "number" => ("breaks", &[], "breaks", "code"),
        _ => return None,
    })
}

/// Offers the codes of the ledger for a field, where it holds one.
pub(crate) fn complete(arg: Arg, field: &Field) -> Arg {
    match (&field.kind, source(&field.name)) {
        (Kind::Text | Kind::NumberOrText, Some(source)) => offering(arg, source),
        _ => arg,
    }
}

/// Offers the parties of the ledger.
pub(crate) fn complete_party(arg: Arg) -> Arg {
    offering(arg, PARTIES)
}

/// The same, for an option that is declared.
pub(crate) fn parties() -> ArgValueCompleter {
    completer(PARTIES)
}

fn offering(arg: Arg, source: Source) -> Arg {
    arg.add(completer(source))
}

fn completer(source: Source) -> ArgValueCompleter {
    ArgValueCompleter::new(move |typed: &OsStr| {
        let typed = typed.to_string_lossy();
        let codes = codes(&dir_of(std::env::args()), source);
        codes.into_iter().filter(|code| code.starts_with(&*typed)).map(CompletionCandidate::new).collect()
    })
}

/// The ledger that a line under way names.
fn dir_of(args: impl Iterator<Item = String>) -> Dir {
    let args: Vec<String> = args.collect();
    let said = |option: &str| {
        let with = format!("{option}=");
        let after = args.iter().position(|arg| arg == option).and_then(|place| args.get(place + 1));
        after.cloned().or_else(|| args.iter().find_map(|arg| arg.strip_prefix(&with).map(str::to_owned)))
    };
    let or_env = |option, name| said(option).or_else(|| std::env::var(name).ok());
    let dir = or_env("--dir", "GRANARY_DIR").unwrap_or_else(|| "ledger".to_owned());
    Dir { dir: dir.into(), server: or_env("--server", "GRANARY_SERVER") }
}

fn codes(dir: &Dir, (question, request, list, field): Source) -> Vec<String> {
    let request: Map<String, Value> = request.iter().map(|(name, word)| ((*name).to_owned(), json!(word))).collect();
    let found = answers::find(question).and_then(|question| answer(dir, question, &request).ok());
    let found = found.and_then(|answer| serde_json::from_slice::<Value>(&answer.to_json().ok()?).ok());
    let Some(Value::Array(lines)) = found.map(|mut answer| answer[list].take()) else { return Vec::new() };
    let code = |line: &Value| match &line[field] {
        Value::String(code) => Some(code.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    lines.iter().filter_map(code).collect()
}

/// What was meant, where a field of a refused act holds no code of the ledger but nearly one.
pub(crate) fn meant(dir: &Dir, refusal: &str, fields: &Map<String, Value>, poster: &str) -> Option<String> {
    let kind = refusal.strip_prefix("unknown_")?;
    let mut said = vec![("party", poster)];
    gather(fields, &mut said);
    let said = said.into_iter().filter(|(name, _)| *name == kind || kind == "party" && source(name) == Some(PARTIES));
    let known = codes(dir, source(kind)?);
    let mut wrong = said.map(|(_, code)| code).filter(|code| known.iter().all(|known| known != code));
    wrong.find_map(|code| wire::nearest(code, known.iter().map(String::as_str))).map(str::to_owned)
}

fn gather<'f>(fields: &'f Map<String, Value>, said: &mut Vec<(&'f str, &'f str)>) {
    for (name, value) in fields {
        match value {
            Value::String(text) => said.push((name, text)),
            Value::Object(fields) => gather(fields, said),
            Value::Array(pieces) => pieces.iter().filter_map(Value::as_object).for_each(|fields| gather(fields, said)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}
