//! Whoever has the log's key may lie with it: what of a lie the bytes contradict is found, and evidence is not taken for what
//! it is not.

use std::fs;
use std::path::{Path, PathBuf};

use chain::{Checkpoint, Note, SignatureKind, SignerKey};
use serde_json::Value;
use tempfile::TempDir;

use crate::audit::pack::resign;
use crate::audit::{copy, finding, forged_history, key, ledger_with, post_movements, tampered, text, verify};
use crate::run::{Ledger, granary, movement};

fn signer(ledger: &Ledger) -> SignerKey {
    SignerKey::parse(fs::read_to_string(ledger.dir().join("keys/log.key")).expect("a key").trim()).expect("a key")
}

fn pack(ledger: &Ledger, folder: &TempDir, name: &str, about: &[&str]) -> PathBuf {
    let out = folder.path().join(name);
    let mut args = vec!["audit", "pack", "--dir", text(ledger.dir()), "--out", text(&out)];
    args.extend(about);
    let ran = granary(&args);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    out
}

/// The code of what is found in a copy of a pack that was changed and signed anew.
fn lie(ledger: &Ledger, folder: &TempDir, pack: &Path, name: &str, change: &dyn Fn(&Path)) -> String {
    let copied = folder.path().join(name);
    copy(pack, &copied);
    change(&copied);
    resign(&copied, &signer(ledger));
    finding(&verify(ledger, &copied, &[])).0
}

fn edit(path: &Path, change: impl FnOnce(String) -> String) {
    let before = fs::read_to_string(path).expect("text");
    let after = change(before.clone());
    assert_ne!(before, after, "{}", path.display());
    fs::write(path, after).expect("written");
}

const PERIOD: [&str; 2] = ["--period", "2026-01-02..2026-01-31"];

