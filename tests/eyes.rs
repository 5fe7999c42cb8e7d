//! What an asker may not see is never summed as zero, and never set against a whole: every answer to somebody who sees a
//! part of the ledger is the answer to who sees all of it, or says that it is a part.

use answers::{QUESTIONS, SEEN_BY, Viewer};
use serde_json::{Value, json};
use testkit::World;

#[path = "common/view.rs"]
mod view;
use view::{asked, request, world_of};

fn party(code: &str) -> Viewer {
    Viewer::Party(code.into())
}

/// A new question is in it by itself; a new kind of viewer is one more word here.
#[test]
fn an_answer_to_who_sees_a_part_is_the_whole_answer_or_says_that_it_is_a_part() {
    let mut answered = std::collections::BTreeSet::new();
    for scenario in ["pool", "access", "call", "procurement", "rights", "restrictions", "reconcile", "manual"] {
        let world = world_of(scenario);
        let codes: Vec<String> = world.books().parties().iter().map(|party| party.code.clone()).collect();
        for entry in QUESTIONS {
            let Ok(whole) = asked(&world, &Viewer::Operator, entry.name, request(entry.name)) else { continue };
            assert!(whole.get(SEEN_BY).is_none(), "{}: the operator sees everything", entry.name);
            answered.insert(entry.name);
            for code in &codes {
                let Ok(part) = asked(&world, &party(code), entry.name, request(entry.name)) else { continue };
                let says = part[SEEN_BY] == json!(code);
                assert!(
                    part == whole || says,
                    "{scenario}: {} to {code} is cut and does not say so: {part}",
                    entry.name
                );
            }
        }
    }
    let never = [
        "break",
        "prove_balance",
        "command",
        "report_lines",
        "report_text",
        "published",
        "reconciliation",
        "recompute",
        "restatements",
    ];
    for entry in QUESTIONS.iter().filter(|entry| !never.contains(&entry.name)) {
        assert!(answered.contains(entry.name), "no scenario has an answer to {}", entry.name);
    }
}

/// The release of 22 November told a secretariat "on hand 0, 0.0 days, shortfall 40" while one member held 20.
#[test]
fn a_total_with_one_other_party_in_it_is_withheld_and_nothing_follows_from_it() {
    let world = one_member_holds();
    let cover = asked(&world, &party("SEC"), "cover", json!({})).expect("an answer");
    let dy = line(&cover["materials"], "material", "Dy");
    for figure in ["on_hand", "available", "days_on_hand", "days_available", "shortfall"] {
        assert_eq!(dy[figure], "withheld", "{figure} of {dy}");
    }
    assert_eq!((&dy["requirement_per_day"], &dy["goal"]), (&json!("0.1"), &json!("40")), "what is registered is told");
    let positions = asked(&world, &party("SEC"), "positions", json!({"by": ["material"]})).expect("an answer");
    assert_eq!(line(&positions["positions"], "material", "Dy")["on_hand"], "withheld");
    let whole = asked(&world, &Viewer::Operator, "cover", json!({})).expect("an answer");
    assert_eq!(line(&whole["materials"], "material", "Dy")["shortfall"], "20");
}

/// A member's own stock says nothing about the need and the goal of all.
#[test]
fn a_members_own_stock_is_not_set_against_the_need_of_all() {
    let world = one_member_holds();
    let own = asked(&world, &party("KR"), "cover", json!({})).expect("an answer");
    let dy = line(&own["materials"], "material", "Dy");
    assert_eq!((&dy["days_on_hand"], &dy["shortfall"]), (&json!("withheld"), &json!("withheld")), "{dy}");
    assert_eq!((&dy["on_hand"], &own[SEEN_BY]), (&json!("withheld"), &json!("KR")), "it holds none, and another may");
}

