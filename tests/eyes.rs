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
    assert_eq!((&dy["on_hand"], &own[SEEN_BY]), (&json!("0"), &json!("KR")));
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
