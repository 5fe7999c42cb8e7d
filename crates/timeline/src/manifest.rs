//! The manifest: which runs there are. Replaced as a whole.
//!
//! `magic "GTM1" ‖ for each run (number u64 ‖ level u8 ‖ first seq u64 ‖ last seq u64) ‖ CRC32C of all before`, little-endian.

use std::io::ErrorKind;
use std::path::Path;

use crate::TimelineError;
use crate::run::RunFacts;

const NAME: &str = "manifest";
const MAGIC: [u8; 4] = *b"GTM1";
const RUN_BYTES: usize = 25;

/// Reads the list of runs; empty when there is none yet.
pub(crate) fn read(dir: &Path) -> Result<Vec<RunFacts>, TimelineError> {
    let path = dir.join(NAME);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(TimelineError::at(&path, error)),
    };
    decode(&bytes).ok_or_else(|| TimelineError::at(&path, "the list of runs is damaged"))
}

/// Replaces the list of runs, durably. What it names must be durable already.
pub(crate) fn write(dir: &Path, runs: impl Iterator<Item = RunFacts>) -> Result<(), TimelineError> {
    let path = dir.join(NAME);
    // First the files that the list names are in their folder for good, then the list itself.
    let replaced = files::sync_dir(dir).and_then(|()| files::replace(&path, &encode(runs)));
    replaced.map_err(|error| TimelineError::at(&path, error))
}

/// Removes all files that the list does not name.
pub(crate) fn sweep(dir: &Path, runs: &[RunFacts]) -> Result<(), TimelineError> {
    let fault = |error| TimelineError::at(dir, error);
    for entry in std::fs::read_dir(dir).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        let is_listed = |run: &RunFacts| path == run.main_path(dir) || path == run.stray_path(dir);
        let is_ours = path.extension().is_some_and(|extension| extension == "main" || extension == "stray");
        if is_ours && !runs.iter().any(is_listed) {
            std::fs::remove_file(&path).map_err(|error| TimelineError::at(&path, error))?;
        }
    }
    Ok(())
}

fn encode(runs: impl Iterator<Item = RunFacts>) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    for RunFacts { number, level, first_seq, last_seq } in runs {
        bytes.extend_from_slice(&number.to_le_bytes());
        bytes.push(level);
        bytes.extend_from_slice(&first_seq.to_le_bytes());
        bytes.extend_from_slice(&last_seq.to_le_bytes());
    }
    let crc = crc32c::crc32c(&bytes);
    bytes.extend_from_slice(&crc.to_le_bytes());
    bytes
}

fn decode(bytes: &[u8]) -> Option<Vec<RunFacts>> {
    let (content, crc) = bytes.split_last_chunk::<4>()?;
    let runs = content.strip_prefix(&MAGIC)?;
    let is_whole = crc32c::crc32c(content).to_le_bytes() == *crc && runs.len().is_multiple_of(RUN_BYTES);
    let word = |bytes: &[u8]| u64::from_le_bytes(bytes[..8].try_into().expect("eight bytes"));
    let run = |bytes: &[u8]| RunFacts {
        number: word(bytes),
        level: bytes[8],
        first_seq: word(&bytes[9..]),
        last_seq: word(&bytes[17..]),
    };
    is_whole.then(|| runs.chunks_exact(RUN_BYTES).map(run).collect())
}

#[cfg(test)]
mod tests;
