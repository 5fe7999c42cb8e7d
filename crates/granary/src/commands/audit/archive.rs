//! `granary audit archive`: moves old entry bundles out of the way.

use std::path::Path;

use auditor::Folder;
use evidence::{ArchiveError, Archived, recorded_before};
use serde_json::json;
use shell::{Exit, Failure};

use super::query;
use crate::cli::Dir;
use crate::output::{Align, Column, Format, Grid, show};
use crate::progress;

pub(super) fn run(until: &str, to: &Path, dir: &Dir, format: Format) -> Result<Exit, Failure> {
    let root = dir.local()?;
    let until = Until::read(until)?;
    let key = ledger::verifier(root).map_err(|error| query::opening(root, error.into()))?;
    let bar = progress::bar(0, "copying");
    let copied = |done, count| {
        bar.set_length(count);
        bar.set_position(done);
    };
    let made = evidence::archive(&root.join("tiles"), key, to, |files, size| until.events(files, size), copied);
    bar.finish_and_clear();
    let Archived { events, bundles, bytes, folder } = made.map_err(failure)?;
    let answer =
        json!({ "events": events, "bundles": bundles, "bytes": bytes, "archive": folder.display().to_string() });
    show(format, &answer, || Grid {
        seen_by: None,
        columns: vec![Column("archived", Align::Left), Column("", Align::Left)],
        rows: [
            ("events up to", events.to_string()),
            ("bundles moved now", bundles.to_string()),
            ("bytes moved now", bytes.to_string()),
            ("to", folder.display().to_string()),
        ]
        .map(|(name, value)| vec![name.to_owned(), value])
        .to_vec(),
    })?;
    Ok(Exit::Done)
}

fn failure(error: ArchiveError) -> Failure {
    match &error {
        ArchiveError::Damaged(_) => Failure { exit: Exit::Refused, ..Failure::new(error) }.hint("see `granary doctor`"),
        ArchiveError::Nothing { .. } => Failure { exit: Exit::Refused, ..Failure::new(error) },
        ArchiveError::OtherFolder(_) => Failure::wrong_use(error).hint(
            "name the same folder: an archive is one folder, which may be moved as a whole (tiles/archive says where)",
        ),
        ArchiveError::Inside => Failure::wrong_use(error),
        ArchiveError::Differs(_) | ArchiveError::Folder { .. } | ArchiveError::Made(_) => Failure::new(error),
    }
}

/// Up to an event, or recorded through a day.
enum Until {
    Event(u64),
    Moment { us: u64 },
}

impl Until {
    fn read(text: &str) -> Result<Self, Failure> {
        if let Ok(seq) = text.parse::<u64>() {
            return Ok(Self::Event(seq));
        }
        let day = wire::date::parse_day(text).map_err(|_| {
            Failure::wrong_use(format!("`{text}` is no event and no day")).hint("write 4000, or 2025-12-31")
        })?;
        Ok(Self::Moment { us: u64::try_from(i64::from(day.0) + 1).unwrap_or(0) * 86_400_000_000 })
    }

    fn events(&self, files: &Folder, size: u64) -> Result<u64, ArchiveError> {
        match self {
            Self::Event(seq) => Ok(size.min(*seq)),
            Self::Moment { us } => Ok(recorded_before(files, size, *us)?),
        }
    }
}
