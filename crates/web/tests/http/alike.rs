//! What is another's looks as if it were not there: every act and every question, with one's own, with another's and with an
//! absent object, by every role that may ask. The answers to the last two are the same bytes.

use std::collections::BTreeMap;

use books::{Act, ActEntry};
use serde_json::{Map, Value, json};

use crate::house::{House, Reply, command, members, token};

/// Who tries: one that has stock and a site, one that keeps sites, and one that sells.
const ASKERS: [&str; 3] = ["TWO", "OPS", "SUP"];

/// Acts that give a code of their own: tried last, for what they make is the asker's from then on.
const MAKERS: [&str; 13] = [
    "deposit",
    "encumber",
    "authorize",
    "dispatch",
    "lend",
    "acquire_right",
    "exercise_right",
    "commit",
    "request_access",
    "transform",
    "split",
    "merge",
    "withdraw",
];

/// Each kind of code that is one party's: the field that names it, `ONE`'s, and one that nobody gave.
const SECRETS: [(&str, &str, &str); 14] = [
    ("lot", "SECRET-LOT-1", "NOSUCH-LOT-1"),
    ("under", "SECRET-ENC-1", "NOSUCH-ENC-1"),
    ("encumbrance", "SECRET-ENC-1", "NOSUCH-ENC-1"),
    ("dispatch", "SECRET-DIS-1", "NOSUCH-DIS-1"),
    ("loan", "SECRET-LOA-1", "NOSUCH-LOA-1"),
    ("authority", "SECRET-AUT-1", "NOSUCH-AUT-1"),
    ("right", "SECRET-RIG-1", "NOSUCH-RIG-1"),
    ("commitment", "SECRET-COM-1", "NOSUCH-COM-1"),
    ("request", "SECRET-REQ-1", "NOSUCH-REQ-1"),
    ("report", "ONE/1", "ONE/9"),
    ("code", "SECRET-LOT-1", "NOSUCH-LOT-1"),
    ("limit", "SECRET-AUT-1", "NOSUCH-AUT-1"),
    ("site", "SECRET-DIS-1", "NOSUCH-DIS-1"),
    ("place", "SECRET-DIS-1", "NOSUCH-DIS-1"),
];

/// What a question names besides: a reserve in which the askers take no part, and what there is of it.
const SECRETS_ASKED: [(&str, &str, &str); 7] = [
    ("reserve", "SECRET-RES-1", "NOSUCH-RES-1"),
    ("call", "SECRET-CAL-1", "NOSUCH-CAL-1"),
    ("order", "SECRET-ORD-1", "NOSUCH-ORD-1"),
    ("project", "Secret Hill", "Nosuch Hill"),
    ("reference", "SECRET-LOT-1", "NOSUCH-LOT-1"),
    ("series", "SECRET-LOT-1", "NOSUCH-LOT-1"),
    ("origin", "secret.example", "nosuch.example"),
];

/// Fields of questions that name an event by its number.
const EVENTS_ASKED: [&str; 3] = ["seq", "event", "close"];

/// Fields of questions that name nothing that is one party's: what is registered for all, days, numbers, and words of lists.
const NAMES_NO_SECRET: &[&str] = &[
    "above",
    "act",
    "against",
    "all",
    "all_places",
    "and",
    "as_of",
    "base",
    "basis",
    "before",
    "below_floor",
    "breached",
    "by",
    "class",
    "country",
    "day",
    "days",
    "deduct",
    "differing",
    "down",
    "effective_from",
    "effective_through",
    "empty",
    "end_use",
    "first",
    "flagged",
    "form",
    "from",
    "held",
    "id",
    "in_force",
    "include_flagged",
    "known_at",
    "last",
    "late",
    "levels",
    "material",
    "member",
    "newest",
    "of",
    "outcome",
    "owner",
    "page",
    "paid",
    "party",
    "quarter",
    "refused",
    "restated",
    "rules",
    "source",
    "stage",
    "state",
    "status",
    "through",
    "to",
    "trouble",
    "unit",
    "until",
    "up",
    "what",
    "whole",
    "within",
    "year",
    "world",
];

