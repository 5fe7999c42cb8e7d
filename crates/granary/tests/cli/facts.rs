//! Two sovereign ledgers and a witness: Japan tells Korea single facts, Korea checks each before it records it, and what one
//! says it sent is held against what the other says arrived.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::audit::text;
use crate::audit::witness::{Witness, until};
use crate::run::{Ledger, Ran, granary, granary_with, movement};
use crate::serve::Server;

/// The ledger of another agency.
struct Korea {
    dir: PathBuf,
}

impl Korea {
    fn in_folder(folder: &TempDir) -> Self {
        let dir = folder.path().join("korea");
        let ran = granary(&["init", "--dir", text(&dir), "--origin", "test.example/korea"]);
        assert_eq!(ran.exit, 0, "{}", ran.err);
        let korea = Self { dir };
        let ran = korea.post(
            r#"{"id":"00000000-0000-7000-8000-0000000000b1","party":"ledger","effective":"2026-01-01","act":"register_party","code":"KR","name":"Korea","country":"KR","role":"agency","zone":"Asia/Seoul"}
{"id":"00000000-0000-7000-8000-0000000000b2","party":"KR","effective":"2026-01-01","act":"register_material","code":"NdPr","name":"NdPr oxide","unit":"kg","decimals":3,"basis":"net","shown":"t","form":"oxide"}
{"id":"00000000-0000-7000-8000-0000000000b3","party":"KR","effective":"2026-01-01","act":"register_site","code":"Busan","name":"Busan","country":"KR","area":"item"}
"#,
        );
        assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
        korea
    }

    fn post(&self, commands: &str) -> Ran {
        granary_with(&["post", "--dir", text(&self.dir), "-"], commands.as_bytes())
    }

    fn audit(&self, args: &[&str]) -> Ran {
        let mut all = vec!["audit"];
        all.extend(args);
        all.extend(["--dir", text(&self.dir), "--format", "json"]);
        granary(&all)
    }

    fn receive(&self, fact: &Path, more: &[&str]) -> Ran {
        let mut args = vec!["receive", text(fact), "--as", "KR", "--effective", "2026-02-01"];
        args.extend(more);
        self.audit(&args)
    }
}

fn dispatch(id: u32, code: &str, lot: &str) -> String {
    format!(
        "{{\"id\":\"00000000-0000-7000-8000-{id:012}\",\"party\":\"AGENCY\",\"effective\":\"2026-01-10\",\"act\":\"dispatch\",\
         \"dispatch\":\"{code}\",\"source\":\"North\",\"target\":\"South\",\"lines\":[{{\"lot\":\"{lot}\",\"quantity\":\"10 t\"}}]}}\n"
    )
}

