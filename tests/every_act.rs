//! Every act: with every field read, decided, written, shown and read again ([`testkit::World`] compares at each turn);
//! and by every role, where the table of who may do what is the expected output.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use books::party::Role;
use books::{Act, Asks, Day, Periods, Seq, Undone};
use serde_json::{Map, Value, json};
use testkit::{Answer, World};

/// The example that an act gives of itself.
fn example(word: &str) -> Value {
    let example = Act::find(word).expect("an act").facts.example;
    let mut command: Value = serde_json::from_str(example).expect("an example is JSON");
    command["act"] = word.into();
    command
}

/// One command of each act, all fields filled in, in an order in which all can stand.
fn commands() -> Vec<Value> {
    let japan = testkit::foreign::Foreign::of(include_str!("data/japan.txt")).expect("it reads");
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
        json!({"act": "deposit", "lot": "LOT-2", "site": "Gunsan", "owner": "JOGMEC", "quantity": "91 t", "authority": "BUY-2026"}),
        example("approve"),
        json!({"act": "deposit", "lot": "LOT-2", "site": "Gunsan", "owner": "JOGMEC", "quantity": "92 t", "authority": "BUY-2026"}),
        example("decline"),
        json!({"act": "close_period", "owner": "JOGMEC", "through": "2026-02-28"}),
        json!({"act": "register_party", "code": "G7-pool", "name": "The pool of the G7", "role": "agency"}),
        json!({"act": "amend_material", "code": "NdPr", "name": "NdPr oxide, 99.5%", "hs": "284690", "shown": "t",
            "form": "oxide", "requirement_per_day": "11 kg", "goal": "500 t", "tolerance_ppm": 400,
            "dual_control_above": "90 t", "authority_required": false}),
        example("establish_reserve"),
        example("amend_reserve"),
        example("set_key"),
        json!({"act": "set_key", "reserve": "G7", "kind": "consumption", "first": "2027-01-01", "year": 2025}),
        json!({"act": "set_member", "reserve": "G7", "member": "JOGMEC", "status": "joined", "reason": "signed"}),
        example("set_member"),
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
        example("declare_demand"),
        example("award"),
        example("receive_order"),
        example("acquire_right"),
        example("transfer_right"),
        example("exercise_right"),
        example("set_share_limit"),
        example("request_access"),
        example("decide_access"),
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
        json!({"act": "trust_log", "origin": "example.org/japan", "keeper": "JOGMEC", "policy": japan.policy(true),
            "note": "met in Seoul"}),
        json!({"act": "record_fact", "fact": testkit::foreign::lines(&japan.fact(9, 10, None))}),
        json!({"act": "rotate_log_key", "announcement": testkit::foreign::announcement("example.org/acts", 1, 2)}),
        // Signed: nothing was held then, and the root of nothing is known.
        example("close_period"),
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

/// Who may do what: tried, not read from the rules. The owner of the stock is `JOGMEC`, and `Port` keeps the site.
#[test]
fn every_role_does_what_it_may() {
    let parties = [
        ("owner", "JOGMEC"),
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
            let may = says_that_may(&world, &act, party);
            let answer = world.post(&command(1_000, party, act.clone()));
            let is_forbidden = match &answer {
                Answer::Refused(_, refusal) => matches!(refusal.code.as_str(), "not_permitted" | "role_not_permitted"),
                _ => false,
            };
            if let Some(may) = may {
                assert_eq!(may, !is_forbidden, "what `{}` says of who may, and what {party} found", act["act"]);
            }
            let _ = write!(table, "{:12}", if is_forbidden { "-" } else { "may" });
        }
    }
    let table: Vec<&str> = table.lines().map(str::trim_end).collect();
    insta::assert_snapshot!("permissions", table.join("\n"));
}

