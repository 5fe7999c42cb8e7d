//! `granary cover`: how long the stock lasts.

use answers::{Cover, Figure, ask};
use shell::{Exit, Failure};

use super::query;
use crate::cli::CoverArgs;
use crate::output::{Align, Column, Grid, show};

pub(crate) fn run(args: &CoverArgs) -> Result<Exit, Failure> {
    let (as_of, known_at) = query::times(&args.times);
    let question = ask::Cover { filter: query::filter(&args.filter)?, as_of, known_at };
    let found = query::ask(&args.dir, &question)?.materials;
    show(args.shown.format, &found, || grid(&found))?;
    Ok(Exit::Done)
}

/// Cover as a table.
pub(crate) fn grid(found: &[Cover]) -> Grid<'static> {
    let numbers = ["on_hand", "available", "need_a_day", "days", "days_available", "goal", "shortfall"];
    let mut columns = vec![Column("material", Align::Left)];
    columns.extend(numbers.map(|name| Column(name, Align::Right)));
    columns.extend([Column("unit", Align::Left), Column("basis", Align::Left)]);
    let row = |cover: &Cover| {
        let number = |text: &Option<String>| text.clone().unwrap_or_default();
        let figure = |figure: &Option<Figure>| figure.as_ref().map(ToString::to_string).unwrap_or_default();
        vec![
            cover.material.clone(),
            cover.on_hand.to_string(),
            cover.available.to_string(),
            number(&cover.requirement_per_day),
            figure(&cover.days_on_hand),
            figure(&cover.days_available),
            number(&cover.goal),
            figure(&cover.shortfall),
            cover.unit.clone(),
            cover.basis.clone(),
        ]
    };
    Grid { columns, rows: found.iter().map(row).collect() }
}
