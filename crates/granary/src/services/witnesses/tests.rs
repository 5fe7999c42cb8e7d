//! Witnesses that are hostile or broken: nothing of theirs fills the disk or the log, and none accuses this log unproven.

use std::io::{Read, Write};
use std::net::TcpListener;

use chain::{SignatureKind, SignerKey};

use super::*;

const ORIGIN: &str = "reserve.example/ledger1";

fn log() -> SignerKey {
    SignerKey::from_seed(ORIGIN, SignatureKind::Ed25519, &[1; 32]).expect("a name")
}

fn witness(name: u8) -> SignerKey {
    let words = format!("witness.example/{name}");
    SignerKey::from_seed(&words, SignatureKind::CosignatureV1, &[name; 32]).expect("a name")
}

fn checkpoint(size: u64, root: u8) -> Note {
    let checkpoint = Checkpoint { origin: ORIGIN.into(), size, root: [root; 32] };
    checkpoint.sign(&log()).expect("its own key")
}

/// A server that gives one answer to whoever posts, and another to whoever gets; where it listens.
fn server(posted: String, got: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut request = vec![0; 65_536];
            let read = stream.read(&mut request).unwrap_or_default();
            let is_post = request[..read].starts_with(b"POST");
            let _ = stream.write_all(if is_post { &posted } else { &got }.as_bytes());
        }
    });
    url
}

fn answer(status: u16, more: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} Said\r\nconnection: close\r\n{more}content-length: {}\r\n\r\n{body}", body.len())
}

/// A ledger's folder of which only the newest checkpoint is there, and what asks its witnesses.
fn asking(urls: &[String]) -> (tempfile::TempDir, Arc<Witnesses>) {
    let dir = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(dir.path().join("tiles")).expect("made");
    fs::write(dir.path().join("tiles/checkpoint"), checkpoint(1, 7).to_string()).expect("written");
    let mut policy = format!("log {}\n", log().verifier());
    for (name, url) in (1..).zip(urls) {
        policy += &format!("witness w{name} {} {url}\n", witness(name).verifier());
    }
    fs::write(dir.path().join("policy"), policy + "quorum w1\n").expect("written");
    let witnesses = Witnesses::new(dir.path(), &dir.path().join("policy")).expect("a policy");
    (dir, witnesses)
}

/// Asks the first witness; its problem, and how many files of evidence there are.
fn asked(posted: String, got: String) -> (Option<String>, usize) {
    let (dir, witnesses) = asking(&[server(posted, got)]);
    let (checkpoint, note) = witnesses.newest().expect("a checkpoint");
    witnesses.ask(0, &checkpoint, &note);
    let problem = witnesses.status()["witnesses"][0]["problem"].as_str().map(str::to_owned);
    (problem, fs::read_dir(dir.path().join("evidence")).map_or(0, Iterator::count))
}

#[test]
fn what_a_witness_says_is_short_and_proves_nothing_by_itself() {
    let long = "x".repeat(9_000_000);
    for (posted, got) in [
        (answer(422, "", &long), answer(200, "", &long)),
        (answer(422, "", "no"), answer(404, "", "")),
        (answer(422, "", "\u{1b}]0;pwned\u{7}"), answer(404, "", "")),
        (answer(409, "", "4611686018427387904"), answer(200, "", "nonsense")),
        // What it shows is signed by somebody, and not by this log.
        (answer(422, "", "no"), answer(200, "", &checkpoint(1, 9).to_string().replace("— ", "— x"))),
    ] {
        let (problem, kept) = asked(posted, got);
        let problem = problem.expect("it did not cosign");
        assert!(problem.len() < 400 && !problem.contains(char::is_control), "{problem}");
        assert_eq!(kept, 0, "{problem}");
    }
}

#[test]
fn two_histories_signed_by_this_log_are_kept_as_evidence() {
    let (problem, kept) = asked(answer(422, "", "no"), answer(200, "", &checkpoint(1, 9).to_string()));
    assert!(problem.expect("said").contains("was the log rolled back?"));
    assert_eq!(kept, 1);
}

#[test]
fn a_cosignature_of_no_time_or_of_the_future_counts_for_nothing() {
    let cosigned = |time_s: u64| {
        let mut note = checkpoint(1, 7);
        note.cosign(&witness(1), time_s).expect("its key");
        answer(200, "", &format!("{}\n", note.signatures().last().expect("just added")))
    };
    let none = || answer(404, "", "");
    assert!(asked(cosigned(0), none()).0.expect("refused").contains("no time"));
    assert!(asked(cosigned(5_102_444_800), none()).0.expect("refused").contains("ahead of this machine's"));
    assert_eq!(asked(cosigned(now_s()), none()).0, None);
}

#[test]
fn who_asks_to_be_left_alone_is() {
    let (_dir, witnesses) = asking(&[server(answer(503, "retry-after: 60\r\n", "busy"), String::new())]);
    let (checkpoint, note) = witnesses.newest().expect("a checkpoint");
    witnesses.ask(0, &checkpoint, &note);
    let left = witnesses.lock().seen[0].ask_after.saturating_duration_since(Instant::now());
    assert!(left > Duration::from_secs(50), "{left:?}");
}
