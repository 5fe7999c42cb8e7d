//! The table of all acts, and whatever else has to know an act: nothing may be missing anywhere (see the head of
//! `crates/books/src/acts.rs`).

use std::collections::BTreeSet;
use std::fmt::Write as _;

use books::{Act, ActEntry, Line, Undone};
use serde_json::{Map, Value};
use wire::view::EventView;

/// The example of an act as a command.
fn command_of(entry: &ActEntry) -> Map<String, Value> {
    let Ok(Value::Object(mut map)) = serde_json::from_str(entry.facts.example) else {
        panic!("the example of `{}` is no JSON object", entry.word);
    };
    for (field, value) in [("id", "00000000-0000-7000-8000-000000000001"), ("party", "JOGMEC"), ("act", entry.word)] {
        map.insert(field.into(), value.into());
    }
    map.insert("effective".into(), "2026-03-12".into());
    map
}

/// A file of the tree.
fn read(path: &str) -> String {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tree").to_owned();
    std::fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn every_act_is_known_wherever_acts_are_known() {
    let cddl = read("schemas/event.cddl");
    let cddl = cddl.split("\nact = ").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("the acts").to_owned();
    let command = read("schemas/command.json");
    let mut missing = Vec::new();
    for entry in Act::TABLE {
        let ActEntry { number, word, .. } = *entry;
        let mut says = |is_there: bool, place: &str| {
            if !is_there {
                missing.push(format!("`{word}` is not in {place}"));
            }
        };
        says(auditor::act_word(number.into()) == Some(word), "auditor/src/acts.rs");
        says(cddl.contains(&format!("[{number}, ")), "schemas/event.cddl");
        says(command.contains(&format!("\"{word}\"")), "schemas/command.json");
    }
    assert!(missing.is_empty(), "{missing:#?}");
    let numbers: BTreeSet<u32> = Act::TABLE.iter().map(|entry| entry.number).collect();
    assert_eq!(numbers.len(), Act::TABLE.len(), "a number is given once");
}

#[test]
fn every_example_is_a_command() {
    for entry in Act::TABLE {
        let text = Value::Object(command_of(entry)).to_string();
        let read = wire::Command::from_json(text.as_bytes());
        assert!(read.is_ok(), "the example of `{}`: {read:?}", entry.word);
    }
}

#[test]
fn what_undoes_an_act_is_an_act() {
    for entry in Act::TABLE {
        match entry.facts.undone {
            Undone::Corrected => {}
            Undone::By(words) => {
                assert!(!words.is_empty(), "{}", entry.word);
                for word in words {
                    assert!(Act::find(word).is_some(), "`{word}`, which undoes `{}`, is no act", entry.word);
                }
            }
            Undone::Never(why) => assert!(!why.is_empty(), "{}", entry.word),
        }
    }
}

/// Every field that a line names is one of the act, and every act is told.
#[test]
fn every_act_is_told_in_a_line() {
    let mut told = String::new();
    for entry in Act::TABLE {
        let command = command_of(entry);
        let pieces = match entry.facts.line {
            Line::Words(pieces) | Line::Both(pieces) => pieces,
            Line::Moved => &[],
        };
        let (_, _, schema) =
            wire::acts::schemas().into_iter().find(|(word, _, _)| *word == entry.word).expect("an act has a schema");
        let properties = schema.get("properties").and_then(Value::as_object).expect("an act has fields");
        for field in pieces.iter().flat_map(|piece| piece.split('{').skip(1)) {
            let field = field.split(['}', '.']).next().expect("a brace is closed");
            assert!(properties.contains_key(field), "`{}` is told by `{field}`, which it does not have", entry.word);
        }
        let view = EventView {
            seq: 1,
            recorded_at: String::new(),
            outcome: "held".into(),
            code: None,
            message: None,
            facts: serde_json::Map::new(),
            command,
            known_by: None,
            group: None,
            entries: Vec::new(),
            claims: Vec::new(),
        };
        let line = view.told();
        assert_eq!(line.len(), 1, "`{}` says {line:?}", entry.word);
        let _ = writeln!(told, "{}: {}", entry.word, line.join("; "));
    }
    insta::assert_snapshot!("lines", told);
}
