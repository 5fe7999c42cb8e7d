use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::run::{Ledger, bearer, granary, movement};

/// A server of a folder, killed when it is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
}

impl Server {
    pub(crate) fn start(dir: &Path, environment: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_granary"))
            .args(["serve", "--dir", dir.to_str().expect("UTF-8"), "--listen", "127.0.0.1:0"])
            .envs(environment.iter().copied())
            .env_remove("GRANARY_SERVER")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("it says where it serves");
        let url = line.trim().rsplit(' ').next().expect("an address").to_owned();
        assert!(url.starts_with("http://127.0.0.1:"), "{line}");
        Self { child, url }
    }

    fn request(&self, head: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.url.trim_start_matches("http://")).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        let length = body.len();
        let is_named = ["Authorization:", "Granary-Key:"].iter().any(|name| head.contains(name));
        let named = if is_named { String::new() } else { format!("\r\nAuthorization: {}", bearer(&self.url)) };
        write!(
            stream,
            "{head}{named}\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .expect("sent");
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("an answer");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head");
        (head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status"), body.to_owned())
    }

    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        self.request(&format!("GET {path} HTTP/1.1"), "")
    }

    /// Asks it to stop, and waits for its end.
    pub(crate) fn stop(mut self) -> Option<i32> {
        let asked = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status().expect("kill runs");
        assert!(asked.success());
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn on_hand(ran: &Value) -> String {
    ran["positions"][0]["on_hand"].as_str().unwrap_or("none").to_owned()
}

#[test]
fn tools_pointed_at_a_folder_that_a_server_holds_ask_the_server() {
    let ledger = Ledger::with_agency();
    let server = Server::start(ledger.dir(), &[]);
    let posted = ledger.post(
        &(movement(1, "deposit", "L1", "100 t", "2026-03-10")
            + "\n{\n"
            + &movement(2, "draw", "L1", "500 t", "2026-03-10")),
    );
    let outcomes: Vec<(Value, Value)> =
        posted.lines().iter().map(|line| (line["line"].clone(), line["outcome"].clone())).collect();
    let expected =
        [(1, "accepted"), (3, "invalid"), (4, "refused")].map(|(line, outcome)| (json!(line), json!(outcome)));
    assert_eq!((outcomes, posted.exit), (expected.to_vec(), 1), "{}", posted.err);
    let stock = ["position", "--lot", "L1", "--format", "json"];
    assert_eq!(on_hand(&ledger.run(&stock).json()), "100");
    // The same by its address, from anywhere.
    let remote = granary(&["position", "--server", &server.url, "--lot", "L1", "--format", "json"]);
    assert_eq!(on_hand(&remote.json()), "100");
    for args in [
        ["cover", "--format", "json"],
        ["dependence", "--basis=net", "--format=json"],
        ["list", "lots", "--format=json"],
    ] {
        let ran = ledger.run(&args);
        assert_eq!(ran.exit, 0, "{args:?}: {}", ran.err);
    }
    assert_eq!(
        ledger.run(&["history", "--refused", "--format", "json"]).json()["events"][0]["code"],
        "exceeds_balance"
    );
    assert_eq!(ledger.run(&["trace", "L1", "--format", "json"]).json()["links"][0]["lot"], "L1");
    assert_eq!(ledger.run(&["export", "postings"]).out.lines().count(), 3);
    let unknown = ledger.run(&["position", "--lot", "L9"]);
    assert!(unknown.exit == 1 && unknown.err.contains("no lot `L9` is registered"), "{}", unknown.err);
    // What works on the folder alone says who holds it, and what it cannot do with a server.
    let held = ledger.run(&["replay"]);
    assert!(held.exit == 0 && held.err.contains("its static files are replayed"), "{}", held.err);
    assert_eq!(granary(&["doctor", "--server", &server.url]).exit, 64);
    assert_eq!(server.stop(), Some(0));
    assert_eq!(on_hand(&ledger.run(&stock).json()), "100");
    assert_eq!(ledger.run(&["replay", "--verify"]).exit, 0);
}

#[test]
fn what_a_killed_server_has_acknowledged_is_there_and_is_not_done_twice() {
    let ledger = Ledger::with_agency();
    for round in 0..3 {
        let server = Server::start(ledger.dir(), &[]);
        let command = movement(1, "deposit", "L1", "7 t", "2026-03-10");
        let (status, body) = server.request("POST /v1/commands HTTP/1.1\r\nContent-Type: application/json", &command);
        let verdict: Value = serde_json::from_str(&body).expect("a verdict");
        let expected = if round == 0 { "accepted" } else { "duplicate" };
        assert_eq!((status, verdict["outcome"].as_str()), (200, Some(expected)), "{body}");
        // Dropped without being asked: SIGKILL.
    }
    assert_eq!(on_hand(&ledger.run(&["position", "--lot", "L1", "--format", "json"]).json()), "7");
}

#[test]
fn a_token_lets_its_party_in_and_nobody_else() {
    let ledger = Ledger::with_agency();
    let made = granary(&["token", "--party", "AGENCY"]);
    let token = made.out.trim();
    let lines: Vec<&str> = made.err.lines().skip_while(|line| !line.starts_with("[[token]]")).collect();
    std::fs::write(ledger.dir().join("settings.toml"), lines.join("\n")).expect("written");
    let server = Server::start(ledger.dir(), &[]);
    assert_eq!(server.get("/v1/positions").0, 401);
    assert_eq!(server.request(&format!("GET /v1/positions HTTP/1.1\r\nAuthorization: Bearer {token}"), "").0, 200);
    let ran = granary(&["position", "--server", &server.url]);
    assert!(ran.exit == 1 && ran.err.contains("GRANARY_TOKEN"), "{}", ran.err);
    // Whose eyes it was seen with is said in every form that a tool writes, and in the same words over HTTP.
    let seen = |format: &str| {
        let args = ["position", "--server", &server.url, "--format", format];
        let ran =
            std::process::Command::new(env!("CARGO_BIN_EXE_granary")).args(args).env("GRANARY_TOKEN", token).output();
        String::from_utf8(ran.expect("the binary runs").stdout).expect("UTF-8")
    };
    for format in ["table", "wide", "vertical", "csv"] {
        assert!(seen(format).contains("seen by AGENCY: what others hold"), "{format}: {}", seen(format));
    }
    assert!(seen("json").contains("\"seen_by\": \"AGENCY\""), "{}", seen("json"));
    let csv = format!("GET /v1/positions?format=csv HTTP/1.1\r\nAuthorization: Bearer {token}");
    assert_eq!(server.request(&csv, "").1, seen("csv"));
}

#[test]
fn a_server_that_others_can_reach_does_not_start_without_access() {
    let ledger = Ledger::with_agency();
    let ran = ledger.run(&["serve", "--listen", "0.0.0.0:0"]);
    assert!(ran.exit == 64 && ran.err.contains("no access is set"), "{}", ran.err);
}

#[test]
fn a_signed_frame_is_taken_and_a_changed_one_is_not() {
    let ledger = Ledger::with_agency();
    let seed = ledger.dir().join("agency.seed");
    let key = granary(&["key", "new", "--out", seed.to_str().expect("UTF-8")]).out.trim().to_owned();
    let prove = |party: &str| {
        let seed = seed.to_str().expect("UTF-8");
        granary(&["key", "prove", "--key", seed, "--origin", "test.example/ledger", "--party", party])
            .out
            .trim()
            .to_owned()
    };
    let amend = json!({ "id": "00000000-0000-7000-8000-000000000009", "party": "AGENCY", "effective": "2026-03-01", "act": "amend_party",
        "code": "AGENCY", "name": "An agency", "country": "JP", "role": "agency", "keys": [key], "proofs": [prove("AGENCY")] });
    // A key is public: whoever only names it has it not, and a proof is good for one party.
    let mut claimed = amend.clone();
    claimed["id"] = "00000000-0000-7000-8000-000000000008".into();
    claimed["proofs"] = json!([prove("B")]);
    let claimed = ledger.post(&claimed.to_string());
    assert!(claimed.exit == 1 && claimed.out.contains("proofs"), "{}", claimed.out);
    let amended = ledger.post(&amend.to_string());
    assert_eq!(amended.exit, 0, "{}", amended.out);
    let frame = movement(1, "deposit", "L1", "1 t", "2026-03-10");
    let file = ledger.dir().join("frame.jsonl");
    std::fs::write(&file, &frame).expect("written");
    let signed = granary(&[
        "sign",
        "--key",
        seed.to_str().expect("UTF-8"),
        "--origin",
        "test.example/ledger",
        file.to_str().expect("UTF-8"),
    ]);
    let headers = signed.out.trim().replace('\n', "\r\n");
    std::fs::write(
        ledger.dir().join("settings.toml"),
        format!("[[token]]\nparty = \"operator\"\nsha256 = \"{}\"\n", "0".repeat(64)),
    )
    .expect("written");
    let server = Server::start(ledger.dir(), &[]);
    let head = format!("POST /v1/commands HTTP/1.1\r\nContent-Type: application/x-ndjson\r\n{headers}");
    let (status, body) = server.request(&head, &frame.replace("1 t", "9 t"));
    assert!(status == 401 && body.contains("bad_signature"), "{body}");
    let (status, body) = server.request(&head, &frame);
    assert!(status == 200 && body.contains("accepted"), "{body}");
    assert_eq!(server.stop(), Some(0));
    // What was signed is kept, and can be shown to whoever denies it.
    let dir = ledger.dir().to_str().expect("UTF-8");
    let out = ledger.dir().join("8.frame");
    let ran =
        granary(&["audit", "order", "8", "--dir", dir, "--out", out.to_str().expect("UTF-8"), "--format", "json"]);
    let told = ran.json();
    assert_eq!((ran.exit, &told["holds"], &told["key"]), (0, &json!(true), &json!(key)), "{}", ran.err);
    assert_eq!(std::fs::read_to_string(out).expect("the frame"), frame);
    let ran = granary(&["audit", "order", "7", "--dir", dir]);
    assert!(ran.exit == 1 && ran.err.contains("answers no signed frame"), "{}", ran.err);
}

#[test]
fn files_in_the_drop_folder_are_taken_in_once() {
    let ledger = Ledger::with_agency();
    let drop = ledger.dir().join("drop");
    std::fs::create_dir_all(drop.join("in")).expect("made");
    let good = movement(1, "deposit", "L1", "5 t", "2026-03-10");
    std::fs::write(drop.join("in/a.jsonl"), &good).expect("written");
    std::fs::write(drop.join("in/b.jsonl"), good.clone() + "{\n").expect("written");
    std::fs::write(
        ledger.dir().join("settings.toml"),
        format!("[ingest]\ndrop = {}\ndrop_party = \"operator\"\n", json!(drop.to_str().expect("UTF-8"))),
    )
    .expect("written");
    let server = Server::start(ledger.dir(), &[]);
    let until = Instant::now() + Duration::from_secs(20);
    while !(drop.join("done/a.jsonl").exists() && drop.join("refused/b.jsonl").exists()) {
        assert!(Instant::now() < until, "the files are not taken in");
        std::thread::sleep(Duration::from_millis(20));
    }
    let verdicts = std::fs::read_to_string(drop.join("verdicts/b.jsonl")).expect("verdicts");
    let outcomes: Vec<Value> =
        verdicts.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON")["outcome"].clone()).collect();
    assert_eq!(outcomes, [json!("duplicate"), json!("invalid")]);
    assert_eq!(on_hand(&ledger.run(&["position", "--lot", "L1", "--format", "json"]).json()), "5");
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn settings_say_where_they_come_from() {
    let ledger = Ledger::new();
    std::fs::write(ledger.dir().join("settings.toml"), "[log]\nformat = \"json\"\n").expect("written");
    let shown = ledger.run(&["settings", "--format", "json"]).json();
    let line = |name: &str| {
        shown.as_array().expect("lines").iter().find(|line| line["setting"] == name).cloned().expect("it is there")
    };
    assert_eq!(line("log.format")["value"], "json");
    assert!(line("log.format")["from"].as_str().expect("text").ends_with("settings.toml"));
    assert_eq!((&line("listen")["value"], &line("listen")["from"]), (&json!("127.0.0.1:7070"), &json!("default")));
    std::fs::write(ledger.dir().join("settings.toml"), "[log]\nformat = \"xml\"\n").expect("written");
    assert_eq!(ledger.run(&["settings"]).exit, 64);
}

/// Takes in whatever is posted to it, as a collector of traces does, and hands the bodies over.
fn collector() -> (String, std::sync::mpsc::Receiver<Vec<u8>>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let (sender, received) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
            let mut length = 0;
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).expect("a head");
                if line.trim().is_empty() {
                    break;
                }
                if let Some(text) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = text.trim().parse().expect("a length");
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).expect("a body");
            // Handed over before it is answered: whoever waits for the answer finds it here.
            let is_wanted = sender.send(body).is_ok();
            let answer = "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            stream.write_all(answer.as_bytes()).expect("answered");
            if !is_wanted {
                return;
            }
        }
    });
    (url, received)
}

