//! A house with doors: HTTP on a free port, and behind it the ledger in memory that checks every law after every step.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use answers::{History, HistoryError, Log, View, Viewer};
use axum::body::Bytes;
use books::{AccountNo, Books, CommandId, Day, Event, Moment, PartyNo, Seq, Sums};
use bus::{Asked, BoxFuture, BusError, Delivery, Frame, PutError, Questions, Queue, Slip};
use serde_json::{Value, json};
use shell::Token;
use testkit::{Answer, World};
use tokio::sync::watch;
use web::{Access, Doors, Live};
use wire::verdict::{Outcome, Verdict};

/// How the queue behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mood {
    #[default]
    Willing,
    Full,
    Silent,
}

pub(crate) struct Ledger {
    world: Mutex<World>,
    position: watch::Sender<u64>,
    mood: Mutex<Mood>,
    /// Up to here the log says its last event again and again.
    until: AtomicU64,
}

impl Ledger {
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("no test panics while it holds the world")
    }

    pub(crate) fn be(&self, mood: Mood) {
        *self.mood.lock().expect("no test panics here") = mood;
    }

    /// Makes the log as long as no test could post it.
    pub(crate) fn goes_on_until(&self, seq: u64) {
        self.until.store(seq, Ordering::Relaxed);
        self.position.send_replace(seq);
    }

    fn post(&self, bytes: &[u8]) -> Bytes {
        let mut world = self.world();
        let mut verdicts = Vec::new();
        for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
            serde_json::to_writer(&mut verdicts, &judge(&mut world, line)).expect("a verdict is JSON");
            verdicts.push(b'\n');
        }
        self.position.send_replace(world.books().head().0);
        verdicts.into()
    }
}

fn judge(world: &mut World, line: &[u8]) -> Verdict {
    let command = match wire::Command::from_json(line) {
        Ok(command) => command,
        Err(malformed) => return Verdict::from(&malformed),
    };
    let plain = |outcome, seq: Seq| Verdict { seq: Some(seq.0), ..Verdict::of(outcome, Some(command.id)) };
    match world.post(&command) {
        Answer::Accepted(seq) | Answer::Held(seq) => plain(Outcome::Accepted, seq),
        Answer::Duplicate(seq) => plain(Outcome::Duplicate, seq),
        Answer::Refused(seq, refusal) => match refusal.rejection {
            Some(rejection) => Verdict::refused(command.id, seq, &rejection.refused(world.books(), String::new())),
            None => Verdict {
                seq: seq.map(|seq| seq.0),
                code: Some(refusal.code),
                message: Some(refusal.message),
                hint: Some(refusal.hint),
                ..Verdict::of(Outcome::Refused, Some(command.id))
            },
        },
    }
}

impl Queue for Ledger {
    fn backlog(&self) -> BoxFuture<'_, Result<bus::Backlog, BusError>> {
        unreachable!("the door only puts")
    }

    fn put(&self, frame: Frame) -> BoxFuture<'_, Result<(), PutError>> {
        Box::pin(async move { self.submit(frame, Duration::ZERO).await.map(drop) })
    }

    fn submit(&self, frame: Frame, wait: Duration) -> BoxFuture<'_, Result<Bytes, PutError>> {
        let mood = *self.mood.lock().expect("no test panics here");
        Box::pin(async move {
            match mood {
                Mood::Willing => Ok(self.post(&frame.bytes)),
                Mood::Full => Err(PutError::Full),
                Mood::Silent => Err(PutError::Bus(BusError::Late(wait))),
            }
        })
    }

    fn take(&self, _: Duration) -> BoxFuture<'_, Result<Option<Delivery>, BusError>> {
        unreachable!("the door only puts")
    }

    fn stand_back(&self) -> BoxFuture<'_, ()> {
        unreachable!("the door only puts")
    }

    fn answer<'a>(&'a self, _: &'a str, _: Bytes) -> BoxFuture<'a, Result<(), BusError>> {
        unreachable!("the door only puts")
    }

    fn working(&self, _: Slip) -> BoxFuture<'_, Result<(), BusError>> {
        unreachable!("the door only puts")
    }

    fn clock_ahead_us(&self) -> i64 {
        0
    }

    fn done(&self, _: Slip) -> BoxFuture<'_, Result<(), BusError>> {
        unreachable!("the door only puts")
    }

    fn bury<'a>(&'a self, _: &'a Delivery, _: &'a str) -> BoxFuture<'a, Result<(), BusError>> {
        unreachable!("the door only puts")
    }
}

struct Seen<'w>(&'w World, Viewer);

impl History for Seen<'_> {
    fn at(&self, account: AccountNo, day: Day, known_at: Seq) -> Result<Sums, HistoryError> {
        Ok(self.0.model().at(account, day, known_at))
    }

    fn changes(&self, account: AccountNo, known_at: Seq) -> Result<Vec<(Seq, Day)>, HistoryError> {
        Ok(self.0.model().changes(account, known_at))
    }
}

impl View for Seen<'_> {
    fn books(&self) -> &Books {
        self.0.books()
    }

    fn now(&self) -> Moment {
        self.0.now()
    }

    fn viewer(&self) -> Viewer {
        self.1.clone()
    }
}

