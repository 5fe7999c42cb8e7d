//! What a lot contains is neither made nor lost, whatever happens on one day and in whatever order: splits, draws, counts, and
//! changes of the weight alone.
//!
//! The plain record goes through the acts in the order of what happened: by their times where they state them, and as they were
//! recorded where they do not. Once the weight of the evening stood for that of the moment: of 50 t in 100 t that lost 10 t of
//! water, a split on the same day made 60 t.

use std::collections::BTreeMap;

use answers::Viewer;
use books::Day;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use testkit::{Answer, World};

#[path = "common/view.rs"]
#[allow(dead_code, reason = "scenarios are not asked here")]
mod view;
use view::asked;

const TODAY: i32 = 20_500;

fn post(world: &mut World, id: &mut u128, effective: &str, act: &Value) -> bool {
    *id += 1;
    let mut map = Map::new();
    map.insert("id".into(), uuid::Uuid::from_u128(*id).to_string().into());
    map.insert("party".into(), "A".into());
    map.insert("effective".into(), effective.into());
    map.extend(act.as_object().expect("an act is an object").clone());
    let command = wire::Command::from_json(Value::Object(map).to_string().as_bytes()).expect("a command");
    matches!(world.post(&command), Answer::Accepted(_))
}

fn world(id: &mut u128) -> World {
    let mut world = World::default();
    world.set_day(Day(TODAY));
    let setup = [
        json!({"act": "open", "party": "ledger", "origin": "example.org/contents", "format": 1}),
        json!({"act": "register_party", "party": "ledger", "code": "A", "name": "A", "role": "agency"}),
        json!({"act": "register_site", "code": "S", "name": "S", "country": "JP", "area": "bulk"}),
        json!({"act": "register_material", "code": "M", "name": "M", "unit": "mg", "shown": "kg", "basis": "net",
            "form": "concentrate"}),
    ];
    for act in setup {
        assert!(post(&mut world, id, "2024-01-01", &act), "{act}");
    }
    world
}

fn on(day: &str, minute: u32, is_timed: bool) -> String {
    if is_timed { format!("{day}T{:02}:{:02}", minute / 60, minute % 60) } else { day.to_owned() }
}

/// Weight and content of a lot, in kilograms.
#[derive(Clone, Copy, Debug)]
struct Lot {
    weight: f64,
    inside: f64,
}

impl Lot {
    fn take(&mut self, weight: f64) -> Self {
        let inside = self.inside * weight / self.weight;
        (self.weight, self.inside) = (self.weight - weight, self.inside - inside);
        Self { weight, inside }
    }
}

fn apply(lots: &mut BTreeMap<String, Lot>, act: &Value) {
    let number = |value: &Value| -> f64 {
        let text = value.as_str().expect("text");
        text.trim_end_matches(" kg").parse().expect("kilograms")
    };
    let code = act["lot"].as_str().unwrap_or("A");
    let lot = lots.get_mut(code).expect("it is there");
    match act["act"].as_str().expect("a word") {
        "draw" => drop(lot.take(number(&act["quantity"]))),
        "loss" => lot.weight -= number(&act["quantity"]),
        "gain" => lot.weight += number(&act["quantity"]),
        "split" => {
            let (code, part) = (act["parts"][0]["lot"].to_string(), lot.take(number(&act["parts"][0]["quantity"])));
            lots.insert(code.trim_matches('"').to_owned(), part);
        }
        _ => {
            let counted = &act["lines"][0];
            let lot = lots.get_mut(counted["lot"].as_str().expect("a code")).expect("it is there");
            let found = number(&counted["counted"]);
            (lot.inside, lot.weight) = (lot.inside * found / lot.weight, found);
        }
    }
}

/// `GRANARY_CASES=10000` searches longer.
fn cases(usual: u32) -> u32 {
    std::env::var("GRANARY_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(usual)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, max_shrink_iters: 200, max_global_rejects: 100_000, ..ProptestConfig::with_cases(cases(100)) })]

    #[test]
    fn whatever_happens_on_a_day_conserves_contents(
        dice in prop::collection::vec((0usize..6, 0usize..3, 1i64..20, 0u32..24), 1..9),
        is_timed in any::<bool>(),
        is_of_the_day in any::<bool>(),
    ) {
        let mut id = 0;
        let mut world = world(&mut id);
        let (day, before) = (wire::date::show_day(Day(TODAY - 3)), wire::date::show_day(Day(TODAY - 4)));
        let deposit = json!({"act": "deposit", "lot": "A", "site": "S", "material": "M", "quantity": "400 kg",
            "assay": {"status": "final", "contents": {"Nd2O3": "50%"}}});
        let came = match (is_of_the_day, is_timed) {
            (true, true) => format!("{day}T00:00"),
            (true, false) => day.clone(),
            (false, _) => before,
        };
        prop_assert!(post(&mut world, &mut id, &came, &deposit));
        let mut done: Vec<(u32, usize, Value)> = Vec::new();
        let mut since: BTreeMap<String, u32> = BTreeMap::from([("A".into(), 0)]);
        for (place, (kind, which, size, hour)) in dice.into_iter().enumerate() {
            let codes: Vec<String> = since.keys().cloned().collect();
            let lot = codes[which % codes.len()].clone();
            // A minute of its own for each, and none before its lot was there.
            let minute = 1 + since[&lot].max(hour * 50) + u32::try_from(place).expect("few");
            let quantity = format!("{size} kg");
            let part = format!("{lot}{place}");
            let act = match kind {
                0 => json!({"act": "draw", "lot": lot, "site": "S", "quantity": quantity}),
                1 => json!({"act": "loss", "lot": lot, "site": "S", "quantity": quantity, "weight_only": "oxidation",
                    "reason": "reduced"}),
                2 => json!({"act": "gain", "lot": lot, "site": "S", "quantity": quantity, "weight_only": "oxidation",
                    "reason": "oxidised"}),
                3 => json!({"act": "stocktake", "site": "S", "lines": [{"lot": lot, "counted": format!("{} kg", 10 * size)}]}),
                _ => json!({"act": "split", "lot": lot, "site": "S", "parts": [{"lot": part, "quantity": format!("{} kg", 3 * size)}]}),
            };
            let effective = on(&day, minute, is_timed);
            if post(&mut world, &mut id, &effective, &act) {
                if act["act"] == "split" {
                    since.insert(part, minute);
                }
                done.push((if is_timed { minute } else { 0 }, place, act));
            }
        }
        done.sort_by_key(|(minute, place, _)| (*minute, *place));
        let mut lots = BTreeMap::from([("A".to_owned(), Lot { weight: 400.0, inside: 200.0 })]);
        for (.., act) in &done {
            // Nothing cannot dry, nor be found to be more.
            let code = act["lot"].as_str().or(act["lines"][0]["lot"].as_str()).expect("a code");
            prop_assume!(lots[code].weight > 1e-9);
            apply(&mut lots, act);
        }
        let request = json!({"by": ["lot"], "basis": "contained:Nd2O3", "as_of": day});
        let answer = asked(&world, &Viewer::Operator, "positions", request).expect("an answer");
        for (code, lot) in lots.iter().filter(|(_, lot)| lot.weight > 1e-9) {
            let rows = answer["positions"].as_array().expect("a list");
            let row = rows.iter().find(|row| row["lot"] == code.as_str()).expect("it is there");
            let told: f64 = row["on_hand"].as_str().expect("text").parse().expect("kilograms");
            prop_assert!((told - lot.inside).abs() < 1e-4, "{code}: {told}, {lot:?}\n{done:#?}\n{answer:#}");
        }
    }
}
