//! On NATS: one server that syncs before it acknowledges, a ledger that leads and a copy for readers, as they run in
//! processes of their own. The baseline is the server alone, which takes the same messages one after the other.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bus::{Bus, Connection, Frame, Names, Nats};
use bytes::Bytes;
use futures_util::StreamExt;
use ledger::{Follower, LedgerError, Opened, Options, Role, Service, Stages, Status};
use shell::Failure;
use testkit::nats::NatsServer;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use wire::frame::{Form, last_seq};

use super::{FRAME, Movements, Row, World, fresh};

const ORIGIN: &str = "bench.example/ledger";
const WAIT: Duration = Duration::from_secs(60);
const LONE: usize = 2_000;
const WORLD: World = World { sites: 100, lots: 100 };
/// Frames that their sender has under way at a time.
const IN_FLIGHT: usize = 4;
/// Commands in a frame while the lag is measured, and how long that takes.
const LAG_FRAME: u64 = 512;
const LAG_LENGTH: Duration = Duration::from_secs(10);
const JETSTREAM: &str = "JetStream alone, same messages, sync_interval: always";

/// What is measured here, by name.
pub(super) const WORKLOADS: [&str; 4] = ["nats-lone", "nats-frames", "nats-lag", "rebuild"];

pub(super) fn run(
    dir: &Path,
    movements: u64,
    wants: impl Fn(&str) -> bool,
    report: impl FnMut(Row),
) -> Result<(), Failure> {
    let home = dir.join("home");
    let ledger = fresh(&home)?;
    WORLD.build(&ledger)?;
    ledger.close()?;
    let server = NatsServer::start();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build()?;
    runtime.block_on(measure(&server, dir, movements, wants, report))
}

/// A ledger that leads, and a copy that follows it.
struct House {
    bus: Arc<dyn Bus>,
    position: watch::Receiver<u64>,
    stop: watch::Sender<bool>,
    services: [JoinHandle<Result<(), LedgerError>>; 2],
}

impl House {
    async fn start(server: &NatsServer, dir: &Path) -> Result<Self, Failure> {
        let (stop, stopped) = watch::channel(false);
        let (told, mut status) = watch::channel(Status::default());
        let service = Service {
            stages: Stages::ThreadsOf(tokio::runtime::Handle::current()),
            ..Service::new(dir.join("home"), "bench".into(), connect(server, "main").await?)
        };
        let leading = tokio::spawn(service.run(stopped.clone(), told));
        status.wait_for(|status| status.role == Role::Leader).await?;
        let opened = Opened::create_copy(&dir.join("copy"), ORIGIN, "for a benchmark", &Options::default())?;
        let follower = Follower::new(opened)?;
        let position = follower.position();
        let following = tokio::spawn(ledger::follow(connect(server, "main").await?, follower, stopped));
        Ok(Self { bus: connect(server, "main").await?, position, stop, services: [leading, following] })
    }

    async fn submit(&self, bytes: Bytes) -> Result<u64, Failure> {
        let frame = Frame { bytes, ..Frame::default() };
        let answer = self.bus.submit(frame, WAIT).await?;
        last_seq(&answer).ok_or_else(|| Failure::new("a frame of which nothing was recorded"))
    }

    /// Waits until readers see an event.
    async fn projected(&mut self, seq: u64) -> Result<(), Failure> {
        self.position.wait_for(|known| *known >= seq).await?;
        Ok(())
    }

    async fn stop(self) -> Result<(), Failure> {
        self.stop.send_replace(true);
        for service in self.services {
            service.await??;
        }
        Ok(())
    }
}

async fn connect(server: &NatsServer, ledger: &str) -> Result<Arc<dyn Bus>, Failure> {
    let names = Names::new("bench", ledger).map_err(Failure::new)?;
    Ok(Arc::new(Nats::connect(Connection::to(&server.url(), names)).await?))
}

async fn measure(
    server: &NatsServer,
    dir: &Path,
    movements: u64,
    wants: impl Fn(&str) -> bool,
    mut report: impl FnMut(Row),
) -> Result<(), Failure> {
    let world = WORLD;
    let mut source = Movements::new(world, false, 11);
    let mut house = House::start(server, dir).await?;
    let warm = house.submit(frame(&mut source, Form::Lines, 1)?).await?;
    house.projected(warm).await?;
    if wants("nats-lone") {
        report(lone(&mut house, &mut source, world).await?);
    }
    let mut per_s = 100_000.0;
    if wants("nats-frames") {
        for form in [Form::Cbor, Form::Lines] {
            let row = frames(&mut house, server, &mut source, form, movements).await?;
            if form == Form::Cbor {
                per_s = row.movements_per_s;
            }
            report(row);
        }
    }
    if wants("nats-lag") {
        report(lag(&mut house, &mut source, world, per_s / 2.0).await?);
    }
    house.stop().await?;
    if wants("rebuild") {
        report(rebuild(&dir.join("copy"), world)?);
    }
    Ok(())
}

async fn lone(house: &mut House, source: &mut Movements, world: World) -> Result<Row, Failure> {
    let (mut replies, mut projected) = (Vec::new(), Vec::new());
    let started = Instant::now();
    for _ in 0..LONE {
        let bytes = frame(source, Form::Lines, 1)?;
        let began = Instant::now();
        let seq = house.submit(bytes).await?;
        replies.push(began.elapsed());
        house.projected(seq).await?;
        projected.push(began.elapsed());
    }
    let seconds = started.elapsed().as_secs_f64();
    let projected = Row::finished(&mut projected);
    let mut row = Row {
        workload: "nats-lone".into(),
        batch: 1,
        clients: 1,
        accounts: world.accounts(),
        movements: LONE as u64,
        movements_per_s: LONE as f64 / seconds,
        ..Row::finished(&mut replies)
    };
    row.more.insert("projected_p50_ms".into(), projected.p50_ms.into());
    row.more.insert("projected_p99_ms".into(), projected.p99_ms.into());
    Ok(row)
}

