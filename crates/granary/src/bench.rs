//! The workloads of the speed table, each with its baseline in the same run.
//!
//! A movement here is a full one: decided, its id checked against the whole history, both legs posted, the event
//! encoded, its leaf hashed into the tree, and synced. The baseline is a plain file: the same bytes appended and synced
//! with `fdatasync`, batch by batch, by one thread that does nothing else.

mod audit;
mod http;
mod matching;
mod nats;

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use books::acts::{deposit, draw, encumber, register, transfer};
use books::lot::{NewLot, Origin, SourceKind};
use books::material::{Form, Material};
use books::{AccountNo, Act, CommandId, Day, EncumbranceNo, LotNo, MaterialNo, PartyNo, PlaceNo, Seq};
use ledger::{Ledger, Options, Reader, Request};
use measure::{Basis, Quantity, Unit};
use serde::Serialize;
use shell::Failure;

mod reserves;

/// One measured row.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Row {
    pub(crate) workload: String,
    pub(crate) batch: u64,
    pub(crate) clients: u64,
    pub(crate) accounts: u64,
    pub(crate) movements: u64,
    pub(crate) movements_per_s: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) baseline: &'static str,
    pub(crate) baseline_per_s: f64,
    pub(crate) ratio: f64,
    pub(crate) bytes_per_movement: f64,
    pub(crate) bytes_per_movement_without_tiles: f64,
    pub(crate) rss_mb_max: u64,
    pub(crate) durable: bool,
    /// What else the workload tells, by name.
    pub(crate) more: serde_json::Map<String, serde_json::Value>,
}

/// How much to run.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) dir: PathBuf,
    pub(crate) movements: u64,
    pub(crate) workloads: Vec<String>,
    pub(crate) keep: bool,
}

/// Commands in a frame: what fits into 1 MiB on the wire.
const FRAME: u64 = 8_189;
const MOVEMENTS_PER_DAY: u64 = 100_000;
const FIRST_DAY: i32 = 16_000;
const PLAIN_FILE: &str = "plain file, same bytes, append + fdatasync";

/// All workloads, in the order in which they run.
pub(crate) const WORKLOADS: [&str; 19] = [
    "match-1m",
    "frames",
    "frames-1m-accounts",
    "two-phase",
    "single-1",
    "single-32",
    "single-256",
    "http-64",
    "nats-lone",
    "nats-frames",
    "nats-lag",
    "rebuild",
    "replay",
    "as-of",
    "receipts",
    "pack-verified",
    "allocation-200",
    "call-board",
    "stress-40",
];

/// Runs the plan; `report` is given each row as it is done.
pub(crate) fn run(plan: &Plan, mut report: impl FnMut(&Row)) -> Result<Vec<Row>, Failure> {
    let mut rows = Vec::new();
    let wants = |name: &str| plan.workloads.iter().any(|workload| workload == name);
    // First, so that the memory it reports is its own.
    if wants("match-1m") {
        let row = matching::million()?;
        report(&row);
        rows.push(row);
    }
    for (name, sites, lots, two_phase) in
        [("frames", 100, 100, false), ("frames-1m-accounts", 1_000, 1_000, false), ("two-phase", 100, 100, true)]
    {
        let on_log = ["replay", "as-of", "receipts", "pack-verified"];
        let queries = name == "frames" && on_log.iter().any(|workload| wants(workload));
        if !wants(name) && !queries {
            continue;
        }
        let world = World { sites, lots };
        let dir = plan.dir.join(name);
        let made = frames(&dir, name, world, plan.movements, two_phase)?;
        if wants(name) {
            report(&made);
            rows.push(made);
        }
        if queries && wants("replay") {
            for row in replays(&dir, world)? {
                report(&row);
                rows.push(row);
            }
        }
        type OnLog = fn(&Path, World) -> Result<Row, Failure>;
        let measured: [(&str, OnLog); 3] = [
            ("as-of", as_of),
            ("receipts", |dir, _| audit::receipts(dir)),
            ("pack-verified", |dir, _| audit::pack(dir)),
        ];
        for (workload, measure) in measured.into_iter().filter(|(workload, _)| queries && wants(workload)) {
            let row = measure(&dir, world).map_err(|failure| failure.hint(workload))?;
            report(&row);
            rows.push(row);
        }
        if !plan.keep {
            fs::remove_dir_all(&dir)?;
        }
    }
    for (name, clients) in [("single-1", 1), ("single-32", 32), ("single-256", 256)] {
        if wants(name) {
            let dir = plan.dir.join(name);
            let row = singles(&dir, name, clients)?;
            report(&row);
            rows.push(row);
            if !plan.keep {
                fs::remove_dir_all(&dir)?;
            }
        }
    }
    if wants("allocation-200") {
        let row = reserves::allocation()?;
        report(&row);
        rows.push(row);
    }
    type Asked = fn(&Path, &str) -> Result<Row, Failure>;
    let asked: [(&str, Asked); 3] = [
        ("http-64", |dir, name| http::singles(dir, name, 64)),
        ("call-board", |dir, _| reserves::board(dir)),
        ("stress-40", |dir, _| reserves::stress(dir)),
    ];
    for (name, measure) in asked {
        if wants(name) {
            let dir = plan.dir.join(name);
            let row = measure(&dir, name)?;
            report(&row);
            rows.push(row);
            if !plan.keep {
                fs::remove_dir_all(&dir)?;
            }
        }
    }
    if nats::WORKLOADS.iter().any(|name| wants(name)) {
        let dir = plan.dir.join("nats");
        nats::run(&dir, plan.movements, wants, |row| {
            report(&row);
            rows.push(row);
        })?;
        if !plan.keep {
            fs::remove_dir_all(&dir)?;
        }
    }
    Ok(rows)
}

