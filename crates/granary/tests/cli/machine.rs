//! Faults of the machine under a service: a disk that is full, a clock that is set back.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use testkit::nats::NatsServer;
use testkit::tools;

use crate::run::{AGENCY, Ledger, bearer, granary, movement};
use crate::serve::Server;
use crate::services::Service;

/// A shell in a mount namespace of its own, in which a small disk can be made without any rights.
struct Shell {
    child: Child,
    stdin: Option<ChildStdin>,
}

impl Shell {
    fn start() -> Self {
        let mut child = Command::new("unshare")
            .args(["--map-root-user", "--mount", "sh"])
            .env_remove("GRANARY_SERVER")
            .env_remove("GRANARY_DIR")
            .stdin(Stdio::piped())
            .spawn()
            .expect("`unshare` runs (Debian package util-linux); this test needs user namespaces, or root");
        let stdin = child.stdin.take();
        Self { child, stdin }
    }

    fn say(&mut self, line: &str) {
        writeln!(self.stdin.as_mut().expect("it listens"), "{line}").expect("it listens");
    }

    /// Runs a line to its end.
    fn run(&mut self, line: &str, mark: &Path) {
        let _ = fs::remove_file(mark);
        self.say(&format!("{line} && touch {}", mark.display()));
        wait(&format!("`{line}` runs in a namespace of its own"), || mark.exists());
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.child.wait();
    }
}

fn wait(what: &str, mut is_so: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(30);
    while !is_so() {
        assert!(Instant::now() < until, "{what}");
        std::thread::sleep(Duration::from_millis(30));
    }
}

fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false);
    config.timeout_global(Some(Duration::from_secs(20))).build().new_agent()
}

/// Starts `granary serve` in the shell; gives its address and process id.
fn serve(shell: &mut Shell, ledger: &Path, outside: &Path, round: u32) -> (String, u32) {
    let (said, pid) = (outside.join(format!("said{round}")), outside.join(format!("pid{round}")));
    let program = env!("CARGO_BIN_EXE_granary");
    shell.say(&format!(
        "{program} serve --dir {} --listen 127.0.0.1:0 > {} 2> {}.log & echo $! > {}",
        ledger.display(),
        said.display(),
        said.display(),
        pid.display()
    ));
    let mut url = String::new();
    wait("it serves", || {
        let text = fs::read_to_string(&said).unwrap_or_default();
        url = text.lines().next().and_then(|line| line.rsplit(' ').next()).unwrap_or_default().to_owned();
        url.starts_with("http://") && text.ends_with('\n')
    });
    (url, fs::read_to_string(&pid).expect("it has one").trim().parse().expect("a number"))
}