#[test]
fn a_pack_is_held_to_what_its_entries_say() {
    let (ledger, folder) = ledger_with(3);
    let refused = ledger.post(&movement(80, "draw", "L1", "100000 t", "2026-01-06"));
    assert_eq!(refused.exit, 1, "{}", refused.out);
    let q1 = pack(&ledger, &folder, "q1.pack", &PERIOD);
    let ran = verify(&ledger, &q1, &[]);
    assert_eq!((ran.exit, &ran.json()[0]["events"]), (0, &Value::from("4")), "{}{}", ran.out, ran.err);
    assert!(
        ran.json()[0]["only_signed"].as_str().expect("a text").starts_with("summary.html, result.json"),
        "{}",
        ran.out
    );

    let found = |name: &str, file: &'static str, from: &'static str, to: &'static str| {
        lie(&ledger, &folder, &q1, name, &|pack| edit(&pack.join(file), |text| text.replacen(from, to, 1)))
    };
    assert_eq!(found("done", "shown.jsonl", "\"refused\"", "\"done\""), "shown_differs");
    assert_eq!(found("little", "shown.jsonl", "100000 t", "1 t"), "shown_differs");
    assert_eq!(found("why", "shown.jsonl", "exceeds_balance", "unknown_lot"), "shown_differs");
    assert_eq!(found("act", "shown.jsonl", "\"act\":\"deposit\"", "\"act\":\"gain\""), "shown_differs");
    assert_eq!(found("number", "shown.jsonl", "\"seq\":7", "\"seq\":17"), "shown_differs");
    assert_eq!(
        found("day", "shown.jsonl", "\"effective\":\"2026-01-05\"", "\"effective\":\"2026-01-04\""),
        "shown_differs"
    );
    assert_eq!(found("nowhere", "shown.jsonl", "\"entries\":[{", "\"entries\":[],\"other\":[{"), "shown_differs");
    assert_eq!(found("more", "shown.jsonl", "{\"seq\":6", "{\"seq\":5}\n{\"seq\":6"), "shown_differs");
    let cut = |pack: &Path| {
        edit(&pack.join("shown.jsonl"), |text| text.lines().take(3).map(|line| format!("{line}\n")).collect());
    };
    assert_eq!(lie(&ledger, &folder, &q1, "fewer", &cut), "line_missing");

    // Another period, or nothing at all.
    let about = |pack: &Path, words: &str| {
        let note = Note::parse(&fs::read(pack.join("MANIFEST")).expect("there")).expect("a note");
        let line = note.text().lines().nth(1).expect("a line").to_owned();
        let mut note = Note::new(note.text().replace(&line, words)).expect("text");
        note.sign(&signer(&ledger)).expect("signed");
        fs::write(pack.join("MANIFEST"), note.to_string()).expect("written");
    };
    for (name, words) in [("years", "about period 2020-01-01 to 2020-12-31"), ("never", "about period of 2026 to now")]
    {
        assert_eq!(lie(&ledger, &folder, &q1, name, &|pack| about(pack, words)), "outside_period", "{words}");
    }
    let emptied = |pack: &Path| {
        for name in ["events.txt", "shown.jsonl", "accounts.txt"] {
            fs::write(pack.join(name), "").expect("written");
        }
    };
    assert_eq!(lie(&ledger, &folder, &q1, "empty", &emptied), "empty_pack");
    // What is listed twice has two hashes, and what is not listed is not checked.
    let twice = |pack: &Path| {
        edit(&pack.join("MANIFEST"), |text| {
            let line = text.lines().nth(2).expect("a file").to_owned();
            text.replacen(&line, &format!("{line}\n{line}"), 1)
        });
    };
    assert_eq!(lie(&ledger, &folder, &q1, "twice", &twice), "bad_manifest");
    let without = |pack: &Path| {
        edit(&pack.join("MANIFEST"), |text| {
            let kept = text.lines().filter(|line| !line.ends_with(" shown.jsonl"));
            kept.map(|line| format!("{line}\n")).collect()
        });
        fs::remove_file(pack.join("shown.jsonl")).expect("there");
    };
    let copied = folder.path().join("without");
    copy(&q1, &copied);
    without(&copied);
    let note = Note::parse(&fs::read(copied.join("MANIFEST")).expect("there")).expect("a note");
    let mut note = Note::new(note.text().to_owned()).expect("text");
    note.sign(&signer(&ledger)).expect("signed");
    fs::write(copied.join("MANIFEST"), note.to_string()).expect("written");
    assert_eq!(finding(&verify(&ledger, &copied, &[])).0, "bad_manifest");
}

#[test]
fn a_lot_of_a_pack_is_shown_in_one_measure() {
    let (ledger, folder) = ledger_with(1);
    let ran = ledger.post(&movement(81, "draw", "L0", "0.25 t", "2026-01-06"));
    assert_eq!(ran.exit, 0, "{}", ran.err);
    let lot = pack(&ledger, &folder, "lot.pack", &["--lot", "L0"]);
    assert_eq!(verify(&ledger, &lot, &[]).exit, 0);
    let more = |pack: &Path| edit(&pack.join("shown.jsonl"), |text| text.replace("\"0.25 t net\"", "\"0.75 t net\""));
    assert_eq!(lie(&ledger, &folder, &lot, "more", &more), "shown_differs");
}

