//! Every column of every question, and every word of a closed list, has its word in every catalogue; and no entry is there
//! for nothing.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use fluent_syntax::ast;
use serde_json::{Map, Value, json};

use super::QUESTIONS;
use crate::table::{Column, Kind, LISTS, Table};

/// The least that a schema allows; where it is one of several shapes, each of them.
fn samples(schema: &Value, root: &Value) -> Vec<Value> {
    let schema = match schema["$ref"].as_str() {
        Some(path) => root.pointer(path.trim_start_matches('#')).expect("a schema refers to its own parts"),
        None => schema,
    };
    let choices = ["oneOf", "anyOf"].iter().find_map(|name| schema[name].as_array());
    let whole = match (&schema["const"], schema["enum"].get(0), schema["type"].as_str()) {
        (Value::Null, None, Some("object") | None) => {
            let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let field = |name: &str| {
                let value = samples(&schema["properties"][name], root).remove(0);
                (name.to_owned(), value)
            };
            json!(required.map(field).collect::<Map<_, _>>())
        }
        (Value::Null, None, Some("array")) => json!([]),
        (Value::Null, None, Some("string")) => json!(""),
        (Value::Null, None, Some("boolean")) => json!(false),
        (Value::Null, None, Some(_)) => json!(0),
        (Value::Null, Some(word), _) => word.clone(),
        (only, _, _) => only.clone(),
    };
    let Some(choices) = choices else { return vec![whole] };
    let both = |choice: Value| match (whole.as_object(), choice) {
        (Some(fields), Value::Object(more)) => json!(fields.clone().into_iter().chain(more).collect::<Map<_, _>>()),
        (_, choice) => choice,
    };
    choices.iter().flat_map(|choice| samples(choice, root)).map(both).collect()
}

fn columns(table: Table<'_>, found: &mut Vec<Column>) {
    found.extend(table.columns);
    found.extend(table.beside.into_iter().map(|(column, _)| column));
    for list in table.lists {
        found.push(Column::new(list.name, Kind::Records));
        columns(list.table, found);
    }
}

/// Every column that any answer has.
fn all_columns() -> Vec<Column> {
    let mut found = Vec::new();
    for entry in QUESTIONS {
        let schema = entry.answer_schema();
        let listed = json!({ "$ref": "#/$defs/Listed" });
        let samples = match entry.name {
            // Its columns are those of what is listed.
            "list" => samples(&listed, &schema).into_iter().map(|what| json!({ "what": what, "lines": [] })).collect(),
            _ => samples(&schema, &schema),
        };
        for sample in samples {
            let answer = entry.read(sample.to_string().as_bytes());
            let answer = answer.unwrap_or_else(|error| panic!("{}: {error}: {sample}", entry.name));
            columns(answer.table(), &mut found);
        }
    }
    found.push(Column::new(super::SEEN_BY, Kind::Code));
    found
}

/// What the writers of tables say themselves.
fn said_by_writers() -> impl Iterator<Item = String> {
    let sources = [include_str!("../table.rs"), include_str!("../table/text.rs"), include_str!("../table/html.rs")];
    let quoted = sources.into_iter().flat_map(|source| source.split('"'));
    let own = quoted.filter(|text| text.starts_with("table-"));
    own.chain(["brief-cash", "brief-proof"]).map(str::to_owned)
}

#[test]
fn every_catalogue_has_a_word_for_every_column_and_every_word_of_a_list_and_none_for_nothing() {
    let columns = all_columns();
    let used: BTreeSet<&str> = columns
        .iter()
        .filter_map(|column| if let Kind::Word(list) = column.kind { Some(list) } else { None })
        .collect();
    assert_eq!(used, LISTS.iter().map(|(name, _)| *name).collect(), "each list stands in a column");
    let headings = columns.iter().map(|column| format!("column-{}", column.name));
    let listed = LISTS.iter().flat_map(|(name, words)| words().into_iter().map(|word| words::word_entry(name, &word)));
    let wanted: BTreeSet<String> = headings.chain(listed).chain(said_by_writers()).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../words/catalogues");
    for file in fs::read_dir(folder).expect("the catalogues") {
        let tag = file.expect("a file").path();
        let catalogue = fs::read_to_string(&tag).expect("a catalogue is text");
        let entries = fluent_syntax::parser::parse(catalogue).expect("a catalogue").body.into_iter();
        let id = |entry| if let ast::Entry::Message(message) = entry { Some(message.id.name) } else { None };
        let messages = entries.filter_map(id);
        // Refusals are the words' own.
        let is_ours = |name: &String| {
            ![
                "refused-",
                "accepted-",
                "fault-",
                "unread-",
                "why-",
                "door-",
                "flaw-",
                "labelled-",
                "said",
                "word-",
                "console-",
                "left-",
                "skipped-",
            ]
            .iter()
            .any(|start| name.starts_with(start))
        };
        let there: BTreeSet<String> = messages.filter(is_ours).collect();
        let lacking: Vec<&String> = wanted.difference(&there).collect();
        let superfluous: Vec<&String> = there.difference(&wanted).collect();
        let is_whole = lacking.is_empty() && superfluous.is_empty();
        assert!(is_whole, "`{}` lacks {lacking:#?} and says what nobody asks for: {superfluous:#?}", tag.display());
    }
}
