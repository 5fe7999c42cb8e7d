//! An auditor who trusts neither the operator nor the ledger: proofs made from static files, checked offline, and every
//! way to tamper with them named.

mod digest;
pub(crate) mod pack;
pub(crate) mod witness;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::run::{Ledger, Ran, granary, movement};
use crate::serve::Server;

/// A ledger with so many movements behind its first five events, and a folder to work in.
pub(crate) fn ledger_with(movements: u32) -> (Ledger, TempDir) {
    let ledger = Ledger::with_agency();
    post_movements(&ledger, 0..movements);
    (ledger, TempDir::new().expect("a folder"))
}

pub(crate) fn post_movements(ledger: &Ledger, numbers: std::ops::Range<u32>) {
    let lines: String = numbers.map(|n| movement(n, "deposit", &format!("L{n}"), "1 t", "2026-01-05")).collect();
    let ran = ledger.post(&lines);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

pub(crate) fn key(ledger: &Ledger) -> String {
    text(&ledger.dir().join("keys/log.pub")).to_owned()
}

/// `granary audit verify` on a path, by the log's key.
pub(crate) fn verify(ledger: &Ledger, path: &Path, more: &[&str]) -> Ran {
    let key = key(ledger);
    let mut args = vec!["audit", "verify", text(path), "--key", &key, "--format", "json"];
    args.extend(more);
    granary(&args)
}

/// With `--dir` where the family of commands wants it: behind its word.
fn ledger_run(ledger: &Ledger, args: &[&str]) -> Ran {
    let mut all = args.to_vec();
    all.extend(["--dir", text(ledger.dir())]);
    granary(&all)
}

/// The first thing that does not hold: its code and place.
pub(crate) fn finding(ran: &Ran) -> (String, String) {
    let line = &ran.json()[0];
    assert_eq!((ran.exit, &line["holds"]), (1, &Value::Bool(false)), "{}{}", ran.out, ran.err);
    (line["code"].as_str().expect("a code").to_owned(), line["place"].as_str().expect("a place").to_owned())
}

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for file in fs::read_dir(from).expect("a folder") {
        let file = file.expect("an entry");
        let target = to.join(file.file_name());
        if file.path().is_dir() {
            copy(&file.path(), &target);
        } else {
            fs::copy(file.path(), target).expect("copied");
        }
    }
}

/// A copy of the static files, tampered with.
pub(crate) fn tampered(ledger: &Ledger, folder: &TempDir, name: &str, tamper: impl FnOnce(&Path)) -> PathBuf {
    let tiles = folder.path().join(name);
    copy(&ledger.dir().join("tiles"), &tiles);
    tamper(&tiles);
    tiles
}

/// The entries of a bundle, rewritten.
pub(crate) fn rewrite(tiles: &Path, bundle: &str, change: impl FnOnce(&mut Vec<Vec<u8>>)) {
    let path = tiles.join("tile/entries").join(bundle);
    let bytes = fs::read(&path).expect("a bundle");
    let mut entries: Vec<Vec<u8>> =
        chain::decode_entries(&bytes).expect("a bundle").into_iter().map(<[u8]>::to_vec).collect();
    change(&mut entries);
    fs::write(&path, chain::encode_entries(entries.iter().map(Vec::as_slice)).expect("short")).expect("written");
}

