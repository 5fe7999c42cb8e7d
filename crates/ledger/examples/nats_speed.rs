//! How fast the ledger is on NATS: one server that syncs before it acknowledges, a leader and a copy for readers in this
//! process, as they run in processes of their own. `cargo run --release -p ledger --example nats_speed`

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bus::{Bus, Connection, Frame, Names, Nats};
use ledger::{Follower, Ledger, Opened, Options, Role, Service, Stages, Status};
use tempfile::TempDir;
use testkit::nats::NatsServer;
use tokio::sync::watch;
use uuid::Uuid;

const WAIT: Duration = Duration::from_secs(60);
const LONE: usize = 2_000;
const FRAMES: usize = 200;

fn command(party: &str, act: &str) -> String {
    format!(r#"{{"id":"{}","party":"{party}","effective":"2026-03-10",{act}}}"#, Uuid::now_v7())
}

fn transfer(from: usize, to: usize) -> String {
    command("A", &format!(r#""act":"transfer","lot":"L","source":"S{from}","target":"S{to}","quantity":"1 mg""#))
}

fn frame(text: String) -> Frame {
    Frame { bytes: text.into(), ..Frame::default() }
}

async fn connect(server: &NatsServer) -> Arc<dyn Bus> {
    let names = Names::new("bench", "main").expect("words");
    Arc::new(Nats::connect(Connection::to(&server.url(), names)).await.expect("it runs"))
}

fn percentiles(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    format!("p50 {:.2} ms, p99 {:.2} ms", at(0.5), at(0.99))
}

fn last_seq(answer: &[u8]) -> u64 {
    let line = answer.trim_ascii_end().rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    let verdict: serde_json::Value = serde_json::from_slice(line).expect("a verdict");
    assert_eq!(verdict["outcome"], "accepted", "{verdict}");
    verdict["seq"].as_u64().expect("a number")
}

fn folder(dir: &Path) {
    Ledger::create(dir, "example.org/bench", "2026-03-10T00:00:00Z", &Options::default())
        .and_then(Ledger::close)
        .expect("a fresh folder");
}

#[tokio::main(flavor = "multi_thread", worker_threads = 4)]
async fn main() {
    let server = NatsServer::start();
    let (home, copy) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    folder(home.path());
    let (stop, stopped) = watch::channel(false);
    let (told, mut status) = watch::channel(Status::default());
    let service = Service {
        stages: Stages::ThreadsOf(tokio::runtime::Handle::current()),
        ..Service::new(home.path().to_owned(), "bench".into(), connect(&server).await)
    };
    let leading = tokio::spawn(service.run(stopped.clone(), told));
    status.wait_for(|status| status.role == Role::Leader).await.expect("it leads");
    let opened = Opened::create_copy(copy.path(), "example.org/bench", "2026-03-10T00:00:00Z", &Options::default());
    let follower = Follower::new(opened.expect("a fresh folder")).expect("it follows");
    let mut position = follower.position();
    let following = tokio::spawn(ledger::follow(connect(&server).await, follower, stopped));
    let bus = connect(&server).await;

    let mut setup = vec![
        command("ledger", r#""act":"register_party","code":"A","name":"A","role":"agency""#),
        command(
            "ledger",
            r#""act":"register_material","code":"M","name":"M","unit":"mg","basis":"net","form":"oxide""#,
        ),
    ];
    for site in 0..100 {
        let act = format!(
            r#""act":"register_site","code":"S{site}","name":"S","custodian":"A","country":"JP","area":"bulk""#
        );
        setup.push(command("ledger", &act));
        let act = format!(r#""act":"deposit","lot":"L","site":"S{site}","material":"M","quantity":"1000000000 mg""#);
        setup.push(command("A", &act));
    }
    let answer = bus.submit(frame(setup.join("\n")), WAIT).await.expect("an answer");
    let mut seq = last_seq(&answer);
    position.wait_for(|known| *known >= seq).await.expect("it follows");

    let (mut replies, mut projected) = (Vec::new(), Vec::new());
    for index in 0..LONE {
        let text = transfer(index % 100, (index + 1) % 100);
        let began = Instant::now();
        let answer = bus.submit(frame(text), WAIT).await.expect("an answer");
        replies.push(began.elapsed());
        seq = last_seq(&answer);
        position.wait_for(|known| *known >= seq).await.expect("it follows");
        projected.push(began.elapsed());
    }
    println!("lone command to reply: {}", percentiles(replies));
    println!("lone command to projected: {}", percentiles(projected));

    let mut made = Vec::new();
    let mut count = 0;
    for number in 0..FRAMES {
        let mut text = String::new();
        while text.len() < Frame::BYTES_MAX - 512 {
            text.push_str(&transfer((number + count) % 100, (number + count + 7) % 100));
            text.push('\n');
            count += 1;
        }
        made.push(frame(text));
    }
    let bytes: usize = made.iter().map(|frame| frame.bytes.len()).sum();
    let began = Instant::now();
    let mut last = seq;
    for pair in made.chunks(4) {
        let answers = pair.iter().map(|frame| bus.submit(frame.clone(), WAIT));
        for answer in futures_util::future::join_all(answers).await {
            last = last.max(last_seq(&answer.expect("an answer")));
        }
    }
    let recorded = began.elapsed().as_secs_f64();
    position.wait_for(|known| *known >= last).await.expect("it follows");
    let shown = began.elapsed().as_secs_f64();
    println!(
        "{count} movements in {FRAMES} frames of JSON ({} MB): {:.0}/s recorded, {:.0}/s projected",
        bytes / 1_000_000,
        count as f64 / recorded,
        count as f64 / shown
    );
    stop.send_replace(true);
    leading.await.expect("no panic").expect("it stops");
    following.await.expect("no panic").expect("it stops");
}
