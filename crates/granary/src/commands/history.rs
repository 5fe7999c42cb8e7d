//! `granary history`: the events, newest knowledge last.

use books::Seq;
use projections::EventFilter;
use shell::{Exit, Failure};
use wire::view::{EventView, show as show_event};

use super::query;
use crate::cli::History;
use crate::output::{Align, Column, Grid, show};

pub(crate) fn run(args: &History) -> Result<Exit, Failure> {
    let asked = query::open(&args.dir.dir)?;
    let touches = query::filter(&args.filter)?;
    query::check_known(&asked, &touches)?;
    let filter =
        EventFilter { touches, act: args.act.clone(), by: args.by.clone(), refused: args.refused, held: args.held };
    let books = asked.0.books();
    if let Some(act) = args.act.as_ref().filter(|act| !wire::Act::WORDS.contains(&act.as_str())) {
        return Err(Failure::wrong_use(format!("`{act}` is no act"))
            .hint(format!("the acts are: {}", wire::Act::WORDS.join(", "))));
    }
    if let Some(party) = args.by.as_ref().filter(|party| books.party_no(party).is_none()) {
        return Err(Failure::wrong_use(format!("no party `{party}` is registered")));
    }
    let until = args.until.as_deref().map_or(Ok(books.head()), |text| query::known_at(&asked, text))?;
    let mut found: Vec<EventView> = Vec::new();
    let mut skipped = 0;
    asked.0.events(Seq(args.from.max(1)), |seq, event| {
        if seq > until {
            return false;
        }
        if filter.takes(books, &event) {
            if found.len() == args.limit {
                skipped += 1;
            } else {
                found.push(show_event(seq, &event, books));
            }
        }
        true
    })?;
    show(args.shown.format, &found, || grid(&found))?;
    if skipped > 0 {
        eprintln!(
            "\n{skipped} more; raise --limit, or go on with --from {}",
            found.last().map_or(1, |event| event.seq + 1)
        );
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
