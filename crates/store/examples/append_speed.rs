//! How fast the store records, beside a plain file that is appended to and synced with the same bytes.
//!
//! `cargo run --release -p store --example append_speed -- [million entries] [folder] [entries in a frame]`
//!
//! The folder must not exist yet, and stays: remove it when you are done. Not before a run: for some minutes after many
//! files were removed, ext4 takes up to ten times as long to create others, and tiles are many files.

use base64::Engine;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::{Duration, Instant};
use store::{Commit, OpenOptions, Sealed, Sealer, Store, TileWriter, push_entry};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let million: f64 = arguments.next().map_or(5.0, |text| text.parse().expect("a number of million entries"));
    let dir = arguments.next().unwrap_or_else(|| "/tmp/granary-append-speed".into());
    let frame: usize = arguments.next().map_or(8_189, |text| text.parse().expect("entries in a frame"));
    let count = (million * 1e6) as u64;
    let dir = Path::new(&dir);
    fs::create_dir(dir).expect("a new folder to write in");

    plain_file(dir, count.min(2_000_000), frame);
    record(&dir.join("ledger"), count, frame);
    read(&dir.join("ledger"));
}

fn plain_file(dir: &Path, count: u64, frame: usize) {
    let mut file = File::create(dir.join("plain")).expect("a file");
    let mut events = Events::default();
    let mut spent = Duration::ZERO;
    for first in (0..count).step_by(frame) {
        let bundle = events.bundle(frame.min((count - first) as usize));
        let begun = Instant::now();
        file.write_all(&bundle).expect("written");
        file.sync_data().expect("synced");
        spent += begun.elapsed();
    }
    println!("plain file: {:.2} M entries/s", count as f64 / spent.as_secs_f64() / 1e6);
}

fn record(dir: &Path, count: u64, frame: usize) {
    let (store, recovered) =
        Store::create(dir, "bench.example/ledger", "", OpenOptions::default()).expect("a new ledger");
    let mut sealer = Sealer::new(&recovered.head.tree);
    let (to_commit, sealed) = sync_channel::<Sealed>(2);
    let (to_tiles, recorded) = sync_channel::<Sealed>(4);
    let begun = Instant::now();
    let cpu_begun = cpu();
    let mut events = Events::default();
    let (mut making, mut latencies) = (Duration::ZERO, vec![]);
    let mut cpu_by_thread = vec![];
    thread::scope(|scope| {
        let sealing = named("sealer").spawn_scoped(scope, || {
            let to_commit = to_commit;
            for first in (0..count).step_by(frame) {
                let entries = frame.min((count - first) as usize);
                let making_begun = Instant::now();
                let bundle = events.bundle(entries);
                making += making_begun.elapsed();
                to_commit.send(sealer.seal(bundle, entries)).expect("the committer lives");
            }
            cpu_of_thread()
        });
        let store = &store;
        let latencies = &mut latencies;
        let committing = named("committer").spawn_scoped(scope, move || {
            let to_tiles = to_tiles;
            for sealed in sealed {
                let commit_begun = Instant::now();
                let sealed = vec![sealed];
                let recorded = store.commit(Commit { sealed, ..Commit::default() }).expect("recorded");
                latencies.push(commit_begun.elapsed());
                recorded.sealed.into_iter().for_each(|sealed| to_tiles.send(sealed).expect("the tile thread lives"));
            }
            cpu_of_thread()
        });
        let tiles = named("tiles").spawn_scoped(scope, move || {
            let mut tiles = TileWriter::open(store).expect("an empty tree of tiles");
            let mut published = Instant::now();
            for sealed in recorded {
                tiles.take(&sealed).expect("written");
                if published.elapsed() > Duration::from_secs(1) {
                    tiles.publish(&unsigned(&tiles)).expect("published");
                    published = Instant::now();
                }
            }
            tiles.publish(&unsigned(&tiles)).expect("published");
            cpu_of_thread()
        });
        for (name, thread) in [("sealer", sealing), ("committer", committing), ("tiles", tiles)] {
            cpu_by_thread.push((name, thread.expect("a thread").join().expect("no panic")));
        }
    });
    let spent = begun.elapsed();
    let per_entry = |spent: Duration| spent.as_nanos() as f64 / count as f64;
    println!(
        "recorded: {:.2} M entries/s; CPU {:.0} ns an entry over all threads, of which {:.0} made the events",
        count as f64 / spent.as_secs_f64() / 1e6,
        per_entry(cpu() - cpu_begun),
        per_entry(making),
    );
    for (name, spent) in cpu_by_thread {
        println!("  {name}: {:.0} ns of CPU an entry", per_entry(spent));
    }
    latencies.sort();
    let rank = |share: f64| latencies[((latencies.len() - 1) as f64 * share) as usize];
    println!("  commit: p50 {:?}, p99 {:?}, longest {:?}", rank(0.5), rank(0.99), rank(1.0));
    for part in ["log", "tiles"] {
        let (bytes, blocks) = disk(&dir.join(part));
        println!(
            "  {part}: {:.1} bytes an entry ({:.1} as allocated)",
            bytes as f64 / count as f64,
            blocks as f64 / count as f64
        );
    }
    println!(
        "  entry: {:.1} bytes; memory {} MB, at most {} MB",
        events.bytes as f64 / count as f64,
        memory("VmRSS:"),
        memory("VmHWM:")
    );
}

