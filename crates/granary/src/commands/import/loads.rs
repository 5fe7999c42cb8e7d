//! `granary import list`, `show`, `trace` and `undo`: what was loaded, which line a movement came from, and a load taken back.

use std::collections::BTreeMap;

use answers::Viewer;
use answers::ask::History;
use ingest::{Load, Taking, Tally};
use ledger::Opened;
use serde::Serialize;
use serde_json::{Value, json};
use shell::{Exit, Failure};
use wire::acts::{LoadedRun, RecordLoad};
use wire::verdict::Verdict;

use super::told::Told;
use super::{Place, at_server, carried, place};
use crate::cli::{Dir, Loads};
use crate::commands::query::{each_event, failure};
use crate::opened_view::OpenedView;
use crate::output::{Align, Column, Format, Grid, show};

/// A load, with all parts of its record.
#[derive(Debug, Serialize)]
struct Loaded {
    /// The event that records it.
    load: u64,
    recorded_at: String,
    whose: String,
    file: String,
    sha256: String,
    mapping: String,
    mapping_sha256: String,
    /// Lines taken, as the books had them, refused, skipped, unreadable.
    lines: Vec<u64>,
    movements: u64,
    /// The load that it takes back.
    undoes: Option<u64>,
    /// The load that takes it back.
    undone_by: Option<u64>,
    moved: Vec<LoadedRun>,
}

/// An event, and the line that it came from.
#[derive(Debug, Serialize)]
struct Traced {
    event: u64,
    line: u64,
    file: String,
    sha256: String,
    mapping: String,
    mapping_sha256: String,
    load: u64,
}

pub(super) fn run(asked: &Loads) -> Result<Exit, Failure> {
    match asked {
        Loads::List { dir, shown } => {
            let loads: Vec<Loaded> = loads(dir, 1)?.into_values().collect();
            show(shown.format, &loads, || list(&loads))?;
        }
        Loads::Show { load, dir, shown } => {
            let found = found(dir, *load)?;
            show(shown.format, &found, || list(std::slice::from_ref(&found)))?;
        }
        Loads::Trace { event, dir, shown } => {
            let traced = traced(dir, *event)?;
            show(shown.format, &traced, || origin(&traced))?;
        }
        Loads::Undo { load, yes, dir, shown } => return undo(*load, *yes, dir, shown.format),
    }
    Ok(Exit::Done)
}

/// All loads from an event on, by the event that records each.
fn loads(dir: &Dir, from: u64) -> Result<BTreeMap<u64, Loaded>, Failure> {
    let mut loads: BTreeMap<u64, Loaded> = BTreeMap::new();
    let asked = History { act: Some("record_load".into()), from: Some(from), ..History::default() };
    each_event(dir, &asked, &mut |event| {
        if event.outcome != "done" {
            return Ok(());
        }
        let fields = event.command.into_iter().filter(|(name, _)| !OF_EVERY_COMMAND.contains(&name.as_str()));
        let act: RecordLoad = serde_json::from_value(Value::Object(fields.collect()))?;
        let moved = act.moved.unwrap_or_default();
        let movements: u64 = moved.iter().map(|run| u64::from(run.count)).sum();
        if let Some(load) = act.continues.and_then(|load| loads.get_mut(&load)) {
            load.movements += movements;
            load.moved.extend(moved);
            return Ok(());
        }
        if let Some(undone) = act.undoes.and_then(|load| loads.get_mut(&load)) {
            undone.undone_by = Some(event.seq);
        }
        loads.insert(
            event.seq,
            Loaded {
                load: event.seq,
                recorded_at: event.recorded_at,
                whose: act.whose,
                file: act.file,
                sha256: act.sha256,
                mapping: act.mapping,
                mapping_sha256: act.mapping_sha256,
                lines: act.lines,
                movements,
                undoes: act.undoes,
                undone_by: None,
                moved,
            },
        );
        Ok(())
    })?;
    Ok(loads)
}

/// Fields that every command has, beside those of its act.
const OF_EVERY_COMMAND: [&str; 5] = ["id", "party", "maker", "effective", "act"];