/// Shares of several parties are told to a secretariat as sums, or withheld; never "0 %, not breached".
#[test]
fn a_secretariat_is_told_shares_over_its_members_or_that_they_are_withheld() {
    let world = world_of("access");
    let limits =
        |viewer: &Viewer| asked(&world, viewer, "share_limits", json!({})).expect("an answer")["lines"].clone();
    let (whole, told) = (limits(&Viewer::Operator), limits(&party("IEA")));
    assert_eq!(whole.as_array().expect("lines").len(), told.as_array().expect("lines").len());
    for (whole, told) in whole.as_array().expect("lines").iter().zip(told.as_array().expect("lines")) {
        let is_withheld = told["share"] == "withheld" && told["breached"].is_null();
        assert!(is_withheld || whole == told, "{told} instead of {whole}");
    }
    let own = limits(&party("JOGMEC"));
    assert!(
        own.as_array().expect("lines").iter().all(|line| line["breached"].is_null()),
        "a part against a limit on all: {own}"
    );
    let stress = |viewer: &Viewer| {
        asked(&world, viewer, "stress", json!({"country": "CN", "stage": "separation"})).expect("an answer")["lines"]
            .clone()
    };
    for (whole, told) in stress(&Viewer::Operator)
        .as_array()
        .expect("lines")
        .iter()
        .zip(stress(&party("IEA")).as_array().expect("lines"))
    {
        for figure in ["on_hand", "available", "share", "at_risk"] {
            assert!(told[figure] == whole[figure] || told[figure] == "withheld", "{figure}: {told} instead of {whole}");
        }
    }
    let dependence = |viewer: &Viewer| {
        asked(&world, viewer, "dependence", json!({"basis": "net", "material": "NdPr-oxide"})).expect("an answer")
    };
    let (whole, told) = (dependence(&Viewer::Operator), dependence(&party("IEA")));
    assert!(
        told["shares"] == whole["shares"] || told["shares"][0]["percent"] == "withheld",
        "{told} instead of {whole}"
    );
}

/// A secretariat runs the pool and a member withdraws from it by lot: both see what lies in it.
#[test]
fn the_lots_of_a_pool_are_seen_by_who_runs_it_and_who_takes_part() {
    let world = world_of("pool");
    let pool = json!({"party": "Pool", "by": ["lot", "site"]});
    let whole = asked(&world, &Viewer::Operator, "positions", pool.clone()).expect("an answer")["positions"].clone();
    assert!(!whole.as_array().expect("lines").is_empty());
    for viewer in ["IEA", "JOGMEC", "KOMIR"] {
        let seen = asked(&world, &party(viewer), "positions", pool.clone()).expect("an answer");
        assert_eq!(seen["positions"], whole, "{viewer}");
        assert!(
            asked(&world, &party(viewer), "trace", json!({"lot": "J1"})).is_ok(),
            "{viewer} traces a lot of the pool"
        );
    }
    let stranger = asked(&world, &party("FMC"), "positions", pool).expect("an answer");
    assert_eq!(stranger["positions"], json!([]), "FMC takes no part");
}

fn line<'a>(lines: &'a Value, field: &str, value: &str) -> &'a Value {
    lines.as_array().and_then(|lines| lines.iter().find(|line| line[field] == value)).expect("a line")
}

/// Two members; one of them alone holds dysprosium, of which there should be twice as much.
fn one_member_holds() -> World {
    let commands = [
        json!({"party": "ledger", "act": "register_party", "code": "SEC", "name": "Secretariat", "role": "secretariat"}),
        json!({"party": "SEC", "act": "register_party", "code": "JP", "name": "Japan", "role": "agency", "country": "JP"}),
        json!({"party": "SEC", "act": "register_party", "code": "KR", "name": "Korea", "role": "agency", "country": "KR"}),
        json!({"party": "SEC", "act": "register_material", "code": "Dy", "name": "Dysprosium oxide", "unit": "mg", "basis": "net",
            "shown": "t", "form": "oxide", "requirement_per_day": "0.1 t", "goal": "40 t"}),
        json!({"party": "JP", "act": "register_site", "code": "Ibaraki", "name": "Ibaraki", "country": "JP", "area": "item"}),
        json!({"party": "JP", "act": "deposit", "lot": "D1", "site": "Ibaraki", "material": "Dy", "quantity": "20 t"}),
    ];
    let mut world = World::new(books::Moment(1_775_000_000_000_000));
    for (number, mut command) in (1u128..).zip(commands) {
        command["id"] = json!(uuid::Uuid::from_u128(number).to_string());
        command["effective"] = json!("2026-03-01");
        let command = wire::Command::from_json(command.to_string().as_bytes()).expect("a command");
        let answer = world.post(&command);
        assert!(matches!(answer, testkit::Answer::Accepted(_)), "{command:?}: {answer:?}");
    }
    world
}

/// A custodian that is no operator of sites is told nothing of what others send from its site, and no other door tells it either.
#[test]
fn a_dispatch_of_another_owner_is_seen_by_operators_of_sites_alone() {
    let world = world_of("manual");
    let lots = |viewer: &Viewer| asked(&world, viewer, "transfers", json!({})).expect("answered").to_string();
    assert!(lots(&Viewer::Operator).contains("LOT-8"));
    assert!(lots(&party("JOGMEC")).contains("LOT-8"), "it is its owner");
    assert!(!lots(&party("KOMIR")).contains("LOT-8"), "{}", lots(&party("KOMIR")));
}

