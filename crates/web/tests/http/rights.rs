use serde_json::{Value, json};
use web::rights::{Reach, STANDINGS, group_of_question, reach};

use crate::house::{House, Reply, command, deposit, members, token};

/// The parties of the standings, in their order; the last is a token without a party.
const PARTIES: [&str; 7] = ["operator", "ONE", "SEC", "OPS", "SUP", "AUD", "NOBODY"];

fn guarded() -> House {
    let mut tokens: Vec<_> = PARTIES.iter().map(|party| token(party, &format!("secret of {party}"))).collect();
    tokens.extend(["TWO", "THREE"].map(|party| token(party, &format!("secret of {party}"))));
    let house = House::with_tokens(&tokens);
    house.setup(&members());
    house
}

fn as_party<'t>(party: &str, into: &'t mut String) -> [(&'static str, &'t str); 1] {
    *into = format!("Bearer secret of {party}");
    [("authorization", into.as_str())]
}

fn get(house: &House, party: &str, path: &str) -> Reply {
    house.get(path, &as_party(party, &mut String::new()))
}

fn post(house: &House, party: &str, command: &Value) -> Reply {
    house.post("/v1/commands", &as_party(party, &mut String::new()), command.to_string())
}

/// What agencies, secretariats and operators of sites post for themselves.
const WRITES: [&str; 75] = [
    "mandate",
    "end_mandate",
    "open_order",
    "accept_award",
    "amend_party",
    "register_person",
    "amend_person",
    "register_site",
    "amend_site",
    "deposit",
    "draw",
    "transfer",
    "dispatch",
    "arrive",
    "transform",
    "split",
    "merge",
    "amend_lot",
    "set_factor",
    "count_items",
    "assay",
    "loss",
    "gain",
    "stocktake",
    "encumber",
    "release",
    "approve",
    "decline",
    "correct",
    "establish_reserve",
    "amend_reserve",
    "wind_up",
    "set_member",
    "set_key",
    "record_base",
    "commit",
    "accept",
    "contribute",
    "transfer_entitlement",
    "withdraw",
    "replenish",
    "settle_cash",
    "book_cash",
    "share_difference",
    "activate",
    "call",
    "commit_to_call",
    "deliver",
    "settle_part",
    "end_call",
    "declare_demand",
    "award",
    "receive_order",
    "set_price_floor",
    "acquire_right",
    "transfer_right",
    "exercise_right",
    "restrict",
    "lift_restriction",
    "license",
    "set_share_limit",
    "request_access",
    "decide_access",
    "serve_request",
    "record_figure",
    "receive_report",
    "add_report_lines",
    "record_load",
    "explain_break",
    "assign_break",
    "agree_break",
    "close_break",
    "reopen_break",
    "match_lines",
    "unmatch_lines",
];

/// What agencies and secretariats post for themselves, and operators of sites do not.
const GOVERNS: [&str; 19] = [
    "register_party",
    "register_material",
    "amend_material",
    "transfer_title",
    "lend",
    "return_loan",
    "set_limit",
    "authorize",
    "close_period",
    "record_run",
    "set_method",
    "set_measuring",
    "set_tolerance",
    "record_rate",
    "set_duty",
    "publish",
    "trust_log",
    "record_fact",
    "rotate_log_key",
];

/// What becomes of an act that a party posts, written out: this is the table of rights that we mean, and not the one that is
/// tested. `open` is for whoever runs the ledger.
fn expected(party: &str, act: &str, target: &str) -> Option<&'static str> {
    let may = match party {
        "operator" => return None,
        "ONE" | "SEC" => WRITES.contains(&act) || GOVERNS.contains(&act),
        "OPS" => WRITES.contains(&act),
        _ => false,
    };
    match may {
        true if target == party => None,
        true => Some("not_your_party"),
        false => Some("not_permitted"),
    }
}

#[test]
fn every_act_has_the_right_that_is_written_out() {
    let mut written: Vec<&str> = ["open"].into_iter().chain(WRITES).chain(GOVERNS).collect();
    let mut acts = wire::Act::WORDS.to_vec();
    written.sort_unstable();
    acts.sort_unstable();
    assert_eq!(written, acts);
}

