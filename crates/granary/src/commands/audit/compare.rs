//! Two copies of a log compared by their hashes and signed roots: the first event in which they differ. Entries are not read: who
//! may not see them may compare them.

use std::path::Path;

use chain::{Checkpoint, FromFilesError, LogFiles, Note, Policy, root_from};
use serde_json::json;
use shell::{Exit, Failure};

use super::{Log, trusted};
use crate::cli::audit::{Source, Trust};
use crate::commands::replay::base64_of;
use crate::output::{Align, Column, Format, Grid, show};

pub(crate) fn run(other: &str, source: &Source, trust: &Trust, format: Format) -> Result<Exit, Failure> {
    let one = Log::of(source)?;
    let two = match other.starts_with("http://") || other.starts_with("https://") {
        true => Log::Server(crate::client::Client::new(other)),
        false => Log::Folder(auditor::Folder::at(Path::new(other))),
    };
    // The ledger's own key serves where nobody named another.
    let policy = match trusted(trust)? {
        Some(policy) => Some(policy),
        None if source.tiles.is_none() && source.dir.server.is_none() => {
            ledger::verifier(&source.dir.dir).ok().map(Policy::of_log)
        }
        None => None,
    };
    let ((here, first_note), (there, second_note)) = (stated(&one)?, stated(&two)?);
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
    // What a copy says of itself: a root that its hashes do not give, or one that nobody signed, is as bad as another event.
    let mut problems = Vec::new();
    for (name, log, tree, note) in [("here", &one, &here, &first_note), ("there", &two, &there, &second_note)] {
        if root_from(log, tree.size, tree.size)? != tree.root {
            problems.push(format!("{name}: the hashes do not give the root of the checkpoint"));
        }
        if let Some(Err(error)) = policy.as_ref().map(|policy| policy.check(note)) {
            problems.push(format!("{name}: {}", shell::chain(&error)));
        }
    }
    let agree = first.is_none() && problems.is_empty();
    let signatures = if policy.is_some() { "checked" } else { "not checked: give --key or --policy" };
    let answer = json!({
        "log": here.origin,
        "sizes": [here.size, there.size],
        "agree": agree,
        "problems": problems,
        "signatures": signatures,
        "agreeing_events": first.map_or(common, |first| first - 1),
        "first_difference": first,
        "roots": [base64_of(&left), base64_of(&right)],
    });
    show(format, &answer, || Grid {
        columns: vec![Column("compared", Align::Left), Column("", Align::Left)],
        rows: vec![
            ("log", here.origin.clone()),
            ("events here, there", format!("{}, {}", here.size, there.size)),
            (
                "agree",
                match first {
                    _ if agree => format!("yes, by the hashes of the {common} events that both have"),
                    None => "NO, though their hashes do".to_owned(),
                    Some(first) => format!("NO: first in event {first}"),
                },
            ),
            ("signatures", signatures.to_owned()),
            ("entries", "not read: see `granary audit verify`".to_owned()),
        ]
        .into_iter()
        .chain(problems.iter().map(|problem| ("problem", problem.clone())))
        .map(|(name, value)| vec![name.to_owned(), value])
        .collect(),
    })?;
    Ok(if agree { Exit::Done } else { Exit::Refused })
}

fn stated(log: &Log) -> Result<(Checkpoint, Note), Failure> {
    let note = Note::parse(&log.checkpoint()?)?;
    Ok((Checkpoint::parse(note.text())?, note))
}
