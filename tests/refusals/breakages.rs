//! Of two refusals the one that is declared first is given: the example of every act, broken in two places at once.
//!
//! A breakage is one change of a command that is refused for it alone: another sender, another day, a field that names
//! nothing, says nothing, or asks for too much. What two of them together are refused for is the earlier of the two.

use std::collections::BTreeMap;

use books::rejection::{CODES, Code, Step};
use books::{Act, Day, Rejection};
use serde_json::{Value, json};
use testkit::World;

use super::story::{command, commands};

/// One change of a command, and what it alone is refused for.
struct Breakage {
    /// Where in the command.
    at: Vec<Key>,
    to: Value,
    code: &'static Code,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Key {
    Field(String),
    Item(usize),
}

/// What a value is broken by.
fn broken(value: &Value) -> Vec<Value> {
    let texts =
        ["", "NOWHERE-9", "0 t", "0.00 USD", "900000 t", "900000.00 USD", "5 bbl", "5 t REO", "xx", "1999-01-01"];
    match value {
        Value::String(_) => texts.iter().map(|text| json!(text)).collect(),
        Value::Number(_) => vec![json!(0), json!(4_000_000_000u32)],
        Value::Null => ["", "NOWHERE-9", "xx"].iter().map(|text| json!(text)).collect(),
        Value::Array(_) => vec![json!([])],
        Value::Bool(_) | Value::Object(_) => Vec::new(),
    }
}

/// All places of a command whose value is no object.
fn places(value: &Value, at: &[Key], found: &mut Vec<(Vec<Key>, Value)>) {
    let mut below = |key: Key, value: &Value| places(value, &[at, &[key]].concat(), found);
    match value {
        Value::Object(map) => map.iter().for_each(|(field, value)| below(Key::Field(field.clone()), value)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| below(Key::Item(index), item));
            found.push((at.to_vec(), value.clone()));
        }
        Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => found.push((at.to_vec(), value.clone())),
    }
}

fn set(command: &mut Value, at: &[Key], to: &Value) {
    let place = at.iter().try_fold(command, |value, key| match key {
        Key::Field(field) => value.get_mut(field),
        Key::Item(index) => value.get_mut(index),
    });
    // The other breakage took away what this one changes.
    if let Some(place) = place {
        *place = to.clone();
    }
}

fn judge(world: &World, command: &Value) -> Option<Result<(), Rejection>> {
    let command = wire::Command::from_json(command.to_string().as_bytes()).ok()?;
    Some(world.judge(&command))
}

fn code_of(judged: Option<Result<(), Rejection>>) -> Option<&'static Code> {
    judged?.err().map(|rejection| rejection.about())
}

/// Every change of a command that is refused for it alone.
fn breakages(world: &World, whole: &Value) -> Vec<Breakage> {
    let mut changes: Vec<(Vec<Key>, Value)> = Vec::new();
    let field = |name: &str| vec![Key::Field(name.into())];
    changes.extend(["Board", "Other", "Port"].map(|party| (field("party"), json!(party))));
    changes.extend(["2026-12-31", "2026-02-10"].map(|day| (field("effective"), json!(day))));
    let mut found = Vec::new();
    places(whole, &[], &mut found);
    for (at, value) in found {
        let of_every_command = ["id", "party", "effective", "act"].iter().any(|name| at == field(name));
        if !of_every_command {
            changes.extend(broken(&value).into_iter().map(|to| (at.clone(), to)));
        }
    }
    let refused = |(at, to): (Vec<Key>, Value)| {
        let mut command = whole.clone();
        set(&mut command, &at, &to);
        code_of(judge(world, &command)).map(|code| Breakage { at, to, code })
    };
    changes.into_iter().filter_map(refused).collect()
}

fn rank(code: &Code) -> usize {
    CODES.iter().position(|known| known.code == code.code).expect("a code of the list")
}

/// The story up to a command, and parties that have no part in it.
fn world_before(index: usize) -> World {
    let mut world = World::default();
    world.set_day(Day(20_524));
    for (earlier, act) in commands().into_iter().enumerate().take(index) {
        world.post(&command(earlier, "ledger", act));
    }
    for (number, (code, role)) in [("Other", "agency"), ("Port", "operator"), ("Board", "auditor")].iter().enumerate() {
        let party = json!({"act": "register_party", "code": code, "name": code, "role": role});
        world.post(&command(900 + number, "ledger", party));
    }
    world
}

