//! A sum of many accounts may be larger than one account can be: it is right, wherever it is told, and never nothing.
//!
//! Ten thousand tonnes in millionths of a milligram were shown as no stock, no day of cover and a shortfall of the whole
//! goal, because the sum went on as text that nobody could read again.

use answers::Viewer;
use serde_json::{Value, json};
use testkit::World;

#[path = "common/view.rs"]
mod view;
use view::{asked, request, world_of};

fn ask(world: &World, question: &str, request: Value) -> Value {
    asked(world, &Viewer::Operator, question, request).expect("an answer")
}

#[test]
fn a_sum_past_64_bits_is_right_in_every_answer() {
    let world = world_of("sums");
    let whole = "15000.000000000000001";

    let cover = &ask(&world, "cover", json!({"material": "Pt"}))["materials"][0];
    assert_eq!(cover["on_hand"], whole, "{cover}");
    assert_eq!(cover["available"], whole);
    assert_eq!(cover["days_on_hand"], "15000.0");
    assert_eq!(cover["shortfall"], Value::Null);

    let position = &ask(&world, "positions", json!({"material": "Pt", "by": ["material"]}))["positions"][0];
    assert_eq!((&position["on_hand"], &position["unit"]), (&whole.into(), &"t".into()), "{position}");
    let at_site = &ask(&world, "positions", json!({"site": "Ibaraki", "material": "Pt", "by": ["site"]}));
    assert_eq!(at_site["positions"][0]["on_hand"], "10000");

    let explained = ask(&world, "explain", json!({"material": "Pt", "as_of": "2026-03-05", "known_at": 14}));
    assert_eq!((&explained["now"], &explained["unit"]), (&whole.into(), &"t".into()), "{explained}");

    let mut balance = request("material_balance");
    balance["material"] = "Pt".into();
    let balance = ask(&world, "material_balance", balance);
    assert_eq!(balance["lines"][1]["quantity"], "10000", "{balance}");
    assert_eq!(balance["lines"][6]["quantity"], "10000");
    assert_eq!(balance["muf"], "0");

    let reach = ask(&world, "reach", json!({"within": 30, "material": "Pt"}));
    assert_eq!(reach["lines"][1]["in_reach"], "10000", "{reach}");
    let shares = ask(&world, "dependence", json!({"material": "Pt"}));
    assert!(shares.to_string().contains(whole), "{shares}");
}