/// Fields that name an event by its number.
const EVENTS: [&str; 5] = ["reverses", "held", "returns", "before_event", "seq"];

fn get(house: &House, party: &str, path: &str) -> Reply {
    house.get(path, &[("authorization", &format!("Bearer secret of {party}"))])
}

fn post(house: &House, party: &str, command: &Value) -> Reply {
    house.post("/v1/commands", &[("authorization", &format!("Bearer secret of {party}"))], command.to_string())
}

/// `ONE` has one thing of each kind, which nobody else sees; `TWO` has a lot of its own.
fn house() -> (House, BTreeMap<&'static str, u64>) {
    let parties = ["ONE", "TWO", "THREE", "SEC", "SEC2", "OPS", "SUP", "AUD"];
    let tokens: Vec<_> = parties.iter().map(|party| token(party, &format!("secret of {party}"))).collect();
    let house = House::with_tokens(&tokens);
    house.setup(&members());
    let mut id = 100;
    let mut next = |party: &str, act: &str, fields: Value| {
        id += 1;
        house.setup(&[command(id, party, act, fields)]);
        house.ledger.world().books().head().0
    };
    next("ledger", "register_party", json!({"code": "SEC2", "name": "SEC2", "role": "secretariat"}));
    next("SEC", "register_party", json!({"code": "POOL", "name": "POOL", "role": "agency"}));
    for (party, site) in [("ONE", "Yard"), ("TWO", "Two"), ("OPS", "Quay")] {
        next(party, "register_site", json!({"code": site, "name": site, "country": "JP", "area": "item"}));
    }
    next(
        "SEC",
        "register_material",
        json!({"code": "Gd", "name": "Gd", "unit": "mg", "basis": "net", "shown": "t",
        "form": "oxide", "dual_control_above": "1 t"}),
    );
    let secret = next(
        "ONE",
        "deposit",
        json!({"lot": "SECRET-LOT-1", "site": "Own", "quantity": "777 t", "material": "NdPr",
        "supplier": "Secret", "price": "92000 USD"}),
    );
    let held = next(
        "ONE",
        "deposit",
        json!({"lot": "SECRET-LOT-2", "site": "Own", "quantity": "50 t", "material": "Gd",
        "maker": "Sato"}),
    );
    let drawn = next("ONE", "draw", json!({"lot": "SECRET-LOT-1", "site": "Own", "quantity": "7 t"}));
    next(
        "ONE",
        "encumber",
        json!({"encumbrance": "SECRET-ENC-1", "kind": "hold", "lot": "SECRET-LOT-1", "site": "Own",
        "quantity": "10 t"}),
    );
    next(
        "ONE",
        "dispatch",
        json!({"dispatch": "SECRET-DIS-1", "source": "Own", "target": "Yard",
        "lines": [{"lot": "SECRET-LOT-1", "quantity": "5 t"}]}),
    );
    next(
        "ONE",
        "lend",
        json!({"loan": "SECRET-LOA-1", "lot": "SECRET-LOT-1", "site": "Own", "borrower": "THREE",
        "quantity": "5 t"}),
    );
    next(
        "ONE",
        "authorize",
        json!({"authority": "SECRET-AUT-1", "holder": "ONE", "material": "NdPr",
        "direction": "disposal", "ceiling": "9 t", "first": "2026-01-01"}),
    );
    next(
        "ONE",
        "acquire_right",
        json!({"right": "SECRET-RIG-1", "kind": "offtake", "supplier": "S", "material": "NdPr",
        "quantity": "9 t", "project": "Secret Hill"}),
    );
    next(
        "SEC",
        "establish_reserve",
        json!({"reserve": "SECRET-RES-1", "name": "SECRET-RES-1", "pool": "POOL", "secretariat": "SEC",
        "currency": "USD", "terms": {"version": "1", "tolerance_ppm": 1000, "notice_days": 0, "tiers": [],
        "substitutes": []}}),
    );
    next("SEC", "set_member", json!({"reserve": "SECRET-RES-1", "member": "ONE", "status": "invited"}));
    next("ONE", "set_member", json!({"reserve": "SECRET-RES-1", "member": "ONE", "status": "joined"}));
    let shared = house.ledger.world().books().head().0;
    next(
        "SEC",
        "call",
        json!({"call": "SECRET-CAL-1", "reserve": "SECRET-RES-1", "material": "NdPr", "parts": [{"member": "ONE", "quantity": "1 t"}]}),
    );
    next("SEC", "open_order", json!({"order": "SECRET-ORD-1", "material": "NdPr", "buyers": ["ONE"]}));
    next(
        "ONE",
        "declare_demand",
        json!({"order": "SECRET-ORD-1", "buyer": "ONE", "material": "NdPr", "quantity": "6 t"}),
    );
    next(
        "ONE",
        "commit",
        json!({"commitment": "SECRET-COM-1", "reserve": "SECRET-RES-1", "material": "NdPr", "quantity": "3 t"}),
    );
    next(
        "ONE",
        "request_access",
        json!({"request": "SECRET-REQ-1", "reserve": "SECRET-RES-1", "requester": "H", "material": "NdPr",
        "quantity": "1 t"}),
    );
    next(
        "ONE",
        "receive_report",
        json!({"sender": "ONE", "number": 1, "kind": "statement", "first": "2026-02-01",
        "last": "2026-02-28", "source": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "line_count": 1, "balances": [{"material": "NdPr", "opening": "0 t", "closing": "1 t"}], "lines": [{"line": 1, "material": "NdPr", "way": "in", "quantity": "2 kg net",
        "effective": "2026-02-03"}]}),
    );
    next("TWO", "deposit", json!({"lot": "TWO-LOT-1", "site": "Two", "quantity": "90000 t", "material": "NdPr"}));
    next("OPS", "deposit", json!({"lot": "OPS-LOT-1", "site": "Quay", "quantity": "90000 t", "material": "NdPr"}));
    (house, [("secret", secret), ("held", held), ("drawn", drawn), ("shared", shared)].into())
}

