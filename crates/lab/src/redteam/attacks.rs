//! The attacks, each of a class that once went through.

use std::net::TcpStream;
use std::os::unix::fs::{PermissionsExt, symlink};

use serde_json::json;

use super::Attack;
use super::target::{Target, command, exchange, waits_for};

pub(super) const ATTACKS: &[Attack] = &[
    Attack { name: "a name of somebody else's that leads here", asvs: "V14.5", control: "SC-7", try_it: rebinding },
    Attack { name: "a page of another site posts", asvs: "V4.2.2", control: "SC-23", try_it: other_site },
    Attack { name: "a form of another site posts", asvs: "V13.2.3", control: "SI-10", try_it: form },
    Attack { name: "nobody in particular asks and posts", asvs: "V4.1", control: "AC-3", try_it: nobody },
    Attack { name: "a password that a browser keeps posts", asvs: "V13.2.3", control: "IA-2", try_it: basic },
    Attack { name: "a party posts in another's name", asvs: "V4.1", control: "AC-3", try_it: another },
    Attack { name: "a signature that is none", asvs: "V6.2", control: "AU-10", try_it: forged },
    Attack { name: "a key with which anybody could sign", asvs: "V6.2", control: "SC-13", try_it: weak_key },
    Attack { name: "a large body of nobody's", asvs: "V11.1", control: "SC-5", try_it: body_of_nobody },
    Attack { name: "idle connections, and who watches", asvs: "V11.1", control: "SC-5", try_it: idle },
    Attack { name: "links, pipes and second names in the drop folder", asvs: "V12.3", control: "AU-9", try_it: links },
    Attack { name: "a dropped file speaks for another party", asvs: "V12.1", control: "AC-3", try_it: dropped },
    Attack { name: "answers without a word on keeping and guessing", asvs: "V14.4", control: "SC-28", try_it: headers },
    Attack { name: "another user of the machine reads the folder", asvs: "V6.4", control: "AU-9", try_it: modes },
];

const AAA: (&str, &str) = ("Authorization", "Bearer AAA");
const JSON: (&str, &str) = ("Content-Type", "application/json");
const COMMANDS: &str = "POST /v1/commands";

fn material(number: u32, party: &str) -> String {
    let fields = json!({ "code": format!("M{number}"), "name": "x", "unit": "mg", "basis": "net", "form": "oxide" });
    command(number, party, "register_material", fields)
}

fn refused(status: u16, expected: &[u16]) -> Result<(), String> {
    if expected.contains(&status) { Ok(()) } else { Err(format!("answered {status}")) }
}

fn rebinding(target: &Target) -> Result<(), String> {
    refused(target.send("GET /v1/positions", &[AAA, ("Host", "rebind.test")], "")?.status, &[421])
}

fn other_site(target: &Target) -> Result<(), String> {
    for header in [("Origin", "https://evil.example"), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site")] {
        refused(target.send(COMMANDS, &[AAA, JSON, header], &material(20, "AAA"))?.status, &[403])?;
    }
    Ok(())
}

fn form(target: &Target) -> Result<(), String> {
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        refused(target.send(COMMANDS, &[AAA, ("Content-Type", kind)], &material(21, "AAA"))?.status, &[415])?;
    }
    Ok(())
}

fn nobody(target: &Target) -> Result<(), String> {
    refused(target.send(COMMANDS, &[JSON], &material(22, "AAA"))?.status, &[401])?;
    for path in ["/v1/positions", "/v1/history", "/v1/export/events", "/v1/events", "/", "/tile/entries/000"] {
        refused(target.send(&format!("GET {path}"), &[], "")?.status, &[401, 404])?;
    }
    Ok(())
}

fn basic(target: &Target) -> Result<(), String> {
    // `x:AAA`
    let password = ("Authorization", "Basic eDpBQUE=");
    refused(target.send(COMMANDS, &[password, JSON], &material(23, "AAA"))?.status, &[401])
}

fn another(target: &Target) -> Result<(), String> {
    refused(target.send(COMMANDS, &[AAA, JSON], &material(24, "BBB"))?.status, &[403])
}