#[test]
fn a_receipt_of_every_accepted_command_convinces_offline() {
    let ledger = Ledger::with_agency();
    let folder = TempDir::new().expect("a folder");
    let receipts = folder.path().join("receipts");
    let commands = folder.path().join("commands.jsonl");
    let lines = movement(1, "deposit", "L1", "10 t", "2026-01-05") + &movement(2, "draw", "L1", "11 t", "2026-01-06");
    fs::write(&commands, lines).expect("written");
    let ran = ledger.run(&["post", "--receipts", text(&receipts), text(&commands)]);
    // The draw is refused: it gets no receipt.
    assert_eq!(ran.exit, 1, "{}{}", ran.out, ran.err);
    let names: Vec<_> = fs::read_dir(&receipts).expect("a folder").map(|it| it.expect("a file").file_name()).collect();
    assert_eq!(names, ["6.tlog-proof"]);
    let receipt = receipts.join("6.tlog-proof");
    assert!(fs::metadata(&receipt).expect("a file").len() <= 1_500, "a receipt is short");

    let ran = verify(&ledger, &receipt, &[]);
    assert_eq!((ran.exit, &ran.json()[0]["event"]), (0, &Value::from("6")), "{}{}", ran.out, ran.err);
    // The same by the small program, which knows nothing of the ledger.
    let auditor = env!("CARGO_BIN_EXE_granary").replace("granary", "auditor");
    if Path::new(&auditor).exists() {
        let run = Command::new(auditor).args(["--key", &key(&ledger), text(&receipt)]).output().expect("it runs");
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
    }
    // Another key, or another entry, convinces nobody.
    let other = Ledger::new();
    assert_eq!(finding(&verify(&other, &receipt, &[])).0, "bad_receipt");
    let entry = folder.path().join("entry");
    fs::write(&entry, b"something else").expect("written");
    assert_eq!(finding(&verify(&ledger, &receipt, &["--entry", text(&entry)])).0, "bad_receipt");
}

#[test]
fn an_event_is_proven_by_number_and_by_command_and_from_a_copy_of_the_files() {
    let (ledger, folder) = ledger_with(3);
    let dir = text(ledger.dir()).to_owned();
    let by_number = granary(&["audit", "prove", "7", "--dir", &dir]);
    assert_eq!(by_number.exit, 0, "{}", by_number.err);
    let by_id = granary(&["audit", "prove", "00000000-0000-7000-8000-000000000001", "--dir", &dir]);
    assert_eq!(by_id.out, by_number.out, "{}", by_id.err);
    let tiles = tampered(&ledger, &folder, "copy", |_| {});
    let from_copy = granary(&["audit", "prove", "7", "--tiles", text(&tiles)]);
    assert_eq!(from_copy.out, by_number.out, "{}", from_copy.err);
    // What nobody cosigned is said, and what is there is taken.
    let checkpoint = fs::read(ledger.dir().join("tiles/checkpoint")).expect("there");
    fs::write(ledger.dir().join("witnessed"), &checkpoint).expect("written");
    let ran = granary(&["audit", "prove", "7", "--dir", &dir]);
    assert!(ran.out == by_number.out && ran.err.is_empty(), "{}", ran.err);
    post_movements(&ledger, 3..4);
    let ran = granary(&["audit", "prove", "7", "--dir", &dir]);
    assert!(ran.out == by_number.out && ran.err.is_empty(), "{}", ran.err);
    let ran = granary(&["audit", "prove", "9", "--dir", &dir]);
    assert!(ran.exit == 0 && ran.err.contains("signed by the log alone"), "{}", ran.err);
    // What is not there is told from what does not hold.
    let missing = verify(&ledger, &folder.path().join("none"), &[]);
    assert_eq!((missing.exit, &missing.json()[0]["code"]), (2, &Value::from("unreadable")), "{}", missing.out);
    let beyond = granary(&["audit", "prove", "900", "--dir", &dir]);
    assert_eq!(beyond.exit, 1);
    assert!(beyond.err.contains("no checkpoint covers event 900: the newest has 9 entries"), "{}", beyond.err);
}

