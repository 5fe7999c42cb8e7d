use serde_json::json;

use crate::run::{Ledger, granary, movement};

/// 100 t in on the 10th; 30 t out on the 12th; then, late, 20 t out on the 11th.
fn with_late_draw() -> Ledger {
    let ledger = Ledger::with_agency();
    let file = movement(1, "deposit", "L1", "100 t", "2026-03-10")
        + &movement(2, "draw", "L1", "30 t", "2026-03-12")
        + &movement(3, "draw", "L1", "20 t", "2026-03-11");
    assert_eq!(ledger.post(&file).exit, 0);
    ledger
}

fn on_hand(ledger: &Ledger, times: &[&str]) -> String {
    let mut args = vec!["position", "--lot", "L1", "--format", "json"];
    args.extend(times);
    let found = ledger.run(&args).json();
    found["positions"]
        .get(0)
        .map_or("none".into(), |position| position["on_hand"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn as_of_and_known_at_answer_what_was_known_then() {
    let ledger = with_late_draw();
    assert_eq!(on_hand(&ledger, &[]), "50");
    assert_eq!(on_hand(&ledger, &["--as-of", "2026-03-11"]), "80");
    assert_eq!(on_hand(&ledger, &["--as-of", "2026-03-11", "--known-at", "7"]), "100");
    assert_eq!(on_hand(&ledger, &["--as-of", "2026-03-12", "--known-at", "7"]), "70");
    assert_eq!(on_hand(&ledger, &["--as-of", "2026-03-09"]), "none");
    assert_eq!(on_hand(&ledger, &["--known-at", "5"]), "none");
}

#[test]
fn known_at_takes_a_time() {
    let ledger = with_late_draw();
    let events = ledger.run(&["history", "--format", "json"]).json()["events"].clone();
    let recorded = |seq: usize| events[seq - 1]["recorded_at"].as_str().expect("a time").to_owned();
    assert_eq!(on_hand(&ledger, &["--as-of", "2026-03-12", "--known-at", &recorded(7)]), "70");
    assert_eq!(on_hand(&ledger, &["--as-of", "2026-03-12", "--known-at", &recorded(8)]), "50");
    assert_eq!(on_hand(&ledger, &["--known-at", "1999-01-01T00:00:00Z"]), "none");
}

#[test]
fn a_position_is_decimal_text_with_unit_and_basis() {
    let ledger = with_late_draw();
    let found = ledger.run(&["position", "--by", "material", "--format", "json"]).json()["positions"].clone();
    let expected = json!([{ "material": "NdPr", "unit": "t", "basis": "net",
        "on_hand": "50", "encumbered": "0", "blocked": "0", "away": "0", "available": "50" }]);
    assert_eq!(found, expected);
}

#[test]
fn a_difference_is_explained_event_by_event() {
    let ledger = with_late_draw();
    let ran = ledger.run(&["explain", "--lot", "L1", "--as-of", "2026-03-11", "--known-at", "7", "--format", "json"]);
    let found = ran.json();
    assert_eq!((&found["then"], &found["now"]), (&json!("100"), &json!("80")));
    assert_eq!(found["events"].as_array().map(Vec::len), Some(1));
    assert_eq!((&found["events"][0]["seq"], &found["events"][0]["change"]), (&json!(8), &json!("-20")));
}

#[test]
fn cover_history_trace_and_dependence_answer() {
    let ledger = with_late_draw();
    let cover = ledger.run(&["cover", "--format", "json"]).json();
    assert_eq!(
        (&cover["materials"][0]["days_on_hand"], &cover["materials"][0]["shortfall"]),
        (&json!("50.0"), &json!("150"))
    );
    let refused = ledger.post(&movement(4, "draw", "L1", "500 t", "2026-03-12"));
    assert_eq!(refused.exit, 1);
    let tried = ledger.run(&["history", "--refused", "--format", "json"]).json()["events"].clone();
    assert_eq!(tried.as_array().map(Vec::len), Some(1));
    assert_eq!(tried[0]["command"]["quantity"], "500 t");
    let split = json!({ "id": "00000000-0000-7000-8000-000000000005", "party": "AGENCY", "effective": "2026-03-13", "act": "split",
        "lot": "L1", "site": "North", "parts": [{ "lot": "L1-a", "quantity": "10 t" }, { "lot": "L1-b", "quantity": "40 t" }] });
    assert_eq!(ledger.post(&split.to_string()).exit, 0);
    let traced = ledger.run(&["trace", "L1-a", "--format", "json"]).json()["links"].clone();
    assert_eq!((&traced[0]["lot"], &traced[1]["lot"]), (&json!("L1"), &json!("L1-a")));
    let dependence = ledger.run(&["dependence", "--basis", "net", "--format", "json"]).json();
    assert_eq!(dependence["shares"][0]["country"], "unknown");
    assert_eq!(dependence["hhi"], 10_000);
}

#[test]
fn questions_about_unknown_things_are_refused_not_answered_with_nothing() {
    let ledger = with_late_draw();
    for args in [["position", "--lot", "L2"], ["position", "--site", "Nroth"], ["history", "--material", "Dy"]] {
        let ran = ledger.run(&args);
        assert_eq!(ran.exit, 1, "{args:?}");
        assert!(ran.err.contains("is registered") && ran.err.contains("hint:"), "{}", ran.err);
    }
    assert_eq!(ledger.run(&["position", "--as-of", "yesterday"]).exit, 64);
    assert_eq!(ledger.run(&["position", "--known-at", "99"]).exit, 64);
    assert_eq!(ledger.run(&["position", "--by", "colour"]).exit, 64);
}

#[test]
fn exported_commands_make_the_same_stock_elsewhere() {
    let ledger = with_late_draw();
    let commands = ledger.run(&["export", "commands"]).out;
    let other = Ledger::new();
    let ran = other.post(&commands);
    assert_eq!(ran.exit, 0, "{}", ran.out);
    let stock = |ledger: &Ledger| ledger.run(&["position", "--format", "json"]).json()["positions"].clone();
    assert_eq!(stock(&other), stock(&ledger));
    let postings = ledger.run(&["export", "postings"]).out;
    assert_eq!(postings.lines().count(), 1 + 3 * 2, "two legs an entry");
    assert_eq!(ledger.run(&["export", "events"]).lines().len(), 8);
}

#[test]
fn exported_corrections_name_the_same_commands_elsewhere() {
    // A refused command takes a number and is not exported, so numbers shift: a correction by number would reverse
    // another event in the new ledger.
    let ledger = Ledger::with_agency();
    let file = movement(1, "deposit", "L1", "10 t", "2026-03-10")
        + &movement(2, "draw", "L1", "500 t", "2026-03-10")
        + &movement(3, "deposit", "L2", "20 t", "2026-03-10")
        + &movement(4, "deposit", "L3", "40 t", "2026-03-10");
    ledger.post(&file);
    let correct = json!({ "id": "00000000-0000-7000-8000-000000000005", "party": "AGENCY", "effective": "2026-03-10",
        "act": "correct", "reverses": 8, "reason": "never came" });
    assert_eq!(ledger.post(&correct.to_string()).exit, 0);
    let other = Ledger::new();
    assert_eq!(other.post(&ledger.run(&["export", "commands"]).out).exit, 0);
    let stock =
        |ledger: &Ledger| ledger.run(&["position", "--by", "lot", "--format", "json"]).json()["positions"].clone();
    assert_eq!(stock(&other), stock(&ledger));
    assert_eq!(stock(&other).as_array().map(Vec::len), Some(2), "L2 is reversed");
}

#[test]
fn what_is_on_its_way_is_held_and_not_available() {
    let ledger = Ledger::with_agency();
    ledger.post(&movement(1, "deposit", "L1", "100 t", "2026-03-10"));
    let dispatch = json!({ "id": "00000000-0000-7000-8000-000000000002", "party": "AGENCY", "effective": "2026-03-11",
        "act": "dispatch", "dispatch": "D1", "source": "North", "target": "South", "lines": [{ "lot": "L1", "quantity": "60 t" }] });
    assert_eq!(ledger.post(&dispatch.to_string()).exit, 0);
    let found = ledger.run(&["position", "--by", "material", "--format", "json"]).json()["positions"].clone();
    assert_eq!(
        (&found[0]["on_hand"], &found[0]["away"], &found[0]["available"]),
        (&json!("100"), &json!("60"), &json!("40"))
    );
}

#[test]
fn what_is_registered_and_open_can_be_listed() {
    let ledger = with_late_draw();
    let earmark = json!({ "id": "00000000-0000-7000-8000-000000000007", "party": "AGENCY", "effective": "2026-03-13",
        "act": "encumber", "encumbrance": "E1", "kind": "earmark", "lot": "L1", "site": "North", "quantity": "10 t" });
    assert_eq!(ledger.post(&earmark.to_string()).exit, 0);
    let list = |what: &str| ledger.run(&["list", what, "--format", "json"]).json()["lines"].clone();
    assert_eq!(list("parties")[1]["code"], "AGENCY");
    assert_eq!(list("materials")[0]["goal"], "200 t net");
    assert_eq!(list("sites").as_array().map(Vec::len), Some(2));
    assert_eq!(list("lots")[0]["code"], "L1");
    assert_eq!(list("encumbrances")[0]["left"], "10 t net");
    for what in ["authorities", "dispatches", "loans", "limits", "held"] {
        assert_eq!(list(what), json!([]), "{what}");
    }
}

#[test]
fn a_list_that_goes_to_a_program_is_whole_and_a_part_of_it_says_so() {
    let ledger = Ledger::with_agency();
    let draws: String = (2..=1_100).map(|id| movement(id, "draw", "L1", "1 kg", "2026-03-11")).collect();
    assert_eq!(ledger.post(&(movement(1, "deposit", "L1", "100 t", "2026-03-10") + &draws)).exit, 0);
    let all = ledger.run(&["history", "--format", "json"]).json();
    assert_eq!((all["events"].as_array().map(Vec::len), &all["next"]), (Some(1_105), &serde_json::Value::Null));
    let seqs: Vec<u64> =
        all["events"].as_array().expect("events").iter().filter_map(|event| event["seq"].as_u64()).collect();
    assert!(seqs.iter().copied().eq(1..=1_105), "in order, none twice");
    let newest = ledger.run(&["history", "--newest", "--format", "json"]).json();
    assert_eq!((newest["events"].as_array().map(Vec::len), &newest["events"][1_104]["seq"]), (Some(1_105), &json!(1)));
    let csv = ledger.run(&["history", "--format", "csv"]);
    assert_eq!((csv.out.lines().count(), csv.err.as_str()), (1_106, ""), "a heading and every event");
    // Who asks for a part gets one, and it says at every door that it is one.
    let json = ledger.run(&["history", "--limit", "3", "--format", "json"]).json();
    assert_eq!((json["events"].as_array().map(Vec::len), &json["next"]), (Some(3), &json!(4)));
    let csv = ledger.run(&["history", "--limit", "3", "--format", "csv"]).out;
    assert!(csv.lines().count() == 5 && csv.contains("\n# 1102 more; go on with from=4,"), "{csv}");
    let table = ledger.run(&["history", "--limit", "3"]).out;
    assert!(table.contains("1102 more; go on with --from=4"), "{table}");
    assert_eq!(ledger.run(&["history", "--limit", "0"]).exit, 64);
}

#[test]
fn csv_has_plain_numbers() {
    let ledger = Ledger::with_agency();
    ledger.post(&movement(1, "deposit", "L1", "1234567 t", "2026-03-10"));
    let csv = ledger.run(&["position", "--format", "csv"]).out;
    assert!(csv.lines().nth(1).expect("a line").contains(",1234567,"), "{csv}");
    assert!(ledger.run(&["position"]).out.contains("1,234,567"));
}

#[test]
fn a_folder_without_a_ledger_says_what_to_do() {
    let ran = granary(&["position", "--dir", "/nonexistent/ledger"]);
    assert_eq!(ran.exit, 2);
    insta::assert_snapshot!(ran.err.trim(), @r"
    error: open the ledger: `/nonexistent/ledger` holds no ledger

    hint: there is no such folder: look at its name; or make a ledger there with `granary init --dir /nonexistent/ledger`
    ");
}
