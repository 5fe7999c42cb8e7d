//! Random histories of facts: what is registered and measured agrees with a plain record of it, and every difference
//! between two states of knowledge is explained to the last unit.

use books::LotNo;
use proptest::prelude::*;

use super::*;

/// What chance says, one throw after the other; zeros once it has said all.
struct Dice<'d>(std::slice::Iter<'d, u16>);

impl Dice<'_> {
    fn below(&mut self, count: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or(0)) % count.max(1)
    }

    fn one_of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }
}

fn day(dice: &mut Dice<'_>) -> String {
    let last = wire::date::parse_day("2026-03-10").expect("a day");
    wire::date::show_day(books::Day(last.0 - i32::try_from(dice.below(20)).expect("few")))
}

/// A lot that there is.
fn lot(world: &World, dice: &mut Dice<'_>) -> String {
    let books = world.books();
    let row = u32::try_from(dice.below(books.lots().len())).expect("few lots");
    books.lot(LotNo(row)).facts.code.clone()
}

fn site(dice: &mut Dice<'_>) -> &'static str {
    dice.one_of(&["North", "South"])
}

fn found_by(dice: &mut Dice<'_>) -> Value {
    let (status, percent) = (dice.one_of(&["provisional", "final"]), 40 + dice.below(40));
    json!({"status": status, "contents": {"Nd2O3": format!("{percent}%"), "Pr6O11": format!("{}%", percent / 4)}})
}

/// An event behind those that set the world up.
fn event(head: u64, dice: &mut Dice<'_>) -> u64 {
    7 + u64::try_from(dice.below(usize::try_from(head).expect("few") - 6)).expect("few")
}

/// An act of the secretariat.
fn set(head: u64, dice: &mut Dice<'_>) -> Value {
    let new = format!("X{head}");
    let (first, country) = (day(dice), dice.one_of(&["CN", "AU"]));
    let mut act = match dice.below(8) {
        0 | 1 => json!({"act": "restrict", "restriction": new, "origin": country, "first": first}),
        2 | 3 => json!({"act": "lift_restriction", "restriction": format!("X{}", event(head, dice)), "last": first}),
        4 => json!({"act": "set_price_floor", "floor": new, "material": "M", "price": "60.00 USD", "first": first,
            "policy": "flag"}),
        5 => {
            json!({"act": "set_share_limit", "limit": new, "material": "M", "of": "mined", "whose": country, "most": "60%",
            "first": first})
        }
        6 => json!({"act": "set_method", "method": "scale", "random": dice.one_of(&["1%", "2%"]), "systematic": "0%"}),
        _ => json!({"act": "set_measuring", "site": site(dice), "material": "M", "stock": "scale", "flow": "scale"}),
    };
    act["party"] = "ledger".into();
    act
}

/// An act; many of them are refused.
fn act(world: &World, dice: &mut Dice<'_>) -> Value {
    let head = world.books().head().0;
    let new = format!("L{head}");
    let tonnes = format!("{} t", 1 + dice.below(9));
    match dice.below(20) {
        0 => {
            let mut act =
                json!({"act": "deposit", "lot": new, "site": site(dice), "material": "M", "quantity": "40 t"});
            if dice.below(3) > 0 {
                act["assay"] = found_by(dice);
            }
            if dice.below(4) > 0 {
                act["origin"] = json!({"mined": dice.one_of(&["CN", "AU"])});
                act["price"] = format!("{}.00 USD", 50 + dice.below(20)).into();
            }
            match dice.below(6) {
                0 => act["opening"] = "survey of 2023".into(),
                1 => act["authority"] = "P".into(),
                _ => {}
            }
            act
        }
        1 | 2 => json!({"act": "assay", "lot": lot(world, dice), "assay": found_by(dice)}),
        3 => {
            json!({"act": "correct", "reverses": event(head, dice), "reason": "slip"})
        }
        4 => {
            json!({"act": "split", "lot": lot(world, dice), "site": site(dice), "parts": [{"lot": new, "quantity": tonnes}]})
        }
        5 => json!({"act": "merge", "lot": new, "site": site(dice), "parts": [
            {"lot": lot(world, dice), "quantity": tonnes}, {"lot": lot(world, dice), "quantity": "2 t"}]}),
        6 => json!({"act": "draw", "lot": lot(world, dice), "site": site(dice), "quantity": tonnes}),
        7 => {
            let word = dice.one_of(&["loss", "gain"]);
            let mut act = json!({"act": word, "lot": lot(world, dice), "site": site(dice), "quantity": tonnes, "reason": "found"});
            if dice.below(2) > 0 {
                act["weight_only"] = dice.one_of(&["moisture", "oxidation"]).into();
            }
            act
        }
        8 => {
            json!({"act": "transfer", "lot": lot(world, dice), "source": "North", "target": "South", "quantity": tonnes})
        }
        9 => {
            let (code, country) = (site(dice), dice.one_of(&["JP", "KR", "AU"]));
            let class = dice.one_of(&["commercial", "government"]);
            json!({"act": "amend_site", "code": code, "name": code, "country": country, "area": "item", "class": class})
        }
        10 => {
            let mut act = json!({"act": "amend_lot", "lot": lot(world, dice), "reason": "keyed wrongly"});
            match dice.below(3) {
                0 => act["form"] = dice.one_of(&["oxide", "metal"]).into(),
                1 => act["source"] = dice.one_of(&["primary", "recycled"]).into(),
                _ => act["origin"] = json!({"mined": dice.one_of(&["CN", "AU", "KR"])}),
            }
            act
        }
        11 => {
            let of = json!({"act": "deposit", "lot": lot(world, dice), "site": site(dice), "quantity": tonnes});
            let with = if dice.below(2) > 0 {
                of
            } else {
                json!({"act": "draw", "lot": lot(world, dice), "site": site(dice), "quantity": tonnes})
            };
            json!({"act": "correct", "reverses": event(head, dice), "reason": "keyed wrongly", "with": with})
        }
        12 => json!({"act": "deposit", "lot": lot(world, dice), "site": site(dice), "quantity": "1 t",
            "returns": event(head, dice)}),
        13 => {
            let counted = format!("{} t", dice.below(40));
            json!({"act": "stocktake", "site": site(dice), "lines": [{"lot": lot(world, dice), "counted": counted}]})
        }
        14 => {
            let text = dice.one_of(&["0.8 t/m3", "0.9 t/m3", "2 m3/t"]);
            let mut act = json!({"act": "set_factor", "material": "M", "factor": text, "source": "handbook"});
            if dice.below(2) > 0 {
                act["lot"] = lot(world, dice).into();
            }
            act
        }
        15 | 16 => set(head, dice),
        _ => wants(dice.one_of(&["1 t", "2 t", "3 t"]), dice.one_of(&["100 t", "200 t"])),
    }
}

/// The world in which a history begins.
fn begun() -> World {
    let authority = json!({"act": "authorize", "authority": "P", "holder": "AGENCY", "material": "M",
        "direction": "acquisition", "ceiling": "200 t", "first": "2026-01-01", "party": "ledger"});
    ledger(net(), &[("2026-02-01", authority), ("2026-02-20", deposit("60 t", found("provisional", "60%")))])
}

/// One more step of a history.
fn go_on(world: &mut World, dice: &mut Dice<'_>) {
    let act = act(world, dice);
    let mut on = day(dice);
    // Need and goal can be dated ahead.
    if act["act"] == json!("amend_material") && dice.below(2) > 0 {
        on = format!("2026-04-{:02}", 1 + dice.below(28));
    }
    post(world, &on, &act);
}

fn history(throws: &[u16]) -> World {
    let mut world = begun();
    let mut dice = Dice(throws.iter());
    while dice.0.len() > 0 {
        go_on(&mut world, &mut dice);
    }
    world
}

/// Questions about a day as known at an event; of each what it is asked by beside these two.
fn asks() -> Vec<(&'static str, Value)> {
    vec![
        ("positions", json!({"by": ["site", "lot", "form"]})),
        ("positions", json!({"by": ["origin", "source", "country", "class"]})),
        ("positions", json!({"by": ["lot"], "basis": "contained:Nd2O3"})),
        ("positions", json!({"by": ["lot"], "unit": "m3"})),
        ("positions", json!({"form": "metal", "origin": "CN"})),
        ("cover", json!({})),
        ("dependence", json!({"basis": "net"})),
        ("blocked", json!({})),
        ("share_limits", json!({})),
        ("plan", json!({})),
        ("reach", json!({"within": 10})),
        ("stress", json!({"country": "CN"})),
        ("receipts", json!({})),
        ("material_balance", json!({"site": "North", "material": "M", "first": "2026-02-20"})),
    ]
}

/// Of each lot what was made of others and came from outside is what went into others, was lost and is on hand; and what it is
/// made of, by where that comes from, sums to it. So the origin of all descendants of a lot sums to what went into them.
fn traces_add_up(world: &World) {
    for lot in world.books().lots() {
        let answer = asked(world, &Viewer::Operator, "trace", json!({"lot": lot.facts.code})).expect("it answers");
        for link in answer["links"].as_array().expect("a list") {
            let of =
                |field: &str| milligrams(link[field].as_str().expect("a number").split(' ').next().expect("a word"));
            let (in_all, gone) = (of("made") + of("outside"), of("into") + of("lost") + of("on_hand"));
            assert_eq!(in_all, gone, "{link}");
            let parts = link["made_of"].as_array().expect("a list").iter();
            let part = |text: &Value| {
                let text = text.as_str().expect("a text");
                milligrams(text.rsplit('(').next().and_then(|size| size.split(' ').next()).expect("a size"))
            };
            let parts: Vec<i128> = parts.map(part).collect();
            assert!(parts.is_empty() || parts.iter().sum::<i128>() == in_all.abs(), "{link}");
        }
    }
}

/// What is answered of a day as known at an event.
fn told(world: &World, which: &(&'static str, Value), day: &str, known_at: u64) -> Value {
    let (question, mut request) = which.clone();
    let field = match question {
        "stress" => "day",
        "receipts" => "through",
        "material_balance" => "last",
        _ => "as_of",
    };
    request[field] = day.into();
    request["known_at"] = known_at.into();
    asked(world, &Viewer::Operator, question, request).unwrap_or_else(|code| json!(code))
}

/// `GRANARY_CASES=10000` searches longer.
fn cases(usual: u32) -> u32 {
    std::env::var("GRANARY_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(usual)
}

/// The part of the answer that is of whole material M, in units of it; nothing where there is none.
fn held(world: &World, as_of: &str, known_at: u64, which: &Value) -> String {
    let mut request = json!({"by": ["material"], "as_of": as_of, "known_at": known_at});
    for (key, value) in which.as_object().expect("an object") {
        request[key] = value.clone();
    }
    let basis = which["basis"].as_str().unwrap_or("net").to_owned();
    let answer = asked(world, &Viewer::Operator, "positions", request).expect("it answers");
    let lines = answer["positions"].as_array().expect("a list");
    let line = lines.iter().find(|line| line["basis"] == json!(basis));
    line.map_or("0".into(), |line| line["on_hand"].as_str().expect("a number").to_owned())
}

fn milligrams(number: &str) -> i128 {
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let digits = format!("{whole}{part:0<9}").replace(',', "");
    digits.parse().unwrap_or_else(|_| panic!("{number}"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(96), ..ProptestConfig::default() })]

    #[test]
    fn facts_agree_with_a_plain_record_and_every_difference_is_explained(
        throws in proptest::collection::vec(any::<u16>(), 40..160),
        asks in proptest::collection::vec((0..20i32, any::<u16>(), any::<u16>(), 0..9usize), 8),
    ) {
        let world = history(&throws);
        world.check_all();
        let head = world.books().head().0;
        for (age, one, other, which) in asks {
            let last = wire::date::parse_day("2026-03-11").expect("a day");
            let as_of = wire::date::show_day(books::Day(last.0 - age));
            let (one, other) = (6 + u64::from(one) % (head - 5), 6 + u64::from(other) % (head - 5));
            let (then, now) = (one.min(other), one.max(other));
            let which = [
                json!({}),
                json!({"class": "commercial"}),
                json!({"basis": "contained:Nd2O3"}),
                json!({"origin": "CN"}),
                json!({"source": "recycled"}),
                json!({"form": "metal"}),
                json!({"origin": "CN", "basis": "contained:Nd2O3"}),
                json!({"country": "KR"}),
                json!({"country": "AU", "class": "government", "basis": "contained:Nd2O3"}),
            ][which]
                .clone();
            let mut request = json!({"material": "M", "as_of": as_of, "known_at": then, "and": now});
            for (key, value) in which.as_object().expect("an object") {
                request[key] = value.clone();
            }
            let answer = asked(&world, &Viewer::Operator, "explain", request.clone()).expect("it answers");
            let told = |field: &str| milligrams(answer[field].as_str().expect("a number"));
            let changes = answer["events"].as_array().expect("a list").iter();
            let sum: i128 = changes.map(|event| milligrams(event["change"].as_str().expect("a number"))).sum();
            prop_assert_eq!(told("then") + sum, told("now"), "{}", request);
            prop_assert_eq!(told("then"), milligrams(&held(&world, &as_of, then, &which)), "{}", request);
            prop_assert_eq!(told("now"), milligrams(&held(&world, &as_of, now, &which)), "{}", request);
            // Need and goal are those that cover is told by, and where they differ an event says so.
            let wanted = |known_at: u64| {
                let request = json!({"as_of": as_of, "known_at": known_at});
                let cover = asked(&world, &Viewer::Operator, "cover", request).expect("it answers");
                let line = &cover["materials"][0];
                [line["requirement_per_day"].clone(), line["goal"].clone()]
            };
            let own = |when: &str| [&answer[format!("need_{when}")], &answer[format!("goal_{when}")]].map(Value::clone);
            for (when, known_at) in [("then", then), ("now", now)] {
                let [need, goal] = wanted(known_at);
                prop_assert!(need.is_null() || own(when) == [need, goal], "{} {}", when, request);
            }
            let is_amended = answer["events"].as_array().expect("a list").iter().any(|event| event["event"]["command"]["act"] == json!("amend_material"));
            prop_assert!(is_amended || own("then") == own("now"), "{}", request);
        }
    }

    #[test]
    fn an_answer_as_of_a_day_as_known_at_an_event_never_changes(
        throws in proptest::collection::vec(any::<u16>(), 40..160),
        days in proptest::collection::vec(0..20i32, 6),
    ) {
        let asks = asks();
        let last = wire::date::parse_day("2026-03-11").expect("a day");
        let mut kept: Vec<(usize, String, u64, Value)> = Vec::new();
        let mut world = begun();
        let mut dice = Dice(throws.iter());
        let mut step = 0;
        while dice.0.len() > 0 {
            go_on(&mut world, &mut dice);
            step += 1;
            if step % 4 == 0 {
                let which = step % asks.len();
                let day = wire::date::show_day(books::Day(last.0 - days[step % days.len()]));
                let known_at = world.books().head().0;
                kept.push((which, day.clone(), known_at, told(&world, &asks[which], &day, known_at)));
            }
        }
        traces_add_up(&world);
        for (which, day, known_at, then) in kept {
            let now = told(&world, &asks[which], &day, known_at);
            prop_assert_eq!(&then, &now, "{:?} as of {}, known at {}", asks[which], day, known_at);
        }
    }
}