/// What an act says of who may ask it, held against a party; nothing where it depends on more than the command says.
fn says_that_may(world: &World, act: &Value, party: &str) -> Option<bool> {
    let books = world.books();
    let word = act["act"].as_str().expect("a word");
    // Whose right a correction touches is said by what it reverses; and only a secretariat loosens a control.
    if word == "correct" || act["authority_required"] == false {
        return None;
    }
    let numbered = command(2_000, party, act.clone()).resolve(books).ok()?.act;
    let number = books.party_no(party).expect("registered");
    let role = books.party(number).role;
    let is_secretariat = role == Role::Secretariat;
    let is_whose = numbered.whose(books).contains(&number);
    let may = match numbered.facts().asks {
        Asks::Anyone => true,
        Asks::Agency => is_secretariat || role == Role::Agency,
        Asks::Secretariat => is_secretariat,
        Asks::Holder => is_secretariat || is_whose,
        // `Port` keeps all sites.
        Asks::Keeper => is_secretariat || is_whose || party == "Port",
        Asks::Alone => is_whose,
    };
    Some(may && !matches!(role, Role::Supplier | Role::Auditor))
}

/// What changes an account is held by the closed periods of its owner; and what is told to other ledgers is what the auditor,
/// who shares no code with us, looks for.
#[test]
fn every_act_says_whose_periods_it_concerns_and_what_it_tells() {
    let mut world = World::default();
    world.set_day(Day(20_524));
    for (index, act) in commands().into_iter().enumerate() {
        world.post(&command(index, "ledger", act));
        let event = world.event(Seq(index as u64 + 1)).expect("one command, one event");
        let Some(act) = event.act(world.books()).filter(|_| event.outcome.is_done()) else { continue };
        let entry = Act::find(act.word()).expect("an act");
        let changes_an_account = !event.entries.is_empty() || !event.claims.is_empty();
        assert!(!changes_an_account || entry.facts.periods == Periods::Owners, "`{}` changes an account", entry.word);
        let is_told = auditor::is_told(entry.number.into());
        assert_eq!(act.says().is_some(), is_told, "`{}` is told to other ledgers", entry.word);
    }
}

/// A correction takes back what says so of itself, and nothing else.
#[test]
fn every_act_is_taken_back_as_it_says() {
    let mut world = World::default();
    world.set_day(Day(20_524));
    for (index, act) in commands().into_iter().enumerate() {
        let word = act["act"].as_str().expect("a word").to_owned();
        let seq = index + 1;
        if matches!(world.post(&command(index, "ledger", act)), Answer::Held(_)) {
            continue;
        }
        let entry = Act::find(&word).expect("an act");
        let mut other = World::default();
        other.set_day(Day(20_524));
        for (index, act) in commands().into_iter().enumerate().take(seq) {
            other.post(&command(index, "ledger", act));
        }
        let correction = json!({"act": "correct", "reverses": seq, "reason": "tried"});
        let is_refused = match other.post(&command(3_000, "ledger", correction)) {
            Answer::Refused(_, refusal) => {
                refusal.code == "not_reversible"
                    || (refusal.code == "invalid_value" && refusal.message.contains("changes more than quantities"))
            }
            _ => false,
        };
        assert_eq!(is_refused, entry.facts.undone != Undone::Corrected, "`{word}`, event {seq}");
    }
}

/// A party of each role, as far as the world so far has none; and an operator that keeps the sites.
fn register_all(world: &mut World) {
    let roles = [
        ("JOGMEC", "agency"),
        ("Other", "agency"),
        ("Port", "operator"),
        ("METI", "secretariat"),
        ("Lynas", "supplier"),
        ("Board", "auditor"),
    ];
    let parties = roles.map(|(code, role)| json!({"act": "register_party", "code": code, "name": code, "role": role}));
    let sites = ["Ibaraki", "Gunsan"].map(|code| {
        json!({"act": "amend_site", "code": code, "name": code, "custodian": "Port", "country": "JP", "area": "bulk"})
    });
    for (index, act) in parties.into_iter().chain(sites).enumerate() {
        world.post(&command(900 + index, "ledger", act));
    }
}
