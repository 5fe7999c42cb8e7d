//! `granary history`: the events, newest knowledge last.

use answers::{KnownAt, Question, ask};
use shell::{Exit, Failure};

use super::query;
use crate::cli::History;
use crate::output::show;

pub(crate) fn run(args: &History) -> Result<Exit, Failure> {
    let question = ask::History {
        filter: query::filter(&args.filter)?,
        act: args.act.clone(),
        by: args.by.clone(),
        refused: args.refused,
        held: args.held,
        effective_from: args.effective_from.clone(),
        effective_through: args.effective_through.clone(),
        from: Some(args.from),
        until: args.until.clone().map(KnownAt::Text),
        limit: Some(args.limit),
    };
    let found = query::ask(&args.dir, &question)?;
    show(args.shown.format, &found.events, || ask::History::table(&found))?;
    Ok(Exit::Done)
}
