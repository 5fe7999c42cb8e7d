//! A sample of what is on hand, drawn by a seed: the lines whose hash with the seed is smallest.

use answers::Dimension;
use answers::ask::Positions;
use answers::table::Table;
use chain::sha256;
use shell::{Exit, Failure};

use super::query;
use crate::cli::{Dir, FilterArgs, Times};
use crate::output::{Format, show};

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
    let mut lines = query::all_positions(dir, &question)?;
    // By what names it, so that a figure that changes does not change the draw.
    lines.sort_by_cached_key(|line| {
        let names =
            [&line.party, &line.site, &line.material, &line.lot].map(|name| serde_json::json!(name).to_string());
        sha256(format!("{seed}\n{}", names.join("\n")).as_bytes())
    });
    lines.truncate(count);
    show(format, &lines, || Table::lines(&lines).only(&SHOWN))?;
    Ok(Exit::Done)
}
