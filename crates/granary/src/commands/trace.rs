//! `granary trace`: where a lot came from, and what became of it.

use answers::ask;
use answers::table::Table;
use shell::{Exit, Failure};

use super::query;
use crate::cli::Trace;
use crate::output::show;

pub(crate) fn run(args: &Trace) -> Result<Exit, Failure> {
    let question = ask::Trace { lot: args.lot.clone(), up: args.up, down: args.down };
    let traced = query::ask(&args.dir, &question)?;
    show(args.shown.format, &traced.links, || Table::lines(&traced.links))?;
    Ok(Exit::Done)
}