#[test]
fn only_the_log_itself_signs_its_packs_and_no_pack_passes_for_a_log() {
    let (ledger, folder) = ledger_with(3);
    let q1 = pack(&ledger, &folder, "q1.pack", &PERIOD);
    // Another log of the policy signs what the page says.
    let other = SignerKey::from_seed("example.org/other", SignatureKind::Ed25519, &[9; 32]).expect("a name");
    let policy = folder.path().join("two.policy");
    let ours = fs::read_to_string(key(&ledger)).expect("a key");
    fs::write(&policy, format!("log {}\nlog {}\nquorum none\n", ours.trim(), other.verifier())).expect("written");
    let check = |path: &Path| granary(&["audit", "verify", text(path), "--policy", text(&policy), "--format", "json"]);
    assert_eq!(check(&q1).exit, 0);
    let forged = folder.path().join("forged.pack");
    copy(&q1, &forged);
    edit(&forged.join("summary.html"), |text| text.replace("L1", "L4"));
    resign(&forged, &other);
    assert_eq!(finding(&check(&forged)).0, "not_trusted");

    // Without its list, beside the whole log: nothing of the log is wrong, and nothing of the pack is checked.
    let bare = tampered(&ledger, &folder, "bare", |tiles| {
        copy(&q1, tiles);
        copy(&ledger.dir().join("tiles"), tiles);
        for name in ["MANIFEST", "LINES"] {
            fs::remove_file(tiles.join(name)).expect("there");
        }
        edit(&tiles.join("summary.html"), |text| text.replace("L1", "L4"));
    });
    assert_eq!(finding(&verify(&ledger, &bare, &[])).0, "manifest_missing");
    let stray =
        tampered(&ledger, &folder, "stray", |tiles| fs::write(tiles.join("tile/notes.txt"), "x").expect("written"));
    assert_eq!(finding(&verify(&ledger, &stray, &[])).0, "file_added");
}

#[test]
fn receipts_packs_and_facts_continue_the_checkpoint_that_was_kept() {
    let (ledger, folder) = ledger_with(6);
    let dir = text(ledger.dir()).to_owned();
    let old = folder.path().join("old.checkpoint");
    assert_eq!(granary(&["audit", "checkpoint", "--dir", &dir, "--out", text(&old)]).exit, 0);
    let known = ["--old", text(&old)];
    let make = |name: &str, args: &[&str]| {
        let out = folder.path().join(name);
        let ran = granary(&[args, &["--out", text(&out)]].concat());
        assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
        out
    };
    let before = make("before.tlog-proof", &["audit", "prove", "7", "--dir", &dir]);
    let ran = verify(&ledger, &before, &known);
    assert_eq!((ran.exit, &ran.json()[0]["continues"]), (0, &Value::from("the old one of 11 entries")), "{}", ran.out);
    // Another history of the same size, signed by the same key.
    let forged = forged_history(&ledger, &folder);
    let receipt = make("forged.tlog-proof", &["audit", "prove", "7", "--tiles", text(&forged)]);
    assert_eq!(verify(&ledger, &receipt, &[]).exit, 0, "by itself it convinces");
    assert_eq!(finding(&verify(&ledger, &receipt, &known)).0, "split_view");

    post_movements(&ledger, 6..9);
    let after = make("after.tlog-proof", &["audit", "prove", "7", "--dir", &dir]);
    let packed = pack(&ledger, &folder, "q1.pack", &PERIOD);
    let fact = make("7.fact", &["audit", "share", "7", "--dir", &dir]);
    let linked = make("7-linked.fact", &["audit", "share", "7", "--since", "11", "--dir", &dir]);
    let proof = make("proof", &["audit", "consistency", text(&old), "--dir", &dir]);
    for evidence in [&after, &packed, &fact] {
        assert_eq!(finding(&verify(&ledger, evidence, &known)).0, "not_linked", "{}", evidence.display());
        let ran = verify(&ledger, evidence, &[&known[..], &["--consistency", text(&proof)]].concat());
        assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    }
    let ran = verify(&ledger, &linked, &known);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);

    // Older evidence than the checkpoint looks like a log that was rolled back, until a proof shows that it is not.
    let new = make("new.checkpoint", &["audit", "checkpoint", "--dir", &dir]);
    assert_eq!(finding(&verify(&ledger, &before, &["--old", text(&new)])).0, "rolled_back");
    let ran = verify(&ledger, &before, &["--old", text(&new), "--consistency", text(&proof)]);
    assert_eq!(
        (ran.exit, &ran.json()[0]["continued_by"]),
        (0, &Value::from("the old one of 14 entries")),
        "{}",
        ran.out
    );
}