#[test]
#[ignore = "group download"]
fn every_standing_tries_every_act_for_itself_and_for_another() {
    let house = guarded();
    let nats = house.on_nats();
    let mut id = 1_000;
    for party in PARTIES {
        for act in wire::Act::WORDS {
            for target in [party, "TWO"] {
                id += 1;
                let asked = command(id, target, act, json!({}));
                let tried = post(&house, party, &asked);
                let expected = expected(party, act, target);
                let code = tried.code();
                let (status, over_nats) =
                    nats.ask(web::INGEST, "commands", &as_party(party, &mut String::new()), asked.to_string());
                // On NATS every command comes in a frame: one that is none, or is refused, is answered in its place.
                let is_answered = ["invalid", "refused"].contains(&over_nats["outcome"].as_str().unwrap_or_default());
                let is_same = status == tried.status || (status == 200 && is_answered);
                let over_nats_code = over_nats["code"].as_str().unwrap_or_default();
                assert!(is_same && over_nats_code == code, "{party} posts {act} over NATS: {over_nats}");
                match expected {
                    Some(expected) => {
                        assert_eq!((tried.status, code.as_str()), (403, expected), "{party} posts {act} for {target}");
                    }
                    // Without its fields the command is no command: it came as far as that.
                    None => assert_ne!(tried.status, 403, "{party} posts {act} for {target}: {}", tried.text),
                }
            }
        }
    }
}

#[test]
#[ignore = "group download"]
fn every_standing_asks_every_question() {
    let house = guarded();
    let nats = house.on_nats();
    for (standing, party) in STANDINGS.into_iter().zip(PARTIES) {
        for entry in answers::QUESTIONS {
            let asked = get(&house, party, &format!("/v1/{}", entry.name));
            let (status, _) = nats.ask(web::SERVICE, entry.name, &as_party(party, &mut String::new()), String::new());
            assert_eq!(status, asked.status, "{party} asks {} over NATS as over HTTP", entry.name);
            let is_allowed = reach(group_of_question(entry.name), standing) != Reach::No;
            assert_eq!(asked.status == 403, !is_allowed, "{party} asks {}: {}", entry.name, asked.text);
        }
        let allowed = reach(group_of_question("history"), standing) != Reach::No;
        let status = |path: &str| if allowed { 200 } else { get(&house, party, path).status };
        assert_eq!(status("/v1/events?from=1") == 403, !allowed, "{party} follows the events");
        assert_eq!(status("/v1/export/events") == 403, !allowed, "{party} exports");
    }
}

#[test]
fn nobody_comes_in_without_a_name() {
    let house = guarded();
    assert_eq!(house.get("/v1/positions", &[]).code(), "not_signed_in");
    let wrong = house.get("/v1/positions", &[("authorization", "Bearer guessed")]);
    assert_eq!(
        (wrong.status, wrong.code().as_str(), wrong.header("www-authenticate")),
        (401, "unknown_token", "Bearer")
    );
    assert_eq!(house.post("/v1/commands", &[], deposit(30, "ONE", "L1", "1 t").to_string()).status, 401);
    assert_eq!(house.get("/v1/events", &[]).status, 401);
    assert_eq!(house.get("/v1/export/events", &[]).status, 401);
    assert_eq!(house.get("/healthz", &[]).status, 200, "whether it is up is no secret");
}

/// `ONE` holds 100 t, `TWO` 40 t, and 10 t of `TWO` are earmarked for `SEC`.
fn with_stock() -> House {
    let house = guarded();
    house.setup(&[deposit(20, "ONE", "L1", "100 t"), deposit(21, "TWO", "L2", "40 t")]);
    house.setup(&[command(22, "TWO", "encumber", json!({ "encumbrance": "E1", "kind": "earmark", "lot": "L2", "site": "North", "quantity": "10 t", "beneficiary": "SEC" }))]);
    house
}

fn lots(house: &House, party: &str) -> Vec<String> {
    let found = get(house, party, "/v1/positions?by=lot").json();
    let lines = found["positions"].as_array().expect("lines").iter();
    lines.filter_map(|line| line["lot"].as_str().map(str::to_owned)).collect()
}

#[test]
fn a_member_sees_its_own_stock_and_never_anothers() {
    let house = with_stock();
    assert_eq!(lots(&house, "operator"), ["L1", "L2"]);
    assert_eq!(lots(&house, "AUD"), ["L1", "L2"]);
    assert_eq!(lots(&house, "OPS"), ["L1", "L2"], "it keeps the site");
    assert_eq!(lots(&house, "ONE"), ["L1"]);
    assert_eq!(lots(&house, "TWO"), ["L2"]);
    assert!(lots(&house, "SUP").is_empty());
    assert_eq!(get(&house, "ONE", "/v1/trace?lot=L2").code(), "unknown_lot");
    assert_eq!(get(&house, "ONE", "/v1/event?seq=13").code(), "unknown_event");
    assert_eq!(get(&house, "ONE", "/v1/command?id=00000000-0000-7000-8000-000000000021").code(), "unknown_command");
    let told = get(&house, "ONE", "/v1/history").text
        + &get(&house, "ONE", "/v1/list?what=lots").text
        + &get(&house, "ONE", "/v1/list?what=encumbrances").text
        + &get(&house, "ONE", "/v1/export/events").text
        + &get(&house, "ONE", "/v1/export/commands").text
        + &get(&house, "ONE", "/v1/export/postings").text
        + &get(&house, "ONE", "/v1/export/journal").text
        + &get(&house, "ONE", "/v1/explain?material=NdPr&as_of=2026-03-10&known_at=11").text
        + &house.stream("/v1/events?from=1", &as_party("ONE", &mut String::new()), "id: 14");
    assert!(told.contains("L1") && !told.contains("L2") && !told.contains("40 t"), "{told}");
}

