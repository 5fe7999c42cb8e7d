//! `granary dependence`: which countries the stock comes from, and how concentrated that is.

use answers::{Dependence, ask};
use shell::{Exit, Failure};

use super::query;
use crate::cli::DependenceArgs;
use crate::output::{Align, Column, Grid, show};

pub(crate) fn run(args: &DependenceArgs) -> Result<Exit, Failure> {
    let (as_of, known_at) = query::times(&args.times);
    let question = ask::Dependence {
        filter: query::filter(&args.filter)?,
        stage: query::parse_word("stage", &args.stage)?,
        basis: Some(args.basis.clone()),
        as_of,
        known_at,
    };
    let found = query::ask(&args.dir, &question)?;
    show(args.shown.format, &found, || grid(&found))?;
    for unstated in &found.unstated {
        eprintln!(
            "left out: {} of `{}`, which cannot be stated as {} here",
            unstated.quantity, unstated.material, found.basis
        );
    }
    Ok(Exit::Done)
}

/// Shares as a table with a bar for each, and the concentration below.
pub(crate) fn grid(found: &Dependence) -> Grid<'static> {
    let columns = vec![Column("origin", Align::Left), Column("percent", Align::Right), Column("share", Align::Left)];
    let row = |share: &answers::Share| {
        let percent: f64 = share.percent.number().and_then(|percent| percent.parse().ok()).unwrap_or(0.0);
        vec![share.country.clone(), share.percent.to_string(), "█".repeat((percent / 2.5).round() as usize)]
    };
    let mut rows: Vec<Vec<String>> = found.shares.iter().map(row).collect();
    if let (Some(hhi), Some(hhi_min)) = (found.hhi, found.hhi_min)
        && !rows.is_empty()
    {
        let range = match hhi == hhi_min {
            true => "10,000 is one country alone".to_owned(),
            false => format!("{} if the unknown part is spread; 10,000 is one country alone", hhi_min),
        };
        rows.push(vec!["HHI".into(), hhi.to_string(), range]);
    }
    Grid { columns, rows }
}