fn found(dir: &Dir, load: u64) -> Result<Loaded, Failure> {
    loads(dir, load)?.remove(&load).ok_or_else(|| {
        refused(format!("event {load} records no load"))
            .hint("`granary import list` names each load by the event that records it")
    })
}

fn traced(dir: &Dir, event: u64) -> Result<Traced, Failure> {
    let of = |run: &LoadedRun| {
        let place = event.checked_sub(run.first).filter(|place| *place < u64::from(run.count))?;
        Some(u64::from(run.line) + place / u64::from(run.each.max(1)))
    };
    let found = loads(dir, event)?.into_values().find_map(|load| {
        let line = load.moved.iter().find_map(of)?;
        let Loaded { load, file, sha256, mapping, mapping_sha256, .. } = load;
        Some(Traced { event, line, file, sha256, mapping, mapping_sha256, load })
    });
    found.ok_or_else(|| {
        refused(format!("event {event} came from no load that is recorded"))
            .hint("`granary import list` names the loads; what earlier releases loaded is not recorded as one")
    })
}

fn refused(problem: String) -> Failure {
    Failure { exit: Exit::Refused, ..Failure::new(problem) }
}

/// Takes a load back; without a yes it only shows what that does.
fn undo(load: u64, yes: bool, dir: &Dir, format: Format) -> Result<Exit, Failure> {
    let taking = if yes { Taking::All } else { Taking::Nothing };
    let mut told = Told::of_undo(format, taking);
    let say = |verdict: Verdict| told.say(verdict);
    let tally: Tally = match place(dir)? {
        Place::Folder(opened) => in_folder(*opened, load, taking, say)?,
        Place::Server(client) => at_server(&client, &json!({ "undo": load, "take": taking }), say)?,
    };
    told.end(&tally)?;
    Ok(if tally.is_whole() { Exit::Done } else { Exit::Refused })
}

fn in_folder(
    opened: Opened,
    load: u64,
    taking: Taking,
    say: impl FnMut(Verdict) -> Result<(), Failure>,
) -> Result<Tally, Failure> {
    let view = OpenedView { opened: &opened, viewer: Viewer::Operator };
    let (items, origin) = ingest::undo(&view, load).map_err(failure)?;
    let load = Load::plan(items, &view, taking, Some(origin)).map_err(failure)?;
    carried(opened, load, say)
}

fn list(loads: &[Loaded]) -> Grid<'static> {
    let left = |name| Column(name, Align::Left);
    let right = |name| Column(name, Align::Right);
    let columns = vec![
        right("load"),
        left("recorded"),
        left("whose"),
        left("file"),
        left("mapping"),
        right("lines taken"),
        right("movements"),
        right("undoes"),
        right("undone by"),
        left("sha256"),
    ];
    let event = |event: Option<u64>| event.map(|event| event.to_string()).unwrap_or_default();
    let row = |load: &Loaded| {
        vec![
            load.load.to_string(),
            load.recorded_at.clone(),
            load.whose.clone(),
            load.file.clone(),
            load.mapping.clone(),
            load.lines.first().copied().unwrap_or_default().to_string(),
            load.movements.to_string(),
            event(load.undoes),
            event(load.undone_by),
            load.sha256.clone(),
        ]
    };
    Grid { seen_by: None, columns, rows: loads.iter().map(row).collect() }
}

fn origin(traced: &Traced) -> Grid<'static> {
    let Traced { event, line, file, sha256, mapping, mapping_sha256, load } = traced;
    let left = |name| Column(name, Align::Left);
    let right = |name| Column(name, Align::Right);
    let columns = vec![
        right("event"),
        right("line"),
        left("file"),
        left("mapping"),
        right("load"),
        left("sha256"),
        left("sha256 of the mapping"),
    ];
    let row = vec![
        event.to_string(),
        line.to_string(),
        file.clone(),
        mapping.clone(),
        load.to_string(),
        sha256.clone(),
        mapping_sha256.clone(),
    ];
    Grid { seen_by: None, columns, rows: vec![row] }
}
