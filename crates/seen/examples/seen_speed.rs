//! Prints what an id costs, for UUIDv7 and for random ids, with what is kept in a map in memory:
//! `cargo run --release -p seen --example seen_speed -- 20 v4`, where 20 are millions of ids; all kinds when none is named.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use seen::{Kept, Pair, Seen, SeenError};

/// Ids between two commits.
const BATCH_IDS: u64 = 8_192;
/// What a commit takes.
const COMMIT_BYTES: usize = 256 << 10;

#[derive(Default)]
struct Pairs(RefCell<BTreeMap<Vec<u8>, Vec<u8>>>);

impl Kept for Pairs {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, SeenError> {
        Ok(self.0.borrow().get(key).cloned())
    }

    fn range(&self, from: &[u8], to: &[u8], count: usize) -> Result<Vec<Pair>, SeenError> {
        let pairs = self.0.borrow();
        let range = pairs.range(from.to_vec()..to.to_vec()).take(count);
        Ok(range.map(|(key, value)| (key.clone(), value.clone())).collect())
    }
}

struct Ids {
    state: u64,
    /// Clocks differ by less than so many milliseconds; `None` for random ids.
    jitter: Option<u64>,
}

impl Ids {
    fn word(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A thousand ids a millisecond.
    fn next(&mut self, number: u64) -> [u8; 16] {
        let (mut high, low) = (self.word(), self.word());
        if let Some(jitter) = self.jitter {
            let milliseconds = 1_760_000_000_000 + number / 1_000 + high % jitter;
            high = milliseconds << 16 | 7 << 12 | high >> 52;
        } else {
            high = high & !(0xf << 12) | 4 << 12;
        }
        (u128::from(high) << 64 | u128::from(low)).to_be_bytes()
    }
}

fn main() -> Result<(), SeenError> {
    let millions: u64 = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(20);
    let kinds = [("v7", Some(1)), ("v7, clocks differ by two seconds", Some(2_000)), ("v4", None)];
    let chosen = std::env::args().nth(2);
    for (name, jitter) in kinds.into_iter().filter(|(name, _)| chosen.as_ref().is_none_or(|chosen| chosen == name)) {
        measure(name, jitter, millions * 1_000_000)?;
    }
    Ok(())
}

fn measure(name: &str, jitter: Option<u64>, id_count: u64) -> Result<(), SeenError> {
    let kept = Pairs::default();
    let (mut seen, _) = Seen::open(&kept)?;
    let mut ids = Ids { state: 7, jitter };
    let mut samples = Vec::new();
    let (mut busy, mut busy_late, mut batches, mut written) = (Duration::ZERO, Duration::ZERO, Vec::new(), 0);
    let before = resident_mib();
    for first in (0..id_count).step_by(BATCH_IDS as usize) {
        let batch: Vec<[u8; 16]> = (0..BATCH_IDS).map(|offset| ids.next(first + offset)).collect();
        let start = Instant::now();
        for (leaf, id) in (first..).zip(&batch) {
            if seen.find(&kept, *id, &mut |_| Ok(false))?.is_none() {
                seen.insert(*id, leaf);
            }
        }
        let pairs = seen.take_pairs(COMMIT_BYTES);
        let spent = start.elapsed();
        busy += spent;
        batches.push(spent);
        if first > id_count / 10 * 9 {
            busy_late += spent;
        }
        for (key, value) in pairs {
            written += key.len() + value.len();
            kept.0.borrow_mut().insert(key, value);
        }
        if first % (BATCH_IDS * 8) == 0 {
            samples.push((batch[77], first + 77));
        }
    }
    let own = resident_mib().saturating_sub(before).saturating_sub(kept_bytes(&kept) >> 20);
    seen.settle();
    for (key, value) in seen.take_pairs(usize::MAX) {
        written += key.len() + value.len();
        kept.0.borrow_mut().insert(key, value);
    }
    let kept_bytes = kept_bytes(&kept);
    batches.sort_unstable();
    println!(
        "{name}: {id_count} ids, find + insert {:.0} ns an id, {:.0} in the last tenth, {:.0} in the median batch, slowest batch {:.1} ms",
        busy.as_nanos() as f64 / id_count as f64,
        busy_late.as_nanos() as f64 / (id_count as f64 / 10.0),
        batches[batches.len() / 2].as_nanos() as f64 / BATCH_IDS as f64,
        batches[batches.len() - 1].as_secs_f64() * 1e3,
    );
    println!(
        "    kept {:.1} bytes an id, written {:.1}; memory about {own} MiB",
        kept_bytes as f64 / id_count as f64,
        written as f64 / id_count as f64,
    );
    let start = Instant::now();
    let (mut seen, from) = Seen::open(&kept)?;
    let opened = start.elapsed();
    // The last window is not sealed: its ids are not looked for here.
    samples.retain(|(_, leaf)| *leaf < from);
    let start = Instant::now();
    for (id, leaf) in &samples {
        assert_eq!(seen.find(&kept, *id, &mut |candidate| Ok(candidate == *leaf))?, Some(*leaf));
    }
    let found = start.elapsed();
    let start = Instant::now();
    Seen::open_verified(&kept)?;
    println!(
        "    open {:.2} ms, verified {:.2} s; {} ids to insert again; an old id, filters cold: {:.1} us",
        opened.as_secs_f64() * 1e3,
        start.elapsed().as_secs_f64(),
        id_count.saturating_sub(from),
        found.as_secs_f64() * 1e6 / samples.len() as f64,
    );
    Ok(())
}

fn kept_bytes(kept: &Pairs) -> usize {
    kept.0.borrow().iter().map(|(key, value)| key.len() + value.len()).sum()
}

/// Resident memory of this process; zero where the system does not tell.
fn resident_mib() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<usize>().ok()).unwrap_or(0) / 1024
}
