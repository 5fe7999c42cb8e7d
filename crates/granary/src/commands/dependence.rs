//! `granary dependence`: which countries the stock comes from, and how concentrated that is.

use answers::ask;
use shell::{Exit, Failure};

use super::query;
use crate::cli::DependenceArgs;
use crate::output::answered;

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
    answered::<ask::Dependence>(args.shown.format, &found)?;
    Ok(Exit::Done)
}
