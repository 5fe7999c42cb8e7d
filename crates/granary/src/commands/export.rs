//! `granary export`: the history in forms that other programs read.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use books::{Outcome, Seq};
use serde_json::{Map, Value};
use shell::{Exit, Failure};
use wire::date::{show_day, show_moment};
use wire::view::{command_of, show as show_event};

use super::query::{self, Asked};
use crate::cli::{Export, Exported};
use crate::progress;

pub(crate) fn run(args: &Export) -> Result<Exit, Failure> {
    let asked = query::open(&args.dir.dir)?;
    let bar = progress::bar(asked.0.store().head().size(), "exporting");
    let mut out: Box<dyn Write> = match &args.out {
        Some(path) => {
            let made = File::create_new(path).map_err(|error| {
                Failure::new(format!("write `{}`: {error}", path.display())).hint("name a file that is not there yet")
            })?;
            Box::new(BufWriter::new(made))
        }
        None => Box::new(BufWriter::new(io::stdout().lock())),
    };
    match args.what {
        Exported::Events => lines(&asked, &mut out, &bar, |seq, event| {
            serde_json::to_string(&show_event(seq, event, asked.0.books())).map(Some)
        })?,
        Exported::Commands => lines(&asked, &mut out, &bar, |_, event| match &event.outcome {
            // Opening is not a command that anybody can post, and a refusal would only be refused again.
            Outcome::Done(books::Act::Open(_)) | Outcome::Refused(_) => Ok(None),
            _ => serde_json::to_string(&by_id(command_of(event, asked.0.books()), &asked)).map(Some),
        })?,
        Exported::Postings => postings(&asked, &mut out, &bar)?,
    }
    out.flush()?;
    bar.finish_and_clear();
    Ok(Exit::Done)
}

/// A command that names an event names it by its command's id: elsewhere the event has another number.
fn by_id(mut command: Map<String, Value>, asked: &Asked) -> Map<String, Value> {
    for field in ["reverses", "held"] {
        let seq = command.get(field).and_then(Value::as_u64);
        if let Some(event) = seq.and_then(|seq| asked.0.event(Seq(seq)).ok().flatten()) {
            command.insert(field.into(), uuid::Uuid::from_bytes(event.id.0).to_string().into());
        }
    }
    command
}

fn lines(
    asked: &Asked,
    out: &mut dyn Write,
    bar: &indicatif::ProgressBar,
    mut text: impl FnMut(Seq, &books::Event) -> Result<Option<String>, serde_json::Error>,
) -> Result<(), Failure> {
    let mut failed: Option<Failure> = None;
    asked.0.events(Seq(1), |seq, event| {
        bar.inc(1);
        let written = text(seq, &event).map_err(Failure::from).and_then(|text| match text {
            Some(text) => writeln!(out, "{text}").map_err(Failure::from),
            None => Ok(()),
        });
        failed = written.err();
        failed.is_none()
    })?;
    failed.map_or(Ok(()), Err)
}

/// One line for each leg of each entry: what double-entry programs and spreadsheets want.
fn postings(asked: &Asked, out: &mut dyn Write, bar: &indicatif::ProgressBar) -> Result<(), Failure> {
    let books = asked.0.books();
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record([
        "seq",
        "recorded_at",
        "effective",
        "act",
        "lot",
        "material",
        "owner",
        "place",
        "change",
        "unit",
        "basis",
    ])?;
    let mut failed: Option<csv::Error> = None;
    asked.0.events(Seq(1), |seq, event| {
        bar.inc(1);
        let Some(act) = event.outcome.word().filter(|_| event.outcome.is_done()) else { return true };
        for entry in &event.entries {
            for (account, units) in [(entry.source, -entry.quantity.units()), (entry.target, entry.quantity.units())] {
                let key = books.accounts()[account.0 as usize].key;
                let lot = &books.lots()[key.lot.0 as usize].facts;
                let material = &books.materials()[lot.material.0 as usize];
                let row = [
                    seq.to_string(),
                    show_moment(event.recorded_at),
                    show_day(entry.day.unwrap_or(event.effective)),
                    act.to_owned(),
                    lot.code.clone(),
                    material.code.clone(),
                    books.party_code(key.owner).to_owned(),
                    books.place_code(key.place).to_owned(),
                    wire::value::show_number(material, units),
                    material.shown.to_string(),
                    material.basis.to_string(),
                ];
                failed = writer.write_record(&row).err();
                if failed.is_some() {
                    return false;
                }
            }
        }
        true
    })?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    Ok(writer.flush()?)
}
