//! Every question that takes a day, or a state of knowledge, answers by it. A field that changes nothing would be a wrong
//! answer with a date on it; a question that cannot answer by it does not have the field, and refuses it.

use std::collections::BTreeSet;

use answers::{QUESTIONS, Viewer};
use serde_json::{Value, json};
use testkit::World;

#[path = "common/view.rs"]
mod view;
use view::{asked, request, world_of};

/// Worlds in which something happens to whatever can be asked about.
const SCENARIOS: [&str; 20] = [
    "pool",
    "access",
    "call",
    "procurement",
    "rights",
    "restrictions",
    "reconcile",
    "members",
    "authorities",
    "manual",
    "transit",
    "one_lot_two_reserves",
    "counts_stand",
    "facts",
    "closed_period",
    "items",
    "keys",
    "known_then",
    "replace",
    "replaced_with_a_time",
];

/// Days before, between and after what happens in them.
const DAYS: [&str; 9] = [
    "2025-12-31",
    "2026-01-31",
    "2026-02-15",
    "2026-03-05",
    "2026-03-31",
    "2026-05-01",
    "2026-06-05",
    "2026-06-30",
    "2027-06-30",
];

/// Questions whose `as_of` the scenarios do not move, each with the test that does.
const ELSEWHERE: [(&str, &str); 4] = [
    ("break", "granary/tests/cli/reconcile.rs"),
    ("prove_balance", "granary/tests/cli/evidence.rs"),
    ("digest", "granary/tests/cli/evidence.rs"),
    ("published", "granary/tests/cli/reconcile.rs"),
];

/// Requests of a question that have an answer in one of the worlds.
fn requests(world: &World, question: &str) -> Vec<Value> {
    match question {
        "recompute" => (1..=world.books().head().0).map(|event| json!({ "event": event })).collect(),
        "allocation" => ["C1", "C4", "C7"].map(|call| json!({ "call": call })).to_vec(),
        "reconciliation" => vec![json!({"party": "KOMIR"})],
        "report_lines" => vec![json!({"party": "KOMIR"})],
        "list" => ["lots", "rules", "authorities", "sites", "encumbrances", "dispatches"]
            .map(|what| json!({ "what": what }))
            .to_vec(),
        _ => vec![request(question)],
    }
}

/// The different answers to a request in which one field takes several values, without what they say about that field.
fn answers_by(world: &World, question: &str, request: &Value, field: &str, values: &[Value]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for value in values {
        let mut request = request.clone();
        request[field] = value.clone();
        if let Ok(Value::Object(mut answer)) = asked(world, &Viewer::Operator, question, request) {
            answer.remove("as_of");
            answer.remove("known_at");
            found.insert(Value::Object(answer).to_string());
        }
    }
    found
}

fn takes(entry: &answers::Entry, field: &str) -> bool {
    entry.request_schema()["properties"].get(field).is_some()
}

fn ignored(field: &str, values: impl Fn(&World) -> Vec<Value>) -> Vec<&'static str> {
    let worlds: Vec<World> = SCENARIOS.into_iter().map(world_of).collect();
    let mut ignored = Vec::new();
    for entry in QUESTIONS.iter().filter(|entry| takes(entry, field)) {
        let is_elsewhere = ELSEWHERE.iter().any(|(name, _)| *name == entry.name);
        let by = |world: &World, request: &Value| answers_by(world, entry.name, request, field, &values(world));
        let moves = |world: &World| requests(world, entry.name).iter().any(|request| by(world, request).len() > 1);
        if !is_elsewhere && !worlds.iter().any(moves) {
            ignored.push(entry.name);
        }
    }
    ignored
}

#[test]
fn a_day_changes_every_answer_that_takes_one() {
    let days = |_: &World| DAYS.map(Value::from).to_vec();
    assert_eq!(ignored("as_of", days), Vec::<&str>::new(), "these have `as_of` and answer without looking at it");
}

#[test]
fn a_state_of_knowledge_changes_every_answer_that_takes_one() {
    let events = |world: &World| (1..=world.books().head().0).map(Value::from).collect();
    assert_eq!(
        ignored("known_at", events),
        Vec::<&str>::new(),
        "these have `known_at` and answer without looking at it"
    );
}

