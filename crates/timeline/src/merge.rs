//! Several sources of postings, in order of seq, become one run.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::TimelineError;
use crate::row::Row;
use crate::run::{RunCursor, RunFacts, RunWriter};
use crate::segment::Sorted;

/// Rows of one account in memory at once.
const ROWS_MAX: usize = 8_192;

/// Where postings come from.
pub(crate) enum Source<'s> {
    Segment { sorted: &'s Sorted, next: usize },
    Run(RunCursor<'s>),
}

impl Source<'_> {
    fn account(&self) -> Option<u32> {
        match self {
            Self::Segment { sorted, next } => (*next < sorted.account_count()).then(|| sorted.group(*next).0),
            Self::Run(cursor) => cursor.account(),
        }
    }

    /// Appends rows of an account, the one it is at; true when it has more.
    fn take(&mut self, account: u32, to: &mut Vec<Row>) -> Result<bool, TimelineError> {
        match self {
            Self::Segment { sorted, next } => {
                to.extend_from_slice(sorted.group(*next).1);
                *next += 1;
                Ok(false)
            }
            Self::Run(cursor) => cursor.take(account, ROWS_MAX, to),
        }
    }
}

/// Writes a run of all that the sources hold. False when it was told to stop: the files are not whole then.
pub(crate) fn merge(
    dir: &Path,
    facts: &RunFacts,
    mut sources: Vec<Source<'_>>,
    stop: &AtomicBool,
) -> Result<bool, TimelineError> {
    let mut writer = RunWriter::create(dir, facts)?;
    let mut rows = Vec::new();
    let mut accounts: Vec<Option<u32>> = sources.iter().map(Source::account).collect();
    while let Some(account) = accounts.iter().flatten().min().copied() {
        for (source, next) in sources.iter_mut().zip(&mut accounts) {
            if *next != Some(account) {
                continue;
            }
            while source.take(account, &mut rows)? {
                writer.take(account, &mut rows, false)?;
            }
            *next = source.account();
            if rows.len() > ROWS_MAX {
                writer.take(account, &mut rows, false)?;
            }
        }
        writer.take(account, &mut rows, true)?;
        if stop.load(Ordering::Relaxed) {
            return Ok(false);
        }
    }
    writer.finish()?;
    Ok(true)
}
