//! Two persons are two credentials, and what needs two is a sum: of a command, and of a day.

use books::PersonNo;
use books::person::Credential;
use serde_json::{Value, json};
use testkit::{Answer, World};

/// A ledger with one agency, which holds 1,000 t of a material of which one person alone moves 50 t at most.
struct Ledger {
    world: World,
    next: u128,
}

fn token(name: &str) -> Option<Credential> {
    Some(Credential::Token(name.to_owned()))
}

fn person(number: u32) -> Option<Credential> {
    Some(Credential::Person(PersonNo(number)))
}

impl Ledger {
    fn new() -> Self {
        let mut world = World::default();
        world.set_day(books::Day(20_524));
        let mut ledger = Self { world, next: 0 };
        ledger.stands("ledger", None, json!({"act": "open", "origin": "example.org/persons", "format": 1}));
        ledger.stands("ledger", None, json!({"act": "register_party", "code": "A", "name": "A", "role": "agency"}));
        ledger.stands(
            "ledger",
            None,
            json!({"act": "register_material", "code": "M", "name": "M", "unit": "mg",
            "basis": "net", "shown": "t", "form": "oxide"}),
        );
        for site in ["S", "T"] {
            ledger.stands(
                "A",
                None,
                json!({"act": "register_site", "code": site, "name": site, "country": "JP", "area": "item"}),
            );
        }
        ledger.stands(
            "A",
            None,
            json!({"act": "deposit", "lot": "L", "site": "S", "quantity": "1000 t", "material": "M"}),
        );
        ledger.stands(
            "ledger",
            None,
            json!({"act": "amend_material", "code": "M", "name": "M", "shown": "t",
            "form": "oxide", "dual_control_above": "50 t"}),
        );
        ledger
    }

    fn post(&mut self, party: &str, by: Option<Credential>, act: Value) -> Answer {
        self.next += 1;
        let mut command =
            json!({"id": uuid::Uuid::from_u128(self.next).to_string(), "party": party, "effective": "2026-03-12"});
        command.as_object_mut().expect("an object").extend(act.as_object().expect("an object").clone());
        let command = wire::Command::from_json(command.to_string().as_bytes()).expect("a command");
        self.world.post_by(&command, by)
    }

    fn stands(&mut self, party: &str, by: Option<Credential>, act: Value) {
        let answer = self.post(party, by, act.clone());
        assert!(matches!(answer, Answer::Accepted(_)), "{act}: {answer:?}");
    }

    fn held(&mut self, by: Option<Credential>, act: Value) -> u64 {
        match self.post("A", by, act.clone()) {
            Answer::Held(seq) => seq.0,
            other => panic!("{act}: {other:?}"),
        }
    }

    /// The code, and the fault where there is one.
    fn refused(&mut self, by: Option<Credential>, act: Value) -> String {
        match self.post("A", by, act.clone()) {
            Answer::Refused(_, refusal) => refusal.code + " " + &refusal.message,
            other => panic!("{act}: {other:?}"),
        }
    }
}

fn draw(tons: u32, maker: Option<&str>) -> Value {
    json!({"act": "draw", "lot": "L", "site": "S", "quantity": format!("{tons} t"), "maker": maker})
}

fn approve(held: u64, maker: Option<&str>) -> Value {
    json!({"act": "approve", "held": held, "maker": maker})
}

/// One token typed two names, and 100 t were gone.
#[test]
fn two_names_of_one_credential_are_one_hand() {
    let mut ledger = Ledger::new();
    let held = ledger.held(token("desk 1"), draw(100, Some("Sato")));
    for name in ["Sato.", "Sato\u{200b}", "S\u{ad}ato", "S\u{430}to", "Ｓato", "Tanaka"] {
        let code = ledger.refused(token("desk 1"), approve(held, Some(name)));
        assert!(code.starts_with("checker_is_maker"), "{name}: {code}");
    }
    assert!(ledger.refused(token("desk 2"), approve(held, Some("Sato"))).starts_with("checker_is_maker"));
    ledger.stands("A", token("desk 2"), approve(held, Some("Tanaka")));
}

