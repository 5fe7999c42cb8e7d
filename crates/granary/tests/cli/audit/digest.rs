//! Balances: replayed from files, signed at a close, proven one by one, compared between copies.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{finding, key, ledger_run, ledger_with, post_movements, rewrite, tampered, text, verify};
use crate::run::{granary, movement};
use crate::serve::Server;

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
        let args =
            ["reconcile", "close-period", "--owner", "AGENCY", "--through", through, "--acknowledge", "uncounted"];
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

#[test]
fn two_copies_are_compared_and_the_first_difference_named() {
    let (ledger, folder) = ledger_with(6);
    let copied = tampered(&ledger, &folder, "copied", |_| {});
    post_movements(&ledger, 10..12);
    let dir = text(ledger.dir()).to_owned();
    let same = granary(&["audit", "compare", text(&copied), "--dir", &dir, "--format", "json"]);
    assert_eq!((same.exit, &same.json()["agreeing_events"]), (3, &Value::from(11)), "{}{}", same.out, same.err);
    assert_eq!((&same.json()["same"], &same.json()["shorter"]), (&Value::Bool(false), &"there".into()));
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