/// What one breakage takes away, the other cannot be refused for: fields of an act, and why.
const TAKEN_AWAY: &[(&str, &str, &str, &str)] = &[
    ("approve", "party", "held", "whose command it is says the command"),
    ("decline", "party", "held", "whose command it is says the command"),
    ("correct", "party", "reverses", "whose stock it was says the event"),
    ("correct", "effective", "with", "what stands in its place is looked at once it may stand itself"),
    ("correct", "reverses", "with", "what stands in its place is looked at once it may stand itself"),
    ("correct", "reason", "with", "what stands in its place is looked at once it may stand itself"),
    ("correct", "party", "with", "what stands in its place is looked at once it may stand itself"),
    ("call", "total", "rounding", "nothing is a multiple of whatever"),
    ("draw", "effective", "quantity", "no licence is used up on a day on which nothing is restricted"),
    ("dispatch", "effective", "lines", "no licence is used up on a day on which nothing is restricted"),
    ("transform", "inputs", "loss", "more of both adds up again"),
    ("withdraw", "quantity", "lenders", "less of both, or more of both, adds up again"),
];

/// Can both hold at once?
fn are_apart(word: &str, whole: &Value, one: &Breakage, other: &Breakage) -> bool {
    let [Key::Field(first), ..] = &one.at[..] else { return false };
    let [Key::Field(second), ..] = &other.at[..] else { return false };
    // A list that is emptied holds nothing that is broken; and many lines can be one text.
    let is_within = one.at.starts_with(&other.at) || other.at.starts_with(&one.at);
    let is_one_text =
        first == second && matches!(&whole[first], Value::Array(lines) if lines.iter().all(Value::is_string));
    let is_taken = TAKEN_AWAY.iter().any(|(act, one, other, _)| {
        *act == word
            && ((one, other) == (&first.as_str(), &second.as_str())
                || (one, other) == (&second.as_str(), &first.as_str()))
    });
    // Whoever asks for another sees nothing of what a list names: of an emptied one nothing is looked up.
    let is_unseen = |party: &Breakage, list: &Breakage| {
        party.at == [Key::Field("party".into())] && party.code.step == Step::Read && list.to == json!([])
    };
    !is_within && !is_one_text && !is_taken && !is_unseen(one, other) && !is_unseen(other, one)
}

/// What a command that is broken twice is refused for; none where it is refused rightly, or is no command.
fn wrongly(world: &World, whole: &Value, one: &Breakage, other: &Breakage) -> Option<String> {
    let mut twice = whole.clone();
    set(&mut twice, &one.at, &one.to);
    set(&mut twice, &other.at, &other.to);
    let given = judge(world, &twice)?.err().map_or("accepted", |rejection| rejection.code());
    let (first, second) =
        if rank(one.code) <= rank(other.code) { (one.code, other.code) } else { (other.code, one.code) };
    // What goes by a field that cannot be read is not read: a quantity by its material, say.
    let is_right =
        given == first.code || (first.step == Step::Read && second.step == Step::Read && given == second.code);
    let told = |breakage: &Breakage| format!("{:?} = {} ({})", breakage.at, breakage.to, breakage.code.code);
    (!is_right).then(|| format!("{} and {}: {given}", told(one), told(other)))
}

#[test]
fn an_act_that_is_broken_twice_is_refused_for_what_is_declared_first() {
    let mut wrong: Vec<String> = Vec::new();
    let mut pairs: BTreeMap<String, usize> = BTreeMap::new();
    for (index, act) in commands().into_iter().enumerate() {
        let word = act["act"].as_str().expect("a word").to_owned();
        let world = world_before(index);
        let whole = Value::Object(command(index, "ledger", act).to_json());
        let breakages = breakages(&world, &whole);
        for (first, one) in breakages.iter().enumerate() {
            let others = breakages[first + 1..].iter().filter(|other| other.at != one.at);
            for other in others.filter(|other| are_apart(&word, &whole, one, other)) {
                *pairs.entry(word.clone()).or_default() += usize::from(one.code.step != other.code.step);
                wrong.extend(wrongly(&world, &whole, one, other).map(|wrong| format!("{word}: {wrong}")));
            }
        }
    }
    let untried: Vec<&str> = Act::TABLE
        .iter()
        .map(|entry| entry.word)
        .filter(|word| pairs.get(*word).is_none_or(|count| *count < 5))
        .collect();
    assert!(untried.is_empty(), "never broken in two steps: {untried:?}");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
