//! `granary ask`: any question, at a folder or a server, as a table, JSON, CSV or Parquet.

use std::io::{self, IsTerminal as _};

use answers::ask::Positions;
use answers::{AnyAnswer, Entry, Given, Question as _};
use serde_json::{Map, Value};
use shell::{Exit, Failure};

use super::query;
use crate::cli::Dir;
use crate::cli::table::Asking;
use crate::output::{Format, Written};

/// Asks, and prints the answer.
pub(crate) fn run(asking: &Asking) -> Result<Exit, Failure> {
    let Asking { question, request, list, dir, shown } = asking;
    let format = shown.format;
    let mut written = Written::begin(format)?;
    if question.name == Positions::NAME {
        let is_all = positions(dir, request, format, &mut |part| written.part(part, *list))?;
        written.end()?;
        if !is_all {
            eprintln!("\nsome lines stay in their own basis: no assay states their lots as asked");
        }
        return Ok(Exit::Done);
    }
    let mut request = request.clone();
    // Who reads at a terminal wants what happened last; a file begins at the beginning.
    if question.name == "history" && format.is_table() && io::stdout().is_terminal() && !request.contains_key("from") {
        request.entry("newest").or_insert(true.into());
    }
    written.part(&*answer(dir, question, &request)?, *list)?;
    written.end()?;
    Ok(Exit::Done)
}

/// The answer of the ledger, wherever it is.
pub(crate) fn answer(dir: &Dir, question: &Entry, request: &Map<String, Value>) -> Result<Box<dyn AnyAnswer>, Failure> {
    query::find(dir)?.ask_named(question, request)
}

/// Positions, part by part as far as the format can be written so; says whether every line is in the basis asked for.
fn positions(
    dir: &Dir,
    request: &Map<String, Value>,
    format: Format,
    write: &mut dyn FnMut(&Given<Positions>) -> Result<(), Failure>,
) -> Result<bool, Failure> {
    let question: Positions = answers::parse(request.clone().into()).map_err(query::failure)?;
    let is_one = question.limit.is_some() || question.page.is_some();
    let mut is_all = true;
    let mut see = |part: &Given<Positions>| {
        let is_other = |basis: &String| part.answer.positions.iter().any(|position| position.basis != *basis);
        is_all &= !question.basis.as_ref().is_some_and(is_other);
        write(part)
    };
    match format {
        Format::Csv | Format::Parquet if !is_one => query::each_part(dir, &question, &mut |mut part| {
            // The next part is on its way.
            part.answer.next = None;
            see(&part).map(|()| true)
        })?,
        Format::Json if !is_one => see(&query::all_positions(dir, &question)?)?,
        Format::Csv | Format::Parquet | Format::Json | Format::Table | Format::Wide | Format::Vertical => {
            see(&query::find(dir)?.ask(&question)?)?;
        }
    }
    Ok(is_all)
}