#[test]
fn a_fact_is_held_to_what_its_entry_says() {
    let (ledger, folder) = ledger_with(2);
    let fact = folder.path().join("6.fact");
    let dir = text(ledger.dir());
    assert_eq!(granary(&["audit", "share", "6", "--dir", dir, "--out", text(&fact)]).exit, 0);
    let ran = verify(&ledger, &fact, &[]);
    assert_eq!((ran.exit, &ran.json()[0]["act"]), (0, &Value::from("deposit")), "{}{}", ran.out, ran.err);
    assert!(ran.json()[0]["only_signed"].as_str().expect("a text").contains("units"), "{}", ran.out);
    let whole = fs::read_to_string(&fact).expect("text");
    let (statement, rest) = whole.split_once("\n\nentry ").expect("an entry");
    let says = Note::parse(format!("{statement}\n").as_bytes()).expect("a note").text().to_owned();
    let signer = signer(&ledger);
    let found = |name: &str, from: &str, to: &str| {
        assert!(says.contains(from), "{from} in {says}");
        let mut note = Note::new(says.replacen(from, to, 1)).expect("text");
        note.sign(&signer).expect("signed");
        let path = folder.path().join(name);
        fs::write(&path, format!("{note}\nentry {rest}")).expect("written");
        finding(&verify(&ledger, &path, &[]))
    };
    for (name, from, to) in [
        ("act", "act deposit", "act arrive"),
        ("effective", "effective 2026-01-05", "effective 2026-01-06"),
        ("quantity", "\nquantity 1", "\nquantity 9"),
        ("one more", "\nquantity ", "\nquantity 1 mg 0\nquantity "),
        ("reference", "\nowner", "\nreference R-1\nowner"),
        ("reverses", "\nmaterial", "\nreverses 4\nmaterial"),
        ("event", "event 6", "event 7"),
        ("twice", "act deposit", "act deposit\nact arrive"),
    ] {
        let (code, place) = found(name, from, to);
        assert_eq!(code, "statement_differs", "{name} {place}");
    }
}

/// Two persons for more than a tonne: a loss that was approved and a draw that was declined.
const CHECKED: &str = r#"
{"id":"00000000-0000-7000-8000-0000000000e0","party":"AGENCY","effective":"2026-01-01","act":"register_material","code":"Dy","name":"Dy oxide","unit":"mg","basis":"net","shown":"t","form":"oxide","dual_control_above":"1 t"}
{"id":"00000000-0000-7000-8000-0000000000e1","party":"AGENCY","maker":"Sato","effective":"2026-02-12","act":"deposit","lot":"D1","site":"North","material":"Dy","quantity":"50 t"}
{"id":"00000000-0000-7000-8000-0000000000e2","party":"AGENCY","maker":"Kim","effective":"2026-02-13","act":"approve","held":8}
{"id":"00000000-0000-7000-8000-0000000000e3","party":"AGENCY","maker":"Sato","effective":"2026-03-28","act":"loss","lot":"D1","site":"North","quantity":"5 t","reason":"spilled"}
{"id":"00000000-0000-7000-8000-0000000000e4","party":"AGENCY","maker":"Kim","effective":"2026-04-03","act":"approve","held":10}
{"id":"00000000-0000-7000-8000-0000000000e5","party":"AGENCY","maker":"Sato","effective":"2026-03-29","act":"draw","lot":"D1","site":"North","quantity":"4 t"}
{"id":"00000000-0000-7000-8000-0000000000e6","party":"AGENCY","maker":"Kim","effective":"2026-04-04","act":"decline","held":12,"reason":"no"}
"#;

fn shown(pack: &Path) -> Vec<(u64, String)> {
    let text = fs::read_to_string(pack.join("shown.jsonl")).expect("there");
    let events = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    events
        .map(|event| {
            (event["seq"].as_u64().expect("a number"), event["command"]["act"].as_str().unwrap_or("-").to_owned())
        })
        .collect()
}

