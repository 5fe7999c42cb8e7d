//! Sums over several parties are told so that nobody's part can be estimated from them: neither from one, nor from what two of
//! them differ by, nor with what the asker put into them itself.

use std::collections::BTreeMap;

use answers::Viewer;
use serde_json::{Value, json};
use testkit::World;

#[path = "common/view.rs"]
#[expect(dead_code, reason = "other tests ask about scenarios")]
mod view;
use view::asked;

fn party(code: &str) -> Viewer {
    Viewer::Party(code.into())
}

fn post(world: &mut World, number: u128, mut command: Value) {
    command["id"] = json!(uuid::Uuid::from_u128(number).to_string());
    command["effective"] = json!("2026-03-01");
    let command = wire::Command::from_json(command.to_string().as_bytes()).expect("a command");
    let answer = world.post(&command);
    assert!(matches!(answer, testkit::Answer::Accepted(_)), "{command:?}: {answer:?}");
}

/// A secretariat that sees nobody's stock, three agencies with a site each, and dysprosium.
fn nobody_holds() -> World {
    let mut world = World::new(books::Moment(1_775_000_000_000_000));
    let register = |code: &str, role: &str| json!({"party": "ledger", "act": "register_party", "code": code, "name": code, "role": role});
    let site = |of: &str, code: &str| json!({"party": of, "act": "register_site", "code": code, "name": code, "country": "JP", "area": "item"});
    let commands = [
        register("SEC", "secretariat"),
        register("JP", "agency"),
        register("KR", "agency"),
        register("US", "agency"),
        json!({"party": "SEC", "act": "register_material", "code": "Dy", "name": "Dysprosium oxide", "unit": "mg",
            "basis": "net", "shown": "kg", "form": "oxide", "requirement_per_day": "1 kg"}),
        site("SEC", "Paris"),
        site("JP", "SITE-JP"),
        site("KR", "SITE-KR"),
        site("US", "SITE-US"),
    ];
    for (number, command) in (1u128..).zip(commands) {
        post(&mut world, number, command);
    }
    world
}

fn deposit(by: &str, owner: &str, lot: &str, site: &str, quantity: &str) -> Value {
    json!({"party": by, "act": "deposit", "owner": owner, "lot": lot, "site": site, "material": "Dy", "quantity": quantity})
}

fn on_hand(world: &World) -> Value {
    let told = asked(world, &party("SEC"), "positions", json!({"by": ["material"]})).expect("an answer");
    let cover = asked(world, &party("SEC"), "cover", json!({})).expect("an answer");
    assert_eq!(told["positions"][0]["on_hand"], cover["materials"][0]["on_hand"]);
    told["positions"][0]["on_hand"].clone()
}

/// It was told `20.000000003`: what it put at its own site under another's name counted as a second party.
#[test]
fn what_an_asker_puts_beside_it_unmasks_no_party() {
    let mut world = nobody_holds();
    post(&mut world, 100, deposit("JP", "JP", "J1", "SITE-JP", "20 t"));
    assert_eq!(on_hand(&world), "withheld");
    post(&mut world, 101, deposit("SEC", "SEC", "X1", "Paris", "2 mg"));
    let title = json!({"party": "SEC", "act": "transfer_title", "owner": "SEC", "new_owner": "KR", "lot": "X1",
        "site": "Paris", "quantity": "1 mg"});
    post(&mut world, 102, title);
    assert_eq!(on_hand(&world), "withheld", "a milligram");
    post(&mut world, 103, deposit("SEC", "KR", "X2", "Paris", "30 t"));
    assert_eq!(on_hand(&world), "withheld", "more than there was, and all of it the asker's doing");
    post(&mut world, 104, deposit("US", "US", "U1", "SITE-US", "1 mg"));
    assert_eq!(on_hand(&world), "withheld", "a trifle, whoever put it there");
    post(&mut world, 105, deposit("US", "US", "U2", "SITE-US", "1 t"));
    assert_eq!(on_hand(&world), "withheld", "the asker knows the thirty tonnes, and so the twenty but for one");
    post(&mut world, 106, deposit("KR", "KR", "K1", "SITE-KR", "9 t"));
    assert_eq!(on_hand(&world), "60000.000003", "three parties of like size");
}

