//! An auditor who trusts neither the operator nor the ledger: proofs made from static files, checked offline, and every
//! way to tamper with them named.

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
    assert_eq!(ran.json()[0]["cosigned_by"], "witness.example/0 witness.example/1");

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

#[test]
fn a_replay_of_the_files_gives_the_balances_of_the_ledger() {
    let (ledger, folder) = ledger_with(300);
    let key = key(&ledger);
    let here = ledger.run(&["replay", "--verify", "--format", "json"]).json();
    assert_eq!((&here["events"], &here["checkpoint_matches"]), (&Value::from(305), &Value::Bool(true)));
    let tiles = text(&ledger.dir().join("tiles")).to_owned();
    let there = granary(&["replay", "--from", &tiles, "--key", &key, "--format", "json"]);
    assert_eq!(there.exit, 0, "{}", there.err);
    for field in ["events", "root", "balances", "checkpoint_matches"] {
        assert_eq!(there.json()[field], here[field], "{field}");
    }
    // A point that is not there is refused, and where a server holds the log its files are replayed.
    for args in [&["replay", "--until", "306"][..], &["replay", "--from", &tiles, "--key", &key, "--until", "306"]] {
        let ran = if args.contains(&"--from") { granary(args) } else { ledger.run(args) };
        assert!(ran.exit == 1 && ran.err.contains("event 306 is not there: the log has 305"), "{}", ran.err);
    }
    let server = Server::start(ledger.dir(), &[]);
    let held = ledger.run(&["replay", "--format", "json"]);
    assert_eq!((held.exit, &held.json()["balances"]), (0, &here["balances"]), "{}{}", held.out, held.err);
    assert!(held.err.contains("its static files are replayed"), "{}", held.err);
    let order = ledger_run(&ledger, &["audit", "order", "6"]);
    assert!(order.exit == 2 && order.err.contains("stop it first"), "{}", order.err);
    assert_eq!(server.stop(), Some(0));
    // Up to an event: the balances of then, from the log and from the files alike.
    let here = ledger.run(&["replay", "--verify", "--until", "100", "--format", "json"]).json();
    let there = granary(&["replay", "--from", &tiles, "--key", &key, "--until", "100", "--format", "json"]).json();
    assert_eq!((&here["events"], &here["balances_match"]), (&Value::from(100), &Value::Bool(true)));
    assert_eq!(
        (&there["balances"], &there["root"], &there["root_matches"]),
        (&here["balances"], &here["root"], &Value::Bool(true))
    );
    // What is not sound is not folded.
    let bad = tampered(&ledger, &folder, "bad", |tiles| rewrite(tiles, "000", |entries| entries[7][30] ^= 1));
    let ran = granary(&["replay", "--from", text(&bad), "--key", &key]);
    assert_eq!(ran.exit, 1, "{}", ran.out);
    assert!(ran.err.contains("event 8 is not the one that was recorded"), "{}", ran.err);
}

