//! `examples/member.py`, as a member's programmer would run it.

use std::path::Path;
use std::process::{Command, Output};

use crate::run::{Ledger, bearer};
use crate::serve::Server;

fn member(url: &str, key: &str, command: &str) -> Output {
    let script =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/member.py").canonicalize().expect("it is there");
    let folder = tempfile::TempDir::new().expect("a folder");
    let mut python = Command::new("python3");
    python.arg(script).args([url, key, command]).current_dir(folder.path());
    python.env("GRANARY_TOKEN", bearer(url).trim_start_matches("Bearer "));
    python.output().expect("python3 runs")
}

#[test]
#[ignore = "group download"]
fn the_example_posts_asks_and_checks_its_receipt() {
    let ledger = Ledger::with_agency();
    let server = Server::start(ledger.dir(), &[]);
    let key = std::fs::read_to_string(ledger.dir().join("keys/log.pub")).expect("a key");
    let command = r#"{"id":"00000000-0000-7000-8000-000000000001","party":"AGENCY","effective":"2026-03-10","act":"deposit","lot":"L1","site":"North","material":"NdPr","quantity":"5 t"}"#;
    for outcome in ["accepted", "duplicate"] {
        let ran = member(&server.url, &key, command);
        let said = String::from_utf8_lossy(&ran.stdout);
        assert!(ran.status.success(), "{said}{}", String::from_utf8_lossy(&ran.stderr));
        assert!(said.starts_with(&format!("{outcome}: event ")), "{said}");
        assert!(said.contains("North: 5 t of NdPr") && said.contains("signed by the log"), "{said}");
    }
    let refused = member(&server.url, &key, &command.replace("00001", "00002").replace("2026-03-10", "2126-03-10"));
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("effective_in_future"));
    // Another log's key: the receipt does not convince.
    let other = Ledger::new();
    let key = std::fs::read_to_string(other.dir().join("keys/log.pub")).expect("a key");
    let fooled = member(&server.url, &key, command);
    assert!(String::from_utf8_lossy(&fooled.stderr).contains("not signed by the log's key"));
}
