use serde_json::json;

use crate::run::{Ledger, movement};

#[test]
fn every_line_gets_a_verdict_in_its_order() {
    let ledger = Ledger::with_agency();
    let file = movement(1, "deposit", "L1", "100 t", "2026-03-10")
        + &movement(2, "draw", "L1", "60 t", "2026-03-09")
        + "\n"
        + &movement(3, "draw", "L1", "60 t", "2026-03-11");
    let ran = ledger.post(&file);
    assert_eq!(ran.exit, 1, "one is refused");
    insta::assert_snapshot!(ran.out, @r#"
    {"line":1,"id":"00000000-0000-7000-8000-000000000001","outcome":"accepted","seq":6}
    {"line":2,"id":"00000000-0000-7000-8000-000000000002","outcome":"refused","seq":7,"code":"exceeds_balance","message":"lot `L1` of `AGENCY` at `North` held 0 t net on 2026-03-09","hint":"see `granary history --lot=L1`","retry":"later","facts":{"owner":"AGENCY","day":"2026-03-09","lot":"L1","place":"North","quantity":"0 t net"}}
    {"line":4,"id":"00000000-0000-7000-8000-000000000003","outcome":"accepted","seq":8}
    "#);
}

#[test]
fn posting_the_same_file_again_changes_nothing_and_gives_the_same_answers() {
    let ledger = Ledger::with_agency();
    let file = movement(1, "deposit", "L1", "100 t", "2026-03-10") + &movement(2, "draw", "L1", "160 t", "2026-03-11");
    let first = ledger.post(&file);
    let head = ledger.run(&["replay", "--verify", "--format", "json"]).json();
    let again = ledger.post(&file);
    assert_eq!(again.out, first.out.replacen("accepted", "duplicate", 1));
    assert_eq!((first.exit, again.exit), (1, 1), "the refusal is the same answer");
    let after = ledger.run(&["replay", "--verify", "--format", "json"]).json();
    assert_eq!((&after["events"], &after["root"]), (&head["events"], &head["root"]));
}

#[test]
fn the_same_command_in_other_words_is_a_duplicate() {
    let ledger = Ledger::with_agency();
    ledger.post(&movement(1, "deposit", "L1", "100 t", "2026-03-10"));
    let ran = ledger.post(&movement(1, "deposit", "L1", "100000 kg", "2026-03-10"));
    assert_eq!(ran.lines()[0]["outcome"], "duplicate");
    assert_eq!(ran.exit, 0);
}

#[test]
fn the_same_id_with_other_content_is_told_which_field_differs() {
    let ledger = Ledger::with_agency();
    ledger.post(&movement(1, "deposit", "L1", "100 t", "2026-03-10"));
    let ran = ledger.post(&movement(1, "deposit", "L1", "101 t", "2026-03-10"));
    let verdict = &ran.lines()[0];
    assert_eq!(verdict["code"], "id_reused");
    assert_eq!(verdict["message"], "the id belongs to event 6, whose `quantity` differs");
    let events = ledger.run(&["replay", "--format", "json"]).json()["events"].clone();
    assert_eq!(events, 6, "nothing was recorded under the id");
}

#[test]
fn a_large_file_is_answered_line_by_line() {
    let ledger = Ledger::with_agency();
    let mut file = movement(0, "deposit", "L1", "1000 t", "2026-03-01");
    for id in 1..=10_000 {
        file += &movement(id, "draw", "L1", "1 kg", "2026-03-02");
    }
    let ran = ledger.post(&file);
    assert_eq!(ran.exit, 0);
    let verdicts = ran.lines();
    assert_eq!(verdicts.len(), 10_001);
    assert!(verdicts.iter().zip(1..).all(|(verdict, line)| verdict["line"] == line && verdict["seq"] == line + 5));
    let position = ledger.run(&["position", "--format", "json"]).json();
    assert_eq!(position["positions"][0]["on_hand"], "990");
}

#[test]
fn a_movement_above_the_threshold_waits_for_another_person() {
    let ledger = Ledger::with_agency();
    let amend = json!({ "id": "00000000-0000-7000-8000-0000000000b1", "party": "AGENCY", "effective": "2026-01-02",
        "act": "amend_material", "code": "NdPr", "name": "NdPr oxide", "shown": "t", "form": "oxide", "dual_control_above": "50 t" });
    assert_eq!(ledger.post(&amend.to_string()).exit, 0);
    let with_maker = |line: String, maker: &str| line.replacen('{', &format!("{{\"maker\":\"{maker}\","), 1);
    let ran = ledger.post(&movement(1, "deposit", "L1", "60 t", "2026-03-10"));
    assert_eq!(ran.lines()[0]["code"], "maker_missing");
    let ran = ledger.post(&with_maker(movement(2, "deposit", "L1", "60 t", "2026-03-10"), "Aoki"));
    assert_eq!((&ran.lines()[0]["outcome"], &ran.lines()[0]["code"]), (&json!("accepted"), &json!("held")));
    let held = ran.lines()[0]["seq"].clone();
    assert_eq!(ledger.run(&["position", "--format", "json"]).json()["positions"], json!([]), "nothing has moved yet");
    let approve = |id: u32, maker: &str| {
        json!({ "id": format!("00000000-0000-7000-8000-{id:012}"), "party": "AGENCY", "effective": "2026-03-11",
            "maker": maker, "act": "approve", "held": held })
        .to_string()
    };
    assert_eq!(ledger.post(&approve(3, "Aoki")).lines()[0]["code"], "checker_is_maker");
    assert_eq!(ledger.post(&approve(4, "Baba")).exit, 0);
    assert_eq!(ledger.run(&["position", "--format", "json"]).json()["positions"][0]["on_hand"], "60");
    assert_eq!(ledger.post(&approve(5, "Chiba")).lines()[0]["code"], "not_held");
}