#[test]
fn a_signed_close_names_balances_and_each_can_be_proven_alone() {
    let (ledger, folder) = ledger_with(20);
    let key = key(&ledger);
    let by = |maker: &'static str| ["--as", "AGENCY", "--maker", maker, "--format", "json"];
    let close = |through: &str, maker: &'static str| {
        let args = ["reconcile", "close-period", "--owner", "AGENCY", "--through", through];
        ledger_run(&ledger, &[&args[..], &by(maker)].concat())
    };
    let ran = close("2026-01-31", "Sato");
    assert_eq!((ran.exit, &ran.json()[0]["code"]), (0, &Value::from("held")), "{}{}", ran.out, ran.err);
    let held = ran.json()[0]["seq"].to_string();
    // Whoever checks sees that the balances are still those, and is somebody else.
    let seen = ledger_run(&ledger, &["audit", "digest", "--close", &held, "--format", "json"]);
    assert_eq!((seen.exit, &seen.json()["agrees"]), (0, &Value::Bool(true)), "{}", seen.err);
    assert_eq!(seen.json()["balances"], 40, "what is held, and where it came from");
    let approve =
        |maker: &'static str| ledger_run(&ledger, &[&["reconcile", "approve", held.as_str()][..], &by(maker)].concat());
    assert_eq!(approve("sato ").exit, 1);
    let approved = approve("Kim");
    assert_eq!(approved.exit, 0, "{}{}", approved.out, approved.err);
    let approval = approved.json()[0]["seq"].to_string();

    // One balance, and nothing about the others.
    let proof = folder.path().join("b.proof");
    let ask = ["audit", "prove-balance", "--owner", "AGENCY", "--place", "North", "--lot", "L7", "--close"];
    let ran = ledger_run(&ledger, &[&ask[..], &[&approval, "--out", text(&proof)]].concat());
    assert_eq!(ran.exit, 0, "{}", ran.err);
    assert!(ran.out.contains("1 t net on hand"), "{}", ran.out);
    let checked = verify(&ledger, &proof, &[]);
    assert_eq!(checked.exit, 0, "{}{}", checked.out, checked.err);
    let told = &checked.json()[0];
    assert_eq!((&told["lot"], &told["on_hand"]), (&Value::from("L7"), &Value::from("1000000000")));
    assert_eq!(
        (&told["closed_by_event"], &told["approved_by_event"]),
        (&held.clone().into(), &approval.clone().into())
    );
    let written = fs::read_to_string(&proof).expect("a proof");
    assert!(!written.contains("lot L8"), "the others stay secret");

    // Whatever is changed in it is found.
    let tamper = |name: &str, change: &dyn Fn(&str) -> String| {
        let path = folder.path().join(name);
        fs::write(&path, change(&written)).expect("written");
        finding(&verify(&ledger, &path, &[])).0
    };
    assert_eq!(tamper("more", &|text| text.replace("on-hand 1000000000", "on-hand 2000000000")), "bad_balance_proof");
    assert_eq!(tamper("day", &|text| text.replace("as-of 2026-01-31", "as-of 2026-02-28")), "bad_balance_proof");
    let without = |name: &str| {
        let lines = written.lines().filter(|line| !line.starts_with(name));
        lines.map(|line| format!("{line}\n")).collect::<String>()
    };
    assert_eq!(tamper("alone", &|_| without("approval ")), "not_approved");
    assert_eq!(tamper("unclosed", &|_| without("close ").replace("approval ", "close ")), "other_digest");
    assert_eq!(
        tamper("nowhere", &|_| without("close ")
            .lines()
            .filter(|line| !line.starts_with("approval "))
            .map(|line| format!("{line}\n"))
            .collect()),
        "digest_missing"
    );

    // Another month: what moved since the maker looked is not signed for.
    let ran = close("2026-02-28", "Sato");
    let waiting = ran.json()[0]["seq"].to_string();
    let late = ledger.post(&movement(900, "deposit", "L900", "1 t", "2026-02-10"));
    assert_eq!(late.exit, 0, "{}", late.err);
    let refused = ledger_run(&ledger, &[&["reconcile", "approve", waiting.as_str()][..], &by("Kim")].concat());
    assert_eq!((refused.exit, &refused.json()[0]["code"]), (1, &Value::from("balances_differ")), "{}", refused.out);
    let stale =
        ledger_run(&ledger, &["audit", "digest", "--owner", "AGENCY", "--as-of", "2026-02-28", "--format", "json"]);
    assert_eq!(stale.json()["balances"], 42);

    // A replay folds every signed balance anew, from the log and from the files alike; so does whoever was given no close.
    let here = ledger.run(&["replay", "--verify", "--format", "json"]);
    assert_eq!((here.exit, &here.json()["signed_closes"]), (0, &Value::from(3)), "{}{}", here.out, here.err);
    assert_eq!(here.json()["differing_closes"], Value::Array(Vec::new()));
    let tiles = text(&ledger.dir().join("tiles")).to_owned();
    let there = granary(&["replay", "--from", &tiles, "--key", &key, "--format", "json"]);
    assert_eq!((there.exit, &there.json()["signed_closes"]), (0, &Value::from(3)), "{}{}", there.out, there.err);
    let free = folder.path().join("free.proof");
    let ask =
        ["audit", "prove-balance", "--owner", "AGENCY", "--place", "North", "--lot", "L900", "--as-of", "2026-02-28"];
    assert_eq!(ledger_run(&ledger, &[&ask[..], &["--whole", "--out", text(&free)]].concat()).exit, 0);
    let whole = ledger_run(&ledger, &["audit", "digest", "--as-of", "2026-02-28", "--format", "json"]).json();
    let root = whole["root"].as_str().expect("a root");
    assert_eq!(verify(&ledger, &free, &["--digest", root]).exit, 0);
    let other = seen.json()["root"].as_str().expect("a root").to_owned();
    assert_eq!(finding(&verify(&ledger, &free, &["--digest", &other])).0, "other_digest");
    // Nothing is no leaf.
    let ask =
        ["audit", "prove-balance", "--owner", "AGENCY", "--place", "North", "--lot", "L900", "--as-of", "2026-01-31"];
    let ran = ledger_run(&ledger, &ask);
    assert!(ran.err.contains("holds nothing of lot `L900`"), "{}", ran.err);
}