#[test]
fn a_question_without_the_field_refuses_it() {
    let world = world_of("pool");
    for (field, value) in [("as_of", json!("2026-03-31")), ("known_at", json!(20))] {
        for entry in QUESTIONS.iter().filter(|entry| !takes(entry, field)) {
            let mut request = request(entry.name);
            request[field] = value.clone();
            let answer = asked(&world, &Viewer::Operator, entry.name, request);
            assert_eq!(answer, Err("unknown_field".into()), "{} with {field}", entry.name);
        }
    }
}

/// What `explain` says of then and now is what `positions` say of the same day as known then and now.
#[test]
fn what_explains_a_difference_meets_the_positions_at_both_ends() {
    let mut held = 0;
    for scenario in SCENARIOS.into_iter().chain(["amendments"]) {
        let world = world_of(scenario);
        let head = world.books().head().0;
        let wheres = [Value::Null, json!("JP"), json!("KR")];
        for (material, country) in
            world.books().materials().iter().flat_map(|one| wheres.iter().map(move |it| (one, it)))
        {
            for (day, known_at) in DAYS.iter().flat_map(|day| [1, head / 2, head].map(|known_at| (day, known_at))) {
                let mut request = json!({"material": material.code, "as_of": day, "known_at": known_at});
                let mut now = json!({"material": material.code, "as_of": day});
                if !country.is_null() {
                    (request["country"], now["country"]) = (country.clone(), country.clone());
                }
                let Ok(explained) = asked(&world, &Viewer::Operator, "explain", request.clone()) else { continue };
                let position = |request: &Value| {
                    let mut request = request.clone();
                    request["by"] = json!(["material"]);
                    let answer = asked(&world, &Viewer::Operator, "positions", request).expect("it answers");
                    answer["positions"][0]["on_hand"].as_str().unwrap_or("0").to_owned()
                };
                let told = |field: &str| explained[field].as_str().expect("a number").to_owned();
                let case = format!("{scenario}, {}, {day}, known at {known_at}", material.code);
                assert_eq!((told("then"), told("now")), (position(&request), position(&now)), "{case}");
                held += usize::from(told("then") != told("now"));
            }
        }
    }
    assert!(held > 20, "{held} differences were explained");
}

/// What a question says as known at an event is what it said when that was the last.
#[test]
fn what_is_asked_as_known_then_is_what_was_answered_then() {
    let mut different = 0;
    for scenario in SCENARIOS {
        let world = world_of(scenario);
        let mut then = books::Books::new();
        for seq in 1..=world.books().head().0 {
            then.apply(&world.event(books::Seq(seq)).expect("within the log"));
            for question in [
                "list",
                "trace",
                "breaks",
                "break",
                "published",
                "adjustments",
                "trusted_logs",
                "shipments",
                "facts",
                "reports",
                "report_lines",
                "statements",
                "reconciliation",
            ] {
                let mut request = requests(&world, question).swap_remove(0);
                let said = view::asked_of(&world, &then, question, request.clone());
                let now = asked(&world, &Viewer::Operator, question, request.clone());
                request["known_at"] = json!(seq);
                let known = asked(&world, &Viewer::Operator, question, request);
                different += usize::from(now != known);
                assert_eq!(known, said, "{scenario}: {question} as known at {seq}");
            }
        }
    }
    assert!(different > 200, "{different} answers were other than now");
}

/// What somebody saw in another role is not asked for as known then.
#[test]
fn an_auditor_that_was_sees_nothing_as_it_was_known_then() {
    let script = r#"use minerals
today 2026-03-12
deposit lot L1 at Ibaraki 1 t of NdPr-oxide
post {"act":"register_party","party":"ledger","code":"AUD","name":"AUD","country":"JP","role":"auditor"}
post {"act":"amend_party","party":"ledger","code":"AUD","name":"AUD","country":"JP","role":"agency"}"#;
    let (answers, world) =
        testkit::script::answers(script, std::path::Path::new("scenarios")).expect("the script reads");
    assert!(answers.iter().all(|answer| matches!(answer, testkit::Answer::Accepted(_))), "{answers:?}");
    let before = world.books().head().0 - 1;
    let lots = |viewer: &Viewer| {
        let request = json!({"what": "lots", "known_at": before});
        asked(&world, viewer, "list", request).expect("it answers")["lines"].as_array().map(Vec::len)
    };
    assert_eq!((lots(&Viewer::Operator), lots(&Viewer::Party("AUD".into()))), (Some(1), Some(0)));
    assert_eq!(lots(&Viewer::Party("JOGMEC".into())), Some(1));
}
