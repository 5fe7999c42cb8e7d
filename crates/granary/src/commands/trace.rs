//! `granary trace`: where a lot came from, and what became of it.

use projections::{Link, trace};
use shell::{Exit, Failure};

use super::query;
use crate::cli::Trace;
use crate::output::{Align, Column, Grid, show};

pub(crate) fn run(args: &Trace) -> Result<Exit, Failure> {
    let asked = query::open(&args.dir.dir)?;
    let books = asked.0.books();
    let Some(lot) = books.lot_no(&args.lot) else {
        let mut failure = Failure::new(format!("no lot `{}` is registered", args.lot))
            .hint("`granary position --by lot` shows what there is");
        failure.exit = Exit::Refused;
        return Err(failure);
    };
    // Without a direction, both.
    let both = args.up == args.down;
    let traced = trace(books, lot, args.up || both, args.down || both);
    show(args.shown.format, &traced.links, || grid(&traced.links))?;
    Ok(Exit::Done)
}

fn grid(links: &[Link]) -> Grid<'static> {
    let columns = ["step", "lot", "material", "form", "source", "origin", "made from", "on hand", "event"];
    let lowest = links.iter().map(|link| link.depth).min().unwrap_or(0);
    let row = |link: &Link| {
        let indent = "  ".repeat(usize::try_from(link.depth - lowest).unwrap_or(0));
        let Link { depth, lot, material, form, source, origin, parents, on_hand, seq, .. } = link;
        vec![
            format!("{depth:+}"),
            format!("{indent}{lot}"),
            material.clone(),
            form.clone(),
            source.clone(),
            origin.clone(),
            parents.join("\n"),
            on_hand.clone(),
            seq.to_string(),
        ]
    };
    Grid { columns: columns.map(|name| Column(name, Align::Left)).to_vec(), rows: links.iter().map(row).collect() }
}
