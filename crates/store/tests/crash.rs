//! Kills and power cuts while entries are appended, pages written, tiles published and the log reopened.
//!
//! After each: what was acknowledged is there, the sequence is whole, the root is that of the entries, every entry and
//! every state page has the bytes it must have, and the tiles follow.
//!
//! `GRANARY_KILL_ROUNDS` (12) and `GRANARY_POWERCUT_ROUNDS` (5) set how often; `GRANARY_CRASH_SEED` repeats a run.

mod common;

use common::{PAGES, Random, append, create, note, options, page, verify};
use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use store::{Commit, Store, TileWriter, scrub};

const CHILD: &str = "GRANARY_CRASH_CHILD";

fn rounds(name: &str, default: u64) -> u64 {
    env::var(name).map_or(default, |text| text.parse().expect("a number of rounds"))
}

fn seed() -> u64 {
    let seed = rounds("GRANARY_CRASH_SEED", u64::from(std::process::id()));
    println!("GRANARY_CRASH_SEED={seed}");
    seed
}

/// Not a test by itself: the process that is killed. It says `acknowledged N` after each commit.
#[test]
fn child_appends_until_it_is_killed() {
    let Ok(dir) = env::var(CHILD) else { return };
    let (store, recovered) = Store::open(&dir, options()).expect("the child opens the ledger");
    let mut tiles = TileWriter::open(&store).expect("the child takes up the tiles");
    let mut random = Random(u64::from(std::process::id()) ^ recovered.head.size());
    let mut out = std::io::stdout();
    let mut snapshot = recovered.head.snapshot.unwrap_or(0);
    let mut waiting = vec![];
    for round in 0u64.. {
        let mut commit = Commit::default();
        if waiting.is_empty() && round % 7 == 3 {
            // The first snapshot has all pages, later ones those that changed.
            let share = if snapshot == 0 { 1 } else { 4 };
            snapshot = store.head().size();
            waiting = (0..PAGES).filter(|page| page % share == 0).map(|index| page(index, snapshot)).collect();
        }
        if !waiting.is_empty() {
            let count = waiting.len().min(9);
            commit.pages = waiting.drain(..count).collect();
            commit.snapshot = waiting.is_empty().then_some(snapshot);
        }
        commit.cursors = vec![("bus".into(), round.to_be_bytes().to_vec())];
        let count = if random.below(3) == 0 { 1 } else { 1 + random.below(1_500) };
        append(&store, &mut tiles, count, commit);
        let size = store.head().size();
        writeln!(out, "acknowledged {size}").and_then(|()| out.flush()).expect("the parent listens");
        if round % 13 == 5 {
            tiles.publish(&note(tiles.size(), tiles.root())).expect("published");
        }
    }
}

struct Appender {
    child: Child,
    acknowledged: Arc<AtomicU64>,
    listener: JoinHandle<()>,
}

impl Appender {
    fn start(dir: &Path) -> Self {
        let mut child = Command::new(env::current_exe().expect("the path of this test"))
            .args(["child_appends_until_it_is_killed", "--exact", "--nocapture", "--test-threads=1"])
            .env(CHILD, dir)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("this test can run itself");
        let acknowledged = Arc::new(AtomicU64::new(0));
        let heard = acknowledged.clone();
        let out = child.stdout.take().expect("piped");
        let listener = thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                // The test harness may have begun the line.
                if let Some(size) = line.split("acknowledged ").nth(1).and_then(|size| size.parse().ok()) {
                    heard.store(size, Ordering::SeqCst);
                }
            }
        });
        Self { child, acknowledged, listener }
    }

    /// Kills it, and returns all that it acknowledged.
    fn kill(mut self) -> u64 {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
        self.listener.join().expect("the listener ends with the pipe");
        self.acknowledged.load(Ordering::SeqCst)
    }
}

/// A folder keeps its history over the rounds until it is big.
fn fresh(dir: &Path) {
    let _ = fs::remove_dir_all(dir);
    drop(create(dir));
}

