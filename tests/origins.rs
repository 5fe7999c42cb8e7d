//! Where mass comes from follows it through merges, splits and conversions, and every question uses the same numbers.

use answers::{Viewer, ask_named};
use books::Day;
use serde_json::{Value, json};
use testkit::{Answer, World};

#[expect(dead_code, reason = "shared by several tests, none of which uses all of it")]
#[path = "common/view.rs"]
mod view;
use view::{Seen, json_of};

/// Two agencies, a material and two sites in each country, as the findings have them.
struct Ledger {
    world: World,
    count: u128,
}

impl Ledger {
    fn new() -> Self {
        let mut ledger = Self { world: World::default(), count: 0 };
        ledger.world.set_day(wire::date::parse_day("2026-06-30").expect("a day"));
        for act in [
            json!({"act": "open", "origin": "example.org/origins", "format": 1}),
            json!({"act": "register_party", "code": "AGENCY", "name": "Agency", "country": "JP", "role": "agency"}),
            json!({"act": "register_party", "code": "OTHER", "name": "Other", "country": "KR", "role": "agency"}),
            json!({"act": "register_material", "code": "NdPr", "name": "NdPr oxide", "unit": "mg", "basis": "net",
                "shown": "t", "form": "oxide"}),
            json!({"act": "register_material", "code": "Metal", "name": "NdPr metal", "unit": "mg", "basis": "net",
                "shown": "t", "form": "metal"}),
            json!({"act": "register_site", "code": "North", "name": "North", "custodian": "AGENCY", "country": "JP",
                "area": "item"}),
            json!({"act": "register_site", "code": "Abroad", "name": "Abroad", "custodian": "AGENCY", "country": "US",
                "area": "item"}),
        ] {
            ledger.done("ledger", "2026-01-01", act);
        }
        ledger
    }

    fn post(&mut self, party: &str, effective: &str, mut act: Value) -> Answer {
        self.count += 1;
        let fields = act.as_object_mut().expect("an act is an object");
        fields.insert("id".into(), uuid::Uuid::from_u128(self.count).to_string().into());
        fields.insert("party".into(), party.into());
        fields.insert("effective".into(), effective.into());
        let command = wire::Command::from_json(act.to_string().as_bytes()).expect("a command");
        self.world.post(&command)
    }

    fn done(&mut self, party: &str, effective: &str, act: Value) {
        let told = act.to_string();
        let answer = self.post(party, effective, act);
        assert!(matches!(answer, Answer::Accepted(_)), "{told}: {answer:?}");
    }

    fn refused(&mut self, effective: &str, act: Value) -> String {
        match self.post("AGENCY", effective, act) {
            Answer::Refused(_, refusal) => refusal.code,
            answer => panic!("it was not refused: {answer:?}"),
        }
    }

    fn deposit(&mut self, lot: &str, quantity: &str, more: Value) {
        let mut act = json!({"act": "deposit", "lot": lot, "site": "North", "quantity": quantity, "material": "NdPr"});
        act.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        self.done("AGENCY", "2026-01-01", act);
    }

    fn merge(&mut self, lot: &str, parts: &[(&str, &str)]) {
        let parts: Vec<Value> = parts.iter().map(|(lot, quantity)| json!({"lot": lot, "quantity": quantity})).collect();
        self.done("AGENCY", "2026-01-10", json!({"act": "merge", "lot": lot, "site": "North", "parts": parts}));
    }

    fn ask(&self, question: &str, request: Value) -> Value {
        let seen = Seen {
            world: &self.world,
            books: self.world.books(),
            viewer: Viewer::Operator,
            today: Day(self.world.day().0),
        };
        let answer = ask_named(question, request, &seen);
        answer.map(|answer| json_of(answer.as_ref())).unwrap_or_else(|problem| panic!("{question}: {problem:?}"))
    }

