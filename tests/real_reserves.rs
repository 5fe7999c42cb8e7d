//! Shared reserves that really were called on: the two collective actions of the IEA in 2022, and Japan's joint reserve
//! with producer states in 2026.

use std::collections::BTreeMap;
use std::path::Path;

use answers::{Viewer, ask_named};
use serde_json::{Map, Value, json};
use testkit::{Answer, World};

#[expect(dead_code, reason = "shared by several tests, none of which uses all of it")]
#[path = "common/view.rs"]
mod view;
use view::{Seen, json_of};

/// A world that takes commands of the ledger's own party, one after the other.
struct Desk {
    world: World,
    count: u128,
}

impl Desk {
    fn new(day: &str) -> Self {
        let mut world = World::default();
        world.set_day(wire::date::parse_day(day).expect("a date"));
        let mut desk = Self { world, count: 0 };
        desk.post(day, json!({"act": "open", "origin": "example.org/real", "format": 1}));
        desk
    }

    /// Who runs the reserve invites, and the member says that it joins.
    fn join(&mut self, day: &str, reserve: &str, member: &str) {
        let said = |status| json!({"act": "set_member", "reserve": reserve, "member": member, "status": status});
        self.post(day, said("invited"));
        let mut joins = said("joined");
        joins["party"] = member.into();
        self.post(day, joins);
    }

    fn post(&mut self, day: &str, act: Value) -> Answer {
        self.count += 1;
        self.world.set_day(wire::date::parse_day(day).expect("a date"));
        let mut map = Map::new();
        map.insert("id".into(), uuid::Uuid::from_u128(self.count).to_string().into());
        // Stock and promises are their owner's to write; the reserve is the ledger's.
        let word = act["act"].as_str().expect("a word");
        let is_of_a_member = books::mandate::can_be_for(word);
        let owner = ["owner", "member"].iter().find_map(|field| act[*field].as_str());
        map.insert("party".into(), owner.filter(|_| is_of_a_member).unwrap_or("ledger").into());
        map.insert("effective".into(), day.into());
        let Value::Object(act) = act else { unreachable!("an act is an object") };
        map.extend(act);
        let command = wire::Command::from_json(Value::Object(map).to_string().as_bytes()).expect("a command");
        let answer = self.world.post(&command);
        assert!(matches!(answer, Answer::Accepted(_)), "{command:?}: {answer:?}");
        answer
    }

    fn ask(&self, question: &str, request: Value) -> Value {
        let seen =
            Seen { world: &self.world, books: self.world.books(), viewer: Viewer::Operator, today: self.world.day() };
        json_of(ask_named(question, request, &seen).expect("answered").as_ref())
    }
}

/// `United States` as a code.
fn code(member: &str) -> String {
    member.replace(' ', "-")
}

/// Members and what they committed to an action, in the order of the file; and the totals that were published.
fn action(wanted: &str) -> (Vec<(String, String)>, BTreeMap<String, String>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/iea_collective_actions_2022.csv");
    let mut reader = csv::Reader::from_path(path).expect("the file is part of the tree");
    let mut members = Vec::new();
    let mut totals = BTreeMap::new();
    for row in reader.records() {
        let row = row.expect("every row has its columns");
        if &row[0] != wanted {
            continue;
        }
        match row[3].strip_prefix('(') {
            Some(total) => drop(totals.insert(total.trim_end_matches(')').to_owned(), row[4].to_owned())),
            None => members.push((code(&row[3]), row[4].to_owned())),
        }
    }
    (members, totals)
}

/// Thousand barrels in `7.23` million.
fn thousands(million: &str) -> i64 {
    let (whole, part) = million.split_once('.').expect("a decimal point");
    format!("{whole}{part:0<3}").parse().expect("a number")
}

