//! Go's `sumdb/note` and `sumdb/tlog`, unmodified, judge what the ledger writes, and find what was tampered with.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use testkit::tools;

use crate::audit::{copy, forged_history, ledger_with, post_movements, rewrite, tampered, text};
use crate::run::granary;

/// The judge, built once.
fn judge() -> &'static Path {
    static JUDGE: OnceLock<PathBuf> = OnceLock::new();
    JUDGE.get_or_init(|| {
        let home = tools::debian(&["golang-go", "golang-golang-x-mod-dev"]);
        let versions = fs::read_dir(home.join("usr/lib")).expect("unpacked").flatten();
        let is_go = |path: &PathBuf| path.join("bin/go").exists() && path.join("src").exists();
        let root = versions.map(|it| it.path()).find(|path| is_go(path) && !path.ends_with("go"));
        let root = root.expect("golang-go has a compiler");
        let built = home.join(format!("judge-{}", std::process::id()));
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/foreign/judge.go");
        let ran = Command::new(root.join("bin/go"))
            .args(["build", "-o"])
            .arg(&built)
            .arg(source)
            .env("GOROOT", &root)
            .env("GOPATH", home.join("usr/share/gocode"))
            .env("GO111MODULE", "off")
            .env("GOCACHE", home.join("cache"))
            .env("GOFLAGS", "")
            .output()
            .expect("the compiler runs");
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        let judge = home.join("judge");
        fs::rename(built, &judge).expect("in one folder");
        judge
    })
}

/// What the judge says.
fn says(args: &[&str]) -> String {
    let ran = Command::new(judge()).args(args).output().expect("the judge runs");
    String::from_utf8(ran.stdout).expect("text").trim().to_owned()
}

#[test]
#[ignore = "group download"]
fn go_accepts_the_log_its_proofs_and_receipts() {
    let (ledger, folder) = ledger_with(3);
    let dir = text(ledger.dir()).to_owned();
    let old = folder.path().join("old.checkpoint");
    assert_eq!(granary(&["audit", "checkpoint", "--dir", &dir, "--out", text(&old)]).exit, 0);
    post_movements(&ledger, 10..600);
    let vkey = fs::read_to_string(ledger.dir().join("keys/log.pub")).expect("a key");
    let tiles = text(&ledger.dir().join("tiles")).to_owned();
    assert_eq!(says(&["log", &tiles, vkey.trim(), text(&old)]), "ok 598");
    for event in ["1", "256", "257", "598"] {
        let receipt = folder.path().join(format!("{event}.tlog-proof"));
        let ran = granary(&["audit", "prove", event, "--dir", &dir, "--out", text(&receipt)]);
        assert_eq!(ran.exit, 0, "{}", ran.err);
        assert_eq!(says(&["receipt", text(&receipt), vkey.trim()]), format!("ok {event}"));
    }
}

#[test]
#[ignore = "group download"]
fn go_finds_what_was_tampered_with() {
    let (ledger, folder) = ledger_with(600);
    let vkey = fs::read_to_string(ledger.dir().join("keys/log.pub")).expect("a key");
    let vkey = vkey.trim();
    let check = |name: &str, tamper: &dyn Fn(&Path), said: &str| {
        let tiles = tampered(&ledger, &folder, name, |tiles| tamper(tiles));
        let found = says(&["log", text(&tiles), vkey]);
        assert!(found.starts_with(said), "{name}: {found}");
    };
    let flip = |tiles: &Path| rewrite(tiles, "001", |entries| entries[10][30] ^= 1);
    check("flipped", &flip, "BAD event 267 is not the one that was recorded");
    let reorder = |tiles: &Path| rewrite(tiles, "001", |entries| entries.swap(4, 9));
    check("reordered", &reorder, "BAD event 261 is not the one that was recorded");
    let drop = |tiles: &Path| rewrite(tiles, "000", |entries| drop(entries.remove(3)));
    check("dropped", &drop, "BAD tile/entries/000: 255 entries instead of 256");
    let insert = |tiles: &Path| {
        rewrite(tiles, "000", |entries| {
            entries.insert(3, entries[2].clone());
            entries.pop();
        });
    };
    check("inserted", &insert, "BAD event 4 is not the one that was recorded");
    let cut = |tiles: &Path| {
        let path = tiles.join("tile/entries/002.p/93");
        let bytes = fs::read(&path).expect("a bundle");
        fs::write(&path, &bytes[..bytes.len() - 5]).expect("written");
    };
    check("cut", &cut, "BAD tile/entries/002.p/93: ends within entry 92");
    let tile = |tiles: &Path| {
        let path = tiles.join("tile/0/001");
        let mut hashes = fs::read(&path).expect("a tile");
        hashes[320] ^= 1;
        fs::write(&path, hashes).expect("written");
    };
    // This version of `tlog` holds a tile to the one above only beyond as many tiles as the tree has peaks; the entry tells.
    check("a hash changed", &tile, "BAD event 267 is not the one that was recorded");
    let resigned = |tiles: &Path| {
        let other = chain::SignerKey::from_seed("test.example/ledger", chain::SignatureKind::Ed25519, &[7; 32]);
        let path = tiles.join("checkpoint");
        let note = chain::Note::parse(&fs::read(&path).expect("there")).expect("a note");
        let mut again = chain::Note::new(note.text().to_owned()).expect("text");
        again.sign(&other.expect("a name")).expect("signed");
        fs::write(path, again.to_string()).expect("written");
    };
    check("signed by another key", &resigned, "BAD checkpoint: note has no verifiable signatures");

    let dir = text(ledger.dir()).to_owned();
    let before = tampered(&ledger, &folder, "before", |_| {});
    let small = folder.path().join("small");
    copy(&before, &small);
    post_movements(&ledger, 700..701);
    let new = folder.path().join("new.checkpoint");
    assert_eq!(granary(&["audit", "checkpoint", "--dir", &dir, "--out", text(&new)]).exit, 0);
    assert_eq!(says(&["log", text(&small), vkey, text(&new)]), "BAD rolled back: 606 entries before, 605 now");
    let (young, folder) = ledger_with(3);
    let vkey = fs::read_to_string(young.dir().join("keys/log.pub")).expect("a key");
    let old = folder.path().join("old.checkpoint");
    assert_eq!(granary(&["audit", "checkpoint", "--dir", text(young.dir()), "--out", text(&old)]).exit, 0);
    let forged = forged_history(&young, &folder);
    let found = says(&["log", text(&forged), vkey.trim(), text(&old)]);
    assert!(found.starts_with("BAD forked: the log does not continue the old checkpoint"), "{found}");
}