#[test]
fn a_pack_of_a_lot_has_who_asked_and_who_checked() {
    let (ledger, folder) = ledger_with(1);
    ledger.post(CHECKED);
    let lot = pack(&ledger, &folder, "d1.pack", &["--lot", "D1"]);
    let acts = ["deposit", "approve", "loss", "approve", "draw", "decline"].map(str::to_owned);
    assert_eq!(shown(&lot), (8..14).zip(acts).collect::<Vec<_>>());
    assert_eq!(verify(&ledger, &lot, &[]).exit, 0);
    // The lot beside it has its own events alone.
    let other = pack(&ledger, &folder, "l0.pack", &["--lot", "L0"]);
    assert_eq!(shown(&other), [(6, "deposit".to_owned())]);
}

#[test]
fn a_pack_of_a_reserve_has_what_names_only_its_calls_and_requests() {
    let folder = TempDir::new().expect("a folder");
    let dir = folder.path().join("shared");
    assert_eq!(granary(&["init", "--dir", text(&dir), "--origin", "example.org/shared"]).exit, 0);
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/shared_reserve.jsonl");
    assert_eq!(granary(&["post", "--dir", text(&dir), text(&demo)]).exit, 0);
    let out = folder.path().join("reserve.pack");
    let ran = granary(&["audit", "pack", "--reserve", "G7-NdPr", "--dir", text(&dir), "--out", text(&out)]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    let shown = shown(&out);
    for (act, count) in [("call", 1), ("commit_to_call", 3), ("deliver", 1), ("settle_part", 1), ("decide_access", 2)] {
        assert_eq!(shown.iter().filter(|(_, found)| found == act).count(), count, "{act} in {shown:?}");
    }
    let key = dir.join("keys/log.pub");
    let ran = granary(&["audit", "verify", text(&out), "--key", text(&key)]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
}

#[test]
fn a_pack_says_what_its_checkpoint_does_not_cover_yet() {
    let (ledger, folder) = ledger_with(2);
    // What witnesses cosigned last; then they are down.
    fs::copy(ledger.dir().join("tiles/checkpoint"), ledger.dir().join("witnessed")).expect("copied");
    let ran = ledger.post(&movement(90, "draw", "L1", "0.5 t", "2026-01-09"));
    assert_eq!(ran.exit, 0, "{}", ran.err);
    let out = folder.path().join("l1.pack");
    let ran = granary(&["audit", "pack", "--lot", "L1", "--dir", text(ledger.dir()), "--out", text(&out)]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    let said = "1 event is not covered yet by the checkpoint of 7 events: 8";
    assert!(ran.err.contains(said), "{}", ran.err);
    assert!(fs::read_to_string(out.join("summary.html")).expect("there").contains(said));
    assert_eq!(shown(&out), [(7, "deposit".to_owned())]);
    assert_eq!(verify(&ledger, &out, &[]).exit, 0);
}

#[test]
fn every_act_is_known_to_the_auditor_by_its_word() {
    let words: Vec<&str> = (0..1_000).filter_map(auditor::act_word).collect();
    assert_eq!(words, books::Act::WORDS);
    assert_eq!(auditor::act_word(82), Some("rotate_log_key"));
}

#[test]
fn every_fact_of_a_refusal_is_known_to_the_auditor_by_its_name() {
    let words: Vec<&str> = (0..1_000).filter_map(auditor::fact_word).collect();
    assert_eq!(words, books::FactName::ALL.iter().map(|name| name.word()).collect::<Vec<_>>());
}

#[test]
fn a_checkpoint_that_only_a_size_tells_from_another_is_no_continuation() {
    let (ledger, folder) = ledger_with(2);
    let [old, new] = ["old", "new"].map(|name| folder.path().join(name));
    let note = Note::parse(&fs::read(ledger.dir().join("tiles/checkpoint")).expect("there")).expect("a note");
    let tree = Checkpoint::parse(note.text()).expect("a checkpoint");
    fs::write(&old, note.to_string()).expect("written");
    let grown = Checkpoint { size: tree.size + 1, ..tree }.sign(&signer(&ledger)).expect("its own key");
    fs::write(&new, grown.to_string()).expect("written");
    assert_eq!(finding(&verify(&ledger, &new, &["--old", text(&old)])).0, "not_linked");
}
