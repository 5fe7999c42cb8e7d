//! `granary trace`: where a lot came from, and what became of it.

use answers::{Link, ask};
use shell::{Exit, Failure};

use super::query;
use crate::cli::Trace;
use crate::output::{Align, Column, Grid, show};

pub(crate) fn run(args: &Trace) -> Result<Exit, Failure> {
    let question = ask::Trace { lot: args.lot.clone(), up: args.up, down: args.down };
    let traced = query::ask(&args.dir, &question)?;
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
