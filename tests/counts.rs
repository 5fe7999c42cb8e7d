//! What was found stands, and the balance report follows from it: random histories of heaps that two own, with late papers,
//! counts of all and of one owner's part, times of day, corrections, corrections of corrections, replacements and closes.
//!
//! [`World::post`] holds every count against the naive model (`testkit::Found`) after every step. Here the balance report is
//! held against the books: what it adds up is what the counts differ, and its last line but one is what lies there.

use answers::Viewer;
use books::{AccountNo, Day, PlaceNo, Seq};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use testkit::{Answer, World};

#[path = "common/view.rs"]
#[allow(dead_code, reason = "scenarios are not asked here")]
mod view;
use view::asked;

const FIRST: i32 = 20_500;
const DAYS: i32 = 24;

fn day(day: i32) -> String {
    wire::date::show_day(Day(FIRST + day))
}

struct Posts {
    world: World,
    id: u128,
    /// What was recorded, for whoever reads a failure.
    told: Vec<String>,
}

impl Posts {
    fn new() -> Self {
        let mut world = World::default();
        world.set_day(Day(FIRST + DAYS));
        let mut posts = Self { world, id: 0, told: Vec::new() };
        let setup = [
            json!({"act": "open", "origin": "example.org/counts", "format": 1}),
            json!({"act": "register_party", "code": "A", "name": "A", "role": "agency"}),
            json!({"act": "register_party", "code": "B", "name": "B", "role": "agency"}),
            json!({"act": "mandate", "party": "A", "mandate": "ALL", "to": "ledger", "first": "2020-01-01"}),
            json!({"act": "mandate", "party": "B", "mandate": "ALL", "to": "ledger", "first": "2020-01-01"}),
            json!({"act": "register_site", "code": "S", "name": "S", "custodian": "A", "country": "JP", "area": "item"}),
            json!({"act": "register_site", "code": "T", "name": "T", "custodian": "B", "country": "JP", "area": "bulk"}),
            json!({"act": "register_material", "code": "M", "name": "M", "unit": "mg", "basis": "net", "form": "oxide"}),
            json!({"act": "deposit", "lot": "L", "site": "S", "owner": "A", "material": "M", "quantity": "60 mg"}),
            json!({"act": "transfer_title", "lot": "L", "site": "S", "owner": "A", "new_owner": "B", "quantity": "25 mg"}),
            json!({"act": "deposit", "lot": "K", "site": "S", "owner": "B", "material": "M", "quantity": "40 mg"}),
        ];
        for act in setup {
            let answer = posts.post(&day(0), act);
            assert!(matches!(answer, Some(Answer::Accepted(_))), "{answer:?}");
        }
        posts
    }

    fn post(&mut self, effective: &str, act: Value) -> Option<Answer> {
        self.id += 1;
        let mut map = Map::new();
        map.insert("id".into(), uuid::Uuid::from_u128(self.id).to_string().into());
        map.insert("party".into(), "ledger".into());
        map.insert("effective".into(), effective.into());
        map.extend(act.as_object().expect("an act is an object").clone());
        let command = wire::Command::from_json(Value::Object(map).to_string().as_bytes()).ok()?;
        let answer = self.world.post(&command);
        if let Answer::Accepted(seq) = answer {
            self.told.push(format!("{seq}: {effective} {act}"));
        }
        Some(answer)
    }

