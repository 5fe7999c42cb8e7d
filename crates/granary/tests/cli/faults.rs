//! Real processes on a real cluster of three NATS servers, struck down one after the other while commands go in: nothing that
//! was acknowledged is lost, nothing is applied twice, and commands are answered again soon.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use testkit::nats::NatsCluster;

use crate::run::{Ledger, bearer, granary, movement};
use crate::services::Service;

/// How long NATS stays away: a minute in the long form.
fn away() -> Duration {
    let seconds = std::env::var("GRANARY_FAULT_AWAY_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    Duration::from_secs(seconds.unwrap_or(8))
}

fn signal(name: &str, service: &Service) {
    let sent = Command::new("kill").args([name, &service.child.id().to_string()]).status().expect("kill runs");
    assert!(sent.success(), "{name}");
}

fn asked(url: &str) -> Option<String> {
    let agent = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(2))).build().new_agent();
    agent.get(url).header("authorization", bearer(url)).call().ok()?.body_mut().read_to_string().ok()
}

fn leads(service: &Service) -> bool {
    let metrics = asked(&format!("{}/metrics", service.url)).unwrap_or_default();
    metrics.lines().any(|line| line == "granary_ledger_leads 1")
}

/// Posts one deposit of a tonne after the other, each until it is answered.
struct Load {
    url: Arc<Mutex<String>>,
    stop: Arc<AtomicBool>,
    /// What each acknowledged command was answered, and when.
    answers: Arc<Mutex<BTreeMap<u32, (u64, Instant)>>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Load {
    fn begin(url: &str) -> Self {
        let url = Arc::new(Mutex::new(url.to_owned()));
        let stop = Arc::new(AtomicBool::new(false));
        let answers: Arc<Mutex<BTreeMap<u32, (u64, Instant)>>> = Arc::default();
        let thread = {
            let (url, stop, answers) = (Arc::clone(&url), Arc::clone(&stop), Arc::clone(&answers));
            thread::spawn(move || {
                let agent = ureq::Agent::config_builder()
                    .http_status_as_error(false)
                    .timeout_global(Some(Duration::from_secs(3)))
                    .build()
                    .new_agent();
                for number in 1.. {
                    let body = movement(number, "deposit", "L1", "1 t", "2026-03-10");
                    let seq = loop {
                        if stop.load(Ordering::Relaxed) {
                            return;
                        }
                        let url = format!("{}/v1/commands?deadline_ms=2000", url.lock().expect("no panic"));
                        let named = bearer(&url);
                        let request = agent.post(url).header("content-type", "application/json");
                        let sent = request.header("authorization", named).send(body.trim());
                        let text = sent.ok().and_then(|mut sent| sent.body_mut().read_to_string().ok());
                        let verdict: Option<Value> = text.and_then(|text| serde_json::from_str(&text).ok());
                        match verdict.as_ref().and_then(|verdict| verdict["seq"].as_u64()) {
                            Some(seq) => break seq,
                            None => thread::sleep(Duration::from_millis(20)),
                        }
                    };
                    answers.lock().expect("no panic").insert(number, (seq, Instant::now()));
                }
            })
        };
        Self { url, stop, answers, thread: Some(thread) }
    }

    /// Waits until commands that were posted after now are answered; says how long it took.
    fn goes_on(&self, what: &str) -> Duration {
        let began = Instant::now();
        let count = || self.answers.lock().expect("no panic").values().filter(|(_, at)| *at > began).count();
        while count() < 3 {
            assert!(began.elapsed() < Duration::from_secs(60), "{what}: commands are answered again");
            thread::sleep(Duration::from_millis(20));
        }
        let took = began.elapsed();
        println!("{what}: answered again after {:.1} s", took.as_secs_f64());
        took
    }

    fn end(mut self) -> BTreeMap<u32, u64> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take().expect("it runs").join().expect("no panic");
        self.answers.lock().expect("no panic").iter().map(|(number, (seq, _))| (*number, *seq)).collect()
    }
}

fn leader(services: &[Service]) -> &Service {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(leader) = services.iter().find(|service| leads(service)) {
            return leader;
        }
        assert!(Instant::now() < until, "somebody leads");
        thread::sleep(Duration::from_millis(50));
    }
}

fn ledger_in(nats: &str, dir: &Path, keys: &Path) -> Service {
    let text = |path: &Path| path.to_str().expect("UTF-8").to_owned();
    Service::start_on("ledger", nats, &["--dir", &text(dir), "--keys", &text(keys)])
}

