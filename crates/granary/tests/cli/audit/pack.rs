//! Packs: whole, offline, and with their first bad line named.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use super::{copy, finding, ledger_with, text, verify};
use crate::run::{Ledger, granary, movement};

/// A pack about lot `L3` of a ledger with 600 lots, in which somebody tried to draw too much.
fn pack(ledger: &Ledger, folder: &TempDir) -> PathBuf {
    let more = movement(801, "draw", "L3", "0.4 t", "2026-01-06") + &movement(802, "draw", "L3", "5 t", "2026-01-07");
    assert_eq!(ledger.post(&more).exit, 1, "the second draw is refused");
    let out = folder.path().join("lot.pack");
    let ran = granary(&["audit", "pack", "--lot", "L3", "--dir", text(ledger.dir()), "--out", text(&out)]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    out
}

#[test]
fn a_pack_holds_offline_and_its_first_bad_line_is_named() {
    let (ledger, folder) = ledger_with(600);
    let pack = pack(&ledger, &folder);
    let ran = verify(&ledger, &pack, &[]);
    assert_eq!((ran.exit, &ran.json()[0]["events"]), (0, &Value::from("3")), "{}{}", ran.out, ran.err);
    assert_eq!(ran.json()[0]["about"], "lot L3");
    let page = fs::read_to_string(pack.join("summary.html")).expect("a page");
    assert!(page.contains("exceeds_balance") && page.contains("<svg"), "the page shows the refusal and a chart");
    let accounts = fs::read_to_string(pack.join("accounts.txt")).expect("accounts");
    assert!(accounts.contains("\t600000000\tNorth\tAGENCY\tL3\n"), "0.6 t are left: {accounts}");

    let check = |name: &str, tamper: &dyn Fn(&Path), code: &str, place: &str| {
        let copied = folder.path().join(name);
        copy(&pack, &copied);
        tamper(&copied);
        assert_eq!(finding(&verify(&ledger, &copied, &[])), (code.to_owned(), place.to_owned()), "{name}");
    };
    let replace = |file: &'static str, from: &'static str, to: &'static str| {
        move |pack: &Path| {
            let path = pack.join(file);
            let changed = fs::read_to_string(&path).expect("text").replacen(from, to, 1);
            fs::write(&path, changed).expect("written");
        }
    };
    check("a figure", &replace("accounts.txt", "\t600000000", "\t900000000"), "line_changed", "accounts.txt line 2");
    check("a fact", &replace("events.txt", ":400000000", ":100000000"), "line_changed", "events.txt line 2");
    check("what people read", &replace("shown.jsonl", "5 t", "1 t"), "line_changed", "shown.jsonl line 3");
    check("the page", &replace("summary.html", "L3", "L4"), "file_changed", "summary.html");
    check("the list", &replace("MANIFEST", "lot L3", "lot L4"), "not_trusted", "MANIFEST");
    let drop_line = |pack: &Path| {
        let path = pack.join("events.txt");
        let lines: Vec<String> =
            fs::read_to_string(&path).expect("text").lines().map(|line| format!("{line}\n")).collect();
        fs::write(&path, lines[..2].concat()).expect("written");
    };
    check("an event dropped", &drop_line, "line_missing", "events.txt line 3");
    check(
        "a file dropped",
        &|pack| fs::remove_file(pack.join("result.json")).expect("there"),
        "file_missing",
        "result.json",
    );
    check("a file added", &|pack| fs::write(pack.join("more.txt"), "more").expect("written"), "file_added", "more.txt");

    // An operator who lies signs what was changed with the log's own key: the tree and the bytes still speak.
    let secret = fs::read_to_string(ledger.dir().join("keys/log.key")).expect("a key");
    let signer = chain::SignerKey::parse(secret.trim()).expect("a key");
    let resign = |pack: &Path| resign(pack, &signer);
    let lie = |file: &'static str, from: &'static str, to: &'static str| {
        let change = replace(file, from, to);
        move |pack: &Path| {
            change(pack);
            resign(pack);
        }
    };
    check("a fact, signed", &lie("events.txt", ":400000000", ":100000000"), "facts_differ", "events.txt line 2");
    check(
        "a figure, signed",
        &lie("accounts.txt", "\t600000000", "\t900000000"),
        "balance_differs",
        "accounts.txt line 2",
    );
    let other_bytes = |pack: &Path| {
        let path = pack.join("events.txt");
        let text = fs::read_to_string(&path).expect("text");
        let bytes = text.lines().next().expect("a line").split('\t').nth(1).expect("bytes").to_owned();
        let mut entry = chain::decode_base64(&bytes).expect("base64");
        entry[5] ^= 1;
        fs::write(&path, text.replacen(&bytes, &chain::encode_base64(&entry), 1)).expect("written");
        resign(pack);
    };
    check("other bytes, signed", &other_bytes, "entry_differs", "events.txt line 1");
    let other_tile = |pack: &Path| {
        let path = pack.join("tile/0/000");
        let mut tile = fs::read(&path).expect("a tile");
        tile[0] ^= 1;
        fs::write(&path, tile).expect("written");
        resign(pack);
    };
    check("another tile, signed", &other_tile, "tile_differs", "tile/0/000");
}

/// Lists and signs the files of a pack anew, whatever they say now.
pub(crate) fn resign(pack: &Path, signer: &chain::SignerKey) {
    let read = |name: &str| fs::read(pack.join(name)).expect("there");
    let mut lines = String::new();
    for name in ["events.txt", "accounts.txt", "shown.jsonl"] {
        for line in read(name).split_inclusive(|byte| *byte == b'\n') {
            lines += &format!("{name} {}\n", auditor::pack::hex(&chain::sha256(line)));
        }
    }
    fs::write(pack.join("LINES"), lines).expect("written");
    let old = chain::Note::parse(&read("MANIFEST")).expect("a note");
    let mut manifest: String = old.text().lines().take(2).map(|line| format!("{line}\n")).collect();
    for line in old.text().lines().skip(2) {
        let name = line.split_once(' ').expect("a name").1;
        manifest += &format!("{} {name}\n", auditor::pack::hex(&chain::sha256(&read(name))));
    }
    let mut note = chain::Note::new(manifest).expect("text");
    note.sign(signer).expect("signed");
    fs::write(pack.join("MANIFEST"), note.to_string()).expect("written");
}

#[test]
fn a_pack_of_a_period_has_every_event_of_it() {
    let (ledger, folder) = ledger_with(3);
    let out = folder.path().join("q1.pack");
    let dir = text(ledger.dir()).to_owned();
    let ran = granary(&["audit", "pack", "--period", "2026-01-02..2026-03-31", "--dir", &dir, "--out", text(&out)]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    let ran = verify(&ledger, &out, &[]);
    assert_eq!((ran.exit, &ran.json()[0]["events"]), (0, &Value::from("3")), "{}{}", ran.out, ran.err);
    let empty = folder.path().join("empty.pack");
    let ran = granary(&["audit", "pack", "--period", "2030-01-01..2030-12-31", "--dir", &dir, "--out", text(&empty)]);
    assert_eq!(ran.exit, 1);
    assert!(!empty.exists(), "nothing is left behind");
    let ran = granary(&["audit", "pack", "--period", "2026-13-01..", "--dir", &dir, "--out", text(&empty)]);
    assert_eq!(ran.exit, 64, "{}", ran.err);
}
