//! What one load brought, taken back: a reversal of each of its movements that still stands, the last one first.

use answers::{Problem, Source};
use books::acts::record_load::{RecordLoad, Run};
use books::{Act, Event, Outcome, Seq};
use serde_json::json;
use uuid::Uuid;
use wire::Command;

use crate::identity::undoing;
use crate::load::{Origin, hex};
use crate::reading::{Item, Step, Why};

/// Events behind a load that are looked through for the other parts of its record.
const PARTS_WITHIN: u64 = 10_000;

/// The reversals that take a load back, each with the line of what it reverses, and what the undoing is recorded as. What
/// was reversed since, by whomever, stays as it is.
///
/// # Errors
/// When there is no such load, or the log cannot be read.
pub fn undo(source: &dyn Source, load: u64) -> Result<(Vec<Item>, Origin), Problem> {
    let (first, runs) = record(source, load)?;
    let whose = answers::read(source, |view| view.books().party(first.whose).code.clone());
    let origin = Origin {
        whose: whose.clone(),
        file: first.file.clone(),
        sha256: hex(&first.file_hash.0),
        mapping: first.mapping.clone(),
        mapping_sha256: hex(&first.mapping_hash.0),
        undoes: Some(load),
    };
    let mut items = Vec::new();
    for run in runs.iter().rev() {
        for seq in (run.first..run.first + u64::from(run.count)).rev() {
            let line = run.line_of(seq).unwrap_or_default();
            let Some(event) = source.event(Seq(seq))? else { continue };
            items.push(Item {
                line,
                also: Vec::new(),
                column: String::new(),
                step: step(source, seq, &event, &whose, load)?,
            });
        }
    }
    Ok((items, origin))
}

/// The record of a load, and all its runs.
fn record(source: &dyn Source, load: u64) -> Result<(RecordLoad, Vec<Run>), Problem> {
    let is_none = || Problem::unknown("load", &load.to_string());
    let act = |event: &Event| match &event.outcome {
        Outcome::Done(Act::RecordLoad(act)) => Some((**act).clone()),
        Outcome::Done(_) | Outcome::Held(_) | Outcome::Refused(_) | Outcome::Moved(..) => None,
    };
    let first = source.event(Seq(load))?.as_ref().and_then(act).ok_or_else(is_none)?;
    if let Some(before) = first.continues {
        return record(source, before);
    }
    let mut runs = first.moved.clone();
    source.events(Seq(load + 1), &mut |seq, event| {
        let part = act(&event).filter(|part| part.continues == Some(load));
        runs.extend(part.into_iter().flat_map(|part| part.moved));
        seq.0 < load + PARTS_WITHIN
    })?;
    Ok((first, runs))
}

fn step(source: &dyn Source, seq: u64, event: &Event, whose: &str, load: u64) -> Result<Step, Problem> {
    if !event.outcome.is_done() || event.entries.is_empty() {
        return Ok(Step::Nothing(Why::Rule("moved_nothing")));
    }
    if let Some(by) = answers::read(source, |view| view.books().reversed_by(Seq(seq))) {
        return Ok(Step::Nothing(Why::ByHand(by.0)));
    }
    let command = json!({
        "id": free(source, seq, whose)?, "party": whose, "effective": wire::date::show_day(event.effective), "act": "correct",
        "reverses": seq, "reason": format!("load {load} is undone"),
    });
    Ok(match Command::from_json(command.to_string().as_bytes()) {
        Ok(command) => Step::Post { command: Box::new(command), is_revision: false },
        Err(malformed) => Step::Unreadable(Box::new(malformed)),
    })
}

/// The first id of a reversal under which nothing came yet.
fn free(source: &dyn Source, seq: u64, whose: &str) -> Result<Uuid, Problem> {
    let party = answers::read(source, |view| view.books().party_no(whose));
    let mut attempt = 0;
    loop {
        let id = undoing(seq, attempt);
        if source.find(books::CommandId(id.into_bytes()), party)?.is_none() {
            return Ok(id);
        }
        attempt += 1;
    }
}
