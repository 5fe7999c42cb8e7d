//! `granary explain`: why a day looks different now from how it looked then, event by event.

use answers::KnownAt;
use answers::ask;
use shell::{Exit, Failure};

use super::query;
use crate::cli::Explain;
use crate::output::answered;

pub(crate) fn run(args: &Explain) -> Result<Exit, Failure> {
    let question = ask::Explain {
        filter: query::filter(&args.filter)?,
        as_of: args.as_of.clone(),
        known_at: KnownAt::Text(args.known_at.clone()),
        and: args.and.clone().map(KnownAt::Text),
    };
    let found = query::ask(&args.dir, &question)?;
    answered::<ask::Explain>(args.shown.format, &found)?;
    Ok(Exit::Done)
}
