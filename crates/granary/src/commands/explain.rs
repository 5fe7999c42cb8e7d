//! `granary explain`: why a day looks different now from how it looked then, event by event.

use books::{Day, MaterialNo, Seq};
use projections::{Difference, Filter, difference};
use serde_json::json;
use shell::{Exit, Failure};
use wire::date::{parse_day, show_moment};
use wire::value::show_number;

use super::query::{self, Asked};
use crate::cli::Explain;
use crate::output::{Align, Column, Grid, show};

pub(crate) fn run(args: &Explain) -> Result<Exit, Failure> {
    let asked = query::open(&args.dir.dir)?;
    let mut filter = query::filter(&args.filter)?;
    query::check_known(&asked, &filter)?;
    let material = material_of(&asked, &filter)?;
    filter.material = Some(asked.0.books().materials()[material.0 as usize].code.clone());
    let as_of = parse_day(&args.as_of).map_err(Failure::wrong_use)?;
    let then = query::known_at(&asked, &args.known_at)?;
    let now = args.and.as_deref().map_or(Ok(asked.0.books().head()), |text| query::known_at(&asked, text))?;
    if now < then {
        return Err(Failure::wrong_use("--and lies before --known-at"));
    }
    let found = explain(&asked, &filter, as_of, (then, now))?;
    let facts = &asked.0.books().materials()[material.0 as usize];
    let number = |units: i128| i64::try_from(units).map_or(units.to_string(), |units| show_number(facts, units));
    let events: Vec<_> = found
        .events
        .iter()
        .map(|event| {
            let view = wire::view::show(event.seq, &event.event, asked.0.books());
            json!({ "seq": event.seq.0, "change": number(event.change), "event": view })
        })
        .collect();
    let answer = json!({
        "as_of": args.as_of, "unit": facts.shown.to_string(), "basis": facts.basis.to_string(),
        "known_at": then.0, "then": number(found.then), "and": now.0, "now": number(found.now), "events": events,
    });
    show(args.shown.format, &answer, || grid(&asked, material, &found, (then, now)))?;
    Ok(Exit::Done)
}

/// One material's difference; quantities of two materials are never added.
fn material_of(asked: &Asked, filter: &Filter) -> Result<MaterialNo, Failure> {
    let books = asked.0.books();
    let named = filter.material.as_deref().and_then(|code| books.material_no(code));
    let of_lot = filter.lot.as_deref().and_then(|code| books.lot_no(code));
    let of_lot = of_lot.map(|lot| books.lots()[lot.0 as usize].facts.material);
    let only = (books.materials().len() == 1).then_some(MaterialNo(0));
    named.or(of_lot).or(only).ok_or_else(|| {
        Failure::wrong_use("name one material or lot").hint("add --material or --lot: materials are never added up")
    })
}

pub(crate) fn explain(
    asked: &Asked,
    filter: &Filter,
    as_of: Day,
    (then, now): (Seq, Seq),
) -> Result<Difference, Failure> {
    difference(asked.0.books(), asked, filter, as_of, (then, now), |each| {
        asked.0.events(Seq(then.0 + 1), |seq, event| {
            if seq <= now {
                each(seq, event);
            }
            seq < now
        })?;
        Ok::<(), Failure>(())
    })
}

/// The difference as a table: how it looked, each event, how it looks.
pub(crate) fn grid(asked: &Asked, material: MaterialNo, found: &Difference, (then, now): (Seq, Seq)) -> Grid<'static> {
    let books = asked.0.books();
    let facts = &books.materials()[material.0 as usize];
    let number = |units: i128| i64::try_from(units).map_or(units.to_string(), |units| show_number(facts, units));
    let columns = vec![
        Column("event", Align::Left),
        Column("recorded", Align::Left),
        Column("what", Align::Left),
        Column("on_hand", Align::Right),
        Column("unit", Align::Left),
    ];
    let unit = || format!("{} {}", facts.shown, facts.basis);
    let mut rows = vec![vec![then.to_string(), String::new(), "as known then".into(), number(found.then), unit()]];
    for event in &found.events {
        let view = wire::view::show(event.seq, &event.event, books);
        let text = |key: &str| view.command.get(key).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        let sign = if event.change > 0 { "+" } else { "" };
        let recorded = show_moment(event.event.recorded_at).get(..19).unwrap_or_default().replace('T', " ");
        let reason = Some(text("reason")).filter(|reason| !reason.is_empty()).map(|reason| format!(": {reason}"));
        let what = format!("{} of {}{}", text("act"), text("effective"), reason.unwrap_or_default());
        rows.push(vec![event.seq.to_string(), recorded, what, format!("{sign}{}", number(event.change)), unit()]);
    }
    rows.push(vec![now.to_string(), String::new(), "as known now".into(), number(found.now), unit()]);
    Grid { columns, rows }
}
