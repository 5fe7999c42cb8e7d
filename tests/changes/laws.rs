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

/// An act; many of them are refused.
fn act(world: &World, dice: &mut Dice<'_>) -> Value {
    let head = world.books().head().0;
    let new = format!("L{head}");
    let tonnes = format!("{} t", 1 + dice.below(9));
    match dice.below(11) {
        0 => {
            let mut act =
                json!({"act": "deposit", "lot": new, "site": site(dice), "material": "M", "quantity": "40 t"});
            if dice.below(3) > 0 {
                act["assay"] = found_by(dice);
            }
            act
        }
        1 | 2 => json!({"act": "assay", "lot": lot(world, dice), "assay": found_by(dice)}),
        3 => {
            json!({"act": "correct", "reverses": 7 + dice.below(usize::try_from(head).expect("few") - 6), "reason": "slip"})
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
        _ => wants(dice.one_of(&["1 t", "2 t", "3 t"]), dice.one_of(&["100 t", "200 t"])),
    }
}

fn history(throws: &[u16]) -> World {
    let mut world = ledger(net(), &[("2026-02-20", deposit("60 t", found("provisional", "60%")))]);
    let mut dice = Dice(throws.iter());
    while dice.0.len() > 0 {
        let act = act(&world, &mut dice);
        let day = day(&mut dice);
        post(&mut world, &day, &act);
    }
    world
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
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn facts_agree_with_a_plain_record_and_every_difference_is_explained(
        throws in proptest::collection::vec(any::<u16>(), 40..160),
        asks in proptest::collection::vec((0..20i32, any::<u16>(), any::<u16>(), 0..3usize), 8),
    ) {
        let world = history(&throws);
        world.check_all();
        let head = world.books().head().0;
        for (age, one, other, which) in asks {
            let last = wire::date::parse_day("2026-03-11").expect("a day");
            let as_of = wire::date::show_day(books::Day(last.0 - age));
            let (one, other) = (6 + u64::from(one) % (head - 5), 6 + u64::from(other) % (head - 5));
            let (then, now) = (one.min(other), one.max(other));
            let which = [json!({}), json!({"class": "commercial"}), json!({"basis": "contained:Nd2O3"})][which].clone();
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
        }
    }
}
