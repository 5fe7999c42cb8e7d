//! `granary position`

use answers::table::Table;
use answers::{Position, Question, ask};
use shell::{Exit, Failure};

use super::query;
use crate::cli;
use crate::output::show;

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
        ..ask::Positions::default()
    };
    let answer = query::all_positions(&args.dir, &question)?;
    let found = &answer.positions;
    show(args.shown.format, found, || Table { beside: Vec::new(), ..ask::Positions::table(&answer) })?;
    let as_asked = |position: &Position| args.basis.as_ref().is_none_or(|basis| position.basis == *basis);
    if !found.iter().all(as_asked) {
        eprintln!("\nsome lines stay in their own basis: no assay states their lots as asked");
    }
    Ok(Exit::Done)
}
