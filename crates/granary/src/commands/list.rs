//! `granary list`: what is registered, and what is open.

use answers::{Listed, ask};
use serde_json::{Map, Value};
use shell::{Exit, Failure};

use super::query;
use crate::cli::{List, ListedWord};
use crate::output::{Align, Column, Grid, show};

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
    let found = query::ask(&args.dir, &ask::List { what })?.lines;
    show(args.shown.format, &found, || grid(&found))?;
    Ok(Exit::Done)
}

fn grid(found: &[Map<String, Value>]) -> Grid<'_> {
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(answer) => if *answer { "yes" } else { "" }.to_owned(),
        other => other.to_string(),
    };
    let names = found.first().into_iter().flat_map(Map::keys);
    Grid {
        columns: names.map(|name| Column(name, Align::Left)).collect(),
        rows: found.iter().map(|line| line.values().map(text).collect()).collect(),
    }
}
