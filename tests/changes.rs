//! What can still change of an answer, and what cannot: each fact has the day from which it holds and the event by which it
//! is known, and whoever asks as of a day, as known at an event, gets what held and was known then.

use answers::Viewer;
use serde_json::{Map, Value, json};
use testkit::{Answer, World};

#[path = "common/view.rs"]
#[expect(dead_code, reason = "other tests ask about scenarios")]
mod view;
use view::asked;

#[path = "changes/factors.rs"]
mod factors;
#[path = "changes/laws.rs"]
mod laws;
#[path = "changes/promised.rs"]
mod promised;
#[path = "changes/set.rs"]
mod set;

/// A ledger of an agency with two sites, and whatever happens in it. Its last registration is event 6.
fn ledger(material: Value, acts: &[(&str, Value)]) -> World {
    let mut world = World::default();
    world.set_day(wire::date::parse_day("2026-03-12").expect("a day"));
    let setup = [
        ("2024-01-01", json!({"act": "open", "origin": "example.org/changes", "format": 1, "party": "ledger"})),
        (
            "2024-01-01",
            json!({"act": "register_party", "code": "AGENCY", "name": "Agency", "country": "JP", "role": "agency",
            "party": "ledger"}),
        ),
        (
            "2024-01-01",
            json!({"act": "register_party", "code": "OTHER", "name": "Other", "country": "KR", "role": "agency",
            "party": "ledger"}),
        ),
        ("2024-01-01", material),
        (
            "2024-01-01",
            json!({"act": "register_site", "code": "North", "name": "North", "country": "JP", "area": "item"}),
        ),
        (
            "2024-01-01",
            json!({"act": "register_site", "code": "South", "name": "South", "country": "JP", "area": "item"}),
        ),
    ];
    for (day, act) in setup.iter().chain(acts) {
        accepted(&mut world, day, act);
    }
    world
}

