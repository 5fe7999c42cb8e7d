//! `granary ask`: any question, at a folder or a server, as a table, JSON or CSV.

use std::io::{self, IsTerminal as _};

use answers::ask::PositionsAnswer;
use answers::ask::reconcile::{BreakDetail, ReconciliationAnswer};
use answers::{AnyAnswer, Budget, Entry, Question};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use shell::{Exit, Failure};

use super::query::{self, Place};
use super::reconcile;
use crate::cli::Dir;
use crate::cli::table::Asking;
use crate::output::{self, Format};

/// Asks, and prints the answer.
pub(crate) fn run(asking: &Asking) -> Result<Exit, Failure> {
    let Asking { question, request, list, dir, shown } = asking;
    let format = shown.format;
    let mut request = request.clone();
    // Who reads at a terminal wants what happened last; a file begins at the beginning.
    if question.name == "history" && format.is_table() && io::stdout().is_terminal() && !request.contains_key("from") {
        request.entry("newest").or_insert(true.into());
    }
    let request = &request;
    let answer = answer(dir, question, request)?;
    match question.name {
        // Counts come before what has to be explained.
        "reconciliation" if format.is_table() => {
            let with_flagged = request.get("include_flagged") == Some(&Value::Bool(true));
            return reconcile::told(&typed::<ReconciliationAnswer>(&*answer)?, with_flagged, format);
        }
        // Two lists: its sides, and what was done about it.
        "break" if format.is_table() => {
            return reconcile::told_break(&typed::<<BreakDetail as Question>::Answer>(&*answer)?, format);
        }
        // A text, and nothing else.
        "report_text" if format != Format::Json => {
            let said: Value = typed(&*answer)?;
            return reconcile::print(said["text"].as_str().unwrap_or_default());
        }
        _ => output::any(format, &*answer, *list)?,
    }
    if let ("positions", Some(Value::String(basis))) = (question.name, request.get("basis")) {
        let found = typed::<PositionsAnswer>(&*answer)?.positions;
        if found.iter().any(|position| position.basis != *basis) {
            eprintln!("\nsome lines stay in their own basis: no assay states their lots as asked");
        }
    }
    Ok(Exit::Done)
}

/// The answer of the ledger, wherever it is. Positions come part by part, so that no part is large where it is made.
pub(crate) fn answer(dir: &Dir, question: &Entry, request: &Map<String, Value>) -> Result<Box<dyn AnyAnswer>, Failure> {
    let place = query::find(dir)?;
    let ask = |request: &Map<String, Value>| match &place {
        Place::Folder(asked) => question
            .ask(request.clone().into(), &asked.view(), Budget::NONE)
            .map(|(_, answer)| answer)
            .map_err(query::failure),
        Place::Server(client) => client.ask_named(question, request),
    };
    let first = ask(request)?;
    let is_in_parts =
        question.name == "positions" && !["limit", "page"].iter().any(|field| request.contains_key(*field));
    if !is_in_parts {
        return Ok(first);
    }
    let mut all: Parts = typed(&*first)?;
    let mut rest = request.clone();
    // What is recorded meanwhile is not in it: all parts are of one state of knowledge.
    rest.insert("known_at".into(), all.answer.known_at.into());
    while let Some(next) = all.answer.next.take() {
        rest.insert("page".into(), next.into());
        let part: PositionsAnswer = typed(&*ask(&rest)?)?;
        all.answer.positions.extend(part.positions);
        all.answer.next = part.next;
    }
    Ok(question.read(&serde_json::to_vec(&all)?)?)
}

/// Parts of an answer, put together as rows: as JSON they would take ten times the memory.
#[derive(Serialize, Deserialize)]
struct Parts {
    #[serde(flatten)]
    answer: PositionsAnswer,
    #[serde(skip_serializing_if = "Option::is_none")]
    seen_by: Option<String>,
}

fn typed<A: DeserializeOwned>(answer: &dyn AnyAnswer) -> Result<A, Failure> {
    Ok(serde_json::from_slice(&answer.to_json()?)?)
}