impl Log for Ledger {
    fn event(&self, seq: Seq) -> Result<Option<Event>, HistoryError> {
        Ok(self.world().event(seq))
    }

    fn events(&self, from: Seq, each: &mut dyn FnMut(Seq, Event) -> bool) -> Result<(), HistoryError> {
        let until = self.until.load(Ordering::Relaxed);
        let seqs = (from.0.max(1)..).map(Seq);
        for seq in seqs {
            let last = self.world().books().head();
            let said = if seq.0 <= until { seq.min(last) } else { seq };
            let Some(event) = self.world().event(said) else { break };
            if !each(seq, event) {
                break;
            }
        }
        Ok(())
    }

    fn known_at(&self, moment: Moment, _: Seq) -> Result<Seq, HistoryError> {
        let known = |seq: &Seq| self.world().event(*seq).is_some_and(|event| event.recorded_at <= moment);
        Ok((1..).map(Seq).take_while(known).last().unwrap_or(Seq(0)))
    }

    fn find(&self, id: CommandId, by: Option<PartyNo>) -> Result<Option<Seq>, HistoryError> {
        Ok(self.world().find(id, by))
    }
}

impl Live for Ledger {
    fn position(&self) -> watch::Receiver<u64> {
        self.position.subscribe()
    }

    fn read(&self, viewer: Viewer, each: &mut dyn FnMut(&dyn View)) {
        each(&Seen(&self.world(), viewer));
    }

    fn rebuild(&self) -> Result<serde_json::Value, HistoryError> {
        Ok(json!({ "events": self.world().books().head().0 }))
    }
}

/// A server of its own, stopped when it is dropped.
pub(crate) struct House {
    pub(crate) ledger: Arc<Ledger>,
    doors: Arc<Doors>,
    url: String,
    agent: ureq::Agent,
    stop: watch::Sender<bool>,
    /// Whoever comes without a name is whoever runs the ledger.
    is_open: bool,
    thread: Option<std::thread::JoinHandle<()>>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: ureq::http::HeaderMap,
    pub(crate) text: String,
    pub(crate) bytes: Vec<u8>,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error} in: {}", self.text))
    }

    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl House {
    /// Without tokens, there is the one of the start alone; these clients send it where they send no name.
    pub(crate) fn open() -> Self {
        Self::with_tokens(&[])
    }

    pub(crate) fn with_tokens(tokens: &[Token]) -> Self {
        let (position, _) = watch::channel(0);
        let ledger = Arc::new(Ledger {
            world: Mutex::new(World::new(Moment(1_775_000_000_000_000))),
            position,
            mood: Mutex::default(),
            until: AtomicU64::default(),
        });
        let (stop, stopped) = watch::channel(false);
        let doors = Arc::new(Doors {
            live: Some(ledger.clone()),
            relay: None,
            trouble: Arc::new(|_| None),
            queue: Some(ledger.clone()),
            log: None,
            signer: None,
            witnesses: None,
            origin: "test.example/ledger".into(),
            access: Access::new(tokens, None).expect("tokens").with_start_up("start"),
            front: Arc::default(),
            is_tls: false,
            sessions: web::Sessions::default(),
            questions: web::Gate::default(),
            deadline: Duration::from_secs(5),
            metrics: Arc::new(|| "granary_test 1\n".into()),
            draining: stopped.clone(),
            stop: stopped,
        });
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let served = web::serve(web::Listeners { doors: listener, health: None }, doors.clone());
        let thread = std::thread::spawn(move || runtime.block_on(served).expect("it serves"));
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(20)))
            .http_status_as_error(false)
            .max_redirects(0)
            .build()
            .into();
        let house = Self { ledger, doors, url, agent, stop, is_open: tokens.is_empty(), thread: Some(thread) };
        house.setup(&[command(
            0,
            "ledger",
            "open",
            json!({ "origin": "test.example/ledger", "format": 1, "effective": "2026-01-01" }),
        )]);
        house
    }

    /// Host and port.
    pub(crate) fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// The same doors, over a bus.
    pub(crate) fn bus_door(&self) -> web::BusDoor {
        web::BusDoor(self.doors.clone())
    }

    /// The same doors, on a real NATS server.
    pub(crate) fn on_nats(&self) -> OnNats {
        let server = testkit::nats::NatsServer::start();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
        let bus = runtime.block_on(async {
            let names = bus::Names::new("test", "main").expect("words");
            let bus = bus::Nats::connect(bus::Connection::to(&server.url(), names)).await.expect("it runs");
            bus.serve(web::INGEST, Arc::new(web::CommandDoor(self.doors.clone()))).await.expect("it serves");
            bus.serve(web::SERVICE, Arc::new(self.bus_door())).await.expect("it serves");
            bus
        });
        OnNats { bus, runtime, _server: server }
    }

    /// Posts to the ledger behind, without a door.
    pub(crate) fn setup(&self, commands: &[Value]) {
        for command in commands {
            let verdicts = self.ledger.post(command.to_string().as_bytes());
            let verdict: Verdict = serde_json::from_slice(verdicts.trim_ascii()).expect("a verdict");
            assert_eq!(verdict.outcome, Outcome::Accepted, "{command}: {verdict:?}");
        }
    }

    /// Headers, with what a client of the house adds.
    fn headers<'h>(&self, headers: &[(&'h str, &'h str)], is_sent: bool) -> Vec<(&'h str, &'h str)> {
        let mut all = headers.to_vec();
        let has = |name: &str| headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
        if self.is_open && !["authorization", "granary-key", "cookie"].iter().any(|name| has(name)) {
            all.push(("authorization", "Bearer start"));
        }
        if is_sent && !has("content-type") {
            all.push(("content-type", "application/json"));
        }
        all
    }

    pub(crate) fn get(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        let mut request = self.agent.get(format!("{}{path}", self.url));
        for (name, value) in self.headers(headers, false) {
            request = request.header(name, value);
        }
        reply(request.call().expect("an answer"))
    }

    pub(crate) fn post(&self, path: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Reply {
        let mut request = self.agent.post(format!("{}{path}", self.url));
        for (name, value) in self.headers(headers, true) {
            request = request.header(name, value);
        }
        reply(request.send(body.as_ref()).expect("an answer"))
    }

    /// Reads a stream until it has said enough.
    pub(crate) fn stream(&self, path: &str, headers: &[(&str, &str)], lines_wanted: &str) -> String {
        use std::io::BufRead;
        let mut request = self.agent.get(format!("{}{path}", self.url));
        for (name, value) in self.headers(headers, false) {
            request = request.header(name, value);
        }
        let mut response = request.call().expect("an answer");
        let reader = std::io::BufReader::new(response.body_mut().as_reader());
        let mut text = String::new();
        for line in reader.lines() {
            text += &(line.expect("a line") + "\n");
            if text.contains(lines_wanted) {
                break;
            }
        }
        text
    }
}

