//! `granary position`

use answers::{Dimension, Position, ask};
use shell::{Exit, Failure};

use super::query;
use crate::cli;
use crate::output::{Align, Column, Grid, show};

pub(crate) fn run(args: &cli::Position) -> Result<Exit, Failure> {
    let (as_of, known_at) = query::times(&args.times);
    let question = ask::Positions {
        filter: query::filter(&args.filter)?,
        by: args.by.iter().map(|word| query::parse_word("dimension", word)).collect::<Result<_, _>>()?,
        as_of,
        known_at,
        basis: args.basis.clone(),
        all_places: args.all_places,
        empty: args.empty,
    };
    let found = query::ask(&args.dir, &question)?.positions;
    show(args.shown.format, &found, || grid(&found))?;
    let as_asked = |position: &Position| args.basis.as_ref().is_none_or(|basis| position.basis == *basis);
    if !found.iter().all(as_asked) {
        eprintln!("\nsome lines stay in their own basis: no assay states their lots as asked");
    }
    Ok(Exit::Done)
}

/// Positions as a table: what they were told apart by, then the numbers.
pub(crate) fn grid(found: &[Position]) -> Grid<'static> {
    let left = |name| Column(name, Align::Left);
    let right = |name| Column(name, Align::Right);
    let mut columns: Vec<Column<'static>> = Dimension::WORDS.iter().map(|(word, _)| left(word)).collect();
    columns.insert(2, left("place"));
    columns.extend([
        right("on_hand"),
        right("encumbered"),
        right("blocked"),
        right("away"),
        right("available"),
        left("unit"),
        left("basis"),
    ]);
    let row = |position: &Position| {
        let mut row: Vec<String> = Dimension::WORDS.iter().map(|(_, dimension)| position.label(*dimension)).collect();
        let place = position.place.clone().filter(|place| place != "site").unwrap_or_default();
        row.insert(2, place.replace('_', " "));
        let Position { on_hand, encumbered, blocked, away, available, .. } = position;
        let away = if away.number() == Some("0") { String::new() } else { away.to_string() };
        let [on_hand, encumbered, blocked, available] =
            [on_hand, encumbered, blocked, available].map(ToString::to_string);
        row.extend([on_hand, encumbered, blocked, away, available]);
        row.extend([position.unit.clone(), position.basis.clone()]);
        row
    };
    Grid { columns, rows: found.iter().map(row).collect() }
}
