//! A story in which every act of the table happens once, in an order in which all can stand.

use books::Act;
use serde_json::{Map, Value, json};

/// The example that an act gives of itself.
fn example(word: &str) -> Value {
    let example = Act::find(word).expect("an act").facts.example;
    let mut command: Value = serde_json::from_str(example).expect("an example is JSON");
    command["act"] = word.into();
    command
}

/// One command of each act, all fields filled in, in an order in which all can stand.
pub(crate) fn commands() -> Vec<Value> {
    let japan = testkit::foreign::Foreign::of(include_str!("../data/japan.txt")).expect("it reads");
    // Every act that a mandate can be for, by name: what comes to no quantity is done under no other.
    let acts: Vec<&str> =
        books::Act::TABLE.iter().map(|entry| entry.word).filter(|word| books::mandate::can_be_for(word)).collect();
    let hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let origin = json!({"mined": "AU", "separated": "MY", "refined": "JP", "manufactured": "JP"});
    let assay = json!({"status": "provisional", "contents": {"Nd2O3": "75.2%", "Pr6O11": "24.1%"}, "moisture": "0.4%",
        "method": "XRF", "laboratory": "Alfred Knight", "uncertainty": "0.05%"});
    let lot = |code: &str| {
        json!({"lot": code, "material": "NdPr", "form": "oxide", "source": "primary", "origin": origin, "assay": assay,
            "supplier": "Lynas", "price": "85.20 USD", "documents": [hash]})
    };
    let with = |mut fields: Value, more: Value| {
        let Value::Object(more) = more else { unreachable!("an object") };
        fields.as_object_mut().expect("an object").extend(more);
        fields
    };
    vec![
        example("open"),
        example("register_party"),
        example("amend_party"),
        json!({"act": "register_party", "code": "KOMIR", "name": "KOMIR", "role": "operator"}),
        json!({"act": "mandate", "party": "JOGMEC", "mandate": "ALL", "to": "ledger", "first": "2020-01-01", "acts": acts}),
        json!({"act": "mandate", "party": "KOMIR", "mandate": "ALL", "to": "ledger", "first": "2020-01-01", "acts": acts}),
        example("register_material"),
        example("amend_material"),
        example("register_site"),
        example("amend_site"),
        json!({"act": "register_site", "code": "Gunsan", "name": "Gunsan", "country": "KR", "area": "bulk"}),
        example("authorize"),
        json!({"act": "authorize", "authority": "SELL-2026", "holder": "ledger", "material": "NdPr", "direction": "disposal",
            "ceiling": "30 lb", "first": "2026-01-01"}),
        example("deposit"),
        with(
            lot("LOT-2"),
            json!({"act": "deposit", "site": "Ibaraki", "owner": "JOGMEC", "quantity": "80 t", "authority": "BUY-2026"}),
        ),
        example("set_limit"),
        example("encumber"),
        example("draw"),
        example("transfer"),
        example("transfer_title"),
        example("lend"),
        example("return_loan"),
        example("release"),
        example("dispatch"),
        example("arrive"),
        example("transform"),
        example("split"),
        example("merge"),
        example("assay"),
        example("loss"),
        example("gain"),
        example("stocktake"),
        example("correct"),
        json!({"act": "deposit", "lot": "LOT-2", "site": "Gunsan", "owner": "JOGMEC", "quantity": "891 t", "authority": "BUY-2026"}),
        example("approve"),
        json!({"act": "deposit", "lot": "LOT-2", "site": "Gunsan", "owner": "JOGMEC", "quantity": "892 t", "authority": "BUY-2026"}),
        example("decline"),
        json!({"act": "close_period", "owner": "JOGMEC", "through": "2026-02-28"}),
        json!({"act": "register_party", "code": "G7-pool", "name": "The pool of the G7", "role": "agency"}),
        json!({"act": "amend_material", "code": "NdPr", "name": "NdPr oxide, 99.5%", "hs": "284690", "shown": "t",
            "form": "oxide", "requirement_per_day": "11 kg", "goal": "500 t", "tolerance_ppm": 400,
            "dual_control_above": "890 t", "authority_required": false}),
        example("establish_reserve"),
        example("amend_reserve"),
        example("set_key"),
        json!({"act": "set_key", "reserve": "G7", "kind": "consumption", "first": "2027-01-01", "year": 2025}),
        json!({"act": "set_member", "reserve": "G7", "member": "JOGMEC", "status": "invited", "reason": "signed"}),
        json!({"act": "set_member", "party": "JOGMEC", "reserve": "G7", "member": "JOGMEC", "status": "joined"}),
        example("set_member"),
        with(example("set_member"), json!({"party": "KOMIR", "status": "joined"})),
        example("record_base"),
        example("commit"),
        json!({"act": "commit", "commitment": "PROMISE-2", "reserve": "G7", "member": "JOGMEC", "quantity": "1000.00 USD"}),
        json!({"act": "encumber", "encumbrance": "DELEGATION-1", "kind": "delegation", "lot": "LOT-1", "site": "Ibaraki", "owner": "JOGMEC",
            "quantity": "1 t", "beneficiary": "KOMIR"}),
        example("accept"),
        json!({"act": "encumber", "encumbrance": "PLEDGE-1", "kind": "pledge", "lot": "LOT-1", "site": "Ibaraki", "owner": "JOGMEC",
            "quantity": "10 t", "agreement": "G7"}),
        example("contribute"),
        example("transfer_entitlement"),
        example("withdraw"),
        example("replenish"),
        example("settle_cash"),
        example("book_cash"),
        json!({"act": "book_cash", "reserve": "G7", "purpose": "penalty", "amount": "1.00 USD", "member": "KOMIR",
            "event": 18}),
        json!({"act": "settle_cash", "reserve": "G7", "member": "KOMIR", "purpose": "replenishment",
            "amount": "45.00 USD", "debt": "DEBT-1", "quantity": "0.5 t"}),
        example("share_difference"),
        example("activate"),
        example("call"),
        json!({"act": "call", "call": "CALL-2", "reserve": "G7", "material": "NdPr",
            "parts": [{"member": "JOGMEC", "quantity": "1 t"}]}),
        example("commit_to_call"),
        json!({"act": "commit_to_call", "call": "CALL-1", "member": "JOGMEC",
            "lines": [{"lot": "LOT-1", "site": "Ibaraki", "quantity": "1 t"}], "announced": true}),
        example("settle_part"),
        example("restrict"),
        json!({"act": "restrict", "restriction": "NOTICE-2", "origin": "AU", "destination": "KR", "licensable": true}),
        example("license"),
        json!({"act": "amend_party", "code": "KOMIR", "name": "KOMIR", "country": "KR", "role": "operator"}),
        example("deliver"),
        json!({"act": "draw", "lot": "LOT-1", "site": "Ibaraki", "owner": "JOGMEC", "quantity": "1 t", "destination": "KR",
            "end_use": "motors", "licence": "LICENCE-1"}),
        json!({"act": "dispatch", "dispatch": "VOYAGE-2", "source": "Ibaraki", "target": "Gunsan", "owner": "JOGMEC",
            "lines": [{"lot": "LOT-1", "quantity": "1 t"}], "end_use": "motors", "licence": "LICENCE-1"}),
        example("lift_restriction"),
        example("end_call"),
        example("set_price_floor"),
        example("record_rate"),
        json!({"act": "open_order", "order": "ORDER-1", "material": "NdPr", "reserve": "G7"}),
        example("open_order"),
        example("declare_demand"),
        example("award"),
        example("accept_award"),
        example("receive_order"),
        example("acquire_right"),
        example("transfer_right"),
        example("exercise_right"),
        example("set_share_limit"),
        example("record_figure"),
        json!({"act": "request_access", "request": "REQUEST-1", "reserve": "G7", "requester": "KOMIR", "material": "NdPr",
            "quantity": "2 t", "end_use": "motors"}),
        example("decide_access"),
        json!({"act": "serve_request", "request": "REQUEST-1", "lot": "LOT-1", "site": "Ibaraki", "quantity": "0.5 t",
            "owner": "KOMIR", "reference": "X-18", "destination": "JP", "licence": "LICENCE-1"}),
        example("wind_up"),
        example("set_method"),
        example("set_measuring"),
        example("set_tolerance"),
        example("set_duty"),
        example("receive_report"),
        example("add_report_lines"),
        example("match_lines"),
        example("unmatch_lines"),
        example("record_run"),
        example("explain_break"),
        example("assign_break"),
        example("agree_break"),
        example("close_break"),
        example("reopen_break"),
        example("publish"),
        example("record_load"),
        json!({"act": "trust_log", "origin": "example.org/japan", "keeper": "JOGMEC", "policy": japan.policy(true),
            "note": "met in Seoul"}),
        json!({"act": "record_fact", "fact": testkit::foreign::lines(&japan.fact(9, 10, None))}),
        json!({"act": "rotate_log_key", "announcement": testkit::foreign::announcement("example.org/acts", 1, 2)}),
        example("amend_lot"),
        example("set_factor"),
        example("count_items"),
        example("register_person"),
        example("amend_person"),
        with(example("mandate"), json!({"party": "JOGMEC"})),
        with(example("end_mandate"), json!({"party": "JOGMEC"})),
        json!({"act": "deposit", "lot": "LOT-2", "site": "Gunsan", "owner": "JOGMEC", "quantity": "1 t",
            "opening": "survey of 2023"}),
        json!({"act": "deposit", "lot": "LOT-1", "site": "Ibaraki", "owner": "JOGMEC", "quantity": "1 g", "returns": 18}),
        // Signed: nothing was held then, and the root of nothing is known.
        example("close_period"),
    ]
}

pub(crate) fn command(index: usize, party: &str, act: Value) -> wire::Command {
    // Who checks did not make it, and who receives did not dispatch.
    let is_second = ["approve", "decline", "arrive"].iter().any(|word| act["act"] == *word);
    let maker = if is_second { "Kim" } else { "Sato" };
    let mut map = Map::new();
    map.insert("id".into(), uuid::Uuid::from_u128(index as u128 + 1).to_string().into());
    map.insert("party".into(), party.into());
    map.insert("maker".into(), maker.into());
    map.insert("effective".into(), "2026-03-12".into());
    let Value::Object(mut act) = act else { unreachable!("an act is an object") };
    // What only its owner can say is said by its owner, unless another tries.
    act.retain(|field, _| field != "party" || party == "ledger");
    map.extend(act);
    wire::Command::from_json(Value::Object(map).to_string().as_bytes()).expect("a command")
}
