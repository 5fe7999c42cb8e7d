//! `granary import`: a table or list by a declared mapping, with a verdict for every line.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};

use ingest::{Mapping, Reading, SHIPPED, Step};
use ledger::{Ledger, Options};
use shell::{Exit, Failure};
use wire::verdict::{Outcome, Verdict};

use super::courier::{Courier, Label, invalid};
use super::query::opening;
use crate::cli::Import;
use crate::output::Format;
use crate::progress;

/// How a load went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) accepted: u64,
    pub(crate) duplicate: u64,
    pub(crate) refused: u64,
    pub(crate) invalid: u64,
    pub(crate) nothing: u64,
    pub(crate) rounding: u64,
    pub(crate) differs: u64,
}

pub(crate) fn run(args: &Import) -> Result<Exit, Failure> {
    if args.list {
        for (name, text) in SHIPPED {
            let mapping = Mapping::parse(text)?;
            println!("{name:20} {}", mapping.source);
        }
        return Ok(Exit::Done);
    }
    let (Some(mapping), Some(file)) = (&args.mapping, &args.file) else {
        return Err(Failure::wrong_use("name a mapping and a file")
            .hint("`granary import --list` shows the mappings that come with the program"));
    };
    let mapping = read_mapping(mapping)?;
    let input: Box<dyn Read> = match file.to_str() {
        Some("-") => Box::new(io::stdin().lock()),
        _ => Box::new(File::open(file).map_err(|error| Failure::new(format!("read `{}`: {error}", file.display())))?),
    };
    let dir = &args.dir.dir;
    let ledger = Ledger::open(dir, &Options::default()).map_err(|error| opening(dir, error))?;
    let mut out = BufWriter::new(io::stdout().lock());
    let is_json = args.shown.format != Format::Table;
    let tally = load(&ledger, mapping, input, |verdict| {
        if is_json {
            serde_json::to_writer(&mut out, &verdict)?;
            out.write_all(b"\n")?;
        } else if verdict.outcome == Outcome::Refused || verdict.outcome == Outcome::Invalid {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            let line = verdict.line.unwrap_or_default();
            let column = verdict.column.as_ref().filter(|column| !column.is_empty());
            let column = column.map(|column| format!(", column `{column}`")).unwrap_or_default();
            writeln!(out, "line {line}{column}: {}", text(&verdict.message))?;
            writeln!(out, "  hint: {}", text(&verdict.hint))?;
        }
        Ok(())
    })?;
    ledger.close()?;
    if is_json {
        out.flush()?;
    } else {
        summary(&mut out, &tally)?;
    }
    Ok(if tally.refused + tally.invalid > 0 { Exit::Refused } else { Exit::Done })
}

fn summary(out: &mut impl Write, tally: &Tally) -> Result<(), Failure> {
    let Tally { accepted, duplicate, refused, invalid, nothing, rounding, differs } = tally;
    writeln!(out, "accepted {accepted}, loaded before {duplicate}, refused {refused}, unreadable {invalid}")?;
    writeln!(out, "figures without a movement: {nothing}")?;
    writeln!(out, "lines whose parts do not add up: {rounding} by rounding, {differs} by more")?;
    Ok(out.flush()?)
}

/// A mapping by its shipped name, or from a file.
pub(crate) fn read_mapping(name: &str) -> Result<Mapping, Failure> {
    if let Some(text) = ingest::shipped(name) {
        return Ok(Mapping::parse(text)?);
    }
    let text = fs::read_to_string(name).map_err(|error| {
        Failure::new(format!("read the mapping `{name}`: {error}"))
            .hint("name a shipped mapping (`granary import --list`) or a file")
    })?;
    Ok(Mapping::parse(&text)?)
}

/// Loads a source; `say` is given every verdict on something posted or unreadable.
pub(crate) fn load(
    ledger: &Ledger,
    mapping: Mapping,
    input: impl Read,
    mut say: impl FnMut(Verdict) -> Result<(), Failure>,
) -> Result<Tally, Failure> {
    let items = Reading::new(mapping).read(input)?;
    let bar = progress::bar(items.len() as u64, "importing");
    let mut tally = Tally::default();
    let mut posted = Tally::default();
    let mut land = |verdict: Verdict| {
        match verdict.outcome {
            Outcome::Accepted => posted.accepted += 1,
            Outcome::Duplicate => posted.duplicate += 1,
            // Two sources may register the same party: what is there stays.
            Outcome::Refused if verdict.line == Some(0) && verdict.code.as_deref() == Some("already_registered") => {
                posted.duplicate += 1;
                return Ok(());
            }
            Outcome::Refused => posted.refused += 1,
            Outcome::Invalid => posted.invalid += 1,
        }
        say(verdict)
    };
    let mut courier = Courier::new(ledger);
    for item in items {
        let label = Label { line: item.line, column: Some(item.column) };
        match item.step {
            Step::Post(command) => courier.post(label, *command, &mut land)?,
            Step::Unreadable(malformed) => courier.note(invalid(label, &malformed)),
            Step::Nothing(_) => tally.nothing += 1,
            Step::Differs { is_rounding: true, .. } => tally.rounding += 1,
            Step::Differs { .. } => tally.differs += 1,
        }
        bar.inc(1);
    }
    courier.settle(&mut land)?;
    bar.finish_and_clear();
    let Tally { accepted, duplicate, refused, invalid, .. } = posted;
    Ok(Tally { accepted, duplicate, refused, invalid, ..tally })
}
