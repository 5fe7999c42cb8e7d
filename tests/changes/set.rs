//! What is set and says its own days: asked as of a day, as known at an event, like what is registered.

use answers::Viewer;
use serde_json::{Value, json};
use testkit::World;

use super::{accepted, asked, deposit, ledger, lines, net, refused, restatements};

/// An act of the secretariat.
fn set(mut act: Value) -> Value {
    act["party"] = "ledger".into();
    act
}

fn of_china(quantity: &str) -> Value {
    let mut act = deposit(quantity, Value::Null);
    act["origin"] = json!({"mined": "CN"});
    act["price"] = "50.00 USD".into();
    act
}

fn asks(
    world: &World,
    question: &str,
    mut request: Value,
    (as_of, known_at): (&str, u64),
    list: &str,
    fields: &[&str],
) -> Vec<String> {
    request["as_of"] = as_of.into();
    request["known_at"] = known_at.into();
    lines(world, question, request, list, fields)
}

#[test]
fn a_restriction_stops_on_its_days_as_they_were_known() {
    let acts = [
        ("2026-01-01", of_china("10 t")),
        (
            "2026-01-01",
            set(
                json!({"act": "restrict", "restriction": "N", "origin": "CN", "destination": "US", "first": "2026-01-10"}),
            ),
        ),
        ("2026-03-01", set(json!({"act": "lift_restriction", "restriction": "N", "last": "2026-02-10"}))),
        ("2026-03-02", set(json!({"act": "lift_restriction", "restriction": "N", "last": "2026-01-31"}))),
    ];
    let world = ledger(net(), &acts);
    let blocked = |as_of: &str, known_at: u64| {
        asks(&world, "blocked", json!({"to": "US"}), (as_of, known_at), "lots", &["lot", "by", "last"])
    };
    assert_eq!(blocked("2026-01-05", 10), Vec::<String>::new(), "it had not begun");
    assert_eq!(blocked("2026-01-15", 7), Vec::<String>::new(), "nobody knew of it");
    assert_eq!(blocked("2026-01-15", 8), ["A N null"]);
    assert_eq!(blocked("2026-02-05", 9), ["A N 2026-02-10"], "known to end, and its last day is told");
    assert_eq!(blocked("2026-02-15", 8), ["A N null"], "nobody knew that it would end");
    assert_eq!(blocked("2026-02-15", 9), Vec::<String>::new());
    assert_eq!(blocked("2026-02-05", 10), Vec::<String>::new(), "lifted sooner than was said at first");
}

#[test]
fn a_floor_binds_receipts_once_it_is_known() {
    let floor = json!({"act": "set_price_floor", "floor": "F", "material": "M", "price": "60.00 USD", "first": "2026-01-01",
        "policy": "flag"});
    let world = ledger(net(), &[("2026-01-05", of_china("10 t")), ("2026-02-01", set(floor))]);
    let below = |known_at: u64| {
        let request = json!({"below_floor": true, "known_at": known_at});
        lines(&world, "receipts", request, "receipts", &["lot", "floor", "support_owed"])
    };
    assert_eq!(below(7), Vec::<String>::new());
    assert_eq!(below(8), ["A F 100 USD"]);
}

#[test]
fn a_receipt_that_was_taken_back_was_one_while_that_was_not_known() {
    let acts =
        [("2026-01-05", of_china("10 t")), ("2026-01-05", json!({"act": "correct", "reverses": 7, "reason": "slip"}))];
    let world = ledger(net(), &acts);
    let receipts = |known_at: u64| {
        lines(&world, "receipts", json!({"known_at": known_at}), "receipts", &["lot", "quantity", "source"])
    };
    assert_eq!(receipts(6), Vec::<String>::new());
    assert_eq!(receipts(7), ["A 10 primary"]);
    assert_eq!(receipts(8), Vec::<String>::new());
}

