//! `granary reserve`: every question about shared reserves, one way: ask, and print the lines of the answer.

use answers::ask::market::{Orders, Receipts, Rights};
use answers::ask::reserve::{
    Allocation, CallBoard, Calls, Debts, Entitlements, Members, Promises, Recompute, ReserveStatus,
};
use answers::ask::risk::{Access, Blocked, CoverBase, Plan, Reach, ShareLimits, Stress};
use answers::{KnownAt, Question};
use schemars::JsonSchema;
use serde_json::{Map, Value};
use shell::{Exit, Failure};

use super::{query, rows};
use crate::cli::Dir;
use crate::cli::reserve::{Common, Reserve, What};
use crate::output::{Align, Column, Format, Grid};

pub(crate) fn run(args: Reserve) -> Result<Exit, Failure> {
    let yes = |flag: bool| flag.then_some(true);
    match args.what {
        What::Status { reserve, common } => {
            ask(&common, &ReserveStatus { reserve, as_of: common.as_of.clone(), known_at: known_at(&common) })
        }
        What::Members { reserve, material, common } => {
            ask(&common, &Members { reserve, material, as_of: common.as_of.clone() })
        }
        What::Entitlements { reserve, member, material, common } => ask(
            &common,
            &Entitlements { reserve, member, material, as_of: common.as_of.clone(), known_at: known_at(&common) },
        ),
        What::Debts { reserve, member, paid, common } => ask(
            &common,
            &Debts { reserve, member, paid: yes(paid), as_of: common.as_of.clone(), known_at: known_at(&common) },
        ),
        What::Promises { reserve, member, common } => {
            ask(&common, &Promises { reserve, member, as_of: common.as_of.clone() })
        }
        What::Calls { reserve, common } => {
            ask(&common, &Calls { reserve, as_of: common.as_of.clone(), known_at: known_at(&common) })
        }
        What::Board { call, common } => {
            ask(&common, &CallBoard { call, as_of: common.as_of.clone(), known_at: known_at(&common) })
        }
        What::Allocation { call, common } => ask(&common, &Allocation { call }),
        What::Recompute { event, common } => ask(&common, &Recompute { event }),
        What::Orders { order, common } => ask(&common, &Orders { order, as_of: common.as_of.clone() }),
        What::Receipts { from, through, material, party, source, below_floor, by, basis, common } => {
            let lines = if by.is_some() { "shares" } else { "receipts" };
            let question =
                Receipts { from, through, material, party, source, below_floor: yes(below_floor), by, basis };
            ask_for(&common, &question, Some(lines))
        }
        What::Rights { material, project, all, common } => {
            ask(&common, &Rights { material, project, all: yes(all), as_of: common.as_of.clone() })
        }
        What::Access { reserve, outcome, common } => {
            ask(&common, &Access { reserve, outcome, as_of: common.as_of.clone() })
        }
        What::Blocked { to, end_use, party, common } => {
            ask(&common, &Blocked { to, end_use, party, as_of: common.as_of.clone() })
        }
        What::Cover { base, year, material, party, deduct, common } => {
            ask(&common, &CoverBase { base, year, material, party, deduct, as_of: common.as_of.clone() })
        }
        What::Plan { authority, common } => ask(&common, &Plan { authority, as_of: common.as_of.clone() }),
        What::Reach { within, site, material, form, common } => {
            ask(&common, &Reach { within, site, material, form, as_of: common.as_of.clone() })
        }
        What::Limits { limit, breached, common } => {
            ask(&common, &ShareLimits { limit, breached: yes(breached), as_of: common.as_of.clone() })
        }
        What::Stress { country, stage, party, material, base, year, common } => {
            ask(&common, &Stress { country, stage, party, material, base, year, day: common.as_of.clone() })
        }
    }
}

fn known_at(common: &Common) -> Option<KnownAt> {
    common.known_at.clone().map(KnownAt::from)
}

fn ask<Q: Question>(common: &Common, question: &Q) -> Result<Exit, Failure> {
    ask_for(common, question, Q::LINES)
}

/// Asks, and prints the whole answer as JSON, or the lines of one of its lists under what else it says.
fn ask_for<Q: Question>(common: &Common, question: &Q, lines: Option<&str>) -> Result<Exit, Failure> {
    answered(&common.dir, common.shown.format, question, lines)
}

/// See [`ask_for`].
pub(super) fn answered<Q: Question>(
    dir: &Dir,
    format: Format,
    question: &Q,
    lines: Option<&str>,
) -> Result<Exit, Failure> {
    rows::answered::<Q>(query::ask(dir, question)?, format, lines)
}

pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(text).collect::<Vec<_>>().join(", "),
        Value::Bool(answer) => if *answer { "yes" } else { "no" }.to_owned(),
        other => other.to_string(),
    }
}

/// The fields of the things in a list of an answer, by its schema: the headings of a table without rows.
pub(super) fn columns<A: JsonSchema>(list: &str) -> Vec<String> {
    let schema = schemars::schema_for!(A).to_value();
    let row = schema["properties"][list]["items"]["$ref"].as_str().and_then(|name| name.rsplit('/').next());
    let fields = row.and_then(|row| schema["$defs"][row]["properties"].as_object());
    fields.map(|fields| fields.keys().cloned().collect()).unwrap_or_default()
}

/// A table without rows.
pub(super) fn empty(columns: &[String]) -> Grid<'_> {
    Grid { columns: columns.iter().map(|name| Column(name, Align::Left)).collect(), rows: Vec::new() }
}

pub(super) fn grid(lines: &[Value]) -> Grid<'_> {
    let objects: Vec<&Map<String, Value>> = lines.iter().filter_map(Value::as_object).collect();
    let names: Vec<&String> = objects.first().map(|line| line.keys().collect()).unwrap_or_default();
    let is_number = |name: &str| {
        let mut filled = objects.iter().filter_map(|line| line.get(name)).map(text).filter(|text| !text.is_empty());
        filled.all(|text| text.parse::<f64>().is_ok())
    };
    let align = |name: &str| if is_number(name) { Align::Right } else { Align::Left };
    Grid {
        columns: names.iter().map(|name| Column(name, align(name))).collect(),
        rows: objects.iter().map(|line| line.values().map(text).collect()).collect(),
    }
}