/// A value of an example as the asker would say it of itself.
fn own(key: &str, value: &Value, asker: &str) -> Value {
    match (key, value) {
        (_, Value::Object(fields)) => {
            let fields = fields.iter().map(|(key, value)| (key.clone(), own(key, value, asker)));
            Value::Object(fields.collect::<Map<String, Value>>())
        }
        (_, Value::Array(rows)) => Value::Array(rows.iter().map(|row| own(key, row, asker)).collect()),
        ("owner" | "holder" | "member" | "buyer" | "whose" | "party" | "custodian" | "sender" | "secretariat", _) => {
            json!(asker)
        }
        (
            "beneficiary" | "new_owner" | "borrower" | "new_holder" | "against" | "counterparty" | "to",
            Value::String(text),
        ) if !text.contains(' ') => {
            json!("THREE")
        }
        ("site" | "source" | "target" | "place", Value::String(text))
            if !["primary", "recycled"].contains(&&**text) =>
        {
            json!(if asker == "OPS" { "Quay" } else { "Two" })
        }
        ("material" | "instead_of", _) => json!("NdPr"),
        ("reserve", _) => json!("SECRET-RES-1"),
        ("lot", Value::String(_)) => json!(format!("{asker}-LOT-1")),
        _ => value.clone(),
    }
}

