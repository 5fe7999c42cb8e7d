use serde_json::json;

use crate::house::{House, Mood, deposit, members};

const LINES: (&str, &str) = ("content-type", "application/x-ndjson");
const JSON: (&str, &str) = ("content-type", "application/json");

fn with_members() -> House {
    let house = House::open();
    house.setup(&members());
    house
}

#[test]
fn a_single_command_gets_its_verdict() {
    let house = with_members();
    let command = deposit(20, "ONE", "L1", "100 t").to_string();
    let first = house.post("/v1/commands", &[JSON], &command);
    assert_eq!((first.status, &first.json()["outcome"]), (200, &json!("accepted")), "{}", first.text);
    assert_eq!(first.header("granary-position"), "12");
    let again = house.post("/v1/commands", &[JSON], &command);
    assert_eq!((again.status, &again.json()["outcome"], &again.json()["seq"]), (200, &json!("duplicate"), &json!(12)));
}

#[test]
fn a_refusal_is_a_problem_with_its_code_and_the_event_that_records_it() {
    let house = with_members();
    let refused = house.post(
        "/v1/commands",
        &[JSON],
        crate::house::command(21, "ONE", "draw", json!({ "lot": "L9", "site": "North", "quantity": "1 t" }))
            .to_string(),
    );
    assert_eq!((refused.status, refused.code().as_str()), (422, "unknown_lot"), "{}", refused.text);
    assert_eq!(refused.header("content-type"), "application/problem+json");
    let body = refused.json();
    assert_eq!((&body["outcome"], &body["seq"], &body["status"]), (&json!("refused"), &json!(12), &json!(422)));
    assert!(body["hint"].is_string(), "{body}");
}

#[test]
fn what_is_no_command_names_the_field() {
    let house = with_members();
    let without_lot = deposit(22, "ONE", "L1", "1 t").to_string().replace("\"lot\"", "\"lott\"");
    let wrong = house.post("/v1/commands", &[JSON], without_lot);
    assert_eq!(wrong.status, 400);
    assert!(wrong.json()["field"].is_string(), "{}", wrong.text);
    assert_eq!(house.post("/v1/commands", &[JSON], "{").code(), "not_json");
    assert_eq!(house.post("/v1/commands", &[JSON], "  \n").code(), "empty");
    assert_eq!(house.post("/v1/commands?wiat=recorded", &[JSON], "{}").code(), "unknown_field");
    assert_eq!(house.post("/v1/commands?wait=soon", &[JSON], "{}").code(), "bad_field");
    assert_eq!(house.post("/v1/commands?deadline_ms=x", &[JSON], "{}").code(), "bad_field");
}

#[test]
fn a_single_command_may_stand_on_several_lines() {
    let house = with_members();
    let pretty = serde_json::to_string_pretty(&deposit(23, "ONE", "L1", "1 t")).expect("JSON");
    assert_eq!(house.post("/v1/commands", &[JSON], pretty).status, 200);
}

#[test]
fn a_frame_gets_one_verdict_for_each_command_in_order() {
    let house = with_members();
    let draw = crate::house::command(31, "ONE", "draw", json!({ "lot": "L1", "site": "North", "quantity": "500 t" }));
    let frame = format!(
        "{}\n{draw}\n\n{{\"id\":\"x\"}}\n{}\n",
        deposit(30, "ONE", "L1", "100 t"),
        deposit(32, "TWO", "L2", "1 t")
    );
    let reply = house.post("/v1/commands", &[LINES], frame);
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/x-ndjson"));
    let verdicts: Vec<serde_json::Value> =
        reply.text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let outcomes: Vec<&str> = verdicts.iter().filter_map(|verdict| verdict["outcome"].as_str()).collect();
    assert_eq!(outcomes, ["accepted", "refused", "invalid", "accepted"]);
    assert_eq!(verdicts[1]["code"], "exceeds_balance");
}

#[test]
fn a_frame_over_a_mebibyte_is_refused_whole() {
    let house = with_members();
    let reply = house.post("/v1/commands", &[LINES], vec![b'x'; (1 << 20) + 1]);
    assert_eq!((reply.status, reply.code().as_str()), (413, "too_large"));
}

#[test]
fn received_answers_at_once_with_where_to_ask() {
    let house = with_members();
    let reply = house.post("/v1/commands?wait=received", &[JSON], deposit(40, "ONE", "L1", "1 t").to_string());
    assert_eq!((reply.status, &reply.json()["status"]), (202, &json!("received")));
    let ask = reply.json()["commands"][0]["ask"].as_str().expect("where to ask").to_owned();
    let found = house.get(&ask, &[]);
    assert_eq!((found.status, &found.json()["verdict"]["outcome"]), (200, &json!("accepted")), "{}", found.text);
    let unknown = house.get("/v1/commands/00000000-0000-7000-8000-00000000ffff", &[]);
    assert_eq!((unknown.status, unknown.code().as_str()), (404, "unknown_command"));
    assert_eq!(house.get("/v1/commands/nobody", &[]).code(), "bad_field");
}

#[test]
fn projected_answers_when_questions_know_of_it() {
    let house = with_members();
    let reply = house.post("/v1/commands?wait=projected", &[JSON], deposit(41, "ONE", "L1", "1 t").to_string());
    let seq = reply.header("granary-position").to_owned();
    let found = house.get(&format!("/v1/positions?lot=L1&after={seq}"), &[]);
    assert_eq!(found.json()["positions"][0]["on_hand"], "1");
}

#[test]
fn a_full_queue_says_when_to_come_back_and_a_silent_one_what_to_ask() {
    let house = with_members();
    house.ledger.be(Mood::Full);
    let busy = house.post("/v1/commands", &[JSON], deposit(50, "ONE", "L1", "1 t").to_string());
    assert_eq!((busy.status, busy.code().as_str(), busy.header("retry-after")), (429, "busy", "1"));
    house.ledger.be(Mood::Silent);
    let late = house.post("/v1/commands?deadline_ms=7", &[JSON], deposit(50, "ONE", "L1", "1 t").to_string());
    assert_eq!((late.status, late.code().as_str()), (504, "late"));
    assert!(late.json()["hint"].as_str().expect("a hint").contains("000000000050"), "{}", late.text);
    assert_eq!(house.ledger.world().books().head().0, 11, "nothing was recorded");
}