    /// Share, breached and verdict of the limit on a day.
    fn limit(&self, day: &str) -> (String, Option<bool>, String) {
        let answer = self.ask("share_limits", json!({"as_of": day}));
        let line = &answer["lines"][0];
        let text = |field: &str| line[field].as_str().unwrap_or_default().to_owned();
        (text("share"), line["breached"].as_bool(), text("verdict"))
    }
}

fn of(country: &str) -> Value {
    json!({"origin": {"mined": country, "separated": country}})
}

/// 90 t from one country and 10 t from another, and a limit of 60% on the first.
fn concentrated() -> Ledger {
    let mut ledger = Ledger::new();
    ledger.deposit("CN1", "90 t", of("CN"));
    ledger.deposit("AU1", "10 t", of("AU"));
    ledger.done(
        "ledger",
        "2026-01-01",
        json!({"act": "set_share_limit", "limit": "LIM", "material": "NdPr",
        "of": "separated", "whose": "CN", "most": "60%"}),
    );
    ledger
}

/// One milligram of another origin was poured in, and the limit was no longer broken.
#[test]
fn a_merge_keeps_every_share() {
    let mut ledger = concentrated();
    let broken = ("90.00".to_owned(), Some(true), "broken".to_owned());
    assert_eq!(ledger.limit("2026-01-05"), broken);
    ledger.merge("M", &[("CN1", "90 t"), ("AU1", "1 mg")]);
    assert_eq!(ledger.limit("2026-01-12"), broken);
    // Split, and mixed with the rest: still.
    ledger.done(
        "AGENCY",
        "2026-01-11",
        json!({"act": "split", "lot": "M", "site": "North",
        "parts": [{"lot": "M1", "quantity": "33.333333333 t"}, {"lot": "M2", "quantity": "1 t"}]}),
    );
    ledger.done(
        "AGENCY",
        "2026-01-12",
        json!({"act": "merge", "lot": "N", "site": "North",
        "parts": [{"lot": "M1", "quantity": "33.333333333 t"}, {"lot": "AU1", "quantity": "5 t"}]}),
    );
    assert_eq!(ledger.limit("2026-01-12"), broken);
    let positions = ledger.ask("positions", json!({"by": ["origin"], "as_of": "2026-01-12"}));
    let line = |index: usize| {
        let position = &positions["positions"][index];
        (position["origin"].as_str().unwrap_or_default(), position["on_hand"].as_str().unwrap_or_default())
    };
    assert_eq!([line(0), line(1)], [("AU", "10"), ("CN", "90")]);
    let chinese = ledger.ask("positions", json!({"by": ["material"], "origin": "CN", "as_of": "2026-01-12"}));
    assert_eq!(chinese["positions"][0]["on_hand"], "90");
    let shares = ledger.ask("dependence", json!({"stage": "separation", "basis": "net", "as_of": "2026-01-12"}));
    assert_eq!(shares["shares"][0]["units"], "90000000000", "to the milligram");
    assert_eq!(shares["shares"][1]["units"], "10000000000", "to the milligram");
}

#[test]
fn what_is_unknown_is_never_counted_as_innocent() {
    let mut ledger = concentrated();
    ledger.deposit("X1", "100 t", json!({}));
    // 90 of 200 are, 100 more may be.
    assert_eq!(ledger.limit("2026-01-12"), ("45.00..95.00".into(), None, "possible".into()));
    let stress = ledger.ask("stress", json!({"country": "CN", "day": "2026-01-12"}));
    assert_eq!(stress["lines"][0]["share"], "45.00..95.00");
}

#[test]
fn a_restriction_follows_its_mass() {
    let mut ledger = concentrated();
    ledger.merge("M", &[("CN1", "90 t"), ("AU1", "1 mg")]);
    ledger.done(
        "ledger",
        "2026-01-01",
        json!({"act": "restrict", "restriction": "R", "origin": "CN",
        "destination": "US"}),
    );
    let away = json!({"act": "transfer", "lot": "M", "source": "North", "target": "Abroad", "quantity": "80 t"});
    assert_eq!(ledger.refused("2026-01-12", away), "restricted");
    let blocked = ledger.ask("blocked", json!({"to": "US", "as_of": "2026-01-12"}));
    assert_eq!(blocked["lots"][0]["lot"], "M");
    assert_eq!(blocked["lots"][0]["quantity"], "90.000000001", "wholly: nobody can tell the parts from each other");
    let stress = ledger.ask("stress", json!({"country": "CN", "day": "2026-01-12"}));
    assert_eq!(stress["lines"][0]["share"], "90.00");
}

