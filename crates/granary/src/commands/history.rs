//! `granary history`: the events, newest knowledge last.

use answers::{KnownAt, ask};
use shell::{Exit, Failure};
use wire::view::EventView;

use super::query;
use crate::cli::History;
use crate::output::{Align, Column, Grid, show};

pub(crate) fn run(args: &History) -> Result<Exit, Failure> {
    let question = ask::History {
        filter: query::filter(&args.filter)?,
        act: args.act.clone(),
        by: args.by.clone(),
        refused: args.refused,
        held: args.held,
        effective_from: args.effective_from.clone(),
        effective_through: args.effective_through.clone(),
        from: Some(args.from),
        until: args.until.clone().map(KnownAt::Text),
        limit: Some(args.limit),
    };
    let found = query::ask(&args.dir, &question)?;
    show(args.shown.format, &found.events, || grid(&found.events))?;
    if let Some(next) = found.next {
        eprintln!("\n{} more; raise --limit, or go on with --from {next}", found.more);
    }
    Ok(Exit::Done)
}

/// Events as a table.
pub(crate) fn grid(found: &[EventView]) -> Grid<'static> {
    let left = |name| Column(name, Align::Left);
    let columns = vec![
        Column("seq", Align::Left),
        left("recorded"),
        left("effective"),
        left("party"),
        left("act"),
        left("what"),
        left("outcome"),
    ];
    Grid { columns, rows: found.iter().map(row).collect() }
}

fn row(event: &EventView) -> Vec<String> {
    let text = |key: &str| event.command.get(key).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
    let outcome = match &event.code {
        Some(code) => format!("{}: {code}", event.outcome),
        None => event.outcome.clone(),
    };
    let recorded = event.recorded_at.get(..19).unwrap_or(&event.recorded_at).replace('T', " ");
    vec![
        event.seq.to_string(),
        recorded,
        text("effective"),
        text("party"),
        text("act"),
        event.told().join("\n"),
        outcome,
    ]
}
