//! Matches a million lines against a million, with differences of every class put in, and checks that each is found and
//! none invented.
//!
//!     cargo run --release -p reconcile --example match_speed            # 1,000,000 lines a side
//!     cargo run --release -p reconcile --example match_speed 100000

mod injected;

use std::collections::BTreeMap;
use std::time::Instant;

use reconcile::{Class, Tolerances, match_lines};

/// The most memory this process ever held, in MB, as Linux tells it.
fn rss_mb_max() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_ascii_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
}

fn main() {
    let argument = std::env::args().nth(1);
    let line_count = argument.map_or(1_000_000, |count| count.parse().expect("the argument is a number of lines"));
    let made = injected::make(line_count);
    let tolerances = Tolerances::new(injected::TOLERANCE);

    let started = Instant::now();
    let found = match_lines(&made.ours, &made.theirs, &tolerances, &[]).expect("milligrams compare");
    let seconds = started.elapsed().as_secs_f64();
    let rss = rss_mb_max();

    let mut put_in: BTreeMap<Class, usize> = BTreeMap::new();
    for (class, ..) in &made.expected {
        *put_in.entry(*class).or_default() += 1;
    }
    println!("{} lines against {}", made.ours.len(), made.theirs.len());
    for (class, count) in put_in {
        println!("{count:>9} movements put in as {class}");
    }
    let faults = injected::faults(&made, &found);
    faults.iter().for_each(|fault| println!("{fault}"));
    println!("{} faults: differences missed or invented", faults.len());
    println!("seconds {seconds:.2}, rss {} MB", rss.map_or("?".to_owned(), |mb| mb.to_string()));
    if !faults.is_empty() {
        std::process::exit(1);
    }
}
