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
    vec![event.seq.to_string(), recorded, text("effective"), text("party"), text("act"), what(event), outcome]
}

/// What moved, in a few words.
fn what(event: &EventView) -> String {
    let entry = |entry: &wire::view::EntryView| {
        format!("{} {}: {} -> {}", entry.quantity, entry.lot, entry.source.place, entry.target.place)
    };
    let claim = |claim: &wire::view::ClaimView| {
        format!("{} {} {} from {}", claim.encumbrance, claim.lot, claim.change, claim.day)
    };
    let mut parts: Vec<String> = event.entries.iter().map(entry).collect();
    parts.extend(event.claims.iter().map(claim));
    if parts.is_empty() {
        let named = [
            "quantity",
            "lot",
            "code",
            "encumbrance",
            "authority",
            "dispatch",
            "loan",
            "held",
            "reverses",
            "through",
            "origin",
            "site",
            "source",
            "target",
            "maker",
            "reason",
        ];
        let text = |key: &&str| match event.command.get(*key)? {
            serde_json::Value::String(text) => Some(text.clone()),
            serde_json::Value::Number(number) => Some(format!("event {number}")),
            _ => None,
        };
        let told: Vec<String> = named.iter().filter_map(text).collect();
        parts.push(told.join(", "));
    }
    if let Some(message) = &event.message {
        parts.push(message.clone());
    }
    parts.join("\n")
}
