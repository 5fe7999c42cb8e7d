//! A sample of what is on hand, drawn by a seed: the lines whose hash with the seed is smallest.

use answers::ask::Positions;
use answers::{Dimension, Question};
use chain::sha256;
use serde_json::Value;
use shell::{Exit, Failure};

use super::query;
use crate::cli::{Dir, FilterArgs, Times};
use crate::output::{Align, Column, Format, Grid, show};

/// What a counter needs to find it.
const SHOWN: [&str; 5] = ["party", "site", "material", "lot", "on_hand"];

pub(crate) fn run(
    dir: &Dir,
    count: usize,
    seed: &str,
    filter: &FilterArgs,
    times: &Times,
    format: Format,
) -> Result<Exit, Failure> {
    let (as_of, known_at) = query::times(times);
    let by = vec![Dimension::Party, Dimension::Site, Dimension::Material, Dimension::Lot];
    let question = Positions { filter: query::filter(filter)?, by, as_of, known_at, ..Positions::default() };
    let answer = serde_json::to_value(query::ask(dir, &question)?)?;
    let lines = answer[Positions::LINES.unwrap_or("positions")].as_array().cloned().unwrap_or_default();
    let drawn_by = |line: &Value| {
        // By what names it, so that a figure that changes does not change the draw.
        let names: Vec<String> = SHOWN[..4].iter().map(|name| line[*name].to_string()).collect();
        sha256(format!("{seed}\n{}", names.join("\n")).as_bytes())
    };
    let mut lines: Vec<Value> = lines;
    lines.sort_by_cached_key(drawn_by);
    lines.truncate(count);
    show(format, &lines, || Grid {
        columns: SHOWN.map(|name| Column(name, if name == "on_hand" { Align::Right } else { Align::Left })).to_vec(),
        rows: lines
            .iter()
            .map(|line| {
                SHOWN.map(|name| line[name].as_str().map_or_else(|| plain(&line[name]), str::to_owned)).to_vec()
            })
            .collect(),
    })?;
    Ok(Exit::Done)
}

fn plain(value: &Value) -> String {
    if value.is_null() { String::new() } else { value.to_string() }
}
