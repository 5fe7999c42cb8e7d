//! What is asked about shared reserves is answered in full to who runs them, and in part to each member.

use std::fmt::Write as _;
use std::path::Path;

use answers::{Viewer, ask_named};
use books::Day;
use serde_json::{Value, json};
use testkit::World;

#[expect(dead_code, reason = "shared by several tests, none of which uses all of it")]
#[path = "common/view.rs"]
mod view;
use view::{Seen, json_of};

/// The world of a scenario, without what the scenario expects.
fn world(scenario: &str) -> World {
    let path = Path::new("scenarios").join(format!("{scenario}.txt"));
    let text = std::fs::read_to_string(&path).expect("a scenario");
    testkit::script::answers(&text, Path::new("scenarios")).expect("the scenario reads").1
}

fn asked(world: &World, viewer: &str, question: &str, request: Value) -> Result<Value, String> {
    let viewer = match viewer {
        "operator" => Viewer::Operator,
        party => Viewer::Party(party.into()),
    };
    let seen = Seen { world, books: world.books(), viewer, today: world.day() };
    ask_named(question, request, &seen)
        .map(|answer| json_of(answer.as_ref()))
        .map_err(|problem| format!("{}: {problem}", problem.code))
}

/// The lines of an answer as a table, under what else it says.
fn page(world: &World, viewer: &str, question: &str, request: Value) -> String {
    let mut page = format!("{question} {request} as {viewer}\n");
    match asked(world, viewer, question, request) {
        Err(problem) => {
            let _ = writeln!(page, "  {problem}");
        }
        Ok(answer) => {
            for (name, value) in answer.as_object().expect("an answer is an object") {
                match value {
                    Value::Array(lines) => {
                        for line in lines {
                            let fields = line.as_object().expect("a line is an object").iter();
                            let said = fields.filter(|(_, value)| !value.is_null() && **value != json!("0"));
                            let said: Vec<String> =
                                said.map(|(name, value)| format!("{name} {}", plain(value))).collect();
                            let _ = writeln!(page, "  - {}", said.join(", "));
                        }
                    }
                    Value::Null => {}
                    value => {
                        let _ = writeln!(page, "  {name}: {}", plain(value));
                    }
                }
            }
        }
    }
    page
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[test]
fn pools_and_entitlements() {
    let world = world("pool");
    let pages = [
        page(&world, "operator", "reserve", json!({})),
        page(&world, "IEA", "reserve", json!({"reserve": "R", "as_of": "2026-06-03"})),
        page(&world, "IEA", "entitlements", json!({"reserve": "R"})),
        page(&world, "KOMIR", "entitlements", json!({})),
        page(&world, "FMC", "reserve", json!({"reserve": "R"})),
        page(&world, "IEA", "debts", json!({"paid": true})),
        page(&world, "JOGMEC", "debts", json!({})),
        page(&world, "IEA", "members", json!({"reserve": "R"})),
        page(&world, "KOMIR", "members", json!({"reserve": "R"})),
        page(&world, "IEA", "members", json!({"reserve": "S"})),
    ];
    insta::assert_snapshot!("pools", pages.join("\n"));
}

#[test]
fn calls_and_their_boards() {
    let call = world("call");
    let keys = world("keys");
    let two = world("one_lot_two_reserves");
    let pages = [
        page(&call, "IEA", "calls", json!({})),
        page(&call, "IEA", "call_board", json!({"call": "C1"})),
        page(&call, "IEA", "call_board", json!({"call": "C1", "as_of": "2026-03-15"})),
        page(&call, "IEA", "call_board", json!({"call": "C2", "as_of": "2026-04-01"})),
        page(&call, "DLA", "call_board", json!({"call": "C1"})),
        page(&call, "DLA", "calls", json!({})),
        page(&call, "IEA", "allocation", json!({"call": "C1"})),
        page(&keys, "IEA", "allocation", json!({"call": "C1"})),
        page(&keys, "IEA", "allocation", json!({"call": "C4"})),
        page(&keys, "IEA", "allocation", json!({"call": "C7"})),
        page(&two, "operator", "promises", json!({})),
        page(&two, "KOMIR", "promises", json!({})),
    ];
    insta::assert_snapshot!("calls", pages.join("\n"));
}

#[test]
fn a_quarter_on_one_page() {
    let (pool, call, cash) = (world("pool"), world("call"), world("cash"));
    let of = |quarter: &str| json!({"reserve": "R", "quarter": quarter});
    let pages = [
        page(&pool, "IEA", "brief", of("2026Q1")),
        page(&pool, "KOMIR", "brief", of("2026Q1")),
        page(&pool, "IEA", "brief", json!({"reserve": "R", "quarter": "2026Q1", "levels": "bands"})),
        page(&pool, "FMC", "brief", of("2026Q1")),
        page(&pool, "IEA", "brief", of("2026Q5")),
        page(&call, "IEA", "brief", of("2026Q2")),
        page(&call, "DLA", "brief", of("2026Q2")),
        page(&cash, "IEA", "brief", of("2026Q1")),
        page(&cash, "DLA", "brief", json!({"reserve": "R", "quarter": "2026Q1", "known_at": 40})),
    ];
    insta::assert_snapshot!("briefs", pages.join("\n"));
}

#[test]
fn figures_of_the_world_and_paths_over_them() {
    let world = world("figures");
    let pages = [
        page(&world, "KOMIR", "figures", json!({})),
        page(&world, "IEA", "figures", json!({"of": "refining", "world": true, "as_of": "2026-04-30"})),
        page(&world, "IEA", "figures", json!({"of": "refining", "world": true, "as_of": "2026-06-30", "known_at": 45})),
        page(&world, "IEA", "figures", json!({"of": "smelting"})),
        page(&world, "JOGMEC", "share_limits", json!({})),
        page(&world, "IEA", "share_limits", json!({"limit": "JP-PATH", "as_of": "2025-06-30"})),
        page(&world, "IEA", "share_limits", json!({"limit": "JP-STOCK"})),
    ];
    insta::assert_snapshot!("figures", pages.join("\n"));
}

#[test]
fn recomputes_line_by_line() {
    let world = world("members");
    let changes = (1..=world.books().head().0).filter(|seq| {
        let event = world.event(books::Seq(*seq)).expect("within the log");
        matches!(&event.outcome, books::Outcome::Done(books::Act::SetMember(_))) && event.tallied.is_some()
    });
    let pages: Vec<String> = changes.map(|event| page(&world, "IEA", "recompute", json!({ "event": event }))).collect();
    assert_eq!(pages.len(), 2, "one joined, one left");
    let member = page(&world, "FMC", "recompute", json!({"event": 21}));
    insta::assert_snapshot!("recomputes", pages.join("\n") + "\n" + &member);
}

#[test]
fn orders_rights_and_restrictions() {
    let procurement = world("procurement");
    let rights = world("rights");
    let restrictions = world("restrictions");
    let access = world("access");
    let pages = [
        page(&procurement, "IEA", "orders", json!({})),
        page(&procurement, "JOGMEC", "orders", json!({"order": "O1", "as_of": "2026-04-15"})),
        page(&procurement, "operator", "receipts", json!({"below_floor": true})),
        page(
            &procurement,
            "operator",
            "receipts",
            json!({"by": "mined", "from": "2026-04-01", "material": "NdPr-oxide"}),
        ),
        page(&rights, "JOGMEC", "rights", json!({"as_of": "2026-04-10"})),
        page(&rights, "JOGMEC", "rights", json!({"all": true})),
        page(&restrictions, "KOMIR", "blocked", json!({"to": "JP", "as_of": "2026-03-11"})),
        page(&restrictions, "KOMIR", "blocked", json!({"to": "DE"})),
        page(&access, "IEA", "access", json!({})),
        page(&access, "JOGMEC", "access", json!({"outcome": "granted"})),
        page(&access, "operator", "access", json!({"outcome": "lost"})),
        page(&access, "operator", "share_limits", json!({})),
        page(&access, "operator", "promises", json!({"reserve": "R"})),
    ];
    insta::assert_snapshot!("markets", pages.join("\n"));
}

/// Every tonne counts for exactly one party: what tickets and delegations give to one they take from another.
#[test]
fn cover_counts_each_tonne_once() {
    let world = world("one_lot_two_reserves");
    for day in ["2026-02-01", "2026-04-15", "2026-05-15", "2026-06-30"] {
        let request = json!({"base": "consumption", "year": 2025, "material": "NdPr-oxide", "as_of": day});
        let answer = asked(&world, "operator", "cover_base", request).expect("answered");
        let mut counted = 0.0;
        let mut owned = 0.0;
        for line in answer["lines"].as_array().expect("lines") {
            let number = |field: &str| plain(&line[field]).parse::<f64>().expect("a number");
            counted += number("counted");
            owned += number("owned");
        }
        assert!((counted - owned).abs() < 1e-9, "{day}: {counted} counted of {owned}");
    }
    let page = [
        page(&world, "operator", "cover_base", json!({"base": "consumption", "year": 2025, "as_of": "2026-04-15"})),
        page(&world, "operator", "cover_base", json!({"base": "sales", "year": 2025})),
    ];
    insta::assert_snapshot!("cover_once", page.join("\n"));
}

/// Days of cover where the base is zero, missing, or that of a net exporter; a base that is revised.
#[test]
fn cover_says_why_it_has_no_days() {
    let world = world("keys");
    let pages = [
        page(&world, "operator", "cover_base", json!({"base": "net_imports", "year": 2025})),
        page(&world, "operator", "cover_base", json!({"base": "consumption", "year": 2025, "deduct": 10})),
        page(&world, "operator", "cover_base", json!({"base": "consumption", "year": 2025, "deduct": 101})),
    ];
    insta::assert_snapshot!("cover_without_days", pages.join("\n"));
}

#[test]
fn every_question_answers_an_empty_ledger_or_says_what_is_unknown() {
    let world = World::default();
    for entry in answers::QUESTIONS {
        let request = match entry.name {
            "members" => json!({"reserve": "R"}),
            "call_board" | "allocation" => json!({"call": "C"}),
            "recompute" => json!({"event": 1}),
            "cover_base" => json!({"base": "consumption", "year": 2025}),
            "reach" => json!({"within": 30}),
            "stress" => json!({"country": "CN"}),
            "reserve" | "entitlements" | "debts" | "promises" | "calls" | "orders" | "receipts" | "rights"
            | "access" | "blocked" | "plan" | "share_limits" => json!({}),
            _ => continue,
        };
        let answer = asked(&world, "operator", entry.name, request);
        assert!(answer.is_ok() || answer.as_ref().is_err_and(|problem| problem.starts_with("unknown_")), "{answer:?}");
    }
}

/// What was known after each event, asked later, is what was answered then.
#[test]
fn an_answer_can_be_asked_again_as_it_was_known() {
    for (scenario, question, request) in [
        ("pool", "reserve", json!({"reserve": "R", "as_of": "2026-06-05"})),
        ("pool", "entitlements", json!({"reserve": "R", "as_of": "2026-06-05"})),
        ("pool", "debts", json!({"reserve": "R", "as_of": "2026-06-05", "paid": true})),
        ("call", "calls", json!({"reserve": "R", "as_of": "2026-03-22"})),
    ] {
        let later = world(scenario);
        let path = Path::new("scenarios").join(format!("{scenario}.txt"));
        let text = std::fs::read_to_string(&path).expect("a scenario");
        let lines: Vec<&str> = text.lines().collect();
        for count in [18, 27, 36, 45, lines.len()] {
            let part = lines[..count.min(lines.len())].join("\n");
            let (_, earlier) = testkit::script::answers(&part, Path::new("scenarios")).expect("the scenario reads");
            let then = asked(&earlier, "operator", question, request.clone()).expect("answered");
            let mut request = request.clone();
            request["known_at"] = json!(earlier.books().head().0);
            let now = asked(&later, "operator", question, request).expect("answered");
            let numbers = |answer: &Value| -> Vec<Value> {
                let lines = answer.as_object().expect("an object").values().find_map(Value::as_array).expect("lines");
                // Of what may be claimed, a material or member that was not known then has no line now either. Of other
                // questions, what nothing was known of then has no line then, and a line of nothing now.
                let is_exact = ["reserve", "entitlements"].contains(&question);
                let is_something = |line: &&Value| {
                    let fields = line.as_object().expect("a line").iter();
                    fields.filter(|(name, _)| AMOUNTS.contains(&name.as_str())).any(|(_, value)| *value != json!("0"))
                };
                lines.iter().filter(|line| is_exact || is_something(line)).cloned().collect()
            };
            assert_eq!(numbers(&then), numbers(&now), "{scenario} {question} as known at {}", earlier.books().head());
        }
    }
}

const AMOUNTS: [&str; 8] =
    ["physical", "receivable", "entitled", "unshared", "drawn", "owed", "committed", "delivered"];

/// From 90% at the start to 60% at the end, in a straight line; nothing before it, the target ever after.
#[test]
fn a_target_has_a_path() {
    let world = world("access");
    let most = |day: &str| {
        let answer = asked(&world, "operator", "share_limits", json!({"limit": "H1", "as_of": day})).expect("answered");
        answer["lines"].as_array().expect("lines").first().map(|line| plain(&line["most"]))
    };
    assert_eq!(most("2025-12-31"), None);
    assert_eq!(most("2026-01-01").as_deref(), Some("90%"));
    assert_eq!(most("2028-07-01").as_deref(), Some("75.0082192%"), "912 of 1825 days gone: 90 - 30 x 912 / 1825");
    assert_eq!(most("2030-12-31").as_deref(), Some("60%"));
    assert_eq!(most("2040-01-01").as_deref(), Some("60%"));
}

/// A country stops: what it made is missing, what is on its way is at risk, and the shared reserve adds days.
#[test]
fn a_country_stops() {
    let world = world("manual");
    let stop = |country: &str, party: Option<&str>| {
        let request = json!({"country": country, "stage": "separation", "party": party, "day": "2026-04-20"});
        let answer = asked(&world, "operator", "stress", request).expect("answered");
        answer["lines"].as_array().expect("lines").clone()
    };
    let of = |lines: &[Value], material: &str| {
        lines.iter().find(|line| line["material"] == material).expect("a line").clone()
    };
    let number = |value: &Value| plain(value).parse::<f64>().expect("a number");
    let lines = stop("CN", Some("JOGMEC"));
    let line = of(&lines, "NdPr");
    assert_eq!(line["at_risk"], "34", "both shipments were separated there");
    assert!(number(&line["days_with_reserve"]) > number(&line["days"]));
    assert!(number(&line["days"]) > number(&line["days_alone"]), "not everything comes from there");
    assert_eq!(of(&lines, "Dy")["share"], "100.00");
    assert_eq!(of(&lines, "Dy")["days"], of(&lines, "Dy")["days_alone"], "all of it comes from there");
    let free = of(&stop("BR", Some("JOGMEC")), "NdPr");
    assert_eq!(
        (&free["share"], &free["days"]),
        (&json!("0.00"), &Value::Null),
        "nothing is missing, so it lasts for ever"
    );
    // What a call brings is what others promised: asked for all together, there are no others.
    assert_eq!(of(&stop("CN", None), "NdPr")["call"], "0");
}

#[test]
fn today_is_the_day_of_asking() {
    let world = world("pool");
    let seen = Seen { world: &world, books: world.books(), viewer: Viewer::Operator, today: Day(20_500) };
    let answer = json_of(ask_named("reserve", json!({}), &seen).expect("answered").as_ref());
    assert_eq!(answer["as_of"], json!(wire::date::show_day(Day(20_500))));
}

/// Fields that a question is asked with: what the scenario has of each kind, and two states of knowledge.
fn request(entry: &answers::Entry, world: &World, known_at: Option<u64>) -> Value {
    let (books, schema) = (world.books(), entry.request_schema());
    let names = |part: &str| -> Vec<String> {
        let keys = schema[part].as_object().map(|fields| fields.keys().cloned().collect());
        let list = || Some(schema[part].as_array()?.iter().filter_map(|it| Some(it.as_str()?.to_owned())).collect());
        keys.or_else(list).unwrap_or_default()
    };
    let (required, fields) = (names("required"), names("properties"));
    let first = |codes: Option<String>| codes.map_or(json!("nothing"), Value::String);
    let mut request = serde_json::Map::new();
    for name in
        required.iter().chain(fields.iter().filter(|name| ["lot", "material", "rules"].contains(&name.as_str())))
    {
        let value = match name.as_str() {
            "lot" => first(books.lots().first().map(|lot| lot.facts.code.clone())),
            "material" => first(books.materials().first().map(|material| material.code.clone())),
            "party" | "owner" => first(books.reports().first().map(|report| books.party_code(report.party).to_owned())),
            "site" | "place" => first((0u32..).zip(books.places()).find_map(|(number, place)| {
                matches!(place, books::place::Place::Site(_))
                    .then(|| books.place_code(books::PlaceNo(number)).to_owned())
            })),
            "reserve" => first(books.reserves().first().map(|reserve| reserve.code.clone())),
            "call" => first(books.calls().first().map(|call| call.code.clone())),
            "report" => first(books.reports().first().map(|report| report.code.clone())),
            "code" => first(books.breaks().first().map(|found| found.code.clone())),
            "event" => json!(books.head().0),
            "id" => json!("00000000-0000-7000-8000-000000000001"),
            "what" => json!("lots"),
            "rules" => json!(true),
            "as_of" | "first" => json!("2026-01-01"),
            "last" => json!("2026-12-31"),
            "known_at" => json!(1),
            "within" => json!(30),
            _ => json!("nothing"),
        };
        request.insert(name.clone(), value);
    }
    if let Some(known_at) = known_at.filter(|_| fields.iter().any(|name| name == "known_at")) {
        request.insert("known_at".into(), json!(known_at));
    }
    if fields.iter().any(|name| name == "seq") {
        request.insert("seq".into(), json!(books.head().0));
    }
    Value::Object(request)
}

/// On a ledger of three million events eleven questions read the log while they held the books: one of them kept every
/// reader and the follower waiting for up to ten seconds. [`Seen`] panics where the log is read while the books are held.
#[test]
fn no_question_reads_the_log_while_it_holds_the_books() {
    let mut answered = std::collections::BTreeSet::new();
    for scenario in ["pool", "call", "procurement", "rights", "reconcile", "facts", "closed_period", "dual_control"] {
        let world = world(scenario);
        let head = world.books().head().0;
        for entry in answers::QUESTIONS {
            for known_at in [None, Some(head / 2), Some(head)] {
                let party = world.books().parties().last().map_or("operator", |party| party.code.as_str()).to_owned();
                for viewer in ["operator", &party] {
                    if asked(&world, viewer, entry.name, request(entry, &world, known_at)).is_ok() {
                        answered.insert(entry.name);
                    }
                }
            }
        }
    }
    let unanswered = answers::QUESTIONS.iter().map(|it| it.name).filter(|it| !answered.contains(it));
    let unanswered: Vec<&str> = unanswered.collect();
    // The others refuse what they are asked here, and are asked in tests of their own.
    assert!(answered.len() > 25, "no answer from {unanswered:?}");
}

/// A world of a few lines on top of `shared`.
fn made(lines: &str) -> World {
    let lines: Vec<&str> = lines.lines().map(str::trim).collect();
    let text = format!("use shared\ntoday 2026-06-30\n{}", lines.join("\n"));
    testkit::script::answers(&text, Path::new("scenarios")).expect("it reads").1
}

/// Who is called learns it from the calls, and from its history: which call, of what, how much, by when. It was told `call` once.
#[test]
fn a_member_is_told_that_it_is_called() {
    let world = made("call C1 in R of NdPr-oxide 61 t round-to \"1 t\" lead 30 effective 2026-03-02");
    let calls = asked(&world, "KOMIR", "calls", json!({"reserve": "R"})).expect("an answer");
    let line = &calls["calls"][0];
    assert_eq!(
        (&line["call"], &line["own_part"], &line["due"]),
        (&json!("C1"), &json!("20"), &json!("2026-04-01")),
        "{line}"
    );
    let history = asked(&world, "KOMIR", "history", json!({"act": "call"})).expect("an answer");
    let told = &history["events"][0]["command"];
    assert_eq!(
        (&told["call"], &told["reserve"], &told["material"]),
        (&json!("C1"), &json!("R"), &json!("NdPr-oxide")),
        "{history}"
    );
    assert_eq!(told["parts"], json!([{"member": "KOMIR", "quantity": "20 t net"}]), "its own part, and nobody else's");
    assert!(told["total"].is_null(), "{told}");
    let again = asked(&world, "operator", "allocation", json!({"call": "C1"})).expect("an answer");
    assert_eq!(again["same"], json!(true), "the same parts in whole tonnes: {again}");
}

/// The board is open to all members where the rules say so, from the day on which they do.
#[test]
fn a_board_is_open_where_the_rules_open_it() {
    let lines = "call C1 in R of NdPr-oxide 60 t effective 2026-03-02
        amend-reserve R version v2 tolerance 1000 notice 30 open-board from 2026-05-01 effective 2026-04-20";
    let world = made(lines);
    let parts = |viewer: &str, as_of: &str| {
        let board = asked(&world, viewer, "call_board", json!({"call": "C1", "as_of": as_of})).expect("an answer");
        board["parts"].as_array().expect("lines").len()
    };
    assert_eq!((parts("KOMIR", "2026-04-30"), parts("KOMIR", "2026-05-01"), parts("IEA", "2026-04-30")), (1, 3, 3));
    assert!(asked(&world, "FMC", "call_board", json!({"call": "C1"})).is_err(), "who takes no part sees none of it");
}

/// Once it was delivered, nothing said that it came late.
#[test]
fn lateness_stays_on_the_record() {
    let lines = "call C1 in R of NdPr-oxide 60 t due 2026-04-30 effective 2026-03-02
        commit-to C1 member DLA lot D1 10 t at Kobe effective 2026-03-03 by DLA
        deliver C1 member DLA lot D1 4 t at Kobe under C1/DLA/1 effective 2026-04-20 by DLA
        deliver C1 member DLA lot D1 6 t at Kobe under C1/DLA/1 effective 2026-05-10 by DLA id last
        contribute to R member KOMIR lot K1 at Busan 40 t effective 2026-02-01 by KOMIR
        withdraw from R member KOMIR lot K1 at Busan 30 t debt X1 due 2026-05-31 effective 2026-03-01 by KOMIR
        replenish X1 lot K1 at Busan 30 t effective 2026-06-20 by KOMIR";
    let world = made(lines);
    let of = |as_of: &str, known_at: Option<u64>| {
        let board = asked(&world, "IEA", "call_board", json!({"call": "C1", "as_of": as_of, "known_at": known_at}));
        let board = board.expect("an answer");
        let line = board["parts"]
            .as_array()
            .expect("lines")
            .iter()
            .find(|line| line["member"] == "DLA")
            .expect("its line")
            .clone();
        (line["status"].clone(), line["delivered_on"].clone(), line["late_days"].clone())
    };
    assert_eq!(of("2026-06-30", None), (json!("fulfilled"), json!("2026-05-10"), json!(10)));
    assert_eq!(of("2026-05-05", None), (json!("late"), Value::Null, json!(5)));
    // As it was known before the last delivery was recorded.
    let before = world.books().head().0 - 4;
    assert_eq!(of("2026-06-30", Some(before)), (json!("late"), Value::Null, json!(61)));
    let debts = asked(&world, "IEA", "debts", json!({"paid": true})).expect("an answer");
    let line = &debts["debts"][0];
    assert_eq!((&line["settled_on"], &line["late_days"]), (&json!("2026-06-20"), &json!(20)), "{line}");
}
