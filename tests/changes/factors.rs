//! Quantities in a unit that measures something else: by a factor that somebody stated, as of a day, as known at an event.

use answers::Viewer;
use serde_json::{Value, json};
use testkit::World;

use super::{asked, deposit, ledger, lines, net, refused, restatements};

fn factor(lot: Value, text: &str) -> Value {
    let mut act = json!({"act": "set_factor", "material": "M", "factor": text, "source": "handbook"});
    if !lot.is_null() {
        act["lot"] = lot;
    }
    act
}

/// What each lot holds, or all of the material, in a unit.
fn told(world: &World, by: &str, unit: &str, as_of: &str, known_at: u64) -> Vec<String> {
    let request = json!({"by": [by], "unit": unit, "as_of": as_of, "known_at": known_at});
    let fields = if by == "lot" { &["lot", "on_hand", "unit", "factors"][..] } else { &["on_hand", "unit", "factors"] };
    lines(world, "positions", request, "positions", fields)
}

#[test]
fn a_volume_is_told_by_the_density_of_the_day() {
    let acts = [
        ("2026-01-01", deposit("100 t", Value::Null)),
        ("2026-01-01", factor(Value::Null, "0.80 t/m3")),
        ("2026-02-01", factor("A".into(), "2 m3/t")),
        ("2026-01-10", factor(Value::Null, "1 t/m3")),
    ];
    let world = ledger(net(), &acts);
    assert_eq!(told(&world, "lot", "m3", "2026-01-15", 9), ["A 125 m3 [8]"]);
    assert_eq!(told(&world, "lot", "m3", "2026-02-01", 9), ["A 200 m3 [9]"], "its own, the other way round");
    assert_eq!(told(&world, "lot", "m3", "2026-02-01", 8), ["A 125 m3 [8]"], "nobody knew it");
    assert_eq!(told(&world, "lot", "m3", "2026-01-15", 10), ["A 100 m3 [10]"], "a late one holds from its day on");
    assert_eq!(told(&world, "lot", "m3", "2026-01-05", 10), ["A 125 m3 [8]"]);
    assert_eq!(told(&world, "lot", "kL", "2026-01-05", 10), ["A 125 kL [8]"]);
    assert_eq!(told(&world, "lot", "bbl", "2026-01-05", 10), ["A 786.226346 bbl [8]"]);
}

#[test]
fn what_has_no_factor_stays_in_its_own_unit_and_says_so() {
    let world = ledger(
        net(),
        &[("2026-01-01", deposit("100 t", Value::Null)), ("2026-01-01", factor(Value::Null, "0.8 t/m3"))],
    );
    let asks = |unit: &str| {
        let request = json!({"by": ["lot"], "unit": unit});
        let answer = asked(&world, &Viewer::Operator, "positions", request).expect("it answers");
        (
            answer["positions"][0]["on_hand"].clone(),
            answer["positions"][0]["unit"].clone(),
            answer["in_own_unit"].clone(),
        )
    };
    assert_eq!(asks("TJ"), (json!("100"), json!("t"), json!(true)), "a density says nothing of energy");
    assert_eq!(asks("lb"), (json!("220462.262185"), json!("lb"), Value::Null), "a pound is a pound");
    assert_eq!(asks("m3"), (json!("125"), json!("m3"), Value::Null));
    let unknown = asked(&world, &Viewer::Operator, "positions", json!({"unit": "furlong"}));
    assert_eq!(unknown, Err("bad_field".into()));
}

#[test]
fn lots_of_several_densities_are_told_each_by_its_own_and_never_mixed() {
    let other = json!({"act": "deposit", "lot": "B", "site": "North", "quantity": "10 t", "material": "M"});
    let split = json!({"act": "split", "lot": "A", "site": "North", "parts": [{"lot": "A1", "quantity": "40 t"}]});
    let merge = json!({"act": "merge", "lot": "H", "site": "North", "parts": [{"lot": "A1", "quantity": "10 t"},
        {"lot": "B", "quantity": "10 t"}]});
    let acts = [
        ("2026-01-01", deposit("100 t", Value::Null)),
        ("2026-01-01", other),
        ("2026-01-01", factor("A".into(), "0.5 t/m3")),
        ("2026-01-02", split),
        ("2026-01-03", merge),
    ];
    let world = ledger(net(), &acts);
    let wanted = ["A 120 m3 [9]", "A1 60 m3 [9]", "H 20 t null"];
    assert_eq!(
        told(&world, "lot", "m3", "2026-03-01", 11),
        wanted,
        "a part goes by the lot, a heap of both by neither"
    );
    assert_eq!(told(&world, "material", "m3", "2026-03-01", 11), ["180 m3 [9]", "20 t null"], "two lines, two units");
    let contained = json!({"by": ["lot"], "unit": "m3", "basis": "contained:Nd2O3"});
    let answer = asked(&world, &Viewer::Operator, "positions", contained).expect("it answers");
    assert_eq!(answer["positions"][0]["unit"], json!("m3"), "no assay states another basis");
}

#[test]
fn a_factor_of_a_closed_day_is_restated_in_sight() {
    let acts = [
        ("2026-01-10", deposit("100 t", Value::Null)),
        ("2026-01-10", factor(Value::Null, "0.8 t/m3")),
        ("2026-02-03", json!({"act": "close_period", "through": "2026-01-31"})),
        ("2026-01-15", factor(Value::Null, "0.9 t/m3")),
        ("2026-02-01", factor(Value::Null, "1 t/m3")),
    ];
    let mut world = ledger(net(), &acts);
    let told = restatements(&world);
    assert_eq!(told, ["10 factor 0 0.8 t/m3 by handbook 0.9 t/m3 by handbook t net"]);
    let mut foreign = factor("A".into(), "1 t/m3");
    foreign["party"] = "OTHER".into();
    assert_eq!(refused(&mut world, "2026-03-01", &foreign), "unknown_lot");
}

#[test]
fn a_movement_in_another_unit_cites_its_factor_and_means_the_same_for_ever() {
    let mut act = deposit("100 m3 by event 7", Value::Null);
    let acts = [
        ("2026-01-01", factor(Value::Null, "0.8 t/m3")),
        ("2026-01-02", act.clone()),
        ("2026-01-01", factor(Value::Null, "0.9 t/m3")),
    ];
    let mut world = ledger(net(), &acts);
    assert_eq!(told(&world, "lot", "t", "2026-03-01", 9), ["A 80 t null"]);
    let told = asked(&world, &Viewer::Operator, "event", json!({"seq": 8})).expect("it answers");
    assert_eq!(told["command"]["quantity"], json!("100 m3 by event 7"), "{told}");
    act["quantity"] = "100 m3 by event 9".into();
    super::accepted(&mut world, "2026-01-03", &act);
    act["quantity"] = "100 m3".into();
    assert_eq!(refused(&mut world, "2026-01-03", &act), "unit_differs");
    act["quantity"] = "100 m3 by event 8".into();
    assert_eq!(refused(&mut world, "2026-01-03", &act), "unreadable_value");
}