/// Every place of a value where a field that `is_it` stands, as a JSON pointer.
fn places(value: &Value, is_it: &dyn Fn(&str, &Value) -> bool) -> Vec<String> {
    fn walk(value: &Value, at: &str, is_it: &dyn Fn(&str, &Value) -> bool, found: &mut Vec<String>) {
        let rows: Vec<(String, &Value)> = match value {
            Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), value)).collect(),
            Value::Array(rows) => rows.iter().enumerate().map(|(index, row)| (index.to_string(), row)).collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return,
        };
        for (key, value) in rows {
            let at = format!("{at}/{key}");
            if is_it(&key, value) {
                found.push(at.clone());
            }
            walk(value, &at, is_it, found);
        }
    }
    let mut found = Vec::new();
    walk(value, "", is_it, &mut found);
    found
}

/// An answer without what differs between any two answers: ids, numbers, and the very code that was asked for.
fn masked(reply: &Reply, code: &str) -> (u16, String) {
    let is_number = code.bytes().all(|byte| byte.is_ascii_digit());
    let mut text = if is_number { reply.text.clone() } else { reply.text.replace(code, "CODE") };
    let digits: Vec<char> = ('0'..='9').collect();
    text =
        text.split(|letter| digits.contains(&letter)).filter(|piece| !piece.is_empty()).collect::<Vec<_>>().join("#");
    (reply.status, text)
}

#[test]
fn an_act_that_names_what_is_anothers_is_answered_as_if_it_were_not_there() {
    let (house, events) = house();
    let mut id = 10_000;
    let (mut tried, mut differ) = (0, Vec::new());
    for asker in ASKERS {
        let makes = |word: &str| MAKERS.contains(&word);
        let (last, first): (Vec<&ActEntry>, Vec<&ActEntry>) = Act::TABLE.iter().partition(|entry| makes(entry.word));
        for entry in first.into_iter().chain(last) {
            let example: Value = serde_json::from_str(entry.facts.example).expect("an example is JSON");
            let base = own("", &example, asker);
            let mut ask = |pointer: &str, named: Value| {
                id += 1;
                let mut fields = base.clone();
                *fields.pointer_mut(pointer).expect("found there") = named.clone();
                let code = named.as_str().map_or_else(|| named.to_string(), str::to_owned);
                masked(&post(&house, asker, &command(id, asker, entry.word, fields)), &code)
            };
            for (field, theirs, absent) in SECRETS {
                for pointer in places(&base, &|key, value| key == field && value.is_string()) {
                    tried += 1;
                    let (theirs, absent) = (ask(&pointer, json!(theirs)), ask(&pointer, json!(absent)));
                    if theirs != absent {
                        differ.push(format!("{asker} {} {pointer}: {theirs:?} and not {absent:?}", entry.word));
                    }
                }
            }
            for field in EVENTS {
                for pointer in places(&base, &|key, value| key == field && value.is_number()) {
                    for theirs in events.values() {
                        tried += 1;
                        let (theirs, absent) = (ask(&pointer, json!(theirs)), ask(&pointer, json!(999_999)));
                        if theirs != absent {
                            differ.push(format!("{asker} {} {pointer}: {theirs:?} and not {absent:?}", entry.word));
                        }
                    }
                }
            }
        }
    }
    assert!(differ.is_empty(), "{} of {tried}:\n{}", differ.len(), differ.join("\n"));
    assert!(tried > 150, "{tried} were tried");
}

