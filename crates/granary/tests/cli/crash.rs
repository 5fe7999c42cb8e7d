//! The tool is killed at random while it posts: what it acknowledged is there, once, and nothing else is wrong.
//!
//! `GRANARY_KILL_ROUNDS` sets how often (15 where absent). The power cuts, which need the file system's help, are
//! simulated one floor down, in the tests of `store`.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::run::{Ledger, movement};

const LINES: u32 = 60_000;

#[test]
fn a_killed_writer_loses_nothing_it_acknowledged_and_repeats_nothing() {
    let rounds: u64 = std::env::var("GRANARY_KILL_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(15);
    let ledger = Ledger::with_agency();
    let mut file = movement(0, "deposit", "L1", "1000 t", "2026-03-01");
    for id in 1..LINES {
        file += &movement(id, "draw", "L1", "1 g", "2026-03-02");
    }
    let lines: Vec<&str> = file.lines().collect();
    let mut acknowledged: BTreeMap<u64, u64> = BTreeMap::new();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..rounds {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // A fifth of the kills fall into the opening.
        let patience = if random >> 61 == 0 { (random >> 40) % 15 } else { 15 + (random >> 40) % 150 };
        let begin = acknowledged.len().saturating_sub(500);
        for (line, seq) in run_and_kill(&ledger, &lines[begin..], Duration::from_millis(patience)) {
            let line = line + begin as u64;
            let known = acknowledged.insert(line, seq);
            assert!(known.is_none_or(|known| known == seq), "line {line} is event {known:?} and event {seq}");
        }
    }
    assert!(acknowledged.len() > 1_000, "the rounds got somewhere: {}", acknowledged.len());
    let ran = ledger.post(&file);
    assert_eq!(ran.exit, 0, "{}", ran.err);
    for verdict in ran.lines() {
        let line = verdict["line"].as_u64().expect("a line");
        if let Some(seq) = acknowledged.get(&line) {
            assert_eq!((&verdict["outcome"], &verdict["seq"]), (&"duplicate".into(), &(*seq).into()), "line {line}");
        }
    }
    let replayed = ledger.run(&["replay", "--verify", "--format", "json"]);
    assert_eq!(replayed.exit, 0, "{}", replayed.out);
    assert_eq!(replayed.json()["events"], 5 + u64::from(LINES), "every command once");
    let left = ledger.run(&["position", "--format", "json"]).json()["positions"][0]["on_hand"].clone();
    assert_eq!(left, "999.940001", "1000 t less 59,999 g");
    assert_eq!(ledger.run(&["doctor"]).exit, 0);
}

/// Posts lines until it is killed; the verdicts that came back: line and event.
fn run_and_kill(ledger: &Ledger, lines: &[&str], patience: Duration) -> Vec<(u64, u64)> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_granary"))
        .args(["post", "--dir", ledger.dir().to_str().expect("UTF-8"), "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts");
    let mut stdin = child.stdin.take().expect("piped");
    let input = lines.join("\n") + "\n";
    let writer = std::thread::spawn(move || {
        // The child is killed while it reads: a broken pipe is what should happen.
        let _ = stdin.write_all(input.as_bytes());
    });
    let out = child.stdout.take().expect("piped");
    let reader = std::thread::spawn(move || {
        let verdicts = BufReader::new(out).split(b'\n').map_while(Result::ok);
        // The last line may be cut short: then it was not acknowledged.
        let verdicts = verdicts.filter_map(|line| serde_json::from_slice::<Value>(&line).ok());
        verdicts.filter_map(|verdict| Some((verdict["line"].as_u64()?, verdict["seq"].as_u64()?))).collect()
    });
    std::thread::sleep(patience);
    let _ = child.kill();
    let _ = child.wait();
    writer.join().expect("the writer does not panic");
    reader.join().expect("the reader does not panic")
}
