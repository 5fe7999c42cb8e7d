//! Every act: with every field read, decided, written, shown and read again ([`testkit::World`] compares at each turn);
//! and by every role, where the table of who may do what is the expected output.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use books::Day;
use serde_json::{Map, Value, json};
use testkit::{Answer, World};

/// One command of each act, all fields filled in, in an order in which all can stand.
fn commands() -> Vec<Value> {
    let japan = testkit::foreign::Foreign::of(include_str!("data/japan.txt")).expect("it reads");
    let hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let nothing = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let origin = json!({"mined": "AU", "separated": "MY", "refined": "JP", "manufactured": "JP"});
    let assay = json!({"status": "provisional", "contents": {"Nd2O3": "75.2%", "Pr6O11": "24.1%"}, "moisture": "0.4%",
        "method": "XRF", "laboratory": "Alfred Knight", "uncertainty": "0.05%"});
    let lot = |code: &str| {
        json!({"lot": code, "material": "M", "form": "oxide", "source": "primary", "origin": origin, "assay": assay,
            "supplier": "Lynas", "price": "85.20 USD", "documents": [hash]})
    };
    let terms = json!({"version": "1", "tolerance_ppm": 1000, "notice_days": 90,
        "tiers": [{"name": "1", "kind": "forward", "trigger": "foreseen", "automatic": true}],
        "substitutes": [{"material": "M", "instead_of": "M", "factor_ppm": 1_000_000}]});
    let dear = json!({"material": "M", "price": "90.00 USD"});
    let with = |mut fields: Value, more: Value| {
        let Value::Object(more) = more else { unreachable!("an object") };
        fields.as_object_mut().expect("an object").extend(more);
        fields
    };
    vec![
        json!({"act": "open", "origin": "example.org/acts", "format": 1}),
        json!({"act": "register_party", "code": "A", "name": "Agency A", "country": "JP", "role": "agency",
            "zone": "Asia/Tokyo", "keys": ["UA"]}),
        json!({"act": "amend_party", "code": "A", "name": "Agency of A", "country": "JP", "role": "agency",
            "zone": "Asia/Tokyo", "keys": ["UB"]}),
        json!({"act": "register_party", "code": "B", "name": "B", "role": "operator"}),
        json!({"act": "register_material", "code": "M", "name": "NdPr oxide", "hs": "284690", "unit": "mg",
            "decimals": 2, "basis": "net", "shown": "t", "form": "oxide", "requirement_per_day": "10 kg",
            "goal": "600 t", "tolerance_ppm": 500, "dual_control_above": "900 t", "authority_required": true}),
        json!({"act": "amend_material", "code": "M", "name": "NdPr oxide, 99.5%", "hs": "284690", "shown": "t",
            "form": "oxide", "requirement_per_day": "11 kg", "goal": "500 t", "tolerance_ppm": 400,
            "dual_control_above": "90 t", "authority_required": true}),
        json!({"act": "register_site", "code": "S", "name": "Site S", "custodian": "A", "country": "JP", "area": "bulk",
            "class": "government"}),
        json!({"act": "amend_site", "code": "S", "name": "Site of S", "custodian": "A", "country": "JP", "area": "item",
            "class": "agency"}),
        json!({"act": "register_site", "code": "T", "name": "T", "country": "KR", "area": "bulk"}),
        json!({"act": "authorize", "authority": "IN", "holder": "ledger", "material": "M", "direction": "acquisition",
            "ceiling": "400 t", "first": "2026-01-01", "last": "2026-12-31", "basis": "50 U.S.C. 98d"}),
        json!({"act": "authorize", "authority": "OUT", "holder": "ledger", "material": "M", "direction": "disposal",
            "ceiling": "30 lb", "first": "2026-01-01"}),
        with(
            lot("L1"),
            json!({"act": "deposit", "site": "S", "owner": "A", "quantity": "80 t net", "authority": "IN",
            "reference": "C-7"}),
        ),
        with(lot("L2"), json!({"act": "deposit", "site": "S", "owner": "A", "quantity": "80 t", "authority": "IN"})),
        json!({"act": "set_limit", "lot": "L1", "site": "S", "owner": "A", "floor": "1 lb", "ceiling": "200 t"}),
        json!({"act": "encumber", "encumbrance": "E", "kind": "ticket", "lot": "L1", "site": "S", "owner": "A",
            "quantity": "40 t", "first": "2026-03-12", "last": "2026-06-30", "beneficiary": "B", "agreement": "T-1"}),
        json!({"act": "draw", "lot": "L1", "site": "S", "owner": "A", "quantity": "1 lb", "under": "E",
            "authority": "OUT", "reference": "I-1", "destination": "JP", "end_use": "magnets"}),
        json!({"act": "transfer", "lot": "L1", "source": "S", "target": "T", "owner": "A", "quantity": "1 t",
            "under": "E", "reference": "X-1"}),
        json!({"act": "transfer_title", "lot": "L1", "site": "S", "owner": "A", "new_owner": "B", "quantity": "1 t",
            "under": "E", "reference": "X-2"}),
        json!({"act": "lend", "loan": "N", "lot": "L1", "site": "S", "owner": "A", "borrower": "B", "quantity": "2 t",
            "due": "2026-09-30", "under": "E", "reference": "X-3"}),
        json!({"act": "return_loan", "loan": "N", "lot": "L1", "site": "S", "quantity": "1 t",
            "replacement": lot("L3"), "reference": "X-4"}),
        json!({"act": "release", "encumbrance": "E", "quantity": "1 t", "reason": "cut"}),
        json!({"act": "dispatch", "dispatch": "D", "source": "S", "target": "T", "owner": "A",
            "lines": [{"lot": "L2", "quantity": "10 t"}], "carrier": "NYK", "due": "2026-03-14", "reference": "X-5"}),
        json!({"act": "arrive", "dispatch": "D", "site": "T",
            "lines": [{"lot": "L2", "received": "9.9 t", "shipped": "10 t"}], "last": true, "reference": "X-6"}),
        json!({"act": "transform", "kind": "upgrade", "site": "S", "target": "T", "owner": "A",
            "inputs": [{"lot": "L2", "quantity": "10 t"}],
            "outputs": [with(lot("L4"), json!({"quantity": "9 t"}))], "loss": "1 t", "reference": "X-7"}),
        json!({"act": "split", "lot": "L2", "site": "S", "owner": "A",
            "parts": [{"lot": "L5", "quantity": "1 t"}, {"lot": "L6", "quantity": "2 t"}]}),
        json!({"act": "merge", "lot": "L7", "site": "S", "owner": "A",
            "parts": [{"lot": "L5", "quantity": "1 t"}, {"lot": "L6", "quantity": "1 t"}]}),
        json!({"act": "assay", "lot": "L7", "assay": assay, "reference": "X-8"}),
        json!({"act": "loss", "lot": "L2", "site": "S", "owner": "A", "quantity": "1 g", "reason": "spill"}),
        json!({"act": "gain", "lot": "L2", "site": "S", "owner": "A", "quantity": "1 mg", "reason": "swept up"}),
        json!({"act": "stocktake", "site": "S", "owner": "A", "lines": [{"lot": "L2", "counted": "56.9999 t"}],
            "reference": "X-9"}),
        json!({"act": "correct", "reverses": 30, "reason": "counted twice"}),
        json!({"act": "deposit", "lot": "L2", "site": "T", "owner": "A", "quantity": "91 t", "authority": "IN"}),
        json!({"act": "approve", "held": 32}),
        json!({"act": "deposit", "lot": "L2", "site": "T", "owner": "A", "quantity": "92 t", "authority": "IN"}),
        json!({"act": "decline", "held": 34, "reason": "no room"}),
        json!({"act": "close_period", "owner": "A", "through": "2026-02-28"}),
        json!({"act": "register_party", "code": "POOL", "name": "Pool", "role": "agency"}),
        json!({"act": "amend_material", "code": "M", "name": "NdPr oxide, 99.5%", "hs": "284690", "shown": "t",
            "form": "oxide", "requirement_per_day": "11 kg", "goal": "500 t", "tolerance_ppm": 400,
            "dual_control_above": "90 t", "authority_required": false}),
        json!({"act": "establish_reserve", "reserve": "R", "name": "Reserve", "pool": "POOL", "secretariat": "ledger",
            "currency": "USD", "terms": terms}),
        json!({"act": "amend_reserve", "reserve": "R", "first": "2026-03-13", "terms": terms}),
        json!({"act": "set_key", "reserve": "R", "kind": "shares", "first": "2026-03-01",
            "weights": [{"member": "A", "weight": 90}, {"member": "B", "weight": 9}], "reapportion": [dear]}),
        json!({"act": "set_key", "reserve": "R", "kind": "consumption", "first": "2027-01-01", "year": 2025}),
        json!({"act": "set_member", "reserve": "R", "member": "A", "status": "joined", "reason": "signed"}),
        json!({"act": "set_member", "reserve": "R", "member": "B", "status": "joined", "first": "2026-03-12",
            "weight": 10, "reapportion": [dear], "reason": "signed"}),
        json!({"act": "record_base", "owner": "A", "material": "M", "kind": "net_imports", "year": 2025,
            "quantity": "10 t", "net_export": true, "source": "customs"}),
        json!({"act": "commit", "commitment": "C1", "reserve": "R", "member": "A", "material": "M",
            "quantity": "20 t", "due": "2026-12-31", "tier": "1"}),
        json!({"act": "commit", "commitment": "C2", "reserve": "R", "member": "A", "quantity": "1000.00 USD"}),
        json!({"act": "encumber", "encumbrance": "T", "kind": "delegation", "lot": "L1", "site": "S", "owner": "A",
            "quantity": "1 t", "beneficiary": "B"}),
        json!({"act": "accept", "encumbrance": "T", "reference": "X-10"}),
        json!({"act": "encumber", "encumbrance": "PL", "kind": "pledge", "lot": "L1", "site": "S", "owner": "A",
            "quantity": "10 t", "agreement": "R"}),
        json!({"act": "contribute", "reserve": "R", "member": "A", "lot": "L1", "site": "S", "quantity": "5 t",
            "under": "PL", "commitment": "C1", "reference": "X-11"}),
        json!({"act": "transfer_entitlement", "reserve": "R", "member": "A", "new_member": "B", "material": "M",
            "quantity": "2 t", "price": "90.00 USD", "reference": "X-12"}),
        json!({"act": "withdraw", "reserve": "R", "member": "B", "lot": "L1", "site": "S", "quantity": "2 t",
            "debt": {"code": "D1", "due": "2026-09-30", "form": "oxide"},
            "lenders": [{"member": "A", "quantity": "1 t"}], "reference": "X-13"}),
        json!({"act": "replenish", "debt": "D1", "lot": "L1", "site": "S", "quantity": "0.5 t", "under": null,
            "reference": "X-14"}),
        json!({"act": "settle_cash", "reserve": "R", "member": "A", "purpose": "contribution",
            "amount": "400.00 USD", "commitment": "C2", "reference": "X-15"}),
        json!({"act": "settle_cash", "reserve": "R", "member": "B", "purpose": "replenishment",
            "amount": "45.00 USD", "debt": "D1", "quantity": "0.5 t"}),
        json!({"act": "share_difference", "reserve": "R", "material": "M", "reason": "paid, not bought yet"}),
        json!({"act": "activate", "activation": "ACT", "reserve": "R", "tier": "1", "reason": "mine closed"}),
        json!({"act": "call", "call": "K1", "reserve": "R", "activation": "ACT", "material": "M", "total": "7 t",
            "due": "2026-04-30", "replenish_by": "2027-04-30"}),
        json!({"act": "call", "call": "K2", "reserve": "R", "material": "M",
            "parts": [{"member": "A", "quantity": "1 t"}]}),
        json!({"act": "commit_to_call", "call": "K1", "member": "A",
            "lines": [{"lot": "L1", "site": "S", "quantity": "2 t", "under": "PL"}], "quantity": "5 t",
            "reference": "X-16"}),
        json!({"act": "commit_to_call", "call": "K1", "member": "A",
            "lines": [{"lot": "L1", "site": "S", "quantity": "1 t"}], "announced": true}),
        json!({"act": "settle_part", "call": "K1", "member": "A", "outcome": "available", "quantity": "1 t",
            "reason": "loaded"}),
        json!({"act": "restrict", "restriction": "Q", "origin": "AU", "processed": "MY", "hs": "2846",
            "material": "M", "end_use": "arms", "destination": "KR", "first": "2026-03-01", "last": "2026-12-31",
            "licensable": true, "basis": "notice 1"}),
        json!({"act": "restrict", "restriction": "Q2", "origin": "AU", "destination": "KR", "licensable": true}),
        json!({"act": "license", "licence": "LI", "restriction": "Q2", "holder": "A", "material": "M",
            "quantity": "5 t", "first": "2026-03-01", "last": "2026-12-31"}),
        json!({"act": "amend_party", "code": "B", "name": "B", "country": "KR", "role": "operator"}),
        json!({"act": "deliver", "call": "K1", "member": "A",
            "lines": [{"lot": "L1", "site": "S", "quantity": "1 t", "under": "K1/A/1"}], "receiver": "B",
            "authority": null, "licence": "LI", "reference": "X-17"}),
        json!({"act": "draw", "lot": "L1", "site": "S", "owner": "A", "quantity": "1 t", "destination": "KR",
            "end_use": "motors", "licence": "LI"}),
        json!({"act": "dispatch", "dispatch": "D2", "source": "S", "target": "T", "owner": "A",
            "lines": [{"lot": "L1", "quantity": "1 t"}], "end_use": "motors", "licence": "LI"}),
        json!({"act": "lift_restriction", "restriction": "Q2", "last": "2026-03-12", "reason": "agreed"}),
        json!({"act": "end_call", "call": "K1", "how": "terminated", "reason": "done"}),
        json!({"act": "set_price_floor", "floor": "F", "material": "M", "form": "oxide", "grade": "Nd2O3 70%",
            "price": "110.00 USD", "first": "2026-01-01", "last": "2026-12-31", "policy": "flag", "basis": "act 2"}),
        json!({"act": "declare_demand", "order": "O", "buyer": "A", "material": "M", "quantity": "6 t",
            "due": "2026-10-01", "reference": "X-18"}),
        json!({"act": "award", "order": "O", "supplier": "Lynas", "price": "85.00 USD", "quantity": "6 t",
            "form": "oxide", "due": "2026-09-01", "weights": [{"member": "A", "weight": 1}]}),
        json!({"act": "receive_order", "order": "O", "lot": lot("L8"), "site": "S", "quantity": "2 t",
            "paid": "170.00 USD", "authority": "IN", "reference": "X-19"}),
        json!({"act": "acquire_right", "right": "RT", "kind": "offtake", "holder": "A", "supplier": "Arafura",
            "project": "Nolans", "country": "AU", "material": "M", "quantity": "10 t", "first": "2026-03-01",
            "last": "2029-12-31", "price": "100.00 USD"}),
        json!({"act": "transfer_right", "right": "RT", "holder": "A", "new_holder": "B", "quantity": "4 t",
            "reference": "X-20"}),
        json!({"act": "exercise_right", "right": "RT", "holder": "A", "lot": lot("L9"), "site": "S",
            "quantity": "3 t", "dispatch": "D3", "due": "2026-05-01", "carrier": "NYK", "authority": "IN",
            "reference": "X-21"}),
        json!({"act": "set_share_limit", "limit": "P", "material": "M", "of": "separated", "whose": "CN",
            "most": "60%", "start": "90%", "first": "2026-01-01", "last": "2030-01-01"}),
        json!({"act": "request_access", "request": "RQ", "reserve": "R", "requester": "Hitachi", "material": "M",
            "quantity": "2 t", "end_use": "motors"}),
        json!({"act": "decide_access", "request": "RQ", "granted": "1 t", "rule": "R-1", "reason": "half to each"}),
        json!({"act": "wind_up", "reserve": "R", "reason": "three members left"}),
        json!({"act": "set_method", "method": "survey", "random": "2%", "systematic": "0.3%"}),
        json!({"act": "set_measuring", "site": "S", "material": "M", "stock": "survey", "flow": "survey",
            "load": "25 t"}),
        json!({"act": "set_tolerance", "material": "M", "ppm": 500, "absolute": "1 t", "rounding": "1 kg", "days": 2}),
        json!({"act": "set_duty", "sender": "A", "kind": "statement", "months": 1, "days": 15}),
        json!({"act": "receive_report", "sender": "A", "number": 1, "kind": "statement", "first": "2026-02-01",
            "last": "2026-02-28", "source": hash, "line_count": 3,
            "balances": [{"material": "M", "site": "S", "lot": "L1", "opening": "0 t", "closing": "1.50 t REO"}],
            "lines": [{"line": 1, "material": "M", "way": "in", "quantity": "2 kg gross", "effective": "2026-02-03",
                "reference": "PO-1", "counterparty": "B", "site": "S", "lot": "L9", "provisional": true,
                "replaces": {"report": 7, "line": 1, "hash": hash}, "withdraws": true}],
            "due": "2026-03-15", "signed_by": "Tanaka"}),
        json!({"act": "add_report_lines", "report": "A/1", "lines": [
            {"line": 2, "material": "M", "way": "out", "quantity": "1 t", "effective": "2026-02-04"},
            {"line": 3, "material": "M", "way": "out", "quantity": "1 t", "effective": "2026-02-05"}], "source": hash}),
        json!({"act": "match_lines", "whose": "A", "ours": ["event 12.1"], "theirs": ["A/1:1"], "note": "by phone"}),
        json!({"act": "unmatch_lines", "number": "M1", "note": "by phone again"}),
        json!({"act": "record_run", "whose": "A", "against": "ledger", "first": "2026-02-01", "last": "2026-02-28",
            "counts": [1, 0, 0, 0, 0, 1, 0, 0, 1], "breaks": [
                {"class": "quantity_differs", "reason": "unknown", "material": "M", "difference": "-2 t",
                    "effective": "2026-02-03", "ours": ["event 12.0", "held 2026-02-28 S M"], "theirs": ["A/1:1"]},
                {"class": "theirs_only", "reason": "missing", "material": "M", "effective": "2026-02-04", "ours": [],
                    "theirs": ["A/1:2", "A/1:=1"]}]}),
        json!({"act": "explain_break", "number": "B1", "reason": "moisture", "note": "dried"}),
        json!({"act": "assign_break", "number": "B1", "owner": "Tanaka"}),
        json!({"act": "agree_break", "number": "B1", "note": "as we saw it"}),
        json!({"act": "close_break", "number": "B2", "how": "correction", "by": "A/1:3", "authority": "IN",
            "note": "booked twice"}),
        json!({"act": "reopen_break", "number": "B2", "note": "it was not"}),
        json!({"act": "publish", "owner": "A", "series": "Balance of S", "through": "2026-02-28", "unit": "t",
            "figures": [{"line": "muf", "value": "-0.10"}], "note": "first"}),
        json!({"act": "trust_log", "origin": "example.org/japan", "keeper": "A", "policy": japan.policy(true),
            "note": "met in Seoul"}),
        json!({"act": "record_fact", "fact": testkit::foreign::lines(&japan.fact(9, 10, None))}),
        json!({"act": "rotate_log_key", "announcement": testkit::foreign::announcement("example.org/acts", 1, 2)}),
        // Signed: nothing was held then, and the root of nothing is known.
        json!({"act": "close_period", "owner": "B", "through": "2026-02-27", "head": {"size": 0, "root": nothing},
            "digest": {"balances": 0, "root": nothing}}),
    ]
}