    /// What chance says, one throw after the other.
    fn step(&mut self, throws: &[u16]) {
        let mut throws = throws.iter().copied().map(usize::from);
        let mut below = move |count: usize| throws.next().unwrap_or(0) % count;
        let on = i32::try_from(below(DAYS as usize)).expect("few days");
        let effective = match below(4) {
            0 => format!("{}T{:02}:00", day(on), below(24)),
            _ => day(on),
        };
        let lot = ["L", "L", "L", "K"][below(4)];
        let site = ["S", "S", "S", "T"][below(4)];
        let (owner, other) = [("A", "B"), ("B", "A")][below(2)];
        let quantity = format!("{} mg", [1, 2, 3, 5, 8, 13, 30][below(7)]);
        let movement = |kind: usize| match kind {
            0 => json!({"act": "deposit", "lot": lot, "site": site, "owner": owner, "quantity": quantity}),
            1 => json!({"act": "draw", "lot": lot, "site": site, "owner": owner, "quantity": quantity}),
            2 => json!({"act": "transfer_title", "lot": lot, "site": site, "owner": owner, "new_owner": other,
                "quantity": quantity}),
            3 => {
                json!({"act": "loss", "lot": lot, "site": site, "owner": owner, "quantity": quantity, "reason": "spilt"})
            }
            _ => json!({"act": "transfer", "lot": lot, "source": site, "target": if site == "S" { "T" } else { "S" },
                "owner": owner, "quantity": quantity}),
        };
        let head = self.world.books().head().0;
        match below(20) {
            kind @ 0..=6 => drop(self.post(&effective, movement(kind % 5))),
            7..=9 => {
                let quantity =
                    format!("{} mg", self.held(lot, site, None, on) + i64::try_from(below(9)).expect("small"));
                let lines = json!([{"lot": lot, "counted": quantity}]);
                drop(self.post(&effective, json!({"act": "stocktake", "site": site, "lines": lines})));
            }
            10..=12 => {
                let held = self.held(lot, site, Some(owner), on) + i64::try_from(below(9)).expect("small") - 4;
                let lines = json!([{"lot": lot, "counted": format!("{} mg", held.max(0))}]);
                let count = json!({"act": "stocktake", "site": site, "owner": owner, "lines": lines});
                drop(self.post(&effective, count));
            }
            13..=16 => {
                let seq = head - below(usize::try_from(head - 8).expect("set up")) as u64;
                let event = self.world.event(Seq(seq)).expect("within the log");
                let mut from = event.effective.0 - FIRST;
                if below(3) == 0 {
                    from = from.max(on);
                }
                let mut act = json!({"act": "correct", "reverses": seq, "reason": "mistyped"});
                if below(3) == 0 {
                    act["with"] = movement(below(5));
                }
                drop(self.post(&day(from), act));
            }
            17 if below(3) == 0 => {
                drop(self.post(&day(on), json!({"act": "close_period", "owner": owner, "through": day(on / 2)})));
            }
            18 => {
                let parts = json!([{"lot": format!("{lot}{head}"), "quantity": quantity}]);
                let act = json!({"act": "split", "lot": lot, "site": site, "owner": owner, "parts": parts});
                drop(self.post(&effective, act));
            }
            _ => {
                let code = format!("V{head}");
                let lines = json!([{"lot": lot, "quantity": quantity}]);
                let sent = json!({"act": "dispatch", "dispatch": code, "source": site, "owner": owner, "lines": lines,
                    "target": if site == "S" { "T" } else { "S" }});
                if matches!(self.post(&effective, sent), Some(Answer::Accepted(_))) {
                    let lines = json!([{"lot": lot, "received": format!("{} mg", below(12))}]);
                    let arrived = json!({"act": "arrive", "dispatch": code, "site": "T", "lines": lines, "last": true});
                    drop(self.post(&day(DAYS - 1), arrived));
                }
            }
        }
    }

    fn held(&self, lot: &str, site: &str, owner: Option<&str>, on: i32) -> i64 {
        let books = self.world.books();
        let of_it = |key: &books::AccountKey| {
            books.lot(key.lot).facts.code == lot
                && books.place_code(key.place) == site
                && owner.is_none_or(|owner| books.party_code(key.owner) == owner)
        };
        let accounts = (0u32..).zip(books.accounts()).filter(|(_, account)| of_it(&account.key));
        let at = |row: u32| self.world.model().at(AccountNo(row), Day(FIRST + on), Seq(u64::MAX)).on_hand;
        accounts.map(|(row, _)| at(row)).sum()
    }

    /// What the books hold of an area at the end of a day.
    fn lies(&self, site: &str, owner: Option<&str>, on: i32) -> i64 {
        let books = self.world.books();
        let lots: Vec<String> = books.lots().iter().map(|lot| lot.facts.code.clone()).collect();
        lots.iter().map(|lot| self.held(lot, site, owner, on)).sum()
    }

    /// Book less found, as entries between an area and the count difference say, from one day through another.
    fn differences(&self, site: &str, owner: Option<&str>, (first, last): (i32, i32)) -> i64 {
        let books = self.world.books();
        let is_of = |account: AccountNo| {
            let key = books.account(account).key;
            books.place_code(key.place) == site && owner.is_none_or(|owner| books.party_code(key.owner) == owner)
        };
        let is_difference = |account: AccountNo| books.account(account).key.place == PlaceNo::COUNT_DIFFERENCE;
        let mut sum = 0;
        for seq in 1..=books.head().0 {
            let event = self.world.event(Seq(seq)).expect("within the log");
            for entry in &event.entries {
                if (first..=last).contains(&(entry.day.unwrap_or(event.effective).0 - FIRST)) {
                    let gone = is_of(entry.source) && is_difference(entry.target);
                    let come = is_of(entry.target) && is_difference(entry.source);
                    sum += (i64::from(gone) - i64::from(come)) * entry.quantity.units();
                }
            }
        }
        sum
    }

    fn report(&self, site: &str, owner: Option<&str>, (first, last): (i32, i32)) -> Value {
        let request = json!({"site": site, "material": "M", "owner": owner, "first": day(first), "last": day(last)});
        asked(&self.world, &Viewer::Operator, "material_balance", request).expect("an answer")
    }

    fn balances_add_up(&self) {
        for (site, owner) in [("S", None), ("S", Some("A")), ("S", Some("B")), ("T", None), ("T", Some("B"))] {
            for (first, last) in [(0, DAYS), (1, 7), (8, 15), (16, 20), (5, 5)] {
                self.adds_up(site, owner, (first, last));
            }
        }
    }