#[test]
fn whatever_is_done_to_the_files_is_found_and_named() {
    let (ledger, folder) = ledger_with(600);
    let check = |name: &str, tamper: &dyn Fn(&Path), code: &str, place: &str| {
        let tiles = tampered(&ledger, &folder, name, |tiles| tamper(tiles));
        let found = finding(&verify(&ledger, &tiles, &[]));
        assert_eq!((found.0.as_str(), found.1.as_str()), (code, place), "{name}");
    };
    let sound = tampered(&ledger, &folder, "sound", |_| {});
    let ran = verify(&ledger, &sound, &[]);
    assert_eq!((ran.exit, &ran.json()[0]["size"]), (0, &Value::from("605")), "{}{}", ran.out, ran.err);

    let flip = |tiles: &Path| rewrite(tiles, "001", |entries| entries[10][30] ^= 1);
    check("flipped", &flip, "entry_differs", "tile/entries/001, entry 11 of the bundle");
    let reorder = |tiles: &Path| rewrite(tiles, "001", |entries| entries.swap(4, 9));
    check("reordered", &reorder, "entry_differs", "tile/entries/001, entry 5 of the bundle");
    let drop = |tiles: &Path| rewrite(tiles, "000", |entries| drop(entries.remove(3)));
    check("dropped", &drop, "file_damaged", "tile/entries/000");
    let insert = |tiles: &Path| {
        rewrite(tiles, "000", |entries| {
            entries.insert(3, entries[2].clone());
            entries.pop();
        });
    };
    check("inserted", &insert, "entry_differs", "tile/entries/000, entry 4 of the bundle");
    let cut = |tiles: &Path| {
        let path = tiles.join("tile/entries/002.p/93");
        let bytes = fs::read(&path).expect("a bundle");
        fs::write(&path, &bytes[..bytes.len() - 5]).expect("written");
    };
    check("cut", &cut, "file_damaged", "tile/entries/002.p/93");
    let lose = |tiles: &Path| fs::remove_file(tiles.join("tile/0/001")).expect("removed");
    check("lost", &lose, "file_damaged", "tile/0/001");
    // An entry changed together with its leaf hash: the tile above tells.
    let both = |tiles: &Path| {
        let mut leaf = [0; 32];
        rewrite(tiles, "001", |entries| {
            entries[10][30] ^= 1;
            leaf = chain::leaf_hash(&entries[10]);
        });
        let path = tiles.join("tile/0/001");
        let mut hashes = fs::read(&path).expect("a tile");
        hashes[320..352].copy_from_slice(&leaf);
        fs::write(&path, hashes).expect("written");
    };
    check("changed with its hash", &both, "tile_differs", "tile/1/000.p/2");
}

#[test]
fn another_key_a_rollback_and_a_fork_are_found_and_named() {
    let (ledger, folder) = ledger_with(3);
    let old = folder.path().join("old.checkpoint");
    let dir = text(ledger.dir()).to_owned();
    let kept = granary(&["audit", "checkpoint", "--dir", &dir, "--out", text(&old)]);
    assert_eq!(kept.exit, 0, "{}", kept.err);
    let before = tampered(&ledger, &folder, "before", |_| {});
    post_movements(&ledger, 3..6);

    // The log continues what was kept, and says so in a proof that stands for itself.
    let proof = folder.path().join("continues.proof");
    let ran = granary(&["audit", "consistency", text(&old), "--dir", &dir, "--out", text(&proof), "--format", "json"]);
    assert_eq!((ran.exit, &ran.json()[0]["size"]), (0, &Value::from("11")), "{}{}", ran.out, ran.err);
    assert_eq!(verify(&ledger, &proof, &["--old", text(&old)]).exit, 0);
    assert_eq!(verify(&ledger, &ledger.dir().join("tiles"), &["--old", text(&old)]).exit, 0);

    // Rolled back: yesterday's files, with their own good signature.
    let new = folder.path().join("new.checkpoint");
    assert_eq!(granary(&["audit", "checkpoint", "--dir", &dir, "--out", text(&new)]).exit, 0);
    assert_eq!(finding(&verify(&ledger, &before, &["--old", text(&new)])).0, "rolled_back");

    // Signed anew by another key: a whole, sound log of another operator.
    let other = Ledger::with_agency();
    assert_eq!(finding(&verify(&ledger, &other.dir().join("tiles"), &[])).0, "not_trusted");

    // A fork: the same key signs another history.
    let forged = forged_history(&ledger, &folder);
    assert_eq!(finding(&verify(&ledger, &forged, &["--old", text(&old)])).0, "forked");
    let ran = granary(&["audit", "consistency", text(&old), "--tiles", text(&forged), "--key", &key(&ledger)]);
    assert_eq!(ran.exit, 1, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("evidence: both checkpoints"), "{}", ran.err);
}

