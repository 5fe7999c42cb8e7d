//! The ledger as a service: what it answers is recorded, on one bus as on another, and a standby takes over.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bus::{Bus, Connection, Embedded, Frame, Limits, Names, Nats, Sender, Signed};
use bytes::Bytes;
use ledger::{Follower, Known as _, Ledger, Opened, Options, Reader, Role, Service, Status};
use tempfile::TempDir;
use testkit::nats::NatsServer;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;

const WAIT: Duration = Duration::from_secs(20);

fn frame(commands: &[String]) -> Frame {
    Frame { bytes: Bytes::from(commands.join("\n")), ..Frame::default() }
}

fn party(id: Uuid, code: &str) -> String {
    format!(
        r#"{{"id":"{id}","party":"ledger","effective":"2026-03-10","act":"register_party","code":"{code}","name":"{code}","role":"agency"}}"#
    )
}

/// A service that runs, and how to stop it.
struct Running {
    stop: watch::Sender<bool>,
    status: watch::Receiver<Status>,
    task: JoinHandle<Result<(), ledger::LedgerError>>,
}

fn run(dir: &Path, node: &str, bus: &Arc<dyn Bus>) -> Running {
    let (stop, stopped) = watch::channel(false);
    let (told, status) = watch::channel(Status::default());
    let service = Service {
        stages: ledger::Stages::ThreadsOf(tokio::runtime::Handle::current()),
        ..Service::new(dir.to_owned(), node.to_owned(), Arc::clone(bus))
    };
    Running { stop, status, task: tokio::spawn(service.run(stopped, told)) }
}

impl Running {
    async fn leads(&mut self) {
        let leads = self.status.wait_for(|status| status.role == Role::Leader);
        tokio::time::timeout(WAIT, leads).await.expect("it leads in time").expect("it runs");
    }

    async fn stop(self) {
        self.stop.send_replace(true);
        tokio::time::timeout(WAIT, self.task).await.expect("it stops in time").unwrap().unwrap();
    }
}

async fn outcomes(bus: &dyn Bus, commands: &[String]) -> Vec<String> {
    let answer = bus.submit(frame(commands), WAIT).await.unwrap();
    let lines = std::str::from_utf8(&answer).unwrap().lines();
    let outcome = |line: &str| {
        let verdict: serde_json::Value = serde_json::from_str(line).unwrap();
        verdict["outcome"].as_str().unwrap().to_owned()
    };
    lines.map(outcome).collect()
}

fn create(dir: &Path) {
    Ledger::create(dir, "example.org/test", "2026-03-10T00:00:00Z", &Options::default()).unwrap().close().unwrap();
}

async fn on_nats(server: &NatsServer) -> Arc<dyn Bus> {
    let names = Names::new("test", "main").unwrap();
    Arc::new(Nats::connect(Connection::to(&server.url(), names)).await.unwrap())
}