#[test]
#[ignore = "group download"]
fn nothing_acknowledged_is_lost_and_nothing_is_applied_twice() {
    let mut nats = NatsCluster::start();
    let url = nats.url();
    let home = Ledger::with_agency();
    let copies = tempfile::TempDir::new().expect("a folder");
    let keys = home.dir().join("keys");
    let standby = copies.path().join("standby");
    let answers_dir = copies.path().join("answers");
    let dirs = [home.dir().to_owned(), standby.clone()];
    let mut ledgers = vec![ledger_in(&url, &dirs[0], &keys)];
    leader(&ledgers);
    ledgers.push(ledger_in(&url, &dirs[1], &keys));
    let mut projections = Service::start_on("projections", &url, &["--dir", answers_dir.to_str().expect("UTF-8")]);
    let mut ingest = Service::start_on("ingest", &url, &[]);
    let load = Load::begin(&ingest.url);
    load.goes_on("the beginning");

    // Each service, killed without a word.
    drop(ingest);
    ingest = Service::start_on("ingest", &url, &[]);
    *load.url.lock().expect("no panic") = ingest.url.clone();
    load.goes_on("ingest killed and started");
    drop(projections);
    projections = Service::start_on("projections", &url, &["--dir", answers_dir.to_str().expect("UTF-8")]);
    load.goes_on("projections killed and started");
    for round in 0..2 {
        let at = ledgers.iter().position(leads).unwrap_or(round);
        drop(ledgers.remove(at));
        let dir = &dirs[if at == 0 { 0 } else { 1 }];
        load.goes_on("the leader killed");
        ledgers.insert(at, ledger_in(&url, dir, &keys));
    }

    // A leader that sleeps through the end of its lease, and wakes up as if nothing had happened.
    let sleeper = ledgers.iter().position(leads).unwrap_or(0);
    signal("-STOP", &ledgers[sleeper]);
    load.goes_on("the leader frozen");
    signal("-CONT", &ledgers[sleeper]);
    load.goes_on("the frozen leader woken");
    let until = Instant::now() + Duration::from_secs(20);
    while leads(&ledgers[sleeper]) {
        assert!(Instant::now() < until, "who slept no longer leads");
        thread::sleep(Duration::from_millis(50));
    }

    // One NATS server after the other, among them the one that leads the streams; then all at once, and away for a while.
    for index in 0..3 {
        nats.nodes[index].kill();
        load.goes_on("a NATS server killed");
        nats.nodes[index].restart();
        thread::sleep(Duration::from_secs(3));
    }
    for node in &mut nats.nodes {
        node.kill();
    }
    thread::sleep(away());
    for node in &mut nats.nodes {
        node.restart();
    }
    load.goes_on("all NATS servers killed and away");

    // What was acknowledged is there, once, where it was said to be.
    let answers = load.end();
    assert!(answers.len() > 50, "{} commands were answered", answers.len());
    let last = *answers.values().max().expect("some were answered");
    let until = Instant::now() + Duration::from_secs(30);
    let held = loop {
        match asked(&format!("{}/v1/positions?by=material&after={last}&deadline_ms=1000", projections.url)) {
            Some(held) => break held,
            None => assert!(Instant::now() < until, "the copy catches up"),
        }
        thread::sleep(Duration::from_millis(200));
    };
    let held: Value = serde_json::from_str(&held).expect("an answer");
    let on_hand: usize = held["positions"][0]["on_hand"].as_str().and_then(|text| text.parse().ok()).unwrap_or(0);
    assert!(on_hand == answers.len() || on_hand == answers.len() + 1, "{on_hand} t of {} acknowledged", answers.len());
    for (number, seq) in answers {
        let id = movement(number, "deposit", "L1", "1 t", "2026-03-10");
        let id: Value = serde_json::from_str(id.trim()).expect("a command");
        let found = asked(&format!("{}/v1/commands/{}", projections.url, id["id"].as_str().expect("an id")));
        let found: Value = serde_json::from_str(&found.unwrap_or_default()).expect("an answer");
        assert_eq!(found["verdict"]["seq"].as_u64(), Some(seq), "command {number}: {found}");
    }
    for service in ledgers.into_iter().chain([ingest, projections]) {
        assert_eq!(service.stop(), Some(0), "every service ends in peace");
    }
    for dir in &dirs {
        let replayed = granary(&["replay", "--verify", "--dir", dir.to_str().expect("UTF-8")]);
        assert_eq!(replayed.exit, 0, "{}{}", replayed.out, replayed.err);
    }
}