#[test]
fn a_trace_that_a_sender_began_goes_on_in_the_server() {
    let ledger = Ledger::with_agency();
    let (endpoint, received) = collector();
    let server = Server::start(ledger.dir(), &[("GRANARY_OTLP_ENDPOINT", &endpoint)]);
    let trace: Vec<u8> = (1..=16).collect();
    let hex: String = trace.iter().map(|byte| format!("{byte:02x}")).collect();
    let traceparent = format!("Traceparent: 00-{hex}-0102030405060708-01");
    let head = format!("POST /v1/commands HTTP/1.1\r\nContent-Type: application/json\r\n{traceparent}");
    let (status, body) = server.request(&head, &movement(1, "deposit", "L1", "1 t", "2026-03-10"));
    assert_eq!(status, 200, "{body}");
    // What is under way is exported at the end.
    assert_eq!(server.stop(), Some(0));
    let bodies: Vec<Vec<u8>> = received.try_iter().collect();
    let has_trace = |body: &Vec<u8>| body.windows(16).any(|window| window == trace);
    assert!(bodies.iter().any(has_trace), "{} bodies, none with the trace", bodies.len());
}

/// The release of 22 November had four functions that turned a value into a cell: `follows_key` was `yes` at the shell and
/// `true` over HTTP, a material's `authority_required` was empty or `false`, and positions had 18 columns or 20 in another
/// order.
#[test]
fn the_same_csv_comes_from_a_folder_from_a_server_and_over_http() {
    let ledger = Ledger::new();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/shared_reserve.jsonl");
    assert_eq!(ledger.run(&["post", file.to_str().expect("UTF-8")]).exit, 0);
    let pairs: &[(&str, &str)] = &[
        ("reserve orders", "orders?"),
        ("list materials", "list?what=materials&"),
        ("list lots", "list?what=lots&"),
        ("list held", "list?what=held&"),
        ("position --by material", "positions?by=material&"),
        ("position", "positions?"),
        ("cover", "cover?"),
        ("dependence --stage separation", "dependence?stage=separation&"),
        ("history --limit 1000", "history?limit=1000&"),
        ("trace LOT-1", "trace?lot=LOT-1&"),
        ("reserve status", "reserve?"),
        ("reserve calls", "calls?"),
        ("reserve receipts", "receipts?"),
        ("reserve receipts --by mined", "receipts?by=mined&"),
        ("reserve access", "access?"),
        ("reconcile list", "breaks?"),
        ("audit adjustments", "adjustments?"),
    ];
    let csv = |args: &str, server: Option<&str>| {
        let mut args: Vec<&str> = args.split(' ').chain(["--format", "csv"]).collect();
        let dir = ledger.dir().to_str().expect("UTF-8");
        args.extend(server.map_or(["--dir", dir], |url| ["--server", url]));
        let ran = granary(&args);
        assert_eq!(ran.exit, 0, "{args:?}: {}", ran.err);
        ran.out
    };
    let of_folder: Vec<String> = pairs.iter().map(|(args, _)| csv(args, None)).collect();
    let server = Server::start(ledger.dir(), &[]);
    for ((args, path), of_folder) in pairs.iter().zip(&of_folder) {
        assert_eq!(*of_folder, csv(args, Some(&server.url)), "{args}");
        let (status, over_http) = server.get(&format!("/v1/{path}format=csv"));
        assert_eq!((status, &over_http), (200, of_folder), "{args}");
    }
    assert!(of_folder[0].contains(",true,") && !of_folder[0].contains(",yes,"), "{}", of_folder[0]);
    assert!(of_folder[1].contains(",false"), "{}", of_folder[1]);
    assert!(of_folder[4].contains("on_hand,encumbered,blocked,away,available"), "{}", of_folder[4]);
}

