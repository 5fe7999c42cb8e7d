//! `granary import`: a table or list by a declared mapping, with a verdict for every line; into a folder, or at a server.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};

use answers::Viewer;
use ingest::{Mapping, Reading, SHIPPED, known};
use ledger::{Ledger, Opened, Options, SystemClock};
use shell::{Exit, Failure};
use web::Tally;
use wire::verdict::{Outcome, Verdict};

use super::courier::{Courier, Desk};
use super::query::{failure, opening, server_of};
use crate::cli::{Dir, Import};
use crate::client::Client;
use crate::opened_view::OpenedView;
use crate::progress;

pub(crate) fn run(args: &Import) -> Result<Exit, Failure> {
    if args.list {
        return list(args.mapping.as_deref());
    }
    let (Some(name), Some(file)) = (&args.mapping, &args.file) else {
        return Err(Failure::wrong_use("name a mapping and a file")
            .hint("`granary import --list` shows the mappings that come with the program"));
    };
    let text = mapping_text(name)?;
    let mapping = Mapping::parse(&text)?;
    let mut input: Box<dyn Read> = match file.to_str() {
        Some("-") => Box::new(io::stdin().lock()),
        _ => Box::new(File::open(file).map_err(|error| Failure::new(format!("read `{}`: {error}", file.display())))?),
    };
    let mut out = BufWriter::new(io::stdout().lock());
    let is_json = !args.shown.format.is_table();
    let say = |verdict: Verdict| {
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
    };
    let tally = match place(&args.dir)? {
        Place::Folder(opened) => load(*opened, mapping, input, say)?,
        Place::Server(client) => {
            let mut source = String::new();
            input.read_to_string(&mut source)?;
            at_server(&client, &text, &source, say)?
        }
    };
    if is_json {
        out.flush()?;
    } else {
        summary(&mut out, &tally)?;
    }
    Ok(if tally.is_whole() { Exit::Done } else { Exit::Refused })
}

/// Where the ledger is: in a folder that nobody holds, or at a server.
enum Place {
    /// Opened: nobody can record anything between what is known and what is posted.
    Folder(Box<Opened>),
    /// The server that is named, or that holds the folder.
    Server(Client),
}

fn place(dir: &Dir) -> Result<Place, Failure> {
    if let Some(url) = &dir.server {
        return Ok(Place::Server(Client::new(url)));
    }
    match Opened::open(&dir.dir, &Options::default()) {
        Ok(opened) => Ok(Place::Folder(Box::new(opened))),
        Err(error) => match server_of(&error) {
            Some(url) => Ok(Place::Server(Client::new(url))),
            None => Err(opening(&dir.dir, error)),
        },
    }
}

/// What can be loaded; with a mapping, its text, to be copied and changed.
fn list(mapping: Option<&str>) -> Result<Exit, Failure> {
    let mut out = io::stdout().lock();
    if let Some(name) = mapping {
        out.write_all(mapping_text(name)?.as_bytes())?;
        return Ok(Exit::Done);
    }
    for (name, text) in SHIPPED {
        writeln!(out, "{name:20} {}", Mapping::parse(text)?.source)?;
    }
    let copy = "granary import --list --mapping us-crude-weekly > my.toml";
    writeln!(out, "To make your own, copy one with `{copy}`; the manual is crates/ingest/mappings/README.md")?;
    Ok(Exit::Done)
}

fn summary(out: &mut impl Write, tally: &Tally) -> Result<(), Failure> {
    let Tally { accepted, duplicate, refused, invalid, nothing, revised, rounding, differs } = tally;
    writeln!(out, "accepted {accepted}, loaded before {duplicate}, refused {refused}, unreadable {invalid}")?;
    writeln!(out, "figures without a movement: {nothing}, revised: {revised}")?;
    writeln!(out, "lines whose parts do not add up: {rounding} by rounding, {differs} by more")?;
    Ok(out.flush()?)
}

/// The text of a mapping by its shipped name, or of a file.
fn mapping_text(name: &str) -> Result<String, Failure> {
    match ingest::shipped(name) {
        Some(text) => Ok(text.to_owned()),
        None => fs::read_to_string(name).map_err(|error| {
            Failure::new(format!("read the mapping `{name}`: {error}"))
                .hint("name a shipped mapping (`granary import --list`) or a file")
        }),
    }
}

/// Has a server read the source against its live books; `say` is given every verdict as it comes.
fn at_server(
    client: &Client,
    mapping: &str,
    source: &str,
    mut say: impl FnMut(Verdict) -> Result<(), Failure>,
) -> Result<Tally, Failure> {
    let bar = progress::counter("importing");
    let mut tally = None;
    client.import(mapping, source, &mut |line| {
        let value: serde_json::Value = serde_json::from_str(line)?;
        if let Some(summary) = value.get("import") {
            tally = Some(serde_json::from_value(summary.clone())?);
        } else if let Some(problem) = value.get("problem") {
            let text = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
            return Err(Failure::new(text("detail")).hint(text("hint")));
        } else {
            bar.inc(1);
            say(serde_json::from_value(value)?)?;
        }
        Ok(())
    })?;
    bar.finish_and_clear();
    tally.ok_or_else(|| Failure::new("the server broke off").hint("import the same again: nothing is recorded twice"))
}

/// Loads a source into a folder; `say` is given every verdict on something posted or unreadable.
pub(crate) fn load(
    opened: Opened,
    mapping: Mapping,
    input: impl Read,
    mut say: impl FnMut(Verdict) -> Result<(), Failure>,
) -> Result<Tally, Failure> {
    let view = OpenedView { opened: &opened, viewer: Viewer::Operator };
    let known = known(&view, &mapping).map_err(failure)?;
    let items = Reading::new(mapping, known).read(input)?;
    let ledger = Ledger::start(opened, Box::new(SystemClock))?;
    let bar = progress::bar(items.len() as u64, "importing");
    let mut tally = Tally::default();
    let mut posted = Tally::default();
    let mut land = |verdict: Verdict| if posted.count(&verdict) { say(verdict) } else { Ok(()) };
    let mut courier = Courier::new(Desk::Ledger(&ledger));
    for item in items {
        match tally.take(item) {
            Some((label, Ok(command))) => courier.post(label, *command, &mut land)?,
            Some((label, Err(malformed))) => courier.note(label, &malformed),
            None => {}
        }
        bar.inc(1);
    }
    courier.settle(&mut land)?;
    bar.finish_and_clear();
    ledger.close()?;
    let Tally { accepted, duplicate, refused, invalid, .. } = posted;
    Ok(Tally { accepted, duplicate, refused, invalid, ..tally })
}