fn forged(target: &Target) -> Result<(), String> {
    let zeros = "A".repeat(86);
    let headers = [
        ("Granary-Key", "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4"),
        ("Granary-Expires", "2126-01-01T00:00:00Z"),
        ("Granary-Signature", zeros.as_str()),
        JSON,
    ];
    refused(target.send(COMMANDS, &headers, &material(25, "AAA"))?.status, &[401])
}

fn weak_key(target: &Target) -> Result<(), String> {
    let before = target.head()?;
    for (number, key) in [(26, "UAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABVBG"), (27, "not a key")] {
        let facts =
            json!({ "code": "AAA", "name": "AAA", "country": "JP", "role": "agency", "keys": [key], "proofs": ["AA"] });
        let reply = target.send(COMMANDS, &[AAA, JSON], &command(number, "AAA", "amend_party", facts))?;
        refused(reply.status, &[422])?;
    }
    if before.is_empty() { Err("the server does not answer".to_owned()) } else { Ok(()) }
}

/// The head alone is sent: whoever waits for the body of a stranger keeps it.
fn body_of_nobody(target: &Target) -> Result<(), String> {
    for path in ["POST /v1/import", "POST /v1/commands", "POST /v1/positions"] {
        let reply = target.send(path, &[JSON, ("Content-Length", "67108864")], "")?;
        refused(reply.status, &[401])?;
    }
    Ok(())
}

fn idle(target: &Target) -> Result<(), String> {
    let held: Vec<TcpStream> = (0..1_200).map_while(|_| TcpStream::connect(&target.address).ok()).collect();
    let reply = exchange(&target.health, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    let count = held.len();
    drop(held);
    refused(reply.map_err(|why| format!("with {count} idle connections: {why}"))?.status, &[200])
}

fn links(target: &Target) -> Result<(), String> {
    let told = |error: std::io::Error| error.to_string();
    let (drop, key) = (target.drop_folder(), target.ledger().join("keys/log.key"));
    let incoming = drop.join("in");
    symlink(&key, incoming.join("link.jsonl")).map_err(told)?;
    symlink(&key, incoming.join("link.txt")).map_err(told)?;
    std::fs::hard_link(&key, incoming.join("hard.jsonl")).map_err(told)?;
    let made = std::process::Command::new("mkfifo").arg(incoming.join("pipe.jsonl")).status().map_err(told)?;
    if !made.success() {
        return Err("mkfifo does not work here".to_owned());
    }
    for name in ["link.jsonl", "link.txt", "hard.jsonl", "pipe.jsonl"] {
        waits_for(&drop.join("refused").join(name))?;
        let verdicts = std::fs::read_to_string(drop.join("verdicts").join(name)).map_err(told)?;
        if verdicts.contains("KEY") {
            return Err(format!("{name}: the verdicts quote the key"));
        }
    }
    target.head().map(|_| ())
}

fn dropped(target: &Target) -> Result<(), String> {
    let told = |error: std::io::Error| error.to_string();
    let drop = target.drop_folder();
    std::fs::write(drop.join("in/other.jsonl"), material(28, "BBB")).map_err(told)?;
    waits_for(&drop.join("refused/other.jsonl"))
}

fn headers(target: &Target) -> Result<(), String> {
    let reply = target.send("GET /v1/positions?format=csv", &[AAA], "")?;
    let head = reply.text.split("\r\n\r\n").next().unwrap_or_default().to_ascii_lowercase();
    for wanted in ["x-content-type-options: nosniff", "cache-control: no-store", "content-disposition: attachment"] {
        if !head.contains(wanted) {
            return Err(format!("no `{wanted}`"));
        }
    }
    Ok(())
}

fn modes(target: &Target) -> Result<(), String> {
    let told = |error: std::io::Error| error.to_string();
    for name in ["", "keys", "keys/log.key", "log", "tiles"] {
        let path = target.ledger().join(name);
        let mode = std::fs::metadata(&path).map_err(told)?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(format!("`{}` has mode {:o}", path.display(), mode & 0o777));
        }
    }
    Ok(())
}