fn command(index: usize, party: &str, act: Value) -> wire::Command {
    // Who checks did not make it, and who receives did not dispatch.
    let is_second = ["approve", "decline", "arrive"].iter().any(|word| act["act"] == *word);
    let maker = if is_second { "Kim" } else { "Sato" };
    let mut map = Map::new();
    map.insert("id".into(), uuid::Uuid::from_u128(index as u128 + 1).to_string().into());
    map.insert("party".into(), party.into());
    map.insert("maker".into(), maker.into());
    map.insert("effective".into(), "2026-03-12".into());
    let Value::Object(act) = act else { unreachable!("an act is an object") };
    map.extend(act);
    wire::Command::from_json(Value::Object(map).to_string().as_bytes()).expect("a command")
}

#[test]
fn every_act_goes_the_whole_way() {
    let mut world = World::default();
    world.set_day(Day(20_524));
    for (index, act) in commands().into_iter().enumerate() {
        let command = command(index, "ledger", act);
        let answer = world.post(&command);
        assert!(matches!(answer, Answer::Accepted(_) | Answer::Held(_)), "{command:?}: {answer:?}");
        assert_eq!(world.books().head().0, index as u64 + 1, "one command, one event");
        let again = world.post(&command);
        assert!(matches!(again, Answer::Duplicate(_) | Answer::Held(_)), "{command:?}: {again:?}");
    }
    world.check_all();
}