#[test]
fn a_restriction_can_take_the_part_alone() {
    let mut ledger = concentrated();
    ledger.merge("M", &[("CN1", "9 t"), ("AU1", "1 t")]);
    ledger.done(
        "ledger",
        "2026-01-01",
        json!({"act": "restrict", "restriction": "R", "origin": "CN",
        "destination": "US", "licensable": true, "of_mixed": "in_proportion"}),
    );
    let blocked = ledger.ask("blocked", json!({"to": "US", "as_of": "2026-01-12"}));
    let lines: Vec<_> = blocked["lots"].as_array().expect("lots").iter().map(|line| line["quantity"].clone()).collect();
    assert_eq!(lines, ["81", "9"]);
    ledger.done(
        "ledger",
        "2026-01-01",
        json!({"act": "license", "licence": "Y", "restriction": "R",
        "holder": "AGENCY", "material": "NdPr", "quantity": "5 t"}),
    );
    let away = |quantity: &str, licence: &[(&str, &str)]| {
        let mut act = json!({"act": "draw", "lot": "M", "site": "North", "destination": "US", "quantity": quantity});
        act.as_object_mut().expect("an object").extend(licence.iter().map(|(k, v)| ((*k).to_owned(), json!(v))));
        act
    };
    assert_eq!(ledger.refused("2026-01-12", away("1 t", &[])), "restricted");
    // 5 t of it hold 4.5 t of what is restricted.
    ledger.done("AGENCY", "2026-01-12", away("5 t", &[("licence", "Y")]));
    assert_eq!(ledger.refused("2026-01-12", away("1 t", &[("licence", "Y")])), "exceeds_open");
}

