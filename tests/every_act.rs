//! Every act: with every field read, decided, written, shown and read again ([`testkit::World`] compares at each turn);
//! and by every role, where the table of who may do what is the expected output.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use books::party::Role;
use books::{Act, Asks, Day, Periods, Seq, Undone};
use serde_json::{Value, json};
use testkit::{Answer, World};

#[path = "common/story.rs"]
mod story;
use story::{command, commands};

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
        // A key comes with a proof that nobody writes by hand: `chain::party_key` tries them.
        let is_written = |field: &&String| !["keys", "proofs", "key", "proof"].contains(&field.as_str());
        for field in properties.keys().filter(is_written) {
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
                Answer::Refused(_, refusal) => {
                    // What one does not see is not there.
                    refusal.code.starts_with("unknown_")
                        || matches!(
                            refusal.code.as_str(),
                            "not_permitted" | "role_not_permitted" | "secretariat_only" | "not_held"
                        )
                }
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
    // Whose right a correction touches is said by what it reverses, and who runs a reserve by the books; and only a secretariat
    // loosens a control. A party sets limits of its own, and says what it imports; others' are for who has charge.
    let is_ones_own = ["set_share_limit", "record_figure"].contains(&word);
    if word == "correct"
        || is_ones_own
        || (word == "open_order" && act["reserve"].is_string())
        || act["authority_required"] == false
    {
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
        // Who has charge of what it binds is said by the books.
        Asks::Steward => return None,
        Asks::Holder => is_whose,
        // `Port` keeps all sites.
        Asks::Keeper => is_whose || party == "Port",
        Asks::Overseer => is_whose || numbered.whose(books).iter().any(|whose| books.eyes(number).oversees(*whose)),
        Asks::Alone => is_whose,
    };
    Some(may && !matches!(role, Role::Supplier | Role::Auditor))
}

/// What may be done under a mandate: each act that can be, of another material, of less than it takes, by a mandate that is for no
/// act in particular, and by one that names it. Entitlements, promises, rights and limits once counted for nothing.
#[test]
fn every_act_is_held_against_its_mandate() {
    let bounds = [
        ("other", json!({"material": "Other"})),
        ("too little", json!({"material": "NdPr", "quantity": "0.000000001 t"})),
        ("elsewhere", json!({"site": "Elsewhere"})),
        ("open", json!({})),
        ("named", json!({"acts": ["?"]})),
        ("named, other", json!({"acts": ["?"], "material": "Other"})),
    ];
    let mut table = format!("{:21}", "");
    bounds.iter().for_each(|(name, _)| write!(table, "{name:20}").expect("into a text"));
    for (index, act) in commands().into_iter().enumerate().skip(1) {
        let word = act["act"].as_str().expect("a word").to_owned();
        if !books::mandate::can_be_for(&word) {
            continue;
        }
        let mut line = format!("{word:21}");
        for (_, bound) in &bounds {
            let mut world = World::default();
            world.set_day(Day(20_524));
            for (earlier, act) in commands().into_iter().enumerate().take(index) {
                world.post(&command(earlier, "ledger", act));
            }
            let numbered = command(2_000, "ledger", act.clone()).resolve(world.books()).expect("an act").act;
            let whose = numbered.whose(world.books());
            let Some(owner) = whose.first().map(|owner| world.books().party(*owner).code.clone()) else { continue };
            for (number, act) in [
                json!({"act": "register_party", "code": "Agent", "name": "Agent", "role": "agency"}),
                json!({"act": "register_material", "code": "Other", "name": "Other", "unit": "mg", "basis": "net",
                    "shown": "t", "form": "oxide"}),
                json!({"act": "register_site", "code": "Elsewhere", "name": "Elsewhere", "custodian": "ledger",
                    "country": "JP", "area": "bulk"}),
            ]
            .into_iter()
            .enumerate()
            {
                world.post(&command(900 + number, "ledger", act));
            }
            let mut mandate = json!({"act": "mandate", "mandate": "MX", "owner": owner, "to": "Agent"});
            let fields = bound.as_object().expect("an object").iter().map(|(name, value)| {
                let value = if value.is_array() { json!([word]) } else { value.clone() };
                (name.clone(), value)
            });
            mandate.as_object_mut().expect("an object").extend(fields);
            let given = world.post(&command(950, &owner, mandate));
            // What these bounds cannot bind is given by itself.
            if matches!(&given, Answer::Refused(_, refusal) if refusal.message.contains("cannot bind")) {
                write!(line, "{:20}", "not given").expect("into a text");
                continue;
            }
            assert!(matches!(given, Answer::Accepted(_)), "{given:?}");
            let told = match world.post(&command(1_000, "Agent", act.clone())) {
                Answer::Refused(_, refusal) => refusal.code,
                Answer::Accepted(_) | Answer::Held(_) => "may".to_owned(),
                answer => panic!("{answer:?}"),
            };
            write!(line, "{told:20}").expect("into a text");
        }
        table.push('\n');
        table.push_str(&line);
    }
    let table: Vec<&str> = table.lines().map(str::trim_end).collect();
    insta::assert_snapshot!("mandates", table.join("\n"));
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