/// Dice that a seed throws.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// Some stock of each party: of this or that origin, stated by an assay or not, some of it set aside.
fn thrown(seed: u64) -> World {
    let (mut world, mut dice) = (nobody_holds(), Dice(seed));
    for (number, owner) in (0u128..).zip(["JP", "KR", "US", "JP", "KR", "US"]) {
        if dice.below(4) == 0 {
            continue;
        }
        let (lot, site) = (format!("L{number}"), format!("SITE-{owner}"));
        // No two sums of these are alike by chance.
        let kilograms = 1_000 + dice.below(40_000) + 100_003 * (1 << number);
        let mut command = deposit(owner, owner, &lot, &site, &format!("{kilograms} kg"));
        let mined = if dice.below(2) == 0 { "CN" } else { "AU" };
        command["origin"] = json!({"mined": mined});
        if dice.below(3) > 0 {
            command["assay"] = json!({"status": "final", "contents": {"Dy2O3": "99%"}});
        }
        post(&mut world, 100 + number * 2, command);
        if dice.below(3) == 0 {
            let hold = json!({"party": owner, "act": "encumber", "encumbrance": format!("H{number}"), "kind": "hold",
                "lot": lot, "site": site, "quantity": format!("{} kg", 500 + dice.below(400))});
            post(&mut world, 101 + number * 2, hold);
        }
    }
    world
}

/// Every figure of an answer that counts kilograms or milligrams of the material, by where it stands; none where it is withheld.
fn figures(at: &str, answer: &Value, found: &mut BTreeMap<String, Option<i128>>) {
    match answer {
        Value::Object(fields) => {
            for (name, value) in fields {
                figures(&format!("{at}/{name}"), value, found);
            }
        }
        Value::Array(rows) => {
            for (row, value) in rows.iter().enumerate() {
                figures(&format!("{at}/{row}"), value, found);
            }
        }
        Value::String(text) => {
            let field = at.rsplit('/').next().unwrap_or_default();
            let scale = match field {
                "on_hand" | "encumbered" | "blocked" | "away" | "available" | "in_transit" | "at_risk" => 1_000_000,
                "quantity" => 1_000_000,
                "units" => 1,
                _ => return,
            };
            let number = text.split(' ').next().unwrap_or_default();
            let (low, high) = number.split_once("..").unwrap_or((number, number));
            for (end, text) in [("low", low), ("high", high)] {
                let value = text.parse::<f64>().ok().map(|value| (value * f64::from(scale)).round() as i128);
                found.insert(format!("{at}/{end}"), value);
            }
        }
        _ => {}
    }
}

/// The second half of a sum was told beside the sum: 95 t in all, 75 t of them stated by no assay, and so 20 t of the one party
/// whose shares were withheld.
#[test]
fn no_difference_of_what_is_told_is_what_is_withheld() {
    let (mut withheld_count, mut told_count) = (0, 0);
    for seed in 0..150 {
        let world = thrown(seed);
        let mut requests = vec![
            ("positions", json!({"by": ["material"]})),
            ("cover", json!({})),
            ("cover", json!({"material": "Dy"})),
            ("stress", json!({"country": "CN", "stage": "mining"})),
            ("stress", json!({"country": "AU", "stage": "mining"})),
        ];
        for (stage, basis) in
            [("mining", "net"), ("mining", "contained:Dy"), ("separation", "net"), ("separation", "contained:Dy")]
        {
            requests.push(("dependence", json!({"stage": stage, "basis": basis, "material": "Dy"})));
        }
        let mut told = BTreeMap::new();
        for (number, (question, request)) in requests.iter().enumerate() {
            let part = asked(&world, &party("SEC"), question, request.clone()).expect("an answer");
            figures(&format!("{number} {question}"), &part, &mut told);
        }
        // What is one party's alone, all of it or of one origin or lot, where it is not nothing.
        let mut owned = BTreeMap::new();
        for by in [json!(["party"]), json!(["party", "origin"]), json!(["party", "lot"])] {
            let positions = asked(&world, &Viewer::Operator, "positions", json!({"by": by})).expect("told");
            figures(&format!("by {by}"), &positions, &mut owned);
        }
        let hidden: Vec<(&String, i128)> =
            owned.iter().filter_map(|(place, value)| Some((place, value.filter(|value| *value != 0)?))).collect();
        let numbers: Vec<(&String, i128)> = told.iter().filter_map(|(place, value)| Some((place, (*value)?))).collect();
        withheld_count += told.values().filter(|value| value.is_none()).count();
        told_count += numbers.len();
        for (place, secret) in &hidden {
            for (one_place, one) in &numbers {
                assert_ne!(one, secret, "seed {seed}: {one_place} tells {place}");
                for (other_place, other) in &numbers {
                    assert_ne!(one - other, *secret, "seed {seed}: {one_place} less {other_place} tells {place}");
                }
            }
        }
    }
    assert!(withheld_count > 1_000 && told_count > 1_000, "{withheld_count} withheld, {told_count} told");
}