/// A checkpoint without a signature: signing is the caller's.
fn unsigned(tiles: &TileWriter) -> Vec<u8> {
    let root = base64::engine::general_purpose::STANDARD.encode(tiles.root());
    format!("bench.example/ledger\n{}\n{root}\n", tiles.size()).into_bytes()
}

fn read(dir: &Path) {
    let begun = Instant::now();
    let (store, recovered) = Store::open(dir, OpenOptions::default()).expect("opened");
    println!("open: {:?}, {} entries", begun.elapsed(), recovered.head.size());
    for round in 0..2 {
        let begun = Instant::now();
        let (mut entries, mut sum) = (0u64, 0u64);
        store
            .scan_blocks(0, |block| {
                for entry in block.entries() {
                    sum = sum.wrapping_add(entry.len() as u64 + u64::from(entry[16]));
                    entries += 1;
                }
            })
            .expect("read");
        let spent = begun.elapsed();
        println!("scan {round}: {:.1} M entries/s (sum {sum})", entries as f64 / spent.as_secs_f64() / 1e6);
    }
    let begun = Instant::now();
    let size = recovered.head.size();
    let mut at = 1u64;
    for _ in 0..2_000 {
        at = at.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        assert!(store.entry((at >> 16) % size).expect("read").is_some());
    }
    println!("random entry: {:?}", begun.elapsed() / 2_000);
    println!("memory {} MB, at most {} MB", memory("VmRSS:"), memory("VmHWM:"));
}

/// Pseudo events of about 85 bytes: 16 random ones, an id that rises with time, and small numbers.
#[derive(Default)]
struct Events {
    state: u64,
    index: u64,
    bytes: u64,
}

impl Events {
    fn random(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn bundle(&mut self, count: usize) -> Vec<u8> {
        let mut bundle = Vec::with_capacity(count * 88);
        let mut entry = Vec::with_capacity(96);
        for _ in 0..count {
            entry.clear();
            entry.extend_from_slice(&[0x8a, 0x01, 0x50]);
            entry.extend_from_slice(&self.random().to_be_bytes());
            entry.extend_from_slice(&self.random().to_be_bytes());
            // A UUIDv7: milliseconds, then 74 random bits.
            let id = self.random();
            let milliseconds = 1_790_000_000_000u64 + self.index / 300;
            entry.push(0x50);
            entry.extend_from_slice(&milliseconds.to_be_bytes()[2..]);
            entry.extend_from_slice(&[0x70 | (id & 15) as u8, (id >> 8) as u8]);
            entry.extend_from_slice(&id.to_be_bytes());
            entry.push(0x1b);
            entry.extend_from_slice(&(milliseconds * 1_000 + self.index % 300).to_be_bytes());
            entry.extend_from_slice(&[0x19, 0x51, 0x2b, 0x82, 0x84]);
            let (source, target) = (self.random() % 10_000, self.random() % 10_000);
            for account in [source, target] {
                entry.push(0x19);
                entry.extend_from_slice(&(account as u16).to_be_bytes());
            }
            entry.push(0x1a);
            entry.extend_from_slice(&((self.random() % 1_000_000) as u32).to_be_bytes());
            entry.extend_from_slice(&[0xf6, 0x84, 0x19, 0x01, 0x00, 0x65]);
            entry.extend_from_slice(b"stock");
            entry.extend_from_slice(&[0x80, 0x80, 0xf6, 0x03]);
            entry.resize(83 + (source % 5) as usize, 0x20);
            push_entry(&mut bundle, &entry);
            self.index += 1;
            self.bytes += entry.len() as u64;
        }
        bundle
    }
}

fn named(name: &str) -> thread::Builder {
    thread::Builder::new().name(name.into())
}

/// CPU time of the whole process.
fn cpu() -> Duration {
    time(rustix::time::ClockId::ProcessCPUTime)
}

fn cpu_of_thread() -> Duration {
    time(rustix::time::ClockId::ThreadCPUTime)
}

fn time(clock: rustix::time::ClockId) -> Duration {
    let time = rustix::time::clock_gettime(clock);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Bytes of the files under a folder, and bytes allocated for them.
fn disk(dir: &Path) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    let Ok(files) = fs::read_dir(dir) else { return (0, 0) };
    files.flatten().fold((0, 0), |(bytes, blocks), file| {
        let about = file.metadata().expect("it is there");
        let below = if about.is_dir() { disk(&file.path()) } else { (about.len(), about.blocks() * 512) };
        (bytes + below.0, blocks + below.1)
    })
}

fn memory(field: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap_or("0");
    line.split_whitespace().next().and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) / 1024
}