/// Both actions of 2022, as calls on a reserve whose key is the published division of the second.
///
/// The members that are not named in the file are one party, `Others`, with what is missing from the published total.
#[test]
fn the_collective_actions_of_2022() {
    let mut desk = Desk::new("2022-02-28");
    let (first, first_totals) = action("2022-A");
    let (second, second_totals) = action("2022-B");
    let second_total = thousands(&second_totals["all members"]);
    let named: i64 = second.iter().map(|(_, committed)| thousands(committed)).sum();
    let mut parts: Vec<(String, i64)> =
        second.iter().map(|(member, committed)| (member.clone(), thousands(committed))).collect();
    parts.push(("Others".into(), second_total - named));
    let start = "2022-02-28";
    desk.post(start, json!({"act": "register_party", "code": "Pool", "name": "Pool", "role": "agency"}));
    desk.post(
        start,
        json!({"act": "register_material", "code": "crude", "name": "Crude oil", "unit": "bbl",
        "basis": "net", "shown": "kbbl", "form": "crude"}),
    );
    desk.post(
        start,
        json!({"act": "establish_reserve", "reserve": "IEA", "name": "International Energy Program",
        "pool": "Pool", "currency": "USD", "terms": {"version": "1974", "tolerance_ppm": 0, "notice_days": 365}}),
    );
    let weights: Vec<Value> = parts.iter().map(|(member, part)| json!({"member": member, "weight": part})).collect();
    for (member, _) in &parts {
        desk.post(start, json!({"act": "register_party", "code": member, "name": member, "role": "agency"}));
        desk.join(start, "IEA", member);
        desk.post(
            start,
            json!({"act": "register_site", "code": format!("{member} stock"), "name": "Public stock",
            "custodian": member, "country": "FR", "area": "bulk"}),
        );
        desk.post(
            start,
            json!({"act": "deposit", "lot": format!("{member} crude"), "material": "crude",
            "site": format!("{member} stock"), "owner": member, "quantity": "700000 kbbl"}),
        );
    }
    desk.post(start, json!({"act": "set_key", "reserve": "IEA", "kind": "shares", "weights": weights}));

    // The first: called 1 March, 60 million barrels; 61.7 committed by 4 March, 62.7 in the end.
    desk.post("2022-03-01", json!({"act": "activate", "activation": "2022-A", "reserve": "IEA", "reason": "war"}));
    desk.post(
        "2022-03-01",
        json!({"act": "call", "call": "2022-A", "reserve": "IEA", "material": "crude",
        "activation": "2022-A", "total": "60000 kbbl", "due": "2022-12-31"}),
    );
    for (member, committed) in &first {
        desk.post(
            "2022-03-01",
            json!({"act": "commit_to_call", "call": "2022-A", "member": member,
            "quantity": format!("{} kbbl", thousands(committed))}),
        );
    }
    let early = thousands(&first_totals["all members as of 2022-03-04"]);
    let last = thousands(&first_totals["all members final"]);
    let rest = early - first.iter().map(|(_, committed)| thousands(committed)).sum::<i64>();
    for (day, more) in [("2022-03-04", rest), ("2022-03-10", last - early)] {
        desk.post(
            day,
            json!({"act": "commit_to_call", "call": "2022-A", "member": "Others",
            "quantity": format!("{more} kbbl")}),
        );
    }
    let call = |desk: &Desk, call: &str, as_of: &str| {
        let answer = desk.ask("calls", json!({ "as_of": as_of }));
        answer["calls"].as_array().expect("calls").iter().find(|line| line["call"] == call).expect("the call").clone()
    };
    assert_eq!(call(&desk, "2022-A", "2022-03-04")["committed"], "61700");
    let line = call(&desk, "2022-A", "2022-03-10");
    assert_eq!((&line["asked"], &line["committed"]), (&json!("60000"), &json!("62700")), "62.7 committed of 60");

    // The second: 120 million barrels from 1 April, each part as it was published.
    let stated: Vec<Value> =
        parts.iter().map(|(member, part)| json!({"member": member, "quantity": format!("{part} kbbl")})).collect();
    desk.post(
        "2022-04-01",
        json!({"act": "call", "call": "2022-B", "reserve": "IEA", "material": "crude",
        "activation": "2022-A", "parts": stated, "due": "2022-12-31", "replenish_by": "2024-03-31"}),
    );
    for (member, part) in &parts {
        let lines = json!([{"lot": format!("{member} crude"), "site": format!("{member} stock"),
            "quantity": format!("{part} kbbl")}]);
        desk.post("2022-04-07", json!({"act": "commit_to_call", "call": "2022-B", "member": member, "lines": lines}));
    }
    let line = call(&desk, "2022-B", "2022-04-07");
    assert_eq!((&line["asked"], &line["committed"]), (&json!("120000"), &json!("120000")));

    // Two ways to fulfil: the United States draws public stock in three parts, Japan lowers what industry must hold by
    // half of its part and draws the rest; all others draw.
    for (day, share) in [("2022-05-15", 3), ("2022-08-15", 3), ("2022-11-15", 3)] {
        let part = parts.iter().find(|(member, _)| member == "United-States").expect("named").1;
        let now = if day == "2022-11-15" { part - 2 * (part / share) } else { part / share };
        deliver(&mut desk, day, "United-States", now);
    }
    for (member, part) in parts.clone() {
        match member.as_str() {
            "United-States" => {}
            "Japan" => {
                let half = part / 2;
                desk.post(
                    "2022-06-01",
                    json!({"act": "settle_part", "call": "2022-B", "member": "Japan",
                    "outcome": "relief", "quantity": format!("{half} kbbl"), "reason": "obligation lowered"}),
                );
                deliver(&mut desk, "2022-10-01", "Japan", part - half);
            }
            member => deliver(&mut desk, "2022-09-01", member, part),
        }
    }
    let line = call(&desk, "2022-B", "2022-12-31");
    assert_eq!(line["done"], "100.00", "{line}");
    let board = desk.ask("call_board", json!({"call": "2022-B", "as_of": "2022-12-31"}));
    for part in board["parts"].as_array().expect("parts") {
        assert_eq!(part["status"], "fulfilled", "{part}");
        assert_eq!(part["bound"], if part["member"] == "Japan" { json!("7500") } else { json!("0") }, "{part}");
    }
    desk.post("2023-06-30", json!({"act": "end_call", "call": "2022-B", "how": "terminated", "reason": "concluded"}));
    let debts = desk.ask("debts", json!({"as_of": "2024-04-01"}));
    let owed: i64 = debts["debts"]
        .as_array()
        .expect("debts")
        .iter()
        .map(|line| line["owed"].as_str().expect("a number").parse::<i64>().expect("whole"))
        .sum();
    assert_eq!(owed, 120_000 - 7_500, "what was relieved needs no restoring");
    assert_eq!(debts["debts"][0]["late_days"], json!(1), "the obligation was back after the first quarter of 2024");

    // Years later the first call divides as it did.
    let again = desk.ask("allocation", json!({"call": "2022-A"}));
    assert_eq!(again["same"], json!(true));
    let us = again["parts"].as_array().expect("parts").iter().find(|part| part["member"] == "United-States");
    assert_eq!(us.expect("named")["part"], "30250", "half of its part of 120");
    desk.world.check_all();
}