#[test]
#[ignore = "group root"]
fn a_full_disk_loses_nothing_that_was_acknowledged() {
    let outside = TempDir::new().expect("a folder");
    let (disk, mark) = (outside.path().join("disk"), outside.path().join("mark"));
    fs::create_dir(&disk).expect("a folder");
    let ledger = disk.join("ledger");
    fs::write(outside.path().join("agency.jsonl"), AGENCY.trim_start()).expect("it is written");
    let mut shell = Shell::start();
    shell.run(&format!("mount -t tmpfs -o size=12m tmpfs {}", disk.display()), &mark);
    let program = env!("CARGO_BIN_EXE_granary");
    shell.run(&format!("{program} init --dir {} --origin test.example/full", ledger.display()), &mark);
    let agency = outside.path().join("agency.jsonl");
    shell.run(&format!("{program} post {} --dir {} > /dev/null", agency.display(), ledger.display()), &mark);
    let (url, pid) = serve(&mut shell, &ledger, outside.path(), 1);

    let mut accepted: BTreeMap<u32, u64> = BTreeMap::new();
    let agent = agent();
    let mut next = 1;
    let refused = loop {
        assert!(next < 400_000, "a disk of 12 MB is full at some time");
        let frame: String = (next..next + 500).map(|id| movement(id, "deposit", "L1", "1 t", "2026-03-10")).collect();
        let url = format!("{url}/v1/commands?deadline_ms=5000");
        let named = bearer(&url);
        let request = agent.post(url).header("content-type", "application/x-ndjson");
        let answer = request.header("authorization", named).send(frame.as_bytes());
        let Ok(mut answer) = answer else { break "no answer".to_owned() };
        let text = answer.body_mut().read_to_string().unwrap_or_default();
        if answer.status() != 200 {
            break text;
        }
        for (id, line) in (next..).zip(text.lines()) {
            let verdict: Value = serde_json::from_str(line).expect("a verdict");
            assert_eq!(verdict["outcome"], "accepted", "{verdict}");
            accepted.insert(id, verdict["seq"].as_u64().expect("a number"));
        }
        next += 500;
    };
    println!("{} commands acknowledged, then: {refused}", accepted.len());
    assert!(!accepted.is_empty());

    // Whatever became of the process, it is over; then there is room.
    let _ = Command::new("kill").args(["-TERM", &pid.to_string()]).status();
    wait("it ends", || !Path::new(&format!("/proc/{pid}/exe")).exists());
    let log = fs::read_to_string(outside.path().join("said1.log")).unwrap_or_default();
    println!("{log}");
    assert!(!log.contains("panicked"), "{log}");
    shell.run(&format!("mount -o remount,size=200m {}", disk.display()), &mark);
    let (url, pid) = serve(&mut shell, &ledger, outside.path(), 2);
    let again = |from: u32| {
        let frame: String = (from..from + 500).map(|id| movement(id, "deposit", "L1", "1 t", "2026-03-10")).collect();
        let url = format!("{url}/v1/commands?wait=projected&deadline_ms=20000");
        let named = bearer(&url);
        let request = agent.post(url).header("content-type", "application/x-ndjson");
        let answer = request.header("authorization", named).send(frame.as_bytes());
        answer.expect("it answers").body_mut().read_to_string().expect("UTF-8")
    };
    for from in (1..=next).step_by(500) {
        for (id, line) in (from..).zip(again(from).lines()) {
            let verdict: Value = serde_json::from_str(line).expect("a verdict");
            match accepted.get(&id) {
                Some(seq) => assert_eq!(
                    (&verdict["outcome"], verdict["seq"].as_u64()),
                    (&"duplicate".into(), Some(*seq)),
                    "{id}"
                ),
                None => assert_ne!(verdict["outcome"], "refused", "{verdict}"),
            }
        }
    }
    let asked = agent.get(format!("{url}/v1/positions?by=material")).header("authorization", bearer(&url));
    let held = asked.call().expect("it answers").body_mut().read_to_string();
    let held: Value = serde_json::from_str(&held.expect("UTF-8")).expect("JSON");
    assert_eq!(held["positions"][0]["on_hand"], (next + 499).to_string(), "each once");
    let _ = Command::new("kill").args(["-TERM", &pid.to_string()]).status();
    wait("it ends", || !Path::new(&format!("/proc/{pid}/exe")).exists());
}

