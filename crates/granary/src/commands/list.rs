//! `granary list`: what is registered, and what is open.

use answers::{Listed, Question, ask};
use shell::{Exit, Failure};

use super::query;
use crate::cli::{List, ListedWord};
use crate::output::show;

pub(crate) fn run(args: &List) -> Result<Exit, Failure> {
    let what = match args.what {
        ListedWord::Parties => Listed::Parties,
        ListedWord::Materials => Listed::Materials,
        ListedWord::Sites => Listed::Sites,
        ListedWord::Lots => Listed::Lots,
        ListedWord::Encumbrances => Listed::Encumbrances,
        ListedWord::Authorities => Listed::Authorities,
        ListedWord::Dispatches => Listed::Dispatches,
        ListedWord::Loans => Listed::Loans,
        ListedWord::Limits => Listed::Limits,
        ListedWord::Held => Listed::Held,
    };
    let found = query::ask(&args.dir, &ask::List { what })?;
    show(args.shown.format, &found.lines, || ask::List::table(&found))?;
    Ok(Exit::Done)
}