fn post(world: &mut World, day: &str, act: &Value) -> Answer {
    let id = uuid::Uuid::from_u128(1_000_000 + u128::from(world.books().head().0)).to_string();
    let mut map = Map::from_iter([("id".into(), id.into()), ("party".into(), "AGENCY".into())]);
    map.insert("effective".into(), day.into());
    map.extend(act.as_object().expect("an object").clone());
    let text = Value::Object(map).to_string();
    world.post(&wire::Command::from_json(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error:?}")))
}

fn accepted(world: &mut World, day: &str, act: &Value) {
    let answer = post(world, day, act);
    assert!(matches!(answer, Answer::Accepted(_)), "{act}: {answer:?}");
}

fn refused(world: &mut World, day: &str, act: &Value) -> String {
    match post(world, day, act) {
        Answer::Refused(_, refusal) => refusal.code,
        answer => panic!("{act}: {answer:?}"),
    }
}

fn net() -> Value {
    json!({"act": "register_material", "code": "M", "name": "M", "unit": "mg", "basis": "net", "shown": "t", "form": "oxide",
        "requirement_per_day": "1 t", "goal": "100 t"})
}

fn weighed(basis: &str) -> Value {
    json!({"act": "register_material", "code": "M", "name": "M", "unit": "mg", "basis": basis, "shown": "t",
        "form": "concentrate"})
}

fn deposit(quantity: &str, assay: Value) -> Value {
    let mut act = json!({"act": "deposit", "lot": "A", "site": "North", "quantity": quantity, "material": "M"});
    if !assay.is_null() {
        act["assay"] = assay;
    }
    act
}

fn found(status: &str, fraction: &str) -> Value {
    json!({"status": status, "contents": {"Nd2O3": fraction}})
}

fn assay(lot: &str, status: &str, fraction: &str) -> Value {
    json!({"act": "assay", "lot": lot, "assay": found(status, fraction)})
}

/// The lines of an answer, each as the fields named.
fn lines(world: &World, question: &str, request: Value, list: &str, fields: &[&str]) -> Vec<String> {
    let answer = asked(world, &Viewer::Operator, question, request.clone());
    let answer = answer.unwrap_or_else(|code| panic!("{question} {request}: {code}"));
    let text = |line: &Value, field: &str| match &line[field] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let line = |line: &Value| fields.iter().map(|field| text(line, field)).collect::<Vec<_>>().join(" ");
    answer[list].as_array().expect("a list").iter().map(line).collect()
}

/// What each lot holds in a basis.
fn inside(world: &World, basis: &str, as_of: Option<&str>, known_at: Option<u64>) -> Vec<String> {
    let mut request = json!({"by": ["lot"], "basis": basis});
    if let Some(as_of) = as_of {
        request["as_of"] = as_of.into();
    }
    if let Some(known_at) = known_at {
        request["known_at"] = known_at.into();
    }
    lines(world, "positions", request, "positions", &["lot", "on_hand", "basis"])
}

fn oxide(world: &World, as_of: &str) -> Vec<String> {
    inside(world, "contained:Nd2O3", Some(as_of), None)
        .iter()
        .map(|line| line.replace(" contained:Nd2O3", ""))
        .collect()
}

#[test]
fn a_site_that_moved_to_another_country_was_in_the_first_one_before() {
    let amend = json!({"act": "amend_site", "code": "North", "name": "North", "country": "KR", "area": "item",
        "class": "commercial"});
    let world = ledger(net(), &[("2026-01-01", deposit("10 t", Value::Null)), ("2026-02-01", amend)]);
    let where_is = |as_of: &str, known_at: u64| {
        let request = json!({"by": ["country", "class"], "as_of": as_of, "known_at": known_at});
        lines(&world, "positions", request, "positions", &["country", "class", "on_hand"])
    };
    assert_eq!(where_is("2026-01-05", 8), ["JP unknown 10"]);
    assert_eq!(where_is("2026-01-05", 7), ["JP unknown 10"]);
    assert_eq!(where_is("2026-02-05", 8), ["KR commercial 10"]);
    assert_eq!(where_is("2026-02-05", 7), ["JP unknown 10"], "nobody knew it yet");
    let explained = |as_of: &str| {
        let request = json!({"material": "M", "class": "commercial", "as_of": as_of, "known_at": 7});
        let answer = asked(&world, &Viewer::Operator, "explain", request).expect("it answers");
        (answer["then"].clone(), answer["now"].clone(), answer["events"][0]["seq"].clone())
    };
    assert_eq!(explained("2026-01-05"), (json!("0"), json!("0"), Value::Null));
    assert_eq!(explained("2026-02-05"), (json!("0"), json!("10"), json!(8)));
}

fn wants(need: &str, goal: &str) -> Value {
    json!({"act": "amend_material", "code": "M", "name": "M", "shown": "t", "form": "oxide", "requirement_per_day": need,
        "goal": goal})
}

fn cover(world: &World, as_of: &str, known_at: u64) -> Vec<String> {
    let request = json!({"as_of": as_of, "known_at": known_at});
    lines(world, "cover", request, "materials", &["days_on_hand", "goal"])
}

#[test]
fn need_and_goal_are_those_of_the_day() {
    let acts = [("2026-01-01", deposit("60 t", Value::Null)), ("2026-02-01", wants("3 t", "200 t"))];
    let world = ledger(net(), &acts);
    assert_eq!(cover(&world, "2026-01-05", 8), ["60.0 100"]);
    assert_eq!(cover(&world, "2026-02-05", 8), ["20.0 200"]);
    assert_eq!(cover(&world, "2026-02-05", 7), ["60.0 100"]);
    let request = json!({"material": "M", "as_of": "2026-02-05", "known_at": 7});
    let answer = asked(&world, &Viewer::Operator, "explain", request).expect("it answers");
    assert_eq!((&answer["need_then"], &answer["need_now"]), (&json!("1"), &json!("3")));
    assert_eq!((&answer["goal_then"], &answer["goal_now"]), (&json!("100"), &json!("200")));
    assert_eq!((&answer["events"][0]["seq"], &answer["events"][0]["change"]), (&json!(8), &json!("0")));
}

#[test]
fn a_figure_of_a_year_is_the_one_of_the_day() {
    let figure = |quantity: &str| {
        json!({"act": "record_base", "owner": "AGENCY", "material": "M", "kind": "consumption",
        "year": 2025, "quantity": quantity})
    };
    let acts = [
        ("2026-01-01", deposit("60 t", Value::Null)),
        ("2026-02-01", figure("365 t")),
        ("2026-03-01", figure("730 t")),
    ];
    let world = ledger(net(), &acts);
    let days = |as_of: &str| {
        let request = json!({"base": "consumption", "year": 2025, "as_of": as_of});
        lines(&world, "cover_base", request, "lines", &["base", "days"])
    };
    assert_eq!(days("2026-02-28"), ["365 60.0"]);
    assert_eq!(days("2026-03-01"), ["730 30.0"]);
    assert_eq!(days("2026-01-05"), ["365 60.0"], "before the first figure that one");
}

#[test]
fn a_need_that_is_dated_ahead_keeps_what_is_decided_until_then() {
    let acts = [
        ("2026-01-01", deposit("60 t", Value::Null)),
        ("2026-07-01", wants("3 t", "100 t")),
        ("2026-03-01", wants("1 t", "150 t")),
    ];
    let mut world = ledger(net(), &acts);
    assert_eq!(cover(&world, "2026-03-12", 9), ["60.0 150"]);
    assert_eq!(cover(&world, "2026-07-01", 9), ["20.0 150"], "the need of the first, the goal of the second");
    assert_eq!(cover(&world, "2026-07-01", 8), ["20.0 100"]);
    let mut control = wants("1 t", "150 t");
    control["dual_control_above"] = "1 t".into();
    assert_eq!(refused(&mut world, "2026-07-01", &control), "effective_in_future", "a control is set on its day");
}

#[test]
fn a_final_assay_restates_what_was_split_off_and_merged() {
    let acts = [
        ("2026-01-01", deposit("100 t", found("provisional", "75%"))),
        (
            "2026-01-05",
            json!({"act": "split", "lot": "A", "site": "North", "parts": [{"lot": "A1", "quantity": "40 t"},
            {"lot": "A2", "quantity": "40 t"}]}),
        ),
        (
            "2026-01-06",
            json!({"act": "merge", "lot": "AB", "site": "North", "parts": [{"lot": "A1", "quantity": "10 t"},
            {"lot": "A", "quantity": "5 t"}]}),
        ),
        ("2026-01-01", assay("A", "final", "70%")),
    ];
    let world = ledger(net(), &acts);
    assert_eq!(oxide(&world, "2026-01-07"), ["A 10.5", "A1 21", "A2 28", "AB 10.5"]);
    let before = inside(&world, "contained:Nd2O3", Some("2026-01-07"), Some(9));
    assert_eq!(before[0], "A 11.25 contained:Nd2O3");
    assert_eq!(before[3], "AB 11.25 contained:Nd2O3");
}

#[test]
fn a_merged_lot_holds_what_its_parts_held() {
    let mut other = deposit("5 t", found("final", "70%"));
    other["lot"] = "B".into();
    let acts = [
        ("2026-01-01", deposit("10 t", found("final", "74%"))),
        ("2026-01-01", other),
        (
            "2026-01-05",
            json!({"act": "merge", "lot": "C", "site": "North", "parts": [{"lot": "A", "quantity": "10 t"},
            {"lot": "B", "quantity": "5 t"}]}),
        ),
    ];
    assert_eq!(oxide(&ledger(net(), &acts), "2026-01-07"), ["C 10.9"]);
}

#[test]
fn a_part_that_was_measured_goes_by_its_own_assay() {
    let acts = [
        ("2026-01-01", deposit("100 t", found("provisional", "75%"))),
        (
            "2026-01-05",
            json!({"act": "split", "lot": "A", "site": "North", "parts": [{"lot": "A1", "quantity": "40 t"}]}),
        ),
        ("2026-01-05", assay("A1", "provisional", "60%")),
        ("2026-01-01", assay("A", "final", "70%")),
    ];
    assert_eq!(oxide(&ledger(net(), &acts), "2026-01-07"), ["A 42", "A1 24"]);
}

#[test]
fn a_provisional_result_that_is_typed_in_late_does_not_displace_the_final_one() {
    let acts = [
        ("2026-02-01", deposit("100 t", found("final", "70%"))),
        ("2026-01-10", assay("A", "provisional", "75%")),
        ("2026-02-10", assay("A", "provisional", "76%")),
    ];
    assert_eq!(oxide(&ledger(net(), &acts), "2026-03-01"), ["A 70"]);
    let acts = [
        ("2026-01-01", deposit("100 t", found("provisional", "70%"))),
        ("2026-02-10", assay("A", "provisional", "76%")),
        ("2026-01-10", assay("A", "provisional", "75%")),
    ];
    assert_eq!(oxide(&ledger(net(), &acts), "2026-03-01"), ["A 76"], "of one status the later day");
}

#[test]
fn a_provisional_result_is_restated_by_the_final_one_and_a_final_one_stands() {
    let acts = [
        ("2026-01-10", deposit("100 t", found("provisional", "75%"))),
        ("2026-02-01", assay("A", "final", "70%")),
        ("2026-03-01", assay("A", "final", "71%")),
    ];
    let world = ledger(net(), &acts);
    assert_eq!(oxide(&world, "2026-01-15"), ["A 70"], "the provisional one was open until the final one");
    assert_eq!(oxide(&world, "2026-02-15"), ["A 70"]);
    assert_eq!(oxide(&world, "2026-03-02"), ["A 71"]);
}

#[test]
fn drying_does_not_change_what_lay_there_before() {
    for first in ["provisional", "final"] {
        let acts = [
            ("2026-01-01", deposit("100 t", found(first, "50%"))),
            ("2026-01-10", json!({"act": "draw", "lot": "A", "site": "North", "quantity": "10 t"})),
            ("2026-02-01", json!({"act": "loss", "lot": "A", "site": "North", "quantity": "10 t", "reason": "water"})),
            ("2026-02-02", assay("A", "final", "56.25%")),
        ];
        let world = ledger(net(), &acts);
        assert_eq!(oxide(&world, "2026-01-05"), ["A 50"], "{first}");
        assert_eq!(oxide(&world, "2026-01-15"), ["A 45"], "{first}");
        assert_eq!(oxide(&world, "2026-02-15"), ["A 45"], "{first}");
    }
}

#[test]
fn a_change_of_the_weight_alone_leaves_the_content() {
    for (act, why, left) in [("loss", "moisture", "90"), ("gain", "oxidation", "110")] {
        let change = json!({"act": act, "lot": "A", "site": "North", "quantity": "10 t", "reason": "in the heap",
            "weight_only": why});
        let acts = [
            ("2026-01-01", deposit("100 t", found("final", "50%"))),
            ("2026-02-01", change),
            (
                "2026-02-10",
                json!({"act": "draw", "lot": "A", "site": "North", "quantity": format!("{} t", left.parse::<u32>().expect("a number") / 2)}),
            ),
        ];
        let world = ledger(net(), &acts);
        assert_eq!(oxide(&world, "2026-01-15"), ["A 50"]);
        assert_eq!(oxide(&world, "2026-02-05"), ["A 50"], "{why}");
        assert_eq!(oxide(&world, "2026-02-15"), ["A 25"], "{why}");
    }
}

/// What lies at each place, the places outside the stock among them.
fn places(world: &World, as_of: &str) -> Vec<String> {
    let request = json!({"by": ["site"], "basis": "contained:Nd2O3", "as_of": as_of, "all_places": true});
    lines(world, "positions", request, "positions", &["site", "on_hand"])
}

#[test]
fn what_was_issued_before_the_material_changed_contains_what_it_contained() {
    let acts = [
        ("2026-01-01", deposit("100 t", found("provisional", "60%"))),
        ("2026-01-10", json!({"act": "draw", "lot": "A", "site": "North", "quantity": "10 t"})),
        ("2026-01-05", assay("A", "final", "50%")),
        (
            "2026-02-01",
            json!({"act": "loss", "lot": "A", "site": "North", "quantity": "10 t", "reason": "dried",
            "weight_only": "moisture"}),
        ),
        ("2026-02-10", json!({"act": "draw", "lot": "A", "site": "North", "quantity": "8 t"})),
    ];
    let world = ledger(net(), &acts);
    assert_eq!(places(&world, "2026-01-15"), ["North 45", "outside -45"], "the final result restates what was issued");
    assert_eq!(places(&world, "2026-02-15"), ["North 40.5", "outside -40.5"], "water contains nothing");
}

#[test]
fn a_mistyped_assay_is_taken_back() {
    let acts = [
        ("2026-01-01", deposit("100 t", found("provisional", "75%"))),
        ("2026-01-15", assay("A", "final", "57%")),
        ("2026-01-15", json!({"act": "correct", "reverses": 8, "reason": "two digits changed places"})),
    ];
    let mut world = ledger(net(), &acts);
    assert_eq!(oxide(&world, "2026-03-01"), ["A 75"]);
    assert_eq!(inside(&world, "contained:Nd2O3", Some("2026-03-01"), Some(8)), ["A 57 contained:Nd2O3"]);
    let again = json!({"act": "correct", "reverses": 8, "reason": "once more"});
    assert_eq!(refused(&mut world, "2026-01-15", &again), "already_reversed");
    accepted(&mut world, "2026-01-15", &json!({"act": "correct", "reverses": 9, "reason": "it was right"}));
    assert_eq!(oxide(&world, "2026-03-01"), ["A 57"]);
}

fn restatements(world: &World) -> Vec<String> {
    let fields = ["event", "fact", "change", "before", "after", "unit"];
    lines(world, "restatements", json!({"owner": "AGENCY"}), "restatements", &fields)
}

#[test]
fn what_a_closed_day_contained_is_restated_in_sight() {
    let acts = [
        ("2026-01-10", deposit("100 t", found("provisional", "75%"))),
        ("2026-02-03", json!({"act": "close_period", "through": "2026-01-31"})),
        ("2026-01-15", assay("A", "final", "60%")),
    ];
    let world = ledger(net(), &acts);
    assert_eq!(restatements(&world), ["9 contained -15 75 60 t contained:Nd2O3"]);
    let request = json!({"material": "M", "as_of": "2026-01-31", "known_at": 8, "basis": "contained:Nd2O3"});
    let answer = asked(&world, &Viewer::Operator, "explain", request).expect("it answers");
    assert_eq!((&answer["then"], &answer["now"]), (&json!("75"), &json!("60")));
    assert_eq!(answer["events"][0]["change"], json!("-15"));
}

/// 13 t were 12 t: once the schedule told of 13 t less, and of nothing in their place.
#[test]
fn what_stands_in_the_place_of_a_closed_receipt_is_restated_with_it() {
    let with = json!({"act": "deposit", "lot": "A", "site": "North", "quantity": "12 t", "material": "M"});
    let acts = [
        ("2026-01-10", deposit("13 t", Value::Null)),
        ("2026-02-03", json!({"act": "close_period", "through": "2026-01-31"})),
        ("2026-02-10", json!({"act": "correct", "reverses": 7, "reason": "was 12", "with": with})),
    ];
    let world = ledger(net(), &acts);
    let fields = ["event", "act", "reverses", "change"];
    let told = lines(&world, "restatements", json!({"owner": "AGENCY"}), "restatements", &fields);
    assert_eq!(told, ["9 correct 7 -13", "9 deposit 7 12"]);
}

#[test]
fn what_is_registered_of_a_closed_day_is_restated_in_sight() {
    let amend = json!({"act": "amend_site", "code": "North", "name": "North", "country": "KR", "area": "item"});
    let acts = [
        ("2026-01-10", deposit("100 t", Value::Null)),
        ("2026-02-03", json!({"act": "close_period", "through": "2026-01-31"})),
        ("2026-01-15", amend.clone()),
        ("2026-01-20", wants("2 t", "100 t")),
        ("2026-02-01", wants("4 t", "100 t")),
    ];
    let world = ledger(net(), &acts);
    let told = restatements(&world);
    assert_eq!(told, ["9 country 0 JP KR t net", "10 requirement_per_day 0 1 t net 2 t net t net"]);
}

#[test]
fn contents_are_taken_of_the_weight_that_the_assay_states() {
    let stated =
        |basis: &str| json!({"status": "final", "contents": {"Nd2O3": "50%"}, "moisture": "8%", "basis": basis});
    let world = ledger(weighed("wet"), &[("2026-01-01", deposit("100 t", stated("dry")))]);
    assert_eq!(oxide(&world, "2026-01-05"), ["A 46"]);
    assert_eq!(inside(&world, "dry", None, None), ["A 92 dry"]);
    let world = ledger(weighed("wet"), &[("2026-01-01", deposit("100 t", stated("wet")))]);
    assert_eq!(oxide(&world, "2026-01-05"), ["A 50"]);
    let world = ledger(weighed("dry"), &[("2026-01-01", deposit("92 t", stated("wet")))]);
    assert_eq!(oxide(&world, "2026-01-05"), ["A 50"]);
    assert_eq!(inside(&world, "wet", None, None), ["A 100 wet"]);
    let mut world = ledger(weighed("wet"), &[]);
    let dry = json!({"status": "final", "contents": {"Nd2O3": "50%"}, "basis": "dry"});
    assert_eq!(refused(&mut world, "2026-01-01", &deposit("100 t", dry)), "invalid_value");
}

#[test]
fn a_receipt_in_dry_weight_is_accounted_with_its_water() {
    let stated = json!({"status": "final", "contents": {"Nd2O3": "50%"}, "moisture": "8%", "basis": "dry"});
    let world = ledger(weighed("wet"), &[("2026-01-01", deposit("92 t dry", stated))]);
    assert_eq!(inside(&world, "wet", None, None), ["A 100 wet"]);
    assert_eq!(oxide(&world, "2026-01-05"), ["A 46"]);
    let mut world = ledger(weighed("wet"), &[]);
    assert_eq!(refused(&mut world, "2026-01-01", &deposit("92 t dry", found("final", "50%"))), "basis_differs");
}

#[test]
fn water_that_goes_takes_no_dry_weight_with_it() {
    let stated = json!({"status": "final", "contents": {"Nd2O3": "50%"}, "moisture": "10%", "basis": "dry"});
    let acts = [
        ("2026-01-01", deposit("100 t", stated)),
        (
            "2026-02-01",
            json!({"act": "loss", "lot": "A", "site": "North", "quantity": "4 t", "reason": "dried",
            "weight_only": "moisture"}),
        ),
    ];
    let world = ledger(weighed("wet"), &acts);
    assert_eq!(inside(&world, "dry", Some("2026-01-15"), None), ["A 90 dry"]);
    assert_eq!(inside(&world, "dry", Some("2026-02-15"), None), ["A 90 dry"]);
    assert_eq!(oxide(&world, "2026-02-15"), ["A 45"]);
}

/// A correction put a deposit of the 22nd in the place of a draw, and the store was counted on the 21st. Taking the correction
/// back took the deposit back from where the draw had stood, before the count, which then stopped it: a tonne was left.
#[test]
fn what_was_put_in_the_place_of_something_is_taken_back_from_where_it_stood_itself() {
    let with = json!({"act": "deposit", "lot": "A", "site": "South", "quantity": "1 t", "effective": "2026-01-22"});
    let acts = [
        ("2026-01-01", deposit("60 t", Value::Null)),
        ("2026-01-05", json!({"act": "draw", "lot": "A", "site": "North", "quantity": "5 t"})),
        ("2026-01-05", json!({"act": "correct", "reverses": 8, "reason": "it came in", "with": with})),
        ("2026-01-21", json!({"act": "stocktake", "site": "South", "lines": [{"lot": "A", "counted": "0 t"}]})),
        ("2026-01-22", json!({"act": "correct", "reverses": 9, "reason": "it went out after all"})),
    ];
    let world = ledger(net(), &acts);
    let request = json!({"by": ["site"], "as_of": "2026-01-22"});
    assert_eq!(lines(&world, "positions", request, "positions", &["site", "on_hand"]), ["North 55"]);
    world.check_all();
}