/// Sites x lots accounts, each with plenty on hand.
#[derive(Clone, Copy, Debug)]
struct World {
    sites: u64,
    lots: u64,
}

impl World {
    fn accounts(self) -> u64 {
        self.sites * self.lots
    }

    fn site(index: u64) -> PlaceNo {
        PlaceNo(6 + u32::try_from(index).expect("few sites"))
    }

    fn build(self, ledger: &Ledger) -> Result<(), Failure> {
        let agency = books::party::Party {
            code: "AGENCY".into(),
            name: "An agency".into(),
            country: None,
            role: books::party::Role::Agency,
            zone: None,
            keys: Vec::new(),
            closed_through: None,
        };
        let material = Material {
            code: "NdPr".into(),
            name: "Neodymium-praseodymium oxide".into(),
            hs: None,
            unit: Unit::MG,
            decimals: 0,
            basis: Basis::Net,
            shown: Unit::KG,
            form: Form::Oxide,
            requirement_per_day: None,
            goal: None,
            tolerance_ppm: None,
            dual_control_above: None,
            authority_required: false,
        };
        let mut ids = Ids::new(1);
        let mut acts = vec![
            Act::RegisterParty(register::RegisterParty(Box::new(agency))),
            Act::RegisterMaterial(register::RegisterMaterial(Box::new(material))),
        ];
        for site in 0..self.sites {
            acts.push(Act::RegisterSite(register::RegisterSite(Box::new(books::place::Site {
                code: format!("S{site}"),
                name: format!("Site {site}"),
                custodian: PartyNo(1),
                country: "JP".into(),
                area: books::place::Area::Item,
                class: None,
            }))));
        }
        let deposits = (0..self.lots).flat_map(|lot| {
            (0..self.sites).map(move |site| {
                let new = NewLot {
                    code: format!("L{lot}"),
                    material: MaterialNo(0),
                    form: Form::Oxide,
                    source: SourceKind::Primary,
                    origin: Origin::default(),
                    assay: None,
                    supplier: None,
                    price: None,
                    documents: Vec::new(),
                };
                let lot = match site {
                    0 => deposit::LotRef::New(Box::new(new)),
                    _ => deposit::LotRef::Known(LotNo(u32::try_from(lot).expect("few lots"))),
                };
                Act::Deposit(deposit::Deposit {
                    lot,
                    site: Self::site(site),
                    owner: PartyNo(1),
                    quantity: quantity(1_000_000_000_000),
                    authority: None,
                    reference: None,
                })
            })
        });
        let mut tickets = Vec::new();
        let mut frame = Vec::new();
        for (index, act) in acts.into_iter().chain(deposits).enumerate() {
            let party = PartyNo(u32::from(index > 0));
            frame.push(Request::Numbered(books::Command {
                id: ids.next(),
                party,
                maker: None,
                effective: Day(FIRST_DAY),
                act,
            }));
            if frame.len() as u64 == FRAME {
                tickets.push(ledger.submit(std::mem::take(&mut frame))?);
            }
        }
        tickets.push(ledger.submit(frame)?);
        for ticket in tickets {
            all_accepted(&ticket.wait()?)?;
        }
        Ok(())
    }
}

fn quantity(units: i64) -> Quantity {
    Quantity::new(units).expect("not negative")
}