async fn answers_are_recorded(bus: Arc<dyn Bus>) {
    let dir = TempDir::new().unwrap();
    create(dir.path());
    let mut running = run(dir.path(), "one", &bus);
    running.leads().await;
    let (first, second) = (Uuid::now_v7(), Uuid::now_v7());
    let commands = [party(first, "JOGMEC"), "not json".to_owned(), party(second, "JOGMEC")];
    assert_eq!(outcomes(&*bus, &commands).await, ["accepted", "invalid", "refused"]);
    assert_eq!(
        outcomes(&*bus, &commands).await,
        ["duplicate", "invalid", "refused"],
        "the same again, answered the same"
    );
    running.stop().await;
    let reader = Reader::open(dir.path(), &Options::default()).unwrap();
    assert!(reader.books().party_no("JOGMEC").is_some());
    assert_eq!(reader.books().head().0, 3, "the opening, what was accepted, and what was refused");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_are_recorded_on_the_bus_inside_a_process() {
    answers_are_recorded(Arc::new(Embedded::new(Limits::default(), 1))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "group download"]
async fn answers_are_recorded_on_nats() {
    let server = NatsServer::start();
    answers_are_recorded(on_nats(&server).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "group download"]
async fn a_standby_takes_over_where_the_leader_stopped() {
    let server = NatsServer::start();
    let (one, two) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    create(one.path());
    let bus = on_nats(&server).await;
    let mut first = run(one.path(), "one", &bus);
    first.leads().await;
    assert_eq!(outcomes(&*bus, &[party(Uuid::now_v7(), "A")]).await, ["accepted"]);
    drop(Opened::create_copy(two.path(), "example.org/test", "2026-03-10T00:00:00Z", &Options::default()).unwrap());
    std::fs::create_dir_all(two.path().join("keys")).unwrap();
    for key in ["log.key", "log.pub"] {
        std::fs::copy(one.path().join("keys").join(key), two.path().join("keys").join(key)).unwrap();
    }
    let mut second = run(two.path(), "two", &on_nats(&server).await);
    tokio::time::timeout(WAIT, second.status.wait_for(|status| status.events == 2)).await.unwrap().unwrap();
    let id = Uuid::now_v7();
    assert_eq!(outcomes(&*bus, &[party(id, "B")]).await, ["accepted"]);
    first.stop().await;
    second.leads().await;
    assert_eq!(outcomes(&*bus, &[party(id, "B"), party(Uuid::now_v7(), "C")]).await, ["duplicate", "accepted"]);
    second.stop().await;
    let two = Opened::open(two.path(), &Options::default()).unwrap();
    assert_eq!(two.books().head().0, 4);
    let checkpoint = String::from_utf8(two.store().head().note.clone()).unwrap();
    assert!(checkpoint.starts_with("example.org/test\n4\n"), "the standby signs under the ledger's name: {checkpoint}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "group download"]
async fn what_the_stream_lost_is_written_to_it_again() {
    let dir = TempDir::new().unwrap();
    create(dir.path());
    let before = NatsServer::start();
    let bus = on_nats(&before).await;
    let mut running = run(dir.path(), "one", &bus);
    running.leads().await;
    let id = Uuid::now_v7();
    let pair = nkeys::KeyPair::new_user();
    let key = pair.public_key();
    let proof = pair.sign(&chain::party_key::possession_text("example.org/test", "A", &key)).unwrap();
    let proof = data_encoding::BASE64URL_NOPAD.encode(&proof);
    let with_key =
        party(id, "A").replace("\"role\"", &format!("\"keys\":[\"{key}\"],\"proofs\":[\"{proof}\"],\"role\""));
    assert_eq!(outcomes(&*bus, std::slice::from_ref(&with_key)).await, ["accepted"]);
    // An order that its sender signed is kept with what it came to.
    let site = format!(
        r#"{{"id":"{}","party":"A","effective":"2026-03-10","act":"register_site","code":"S","name":"S","custodian":"A","country":"JP","area":"bulk"}}"#,
        Uuid::now_v7()
    );
    let later = |seconds: u64| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        wire::date::show_moment(books::Moment((now + seconds) * 1_000_000))
    };
    let sign = |origin: &str, expires: &str| {
        pair.sign(&chain::party_key::signed_text("granary-frame/1", origin, expires, site.as_bytes())).unwrap()
    };
    let order = |expires: String, signature: Vec<u8>| Frame {
        bytes: Bytes::from(site.clone()),
        sender: Sender::Key(Signed { key: key.clone(), signature: signature.into(), expires }),
        ..Frame::default()
    };
    // The ledger believes no door: it looks at every signature itself.
    let expired = "2020-01-01T00:00:00Z";
    for (expires, signature, code) in [
        (later(60), vec![0; 64], "bad_signature"),
        (expired.to_owned(), sign("example.org/test", expired), "signature_expired"),
        (later(60), sign("example.org/other", &later(60)), "bad_signature"),
        (later(90_000), sign("example.org/test", &later(90_000)), "bad_signature"),
    ] {
        let answer = bus.submit(order(expires, signature), WAIT).await.unwrap();
        assert!(std::str::from_utf8(&answer).unwrap().contains(code), "{code}: {answer:?}");
    }
    let expires = later(60);
    let signature = sign("example.org/test", &expires);
    let answer = bus.submit(order(expires, signature.clone()), WAIT).await.unwrap();
    assert!(std::str::from_utf8(&answer).unwrap().contains("accepted"), "{answer:?}");
    running.stop().await;
    drop((bus, before));
    // A server that has lost everything: the ledger writes its history to it again, and goes on.
    let after = NatsServer::start();
    let bus = on_nats(&after).await;
    let mut running = run(dir.path(), "one", &bus);
    running.leads().await;
    assert_eq!(outcomes(&*bus, &[with_key, party(Uuid::now_v7(), "B")]).await, ["duplicate", "accepted"]);
    let record = bus.read(1).await.unwrap().expect("the history stands in the stream");
    let record = ledger::Record::read(&record).unwrap().expect("a record");
    assert_eq!((record.first, record.count), (0, 3));
    let [order] = record.orders.as_slice() else { panic!("signed frames are written again, too: {record:?}") };
    assert_eq!((order.first, order.frame.as_slice(), order.signature.as_slice()), (2, site.as_bytes(), &signature[..]));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_beside_the_ledger_see_what_was_recorded() {
    let dir = TempDir::new().unwrap();
    create(dir.path());
    let bus: Arc<dyn Bus> = Arc::new(Embedded::new(Limits::default(), 1));
    let mut running = run(dir.path(), "one", &bus);
    running.leads().await;
    assert_eq!(outcomes(&*bus, &[party(Uuid::now_v7(), "A")]).await, ["accepted"]);
    let store = running.status.borrow().store.clone().expect("a leader has a log");
    let follower = Follower::beside(Opened::beside(store).unwrap()).unwrap();
    let (shared, mut position) = (follower.shared(), follower.position());
    let (stop, stopped) = watch::channel(false);
    let following = tokio::spawn(ledger::follow(Arc::clone(&bus), follower, stopped));
    assert_eq!(outcomes(&*bus, &[party(Uuid::now_v7(), "B")]).await, ["accepted"]);
    tokio::time::timeout(WAIT, position.wait_for(|events| *events == 3)).await.unwrap().unwrap();
    assert!(ledger::read(&shared).books().party_no("B").is_some());
    stop.send_replace(true);
    following.await.unwrap().unwrap();
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "group download"]
async fn a_copy_on_nats_says_the_same_as_the_ledger() {
    let server = NatsServer::start();
    let (one, two) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    create(one.path());
    let bus = on_nats(&server).await;
    let mut running = run(one.path(), "one", &bus);
    running.leads().await;
    let commands: Vec<String> = (0..500).map(|index| party(Uuid::now_v7(), &format!("P{index}"))).collect();
    assert!(outcomes(&*bus, &commands).await.iter().all(|outcome| outcome == "accepted"));
    let copy =
        Opened::create_copy(two.path(), "example.org/test", "2026-03-10T00:00:00Z", &Options::default()).unwrap();
    let follower = Follower::new(copy).unwrap();
    let mut position = follower.position();
    let (stop, stopped) = watch::channel(false);
    let following = tokio::spawn(ledger::follow(on_nats(&server).await, follower, stopped));
    tokio::time::timeout(WAIT, position.wait_for(|events| *events == 501)).await.unwrap().unwrap();
    stop.send_replace(true);
    following.await.unwrap().unwrap();
    running.stop().await;
    let root = |dir: &TempDir| Reader::open(dir.path(), &Options::default()).unwrap().log().root();
    assert_eq!(root(&one), root(&two));
}

/// One message at a wrong place ended the ledger, its standbys and every copy for good.
async fn garbage_in_the_commit_log_is_put_aside(bus: Arc<dyn Bus>) {
    let (dir, copy) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    create(dir.path());
    let mut running = run(dir.path(), "one", &bus);
    running.leads().await;
    assert_eq!(outcomes(&*bus, &[party(Uuid::now_v7(), "A")]).await, ["accepted"]);
    let garbage = [&b"{\"status\":401}"[..], &[0xff; 64], b""];
    for garbage in garbage {
        let last = bus.last().await.unwrap();
        assert_eq!(bus.publish(last, Bytes::from_static(garbage)).await, bus::Published::At(last + 1));
        assert_eq!(outcomes(&*bus, &[party(Uuid::now_v7(), "B")]).await.len(), 1, "it goes on");
    }
    running.stop().await;
    // Started again, and a copy that reads all of it from the beginning.
    let mut running = run(dir.path(), "one", &bus);
    running.leads().await;
    assert_eq!(outcomes(&*bus, &[party(Uuid::now_v7(), "C")]).await, ["accepted"]);
    let opened =
        Opened::create_copy(copy.path(), "example.org/test", "2026-03-10T00:00:00Z", &Options::default()).unwrap();
    let follower = Follower::new(opened).unwrap();
    let mut position = follower.position();
    let (stop, stopped) = watch::channel(false);
    let following = tokio::spawn(ledger::follow(Arc::clone(&bus), follower, stopped));
    let has_all = position.wait_for(|position| *position >= 4);
    tokio::time::timeout(WAIT, has_all).await.expect("the copy reads past it").expect("it follows");
    stop.send_replace(true);
    following.await.unwrap().unwrap();
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "group download"]
async fn garbage_in_the_commit_log_is_put_aside_on_nats() {
    let server = NatsServer::start();
    garbage_in_the_commit_log_is_put_aside(on_nats(&server).await).await;
}