#[test]
fn whose_eyes_an_answer_was_seen_with_is_said_at_every_door() {
    let house = with_stock();
    let said = "seen by ONE: what others hold, and it may not see, is not in it";
    for path in ["positions", "cover", "history", "list?what=lots", "dependence", "transfers"] {
        let sign = if path.contains('?') { '&' } else { '?' };
        let json = get(&house, "ONE", &format!("/v1/{path}"));
        assert_eq!((json.json()["seen_by"].clone(), json.header("granary-seen-by")), (json!("ONE"), "ONE"), "{path}");
        let csv = get(&house, "ONE", &format!("/v1/{path}{sign}format=csv"));
        assert!(
            csv.header("granary-seen-by") == "ONE" && csv.text.contains(&format!("\n\"# {said}\"")),
            "{path}: {}",
            csv.text
        );
        let all = get(&house, "operator", &format!("/v1/{path}{sign}format=csv"));
        assert!(all.header("granary-seen-by").is_empty() && !all.text.contains("seen by"), "{path}: {}", all.text);
    }
    for page in [
        "",
        "console/positions",
        "console/cover",
        "console/history",
        "console/breaks",
        "console/balances",
        "console/reports",
        "console/material/NdPr",
        "console/lot/L1",
    ] {
        let seen = get(&house, "ONE", &format!("/{page}"));
        assert!(seen.status == 200 && seen.text.contains(said), "/{page}: {}", seen.text);
        assert!(!get(&house, "operator", &format!("/{page}")).text.contains("seen by"), "/{page}");
    }
}

#[test]
fn what_is_set_aside_for_somebody_is_seen_by_them_and_no_more() {
    let house = with_stock();
    let found = get(&house, "SEC", "/v1/list?what=encumbrances").json();
    assert_eq!((&found["lines"][0]["code"], &found["lines"][0]["left"]), (&json!("E1"), &json!("10 t net")));
    assert!(lots(&house, "SEC").is_empty());
    assert!(!get(&house, "SEC", "/v1/history").text.contains("40 t"));
}

#[test]
fn a_secretariat_is_told_a_total_of_several_members_and_never_that_of_one() {
    let house = with_stock();
    let total = |house: &House| get(house, "SEC", "/v1/positions?by=material").json()["positions"][0].clone();
    assert_eq!(total(&house)["on_hand"], "140");
    assert!(get(&house, "SEC", "/v1/positions?by=site").json()["positions"].as_array().expect("lines").is_empty());
    assert!(
        get(&house, "SEC", "/v1/positions?by=material&party=ONE").json()["positions"]
            .as_array()
            .expect("lines")
            .is_empty()
    );
    let alone = guarded();
    alone.setup(&[deposit(20, "ONE", "L1", "100 t")]);
    assert_eq!((&total(&alone)["on_hand"], &total(&alone)["withheld"]), (&json!("withheld"), &json!(true)));
}

#[test]
fn the_bus_lets_the_same_people_ask_the_same() {
    use bus::{Asked, Handler};
    let house = with_stock();
    let door = house.bus_door();
    let ask = |headers: &[(&str, &str)], verb: &str, body: Value| {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let asked = Asked { verb: verb.to_owned(), headers, body: body.to_string().into() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let reply = runtime.block_on(door.handle(asked));
        let status = reply.headers.iter().find(|(name, _)| name == web::STATUS).map(|(_, value)| value.clone());
        (status.unwrap_or_default(), serde_json::from_slice::<Value>(&reply.body).expect("JSON"))
    };
    let mut text = String::new();
    let (status, answer) = ask(&as_party("ONE", &mut text), "positions", json!({ "by": ["lot"] }));
    assert_eq!((status.as_str(), answer["positions"].as_array().map(Vec::len)), ("200", Some(1)));
    assert_eq!(ask(&as_party("AUD", &mut text), "stocks", json!({})).1["code"], "unknown_question");
    assert_eq!(ask(&as_party("AUD", &mut text), "positions", json!({ "colour": "red" })).1["code"], "unknown_field");
    let (status, answer) = ask(&[], "positions", json!({}));
    assert_eq!((status.as_str(), &answer["code"]), ("401", &json!("not_signed_in")));
    for (standing, party) in STANDINGS.into_iter().zip(PARTIES) {
        for entry in answers::QUESTIONS {
            let (status, answer) = ask(&as_party(party, &mut text), entry.name, json!({}));
            let is_allowed = reach(group_of_question(entry.name), standing) != Reach::No;
            assert_eq!(status == "403", !is_allowed, "{party} asks {}: {answer}", entry.name);
        }
    }
}