/// Static files of another history of the same length, signed by the ledger's own key.
pub(crate) fn forged_history(ledger: &Ledger, folder: &TempDir) -> PathBuf {
    let secret = fs::read_to_string(ledger.dir().join("keys/log.key")).expect("a key");
    let signer = chain::SignerKey::parse(secret.trim()).expect("a key");
    let tiles = folder.path().join("forged");
    let size = 11u64;
    let entries: Vec<Vec<u8>> = (0..size).map(|n| format!("another event {n}").into_bytes()).collect();
    let mut levels = chain::Levels::default();
    entries.iter().for_each(|entry| levels.append(chain::leaf_hash(entry)));
    let put = |path: String, bytes: Vec<u8>| {
        let path = tiles.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, bytes).expect("written");
    };
    for tile in chain::hash_tiles(size) {
        put(tile.path(), chain::tile_bytes(levels.tile(tile).expect("in the tree")));
    }
    let bundle = chain::encode_entries(entries.iter().map(Vec::as_slice)).expect("short");
    put(format!("tile/entries/000.p/{size}"), bundle);
    let root = chain::tree_root(&levels, size).expect("at hand");
    let checkpoint = chain::Checkpoint { origin: "test.example/ledger".into(), size, root };
    put("checkpoint".into(), checkpoint.sign(&signer).expect("its own key").to_string().into_bytes());
    tiles
}

