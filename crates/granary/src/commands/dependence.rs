//! `granary dependence`: which countries the stock comes from, and how concentrated that is.

use measure::Basis;
use projections::{Dependence, PositionQuery, StageWord, dependence};
use serde_json::json;
use shell::{Exit, Failure};

use super::query;
use crate::cli::DependenceArgs;
use crate::output::{Align, Column, Grid, show};

pub(crate) fn run(args: &DependenceArgs) -> Result<Exit, Failure> {
    let asked = query::open(&args.dir.dir)?;
    let (as_of, known_at) = query::times(&asked, &args.times)?;
    let filter = query::filter(&args.filter)?;
    query::check_known(&asked, &filter)?;
    let stage = StageWord::WORDS.iter().find(|(word, _)| *word == args.stage).map(|(_, stage)| *stage);
    let stage = stage.ok_or_else(|| Failure::wrong_use(format!("`{}` is no stage", args.stage)))?;
    let basis = Basis::parse(&args.basis).map_err(|error| Failure::wrong_use(error.to_string()))?;
    let query = PositionQuery { filter, as_of, known_at, now: query::now(), ..PositionQuery::default() };
    let found = dependence(asked.0.books(), &asked, &query, stage, basis)?;
    let answer = json!({
        "stage": args.stage,
        "basis": found.basis,
        "shares": found.shares.iter().map(|share| json!({ "country": share.country, "percent": share.percent, "units": share.units.to_string() })).collect::<Vec<_>>(),
        "hhi": found.hhi,
        "hhi_min": found.hhi_min,
        "unstated": found.unstated.iter().map(|(material, quantity)| json!({ "material": material, "quantity": quantity })).collect::<Vec<_>>(),
    });
    show(args.shown.format, &answer, || grid(&found))?;
    for (material, quantity) in &found.unstated {
        eprintln!("left out: {quantity} of `{material}`, which cannot be stated as {} here", found.basis);
    }
    Ok(Exit::Done)
}

/// Shares as a table with a bar for each, and the concentration below.
pub(crate) fn grid(found: &Dependence) -> Grid<'static> {
    let columns = vec![Column("origin", Align::Left), Column("percent", Align::Right), Column("share", Align::Left)];
    let row = |share: &projections::Share| {
        let percent: f64 = share.percent.parse().unwrap_or(0.0);
        vec![share.country.clone(), share.percent.clone(), "█".repeat((percent / 2.5).round() as usize)]
    };
    let mut rows: Vec<Vec<String>> = found.shares.iter().map(row).collect();
    if !rows.is_empty() {
        let range = match found.hhi == found.hhi_min {
            true => "10,000 is one country alone".to_owned(),
            false => format!("{} if the unknown part is spread; 10,000 is one country alone", found.hhi_min),
        };
        rows.push(vec!["HHI".into(), found.hhi.to_string(), range]);
    }
    Grid { columns, rows }
}