async fn frames(
    house: &mut House,
    server: &NatsServer,
    source: &mut Movements,
    form: Form,
    movements: u64,
) -> Result<Row, Failure> {
    // What fits into a message.
    let (name, batch) = match form {
        Form::Cbor => ("nats-frames", FRAME),
        Form::Lines => ("nats-frames-json", 5_000),
    };
    let count = movements.div_ceil(batch);
    let made: Vec<Bytes> = (0..count).map(|_| frame(source, form, batch)).collect::<Result<_, _>>()?;
    let bytes: usize = made.iter().map(Bytes::len).sum();
    let raw = connect(server, if form == Form::Cbor { "raw" } else { "raw-lines" }).await?;
    let began = Instant::now();
    for chunk in made.chunks(IN_FLIGHT) {
        let puts = chunk.iter().map(|bytes| raw.put(Frame { bytes: bytes.clone(), ..Frame::default() }));
        for put in futures_util::future::join_all(puts).await {
            put?;
        }
    }
    let baseline_per_s = (count * batch) as f64 / began.elapsed().as_secs_f64();
    let mut latencies = Vec::new();
    let mut last = 0;
    let began = Instant::now();
    let submit = |bytes: &Bytes| {
        let submitted = house.submit(bytes.clone());
        async move {
            let sent = Instant::now();
            submitted.await.map(|seq| (seq, sent.elapsed()))
        }
    };
    let mut answers = futures_util::stream::iter(made.iter().map(submit)).buffer_unordered(IN_FLIGHT);
    while let Some(answer) = answers.next().await {
        let (seq, latency) = answer?;
        last = last.max(seq);
        latencies.push(latency);
    }
    drop(answers);
    let recorded = began.elapsed().as_secs_f64();
    house.projected(last).await?;
    let seconds = began.elapsed().as_secs_f64();
    let mut row = Row {
        workload: name.into(),
        batch,
        clients: 1,
        movements: count * batch,
        movements_per_s: (count * batch) as f64 / seconds,
        baseline: JETSTREAM,
        baseline_per_s,
        ..Row::finished(&mut latencies)
    };
    row.ratio = row.movements_per_s / row.baseline_per_s;
    row.more.insert("recorded_per_s".into(), ((count * batch) as f64 / recorded).into());
    row.more.insert("frame_bytes_per_movement".into(), (bytes as f64 / (count * batch) as f64).into());
    Ok(row)
}

/// How far readers are behind what is recorded, while half of what is possible comes in.
async fn lag(house: &mut House, source: &mut Movements, world: World, per_s: f64) -> Result<Row, Failure> {
    let every = Duration::from_secs_f64(LAG_FRAME as f64 / per_s);
    let count = (LAG_LENGTH.as_secs_f64() / every.as_secs_f64()) as usize;
    let made: Vec<Bytes> = (0..count).map(|_| frame(source, Form::Cbor, LAG_FRAME)).collect::<Result<_, _>>()?;
    let mut ticks = tokio::time::interval(every);
    let began = Instant::now();
    let mut waiting = Vec::new();
    for bytes in made {
        ticks.tick().await;
        let (bus, mut position) = (Arc::clone(&house.bus), house.position.clone());
        waiting.push(tokio::spawn(async move {
            let answer = bus.submit(Frame { bytes, ..Frame::default() }, WAIT).await?;
            let recorded = Instant::now();
            let seq = last_seq(&answer).ok_or_else(|| Failure::new("a frame of which nothing was recorded"))?;
            position.wait_for(|known| *known >= seq).await?;
            Ok::<_, Failure>(recorded.elapsed())
        }));
    }
    let mut lags = Vec::new();
    for task in waiting {
        lags.push(task.await??);
    }
    let movements = count as u64 * LAG_FRAME;
    Ok(Row {
        workload: "nats-lag".into(),
        batch: LAG_FRAME,
        clients: 1,
        accounts: world.accounts(),
        movements,
        movements_per_s: movements as f64 / began.elapsed().as_secs_f64(),
        ..Row::finished(&mut lags)
    })
}

/// Books, history and ids of a copy, all from the first event.
fn rebuild(copy: &Path, world: World) -> Result<Row, Failure> {
    // The static files are no part of it: opening the copy writes those that are missing.
    drop(Opened::open(copy, &Options::default())?);
    let began = Instant::now();
    let opened = Opened::refold(copy, &Options::default())?;
    let seconds = began.elapsed().as_secs_f64();
    let events = opened.books().head().0;
    Ok(Row {
        workload: "rebuild".into(),
        clients: 1,
        accounts: world.accounts(),
        movements: events,
        movements_per_s: events as f64 / seconds,
        ..Row::finished(&mut Vec::new())
    })
}

fn frame(source: &mut Movements, form: Form, count: u64) -> Result<Bytes, Failure> {
    let mut bytes = Vec::new();
    form.begin(&mut bytes);
    for _ in 0..count {
        let command = wire::Command::from_json(source.json().as_bytes());
        let command = command.map_err(|malformed| Failure::new(malformed.message()))?;
        form.push_command(&mut bytes, &command);
    }
    Ok(bytes.into())
}