#[test]
fn a_server_gives_the_same_files_and_receipts() {
    let (ledger, folder) = ledger_with(3);
    let server = Server::start(ledger.dir(), &[]);
    let old = folder.path().join("old.checkpoint");
    let key = key(&ledger);
    let ran = granary(&["audit", "checkpoint", "--server", &server.url, "--key", &key, "--out", text(&old)]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    let commands = folder.path().join("more.jsonl");
    fs::write(&commands, movement(9, "deposit", "L9", "1 t", "2026-01-05")).expect("written");
    let receipts = folder.path().join("receipts");
    let ran = granary(&["post", "--server", &server.url, "--receipts", text(&receipts), text(&commands)]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    assert_eq!(verify(&ledger, &receipts.join("9.tlog-proof"), &[]).exit, 0);
    let ran = granary(&["audit", "consistency", text(&old), "--server", &server.url, "--key", &key]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    let (status, checkpoint) = server.get("/checkpoint");
    assert_eq!((status, checkpoint.lines().nth(1)), (200, Some("9")), "{checkpoint}");
    for (path, code) in
        [("/tile/0/999", "not_found"), ("/tile/../keys/log.key", "not_"), ("/v1/receipts/77", "unknown_event")]
    {
        let (status, body) = server.get(path);
        assert_eq!(status, 404, "{path}: {body}");
        assert!(body.contains(code), "{path}: {body}");
    }
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn every_command_of_the_page_for_auditors_answers() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = TempDir::new().expect("a folder");
    let run = |args: &[&str]| {
        let ran = Command::new(env!("CARGO_BIN_EXE_granary"))
            .args(args)
            .current_dir(folder.path())
            .env("GRANARY_DIR", "shared")
            .env_remove("GRANARY_SERVER")
            .output()
            .expect("the binary runs");
        let said = String::from_utf8_lossy(&ran.stdout).into_owned();
        assert!(ran.status.success(), "{args:?}: {said}{}", String::from_utf8_lossy(&ran.stderr));
        said
    };
    run(&["init", "--origin", "example.org/shared"]);
    run(&["post", text(&root.join("demo/shared_reserve.jsonl"))]);
    let page = fs::read_to_string(root.join("../../docs/audit.md")).expect("the page");
    let rows = page.lines().filter(|line| line.starts_with("| ") && line.contains("`granary "));
    let commands: Vec<&str> = rows.flat_map(|row| row.split('`').skip(1).step_by(2)).collect();
    assert!(commands.len() > 20, "the page has its table: {commands:?}");
    for command in commands {
        let words: Vec<&str> = command.split(' ').skip(1).collect();
        let said = run(&words);
        // Nobody adjusted anything on this ledger, and nobody was refused: that is an answer, too.
        let is_empty = said.contains("nothing to show");
        assert!(
            !is_empty || ["history --", "adjustments"].iter().any(|word| command.contains(word)),
            "{command} has something to say"
        );
    }
    let first = run(&["audit", "sample", "--count", "3", "--seed", "a", "--format", "json"]);
    assert_eq!(first, run(&["audit", "sample", "--count", "3", "--seed", "a", "--format", "json"]));
    assert_ne!(first, run(&["audit", "sample", "--count", "3", "--seed", "b", "--format", "json"]));
}

#[test]
#[ignore = "group download"]
fn what_is_disclosed_over_nats_is_checked_by_who_fetches_it() {
    let (ledger, folder) = ledger_with(3);
    let server = testkit::nats::NatsServer::start();
    let url = server.url();
    let (proof, checkpoint) = (folder.path().join("6.tlog-proof"), folder.path().join("now.checkpoint"));
    assert_eq!(ledger_run(&ledger, &["audit", "prove", "6", "--out", text(&proof)]).exit, 0);
    assert_eq!(ledger_run(&ledger, &["audit", "checkpoint", "--out", text(&checkpoint)]).exit, 0);
    let disclose = |files: &[&str], more: &[&str]| {
        let way = ["--nats", &url, "--org", "agency-a"];
        granary(&[&["disclose"][..], files, &way, more].concat())
    };
    let ran = disclose(&[text(&proof), text(&checkpoint)], &[]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
    assert!(
        ran.out.contains("disclosed as receipt, place 1") && ran.out.contains("as checkpoint, place 2"),
        "{}",
        ran.out
    );
    // The same again is there already; what says nothing about itself is named by a person; a line can be for one alone.
    assert!(disclose(&[text(&proof)], &[]).out.contains("place 1"));
    let statement = folder.path().join("statement.csv");
    fs::write(&statement, "lot,quantity\nL0,1 t\n").expect("written");
    let ran = disclose(&[text(&statement)], &[]);
    assert!(ran.exit == 64 && ran.err.contains("--as report"), "{}", ran.err);
    assert_eq!(disclose(&[text(&statement)], &["--as", "report", "--to", "agency-b"]).exit, 0);

    let inbox = folder.path().join("inbox");
    let fetch = |key: &str, out: &Path| {
        let ask = ["disclosed", "--nats", &url, "--stream", "SHR_agency-a", "--key", key, "--format", "json"];
        granary(&[&ask[..], &["--out", text(out)]].concat())
    };
    let ran = fetch(&key(&ledger), &inbox);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    let told: Vec<(String, String)> = ran
        .json()
        .as_array()
        .expect("lines")
        .iter()
        .map(|line| {
            (line["document"].as_str().expect("a word").to_owned(), line["holds"].as_str().expect("a word").to_owned())
        })
        .collect();
    let wanted = [("receipt", "yes"), ("checkpoint", "yes"), ("report", "-")];
    assert_eq!(told, wanted.map(|(document, holds)| (document.to_owned(), holds.to_owned())));
    let came = fs::read(inbox.join("000001-agency-a-main.receipt")).expect("written");
    assert_eq!(came, fs::read(&proof).expect("a proof"));
    // Whoever trusts another log gets to know that, and none of it.
    let (other, _keep) = ledger_with(1);
    let ran = fetch(&key(&other), &folder.path().join("other"));
    assert_eq!(ran.exit, 1, "{}", ran.out);
    let written: Vec<_> = fs::read_dir(folder.path().join("other")).expect("a folder").collect();
    assert_eq!((&ran.json()[0]["holds"], written.len()), (&Value::from("NO"), 1), "{}", ran.out);
}