/// A split was reversed, and the next deposit under its code inherited the origin and the parent of what never was.
#[test]
fn what_a_reversed_event_made_leaves_its_code_free() {
    let mut ledger = Ledger::new();
    ledger.deposit("A", "10 t", of("CN"));
    let split = ledger.world.books().head().0 + 1;
    ledger.done(
        "AGENCY",
        "2026-01-03",
        json!({"act": "split", "lot": "A", "site": "North",
        "parts": [{"lot": "A1", "quantity": "4 t"}]}),
    );
    ledger.done("AGENCY", "2026-01-03", json!({"act": "correct", "reverses": split, "reason": "never split"}));
    let bare = json!({"act": "deposit", "lot": "A1", "site": "North", "quantity": "5 t"});
    assert_eq!(ledger.refused("2026-01-05", bare), "lot_undescribed");
    ledger.deposit("A1", "5 t", of("AU"));
    let lots = |ledger: &Ledger, lot: &str| {
        let links = ledger.ask("trace", json!({"lot": lot}))["links"].clone();
        let links = links.as_array().expect("links").clone();
        links.into_iter().map(|link| (link["origin"].clone(), link["reversed"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(lots(&ledger, "A1"), [(json!("mined AU, separated AU"), Value::Null)]);
    let reversed = (json!("mined CN, separated CN"), json!(split + 1));
    assert_eq!(lots(&ledger, "A"), [(json!("mined CN, separated CN"), Value::Null), reversed]);
    // It cannot stand again: its code names another lot.
    let again = json!({"act": "correct", "reverses": split + 1, "reason": "it was"});
    assert_eq!(ledger.refused("2026-01-06", again), "already_registered");
}

#[test]
fn a_waybill_number_and_a_lot_keyed_wrongly_can_be_used_again() {
    let mut ledger = Ledger::new();
    let wrong = ledger.world.books().head().0 + 1;
    ledger.deposit("D", "10 t", of("CN"));
    ledger.done("AGENCY", "2026-01-01", json!({"act": "correct", "reverses": wrong, "reason": "wrong drum"}));
    ledger.deposit("D", "10 t", of("AU"));
    let dispatch = json!({"act": "dispatch", "dispatch": "W1", "source": "North", "target": "Abroad",
        "lines": [{"lot": "D", "quantity": "1 t"}]});
    let first = ledger.world.books().head().0 + 1;
    ledger.done("AGENCY", "2026-01-03", dispatch.clone());
    assert_eq!(ledger.refused("2026-01-03", dispatch.clone()), "already_registered");
    ledger.done("AGENCY", "2026-01-03", json!({"act": "correct", "reverses": first, "reason": "wrong lorry"}));
    ledger.done("AGENCY", "2026-01-04", dispatch);
    assert_eq!(
        ledger.refused("2026-01-05", json!({"act": "correct", "reverses": first + 2, "reason": "no"})),
        "already_registered"
    );
    ledger.done(
        "AGENCY",
        "2026-01-06",
        json!({"act": "arrive", "dispatch": "W1", "last": true,
        "lines": [{"lot": "D", "received": "1 t"}]}),
    );
}

#[test]
fn a_description_is_mended_for_a_lot_and_for_what_was_made_of_it() {
    let mut ledger = concentrated();
    ledger.merge("M", &[("CN1", "90 t"), ("AU1", "10 t")]);
    let known_at = ledger.world.books().head().0;
    ledger.done(
        "AGENCY",
        "2026-01-20",
        json!({"act": "amend_lot", "lot": "AU1", "reason": "certificate of origin",
        "origin": {"mined": "CN", "separated": "CN"}}),
    );
    assert_eq!(ledger.limit("2026-01-19").0, "90.00");
    assert_eq!(ledger.limit("2026-01-20").0, "100.00");
    let shares = |more: Value| {
        let mut request = json!({"stage": "mining", "basis": "net", "as_of": "2026-01-31"});
        request.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        ledger.ask("dependence", request)["shares"].as_array().expect("shares").len()
    };
    assert_eq!((shares(json!({})), shares(json!({"known_at": known_at}))), (1, 2));
    let made = json!({"act": "amend_lot", "lot": "M", "origin": {"mined": "AU"}, "reason": "hm"});
    assert_eq!(ledger.refused("2026-01-21", made), "does_not_fit");
    ledger.done("AGENCY", "2026-01-31", json!({"act": "close_period", "owner": "AGENCY", "through": "2026-01-31"}));
    let late = json!({"act": "amend_lot", "lot": "AU1", "origin": {"mined": "AU"}, "reason": "no"});
    assert_eq!(ledger.refused("2026-01-30", late), "period_closed");
}

/// A part was split off, its parent's origin mended: one row of the trace said both.
#[test]
fn a_trace_says_one_origin_of_a_lot() {
    let mut ledger = Ledger::new();
    ledger.deposit("A", "60 t", of("CN"));
    let split = json!({"act": "split", "lot": "A", "site": "North", "parts": [{"lot": "A1", "quantity": "20 t"}]});
    ledger.done("AGENCY", "2026-01-05", split);
    let mend = json!({"act": "amend_lot", "lot": "A", "origin": {"mined": "AU", "separated": "MY"}, "reason": "x"});
    ledger.done("AGENCY", "2026-01-01", mend);
    let link = ledger.ask("trace", json!({"lot": "A1"}))["links"][1].clone();
    assert_eq!((&link["lot"], &link["origin"]), (&json!("A1"), &json!("mined AU, separated MY")));
    assert_eq!(link["made_of"], json!(["mined AU, separated MY (20 t net)"]));
}

#[test]
fn a_trace_adds_up_to_the_milligram() {
    let mut ledger = concentrated();
    ledger.merge("M", &[("CN1", "89.999999999 t"), ("AU1", "0.000000002 t")]);
    ledger.done(
        "AGENCY",
        "2026-01-11",
        json!({"act": "transform", "kind": "upgrade", "site": "North",
        "inputs": [{"lot": "M", "quantity": "30.000000001 t"}], "loss": "1 t",
        "outputs": [{"lot": "U", "quantity": "29 t"}, {"lot": "V", "quantity": "0.000000001 t"}]}),
    );
    ledger.done("AGENCY", "2026-01-12", json!({"act": "draw", "lot": "M", "site": "North", "quantity": "3 t"}));
    let links = ledger.ask("trace", json!({"lot": "CN1"}))["links"].clone();
    let milligrams = |value: &Value| -> i128 {
        let text = value.as_str().expect("a number").split(' ').next().expect("a number").replace(',', "");
        let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
        format!("{whole}{part:0<9}").parse().expect("a number")
    };
    for link in links.as_array().expect("links") {
        let of = |field: &str| milligrams(&link[field]);
        assert_eq!(of("made") + of("outside"), of("into") + of("lost") + of("on_hand"), "{link}");
        let parts = link["made_of"].as_array().expect("parts");
        let part =
            |part: &Value| milligrams(&json!(part.as_str().and_then(|text| text.split_once('(')).expect("a sum").1));
        assert_eq!(parts.iter().map(part).sum::<i128>(), of("made") + of("outside"), "{link}");
    }
}

/// Two tonnes of each origin are stated, and 97 t more of one have no assay: `most` was the share itself, `hhi` a figure.
#[test]
fn what_no_assay_states_widens_every_share_and_the_limit() {
    let mut ledger = Ledger::new();
    let assayed = |country| json!({"origin": {"mined": country, "separated": country}, "assay": {"status": "final", "contents": {"Nd2O3": "99%"}}});
    ledger.deposit("CN1", "2 t", assayed("CN"));
    ledger.deposit("AU1", "2 t", assayed("AU"));
    ledger.deposit("AU2", "97 t", of("AU"));
    ledger.done(
        "ledger",
        "2026-01-01",
        json!({"act": "set_share_limit", "limit": "LIM", "of": "separated", "most": "60%"}),
    );
    let answer = ledger.ask("dependence", json!({"stage": "separation", "basis": "REO", "as_of": "2026-01-12"}));
    let told = |index: usize, field: &str| answer["shares"][index][field].as_str().unwrap_or_default().to_owned();
    assert_eq!([told(0, "country"), told(0, "percent"), told(0, "most")], ["AU", "50.00..98.70", "98.70"]);
    assert_eq!([told(1, "country"), told(1, "percent"), told(1, "most")], ["CN", "1.29..50.00", "50.00"]);
    assert_eq!(told(1, "units"), "1980000000");
    assert_eq!(answer["hhi"], Value::Null, "{answer}");
    assert_eq!((&answer["hhi_min"], &answer["hhi_range"]), (&json!(2_501), &json!("2501..9870")));
    assert_eq!(answer["unstated"][0]["quantity"], "97 t net");
    let limits = ledger.ask("share_limits", json!({"as_of": "2026-01-12"}));
    let line = |index: usize, field: &str| limits["lines"][index][field].clone();
    assert_eq!(
        (line(0, "whose"), line(0, "share"), line(0, "verdict")),
        (json!("AU"), json!("50.00..98.70"), json!("possible"))
    );
    // What it contains is stated: one number each.
    ledger.done(
        "AGENCY",
        "2026-01-02",
        json!({"act": "assay", "lot": "AU2", "assay": {"status": "final", "contents": {"Nd2O3": "99%"}}}),
    );
    let answer = ledger.ask("dependence", json!({"stage": "separation", "basis": "REO", "as_of": "2026-01-12"}));
    assert_eq!((&answer["shares"][0]["percent"], &answer["shares"][0]["most"]), (&json!("98.01"), &json!("98.01")));
    assert_eq!((&answer["hhi"], &answer["hhi_range"]), (&json!(9_609), &json!("9609")));
}

/// 40 t of which nobody stated the origin, and a restriction on what comes from CN, or was worked there, into the US.
fn unknown(restriction: &str) -> Ledger {
    let mut ledger = Ledger::new();
    ledger.deposit("U", "40 t", json!({}));
    let mut act = json!({"act": "restrict", "restriction": "R", "destination": "US", "first": "2026-01-02"});
    act[restriction] = "CN".into();
    ledger.done("ledger", "2026-01-01", act);
    ledger
}

fn transform(kind: &str, input: &str, made: &str, of: &Value) -> Value {
    let mut output = json!({"lot": made, "material": "NdPr", "quantity": "10 t"});
    output.as_object_mut().expect("an object").extend(of.as_object().expect("an object").clone());
    json!({"act": "transform", "kind": kind, "site": "North", "target": "North",
        "inputs": [{"lot": input, "quantity": "10 t"}], "outputs": [output]})
}

fn abroad(lot: &str) -> Value {
    json!({"act": "transfer", "lot": lot, "source": "North", "target": "Abroad", "quantity": "10 t"})
}

/// Scrap, a stated refining, a lower form: each made a lot of unknown origin innocent.
#[test]
fn no_processing_clears_the_unknown() {
    for (restriction, steps) in [
        ("origin", &[("upgrade", json!({"form": "scrap"})), ("recycling", json!({"form": "oxide"}))][..]),
        ("processed", &[("upgrade", json!({"form": "oxide", "origin": {"refined": "JP"}}))]),
        ("processed", &[("conversion", json!({"form": "concentrate"}))]),
        (
            "processed",
            &[("upgrade", json!({"form": "concentrate"})), ("upgrade", json!({"origin": {"refined": "JP"}}))],
        ),
    ] {
        let mut ledger = unknown(restriction);
        ledger.done(
            "ledger",
            "2026-01-01",
            json!({"act": "set_share_limit", "limit": "LIM", "material": "NdPr", "of": "mined", "whose": "CN",
                "most": "40%"}),
        );
        assert_eq!(ledger.refused("2026-01-05", abroad("U")), "restricted");
        let mut lot = "U".to_owned();
        for (index, (kind, of)) in steps.iter().enumerate() {
            let made = format!("U{index}");
            ledger.done("AGENCY", "2026-01-03", transform(kind, &lot, &made, of));
            lot = made;
        }
        assert_eq!(ledger.refused("2026-01-05", abroad(&lot)), "restricted", "{steps:?}");
        assert_eq!(ledger.limit("2026-01-05").0, "0.00..100.00", "{steps:?}");
        let blocked = ledger.ask("blocked", json!({"to": "US", "as_of": "2026-01-05"}))["lots"].to_string();
        assert!(blocked.contains(&format!("\"{lot}\"")), "{blocked}");
        // The certificate comes: what was made of it is known, too.
        ledger.done(
            "AGENCY",
            "2026-01-02",
            json!({"act": "amend_lot", "lot": "U", "reason": "certificate",
                "origin": {"mined": "AU", "separated": "MY", "refined": "MY"}}),
        );
        ledger.done("AGENCY", "2026-01-05", abroad(&lot));
    }
}

/// Only four acts asked: a lot that was made into another abroad, rotated, lent and returned, or diverted, left unasked.
#[test]
fn whatever_crosses_a_border_is_asked() {
    let mut ledger = Ledger::new();
    ledger.deposit("C", "50 t", of("CN"));
    ledger.deposit("A", "50 t", of("AU"));
    let third = json!({"act": "register_site", "code": "Third", "name": "Third", "custodian": "AGENCY", "country": "KR",
        "area": "item"});
    ledger.done("ledger", "2026-01-01", third);
    let lend =
        json!({"act": "lend", "loan": "LN", "lot": "C", "site": "North", "borrower": "OTHER", "quantity": "5 t"});
    ledger.done("AGENCY", "2026-01-02", lend);
    let dispatch = |code: &str, lot: &str| {
        json!({"act": "dispatch", "dispatch": code, "source": "North", "target": "Third",
            "lines": [{"lot": lot, "quantity": "2 t"}]})
    };
    ledger.done("AGENCY", "2026-01-02", dispatch("D1", "C"));
    ledger.done("AGENCY", "2026-01-02", dispatch("D2", "A"));
    let under = json!({"act": "restrict", "restriction": "R", "origin": "CN", "destination": "US", "licensable": true});
    ledger.done("ledger", "2026-01-03", under);
    let made = |kind: &str, lot: &str, country: &str| {
        json!({"act": "transform", "kind": kind, "site": "North", "target": "Abroad",
            "inputs": [{"lot": lot, "quantity": "1 t"}], "outputs": [{"lot": format!("{kind}-{lot}"), "material": "NdPr",
            "form": "oxide", "origin": {"mined": country}, "quantity": "1 t"}]})
    };
    let back = |site: &str, more: Value| {
        let mut act = json!({"act": "return_loan", "loan": "LN", "lot": "C", "site": site, "quantity": "1 t"});
        act.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        act
    };
    let arrive = |code: &str, lot: &str, site: &str| json!({"act": "arrive", "dispatch": code, "site": site, "lines": [{"lot": lot, "received": "1 t"}]});
    let new = json!({"replacement": {"lot": "B", "material": "NdPr", "form": "oxide", "origin": {"mined": "AU"}}});
    for refused in [
        made("upgrade", "C", "CN"),
        made("conversion", "C", "CN"),
        made("rotation", "C", "AU"),
        back("Abroad", json!({})),
        back("Abroad", new.clone()),
        arrive("D1", "C", "Abroad"),
    ] {
        assert_eq!(ledger.refused("2026-01-05", refused.clone()), "restricted", "{refused}");
    }
    let known = |lot: &str, quantity: &str| json!({"replacement": {"lot": lot}, "quantity": quantity});
    assert_eq!(ledger.refused("2026-01-05", back("Abroad", known("A", "1 t"))), "restricted");
    for free in [
        made("upgrade", "A", "AU"),
        made("rotation", "A", "AU"),
        back("North", json!({})),
        back("North", new),
        arrive("D1", "C", "Third"),
        arrive("D1", "C", "North"),
        arrive("D2", "A", "Abroad"),
    ] {
        ledger.done("AGENCY", "2026-01-05", free);
    }
    // Under a licence it goes by dispatch, and arrives in another country of the same kind under the same licence.
    let license = json!({"act": "license", "licence": "Y", "restriction": "R", "holder": "AGENCY", "material": "NdPr",
        "quantity": "3 t"});
    ledger.done("ledger", "2026-01-05", license);
    let mut sent = dispatch("D3", "C");
    sent["licence"] = "Y".into();
    ledger.done("AGENCY", "2026-01-06", sent);
    ledger.done("AGENCY", "2026-01-07", arrive("D3", "C", "Abroad"));
    let mut more = dispatch("D4", "C");
    (more["target"], more["licence"]) = ("Abroad".into(), "Y".into());
    ledger.done("AGENCY", "2026-01-07", more);
    assert_eq!(ledger.refused("2026-01-08", arrive("D3", "C", "Abroad")), "exceeds_open");
    // What is taken back crosses no border, and what stands in its place does.
    let last = ledger.world.books().head().0 - 1;
    let correct = |with: Value| json!({"act": "correct", "reverses": last, "reason": "elsewhere", "with": with});
    let mut other = made("upgrade", "C", "CN");
    other["outputs"][0]["lot"] = "W".into();
    assert_eq!(ledger.refused("2026-01-08", correct(other)), "restricted");
    ledger.done("AGENCY", "2026-01-08", json!({"act": "correct", "reverses": last, "reason": "it stayed"}));
}
