//! Which fields the query of an address has: one table for all that are no question. What is said where nobody looks for it
//! would be an answer to something else, so it is refused.

use answers::{Problem, shown};

use crate::language::LANG;
use crate::why::Why;

/// The addresses of programs, by what they begin with, and the fields of each.
const PROGRAMS: [(&str, &[&str]); 15] = [
    ("/v1/commands/", &[]),
    ("/v1/commands", &["wait", "dry_run", "deadline_ms"]),
    ("/v1/events", &["from", "deadline_ms"]),
    ("/v1/export/", &[]),
    ("/v1/receipts/", &[]),
    ("/v1/witnesses", &[]),
    ("/v1/facts/", &["since"]),
    ("/v1/import", &[]),
    ("/v1/rebuild", &[]),
    ("/checkpoint", &[]),
    ("/tile/", &[]),
    ("/healthz", &[]),
    ("/readyz", &["for", "within"]),
    ("/metrics", &[]),
    ("/openapi.json", &[]),
];

/// The pages that ask more than one question, or none, with their fields; the others hand theirs on to the question that they
/// show, which refuses what it does not have.
const PAGES: [(&str, &[&str]); 5] = [
    ("/console/balances", &["site", "material", "owner", "first", "last", "class", "days", "known_at"]),
    ("/console/reports", &["party", "as_of"]),
    ("/console/break/", &[]),
    ("/console/lot/", &[]),
    ("/console/material/", &[]),
];

/// Refuses a field of a query that a program's address does not have.
///
/// # Errors
/// `unknown_field`, with the nearest one.
pub(crate) fn of_program(path: &str, query: Option<&str>) -> Result<(), Problem> {
    let known = PROGRAMS.iter().find(|(address, _)| path.starts_with(address));
    known.map_or(Ok(()), |(_, known)| check(path, query, known))
}

/// Refuses a field that a page does not have.
///
/// # Errors
/// `unknown_field`, with the nearest one.
pub(crate) fn of_page(path: &str, query: Option<&str>) -> Result<(), Problem> {
    if ["/", "/console/ask", "/console/do"].contains(&path) {
        return check(path, query, &[]);
    }
    let known = PAGES.iter().find(|(address, _)| path.starts_with(address));
    known.map_or(Ok(()), |(_, known)| check(path, query, known))
}

fn check(path: &str, query: Option<&str>, known: &[&'static str]) -> Result<(), Problem> {
    let is_page = path == "/" || path.starts_with("/console");
    let mut said: Vec<String> = Vec::new();
    for (name, _) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        let text = shown(&name);
        let is_known = known.contains(&name.as_ref()) || (is_page && name == LANG);
        if !is_known {
            let names = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            let meant = wire::nearest(&name, known.iter().copied());
            let why = Why::NoFieldHere { path: shown(path), text: text.clone(), names };
            return Err(Problem::bad_field(&text, why).meaning(meant));
        }
        if said.contains(&text) {
            return Err(Problem::bad_field(&text, answers::Why::SaidTwice { field: text.clone() }));
        }
        said.push(text);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_an_address_does_not_have_is_refused_with_the_nearest() {
        let told = |path: &str, query: &str| {
            of_program(path, Some(query)).err().map(|problem| (problem.code, problem.field, problem.meant))
        };
        let unknown = |field: &str, meant: Option<&str>| {
            Some(("unknown_field".to_owned(), Some(field.to_owned()), meant.map(Into::into)))
        };
        assert_eq!(told("/v1/commands", "wait=recorded&deadline_ms=5"), None);
        assert_eq!(told("/v1/commands", "wiat=recorded"), unknown("wiat", Some("wait")));
        assert_eq!(told("/v1/export/events", "from=2026-01-01"), unknown("from", None));
        assert_eq!(told("/v1/receipts/12", "format=json"), unknown("format", None));
        assert_eq!(
            told("/v1/commands", "wait=received&wait=recorded").map(|told| told.0).as_deref(),
            Some("bad_field")
        );
        assert_eq!(told("/v1/positions", "colour=red"), None, "a question says it itself");
        assert!(of_page("/console/reports", Some("party=A&lang=en")).is_ok());
        assert!(of_page("/console/reports", Some("partie=A")).is_err() && of_page("/", Some("x=1")).is_err());
    }
}
