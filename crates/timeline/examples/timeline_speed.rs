//! Prints what a posting and a question cost: `cargo run --release -p timeline --example timeline_speed -- 20`, where 20
//! are millions of events of two postings, days ascending over ten years with one posting in a hundred late.

use std::path::Path;
use std::time::{Duration, Instant};

use timeline::{Posting, Timeline, TimelineError};

const QUESTIONS: usize = 20_000;
const DAYS: u64 = 3_650;
const LATE_DAYS: u64 = 30;
const FIRST_DAY: i32 = 18_000;

fn main() -> Result<(), TimelineError> {
    let mut arguments = std::env::args().skip(1);
    let millions: u64 = arguments.next().and_then(|count| count.parse().ok()).unwrap_or(20);
    let accounts: Vec<u64> = match arguments.next().and_then(|count| count.parse().ok()) {
        Some(count) => vec![count],
        None => vec![10_000, 1_000_000],
    };
    let dir = std::env::temp_dir().join(format!("timeline-speed-{}", std::process::id()));
    for account_count in accounts {
        measure(&dir, millions * 1_000_000, account_count)?;
        Timeline::remove(&dir)?;
    }
    Ok(())
}

fn measure(dir: &Path, event_count: u64, account_count: u64) -> Result<(), TimelineError> {
    let mut timeline = Timeline::open(dir, 0)?;
    let begun = Instant::now();
    let cpu = cpu_seconds();
    let (mut adding, mut making) = (0, 0.0);
    for first in (1..=event_count).step_by(10_000) {
        let start = Instant::now();
        let postings: Vec<Posting> =
            (first..first + 10_000).flat_map(|seq| postings(seq, event_count, account_count)).collect();
        making += start.elapsed().as_secs_f64();
        // A million events a second, while the threads beside it keep up.
        std::thread::sleep(due(begun, first - 1));
        let start = Instant::now();
        postings.into_iter().for_each(|posting| timeline.add(posting));
        adding += start.elapsed().as_nanos();
    }
    let posting_count = event_count * 2;
    println!(
        "{account_count} accounts, {event_count} events in {:.1} s: add {:.0} ns a posting",
        begun.elapsed().as_secs_f64(),
        adding as f64 / posting_count as f64,
    );
    ask("    at once", &timeline, event_count, account_count)?;
    timeline.settle();
    println!(
        "    settled after {:.1} s; processor {:.0} ns a posting in all; resident {} MiB, at most {}",
        begun.elapsed().as_secs_f64(),
        (cpu_seconds() - cpu - making) * 1e9 / posting_count as f64,
        status_mib("VmRSS:"),
        status_mib("VmHWM:"),
    );
    ask("    settled", &timeline, event_count, account_count)?;
    drop(timeline);
    let start = Instant::now();
    let timeline = Timeline::open(dir, event_count)?;
    let opened = start.elapsed();
    let covered = timeline.covered();
    println!(
        "    {:.2} bytes a posting; open {:.1} ms, {} events to add again; resident {} MiB",
        folder_bytes(dir) as f64 / posting_count as f64,
        opened.as_secs_f64() * 1e3,
        event_count - covered,
        status_mib("VmRSS:"),
    );
    ask("    opened again", &timeline, event_count, account_count)?;
    let start = Instant::now();
    let days = timeline.days(7, event_count)?;
    println!("    days of an account: {} in {:.2} ms", days.len(), start.elapsed().as_secs_f64() * 1e3);
    Ok(())
}

/// How long to wait until as many events are due.
fn due(begun: Instant, events: u64) -> Duration {
    Duration::from_micros(events).saturating_sub(begun.elapsed())
}

/// Processor time of this process; zero where the system does not tell.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
    fields.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

fn mixed(number: u64) -> u64 {
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn postings(seq: u64, event_count: u64, account_count: u64) -> [Posting; 2] {
    let word = mixed(seq);
    let late = if word.is_multiple_of(100) { 1 + (word >> 32) % LATE_DAYS } else { 0 };
    let day = FIRST_DAY + (seq * DAYS / event_count) as i32 - late as i32;
    let units = 1 + (word >> 20) as i64 % 1_000_000_000;
    let posting = |account, units| Posting { account, seq, day, change: [units, 0, 0] };
    let account = |word: u64| (word % account_count) as u32;
    [posting(account(mixed(word)), -units), posting(account(mixed(word + 1)), units)]
}

fn ask(name: &str, timeline: &Timeline, event_count: u64, account_count: u64) -> Result<(), TimelineError> {
    let mut nanos = Vec::with_capacity(QUESTIONS);
    for number in 0..QUESTIONS as u64 {
        let word = mixed(number + 1_000_000_007);
        let account = (word % account_count) as u32;
        let day = FIRST_DAY + ((word >> 20) % DAYS) as i32;
        let known_at = 1 + mixed(word) % event_count;
        let start = Instant::now();
        std::hint::black_box(timeline.at(account, day, known_at)?);
        nanos.push(start.elapsed().as_nanos());
    }
    nanos.sort_unstable();
    let at = |share: f64| nanos[(share * (QUESTIONS - 1) as f64) as usize] as f64 / 1e3;
    println!("{name}: p50 {:.0} us, p99 {:.0} us, slowest {:.0} us", at(0.5), at(0.99), at(1.0));
    Ok(())
}

fn folder_bytes(dir: &Path) -> u64 {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.metadata().ok()).map(|metadata| metadata.len()).sum()
}

/// A figure of this process in MiB; zero where the system does not tell.
fn status_mib(name: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<usize>().ok()).unwrap_or(0) / 1024
}