#[test]
fn an_authority_is_used_up_to_the_day_by_what_was_known() {
    let authority = json!({"act": "authorize", "authority": "P", "holder": "AGENCY", "material": "M",
        "direction": "acquisition", "ceiling": "100 t", "first": "2026-01-01"});
    let mut early = deposit("10 t", Value::Null);
    early["authority"] = "P".into();
    let mut late = early.clone();
    late["quantity"] = "5 t".into();
    let acts = [
        ("2026-01-01", set(authority)),
        ("2026-02-01", early),
        ("2026-01-15", late),
        ("2026-02-01", json!({"act": "correct", "reverses": 8, "reason": "slip"})),
    ];
    let world = ledger(net(), &acts);
    let used =
        |as_of: &str, known_at: u64| asks(&world, "plan", json!({}), (as_of, known_at), "plans", &["used", "left"]);
    assert_eq!(used("2026-03-01", 6), Vec::<String>::new(), "there was none");
    assert_eq!(used("2026-01-20", 8), ["0 100"]);
    assert_eq!(used("2026-03-01", 8), ["10 90"]);
    assert_eq!(used("2026-01-20", 9), ["5 95"]);
    assert_eq!(used("2026-03-01", 9), ["15 85"]);
    assert_eq!(used("2026-03-01", 10), ["5 95"]);
}

#[test]
fn a_limit_on_concentration_is_one_once_it_is_known() {
    let limit = json!({"act": "set_share_limit", "limit": "L", "material": "M", "of": "mined", "whose": "CN", "most": "60%",
        "first": "2026-01-01"});
    let world = ledger(net(), &[("2026-01-05", of_china("10 t")), ("2026-02-01", set(limit))]);
    let limits = |as_of: &str, known_at: u64| {
        asks(&world, "share_limits", json!({}), (as_of, known_at), "lines", &["limit", "whose", "verdict"])
    };
    assert_eq!(limits("2026-01-10", 7), Vec::<String>::new());
    assert_eq!(limits("2026-01-10", 8), ["L CN broken"]);
}

#[test]
fn the_description_of_a_lot_is_that_of_the_day_in_every_question() {
    let amend = json!({"act": "amend_lot", "lot": "A", "form": "metal", "origin": {"mined": "AU"}, "source": "recycled",
        "reason": "keyed wrongly"});
    let world = ledger(net(), &[("2026-01-05", of_china("10 t")), ("2026-02-01", amend)]);
    let told = |as_of: &str, known_at: u64| {
        let by = json!({"by": ["form", "stage", "origin", "source"]});
        let fields = ["form", "stage", "origin", "source", "on_hand"];
        let all = asks(&world, "positions", by, (as_of, known_at), "positions", &fields);
        let metal = json!({"form": "metal"});
        (all, asks(&world, "positions", metal, (as_of, known_at), "positions", &["on_hand"]))
    };
    assert_eq!(told("2026-01-31", 8), (vec!["oxide separated CN primary 10".into()], vec![]));
    assert_eq!(told("2026-02-01", 7), (vec!["oxide separated CN primary 10".into()], vec![]));
    let metal = vec!["metal refined AU recycled 10".to_owned()];
    assert_eq!(told("2026-02-01", 8), (metal, vec!["10".into()]));
    let explained = |which: Value| {
        let mut request = json!({"material": "M", "as_of": "2026-02-01", "known_at": 7});
        request.as_object_mut().expect("an object").extend(which.as_object().expect("an object").clone());
        let answer = asked(&world, &Viewer::Operator, "explain", request).expect("it answers");
        [&answer["then"], &answer["now"], &answer["events"][0]["change"]]
            .map(|value| value.as_str().unwrap_or("").to_owned())
    };
    assert_eq!(explained(json!({"origin": "CN"})), ["10", "0", "-10"]);
    assert_eq!(explained(json!({"origin": "AU"})), ["0", "10", "10"]);
    assert_eq!(explained(json!({"source": "recycled"})), ["0", "10", "10"]);
    assert_eq!(explained(json!({"form": "oxide"})), ["10", "0", "-10"]);
}

