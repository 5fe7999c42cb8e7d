//! `granary explain`: why a day looks different now from how it looked then, event by event.

use answers::KnownAt;
use answers::ask::{self, ExplainAnswer};
use shell::{Exit, Failure};

use super::query;
use crate::cli::Explain;
use crate::output::{Align, Column, Grid, show};

pub(crate) fn run(args: &Explain) -> Result<Exit, Failure> {
    let question = ask::Explain {
        filter: query::filter(&args.filter)?,
        as_of: args.as_of.clone(),
        known_at: KnownAt::Text(args.known_at.clone()),
        and: args.and.clone().map(KnownAt::Text),
    };
    let found = query::ask(&args.dir, &question)?;
    show(args.shown.format, &found, || grid(&found))?;
    Ok(Exit::Done)
}

/// The difference as a table: how it looked, each event, how it looks.
pub(crate) fn grid(found: &ExplainAnswer) -> Grid<'static> {
    let columns = vec![
        Column("event", Align::Left),
        Column("recorded", Align::Left),
        Column("what", Align::Left),
        Column("on_hand", Align::Right),
        Column("unit", Align::Left),
    ];
    let unit = || format!("{} {}", found.unit, found.basis);
    let end = |seq: u64, what: &str, number: &str| {
        vec![seq.to_string(), String::new(), what.to_owned(), number.to_owned(), unit()]
    };
    let mut rows = vec![end(found.known_at, "as known then", &found.then)];
    for event in &found.events {
        let view = &event.event;
        let text = |key: &str| view.command.get(key).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        let sign = if event.change.starts_with('-') { "" } else { "+" };
        let recorded = view.recorded_at.get(..19).unwrap_or_default().replace('T', " ");
        let reason = Some(text("reason")).filter(|reason| !reason.is_empty()).map(|reason| format!(": {reason}"));
        let what = format!("{} of {}{}", text("act"), text("effective"), reason.unwrap_or_default());
        rows.push(vec![event.seq.to_string(), recorded, what, format!("{sign}{}", event.change), unit()]);
    }
    rows.push(end(found.and, "as known now", &found.now));
    Grid { columns, rows }
}