#[test]
fn nothing_acknowledged_is_lost_by_a_kill() {
    let rounds = rounds("GRANARY_KILL_ROUNDS", 12);
    let mut random = Random(seed());
    let temp = tempfile::tempdir().expect("a folder");
    let dir = temp.path().join("ledger");
    fresh(&dir);
    let (mut acknowledged, mut total, mut early) = (0, 0, 0);
    for round in 0..rounds {
        let appender = Appender::start(&dir);
        // Every fifth round hits the opening.
        let during_open = round % 5 == 4;
        early += u64::from(during_open);
        thread::sleep(Duration::from_millis(if during_open { 1 + random.below(40) } else { 60 + random.below(700) }));
        let now = appender.kill().max(acknowledged);
        total += now - acknowledged;
        acknowledged = now;
        let size = verify(&dir, acknowledged).unwrap_or_else(|what| panic!("round {round}: {what}"));
        assert!(size >= acknowledged);
        if round % 10 == 9 {
            assert_eq!(scrub(&dir).expect("nobody holds it"), [], "round {round}");
        }
        if size > 200_000 {
            fresh(&dir);
            acknowledged = 0;
        }
    }
    println!("{rounds} kills ({early} while opening), {total} entries acknowledged, none lost");
    assert!(total > rounds * 100, "the children did append: {total}");
}

/// An ext4 file system on a loop device, whose power can be cut.
struct Disk {
    image: PathBuf,
    mounted: PathBuf,
}

impl Disk {
    fn new(dir: &Path) -> Result<Self, String> {
        let disk = Self { image: dir.join("disk.img"), mounted: dir.join("mounted") };
        fs::create_dir_all(&disk.mounted).map_err(|error| error.to_string())?;
        run("truncate", &["-s", "900M", &disk.image()])?;
        run("mkfs.ext4", &["-q", "-F", &disk.image()])?;
        disk.mount()?;
        Ok(disk)
    }

    fn image(&self) -> String {
        self.image.display().to_string()
    }

    fn mount(&self) -> Result<(), String> {
        run("mount", &["-o", "loop", &self.image(), &self.mounted.display().to_string()])
    }

    fn unmount(&self) -> Result<(), String> {
        let mut last = String::new();
        for _ in 0..50 {
            match run("umount", &[&self.mounted.display().to_string()]) {
                Ok(()) => return Ok(()),
                Err(error) => last = error,
            }
            thread::sleep(Duration::from_millis(100));
        }
        Err(last)
    }

    /// Nothing that is not on the device now will ever be: the journal is not flushed either.
    fn cut_power(&self) -> Result<(), String> {
        let script = "import fcntl, os, struct, sys\n\
            fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587d, struct.pack('I', 2))";
        run("python3", &["-c", script, &self.mounted.display().to_string()])
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = self.unmount();
    }
}

fn run(program: &str, arguments: &[&str]) -> Result<(), String> {
    let output = Command::new(program).args(arguments).output().map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{program} {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim()))
}

#[test]
#[ignore = "group root"]
fn nothing_acknowledged_is_lost_by_a_power_cut() {
    let rounds = rounds("GRANARY_POWERCUT_ROUNDS", 5);
    let mut random = Random(seed() ^ 0xdead);
    let temp = tempfile::tempdir().expect("a folder");
    let disk = Disk::new(temp.path()).unwrap_or_else(|what| {
        panic!("cannot simulate a power cut: {what}\nneeded: root, a loop device, mkfs.ext4, mount and python3")
    });
    let dir = disk.mounted.join("ledger");
    fresh(&dir);
    let (mut acknowledged, mut total, mut beyond) = (0, 0, 0);
    for round in 0..rounds {
        let appender = Appender::start(&dir);
        thread::sleep(Duration::from_millis(150 + random.below(1_200)));
        disk.cut_power().expect("the power can be cut");
        thread::sleep(Duration::from_millis(20));
        let now = appender.kill().max(acknowledged);
        total += now - acknowledged;
        acknowledged = now;
        disk.unmount().expect("unmounted");
        disk.mount().expect("mounted again");
        let size = verify(&dir, acknowledged).unwrap_or_else(|what| panic!("round {round}: {what}"));
        beyond += u64::from(size > acknowledged);
        if round % 10 == 9 {
            assert_eq!(scrub(&dir).expect("nobody holds it"), [], "round {round}");
        }
        if size > 200_000 {
            fresh(&dir);
            acknowledged = 0;
        }
    }
    println!("{rounds} power cuts, {total} entries acknowledged, none lost; {beyond} times more was there");
    assert!(total > rounds * 100, "the children did append: {total}");
}
