//! Damage is named, and mended from what is whole.

use std::fs;
use std::path::{Path, PathBuf};

use crate::run::{Ledger, movement};

fn stocked() -> Ledger {
    let ledger = Ledger::with_agency();
    let mut file = movement(0, "deposit", "L1", "1000 t", "2026-03-01");
    for id in 1..=3_000 {
        file += &movement(id, "draw", "L1", "1 kg", "2026-03-02");
    }
    assert_eq!(ledger.post(&file).exit, 0);
    ledger
}

fn answers(ledger: &Ledger) -> (serde_json::Value, serde_json::Value) {
    let root = ledger.run(&["replay", "--verify", "--format", "json"]).json()["root"].clone();
    (root, ledger.run(&["position", "--format", "json"]).json()["positions"].clone())
}

fn largest_file(dir: &Path) -> PathBuf {
    let mut files: Vec<PathBuf> = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.into_iter().max_by_key(|path| fs::metadata(path).expect("a file").len()).expect("some file")
}

fn flip_in_the_middle(path: &Path) {
    let mut bytes = fs::read(path).expect("readable");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    fs::write(path, bytes).expect("writable");
}

#[test]
fn a_sound_ledger_is_said_to_be_sound() {
    let ledger = stocked();
    let ran = ledger.run(&["doctor"]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("nothing is damaged"), "{}", ran.out);
    assert_eq!(ledger.run(&["doctor", "--format", "json"]).json(), serde_json::json!([]));
}

#[test]
fn a_flipped_bit_in_a_tile_is_named_and_mended() {
    let ledger = stocked();
    let before = answers(&ledger);
    flip_in_the_middle(&largest_file(&ledger.dir().join("tiles")));
    let ran = ledger.run(&["doctor"]);
    assert_eq!(ran.exit, 1, "{}", ran.out);
    assert!(ran.out.contains("tile") && ran.out.contains("--mend tiles"), "{}", ran.out);
    assert_eq!(ledger.run(&["doctor", "--mend", "tiles"]).exit, 0);
    assert_eq!(ledger.run(&["doctor"]).exit, 0);
    assert_eq!(answers(&ledger), before);
}

#[test]
fn keys_that_do_not_fit_are_named() {
    let ledger = stocked();
    let public = ledger.dir().join("keys").join("log.pub");
    let text = fs::read_to_string(&public).expect("readable");
    fs::write(&public, text.replace('+', "-")).expect("writable");
    let ran = ledger.run(&["doctor"]);
    assert_eq!(ran.exit, 1, "{}", ran.out);
    assert!(ran.out.contains("keys/log.pub"), "{}", ran.out);
    fs::write(&public, text).expect("writable");
    fs::remove_file(ledger.dir().join("keys").join("log.key")).expect("removed");
    let ran = ledger.run(&["doctor"]);
    assert!(ran.exit == 1 && ran.out.contains("keys/log.key"), "{}", ran.out);
    assert_eq!(ledger.run(&["position"]).exit, 0, "reading needs no secret");
    assert_eq!(ledger.post(&movement(1, "draw", "L1", "1 kg", "2026-03-02")).exit, 2, "writing does");
}

#[test]
fn a_sound_log_is_left_alone() {
    let ledger = stocked();
    let ran = ledger.run(&["doctor", "--mend", "log"]);
    assert!(ran.exit == 0 && ran.out.contains("nothing to mend"), "{}", ran.out);
}

#[test]
fn a_lost_log_is_rebuilt_from_the_tiles() {
    let ledger = stocked();
    let before = answers(&ledger);
    fs::remove_dir_all(ledger.dir().join("log")).expect("removed");
    let ran = ledger.run(&["position"]);
    assert_eq!(ran.exit, 2, "a lost log is never taken for an empty ledger: {}", ran.out);
    assert!(ran.err.contains("granary doctor"), "{}", ran.err);
    let mended = ledger.run(&["doctor", "--mend", "log"]);
    assert_eq!(mended.exit, 0, "{}{}", mended.out, mended.err);
    assert_eq!(ledger.run(&["doctor"]).exit, 0);
    assert_eq!(answers(&ledger), before);
    // The ids are known again too.
    let ran = ledger.post(&movement(7, "draw", "L1", "1 kg", "2026-03-02"));
    assert_eq!(ran.lines()[0]["outcome"], "duplicate");
}

#[test]
fn a_truncated_log_is_noticed_and_rebuilt() {
    let ledger = stocked();
    let before = answers(&ledger);
    let db = ledger.dir().join("log").join("db");
    let bytes = fs::read(&db).expect("readable");
    fs::write(&db, &bytes[..bytes.len() / 10]).expect("writable");
    let ran = ledger.run(&["position", "--format", "json"]);
    assert_eq!((ran.exit, &ran.json()["positions"]), (0, &before.1), "the static files are whole: {}", ran.err);
    let ran = ledger.post(&movement(3_001, "draw", "L1", "1 kg", "2026-03-02"));
    assert_eq!(ran.exit, 2, "{}", ran.out);
    assert_eq!(ledger.run(&["doctor", "--mend", "log"]).exit, 0);
    assert_eq!(answers(&ledger), before);
}

#[test]
fn lost_balances_are_folded_from_the_log() {
    let ledger = stocked();
    let before = answers(&ledger);
    fs::remove_dir_all(ledger.dir().join("views")).expect("removed");
    assert_eq!(answers(&ledger), before, "the history is derived");
    let ran = ledger.run(&["doctor", "--mend", "balances"]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("folded 3006 events"), "{}", ran.out);
    assert_eq!(answers(&ledger), before);
}
