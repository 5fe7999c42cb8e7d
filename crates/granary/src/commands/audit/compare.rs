//! Two copies of a log compared by their hashes alone: the first event in which they differ.

use std::path::Path;

use chain::{Checkpoint, FromFilesError, LogFiles, Note, root_from};
use serde_json::json;
use shell::{Exit, Failure};

use super::Log;
use crate::cli::audit::Source;
use crate::commands::replay::base64_of;
use crate::output::{Align, Column, Format, Grid, show};

pub(crate) fn run(other: &str, source: &Source, format: Format) -> Result<Exit, Failure> {
    let one = Log::of(source)?;
    let two = match other.starts_with("http://") || other.starts_with("https://") {
        true => Log::Server(crate::client::Client::new(other)),
        false => Log::Folder(auditor::Folder::at(Path::new(other))),
    };
    let (here, there) = (stated(&one)?, stated(&two)?);
    if here.origin != there.origin {
        return Err(Failure {
            exit: Exit::Refused,
            ..Failure::new(format!("two logs: `{}` and `{}`", here.origin, there.origin))
        });
    }
    let common = here.size.min(there.size);
    let roots = |size| -> Result<_, FromFilesError> {
        Ok((root_from(&one, size, here.size)?, root_from(&two, size, there.size)?))
    };
    let (left, right) = roots(common)?;
    let mut first = None;
    if left != right {
        // The first `low` events agree, the first `high` do not.
        let (mut low, mut high) = (0, common);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            let (left, right) = roots(middle)?;
            if left == right { low = middle } else { high = middle }
        }
        first = Some(high);
    }
    let answer = json!({
        "log": here.origin,
        "sizes": [here.size, there.size],
        "agree": first.is_none(),
        "agreeing_events": first.map_or(common, |first| first - 1),
        "first_difference": first,
        "roots": [base64_of(&left), base64_of(&right)],
    });
    show(format, &answer, || Grid {
        columns: vec![Column("compared", Align::Left), Column("", Align::Left)],
        rows: [
            ("log", here.origin.clone()),
            ("events here, there", format!("{}, {}", here.size, there.size)),
            (
                "agree",
                match first {
                    None => format!("yes, over the {common} events that both have"),
                    Some(first) => format!("NO: first in event {first}"),
                },
            ),
        ]
        .map(|(name, value)| vec![name.to_owned(), value])
        .to_vec(),
    })?;
    Ok(if first.is_none() { Exit::Done } else { Exit::Refused })
}

fn stated(log: &Log) -> Result<Checkpoint, Failure> {
    Ok(Checkpoint::parse(Note::parse(&log.checkpoint()?)?.text())?)
}