#[test]
fn a_question_that_names_what_is_anothers_is_answered_as_if_it_were_not_there() {
    let (house, events) = house();
    let (mut tried, mut differ) = (0, Vec::new());
    for asker in ASKERS {
        for entry in answers::QUESTIONS {
            // What else a question may need, where it takes it at all: those that do not take a field refuse both alike.
            for beside in [
                "",
                "&material=NdPr&as_of=2026-03-10",
                "&owner=ONE&place=Own&as_of=2026-03-10",
                "&known_at=5&material=NdPr",
            ] {
                for (field, theirs, absent) in SECRETS.into_iter().chain(SECRETS_ASKED) {
                    tried += 1;
                    let ask = |code: &str| {
                        masked(
                            &get(
                                &house,
                                asker,
                                &format!("/v1/{}?{field}={}{beside}", entry.name, code.replace(' ', "+")),
                            ),
                            code,
                        )
                    };
                    let (theirs, absent) = (ask(theirs), ask(absent));
                    if theirs != absent {
                        differ.push(format!("{asker} {}?{field}{beside}: {theirs:?} and not {absent:?}", entry.name));
                    }
                }
            }
            for (field, seq) in EVENTS_ASKED.iter().flat_map(|field| events.values().map(move |seq| (field, seq))) {
                tried += 1;
                let ask = |seq: u64| {
                    masked(&get(&house, asker, &format!("/v1/{}?{field}={seq}", entry.name)), &seq.to_string())
                };
                let (theirs, absent) = (ask(*seq), ask(999_999));
                if theirs != absent {
                    differ.push(format!("{asker} {}?{field}: {theirs:?} and not {absent:?}", entry.name));
                }
            }
        }
    }
    assert!(differ.is_empty(), "{} of {tried}:\n{}", differ.len(), differ.join("\n"));
}

#[test]
fn every_field_of_every_question_is_tried_or_names_no_secret() {
    let tried = SECRETS.iter().chain(&SECRETS_ASKED).map(|(field, ..)| *field).chain(EVENTS_ASKED);
    let known: Vec<&str> = tried.chain(NAMES_NO_SECRET.iter().copied()).collect();
    for entry in answers::QUESTIONS {
        let schema = entry.request_schema();
        for field in schema["properties"].as_object().into_iter().flatten().map(|(field, _)| field.as_str()) {
            assert!(known.contains(&field), "{}: does `{field}` name what may be another's?", entry.name);
        }
    }
}

/// One milligram into a foreign lot opened it, and let a rival falsify its assay.
#[test]
fn nobody_joins_opens_or_describes_anothers_lot_by_naming_it() {
    let (house, _) = house();
    let joined = post(
        &house,
        "TWO",
        &command(900, "TWO", "deposit", json!({"lot": "SECRET-LOT-1", "site": "Two", "quantity": "1 mg"})),
    );
    assert_eq!(joined.code(), "lot_undescribed", "as for a lot that is nowhere: {}", joined.text);
    let own = post(
        &house,
        "TWO",
        &command(
            901,
            "TWO",
            "deposit",
            json!({"lot": "SECRET-LOT-1", "site": "Two", "quantity": "1 mg", "material": "NdPr"}),
        ),
    );
    assert_eq!(own.json()["outcome"], "accepted", "it is a lot of its own: {}", own.text);
    // A custodian does not open it either, by a deposit in its owner's name.
    let kept = post(
        &house,
        "OPS",
        &command(
            902,
            "OPS",
            "deposit",
            json!({"lot": "SECRET-LOT-1", "site": "Quay", "owner": "ONE", "quantity": "1 mg"}),
        ),
    );
    assert_eq!(kept.code(), "lot_undescribed", "{}", kept.text);
    let assayed = post(
        &house,
        "TWO",
        &command(
            903,
            "TWO",
            "assay",
            json!({"lot": "SECRET-LOT-1", "assay": {"status": "final", "contents": {"Nd2O3": "1%"}}}),
        ),
    );
    assert_eq!(assayed.json()["outcome"], "accepted", "{}", assayed.text);
    for asker in ["TWO", "OPS", "SUP"] {
        let told = get(&house, asker, "/v1/list?what=lots").text + &get(&house, asker, "/v1/history").text;
        assert!(!told.contains("92000") && !told.contains("777"), "{asker}: {told}");
    }
    let theirs = get(&house, "ONE", "/v1/list?what=lots").text;
    assert!(!theirs.contains("Nd2O3") && theirs.contains("92000"), "{theirs}");
    // Whoever sees both says under whom; a total of both is told apart.
    let both = get(&house, "AUD", "/v1/positions?by=lot").text;
    assert!(both.contains("ONE::SECRET-LOT-1") && both.contains("TWO::SECRET-LOT-1"), "{both}");
    assert_eq!(get(&house, "AUD", "/v1/trace?lot=SECRET-LOT-1").code(), "ambiguous_code");
    assert_eq!(get(&house, "AUD", "/v1/trace?lot=TWO::SECRET-LOT-1").status, 200);
    assert_eq!(get(&house, "TWO", "/v1/trace?lot=ONE::SECRET-LOT-1").code(), "unknown_lot");
}

