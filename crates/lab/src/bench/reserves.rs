//! The workloads of shared reserves: a call divided among 200 members, the board of a call with 10,000 lots, and the
//! stress of 40 materials. Questions are asked of a ledger on disk, as a tool asks them; there is no baseline.

use std::path::Path;
use std::time::{Duration, Instant};

use answers::Question;
use answers::ask::reserve::CallBoard;
use answers::ask::risk::Stress;
use books::PartyNo;
use books::reserve::{Weight, allocate};
use ledger::{Ledger, Request};
use measure::Quantity;
use serde_json::{Map, Value, json};
use shell::Failure;

use super::{Row, fresh};

const MEMBER_COUNT: u32 = 200;
const BOARD_MEMBERS: usize = 50;
const BOARD_LOTS_PER_MEMBER: usize = 200;
const STRESS_MATERIALS: usize = 40;
const STRESS_LOTS_PER_MATERIAL: usize = 250;
const COUNTS: i32 = 100;
const LATE_FRAMES: usize = 50;
const LATE_A_FRAME: usize = 100;
const DAY: &str = "2026-03-02";

/// 10^15 units among 200 members with uneven weights.
pub(super) fn allocation() -> Result<Row, Failure> {
    let weights: Vec<Weight> = (0..MEMBER_COUNT)
        .map(|row| Weight { member: PartyNo(row), weight: 1 + u64::from(row) * 7_919 % 1_000 })
        .collect();
    let total = Quantity::new(1_000_000_000_000_000).ok_or_else(|| Failure::new("a total"))?;
    let mut latencies = Vec::new();
    for _ in 0..1_000 {
        let asked = Instant::now();
        let parts = allocate(total, &weights, |party| format!("member {party}"))?;
        latencies.push(asked.elapsed());
        let sum: i64 = parts.iter().map(|part| part.quantity.units()).sum();
        if sum != total.units() {
            return Err(Failure::new("the parts do not add up"));
        }
    }
    Ok(row("allocation-200", u64::from(MEMBER_COUNT), latencies))
}

/// The board of a call to which 50 members have bound 200 lots each.
pub(super) fn board(dir: &Path) -> Result<Row, Failure> {
    let mut desk = Desk::new(dir)?;
    desk.post(json!({"act": "register_party", "code": "Pool", "name": "Pool", "role": "agency"}))?;
    desk.post(
        json!({"act": "register_material", "code": "M", "name": "M", "unit": "mg", "basis": "net", "shown": "t",
        "form": "oxide"}),
    )?;
    desk.post(json!({"act": "establish_reserve", "reserve": "R", "name": "R", "pool": "Pool", "currency": "USD",
        "terms": {"version": "1", "tolerance_ppm": 0, "notice_days": 0}}))?;
    let members: Vec<String> = (0..BOARD_MEMBERS).map(|row| format!("P{row:03}")).collect();
    for (row, member) in members.iter().enumerate() {
        desk.post(json!({"act": "register_party", "code": member, "name": member, "role": "agency"}))?;
        desk.post(json!({"act": "set_member", "reserve": "R", "member": member, "status": "invited"}))?;
        desk.post(json!({"act": "set_member", "party": member, "reserve": "R", "member": member, "status": "joined"}))?;
        desk.post(json!({"act": "register_site", "code": format!("S{row}"), "name": "Site", "custodian": member,
            "country": "JP", "area": "item"}))?;
        for lot in 0..BOARD_LOTS_PER_MEMBER {
            desk.post(json!({"act": "deposit", "lot": format!("L{row}-{lot}"), "material": "M",
                "site": format!("S{row}"), "owner": member, "quantity": "10 t"}))?;
        }
    }
    let weights: Vec<Value> = members.iter().map(|member| json!({"member": member, "weight": 1})).collect();
    desk.post(json!({"act": "set_key", "reserve": "R", "kind": "shares", "weights": weights}))?;
    desk.post(json!({"act": "call", "call": "C", "reserve": "R", "material": "M", "total": "50000 t"}))?;
    for (row, member) in members.iter().enumerate() {
        let line = |lot| json!({"lot": format!("L{row}-{lot}"), "site": format!("S{row}"), "quantity": "5 t"});
        let lines: Vec<Value> = (0..BOARD_LOTS_PER_MEMBER).map(line).collect();
        desk.post(json!({"act": "commit_to_call", "call": "C", "member": member, "lines": lines}))?;
    }
    desk.close()?;
    asked(dir, "call-board", &CallBoard { call: "C".into(), as_of: Some(DAY.into()), known_at: None }, 100)
}

