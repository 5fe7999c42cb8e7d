//! Every act: with every field read, decided, written, shown and read again ([`testkit::World`] compares at each turn);
//! and by every role, where the table of who may do what is the expected output.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use books::Day;
use serde_json::{Map, Value, json};
use testkit::{Answer, World};

/// One command of each act, all fields filled in, in an order in which all can stand.
fn commands() -> Vec<Value> {
    let hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let origin = json!({"mined": "AU", "separated": "MY", "refined": "JP", "manufactured": "JP"});
    let assay = json!({"status": "provisional", "contents": {"Nd2O3": "75.2%", "Pr6O11": "24.1%"}, "moisture": "0.4%",
        "method": "XRF", "laboratory": "Alfred Knight", "uncertainty": "0.05%"});
    let lot = |code: &str| {
        json!({"lot": code, "material": "M", "form": "oxide", "source": "primary", "origin": origin, "assay": assay,
            "supplier": "Lynas", "price": "85.20 USD", "documents": [hash]})
    };
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
            "authority": "OUT", "reference": "I-1"}),
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
    ]
}

fn command(index: usize, party: &str, act: Value) -> wire::Command {
    let maker = if act["act"] == "approve" || act["act"] == "decline" { "Kim" } else { "Sato" };
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
    let mut table = format!("{:18}", "");
    for (role, _) in parties {
        let _ = write!(table, "{role:12}");
    }
    for (index, act) in commands().into_iter().enumerate().skip(1) {
        let _ = write!(table, "\n{:18}", act["act"].as_str().expect("a word"));
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