fn all_accepted(answers: &[ledger::Answer]) -> Result<(), Failure> {
    match answers.iter().find(|answer| !matches!(answer, ledger::Answer::Accepted(_))) {
        Some(other) => Err(Failure::new(format!("the workload was not accepted: {other:?}"))),
        None => Ok(()),
    }
}

/// UUIDv7 as senders make them: a millisecond clock, then random bits.
struct Ids {
    random: u64,
    clock: Instant,
    start_ms: u64,
}

impl Ids {
    fn new(seed: u64) -> Self {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Self { random: seed, clock: Instant::now(), start_ms: now.as_millis() as u64 }
    }

    fn random(&mut self) -> u64 {
        // splitmix64 (Vigna): good enough to make up work.
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.random()) * u128::from(bound)) >> 64) as u64
    }

    fn next(&mut self) -> CommandId {
        let ms = self.start_ms + self.clock.elapsed().as_millis() as u64;
        let high = (ms << 16) | 0x7000 | (self.random() & 0xfff);
        let low = (self.random() >> 2) | (1 << 63);
        CommandId(((u128::from(high) << 64) | u128::from(low)).to_be_bytes())
    }
}

/// Makes up movements between random accounts of a world.
struct Movements {
    world: World,
    ids: Ids,
    made: u64,
    two_phase: bool,
    /// Encumbrances that can be drawn under: number, lot, site, what is left.
    open: Vec<(EncumbranceNo, u64, u64, u64)>,
    encumbrance_count: u32,
}

impl Movements {
    fn new(world: World, two_phase: bool, seed: u64) -> Self {
        Self { world, ids: Ids::new(seed), made: 0, two_phase, open: Vec::new(), encumbrance_count: 0 }
    }

    fn frame(&mut self, count: u64) -> Vec<Request> {
        (0..count).map(|_| self.request()).collect()
    }

    fn request(&mut self) -> Request {
        let effective = Day(FIRST_DAY + i32::try_from(self.made / MOVEMENTS_PER_DAY).expect("few days"));
        self.made += 1;
        let act = if self.two_phase && self.ids.below(100) < 30 { self.two_phase() } else { self.transfer() };
        Request::Numbered(books::Command { id: self.ids.next(), party: PartyNo(1), maker: None, effective, act })
    }

    fn transfer(&mut self) -> Act {
        let source = self.ids.below(self.world.sites);
        let target = (source + 1 + self.ids.below(self.world.sites - 1)) % self.world.sites;
        Act::Transfer(transfer::Transfer {
            lot: LotNo(self.ids.below(self.world.lots) as u32),
            source: World::site(source),
            target: World::site(target),
            owner: PartyNo(1),
            quantity: quantity(1 + self.ids.below(10_000) as i64),
            under: None,
            reference: None,
        })
    }

    /// Reserves, or draws a part of what was reserved: four parts to a reservation.
    fn two_phase(&mut self) -> Act {
        if self.open.len() < 1_000 || self.ids.below(5) == 0 {
            let (lot, site) = (self.ids.below(self.world.lots), self.ids.below(self.world.sites));
            let number = EncumbranceNo(self.encumbrance_count);
            self.encumbrance_count += 1;
            self.open.push((number, lot, site, 4));
            return Act::Encumber(encumber::Encumber {
                encumbrance: format!("E{}", number.0),
                kind: books::EncumbranceKind::Earmark,
                lot: LotNo(lot as u32),
                site: World::site(site),
                owner: PartyNo(1),
                quantity: quantity(4_000),
                first: None,
                last: None,
                beneficiary: None,
                agreement: None,
            });
        }
        let index = self.ids.below(self.open.len() as u64) as usize;
        let (number, lot, site, left) = self.open[index];
        if left == 1 {
            self.open.swap_remove(index);
        } else {
            self.open[index].3 -= 1;
        }
        Act::Draw(draw::Draw {
            lot: LotNo(lot as u32),
            site: World::site(site),
            owner: PartyNo(1),
            quantity: quantity(1_000),
            under: Some(number),
            authority: None,
            reference: None,
            destination: None,
            end_use: None,
            licence: None,
        })
    }
}

fn fresh(dir: &Path) -> Result<Ledger, Failure> {
    let _ = fs::remove_dir_all(dir);
    Ok(Ledger::create(dir, "bench.example/ledger", "for a benchmark", &Options::default())?)
}