/// A country stops: 40 materials in 250 lots each, from eight countries.
pub(super) fn stress(dir: &Path) -> Result<Row, Failure> {
    let mut desk = Desk::new(dir)?;
    desk.post(json!({"act": "register_party", "code": "A", "name": "A", "country": "JP", "role": "agency"}))?;
    desk.post(json!({"act": "register_site", "code": "S", "name": "S", "custodian": "A", "country": "JP",
        "area": "item"}))?;
    let countries = ["CN", "AU", "US", "MY", "CA", "CL", "CD", "ZA"];
    for material in 0..STRESS_MATERIALS {
        let code = format!("M{material}");
        desk.post(json!({"act": "register_material", "code": code, "name": code, "unit": "mg", "basis": "net",
            "shown": "t", "form": "oxide", "requirement_per_day": "1 t"}))?;
        for lot in 0..STRESS_LOTS_PER_MATERIAL {
            let country = countries[(material + lot) % countries.len()];
            desk.post(json!({"act": "deposit", "lot": format!("L{material}-{lot}"), "material": code, "site": "S",
                "owner": "A", "quantity": "10 t", "origin": {"mined": country, "separated": country}}))?;
        }
    }
    desk.close()?;
    let question = Stress { country: "CN".into(), party: Some("A".into()), day: Some(DAY.into()), ..Stress::default() };
    asked(dir, "stress-40", &question, 100)
}

/// Late deposits before 100 counts of one lot: each carries an entry at the first of them, and moves nothing behind it.
pub(super) fn late_before_counts(dir: &Path) -> Result<Row, Failure> {
    let mut desk = Desk::new(dir)?;
    desk.post(json!({"act": "register_party", "code": "A", "name": "A", "country": "JP", "role": "agency"}))?;
    desk.post(json!({"act": "register_site", "code": "S", "name": "S", "custodian": "A", "country": "JP",
        "area": "bulk"}))?;
    desk.post(json!({"act": "register_material", "code": "M", "name": "M", "unit": "mg", "basis": "net",
        "shown": "t", "form": "oxide"}))?;
    let first = wire::date::parse_day("2025-01-01").map_err(|_| Failure::new("a day"))?;
    let day = |after: i32| wire::date::show_day(books::Day(first.0 + after));
    let deposit = json!({"act": "deposit", "lot": "L", "material": "M", "site": "S", "owner": "A", "quantity": "10 t"});
    desk.post_on(&day(0), deposit.clone())?;
    for count in 0..COUNTS {
        desk.post_on(
            &day(10 + count),
            json!({"act": "stocktake", "site": "S", "owner": "A", "lines": [{"lot": "L", "counted": "9 t"}]}),
        )?;
    }
    desk.send()?;
    let mut latencies = Vec::new();
    for frame in 0..LATE_FRAMES {
        for _ in 0..LATE_A_FRAME {
            desk.post_on(&day(1 + i32::try_from(frame % 9).unwrap_or(0)), deposit.clone())?;
        }
        let sent = Instant::now();
        desk.send()?;
        latencies.push(sent.elapsed() / u32::try_from(LATE_A_FRAME).unwrap_or(1));
    }
    desk.close()?;
    Ok(row("late-before-100-counts", 1, latencies))
}

fn asked<Q: Question>(dir: &Path, name: &str, question: &Q, times: usize) -> Result<Row, Failure> {
    let ledger = granary::open(dir)?;
    let mut latencies = Vec::new();
    for _ in 0..times {
        let asked = Instant::now();
        ledger.ask(question)?;
        latencies.push(asked.elapsed());
    }
    Ok(row(name, 10_000, latencies))
}

fn row(name: &str, accounts: u64, mut latencies: Vec<Duration>) -> Row {
    let seconds = latencies.iter().sum::<Duration>().as_secs_f64();
    let count = latencies.len() as u64;
    Row {
        workload: name.into(),
        batch: 1,
        clients: 1,
        accounts,
        movements: count,
        movements_per_s: count as f64 / seconds,
        baseline: "none",
        ..Row::finished(&mut latencies)
    }
}

/// Posts commands of whoever runs the ledger, or of the owner whose stock they move, a frame at a time.
struct Desk {
    ledger: Ledger,
    count: u128,
    frame: Vec<Request>,
}

impl Desk {
    fn new(dir: &Path) -> Result<Self, Failure> {
        Ok(Self { ledger: fresh(dir)?, count: 0, frame: Vec::new() })
    }

    fn post(&mut self, act: Value) -> Result<(), Failure> {
        self.post_on(DAY, act)
    }

    fn post_on(&mut self, day: &str, act: Value) -> Result<(), Failure> {
        self.count += 1;
        let mut map = Map::new();
        map.insert("id".into(), uuid::Uuid::from_u128(self.count).to_string().into());
        // Nobody moves another's stock: an owner does, and a member of what it has.
        let is_own = ["deposit", "stocktake", "commit_to_call"].iter().any(|own| act["act"] == *own);
        let whose = ["owner", "member"].iter().find_map(|field| act[*field].as_str()).filter(|_| is_own);
        map.insert("party".into(), whose.unwrap_or("ledger").into());
        map.insert("effective".into(), day.into());
        map.extend(act.as_object().cloned().unwrap_or_default());
        let command = wire::Command::from_json(Value::Object(map).to_string().as_bytes())
            .map_err(|malformed| Failure::new(malformed.message()))?;
        self.frame.push(Request::Named(Box::new(command)));
        if self.frame.len() >= 1_000 { self.send() } else { Ok(()) }
    }

    fn send(&mut self) -> Result<(), Failure> {
        let frame = std::mem::take(&mut self.frame);
        super::all_accepted(&self.ledger.submit(frame)?.wait()?)
    }

    fn close(mut self) -> Result<(), Failure> {
        self.send()?;
        Ok(self.ledger.close()?)
    }
}
