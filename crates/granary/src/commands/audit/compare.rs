//! `granary audit compare`: two copies of a log, by their hashes and signed roots.

use std::cmp::Ordering;
use std::path::Path;

use chain::Policy;
use evidence::{Compared, EvidenceError, Untrue};
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
    let compared = evidence::compare(&one, &two, policy.as_ref()).map_err(|error| match error {
        EvidenceError::TwoLogs { .. } => Failure { exit: Exit::Refused, ..Failure::new(error) },
        error => Failure::new(error),
    })?;
    let (agree, common) = (compared.agree(), compared.common());
    let Compared { origin, sizes, first_difference: first, roots: [left, right], problems } = compared;
    let problems: Vec<String> = problems
        .into_iter()
        .map(|(name, untrue)| match untrue {
            Untrue::Root => format!("{name}: the hashes do not give the root of the checkpoint"),
            Untrue::Unsigned(error) => format!("{name}: {}", shell::chain(&error)),
        })
        .collect();
    let shorter = match sizes[0].cmp(&sizes[1]) {
        Ordering::Less => Some("here"),
        Ordering::Equal => None,
        Ordering::Greater => Some("there"),
    };
    let signatures = if policy.is_some() { "checked" } else { "not checked: give --key or --policy" };
    let answer = json!({
        "log": origin,
        "sizes": sizes,
        "agree": agree,
        "same": agree && shorter.is_none(),
        "shorter": shorter,
        "problems": problems,
        "signatures": signatures,
        "agreeing_events": first.map_or(common, |first| first - 1),
        "first_difference": first,
        "roots": [base64_of(&left), base64_of(&right)],
    });
    show(format, &answer, || Grid {
        seen_by: None,
        columns: vec![Column("compared", Align::Left), Column("", Align::Left)],
        rows: vec![
            ("log", origin.clone()),
            ("events here, there", format!("{}, {}", sizes[0], sizes[1])),
            (
                "agree",
                match first {
                    _ if agree => match shorter {
                        None => format!("yes, by the hashes of all {common} events"),
                        Some(shorter) => {
                            let missing = sizes[0].abs_diff(sizes[1]);
                            format!("as far as both go, {common} events; {missing} more are not {shorter}")
                        }
                    },
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
    Ok(match (agree, shorter) {
        (true, None) => Exit::Done,
        (true, Some(_)) => Exit::Shorter,
        (false, _) => Exit::Refused,
    })
}