/// A reserve of three with NdPr in all hands, and dysprosium of one member alone, so much of it: at its own site, set aside, on
/// its way, and in a report that the secretariat sent in its name.
fn with_so_much_withheld(quantity: &str) -> World {
    reported_by("IEA", quantity)
}

/// The same, with a report that somebody sends.
fn reported_by(teller: &str, quantity: &str) -> World {
    let script = format!(
        "use shared\n\
         as JOGMEC\n\
         deposit lot DY at Ibaraki {quantity} of Dy-oxide effective 2026-01-02\n\
         encumber H1 as hold lot DY at Ibaraki 300 kg effective 2026-01-03\n\
         dispatch D9 from Ibaraki to Busan lot DY 500 kg effective 2026-01-04\n\
         as {teller}\n\
         post {STATEMENT}\n"
    );
    testkit::script::answers(&script, std::path::Path::new("scenarios")).expect("the script reads").1
}

/// Sent by whoever oversees the member: the books beside it would tell what lies there.
const STATEMENT: &str = r#"{"act":"receive_report","sender":"JOGMEC","number":1,"kind":"statement","first":"2026-01-01","last":"2026-01-09","source":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","line_count":0,"balances":[{"material":"Dy-oxide","site":"Ibaraki","closing":"0 kg"},{"material":"Dy-oxide","closing":"0 kg"},{"material":"Dy-oxide","lot":"DY","site":"Ibaraki","closing":"0 kg"}]}"#;

/// What a field of a question may say of what is withheld.
const ABOUT_IT: &[(&str, &[&str])] = &[
    ("party", &["JOGMEC"]),
    ("owner", &["JOGMEC"]),
    ("by", &["JOGMEC", "party", "material", "lot", "site", "origin"]),
    ("site", &["Ibaraki"]),
    ("material", &["Dy-oxide"]),
    ("lot", &["DY"]),
    ("origin", &["CN", "unknown"]),
    ("country", &["JP", "XX"]),
    ("form", &["oxide"]),
    ("source", &["primary"]),
    ("reserve", &["R"]),
    ("as_of", &["2026-01-02", "2026-01-05"]),
    ("day", &["2026-01-05"]),
    ("known_at", &["30"]),
    ("until", &["30"]),
    ("what", &["lots", "encumbrances", "dispatches", "limits", "parties", "held"]),
    ("act", &["deposit", "dispatch"]),
    ("basis", &["net", "contained:Dy"]),
    ("refused", &["true"]),
    ("all_places", &["true"]),
    ("empty", &["true"]),
    ("include_flagged", &["true"]),
    ("against", &["KOMIR"]),
    ("first", &["2026-01-01"]),
    ("last", &["2026-01-09"]),
    ("dispatch", &["D9"]),
    ("code", &["H1"]),
];

/// Every request that one or two fields make of a question, beside what it needs.
fn requests(entry: &answers::Entry) -> Vec<Value> {
    let schema = entry.request_schema();
    let fields: Vec<&String> = schema["properties"].as_object().into_iter().flat_map(|fields| fields.keys()).collect();
    let needed = |field: &&str| schema["required"].as_array().is_some_and(|needed| needed.contains(&json!(field)));
    let values = |field: &str| ABOUT_IT.iter().find(|(name, _)| *name == field).map_or(&[][..], |(_, values)| values);
    let mut base = request(entry.name);
    for (field, value) in [("material", "Dy-oxide"), ("lot", "DY"), ("known_at", "30"), ("as_of", "2026-01-09")] {
        if needed(&field) || !base[field].is_null() {
            base[field] = json!(value);
        }
    }
    let read = |pairs: &[(&str, &str)]| {
        let said = entry.request_from_pairs(pairs.iter().copied()).ok()?;
        let mut request = base.clone();
        for (field, value) in said.as_object()? {
            request[field] = value.clone();
        }
        Some(request)
    };
    let mut all = vec![base.clone()];
    for (place, one) in fields.iter().enumerate() {
        for value in values(one) {
            all.extend(read(&[(one, value)]));
            for other in &fields[place + 1..] {
                for second in values(other).iter().take(1) {
                    all.extend(read(&[(one, value), (other, second)]));
                }
            }
        }
    }
    all
}