    fn adds_up(&self, site: &str, owner: Option<&str>, (first, last): (i32, i32)) {
        let report = self.report(site, owner, (first, last));
        let line = |line: usize| -> i64 {
            report["lines"][line]["quantity"].as_str().expect("text").parse().expect("whole milligrams")
        };
        let (a, x, y, d, f, muf) = (line(0), line(1), line(2), line(4), line(6), line(7));
        let case = || format!("{site} {owner:?} {first}..{last}: {report:#}\n{}", self.told.join("\n"));
        assert!(x >= 0 && y >= 0, "both lines (b) say what went which way: {}", case());
        assert_eq!(a + x - y - d - f, muf, "{}", case());
        assert_eq!(muf, self.differences(site, owner, (first, last)), "MUF is what the counts differ: {}", case());
        let counts: Vec<&Value> = report["counts"].as_array().expect("a list").iter().collect();
        let is_counted = |on: i32| counts.iter().any(|count| count["day"] == json!(day(on)));
        if !is_counted(last) {
            assert_eq!(f, self.lies(site, owner, last), "where nobody counted, the book: {}", case());
        }
        if !is_counted(first - 1) {
            assert_eq!(a, self.lies(site, owner, first - 1), "where nobody counted, the book: {}", case());
        }
        let next = self.report(site, owner, (last + 1, last + 3));
        assert_eq!(next["lines"][0]["quantity"], report["lines"][6]["quantity"], "the next begins there: {}", case());
    }
}

fn cases(usual: u32) -> u32 {
    std::env::var("GRANARY_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(usual)
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        max_shrink_iters: 400,
        ..ProptestConfig::with_cases(cases(120))
    })]

    #[test]
    fn every_count_stands_and_every_balance_adds_up(
        history in prop::collection::vec(prop::collection::vec(any::<u16>(), 14), 1..28),
    ) {
        let mut posts = Posts::new();
        for throws in &history {
            posts.step(throws);
        }
        posts.world.check_all();
        posts.balances_add_up();
    }
}

/// A receipt of a closed January is taken back from 10 February: nothing of February is there to take it off from.
#[test]
fn a_correction_of_an_earlier_period_is_no_loss() {
    let mut posts = Posts::new();
    let answer =
        posts.post(&day(1), json!({"act": "deposit", "lot": "L", "site": "S", "owner": "A", "quantity": "30 mg"}));
    let Some(Answer::Accepted(Seq(seq))) = answer else { panic!("{answer:?}") };
    posts.post(&day(9), json!({"act": "correct", "reverses": seq, "reason": "never came"}));
    let report = posts.report("S", None, (5, 15));
    let lines: Vec<&str> = (0..8).map(|line| report["lines"][line]["quantity"].as_str().expect("text")).collect();
    assert_eq!(lines, ["130", "0", "30", "100", "0", "100", "100", "0"], "{report:#}");
    // What is taken back, and taken back again, on one day was there all the time.
    let answer = posts.post(&day(9), json!({"act": "correct", "reverses": seq + 1, "reason": "it came"}));
    assert!(matches!(answer, Some(Answer::Accepted(_))), "{answer:?}");
    for (first, last) in [(0, 15), (5, 15)] {
        posts.adds_up("S", None, (first, last));
        assert_eq!(posts.report("S", None, (first, last))["muf"], "0");
    }
}

/// January is closed, and its receipt is taken back from 10 February: it came in January, and February says that it did not.
#[test]
fn a_receipt_taken_back_from_a_later_day_stands_in_both_periods() {
    let mut posts = Posts::new();
    let receipt = json!({"act": "deposit", "lot": "L", "site": "S", "owner": "A", "quantity": "30 mg"});
    let Some(Answer::Accepted(Seq(seq))) = posts.post(&day(1), receipt) else { panic!("accepted") };
    let receipts = |posts: &Posts, first: i32, last: i32| -> Vec<String> {
        let request = json!({"from": day(first), "through": day(last)});
        let answer = asked(&posts.world, &Viewer::Operator, "receipts", request).expect("an answer");
        let lines = answer["receipts"].as_array().expect("a list").iter();
        lines.map(|line| format!("{} {} {}", line["event"], line["act"], line["quantity"])).collect()
    };
    let with = json!({"act": "deposit", "lot": "L", "site": "S", "owner": "A", "quantity": "28 mg"});
    posts.post(&day(9), json!({"act": "correct", "reverses": seq, "reason": "mistyped", "with": with}));
    assert_eq!(receipts(&posts, 1, 5), [format!("{seq} \"deposit\" \"30\"")]);
    let both = [format!("{} \"correct\" \"-30\"", seq + 1), format!("{} \"deposit\" \"28\"", seq + 1)];
    assert_eq!(receipts(&posts, 6, 12), both);
    // Taking the correction back on its day leaves the receipt as it was.
    posts.post(&day(9), json!({"act": "correct", "reverses": seq + 1, "reason": "right after all"}));
    assert_eq!(receipts(&posts, 1, 12), [format!("{seq} \"deposit\" \"30\"")]);
}
