//! What auditors ask of a ledger that has grown old: another key, entries in an archive, a copy as of a point, and every
//! adjustment by hand.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::audit::{copy, ledger_with, post_movements, text};
use crate::run::{Ledger, Ran, granary};

fn verify(path: &Path, key: &str, more: &[&str]) -> Ran {
    let mut args = vec!["audit", "verify", text(path), "--key", key, "--format", "json"];
    args.extend(more);
    granary(&args)
}

fn code(ran: &Ran) -> String {
    assert_eq!(ran.exit, 1, "{}{}", ran.out, ran.err);
    ran.json()[0]["code"].as_str().expect("a code").to_owned()
}

fn dir(ledger: &Ledger) -> String {
    text(ledger.dir()).to_owned()
}

#[test]
fn the_log_says_which_key_signs_it_from_when_on() {
    let (ledger, folder) = ledger_with(3);
    let dir = dir(&ledger);
    let [old, before] = ["old.pub", "before"].map(|name| folder.path().join(name));
    fs::copy(ledger.dir().join("keys/log.pub"), &old).expect("copied");
    let old_secret = fs::read_to_string(ledger.dir().join("keys/log.key")).expect("a key");
    let old = text(&old).to_owned();
    copy(&ledger.dir().join("tiles"), &before);
    let checkpoint = folder.path().join("before.checkpoint");
    assert_eq!(granary(&["audit", "checkpoint", "--dir", &dir, "--out", text(&checkpoint)]).exit, 0);

    // Nothing to retire yet, and only who runs the ledger rotates.
    assert_eq!(granary(&["key", "retire", "--dir", &dir]).exit, 1);
    let ran = granary(&["key", "rotate", "--as", "AGENCY", "--effective", "2026-02-01", "--dir", &dir]);
    assert_eq!(ran.exit, 1, "{}{}", ran.out, ran.err);
    // Refused, it leaves no key behind: nothing is signed with what was never announced.
    assert!(!ledger.dir().join("keys/log.next").exists() && !ledger.dir().join("keys/log.next.pub").exists());
    post_movements(&ledger, 900..901);
    let note = fs::read_to_string(ledger.dir().join("tiles/checkpoint")).expect("a checkpoint");
    assert_eq!(note.lines().filter(|line| line.starts_with('\u{2014}')).count(), 1, "{note}");
    assert_eq!(granary(&["key", "retire", "--dir", &dir]).exit, 1, "there is no handover");
    let ran = granary(&["key", "rotate", "--as", "ledger", "--effective", "2026-02-01", "--dir", &dir]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    post_movements(&ledger, 3..4);

    // During the handover both keys convince.
    let new = text(&ledger.dir().join("keys/log.next.pub")).to_owned();
    let tiles = ledger.dir().join("tiles");
    for key in [&old, &new] {
        let ran = verify(&tiles, key, &[]);
        assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
        assert!(ran.json()[0]["key"].as_str().expect("a key").contains("since event 11"), "{}", ran.out);
    }
    let announcement = folder.path().join("log.rotation");
    fs::copy(ledger.dir().join("keys/log.rotation"), &announcement).expect("copied");
    // A signature of the old key alone is none any more.
    let alone = folder.path().join("alone");
    copy(&tiles, &alone);
    let note = fs::read_to_string(alone.join("checkpoint")).expect("a checkpoint");
    let kept: Vec<&str> = note.lines().take(5).collect();
    fs::write(alone.join("checkpoint"), kept.join("\n") + "\n").expect("written");
    assert_eq!(code(&verify(&alone, &old, &[])), "key_not_in_force");

    let ran = granary(&["key", "retire", "--dir", &dir]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    post_movements(&ledger, 4..5);
    let now = text(&ledger.dir().join("keys/log.pub")).to_owned();
    // Whoever knows only the old key follows the log to the new one, and what was kept from before still counts.
    for key in [&old, &now] {
        let ran = verify(&tiles, key, &[]);
        assert_eq!(ran.exit, 0, "{key}: {}{}", ran.out, ran.err);
    }
    assert_eq!(verify(&tiles, &old, &["--old", text(&checkpoint)]).exit, 0);
    assert_eq!(verify(&before, &old, &[]).exit, 0);
    let replayed = granary(&["replay", "--from", text(&tiles), "--key", &old, "--format", "json"]);
    assert_eq!((replayed.exit, &replayed.json()["events"]), (0, &Value::from(13)), "{}", replayed.err);
    assert_eq!(granary(&["replay", "--verify", "--dir", &dir]).exit, 0);
    let doctor = granary(&["doctor", "--dir", &dir]);
    assert_eq!(doctor.exit, 0, "{}{}", doctor.out, doctor.err);

    // A receipt by itself does not show the log: the announcement does.
    let receipt = folder.path().join("12.tlog-proof");
    assert_eq!(granary(&["audit", "prove", "12", "--dir", &dir, "--out", text(&receipt)]).exit, 0);
    assert_eq!(code(&verify(&receipt, &old, &[])), "bad_receipt");
    let ran = verify(&receipt, &old, &["--rotation", text(&announcement)]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);

    // A history that the key in force never signed: the announcement alone does not say from when on, its event does.
    let signer = chain::SignerKey::parse(old_secret.trim()).expect("a key");
    let mut stolen = chain::Receipt::parse(&fs::read(&receipt).expect("there")).expect("a receipt");
    let tree = chain::Checkpoint::parse(stolen.checkpoint.text()).expect("a checkpoint");
    stolen.checkpoint = tree.sign(&signer).expect("its key of before");
    let by_old = folder.path().join("by-old.tlog-proof");
    fs::write(&by_old, stolen.to_string()).expect("written");
    assert_eq!(verify(&by_old, &old, &["--rotation", text(&announcement)]).exit, 0);
    let (rotated, fact) = (folder.path().join("11.tlog-proof"), folder.path().join("11.fact"));
    assert_eq!(granary(&["audit", "prove", "11", "--dir", &dir, "--out", text(&rotated)]).exit, 0);
    assert_eq!(granary(&["audit", "share", "11", "--dir", &dir, "--out", text(&fact)]).exit, 0);
    for announced in [&rotated, &fact] {
        assert_eq!(code(&verify(&by_old, &old, &["--rotation", text(announced)])), "key_not_in_force");
        let ran = verify(&receipt, &old, &["--rotation", text(announced)]);
        assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    }
    let ran = verify(&receipt, &old, &["--rotation", text(&receipt)]);
    assert!(ran.exit == 64 && ran.err.contains("nor the receipt of an event that is one"), "{}", ran.err);
    // Nor is a log by itself, whose entries are said to be in an archive.
    let hidden = folder.path().join("hidden");
    copy(&tiles, &hidden);
    fs::write(hidden.join("checkpoint"), stolen.checkpoint.to_string()).expect("written");
    assert_eq!(code(&verify(&hidden, &old, &[])), "key_not_in_force");
    fs::remove_dir_all(hidden.join("tile/entries")).expect("removed");
    fs::write(hidden.join("archive"), "minimum-index 1000000\nfolder /nonexistent\n").expect("written");
    assert_eq!(code(&verify(&hidden, &old, &[])), "bad_archive");

    // A second rotation begins at the key in force.
    let again = ["key", "rotate", "--as", "ledger", "--effective", "2026-02-01", "--maker", "Sato", "--dir", &dir];
    assert_eq!(granary(&again).exit, 0);
    assert_eq!(verify(&tiles, &old, &[]).exit, 0, "over two keys");

    // The secret of the key in force is lost: named.
    fs::remove_file(ledger.dir().join("keys/log.next")).expect("removed");
    let doctor = granary(&["doctor", "--dir", &dir]);
    assert_eq!(doctor.exit, 1);
    assert!(doctor.out.contains("is signed by"), "{}{}", doctor.out, doctor.err);
}

#[test]
fn old_entries_go_to_an_archive_and_every_proof_stays() {
    let (ledger, folder) = ledger_with(600);
    let (dir, tiles) = (dir(&ledger), ledger.dir().join("tiles"));
    let key = text(&ledger.dir().join("keys/log.pub")).to_owned();
    let archive = folder.path().join("archive");
    let receipt = |name: &str, event: &str, from: &[&str]| -> PathBuf {
        let path = folder.path().join(name);
        let mut args = vec!["audit", "prove", event, "--out", text(&path)];
        args.extend(from);
        let ran = granary(&args);
        assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
        path
    };
    let before = receipt("before", "40", &["--dir", &dir]);
    let move_until = |until: &str| {
        granary(&["audit", "archive", "--until", until, "--to", text(&archive), "--dir", &dir, "--format", "json"])
    };
    assert_eq!(move_until("255").exit, 1, "bundles go as a whole");
    let ran = move_until("600");
    assert_eq!((ran.exit, &ran.json()["events"], &ran.json()["bundles"]), (0, &512.into(), &2.into()), "{}", ran.err);
    assert!(!tiles.join("tile/entries/000").exists() && archive.join("tile/entries/000").exists());
    assert_eq!(move_until("600").exit, 1, "there is no more to move");

    // From the ledger, and from the archive alone.
    let after = receipt("after", "40", &["--dir", &dir]);
    assert_eq!(fs::read(&before).expect("there"), fs::read(&after).expect("there"));
    let alone = receipt("alone", "40", &["--tiles", text(&archive)]);
    for receipt in [&before, &after, &alone] {
        assert_eq!(verify(receipt, &key, &[]).exit, 0);
    }
    let replay = |from: &str| granary(&["replay", "--from", from, "--key", &key, "--format", "json"]);
    let replayed = replay(text(&tiles));
    assert_eq!((replayed.exit, &replayed.json()["events"]), (0, &605.into()), "{}{}", replayed.out, replayed.err);
    let doctor = granary(&["doctor", "--dir", &dir]);
    assert_eq!(doctor.exit, 0, "{}{}", doctor.out, doctor.err);
    post_movements(&ledger, 600..603);
    assert_eq!(verify(&tiles, &key, &[]).json()[0]["size"], "608");
    // The log is built again from both.
    let broken = folder.path().join("broken");
    copy(ledger.dir(), &broken);
    fs::remove_dir_all(broken.join("log")).expect("removed");
    let mended = granary(&["doctor", "--mend", "log", "--dir", text(&broken)]);
    assert_eq!(mended.exit, 0, "{}{}", mended.out, mended.err);

    // The archive is checked by itself, wherever it lies; of what it does not have its hashes are.
    let ran = verify(&archive, &key, &[]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    let beyond = ran.json()[0]["NOT_READ"].as_str().expect("it says so").to_owned();
    assert!(beyond.starts_with("events 513 to 605: only their hashes were checked"), "{beyond}");

    // What is changed in the archive is noticed.
    let bundle = archive.join("tile/entries/001");
    let mut bytes = fs::read(&bundle).expect("a bundle");
    bytes[100] ^= 1;
    fs::write(&bundle, bytes).expect("written");
    let ran = verify(&tiles, &key, &[]);
    assert_eq!(code(&ran), "entry_differs", "{}", ran.out);
    assert_eq!(code(&verify(&archive, &key, &[])), "entry_differs");
    assert_eq!(granary(&["doctor", "--dir", &dir]).exit, 1);

    // The archive is elsewhere: nobody reads what is in it unseen. Whoever accepts that has its hashes, and a receipt wants
    // the entry from there.
    fs::rename(&archive, folder.path().join("elsewhere")).expect("renamed");
    assert_eq!(code(&verify(&tiles, &key, &[])), "archive_missing");
    let there = folder.path().join("elsewhere");
    assert_eq!(code(&verify(&tiles, &key, &["--archive", text(&there)])), "entry_differs", "it is read there");
    let ran = verify(&tiles, &key, &["--without-archive"]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    let unread = ran.json()[0]["NOT_READ"].as_str().expect("it says so").to_owned();
    assert!(unread.starts_with("events 1 to 512: only their hashes were checked"), "{unread}");
    // Nobody signs the file that says so: it excuses no more than whole bundles of the log.
    let said = fs::read_to_string(tiles.join("archive")).expect("there");
    for wrong in ["511", "768", "1000000"] {
        fs::write(tiles.join("archive"), said.replace("minimum-index 512", &format!("minimum-index {wrong}")))
            .expect("written");
        assert_eq!(code(&verify(&tiles, &key, &["--without-archive"])), "bad_archive", "{wrong}");
    }
    fs::write(tiles.join("archive"), said).expect("written");
    assert_eq!(granary(&["doctor", "--dir", &dir]).exit, 0);
    let bare = receipt("bare", "40", &["--dir", &dir]);
    assert_eq!(code(&verify(&bare, &key, &[])), "entry_missing");
    let entry = folder.path().join("entry");
    let whole = chain::Receipt::parse(&fs::read(&before).expect("there")).expect("a receipt");
    fs::write(&entry, whole.extra.expect("it carries the entry")).expect("written");
    assert_eq!(verify(&bare, &key, &["--entry", text(&entry)]).exit, 0);
    assert_eq!(replay(text(&tiles)).exit, 1, "nobody can replay what is not there");
}

#[test]
fn a_ledger_is_restored_to_a_point_and_proven_to_be_the_beginning() {
    let (ledger, folder) = ledger_with(300);
    let (dir, key) = (dir(&ledger), text(&ledger.dir().join("keys/log.pub")).to_owned());
    let kept = folder.path().join("kept.checkpoint");
    assert_eq!(granary(&["audit", "checkpoint", "--dir", &dir, "--out", text(&kept)]).exit, 0);
    let then = granary(&["position", "--dir", &dir, "--format", "json"]);
    post_movements(&ledger, 300..310);
    let restore = |until: &str, name: &str| {
        let to = folder.path().join(name);
        let ran = granary(&["restore", "--from", &dir, "--until", until, "--to", text(&to), "--format", "json"]);
        (to, ran)
    };
    let (to, ran) = restore(text(&kept), "by-checkpoint");
    assert_eq!((ran.exit, &ran.json()["events"], &ran.json()["of"]), (0, &305.into(), &315.into()), "{}", ran.err);
    // Two lines once made a second history with the live key: a clerk who wanted to look at March.
    assert!(ran.err.contains("takes no posts") && !to.join("keys/log.key").exists(), "{}", ran.err);
    let draw = folder.path().join("draw.json");
    fs::write(&draw, r#"{"id":"00000000-0000-7000-8000-0000000000ff","party":"AGENCY","effective":"2026-01-01","act":"draw","lot":"L","site":"S","quantity":"1 t"}"#).expect("written");
    let posted = granary(&["post", "--dir", text(&to), text(&draw)]);
    assert!(posted.exit != 0 && posted.err.contains("is a restored ledger"), "{}{}", posted.out, posted.err);
    let early = folder.path().join("early");
    let ran = granary(&["restore", "--from", &dir, "--until", "7", "--to", text(&early), "--in-earnest"]);
    assert!(ran.exit == 1 && !early.exists(), "{}", ran.err);
    let whole = folder.path().join("whole");
    let ran = granary(&["restore", "--from", &dir, "--until", "315", "--to", text(&whole), "--in-earnest"]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
    assert!(whole.join("keys/log.key").exists() && !whole.join("restored.json").exists());
    // The checkpoint that was kept, to the byte; the answers of then; and the whole log continues it.
    assert_eq!(fs::read(to.join("tiles/checkpoint")).expect("there"), fs::read(&kept).expect("there"));
    assert_eq!(
        granary(&["position", "--dir", text(&to), "--format", "json"]).json()["positions"],
        then.json()["positions"]
    );
    let old = to.join("tiles/checkpoint");
    assert_eq!(verify(&to.join("restored.proof"), &key, &["--old", text(&old)]).exit, 0);
    let compared = granary(&["audit", "compare", text(&to.join("tiles")), "--dir", &dir]);
    assert_eq!(compared.exit, 3, "it agrees, and is shorter: {}", compared.out);
    assert_eq!(granary(&["doctor", "--dir", text(&to)]).exit, 0);

    for (until, events) in [("7", 7), ("260", 260), ("2099-01-01", 315), ("2099-01-01T00:00:00Z", 315)] {
        let (to, ran) = restore(until, &format!("until-{}", until.replace(':', "-")));
        assert_eq!((ran.exit, &ran.json()["events"]), (0, &events.into()), "{until}: {}{}", ran.out, ran.err);
        assert_eq!(granary(&["replay", "--verify", "--dir", text(&to)]).exit, 0);
    }
    assert_eq!(restore("900", "beyond").1.exit, 1);
    assert_eq!(restore("1999-01-01", "nothing").1.exit, 64);
    assert_eq!(restore("by-checkpoint", "what").1.exit, 64, "no event, no time and no file");
    // Damaged files are restored by nobody.
    let damaged = folder.path().join("damaged");
    copy(ledger.dir(), &damaged);
    let bundle = damaged.join("tiles/tile/entries/000");
    let mut bytes = fs::read(&bundle).expect("a bundle");
    bytes[50] ^= 1;
    fs::write(&bundle, bytes).expect("written");
    let to = folder.path().join("no");
    let ran = granary(&["restore", "--from", text(&damaged), "--until", "7", "--to", text(&to)]);
    assert_eq!(ran.exit, 1, "{}", ran.out);
    assert!(!to.exists());
}

const ADJUSTED: &str = r#"
{"id":"00000000-0000-7000-8000-0000000000d1","party":"AGENCY","maker":"Sato","effective":"2026-02-03","act":"loss","lot":"L0","site":"North","quantity":"0.2 t","reason":"spilled"}
{"id":"00000000-0000-7000-8000-0000000000d2","party":"AGENCY","maker":"Sato","effective":"2026-02-04","act":"stocktake","site":"North","lines":[{"lot":"L1","counted":"0.4 t"},{"lot":"L2","counted":"0.4 t"}],"reference":"count 7"}
{"id":"00000000-0000-7000-8000-0000000000d3","party":"AGENCY","maker":"Kim","effective":"2026-02-05","act":"correct","reverses":9,"reason":"found again"}
{"id":"00000000-0000-7000-8000-0000000000d4","party":"ledger","effective":"2026-02-06","act":"set_tolerance","material":"NdPr","ppm":500}
"#;

#[test]
fn every_adjustment_by_hand_is_listed_with_who_and_why() {
    let (ledger, folder) = ledger_with(3);
    let dir = dir(&ledger);
    let ran = ledger.post(ADJUSTED);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    let ask = |more: &[&str]| {
        let mut args = vec!["audit", "adjustments", "--dir", &dir, "--format", "json"];
        args.extend(more);
        let ran = granary(&args);
        assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
        ran.json()["adjustments"].as_array().expect("lines").clone()
    };
    let told = |line: &Value| {
        ["act", "lot", "change", "maker", "reason"].map(|name| line[name].as_str().unwrap_or("-").to_owned()).join(" ")
    };
    let all: Vec<String> = ask(&[]).iter().map(told).collect();
    assert_eq!(
        all,
        [
            "loss L0 -0.2 Sato spilled",
            "stocktake L1 -0.6 Sato count 7",
            "stocktake L2 -0.6 Sato count 7",
            "correct L0 0.2 Kim found again"
        ]
    );
    assert_eq!((ask(&[])[0]["reversed_by"].clone(), ask(&[])[3]["reverses"].clone()), (11.into(), 9.into()));
    // Two lines of 0.6 t are one adjustment of more than a tonne.
    assert_eq!(ask(&["--above", "1", "--unit", "t"]).len(), 2);
    assert_eq!(ask(&["--above", "1200 kg"]).len(), 0, "not more than");
    assert_eq!(ask(&["--period", "2026-02-04..2026-02-04"]).len(), 2);
    assert_eq!(ask(&["--rules"]).len(), 5);
    assert_eq!(granary(&["audit", "adjustments", "--dir", &dir, "--above", "1 bbl"]).exit, 64);
    let ran = granary(&["audit", "adjustments", "--dir", &dir, "--above", "1"]);
    assert!(ran.exit == 64 && ran.err.contains("more than 1 of what unit?"), "{}", ran.err);
    let csv = granary(&["audit", "adjustments", "--dir", &dir, "--format", "csv"]);
    assert!(csv.out.lines().count() == 5 && csv.out.contains("spilled"), "{}", csv.out);

    // A pack of what concerns one party, alone and within a period.
    for (args, events) in
        [(vec!["--party", "AGENCY"], 10), (vec!["--period", "2026-02-01..2026-02-28", "--party", "AGENCY"], 3)]
    {
        let out = folder.path().join(format!("{events}.pack"));
        let mut all = vec!["audit", "pack", "--dir", &dir, "--out", text(&out)];
        all.extend(args);
        let ran = granary(&all);
        assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
        let key = text(&ledger.dir().join("keys/log.pub")).to_owned();
        let ran = verify(&out, &key, &[]);
        assert_eq!((ran.exit, &ran.json()[0]["events"]), (0, &events.to_string().into()), "{}{}", ran.out, ran.err);
        assert!(ran.json()[0]["about"].as_str().expect("a text").ends_with("party AGENCY"));
    }
    let out = folder.path().join("nobody.pack");
    let ran = granary(&["audit", "pack", "--dir", &dir, "--party", "Nobody", "--out", text(&out)]);
    assert_eq!(ran.exit, 1, "{}", ran.out);
}