fn code(ran: &Ran) -> String {
    ran.json()[0]["code"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn an_agency_tells_another_one_dispatch_and_nothing_else() {
    let folder = TempDir::new().expect("a folder");
    let japan = Ledger::with_agency();
    let secret =
        movement(1, "deposit", "L1", "50 t", "2026-01-05") + &movement(2, "deposit", "L2-SECRET", "9 t", "2026-01-05");
    assert_eq!(japan.post(&(secret + &dispatch(3, "D-7", "L1"))).exit, 0);
    let korea = Korea::in_folder(&folder);

    let key = text(&japan.dir().join("keys/log.pub")).to_owned();
    let witness = Witness::start(&folder.path().join("w"), "witness.example/w", &key, "127.0.0.1:0");
    let policy = folder.path().join("japan.policy");
    let log = fs::read_to_string(&key).expect("a key");
    fs::write(&policy, format!("log {log}{}\nquorum witness.example/w\n", witness.line())).expect("written");

    // Without a witness the fact is refused: the policy asks for one.
    let alone = folder.path().join("alone.fact");
    let ran = granary(&["audit", "share", "8", "--dir", text(japan.dir()), "--out", text(&alone)]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
    let ran = korea.receive(&alone, &[]);
    assert_eq!((ran.exit, code(&ran).as_str()), (1, "unknown_trusted_log"), "{}{}", ran.out, ran.err);
    let ran = korea.audit(&["trust", "--policy", text(&policy), "--as", "KR", "--effective", "2026-02-01"]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    // The same command again is another one: what it was refused for is mended.
    for more in [&[][..], &["--maker", "Kim"]] {
        let ran = korea.receive(&alone, more);
        assert_eq!((ran.exit, code(&ran).as_str()), (1, "not_witnessed"), "{}{}", ran.out, ran.err);
    }

    let server = Server::start(japan.dir(), &[("GRANARY_AUDIT_POLICY", text(&policy))]);
    let witnessed = || granary(&["audit", "witnesses", "--server", &server.url, "--format", "json"]).exit == 0;
    until("the witness cosigns", witnessed);
    let fact = folder.path().join("8.fact");
    let ran = granary(&["audit", "share", "8", "--server", &server.url, "--out", text(&fact)]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
    // Whoever holds the policy can check the file by itself, with the small program too.
    let verified = granary(&["audit", "verify", text(&fact), "--policy", text(&policy), "--format", "json"]);
    assert_eq!((verified.exit, &verified.json()[0]["act"]), (0, &"dispatch".into()), "{}", verified.out);
    let ran = korea.receive(&fact, &[]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    let again = korea.receive(&fact, &[]);
    assert_eq!((again.exit, &again.json()[0]["outcome"]), (0, &"duplicate".into()), "{}", again.out);

    let told = korea.audit(&["told", "facts", "--act", "dispatch"]);
    let line = &told.json()["facts"][0];
    assert_eq!(
        (&line["code"], &line["lot"], &line["quantity"], &line["unit"], &line["cosigned"]),
        (&"D-7".into(), &"L1".into(), &"10".into(), &"t".into(), &"witness.example/w".into()),
        "{}",
        told.out
    );

    // What arrived there, by their own scales.
    let shipments = || korea.audit(&["told", "shipments"]).json()["shipments"][0].clone();
    assert_eq!(shipments()["state"], "in_transit");
    let arrived = r#"{"id":"00000000-0000-7000-8000-0000000000c1","party":"KR","effective":"2026-01-20","act":"deposit","lot":"K1","material":"NdPr","site":"Busan","quantity":"9.9 t","reference":"D-7"}"#;
    assert_eq!(korea.post(arrived).exit, 0);
    let line = shipments();
    assert_eq!(
        (&line["shipper"], &line["shipped"], &line["receiver"], &line["received"], &line["difference"], &line["state"]),
        (&"test.example/ledger".into(), &"10".into(), &"here".into(), &"9.9".into(), &"0.1".into(), &"differs".into()),
        "{line}"
    );

    // The log grows. That it continues what Korea saw comes from its public files.
    let more = folder.path().join("more.jsonl");
    fs::write(&more, dispatch(4, "D-8", "L1")).expect("written");
    assert_eq!(granary(&["post", "--server", &server.url, text(&more)]).exit, 0);
    until("the witness cosigns again", witnessed);
    let later = folder.path().join("9.fact");
    let ran = granary(&["audit", "share", "9", "--server", &server.url, "--out", text(&later)]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
    let ran = korea.receive(&later, &[]);
    assert_eq!((ran.exit, code(&ran).as_str()), (1, "not_linked"), "{}{}", ran.out, ran.err);
    let ran = korea.receive(&later, &["--from", &server.url, "--maker", "Kim"]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    let trusted = korea.audit(&["told", "trusted"]);
    assert_eq!(
        (&trusted.json()["logs"][0]["seen_events"], &trusted.json()["logs"][0]["facts"]),
        (&9.into(), &2.into())
    );
    // The same by the sender: it is told how much was seen.
    let linked = granary(&["audit", "share", "9", "--since", "8", "--server", &server.url]);
    assert!(linked.out.contains("\nold 8\n"), "{}{}", linked.out, linked.err);

    for (path, status, code) in [
        ("/v1/facts/77", 404, "unknown_event"),
        ("/v1/facts/2", 400, "not_told"),
        ("/v1/facts/8?since=77", 400, "seen_more"),
        ("/v1/facts/8?sins=7", 400, "unknown_field"),
    ] {
        let (found, body) = server.get(path);
        assert_eq!(found, status, "{path}: {body}");
        assert!(body.contains(code), "{path}: {body}");
    }
    assert_eq!(server.stop(), Some(0));

    // Nothing of the rest of Japan's log went along.
    let events = granary(&["export", "--dir", text(&korea.dir), "events"]);
    assert!(events.out.contains("record_fact") && !events.out.contains("SECRET"), "{}", events.err);

    // One letter changed on its way.
    let forged = folder.path().join("forged.fact");
    let changed = fs::read_to_string(&fact).expect("text").replace("quantity 10", "quantity 11");
    fs::write(&forged, changed).expect("written");
    let ran = granary(&["audit", "verify", text(&forged), "--policy", text(&policy), "--format", "json"]);
    assert_eq!((ran.exit, &ran.json()[0]["code"]), (1, &"bad_fact".into()), "{}", ran.out);
}