/// With `--dir` where the family of commands wants it: behind its word.
fn ledger_run(ledger: &Ledger, args: &[&str]) -> Ran {
    let mut all = args.to_vec();
    all.extend(["--dir", text(ledger.dir())]);
    granary(&all)
}

#[test]
fn two_copies_are_compared_and_the_first_difference_named() {
    let (ledger, folder) = ledger_with(6);
    let copied = tampered(&ledger, &folder, "copied", |_| {});
    post_movements(&ledger, 10..12);
    let dir = text(ledger.dir()).to_owned();
    let same = granary(&["audit", "compare", text(&copied), "--dir", &dir, "--format", "json"]);
    assert_eq!((same.exit, &same.json()["agreeing_events"]), (0, &Value::from(11)), "{}{}", same.out, same.err);
    // Another history with the same beginning: only its hashes are looked at.
    let other = tampered(&ledger, &folder, "other", |tiles| {
        let bundle = fs::read(tiles.join("tile/entries/000.p/13")).expect("a bundle");
        let mut levels = chain::Levels::default();
        for (index, entry) in chain::decode_entries(&bundle).expect("a bundle").into_iter().enumerate() {
            let leaf = if index < 8 { chain::leaf_hash(entry) } else { chain::leaf_hash(b"another") };
            levels.append(leaf);
        }
        let tile = chain::hash_tiles(13).next().expect("one tile");
        fs::write(tiles.join(tile.path()), chain::tile_bytes(levels.tile(tile).expect("there"))).expect("written");
    });
    let differs = granary(&["audit", "compare", text(&other), "--dir", &dir, "--format", "json"]);
    assert_eq!(
        (differs.exit, &differs.json()["first_difference"]),
        (1, &Value::from(9)),
        "{}{}",
        differs.out,
        differs.err
    );
}

#[test]
fn copies_that_do_not_stand_under_their_own_checkpoint_do_not_agree() {
    let (ledger, folder) = ledger_with(6);
    let compare = |tiles: &Path, more: &[&str]| {
        let ran = granary(&[&["audit", "compare", text(tiles), "--format", "json"], more].concat());
        (ran.exit, ran.json()["problems"].to_string())
    };
    let dir = ["--dir", text(ledger.dir())];
    let sound = tampered(&ledger, &folder, "sound", |_| {});
    assert_eq!(compare(&sound, &dir), (0, "[]".to_owned()));
    // A signature that is none, and a root that is signed and not that of the hashes: a split view.
    let unsigned = tampered(&ledger, &folder, "unsigned", |tiles| {
        let path = tiles.join("checkpoint");
        let note = fs::read_to_string(&path).expect("a checkpoint");
        let (text, _) = note.split_once("\u{2014}").expect("a signature");
        let stranger = chain::SignerKey::from_seed("test.example/ledger", chain::SignatureKind::Ed25519, &[5; 32]);
        let mut forged = chain::Note::new(text.trim_end().to_owned() + "\n").expect("text");
        forged.sign(&stranger.expect("a name")).expect("signed");
        fs::write(&path, forged.to_string()).expect("written");
    });
    let (exit, problems) = compare(&unsigned, &dir);
    assert!(exit == 1 && problems.contains("there: "), "{problems}");
    let secret = fs::read_to_string(ledger.dir().join("keys/log.key")).expect("a key");
    let signer = chain::SignerKey::parse(secret.trim()).expect("a key");
    let split = tampered(&ledger, &folder, "split", |tiles| {
        let path = tiles.join("checkpoint");
        let note = chain::Note::parse(&fs::read(&path).expect("a checkpoint")).expect("a note");
        let tree = chain::Checkpoint::parse(note.text()).expect("a checkpoint");
        let forged = chain::Checkpoint { root: [7; 32], ..tree }.sign(&signer).expect("its own key");
        fs::write(&path, forged.to_string()).expect("written");
    });
    let (exit, problems) = compare(&split, &dir);
    assert!(exit == 1 && problems.contains("do not give the root"), "{problems}");
    // Between two copies nobody's key is at hand unless it is given; that is said.
    let between = ["--tiles", text(&sound)];
    let ran = granary(&[&["audit", "compare", text(&unsigned), "--format", "json"], &between[..]].concat());
    assert_eq!((ran.exit, &ran.json()["signatures"]), (0, &Value::from("not checked: give --key or --policy")));
    assert_eq!(compare(&unsigned, &[&between[..], &["--key", &key(&ledger)]].concat()).0, 1);
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