/// A field that is added later has to be added to the commands above.
#[test]
fn every_field_is_among_them() {
    let mut given: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for act in commands() {
        let word = act["act"].as_str().expect("a word").to_owned();
        given.entry(word).or_default().extend(act.as_object().expect("an object").keys().cloned());
    }
    for (word, _, schema) in wire::acts::schemas() {
        let given = given.get(word).unwrap_or_else(|| panic!("no `{word}` among the commands"));
        let properties = schema.get("properties").and_then(Value::as_object).expect("an act has fields");
        for field in properties.keys() {
            assert!(given.contains(field), "`{word}` is never given its `{field}`");
        }
    }
}

/// Who may do what: tried, not read from the rules. The owner of the stock is `A`, and `Port` keeps the site.
#[test]
fn every_role_does_what_it_may() {
    let parties = [
        ("owner", "A"),
        ("other", "Other"),
        ("custodian", "Port"),
        ("secretariat", "METI"),
        ("supplier", "Lynas"),
        ("auditor", "Board"),
    ];
    let mut table = format!("{:21}", "");
    for (role, _) in parties {
        let _ = write!(table, "{role:12}");
    }
    for (index, act) in commands().into_iter().enumerate().skip(1) {
        let _ = write!(table, "\n{:21}", act["act"].as_str().expect("a word"));
        for (_, party) in parties {
            let mut world = World::default();
            world.set_day(Day(20_524));
            for (earlier, act) in commands().into_iter().enumerate().take(index) {
                world.post(&command(earlier, "ledger", act));
            }
            register_all(&mut world);
            let answer = world.post(&command(1_000, party, act.clone()));
            let is_forbidden = match &answer {
                Answer::Refused(_, refusal) => matches!(refusal.code.as_str(), "not_permitted" | "role_not_permitted"),
                _ => false,
            };
            let _ = write!(table, "{:12}", if is_forbidden { "-" } else { "may" });
        }
    }
    let table: Vec<&str> = table.lines().map(str::trim_end).collect();
    insta::assert_snapshot!("permissions", table.join("\n"));
}

/// A party of each role, as far as the world so far has none; and an operator that keeps the sites.
fn register_all(world: &mut World) {
    let roles = [
        ("A", "agency"),
        ("Other", "agency"),
        ("Port", "operator"),
        ("METI", "secretariat"),
        ("Lynas", "supplier"),
        ("Board", "auditor"),
    ];
    let parties = roles.map(|(code, role)| json!({"act": "register_party", "code": code, "name": code, "role": role}));
    let sites = ["S", "T"].map(|code| {
        json!({"act": "amend_site", "code": code, "name": code, "custodian": "Port", "country": "JP", "area": "bulk"})
    });
    for (index, act) in parties.into_iter().chain(sites).enumerate() {
        world.post(&command(900 + index, "ledger", act));
    }
}
