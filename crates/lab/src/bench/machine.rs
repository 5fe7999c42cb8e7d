//! What the machine says: memory, processor time, bytes on disk, and how fast a plain file is.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use ledger::{Opened, Options};
use shell::Failure;

/// Largest memory this process had, as Linux tells it.
pub(super) fn rss_mb_max() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse::<u64>().ok()).unwrap_or(0) / 1024
}

/// Processor time that all threads of this process used, in ticks.
pub(super) fn cpu_ticks() -> u64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    after_name.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum()
}

pub(super) fn average_event_bytes(dir: &Path) -> Result<u64, Failure> {
    let opened = Opened::open(dir, &Options::default())?;
    let head = opened.store().head().size();
    let (mut bytes, mut count) = (0u64, 0u64);
    for entry in opened.store().entries(head.saturating_sub(10_000))? {
        bytes += entry?.1.len() as u64;
        count += 1;
    }
    Ok(bytes / count.max(1))
}

/// Records a second appended to a plain file, synced batch by batch.
pub(super) fn plain_file(path: &Path, batch: u64, event_bytes: u64, rounds: u64) -> Result<f64, Failure> {
    let mut file = File::create(path)?;
    let bytes = vec![0x5a; usize::try_from(batch * event_bytes)?];
    let started = Instant::now();
    for _ in 0..rounds {
        file.write_all(&bytes)?;
        file.sync_data()?;
    }
    let per_s = (batch * rounds) as f64 / started.elapsed().as_secs_f64();
    fs::remove_file(path)?;
    Ok(per_s)
}

pub(super) struct Sizes {
    pub(super) all: u64,
    pub(super) tiles: u64,
}

pub(super) fn sizes(dir: &Path) -> Result<Sizes, Failure> {
    Ok(Sizes { all: folder_bytes(dir)?, tiles: folder_bytes(&dir.join("tiles"))? })
}

/// Bytes that a folder's files take on disk.
pub(super) fn folder_bytes(dir: &Path) -> Result<u64, Failure> {
    use std::os::unix::fs::MetadataExt;
    let mut bytes = 0;
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let facts = entry.metadata()?;
        bytes += if facts.is_dir() { folder_bytes(&entry.path())? } else { facts.blocks() * 512 };
    }
    Ok(bytes)
}