/// A secretariat was told 0 by `cover` of one party and by `explain`, subtracted what `cover` withheld from `stress`, and read
/// the rest from a statement that it had sent itself. Whatever is asked, what lies unseen changes no byte of an answer.
#[test]
fn what_is_withheld_changes_no_byte_of_any_answer() {
    let (one, other) = (with_so_much_withheld("20000 kg"), with_so_much_withheld("33000 kg"));
    let mut told = 0;
    for viewer in ["IEA", "METI", "KOMIR", "DLA", "FMC", "PortCo", "Lynas"] {
        for entry in QUESTIONS {
            for request in requests(entry) {
                let [one, other] =
                    [&one, &other].map(|world| asked(world, &party(viewer), entry.name, request.clone()));
                told += usize::from(one.is_ok());
                assert_eq!(one, other, "{} to {viewer} at {request}", entry.name);
            }
        }
    }
    assert!(told > 1_000, "{told} answers");
}

/// The figures that were 0, one by one.
#[test]
fn what_is_asked_of_another_party_is_withheld_and_never_nothing() {
    let world = with_so_much_withheld("20000 kg");
    let figures = [
        ("cover", json!({"party": "JOGMEC"}), "/materials", "material"),
        ("cover", json!({"site": "Ibaraki", "material": "Dy-oxide"}), "/materials", "material"),
        ("stress", json!({"country": "CN", "party": "JOGMEC"}), "/lines", "material"),
    ];
    for viewer in ["IEA", "KOMIR"] {
        for (question, request, lines, key) in &figures {
            let answer = asked(&world, &party(viewer), question, request.clone()).expect("an answer");
            let lines = answer.pointer(lines).and_then(Value::as_array).expect("lines");
            for line in lines {
                // Who runs the reserve sees that nothing is entitled or promised there.
                let of_reserves = if viewer == "KOMIR" { &["entitled", "call"][..] } else { &[] };
                for figure in ["on_hand", "available", "in_transit"].iter().chain(of_reserves) {
                    assert_ne!(line[figure], "0", "{question} {request} to {viewer}: {figure} of {}", line[key]);
                }
            }
        }
        for filter in [json!({}), json!({"party": "JOGMEC"}), json!({"site": "Ibaraki"}), json!({"origin": "CN"})] {
            let mut request = filter.clone();
            (request["material"], request["as_of"], request["known_at"]) =
                (json!("Dy-oxide"), json!("2026-01-09"), json!(30));
            let explained = asked(&world, &party(viewer), "explain", request).expect("an answer");
            assert_eq!((&explained["then"], &explained["now"]), (&json!("withheld"), &json!("withheld")), "{filter}");
        }
    }
    let own = asked(
        &world,
        &party("JOGMEC"),
        "explain",
        json!({"material": "Dy-oxide", "party": "JOGMEC", "as_of": "2026-01-09", "known_at": 1}),
    );
    let own = own.expect("an answer");
    assert_eq!((&own["then"], &own["now"]), (&json!("0"), &json!("20000")), "its own is told, nothing too");
    let statements = asked(&world, &party("IEA"), "statements", json!({"party": "JOGMEC"})).expect("it oversees it");
    for line in statements["statements"].as_array().expect("lines") {
        assert_eq!((&line["books"], &line["difference"]), (&json!("withheld"), &json!("withheld")), "{line}");
    }
    let stranger = asked(&world, &party("METI"), "statements", json!({})).expect("an answer");
    assert_eq!(stranger["statements"], json!([]), "METI runs no reserve of its");
    let compared = json!({"party": "JOGMEC"});
    assert_eq!(asked(&world, &party("IEA"), "reconciliation", compared.clone()), Err("not_your_books".into()));
    assert!(asked(&world, &party("JOGMEC"), "reconciliation", compared).is_ok());
}

/// Whoever runs a reserve explains every difference of what its members reported. What it wrote in their name it would read from
/// the difference.
#[test]
fn what_a_member_reported_itself_is_compared_for_who_runs_its_reserve() {
    let world = reported_by("JOGMEC", "20000 kg");
    let compared = |viewer: &str| asked(&world, &party(viewer), "reconciliation", json!({"party": "JOGMEC"}));
    assert!(compared("IEA").is_ok(), "{:?}", compared("IEA"));
    assert_eq!(compared("METI"), Err("not_your_report".into()), "it runs no reserve of its");
    assert_eq!(compared("KOMIR"), Err("not_your_report".into()));
}
