//! The three services on a real NATS server, each a process of its own, as an operator runs them.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::nats::NatsServer;

use crate::audit::text;
use crate::audit::witness::{Witness, until};
use crate::run::{Ledger, bearer, granary, granary_with, movement};

pub(crate) struct Service {
    pub(crate) child: Child,
    pub(crate) url: String,
}

impl Service {
    pub(crate) fn start(name: &str, nats: &NatsServer, more: &[&str]) -> Self {
        Self::start_on(name, &nats.url(), more)
    }

    /// On servers that need not be one.
    pub(crate) fn start_on(name: &str, nats: &str, more: &[&str]) -> Self {
        Self::start_with(name, nats, more, &[])
    }

    pub(crate) fn start_with(name: &str, nats: &str, more: &[&str], environment: &[(String, String)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_granary"))
            .args([name, "--nats", nats, "--listen", "127.0.0.1:0"])
            .args(more)
            .env("GRANARY_NATS_REPLICAS", if nats.contains(',') { "3" } else { "1" })
            .envs(environment.iter().cloned())
            .env_remove("GRANARY_SERVER")
            .env_remove("GRANARY_DIR")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("it says where it is");
        assert!(line.starts_with(name), "`{name}` did not start: {line}");
        let url = line.trim().rsplit(' ').next().expect("an address").to_owned();
        Self { child, url }
    }

    fn in_folder(name: &str, nats: &NatsServer, dir: &Path) -> Self {
        Self::start(name, nats, &["--dir", dir.to_str().expect("UTF-8")])
    }

    pub(crate) fn stop(mut self) -> Option<i32> {
        let asked = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status().expect("kill runs");
        assert!(asked.success());
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Posts one command until it has a verdict; whoever leads may just be changing.
fn post(ingest: &Service, command: &str) -> Value {
    let until = Instant::now() + Duration::from_secs(30);
    let body = format!("{}\n", command.trim());
    loop {
        let mut response =
            ureq::Agent::new_with_config(ureq::Agent::config_builder().http_status_as_error(false).build())
                .post(format!("{}/v1/commands?deadline_ms=3000", ingest.url))
                .header("content-type", "application/x-ndjson")
                .header("authorization", bearer(&ingest.url))
                .send(body.as_bytes())
                .expect("ingest answers");
        let text = response.body_mut().read_to_string().expect("UTF-8");
        if response.status() == 200 {
            return serde_json::from_str(text.trim()).expect("one verdict");
        }
        assert!(Instant::now() < until, "no verdict in time: {text}");
    }
}

fn on_hand(projections: &Service, after: &Value) -> String {
    let url = format!("{}/v1/positions?by=material&after={after}&deadline_ms=20000", projections.url);
    let mut response = ureq::get(url).header("authorization", bearer(&projections.url)).call().expect("an answer");
    let found: Value = serde_json::from_str(&response.body_mut().read_to_string().expect("UTF-8")).expect("JSON");
    found["positions"][0]["on_hand"].as_str().unwrap_or("none").to_owned()
}

#[test]
#[ignore = "group download"]
fn commands_go_in_answers_come_out_and_a_standby_takes_over_from_a_killed_leader() {
    let nats = NatsServer::start();
    let ledger = Ledger::with_agency();
    let copies = tempfile::TempDir::new().expect("a folder");
    let leader = Service::in_folder("ledger", &nats, ledger.dir());
    let ingest = Service::start("ingest", &nats, &[]);
    let first = post(&ingest, &movement(1, "deposit", "L1", "100 t", "2026-03-10"));
    assert_eq!(first["outcome"], "accepted", "{first}");
    let keys = ledger.dir().join("keys");
    let standby = copies.path().join("standby");
    let options = ["--dir", standby.to_str().expect("UTF-8"), "--keys", keys.to_str().expect("UTF-8")];
    let standby = Service::start("ledger", &nats, &options);
    let projections = Service::in_folder("projections", &nats, &copies.path().join("answers"));
    assert_eq!(on_hand(&projections, &first["seq"]), "100");
    // The tools ask the services as they ask any server.
    let remote = granary(&["position", "--server", &projections.url, "--by", "material", "--format", "json"]);
    assert_eq!(remote.json()["positions"][0]["on_hand"], "100", "{}", remote.err);
    drop(leader);
    let again = post(&ingest, &movement(1, "deposit", "L1", "100 t", "2026-03-10"));
    assert_eq!((&again["outcome"], &again["seq"]), (&json!("duplicate"), &first["seq"]), "nothing is done twice");
    let second = post(&ingest, &movement(2, "draw", "L1", "30 t", "2026-03-11"));
    assert_eq!(second["outcome"], "accepted", "{second}");
    assert_eq!(on_hand(&projections, &second["seq"]), "70");
    // Who led before comes back, and follows.
    let back = Service::in_folder("ledger", &nats, ledger.dir());
    for service in [ingest, projections, standby, back] {
        assert_eq!(service.stop(), Some(0));
    }
    let replayed = granary(&["replay", "--verify", "--dir", copies.path().join("standby").to_str().expect("UTF-8")]);
    assert_eq!(replayed.exit, 0, "{}{}", replayed.out, replayed.err);
}

/// The ledger asks the witnesses, wherever its commands come from; what it gives out satisfies the policy.
#[test]
#[ignore = "group download"]
fn a_ledger_on_nats_collects_cosignatures() {
    let nats = NatsServer::start();
    let ledger = Ledger::with_agency();
    let folder = tempfile::TempDir::new().expect("a folder");
    let key = text(&ledger.dir().join("keys/log.pub")).to_owned();
    let witness = Witness::start(&folder.path().join("w"), "witness.example/w", &key, "127.0.0.1:0");
    let policy = folder.path().join("policy");
    let log = std::fs::read_to_string(&key).expect("a key");
    let policy_text = format!("log {log}{}\nquorum witness.example/w\n", witness.line());
    std::fs::write(&policy, &policy_text).expect("written");
    let environment = [("GRANARY_AUDIT_POLICY".to_owned(), text(&policy).to_owned())];
    let leader = Service::start_with("ledger", &nats.url(), &["--dir", text(ledger.dir())], &environment);
    let ingest = Service::start("ingest", &nats, &[]);
    let first = post(&ingest, &movement(1, "deposit", "L1", "100 t", "2026-03-10"));
    assert_eq!(first["outcome"], "accepted", "{first}");
    let policy = chain::Policy::parse(policy_text.as_bytes()).expect("a policy");
    let witnessed = || {
        let note = chain::Note::parse(&std::fs::read(ledger.dir().join("witnessed")).ok()?).ok()?;
        policy.check(&note).ok().map(|trusted| trusted.checkpoint.size)
    };
    until("the witness cosigns what came over NATS", || witnessed() == first["seq"].as_u64());
    // The door of the ledger gives out the same.
    let checkpoint = ureq::get(format!("{}/checkpoint", leader.url)).call().expect("an answer");
    let note = checkpoint.into_body().read_to_string().expect("UTF-8");
    let trusted = policy.check(&chain::Note::parse(note.as_bytes()).expect("a note")).expect("it satisfies the policy");
    assert_eq!(trusted.cosigned.len(), 1);
    for service in [ingest, leader] {
        assert_eq!(service.stop(), Some(0));
    }
}

/// Announced with the ledger stopped, the new key reaches the commit log, and a standby that has it signs as well.
#[test]
#[ignore = "group download"]
fn a_key_is_rotated_between_two_runs_on_nats() {
    let nats = NatsServer::start();
    let ledger = Ledger::with_agency();
    let folder = tempfile::TempDir::new().expect("a folder");
    let (dir, keys) = (text(ledger.dir()), ledger.dir().join("keys"));
    let old = folder.path().join("old.pub");
    std::fs::copy(keys.join("log.pub"), &old).expect("copied");
    let leader = Service::in_folder("ledger", &nats, ledger.dir());
    let ingest = Service::start("ingest", &nats, &[]);
    let first = post(&ingest, &movement(1, "deposit", "L1", "100 t", "2026-03-10"));
    assert_eq!(first["outcome"], "accepted", "{first}");
    assert_eq!(leader.stop(), Some(0));
    let rotated = granary(&["key", "rotate", "--as", "ledger", "--effective", "2026-03-10", "--dir", dir]);
    assert_eq!(rotated.exit, 0, "{}{}", rotated.out, rotated.err);

    let leader = Service::in_folder("ledger", &nats, ledger.dir());
    let second = post(&ingest, &movement(2, "draw", "L1", "30 t", "2026-03-11"));
    assert_eq!(
        (&second["outcome"], second["seq"].as_u64()),
        (&json!("accepted"), first["seq"].as_u64().map(|seq| seq + 2))
    );
    let standby = folder.path().join("standby");
    let options = ["--dir", text(&standby), "--keys", text(&keys)];
    let follower = Service::start("ledger", &nats, &options);
    drop(leader);
    let third = post(&ingest, &movement(3, "draw", "L1", "30 t", "2026-03-11"));
    assert_eq!(third["outcome"], "accepted", "{third}");
    for service in [ingest, follower] {
        assert_eq!(service.stop(), Some(0));
    }
    // The standby wrote the last checkpoint: by both keys, over the announcement.
    let verified = granary(&["audit", "verify", text(&standby.join("tiles")), "--key", text(&old), "--format", "json"]);
    assert_eq!(verified.exit, 0, "{}{}", verified.out, verified.err);
    assert_eq!(verified.json()[0]["size"], third["seq"].to_string());
    let next = keys.join("log.next.pub");
    let verified = granary(&["audit", "verify", text(&standby.join("tiles")), "--key", text(&next)]);
    assert_eq!(verified.exit, 0, "{}{}", verified.out, verified.err);
}

/// Who talks to ingest alone gets what `granary serve` gives: it passes on what it does not know.
#[test]
#[ignore = "group download"]
fn ingest_answers_by_passing_questions_on() {
    let nats = NatsServer::start();
    let ledger = Ledger::with_agency();
    let _leader = Service::in_folder("ledger", &nats, ledger.dir());
    let ingest = Service::start("ingest", &nats, &[]);
    let alone = granary(&["position", "--server", &ingest.url]);
    assert!(alone.exit == 2 && alone.err.contains("no `granary projections` answers"), "{}", alone.err);
    let copies = tempfile::TempDir::new().expect("a folder");
    let projections = Service::in_folder("projections", &nats, &copies.path().join("answers"));

    // The tool waits until answers know of what it posted, and asks at once.
    let command = movement(1, "deposit", "L1", "100 t", "2026-03-10");
    let posted = granary_with(&["post", "--server", &ingest.url, "-"], command.as_bytes());
    assert_eq!(posted.exit, 0, "{}{}", posted.out, posted.err);
    let held = granary(&["position", "--server", &ingest.url, "--by", "material", "--format", "json"]);
    assert_eq!(held.json()["positions"][0]["on_hand"], "100", "{}", held.err);
    let wrong = granary(&["position", "--server", &ingest.url, "--material", "unobtainium"]);
    assert!(wrong.exit == 1 && wrong.err.contains("unobtainium"), "{}", wrong.err);

    // Not waiting: the address that it is given says what became of it.
    let agent = ureq::Agent::new_with_config(ureq::Agent::config_builder().http_status_as_error(false).build());
    let url = format!("{}/v1/commands?wait=received", ingest.url);
    let request = agent.post(url).header("content-type", "application/json");
    let request = request.header("authorization", bearer(&ingest.url));
    let mut taken = request.send(movement(2, "draw", "L1", "30 t", "2026-03-11").as_bytes()).expect("an answer");
    assert_eq!(taken.status(), 202);
    let taken: Value = serde_json::from_str(&taken.body_mut().read_to_string().expect("UTF-8")).expect("JSON");
    let ask = format!("{}{}", ingest.url, taken["commands"][0]["ask"].as_str().expect("an address"));
    until("what was only received is recorded", || {
        let mut said = agent.get(&ask).header("authorization", bearer(&ingest.url)).call().expect("an answer");
        said.status() == 200 && said.body_mut().read_to_string().expect("UTF-8").contains("accepted")
    });

    // Receipts need the ledger's checkpoint, wherever they are asked for.
    let receipt = copies.path().join("receipt");
    for service in [&projections, &ingest] {
        let _ = std::fs::remove_file(&receipt);
        let proven = granary(&["audit", "prove", "4", "--server", &service.url, "--out", text(&receipt)]);
        assert_eq!(proven.exit, 0, "{}{}", proven.out, proven.err);
        let key = ledger.dir().join("keys/log.pub");
        let verified = granary(&["audit", "verify", text(&receipt), "--key", text(&key)]);
        assert_eq!(verified.exit, 0, "{}{}", verified.out, verified.err);
    }
}

/// With a copy of the books, ingest reads tables too, which are compared with them.
#[test]
#[ignore = "group download"]
fn ingest_with_a_copy_takes_in_files() {
    let nats = NatsServer::start();
    let ledger = Ledger::with_agency();
    let _leader = Service::in_folder("ledger", &nats, ledger.dir());
    let folder = tempfile::TempDir::new().expect("a folder");
    let (plain, whole) = (folder.path().join("plain"), folder.path().join("whole"));
    let set = |name: &str, value: &str| (format!("GRANARY_INGEST_{name}"), value.to_owned());
    let drop_into = |folder: &Path| [set("DROP", text(folder)), set("DROP_PARTY", "operator")];
    let ingest = Service::start_with("ingest", &nats.url(), &[], &drop_into(&plain));
    let copy = folder.path().join("copy");
    let options = ["--copy", text(&copy)];
    let with_copy = Service::start_with("ingest", &nats.url(), &options, &drop_into(&whole));

    let put = |folder: &Path, name: &str, content: &str| {
        std::fs::write(folder.join(name), content).expect("written");
        std::fs::rename(folder.join(name), folder.join("in").join(name)).expect("moved");
    };
    put(&plain, "one.JSONL", &movement(1, "deposit", "L1", "100 t", "2026-03-10"));
    until("a frame is taken in", || plain.join("done/one.JSONL").exists());
    put(&plain, "report.txt", "granary-report: 1\n");
    until("a report needs books", || plain.join("refused/report.txt").exists());
    let said = std::fs::read_to_string(plain.join("verdicts/report.txt")).expect("verdicts");
    assert!(said.contains("no_copy") && said.contains("--copy"), "{said}");
    put(&whole, "report.txt", "granary-report: 1\n");
    until("with books it is read", || whole.join("refused/report.txt").exists());
    let said = std::fs::read_to_string(whole.join("verdicts/report.txt")).expect("verdicts");
    assert!(!said.contains("no_copy"), "{said}");
    // Its copy answers, and nobody else is asked.
    until("the copy knows it", || {
        let held = granary(&["position", "--server", &with_copy.url, "--by", "material", "--format", "json"]);
        held.exit == 0 && held.json()["positions"][0]["on_hand"] == "100"
    });
    drop(ingest);
    assert_eq!(with_copy.stop(), Some(0));
}

/// A sender that does not wait has set no time either: what it sent while nobody led is recorded when somebody does.
#[test]
#[ignore = "group download"]
fn what_was_only_received_waits_for_a_leader() {
    let nats = NatsServer::start();
    let ledger = Ledger::with_agency();
    let leader = Service::in_folder("ledger", &nats, ledger.dir());
    let ingest =
        Service::start_with("ingest", &nats.url(), &[], &[("GRANARY_INGEST_DEADLINE_MS".to_owned(), "200".to_owned())]);
    assert_eq!(leader.stop(), Some(0));
    let take = |query: &str, command: String| {
        let request =
            ureq::post(format!("{}/v1/commands?{query}", ingest.url)).header("content-type", "application/json");
        let request = request.header("authorization", bearer(&ingest.url));
        let mut taken = request.send(command.as_bytes()).expect("an answer");
        assert_eq!(taken.status(), 202);
        taken.body_mut().read_to_string().expect("UTF-8")
    };
    take("wait=received", movement(1, "deposit", "L1", "100 t", "2026-03-10"));
    take("wait=received&deadline_ms=100", movement(2, "deposit", "L1", "7 t", "2026-03-10"));
    std::thread::sleep(Duration::from_millis(400));
    let leader = Service::in_folder("ledger", &nats, ledger.dir());
    let third = post(&ingest, &movement(3, "draw", "L1", "30 t", "2026-03-11"));
    assert_eq!(third["outcome"], "accepted", "{third}");
    let metrics = || {
        let said = ureq::get(format!("{}/metrics", leader.url)).call().expect("an answer");
        said.into_body().read_to_string().expect("UTF-8")
    };
    until("the one whose time had passed is put aside", || metrics().contains("granary_dead_letters 1"));
    assert!(metrics().contains("# HELP granary_dead_letters "), "each figure says what it is");
    assert_eq!(leader.stop(), Some(0));
    let held = granary(&["position", "--dir", text(ledger.dir()), "--by", "material", "--format", "json"]);
    assert_eq!(held.json()["positions"][0]["on_hand"], "70", "the first waited, the second had a deadline");
}

#[test]
#[ignore = "group download"]
fn each_service_says_what_it_does_not_do() {
    let mut nats = NatsServer::start();
    let ledger = Ledger::with_agency();
    let _leader = Service::in_folder("ledger", &nats, ledger.dir());
    let copies = tempfile::TempDir::new().expect("a folder");
    let projections = Service::in_folder("projections", &nats, &copies.path().join("answers"));
    let posted = granary_with(
        &["post", "--server", &projections.url, "-"],
        movement(1, "deposit", "L1", "1 t", "2026-03-10").as_bytes(),
    );
    assert!(posted.exit == 1 && posted.err.contains("takes no commands in"), "{}", posted.err);
    assert_eq!(granary(&["ingest"]).exit, 64, "no server is named");
    let wrong = granary(&["ingest", "--nats", "http://127.0.0.1:1"]);
    assert!(wrong.exit == 64 && wrong.err.contains("nats://host:4222"), "asked once: {}", wrong.err);
    let agent = ureq::Agent::new_with_config(ureq::Agent::config_builder().http_status_as_error(false).build());
    let ready = |asked| agent.get(format!("{}/readyz{asked}", projections.url)).call().expect("an answer").status();
    until("it is ready", || ready("") == 200);
    assert_eq!(ready("?for=write"), 503, "it takes no commands");
    assert_eq!(ready("?for=dinner"), 400);
    nats.kill();
    until("without NATS it falls behind", || ready("?for=read&within=1") == 503);
    assert_eq!(ready("?for=read"), 200, "its answers go on, and say how far they go");
}