fn frames(dir: &Path, name: &str, world: World, movements: u64, two_phase: bool) -> Result<Row, Failure> {
    let ledger = fresh(dir)?;
    world.build(&ledger)?;
    ledger.close()?;
    let before = sizes(dir)?;
    let ledger = Ledger::open(dir, &Options::default())?;
    let mut source = Movements::new(world, two_phase, 7);
    let mut latencies = Vec::new();
    let mut tenths: Vec<f64> = Vec::new();
    let started = Instant::now();
    let cpu_before = cpu_ticks();
    std::thread::scope(|scope| -> Result<(), Failure> {
        let (queue, made) = std::sync::mpsc::sync_channel(4);
        scope.spawn(move || {
            let mut left = movements;
            while left > 0 {
                let count = left.min(FRAME);
                if queue.send(source.frame(count)).is_err() {
                    return;
                }
                left -= count;
            }
        });
        let mut in_flight = std::collections::VecDeque::new();
        let mut done = 0;
        let mut tenth_started = Instant::now();
        let mut land = |(count, sent, ticket): (u64, Instant, ledger::Ticket)| -> Result<(), Failure> {
            all_accepted(&ticket.wait()?)?;
            latencies.push(sent.elapsed());
            done += count;
            if done * 10 / movements > tenths.len() as u64 {
                tenths.push(movements as f64 / 10.0 / tenth_started.elapsed().as_secs_f64());
                tenth_started = Instant::now();
            }
            Ok(())
        };
        for frame in made {
            let count = frame.len() as u64;
            in_flight.push_back((count, Instant::now(), ledger.submit(frame)?));
            if in_flight.len() > 4 {
                land(in_flight.pop_front().expect("more than four"))?;
            }
        }
        in_flight.into_iter().try_for_each(land)
    })?;
    let seconds = started.elapsed().as_secs_f64();
    ledger.close()?;
    // A hundred ticks a second on every Linux that matters; making up the work is part of it.
    let cpu_ns = (cpu_ticks() - cpu_before) as f64 * 1e7 / movements as f64;
    let after = sizes(dir)?;
    let log_bytes = ((after.all - after.tiles) - (before.all - before.tiles)) as f64 / movements as f64;
    let tile_bytes = (after.tiles - before.tiles) as f64 / movements as f64;
    let event_bytes = average_event_bytes(dir)?;
    let baseline_per_s = plain_file(&dir.join("baseline"), FRAME, event_bytes, 20)?;
    let opened = Instant::now();
    let reader = Reader::open(dir, &Options::default())?;
    let open_s = opened.elapsed().as_secs_f64();
    drop(reader);
    let mut row = Row {
        workload: name.into(),
        batch: FRAME,
        clients: 1,
        accounts: world.accounts(),
        movements,
        movements_per_s: movements as f64 / seconds,
        baseline: PLAIN_FILE,
        baseline_per_s,
        bytes_per_movement: log_bytes + tile_bytes,
        bytes_per_movement_without_tiles: log_bytes,
        ..Row::finished(&mut latencies)
    };
    row.ratio = row.movements_per_s / baseline_per_s;
    row.more.insert("open_s".into(), open_s.into());
    row.more.insert("cpu_ns_per_movement".into(), cpu_ns.into());
    row.more.insert("event_bytes".into(), event_bytes.into());
    if let (Some(first), Some(last)) = (tenths.first(), tenths.last()) {
        row.more.insert("last_tenth_to_first".into(), (last / first).into());
    }
    Ok(row)
}

fn singles(dir: &Path, name: &str, clients: u64) -> Result<Row, Failure> {
    let world = World { sites: 100, lots: 100 };
    let ledger = fresh(dir)?;
    world.build(&ledger)?;
    let length = Duration::from_secs(5);
    let started = Instant::now();
    let per_client = std::thread::scope(|scope| -> Result<Vec<Vec<Duration>>, Failure> {
        let ledger = &ledger;
        let run = move |client: u64| -> Result<Vec<Duration>, Failure> {
            let mut source = Movements::new(world, false, 1_000 + client);
            let mut latencies = Vec::new();
            while started.elapsed() < length {
                let sent = Instant::now();
                all_accepted(&ledger.submit(source.frame(1))?.wait()?)?;
                latencies.push(sent.elapsed());
            }
            Ok(latencies)
        };
        let threads: Vec<_> = (0..clients).map(|client| scope.spawn(move || run(client))).collect();
        threads.into_iter().map(|thread| thread.join().expect("a client does not panic")).collect()
    })?;
    let seconds = started.elapsed().as_secs_f64();
    let mut latencies = per_client.concat();
    let movements = latencies.len() as u64;
    ledger.close()?;
    let baseline_per_s = plain_file(&dir.join("baseline"), clients, average_event_bytes(dir)?, 2_000)?;
    let mut row = Row {
        workload: name.into(),
        batch: 1,
        clients,
        accounts: world.accounts(),
        movements,
        movements_per_s: movements as f64 / seconds,
        baseline: PLAIN_FILE,
        baseline_per_s,
        ..Row::finished(&mut latencies)
    };
    row.ratio = row.movements_per_s / baseline_per_s;
    row.more.insert("one_sync_ms".into(), (1e3 * clients as f64 / baseline_per_s).into());
    Ok(row)
}

