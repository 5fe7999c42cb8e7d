//! Proofs: how fast a receipt is made from the static files of a long log, how long it is, and how fast a pack is checked.
//!
//! Receipts are made and written out as `granary audit prove` does, each of an event drawn by chance; every hundredth is
//! verified. The pack has three days of the log, 300,000 events; checking it is counted in the time that one core was busy
//! with it. Its baseline is SHA-256 alone: the leaf and one node for each event, which nobody can check a Merkle tree without.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use auditor::{Folder, Known, check};
use chain::{LogFiles, Note, Policy, leaf_hash, node_hash, receipt_from};
use shell::Failure;

use super::{FIRST_DAY, Ids, Row};

/// Receipts that are made.
const RECEIPTS: u64 = 10_000;
/// Days of the log in the pack.
const PACK_DAYS: i32 = 3;
const HASHES: &str = "SHA-256 of one leaf and one node for each event, one core";

/// Receipts of events drawn by chance.
pub(super) fn receipts(dir: &Path) -> Result<Row, Failure> {
    let files = Folder::at(dir.join("tiles"));
    let key = ledger::verifier(dir)?;
    let size = size_of(&files)?;
    let mut ids = Ids::new(11);
    let (mut times, mut bytes_max) = (Vec::with_capacity(RECEIPTS as usize), 0);
    for number in 0..RECEIPTS {
        let index = ids.below(size);
        let begun = Instant::now();
        let receipt = receipt_from(&files, index)?;
        let text = receipt.to_string();
        times.push(begun.elapsed());
        bytes_max = bytes_max.max(text.len());
        if number % 100 == 0 {
            receipt.verify(receipt.extra.as_deref().unwrap_or_default(), &key)?;
        }
    }
    let seconds: f64 = times.iter().map(Duration::as_secs_f64).sum();
    let mut row = Row {
        workload: "receipts".into(),
        batch: 1,
        clients: 1,
        movements: size,
        movements_per_s: RECEIPTS as f64 / seconds,
        ..Row::finished(&mut times)
    };
    row.more.insert("receipt_bytes_max".into(), bytes_max.into());
    Ok(row)
}

/// A pack of some days, checked.
pub(super) fn pack(dir: &Path) -> Result<Row, Failure> {
    let out = dir.join("bench.pack");
    let day = |day: i32| wire::date::show_day(books::Day(day));
    let period = format!("{}..{}", day(FIRST_DAY), day(FIRST_DAY + PACK_DAYS - 1));
    let begun = Instant::now();
    let made = Command::new(std::env::current_exe()?)
        .args(["granary", "audit", "pack", "--period", &period, "--dir"])
        .arg(dir)
        .arg("--out")
        .arg(&out)
        .env_remove("GRANARY_SERVER")
        .status()?;
    if !made.success() {
        return Err(Failure::new("the pack was not made"));
    }
    let made_s = begun.elapsed().as_secs_f64();
    let events = fs::read_to_string(out.join("events.txt"))?.lines().count() as u64;
    let known = Known::policy(Policy::of_log(ledger::verifier(dir)?));
    let mut times = Vec::new();
    let mut busy_s = f64::MAX;
    for _ in 0..3 {
        let (begun, before) = (Instant::now(), busy());
        check(&out, &known)?;
        times.push(begun.elapsed());
        busy_s = busy_s.min(busy() - before);
    }
    let bytes: u64 = fs::read_dir(&out)?.flatten().filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum();
    let baseline_per_s = hashes_per_s();
    let mut row = Row {
        workload: "pack-verified".into(),
        batch: events,
        clients: 1,
        movements: events,
        movements_per_s: events as f64 / busy_s,
        baseline: HASHES,
        baseline_per_s,
        bytes_per_movement: bytes as f64 / events as f64,
        ..Row::finished(&mut times)
    };
    row.ratio = row.movements_per_s / baseline_per_s;
    row.more.insert("log_events".into(), size_of(&Folder::at(dir.join("tiles")))?.into());
    row.more.insert("made_events_per_s".into(), (events as f64 / made_s).into());
    Ok(row)
}

fn size_of(files: &Folder) -> Result<u64, Failure> {
    Ok(chain::Checkpoint::parse(Note::parse(&files.checkpoint()?)?.text())?.size)
}

/// Time that this thread had a core, in seconds: what else the machine does is not counted.
fn busy() -> f64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

fn hashes_per_s() -> f64 {
    const COUNT: u32 = 500_000;
    let before = busy();
    let mut node = [0; 32];
    for number in 0..COUNT {
        let mut entry = [0u8; 77];
        entry[..4].copy_from_slice(&number.to_be_bytes());
        node = node_hash(&node, &leaf_hash(&entry));
    }
    std::hint::black_box(node);
    f64::from(COUNT) / (busy() - before).max(1e-9)
}
