//! `granary cover`: how long the stock lasts.

use answers::ask;
use answers::table::Table;
use shell::{Exit, Failure};

use super::query;
use crate::cli::CoverArgs;
use crate::output::show;

pub(crate) fn run(args: &CoverArgs) -> Result<Exit, Failure> {
    let (as_of, known_at) = query::times(&args.times);
    let question = ask::Cover { filter: query::filter(&args.filter)?, as_of, known_at };
    let found = query::ask(&args.dir, &question)?.materials;
    show(args.shown.format, &found, || Table::lines(&found))?;
    Ok(Exit::Done)
}
