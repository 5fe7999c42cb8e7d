//! `granary position`

use measure::Basis;
use projections::{Dimension, Position, PositionQuery, positions};
use shell::{Exit, Failure};

use super::query;
use crate::cli;
use crate::output::{Align, Column, Grid, show};

pub(crate) fn run(args: &cli::Position) -> Result<Exit, Failure> {
    let asked = query::open(&args.dir.dir)?;
    let (as_of, known_at) = query::times(&asked, &args.times)?;
    let filter = query::filter(&args.filter)?;
    query::check_known(&asked, &filter)?;
    let by = args.by.iter().map(|word| dimension(word)).collect::<Result<Vec<_>, _>>()?;
    let basis =
        args.basis.as_deref().map(Basis::parse).transpose().map_err(|error| Failure::wrong_use(error.to_string()))?;
    let query = PositionQuery {
        filter,
        by,
        as_of,
        now: query::now(),
        known_at,
        basis,
        show_virtual: args.all_places,
        show_empty: args.empty,
    };
    let found = positions(asked.0.books(), &asked, &query)?;
    show(args.shown.format, &found, || grid(&found))?;
    let as_asked = |position: &&Position| query.basis.is_none_or(|basis| position.basis == basis.to_string());
    if !found.iter().all(|position| as_asked(&position)) {
        eprintln!("\nsome lines stay in their own basis: no assay states their lots as asked");
    }
    Ok(Exit::Done)
}

fn dimension(word: &str) -> Result<Dimension, Failure> {
    Dimension::parse(word).ok_or_else(|| {
        let words: Vec<&str> = Dimension::WORDS.iter().map(|(word, _)| *word).collect();
        Failure::wrong_use(format!("cannot tell apart by `{word}`")).hint(format!("choose from {}", words.join(", ")))
    })
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
        let away = if away == "0" { "" } else { away };
        row.extend([on_hand.as_str(), encumbered, blocked, away, available].map(str::to_owned));
        row.extend([position.unit.clone(), position.basis.clone()]);
        row
    };
    Grid { columns, rows: found.iter().map(row).collect() }
}