/// The clock of a process, in a file: the real time and an offset.
fn clock(file: &Path, offset: &str) -> Vec<(String, String)> {
    fs::write(file, format!("{offset}\n")).expect("it is written");
    let library = tools::debian(&["faketime", "libfaketime"]);
    let library = library.join("usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1");
    assert!(library.exists(), "{}", library.display());
    let pairs = [
        ("LD_PRELOAD", library.display().to_string()),
        ("FAKETIME_TIMESTAMP_FILE", file.display().to_string()),
        ("FAKETIME_NO_CACHE", "1".into()),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".into()),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value)).to_vec()
}

/// Every command that was posted, its event and when that was recorded.
fn recorded(dir: &Path) -> Vec<(String, u64, String)> {
    let ran = granary(&["export", "events", "--dir", dir.to_str().expect("UTF-8")]);
    let text = |event: &Value, name: &str| event[name].as_str().unwrap_or_default().to_owned();
    let event = |event: &Value| {
        let seq = event["seq"].as_u64().expect("a number");
        (text(&event["command"], "id"), seq, text(event, "recorded_at"))
    };
    ran.lines().iter().map(event).collect()
}

#[test]
#[ignore = "group download"]
fn a_clock_that_is_set_back_changes_no_order() {
    let ledger = Ledger::with_agency();
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("clock");
    let environment = clock(&file, "+0");
    let nats = NatsServer::start();
    let dir = ledger.dir().to_str().expect("UTF-8");
    let leader = Service::start_with("ledger", &nats.url(), &["--dir", dir], &environment);
    let ingest = Service::start("ingest", &nats, &[]);
    let agent = agent();
    let post = |number: u32| {
        let url = format!("{}/v1/commands?deadline_ms=10000", ingest.url);
        let body = movement(number, "deposit", "L1", "1 t", "2026-03-10");
        let request = agent.post(url).header("content-type", "application/json");
        let mut answer = request.header("authorization", bearer(&ingest.url)).send(body.trim()).expect("it answers");
        let text = answer.body_mut().read_to_string().expect("UTF-8");
        let verdict: Value = serde_json::from_str(&text).expect("a verdict");
        assert_eq!(verdict["outcome"], "accepted", "{verdict}");
    };
    (1..=20).for_each(&post);
    // An hour back, another, and right again, while it leads.
    for (round, offset) in [(1, "-3600"), (2, "-7200"), (3, "+0")] {
        fs::write(&file, format!("{offset}\n")).expect("it is written");
        (round * 20 + 1..=round * 20 + 20).for_each(&post);
    }
    // Two hours ahead for one event, whose sender set no deadline (others are told `late`): whoever reads the metrics sees that
    // the ledger is ahead of the clock.
    let copy = folder.path().join("copy");
    let projections = Service::start("projections", &nats, &["--dir", copy.to_str().expect("UTF-8")]);
    fs::write(&file, "+7200\n").expect("it is written");
    let body = movement(81, "deposit", "L1", "1 t", "2026-03-10");
    let request = agent.post(format!("{}/v1/commands?wait=received", ingest.url));
    let request = request.header("content-type", "application/json").header("authorization", bearer(&ingest.url));
    let taken = request.send(body.trim()).expect("it answers");
    assert_eq!(taken.status(), 202);
    wait("the metrics say so", || {
        let said = agent.get(format!("{}/metrics", projections.url)).call().expect("it answers");
        let said = said.into_body().read_to_string().expect("UTF-8");
        let ahead = said.lines().find_map(|line| line.strip_prefix("granary_recorded_ahead_seconds "));
        ahead.and_then(|ahead| ahead.parse::<f64>().ok()).is_some_and(|ahead| ahead > 7_000.0)
    });
    fs::write(&file, "+0\n").expect("it is written");
    post(82);
    for service in [projections, ingest, leader] {
        assert_eq!(service.stop(), Some(0));
    }
    let events = recorded(ledger.dir());
    assert_eq!(events.iter().filter(|(id, ..)| id.starts_with("00000000-0000-7000-8000-0000000000")).count(), 86);
    assert!(events.windows(2).all(|pair| pair[0].2 < pair[1].2), "recorded times only grow: {events:?}");
    // And without the fault, on the real clock, it goes on.
    let ran = ledger.post(&movement(999, "deposit", "L1", "1 t", "2026-03-10"));
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
}

#[test]
fn what_answers_come_from_is_rebuilt_while_they_go_on() {
    let ledger = Ledger::with_agency();
    let frame: String = (1..=3_000).map(|id| movement(id, "deposit", "L1", "1 t", "2026-03-10")).collect();
    assert_eq!(ledger.post(&frame).exit, 0);
    let server = Server::start(ledger.dir(), &[]);
    let on_hand = |server: &Server, path: &str| {
        let (status, text) = server.get(path);
        assert_eq!(status, 200, "{text}");
        let found: Value = serde_json::from_str(&text).expect("JSON");
        found["positions"][0]["on_hand"].as_str().unwrap_or_default().to_owned()
    };
    for round in 0..3 {
        let ran = granary(&["rebuild", "--server", &server.url, "--format", "json"]);
        assert_eq!(ran.exit, 0, "{}", ran.err);
        let rebuilt = ran.json();
        assert_eq!((&rebuilt["differing_accounts"], rebuilt["events"].as_u64()), (&0.into(), Some(3_005 + round)));
        assert_eq!(on_hand(&server, "/v1/positions?by=material"), (3_000 + round).to_string());
        // It goes on from there: what comes next is in the new one, and the history before it as well.
        let id = u32::try_from(5_000 + round).expect("few");
        let body = movement(id, "deposit", "L1", "1 t", "2026-03-11");
        let ran = crate::run::granary_with(&["post", "-", "--server", &server.url], body.as_bytes());
        assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
        assert_eq!(on_hand(&server, "/v1/positions?by=material"), (3_001 + round).to_string());
        assert_eq!(on_hand(&server, "/v1/positions?by=material&as_of=2026-03-10"), "3000");
    }
    assert_eq!(server.stop(), Some(0));
    let ran = ledger.run(&["rebuild", "--format", "json"]);
    assert_eq!((ran.exit, &ran.json()["differing_accounts"]), (0, &0.into()), "{}", ran.err);
}
