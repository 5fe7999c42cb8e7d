//! `granary ask`: any question, at a folder or a server, as a table, JSON, CSV or Parquet.

use std::io::{self, IsTerminal as _};

use answers::table::Extent;
use answers::{AnyAnswer, Entry};
use serde_json::{Map, Value};
use shell::{Exit, Failure};

use super::query;
use crate::cli::Dir;
use crate::cli::table::Asking;
use crate::output::Written;

/// Asks, and prints the answer. Nobody who reads a file goes on asking, so that what programs read goes on to the end, unless
/// a part was asked for.
pub(crate) fn run(asking: &Asking) -> Result<Exit, Failure> {
    let Asking { question, request, list, dir, shown } = asking;
    let format = shown.format;
    let mut written = Written::begin(format)?;
    let mut request = request.clone();
    // Who reads at a terminal wants what happened last; a file begins at the beginning.
    if question.name == "history" && format.is_table() && io::stdout().is_terminal() && !request.contains_key("from") {
        request.entry("newest").or_insert(true.into());
    }
    let is_followed = !format.is_table() && !["limit", "page"].iter().any(|field| request.contains_key(*field));
    let place = query::find(dir)?;
    loop {
        let part = place.ask_named(question, &request)?;
        let next = match part.table().extent {
            Extent::Page { next: (field, value), .. } if is_followed => Some((field, value)),
            Extent::Page { .. } | Extent::Whole => None,
        };
        written.part(&*part, list.is_some(), next.is_none())?;
        let Some((field, value)) = next else { break };
        let more = question.request_from_pairs([(field, value.as_str())]).map_err(query::failure)?;
        request.extend(more.as_object().into_iter().flatten().map(|(field, value)| (field.clone(), value.clone())));
    }
    written.end()?;
    Ok(Exit::Done)
}

/// The answer of the ledger, wherever it is.
pub(crate) fn answer(dir: &Dir, question: &Entry, request: &Map<String, Value>) -> Result<Box<dyn AnyAnswer>, Failure> {
    query::find(dir)?.ask_named(question, request)
}
