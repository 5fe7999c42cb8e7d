//! Tools that ask a folder, beside each other and beside one that writes it.
//!
//! On 29 November 2026 `granary export --dir d events | less` kept `granary position --dir d` in another terminal out: exit
//! 2, "the ledger is held by process N".

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::run::{Ledger, granary, movement};

/// A tool that goes on for as long as somebody keeps its input open, or does not read its output.
struct Tool {
    child: Child,
    input: Option<ChildStdin>,
    out: BufReader<ChildStdout>,
}

impl Tool {
    fn start(ledger: &Ledger, args: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_granary"))
            .args(args)
            .args(["--dir", ledger.dir().to_str().expect("UTF-8")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let input = child.stdin.take();
        let out = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, input, out }
    }

    fn say(&mut self, line: &str) -> String {
        self.input.as_mut().expect("it is open").write_all(line.as_bytes()).expect("written");
        self.line()
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).expect("a line");
        line
    }

    fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("it is our child").is_none()
    }

    /// Reads the rest and waits for its end.
    fn end(mut self) -> usize {
        drop(self.input.take());
        let mut rest = Vec::new();
        self.out.read_to_end(&mut rest).expect("read");
        assert!(self.child.wait().expect("it ends").success());
        rest.len()
    }
}

fn on_hand(ledger: &Ledger) -> String {
    let ran = ledger.run(&["position", "--by", "material", "--format", "json"]);
    assert_eq!((ran.exit, ran.err.as_str()), (0, ""), "{}", ran.out);
    ran.json()["positions"][0]["on_hand"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn two_readers_of_one_folder_work_side_by_side() {
    let ledger = Ledger::with_agency();
    let file: String = (1..=1_500).map(|id| movement(id, "deposit", &format!("L{id}"), "1 t", "2026-03-01")).collect();
    assert_eq!(ledger.post(&file).exit, 0);
    // More than a pipe takes: it waits with the folder open.
    let mut one = Tool::start(&ledger, &["export", "events"]);
    assert!(one.line().starts_with('{'));
    let mut two = Tool::start(&ledger, &["history", "--format", "csv"]);
    assert!(!two.line().is_empty());
    assert_eq!(on_hand(&ledger), "1500");
    assert!(one.is_running() && two.is_running());
    // Nor does a reader keep a writer away.
    assert_eq!(ledger.post(&movement(2_000, "draw", "L7", "1 t", "2026-03-02")).exit, 0);
    assert_eq!(on_hand(&ledger), "1499");
    assert!(one.is_running() && two.is_running());
    assert!(one.end() > 100_000 && two.end() > 100_000);
}

#[test]
fn a_reader_beside_a_writer_sees_what_was_acknowledged_before() {
    let ledger = Ledger::with_agency();
    let mut writer = Tool::start(&ledger, &["post", "-"]);
    for id in 1..=3 {
        let answer = writer.say(&movement(id, "deposit", "L1", "1 t", "2026-03-10"));
        assert!(answer.contains("accepted"), "{answer}");
        assert_eq!(on_hand(&ledger), id.to_string());
    }
    let dir = ledger.dir().to_str().expect("UTF-8");
    let id = "00000000-0000-7000-8000-000000000002";
    let ran = granary(&["ask", "event", "--dir", dir, "--id", id, "--format", "json"]);
    assert_eq!((ran.exit, &ran.json()["seq"]), (0, &serde_json::json!(7)), "{}", ran.err);
    // Two writers there are not, and what looks at the log itself is one.
    for args in [&["post", "--dir", dir, "-"][..], &["doctor", "--dir", dir], &["audit", "order", "3", "--dir", dir]] {
        let ran = granary(args);
        let named = format!("held by process {} (granary)", writer.child.id());
        assert!(ran.exit == 2 && ran.err.contains(&named), "{args:?}: {}", ran.err);
    }
    let ran = ledger.run(&["replay", "--verify", "--format", "json"]);
    assert_eq!((ran.exit, &ran.json()["events"]), (0, &serde_json::json!(8)), "{}", ran.err);
    writer.end();
    assert_eq!(on_hand(&ledger), "3");
}

#[test]
fn a_killed_writer_leaves_nothing_out_for_the_next_reader() {
    let ledger = Ledger::with_agency();
    let mut writer = Tool::start(&ledger, &["post", "-"]);
    for id in 1..=20 {
        assert!(writer.say(&movement(id, "deposit", "L1", "1 t", "2026-03-10")).contains("accepted"));
    }
    writer.child.kill().expect("killed");
    writer.child.wait().expect("it ends");
    assert_eq!(on_hand(&ledger), "20");
    let ran = ledger.run(&["doctor"]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
}