fn replays(dir: &Path, world: World) -> Result<Vec<Row>, Failure> {
    let reader = Reader::open(dir, &Options::default())?;
    let mut rows = Vec::new();
    for (name, verify) in [("replay-fold", false), ("replay-verify", true)] {
        let replayed = ledger::replay(&reader, verify, |_| {})?;
        if !replayed.differing_accounts.is_empty() || replayed.root_matches == Some(false) {
            return Err(Failure::new("the replay does not agree with the books"));
        }
        rows.push(Row {
            workload: name.into(),
            clients: 1,
            accounts: world.accounts(),
            movements: replayed.events,
            movements_per_s: replayed.events as f64 / replayed.seconds,
            ..Row::finished(&mut Vec::new())
        });
    }
    Ok(rows)
}

fn as_of(dir: &Path, world: World) -> Result<Row, Failure> {
    let reader = Reader::open(dir, &Options::default())?;
    let head = reader.books().head().0;
    let day_count = head / MOVEMENTS_PER_DAY + 1;
    let mut ids = Ids::new(99);
    let mut latencies = Vec::new();
    for _ in 0..10_000 {
        let account = AccountNo(ids.below(reader.books().accounts().len() as u64) as u32);
        let day = Day(FIRST_DAY + ids.below(day_count) as i32);
        let known_at = Seq(1 + ids.below(head));
        let asked = Instant::now();
        reader.at(account, day, known_at)?;
        latencies.push(asked.elapsed());
    }
    let total: Duration = latencies.iter().sum();
    Ok(Row {
        workload: "as-of-known-at".into(),
        batch: 1,
        clients: 1,
        accounts: world.accounts(),
        movements: head,
        movements_per_s: latencies.len() as f64 / total.as_secs_f64(),
        ..Row::finished(&mut latencies)
    })
}

impl Row {
    fn finished(latencies: &mut [Duration]) -> Self {
        latencies.sort_unstable();
        let at = |per_mille: usize| match latencies.len() {
            0 => 0.0,
            count => latencies[(count - 1) * per_mille / 1_000].as_secs_f64() * 1e3,
        };
        Self { p50_ms: at(500), p99_ms: at(990), rss_mb_max: rss_mb_max(), durable: true, ..Self::default() }
    }
}

/// Largest memory this process had, as Linux tells it.
fn rss_mb_max() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse::<u64>().ok()).unwrap_or(0) / 1024
}

/// Processor time that all threads of this process used, in ticks.
fn cpu_ticks() -> u64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    after_name.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum()
}

fn average_event_bytes(dir: &Path) -> Result<u64, Failure> {
    let reader = Reader::open(dir, &Options::default())?;
    let head = reader.store().head().size();
    let (mut bytes, mut count) = (0u64, 0u64);
    for entry in reader.store().entries(head.saturating_sub(10_000))? {
        bytes += entry?.1.len() as u64;
        count += 1;
    }
    Ok(bytes / count.max(1))
}

/// Records a second appended to a plain file, synced batch by batch.
fn plain_file(path: &Path, batch: u64, event_bytes: u64, rounds: u64) -> Result<f64, Failure> {
    let mut file = File::create(path)?;
    let bytes = vec![0x5a; usize::try_from(batch * event_bytes)?];
    let started = Instant::now();
    for _ in 0..rounds {
        file.write_all(&bytes)?;
        file.sync_data()?;
    }
    let per_s = (batch * rounds) as f64 / started.elapsed().as_secs_f64();
    fs::remove_file(path)?;
    Ok(per_s)
}

struct Sizes {
    all: u64,
    tiles: u64,
}

fn sizes(dir: &Path) -> Result<Sizes, Failure> {
    Ok(Sizes { all: folder_bytes(dir)?, tiles: folder_bytes(&dir.join("tiles"))? })
}

/// Bytes that a folder's files take on disk.
fn folder_bytes(dir: &Path) -> Result<u64, Failure> {
    use std::os::unix::fs::MetadataExt;
    let mut bytes = 0;
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let facts = entry.metadata()?;
        bytes += if facts.is_dir() { folder_bytes(&entry.path())? } else { facts.blocks() * 512 };
    }
    Ok(bytes)
}
