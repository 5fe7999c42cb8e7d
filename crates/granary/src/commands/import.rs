//! `granary import`: a table or list by a declared mapping, with a verdict for every line; into a folder, or at a server.

mod guess;
mod loads;
mod rejects;
mod told;

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;

use answers::Viewer;
use ingest::{Due, Load, Mapping, Origin, Reading, ReadingError, Recorded, SHIPPED, Taking, Tally};
use ledger::{Ledger, Opened, Options, SystemClock};
use serde_json::{Value, json};
use shell::{Exit, Failure};
use wire::slots::Label;
use wire::verdict::Verdict;

use self::told::Told;
use super::courier::{Courier, Desk};
use super::query::{failure, opening, server_of};
use crate::cli::{Dir, Import};
use crate::client::Client;
use crate::opened_view::OpenedView;
use crate::progress;

pub(crate) fn run(args: &Import) -> Result<Exit, Failure> {
    if let Some(loads) = &args.loads {
        return loads::run(loads);
    }
    if args.list {
        return list(args.mapping.as_deref());
    }
    let file = args.file.as_ref();
    if let (true, Some(file)) = (args.guess, file) {
        return guess::run(args, file, &read(file)?);
    }
    let (Some(name), Some(file)) = (&args.mapping, file) else {
        return Err(Failure::wrong_use("name a mapping and a file").hint(
            "`granary import --list` shows the mappings that come with the program, `--guess FILE` proposes one, and \
             `granary import list` shows what was loaded",
        ));
    };
    let mut text = mapping_text(name)?;
    if let Some(day) = &args.date {
        text = ingest::dated(&text, day)?;
    }
    let mapping = Mapping::parse(&text)?;
    let source = read(file)?;
    let taking = match (args.dry_run, args.lines) {
        (true, _) => Taking::Nothing,
        (false, true) => Taking::Lines,
        (false, false) => Taking::All,
    };
    let mut told = Told::begin(args.shown.format, taking, &mapping, args.rejects.is_some());
    let say = |verdict: Verdict| told.say(verdict);
    let tally = match place(&args.dir)? {
        Place::Folder(opened) => {
            let origin = Origin::new(&mapping, file.to_str(), &source);
            load(*opened, (&mapping, &source), taking, Some(origin), say)?
        }
        Place::Server(client) => {
            let mut body = json!({ "mapping": text, "file": file.to_str(), "take": taking });
            match std::str::from_utf8(&source) {
                Ok(text) => body["source"] = text.into(),
                Err(_) => body["source_base64"] = data_encoding::BASE64.encode(&source).into(),
            }
            at_server(&client, &body, say)?
        }
    };
    if let Some(path) = &args.rejects {
        rejects::write(path, &source, &mapping, told.failed())?;
    }
    told.end(&tally)?;
    Ok(if tally.is_whole() { Exit::Done } else { Exit::Refused })
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    if file.to_str() == Some("-") {
        let mut source = Vec::new();
        io::stdin().lock().read_to_end(&mut source)?;
        return Ok(source);
    }
    fs::read(file).map_err(|error| Failure::new(format!("read `{}`: {error}", file.display())))
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
            Some(url) => Ok(Place::Server(Client::holding(&dir.dir, url))),
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
        writeln!(out, "{name:22} {}", ingest::about(text))?;
    }
    let copy = "granary import --list --mapping us-crude-weekly > my.toml";
    writeln!(out, "To make your own, copy one with `{copy}`; the manual is crates/ingest/mappings/README.md")?;
    Ok(Exit::Done)
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
    body: &Value,
    mut say: impl FnMut(Verdict) -> Result<(), Failure>,
) -> Result<Tally, Failure> {
    let bar = progress::counter("importing");
    let mut tally = None;
    client.import(body, &mut |line| {
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

/// Loads a source into a folder; `say` is given every verdict, and one for each line that moves nothing.
pub(crate) fn load(
    opened: Opened,
    (mapping, source): (&Mapping, &[u8]),
    taking: Taking,
    origin: Option<Origin>,
    say: impl FnMut(Verdict) -> Result<(), Failure>,
) -> Result<Tally, Failure> {
    let view = OpenedView { opened: &opened, viewer: Viewer::Operator };
    let recorded = Recorded::new(&view, &mapping.party);
    let items = Reading::new(mapping.clone(), &recorded).read(source).map_err(|error| match error {
        ReadingError::Source(error) => error.into(),
        ReadingError::Books(problem) => failure(problem),
    })?;
    let load = Load::plan(items, &view, taking, origin).map_err(failure)?;
    carried(opened, load, say)
}

/// Posts what a load says, and behind it the record of the load.
fn carried(opened: Opened, load: Load, mut say: impl FnMut(Verdict) -> Result<(), Failure>) -> Result<Tally, Failure> {
    let bar = progress::bar(load.len() as u64, "importing");
    let ledger = Ledger::start(opened, Box::new(SystemClock))?;
    let (mut reckoning, items) = load.begin();
    let mut courier = Courier::new(Desk::Ledger(&ledger));
    let mut landed = Vec::new();
    for item in items {
        let due = reckoning.take(item);
        let mut land = |verdict: Verdict| {
            landed.push(verdict);
            Ok(())
        };
        match due {
            Due::Post(label, command) => courier.post(label, *command, &mut land)?,
            Due::Told(verdict) => courier.tell(*verdict),
            Due::Nothing => {}
        }
        for verdict in landed.drain(..) {
            if reckoning.count(&verdict) {
                say(verdict)?;
            }
        }
        bar.inc(1);
    }
    courier.settle(&mut |verdict| if reckoning.count(&verdict) { say(verdict) } else { Ok(()) })?;
    while let Some(command) = reckoning.record() {
        courier.post(Label::default(), command, &mut |_| Ok(()))?;
        courier.settle(&mut |verdict| {
            reckoning.recorded(&verdict);
            Ok(())
        })?;
    }
    bar.finish_and_clear();
    ledger.close()?;
    let (tally, rest) = reckoning.end();
    rest.into_iter().try_for_each(say)?;
    Ok(tally)
}