/// A heap of two origins has a part of each, before one of them is mended and after.
#[test]
fn a_difference_of_one_origin_is_that_of_its_share() {
    let other = json!({"act": "deposit", "lot": "B", "site": "North", "quantity": "5 t", "material": "M"});
    let merge = json!({"act": "merge", "lot": "H", "site": "North", "parts": [{"lot": "A", "quantity": "4 t"},
        {"lot": "B", "quantity": "5 t"}]});
    let amend = json!({"act": "amend_lot", "lot": "B", "origin": {"mined": "CN"}, "reason": "the certificate came"});
    let acts = [("2026-01-01", of_china("10 t")), ("2026-01-01", other), ("2026-01-05", merge), ("2026-01-01", amend)];
    let world = ledger(net(), &acts);
    let request = json!({"lot": "H", "as_of": "2026-02-01", "known_at": 9, "origin": "CN"});
    let answer = asked(&world, &Viewer::Operator, "explain", request).expect("it answers");
    assert_eq!((&answer["then"], &answer["now"]), (&json!("4"), &json!("9")));
    assert_eq!((&answer["events"][0]["seq"], &answer["events"][0]["change"]), (&json!(10), &json!("5")));
}

#[test]
fn a_balance_is_judged_by_the_errors_that_were_known() {
    let method =
        |random: &str| set(json!({"act": "set_method", "method": "scale", "random": random, "systematic": "0%"}));
    let acts = [
        ("2026-01-01", deposit("100 t", Value::Null)),
        ("2026-01-01", method("1%")),
        (
            "2026-01-01",
            set(json!({"act": "set_measuring", "site": "North", "material": "M", "stock": "scale", "flow": "scale"})),
        ),
        ("2026-01-31", json!({"act": "stocktake", "site": "North", "lines": [{"lot": "A", "counted": "99 t"}]})),
        ("2026-01-15", method("2%")),
    ];
    let world = ledger(net(), &acts);
    let sigma = |known_at: u64| {
        let request = json!({"site": "North", "material": "M", "first": "2026-01-01", "last": "2026-01-31", "known_at": known_at});
        let answer = asked(&world, &Viewer::Operator, "material_balance", request).expect("it answers");
        answer["sigma"].as_str().unwrap_or("none").to_owned()
    };
    assert_eq!(sigma(7), "none");
    let [before, after] = [sigma(10), sigma(11)].map(|text| text.parse::<f64>().expect("a number"));
    assert!((after / before - 2.0).abs() < 0.01, "{before} {after}");
}

#[test]
fn what_is_set_of_a_closed_day_is_restated_to_everybody_whom_it_concerns() {
    let acts = [
        ("2026-01-10", of_china("100 t")),
        ("2026-02-03", json!({"act": "close_period", "through": "2026-01-31"})),
        ("2026-02-05", set(json!({"act": "restrict", "restriction": "N", "origin": "CN", "first": "2026-01-20"}))),
        ("2026-02-05", set(json!({"act": "restrict", "restriction": "O", "hs": "99", "first": "2026-01-20"}))),
        ("2026-02-05", set(json!({"act": "restrict", "restriction": "P", "first": "2026-02-20"}))),
        ("2026-01-30", set(json!({"act": "set_tolerance", "material": "M", "ppm": 5}))),
        (
            "2026-02-05",
            set(
                json!({"act": "set_price_floor", "floor": "F", "material": "M", "price": "60.00 USD", "first": "2026-01-01",
            "policy": "flag"}),
            ),
        ),
    ];
    let mut world = ledger(net(), &acts);
    let told = restatements(&world);
    let wanted = [
        "9 restriction 0 null N t net",
        "12 tolerance 0 0 ppm, 0 t, rounding 0 t, 3 days 5 ppm, 0 t, rounding 0 t, 3 days t net",
        "13 price_floor 0 null F 60 USD t net",
    ];
    assert_eq!(told, wanted);
    let amend = json!({"act": "amend_lot", "lot": "A", "origin": {"mined": "AU"}, "reason": "keyed wrongly"});
    assert_eq!(refused(&mut world, "2026-01-20", &amend), "period_closed");
    accepted(&mut world, "2026-02-01", &amend);
}
