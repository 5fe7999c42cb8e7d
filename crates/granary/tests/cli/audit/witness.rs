//! Witnesses: they cosign each other, and catch a log that shows two histories.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{copy, forged_history, key, ledger_with, post_movements, text};
use crate::run::{granary, movement};
use crate::serve::Server;

/// A witness that runs, killed when it is dropped.
pub(crate) struct Witness {
    child: std::process::Child,
    line: String,
}

impl Witness {
    pub(crate) fn start(dir: &Path, name: &str, log: &str, listen: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_granary"))
            .args(["witness", "--dir", text(dir), "--name", name, "--log", log, "--listen", listen])
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("the binary starts");
        let mut line = String::new();
        let mut out = std::io::BufReader::new(child.stdout.take().expect("piped"));
        std::io::BufRead::read_line(&mut out, &mut line).expect("it says where it listens");
        assert!(line.starts_with("witness "), "{line}");
        Self { child, line: line.trim().to_owned() }
    }

    /// The line that names it in a policy.
    pub(crate) fn line(&self) -> &str {
        &self.line
    }

    fn address(&self) -> String {
        self.line.rsplit("http://").next().expect("an address").to_owned()
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks until it holds, for ten seconds at most.
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let started = std::time::Instant::now();
    while !holds() {
        assert!(started.elapsed().as_secs() < 10, "{what}");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}

#[test]
fn witnesses_cosign_each_other_and_catch_a_log_that_shows_two_histories() {
    let (ledger, folder) = ledger_with(3);
    let key = key(&ledger);
    let places = ["a", "b"].map(|name| folder.path().join(name));
    let [first, second] =
        [0, 1].map(|n| Witness::start(&places[n], &format!("witness.example/{n}"), &key, "127.0.0.1:0"));
    // The line that a witness prints is the line of a policy.
    let log_key = fs::read_to_string(&key).expect("a key");
    let lines = [&first, &second].map(|witness| witness.line.clone()).join("\n");
    let policy = folder.path().join("pool.policy");
    let group = "group both all witness.example/0 witness.example/1\nquorum both\n";
    fs::write(&policy, format!("log {log_key}{lines}\n{group}")).expect("written");

    let server = Server::start(ledger.dir(), &[("GRANARY_AUDIT_POLICY", text(&policy))]);
    let witnessed = || granary(&["audit", "witnesses", "--server", &server.url, "--format", "json"]);
    until("both witnesses cosign", || witnessed().exit == 0);
    assert_eq!(witnessed().json()["witnessed_events"], 8);
    let commands = folder.path().join("more.jsonl");
    fs::write(&commands, movement(9, "deposit", "L9", "1 t", "2026-01-05")).expect("written");
    let receipts = folder.path().join("receipts");
    let ran = granary(&["post", "--server", &server.url, "--receipts", text(&receipts), text(&commands)]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    // The receipt has both cosignatures: it convinces by the policy.
    let receipt = receipts.join("9.tlog-proof");
    let ran = granary(&["audit", "verify", text(&receipt), "--policy", text(&policy), "--format", "json"]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    let cosigned_by = ran.json()[0]["cosigned_by"].to_string();
    let mut parts: Vec<&str> = cosigned_by.trim_matches('"').split(" and ").collect();
    parts.sort_unstable();
    assert!(parts.len() == 2 && parts[0].starts_with("witness.example/0 at 20"), "{cosigned_by}");
    // Whoever asks what was there by a day counts only what was cosigned by then.
    let by = ["--at-latest", "2025-12-31"];
    let ran = granary(&[&["audit", "verify", text(&receipt), "--policy", text(&policy)], &by[..]].concat());
    assert_eq!(ran.exit, 1, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("the quorum `both` is not reached; cosigned by nobody"), "{}", ran.out);

    // One of them is away: what is new stays unwitnessed, and nothing else suffers.
    let address = second.address();
    drop(second);
    fs::write(&commands, movement(10, "deposit", "L10", "1 t", "2026-01-05")).expect("written");
    assert_eq!(granary(&["post", "--server", &server.url, text(&commands)]).exit, 0);
    until("the event shows as unwitnessed", || witnessed().json()["unwitnessed_events"] == 1);
    let second = Witness::start(&places[1], "witness.example/1", &key, &address);
    until("it comes back, and what it missed is cosigned", || witnessed().exit == 0);
    assert_eq!(server.stop(), Some(0));

    // Another history of eleven events under the same key.
    let rolled = folder.path().join("rolled");
    copy(ledger.dir(), &rolled);
    post_movements(&ledger, 20..21);
    let forged = forged_history(&ledger, &folder);
    let submission = |old: u64, tiles: &Path| {
        let files = auditor::Folder::at(tiles);
        let checkpoint = chain::Note::parse(&chain::LogFiles::checkpoint(&files).expect("there")).expect("a note");
        let proof = chain::consistency_from(&files, old, 11, 11).expect("at hand");
        chain::Submission { old_size: old, proof, checkpoint }.to_string()
    };
    let submit = |body: &str| {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut answer =
            agent.post(format!("http://{}/add-checkpoint", second.address())).send(body).expect("an answer");
        (answer.status().as_u16(), answer.body_mut().read_to_string().expect("text"))
    };
    // Larger, with a proof that fails: refused, and its checkpoint kept, which accuses nobody.
    let (status, said) = submit(&submission(10, &forged));
    assert_eq!(status, 422, "{said}");
    assert!(said.contains("nothing shows that the checkpoint continues the one of 10 entries"), "{said}");
    assert!(Path::new(said.trim().rsplit('`').nth(1).expect("a file")).exists(), "{said}");
    assert_eq!(submit(&submission(10, &ledger.dir().join("tiles"))).0, 200);
    // Of the same size: a contradiction that both checkpoints prove.
    let (status, said) = submit(&submission(11, &forged));
    assert!(status == 422 && said.contains("split view"), "{said}");
    let evidence = said.trim().rsplit('`').nth(1).expect("a folder");
    for file in ["cosigned.checkpoint", "submitted.checkpoint"] {
        assert!(Path::new(evidence).join(file).exists(), "{evidence}/{file}");
    }

    // A log that was rolled back finds out, and keeps what proves it to others: the larger checkpoint, cosigned.
    let server = Server::start(&rolled, &[("GRANARY_AUDIT_POLICY", text(&policy))]);
    let kept = || -> Option<String> {
        let files = fs::read_dir(rolled.join("evidence")).ok()?.flatten();
        let mut texts = files.filter_map(|file| fs::read_to_string(file.path()).ok());
        texts.find(|text| text.contains("was the log rolled back?"))
    };
    until("the ledger keeps evidence", || kept().is_some());
    let kept = kept().expect("it is there");
    let cosigned = kept.split_once("what it has cosigned:").expect("it was asked").1;
    assert!(cosigned.contains("\n11\n") && cosigned.contains("\u{2014} witness.example/1 "), "{kept}");
    assert_eq!(server.stop(), Some(0));
    // A second process in the folder of a witness would cosign what the first one does not know of.
    let ran = granary(&[
        "witness",
        "--dir",
        text(&places[1]),
        "--name",
        "witness.example/1",
        "--log",
        &key,
        "--listen",
        "127.0.0.1:0",
    ]);
    assert!(ran.exit != 0 && ran.err.contains("is held by process"), "{}{}", ran.out, ran.err);
}
