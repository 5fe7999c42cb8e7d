//! A sum of many accounts may be larger than one account can be: it is right, wherever it is told, and never nothing.
//!
//! Ten thousand tonnes in millionths of a milligram were shown as no stock, no day of cover and a shortfall of the whole
//! goal, because the sum went on as text that nobody could read again.

use std::path::Path;

use answers::Viewer;
use serde_json::{Value, json};
use testkit::World;

#[path = "common/view.rs"]
mod view;
use view::asked;

const SCRIPT: &str = "
use minerals
today 2026-03-12
material Pt in mg decimals 6 basis net shown t form metal need \"1 t\" goal \"9000 t\"
deposit lot A at Ibaraki 5000 t of Pt effective 2026-03-01
deposit lot B at Ibaraki 5000 t of Pt effective 2026-03-01
deposit lot C at Busan 5000.000000000000001 t of Pt effective 2026-03-01
";

fn ask(world: &World, question: &str, request: Value) -> Value {
    asked(world, &Viewer::Operator, question, request).expect("an answer")
}

#[test]
fn a_sum_past_64_bits_is_right_in_every_answer() {
    let (_, world) = testkit::script::answers(SCRIPT, Path::new("scenarios")).expect("it reads");
    let whole = "15000.000000000000001";

    let cover = &ask(&world, "cover", json!({"material": "Pt"}))["materials"][0];
    assert_eq!(cover["on_hand"], whole, "{cover}");
    assert_eq!(cover["available"], whole);
    assert_eq!(cover["days_on_hand"], "15000.0");
    assert_eq!(cover["shortfall"], Value::Null);

    let position = &ask(&world, "position", json!({"material": "Pt", "by": ["material"]}))["positions"][0];
    assert_eq!((&position["on_hand"], &position["unit"]), (&whole.into(), &"t".into()), "{position}");
    let at_site = &ask(&world, "position", json!({"site": "Ibaraki", "material": "Pt", "by": ["site"]}));
    assert_eq!(at_site["positions"][0]["on_hand"], "10000");

    let explained = ask(&world, "explain", json!({"material": "Pt", "as_of": "2026-03-05", "known_at": 14}));
    assert_eq!((&explained["now"], &explained["unit"]), (&whole.into(), &"t".into()), "{explained}");

    let request = json!({"site": "Ibaraki", "material": "Pt", "first": "2026-02-01", "last": "2026-03-10"});
    let balance = ask(&world, "material_balance", request);
    assert_eq!(balance["lines"][1]["quantity"], "10000", "{balance}");
    assert_eq!(balance["lines"][6]["quantity"], "10000");
    assert_eq!(balance["muf"], "0");

    let reach = ask(&world, "reach", json!({"within": 30, "material": "Pt"}));
    assert_eq!(reach["lines"][1]["in_reach"], "10000", "{reach}");
    let shares = ask(&world, "dependence", json!({"material": "Pt"}));
    assert!(shares.to_string().contains(whole), "{shares}");
}