/// The ids of imports follow from public things: a rival burnt them a year ahead.
#[test]
fn an_id_is_one_partys_own_and_tells_nobody_else_anything() {
    let (house, _) = house();
    let burnt = command(950, "TWO", "draw", json!({"lot": "NOWHERE", "site": "Two", "quantity": "1 t"}));
    assert_eq!(post(&house, "TWO", &burnt).code(), "unknown_lot");
    let same =
        command(950, "ONE", "deposit", json!({"lot": "L-950", "site": "Own", "quantity": "1 t", "material": "NdPr"}));
    assert_eq!(post(&house, "ONE", &same).json()["outcome"], "accepted");
    assert_eq!(post(&house, "ONE", &same).json()["outcome"], "duplicate");
    assert_eq!(post(&house, "TWO", &burnt).code(), "unknown_lot", "each gets its own first answer again");
    let other =
        command(950, "ONE", "deposit", json!({"lot": "L-951", "site": "Own", "quantity": "1 t", "material": "NdPr"}));
    assert_eq!(post(&house, "ONE", &other).code(), "id_reused");
    let asked = |party: &str| get(&house, party, "/v1/command?id=00000000-0000-7000-8000-000000000950").json();
    assert_eq!(asked("ONE")["verdict"]["outcome"], "accepted");
    assert_eq!(asked("TWO")["verdict"]["outcome"], "refused");
    assert_eq!(asked("OPS")["code"], "unknown_command");
}

/// A rival froze a shared material, and named another party as the custodian of a site, unasked.
#[test]
fn what_all_share_is_amended_by_its_steward_and_custody_by_both() {
    let (house, _) = house();
    let material =
        json!({"code": "NdPr", "name": "Quartz sand", "shown": "t", "form": "oxide", "authority_required": true});
    for party in ["TWO", "SEC2"] {
        let frozen = post(&house, party, &command(960, party, "amend_material", material.clone()));
        assert_eq!(frozen.code(), "invalid_value", "{party}: {}", frozen.text);
    }
    let named = json!({"code": "Cape", "name": "Cape", "country": "JP", "area": "item", "custodian": "ONE"});
    assert_eq!(post(&house, "TWO", &command(961, "TWO", "register_site", named)).code(), "invalid_value");
    let mut hand_over = json!({"code": "Two", "name": "Two", "country": "JP", "area": "item", "custodian": "ONE"});
    assert_eq!(post(&house, "TWO", &command(962, "TWO", "amend_site", hand_over.clone())).code(), "invalid_value");
    assert_eq!(post(&house, "ONE", &command(963, "ONE", "amend_site", hand_over.clone())).code(), "not_permitted");
    hand_over["custodian"] = Value::Null;
    hand_over["offered_to"] = json!("ONE");
    assert_eq!(
        post(&house, "TWO", &command(964, "TWO", "amend_site", hand_over.clone())).json()["outcome"],
        "accepted"
    );
    hand_over["custodian"] = json!("ONE");
    hand_over["offered_to"] = Value::Null;
    assert_eq!(post(&house, "ONE", &command(965, "ONE", "amend_site", hand_over)).json()["outcome"], "accepted");
    let own = command(966, "TWO", "draw", json!({"lot": "TWO-LOT-1", "site": "Two", "quantity": "1 t"}));
    assert_eq!(post(&house, "TWO", &own).json()["outcome"], "accepted", "its stock stays its own");
}