/// Whoever finds no place is told to come again; the server goes on, and takes a command meanwhile.
#[test]
fn thirty_two_callers_of_the_history_do_not_end_the_server() {
    let ledger = Ledger::with_agency();
    let file: String = (1..=3_000).map(|id| movement(id, "deposit", &format!("L{id}"), "1 t", "2026-03-01")).collect();
    assert_eq!(ledger.post(&file).exit, 0);
    let server = Server::start(ledger.dir(), &[]);
    let (answered, busy) = std::thread::scope(|scope| {
        let ask = || -> (u32, u32) {
            let mut found = (0, 0);
            for _ in 0..8 {
                match server.get("/v1/history?limit=100000").0 {
                    200 => found.0 += 1,
                    429 => found.1 += 1,
                    status => panic!("the history is answered with {status}"),
                }
            }
            found
        };
        let callers: Vec<_> = (0..32).map(|_| scope.spawn(ask)).collect();
        let posted = ledger.post(&movement(5_000, "draw", "L7", "1 t", "2026-03-02"));
        assert_eq!(posted.exit, 0, "{}", posted.err);
        let found = callers.into_iter().map(|caller| caller.join().expect("a caller"));
        found.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    });
    assert!(answered > 0 && answered + busy == 32 * 8, "{answered} answered, {busy} busy");
    assert_eq!(server.stop(), Some(0));
}