/// The doors over NATS.
pub(crate) struct OnNats {
    bus: bus::Nats,
    runtime: tokio::runtime::Runtime,
    _server: testkit::nats::NatsServer,
}

impl OnNats {
    /// Status and body of an answer.
    pub(crate) fn ask(&self, service: &str, verb: &str, headers: &[(&str, &str)], body: String) -> (u16, Value) {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let asked = Asked { verb: verb.into(), headers, body: body.into() };
        let reply = self.runtime.block_on(self.bus.ask(service, asked, Duration::from_secs(20))).expect("an answer");
        let status = reply.headers.iter().find(|(name, _)| name == web::STATUS).expect("a status").1.clone();
        (status.parse().expect("a number"), serde_json::from_slice(&reply.body).expect("JSON"))
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn reply(mut response: ureq::http::Response<ureq::Body>) -> Reply {
    let bytes = response.body_mut().read_to_vec().expect("a body");
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Reply { status: response.status().as_u16(), headers: response.headers().clone(), text, bytes }
}

pub(crate) fn token(party: &str, secret: &str) -> Token {
    use sha2::Digest;
    let hash = sha2::Sha256::digest(secret.as_bytes());
    Token {
        party: party.into(),
        sha256: hash.iter().map(|byte| format!("{byte:02x}")).collect(),
        expires: None,
        name: None,
        person: None,
    }
}

/// A command: `id` is made from a number.
pub(crate) fn command(id: u32, party: &str, act: &str, fields: Value) -> Value {
    let mut command = json!({ "id": format!("00000000-0000-7000-8000-{id:012}"), "party": party, "effective": "2026-03-10", "act": act });
    for (name, value) in fields.as_object().expect("fields") {
        command[name] = value.clone();
    }
    command
}

/// Agencies `ONE`, `TWO` and `THREE`, a secretariat `SEC`, an auditor `AUD`, a keeper of sites `OPS` and a supplier `SUP`; the
/// material `NdPr`, and the site `North`, kept by `OPS`.
pub(crate) fn members() -> Vec<Value> {
    let party = |id, code: &str, role: &str| {
        command(id, "ledger", "register_party", json!({ "code": code, "name": code, "country": "JP", "role": role }))
    };
    vec![
        party(1, "ONE", "agency"),
        party(2, "TWO", "agency"),
        party(3, "THREE", "agency"),
        party(4, "SEC", "secretariat"),
        party(5, "AUD", "auditor"),
        party(6, "OPS", "operator"),
        party(7, "SUP", "supplier"),
        command(
            8,
            "ONE",
            "register_material",
            json!({ "code": "NdPr", "name": "NdPr oxide", "unit": "mg", "basis": "net", "shown": "t", "form": "oxide" }),
        ),
        command(
            9,
            "OPS",
            "register_site",
            json!({ "code": "North", "name": "North depot", "country": "JP", "area": "item" }),
        ),
        command(
            10,
            "ONE",
            "register_site",
            json!({ "code": "Own", "name": "Own depot", "country": "JP", "area": "item" }),
        ),
    ]
}

pub(crate) fn deposit(id: u32, party: &str, lot: &str, quantity: &str) -> Value {
    command(id, party, "deposit", json!({ "lot": lot, "site": "North", "quantity": quantity, "material": "NdPr" }))
}