fn deliver(desk: &mut Desk, day: &str, member: &str, thousands: i64) {
    desk.post(
        day,
        json!({"act": "deliver", "call": "2022-B", "member": member,
        "lines": [{"lot": format!("{member} crude"), "site": format!("{member} stock"),
            "quantity": format!("{thousands} kbbl"), "under": format!("2022-B/{member}/1")}]}),
    );
}

/// Japan's joint reserve with producer states, in days of consumption: 6 in March 2026, down to 1, and back to 4. What
/// goes down is a draw under the entitlement that must be put back; what comes up is put back. On each day the pool
/// holds what was published.
#[test]
fn japans_joint_reserve_of_2026() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/ingest/data/jp_oil_stockpile_days.json");
    let text = std::fs::read_to_string(path).expect("part of the tree");
    let rows: Vec<Value> = serde_json::from_str(&text).expect("a list");
    let mut series: BTreeMap<String, i64> = BTreeMap::new();
    for row in &rows {
        series.insert(row["asOf"].as_str().expect("a date").to_owned(), row["joint"].as_i64().expect("whole days"));
    }
    let levels: Vec<i64> = series.values().copied().collect();
    assert_eq!((levels[0], levels.iter().min(), levels.last()), (6, Some(&1), Some(&4)), "6, 1 and back to 4");

    let (first_day, first) = series.iter().next().expect("a first day");
    let mut desk = Desk::new(first_day);
    for (party, role) in [("Joint", "agency"), ("Japan", "agency"), ("Producers", "agency")] {
        desk.post(first_day, json!({"act": "register_party", "code": party, "name": party, "role": role}));
    }
    desk.post(
        first_day,
        json!({"act": "register_material", "code": "oil", "name": "Oil, in days of consumption",
        "unit": "d", "basis": "net", "form": "crude"}),
    );
    desk.post(
        first_day,
        json!({"act": "register_site", "code": "Okinawa", "name": "Okinawa", "custodian": "Japan",
        "country": "JP", "area": "bulk"}),
    );
    desk.post(
        first_day,
        json!({"act": "establish_reserve", "reserve": "J", "name": "Joint stockpile", "pool": "Joint",
        "currency": "JPY", "terms": {"version": "1", "tolerance_ppm": 0, "notice_days": 0}}),
    );
    for party in ["Japan", "Producers"] {
        desk.join(first_day, "J", party);
    }
    // The oil is the producers'; Japan has the first right to it in a crisis.
    desk.post(
        first_day,
        json!({"act": "deposit", "lot": "joint", "material": "oil", "site": "Okinawa",
        "owner": "Producers", "quantity": format!("{first} d")}),
    );
    desk.post(
        first_day,
        json!({"act": "contribute", "reserve": "J", "member": "Producers", "lot": "joint",
        "site": "Okinawa", "quantity": format!("{first} d")}),
    );
    desk.post(
        first_day,
        json!({"act": "transfer_entitlement", "reserve": "J", "member": "Producers",
        "new_member": "Japan", "material": "oil", "quantity": format!("{first} d")}),
    );
    let mut level = *first;
    let mut debts: Vec<(String, i64)> = Vec::new();
    for (day, published) in &series {
        match published - level {
            0 => {}
            less if less < 0 => {
                let debt = format!("draw of {day}");
                desk.post(
                    day,
                    json!({"act": "withdraw", "reserve": "J", "member": "Japan", "lot": "joint",
                    "site": "Okinawa", "quantity": format!("{} d", -less),
                    "debt": {"code": debt, "due": "2027-03-31"}}),
                );
                desk.post(
                    day,
                    json!({"act": "draw", "lot": "joint", "site": "Okinawa", "owner": "Japan",
                    "quantity": format!("{} d", -less)}),
                );
                debts.push((debt, -less));
            }
            more => {
                desk.post(
                    day,
                    json!({"act": "deposit", "lot": "joint", "site": "Okinawa", "owner": "Japan",
                    "quantity": format!("{more} d")}),
                );
                let mut rest = more;
                while rest > 0 {
                    let (debt, owed) = debts.first_mut().expect("no more comes back than went out");
                    let now = rest.min(*owed);
                    desk.post(
                        day,
                        json!({"act": "replenish", "party": "Japan", "debt": debt, "lot": "joint", "site": "Okinawa",
                        "quantity": format!("{now} d")}),
                    );
                    *owed -= now;
                    rest -= now;
                    debts.retain(|(_, owed)| *owed > 0);
                }
            }
        }
        level = *published;
    }
    let mut day_count = 0;
    for (day, published) in &series {
        let answer = desk.ask("reserve", json!({"reserve": "J", "as_of": day}));
        let line = &answer["lines"][0];
        assert_eq!(line["physical"], json!(published.to_string()), "{day}");
        assert_eq!(line["receivable"], json!((first - published).to_string()), "{day}");
        assert_eq!((&line["entitled"], &line["agrees"]), (&json!("6"), &json!(true)), "{day}");
        day_count += 1;
    }
    assert!(day_count > 100, "{day_count} days");
    let owed = desk.ask("entitlements", json!({"member": "Japan"}));
    assert_eq!(owed["entitlements"][0]["free"], "4", "two days are still owed");
    desk.world.check_all();
}
