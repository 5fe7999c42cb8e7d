//! What a stranger tries at the doors. Each test is an attack that once went through.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::run::{Ledger, granary, movement};
use crate::serve::Server;

fn waits_for(path: &Path) {
    let until = Instant::now() + Duration::from_secs(20);
    while path.symlink_metadata().is_err() {
        assert!(Instant::now() < until, "{} does not come", path.display());
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn pipe(path: &Path) {
    assert!(std::process::Command::new("mkfifo").arg(path).status().expect("mkfifo runs").success());
}

const OWN: &str = "name = \"x\"\nsource = \"x\"\nformat = \"csv\"\nparty = \"AGENCY\"\ndate = \"day\"\n[[column]]\n\
    column = \"ndpr\"\nkind = \"stock\"\nunit = \"t\"\nsite = \"North\"\nlot = \"F\"\nmaterial = \"NdPr\"\n";

/// A link in the folder printed the log's key into the verdicts, a pipe in it held the whole server, and whoever wrote a file
/// posted in anybody's name.
#[test]
fn the_drop_folder_reads_plain_files_and_speaks_for_the_party_that_is_set() {
    let ledger = Ledger::with_agency();
    let drop = ledger.dir().join("drop");
    let incoming = drop.join("in");
    std::fs::create_dir_all(incoming.join("us-crude-weekly")).expect("made");
    let key = ledger.dir().join("keys/log.key");
    let link = |name: &str| std::os::unix::fs::symlink(&key, incoming.join(name)).expect("made");
    let write = |name: &str, text: &str| std::fs::write(incoming.join(name), text).expect("written");
    for name in ["k.csv", "k.jsonl", "k.cbor", "k.txt", "m.csv.toml", "us-crude-weekly/k.csv"] {
        link(name);
    }
    write("k.csv.toml", OWN);
    write("m.csv", "day,ndpr\n");
    std::fs::copy(&key, incoming.join("copy.csv")).expect("copied");
    write("copy.csv.toml", OWN);
    std::fs::copy(&key, incoming.join("copy.txt")).expect("copied");
    write("n.csv", "day,ndpr\n");
    std::fs::copy(&key, incoming.join("n.csv.toml")).expect("copied");
    std::fs::hard_link(&key, incoming.join("h.jsonl")).expect("made");
    pipe(&incoming.join("p.jsonl"));
    pipe(&incoming.join("p.txt"));
    write("own.jsonl", &movement(1, "deposit", "L1", "5 t", "2026-03-10"));
    let other = r#"{"id":"00000000-0000-7000-8000-0000000000b1","party":"ledger","effective":"2026-01-01","act":"register_party","code":"B","name":"B","country":"JP","role":"agency","zone":"Asia/Tokyo"}"#;
    write("other.jsonl", other);
    let settings = format!("[ingest]\ndrop = {}\ndrop_party = \"AGENCY\"\n", json!(drop));
    std::fs::write(ledger.dir().join("settings.toml"), settings).expect("written");
    let server = Server::start(ledger.dir(), &[]);
    for (name, code) in [
        ("k.csv", "not_a_plain_file"),
        ("k.jsonl", "not_a_plain_file"),
        ("k.cbor", "not_a_plain_file"),
        ("k.txt", "not_a_plain_file"),
        ("m.csv", "not_a_plain_file"),
        ("us-crude-weekly/k.csv", "not_a_plain_file"),
        ("h.jsonl", "not_a_plain_file"),
        ("p.jsonl", "not_a_plain_file"),
        ("p.txt", "not_a_plain_file"),
        ("copy.csv", "bad_field"),
        ("copy.txt", "bad_report"),
        ("n.csv", "bad_mapping"),
        ("other.jsonl", "not_your_party"),
    ] {
        waits_for(&drop.join("refused").join(name));
        let text = std::fs::read_to_string(drop.join("verdicts").join(name)).expect("verdicts");
        assert!(!text.contains("PRIVATE") && !text.contains("KEY"), "{name}: {text}");
        let verdict: Value = serde_json::from_str(text.lines().next().expect("a verdict")).expect("JSON");
        assert_eq!(verdict["code"], code, "{name}: {text}");
    }
    waits_for(&drop.join("done/own.jsonl"));
    assert_eq!(server.get("/healthz").0, 200);
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_drop_folder_without_a_party_takes_nothing() {
    let ledger = Ledger::with_agency();
    let drop = ledger.dir().join("drop");
    std::fs::create_dir_all(drop.join("in")).expect("made");
    std::fs::write(drop.join("in/a.jsonl"), movement(1, "deposit", "L1", "5 t", "2026-03-10")).expect("written");
    std::fs::write(ledger.dir().join("settings.toml"), format!("[ingest]\ndrop = {}\n", json!(drop))).expect("written");
    let server = Server::start(ledger.dir(), &[]);
    waits_for(&drop.join("refused/a.jsonl"));
    let verdicts = std::fs::read_to_string(drop.join("verdicts/a.jsonl")).expect("verdicts");
    assert!(verdicts.contains("no_party") && verdicts.contains("ingest.drop_party"), "{verdicts}");
    assert_eq!(server.stop(), Some(0));
}

/// The checker waited for ever on a pipe in a pack.
#[test]
fn a_pipe_among_files_to_check_is_named_and_not_waited_for() {
    let ledger = Ledger::with_agency();
    let tiles = ledger.dir().join("tiles");
    std::fs::remove_file(tiles.join("checkpoint")).expect("there");
    pipe(&tiles.join("checkpoint"));
    let key = ledger.dir().join("keys/log.pub");
    let ran = granary(&["audit", "verify", tiles.to_str().expect("UTF-8"), "--key", key.to_str().expect("UTF-8")]);
    assert!(ran.exit != 0 && (ran.out + &ran.err).contains("no plain file"), "it says what is wrong");
}

/// With the usual umask every local user could read the whole log, and with it every nonce.
#[test]
fn what_the_program_makes_is_for_its_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let ledger = Ledger::with_agency();
    assert_eq!(ledger.run(&["position"]).exit, 0);
    let mut folders = vec![ledger.dir().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let mode = std::fs::metadata(&path).expect("there").permissions().mode();
            assert_eq!(mode & 0o077, 0, "{}: {mode:o}", path.display());
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
}