/// Six lines of 50 t of the same lot, eight lots counted down to nothing, and two draws of 50 t went without anybody looking.
#[test]
fn what_one_person_moves_counts_together_within_a_command_and_a_day() {
    let mut ledger = Ledger::new();
    let lines: Vec<Value> = (0..6).map(|_| json!({"lot": "L", "quantity": "10 t"})).collect();
    let dispatch = json!({"act": "dispatch", "dispatch": "D", "source": "S", "target": "T", "lines": lines});
    assert!(ledger.refused(token("desk 1"), dispatch).starts_with("maker_missing"), "60 t in one command");
    let parts: Vec<Value> = (0..6).map(|part| json!({"lot": format!("P{part}"), "quantity": "10 t"})).collect();
    let split = json!({"act": "split", "lot": "L", "site": "S", "parts": parts});
    assert!(ledger.refused(token("desk 1"), split).starts_with("maker_missing"), "made something else of");
    ledger.stands("A", token("desk 1"), draw(30, None));
    assert!(ledger.refused(token("desk 1"), draw(30, None)).starts_with("maker_missing"), "with what went before");
    assert!(ledger.refused(token("desk 2"), draw(30, None)).starts_with("maker_missing"), "whoever moved it");
    ledger.stands("A", token("desk 1"), draw(20, None));
    let set_aside =
        json!({"act": "encumber", "encumbrance": "E", "kind": "hold", "lot": "L", "site": "S", "quantity": "1 t"});
    assert!(ledger.refused(token("desk 1"), set_aside.clone()).starts_with("maker_missing"), "set aside");
    // What two let through is no one person's; and the next day is another.
    let held = ledger.held(token("desk 1"), draw(400, Some("Sato")));
    ledger.stands("A", token("desk 2"), approve(held, Some("Kim")));
    ledger.world.set_day(books::Day(20_526));
    ledger.stands("A", token("desk 1"), draw(50, None));
}

/// Maker and checker come from what they are known by; a token of all is neither, once a party has persons.
#[test]
fn a_person_is_known_by_its_credential_and_by_nothing_that_it_says() {
    let mut ledger = Ledger::new();
    ledger.stands("A", token("desk 1"), json!({"act": "register_person"}));
    ledger.stands("A", token("desk 1"), json!({"act": "register_person"}));
    let other = ledger.refused(person(0), draw(100, Some("A/2")));
    assert!(other.contains("names another than who asks, which is A/1"), "{other}");
    let by_token = ledger.refused(token("desk 1"), draw(100, Some("A/1")));
    assert!(by_token.contains("has to be a person of the party"), "{by_token}");
    let held = ledger.held(person(0), draw(100, None));
    let event = ledger.world.event(books::Seq(held)).expect("recorded");
    assert_eq!((event.maker.as_deref(), event.by), (Some("A/1"), person(0)));
    assert!(ledger.refused(person(0), approve(held, None)).starts_with("checker_is_maker"));
    assert!(ledger.refused(token("desk 2"), approve(held, Some("A/2"))).contains("has to be a person"));
    ledger.stands("A", person(1), approve(held, None));
    // Administration needs both, from then on.
    let limit = json!({"act": "set_limit", "lot": "L", "site": "S", "floor": "1 t"});
    assert!(ledger.refused(token("desk 1"), limit.clone()).starts_with("invalid_value"));
    let held = ledger.held(person(1), limit);
    assert!(ledger.refused(person(1), approve(held, None)).starts_with("checker_is_maker"));
    ledger.stands("A", person(0), approve(held, None));
    // Nobody else says who acts for a party.
    ledger.stands("ledger", None, json!({"act": "register_party", "code": "B", "name": "B", "role": "agency"}));
    let strange = ledger.post("B", None, json!({"act": "register_person", "whose": "A"}));
    assert!(matches!(strange, Answer::Refused(_, ref refusal) if refusal.code == "not_permitted"), "{strange:?}");
}
