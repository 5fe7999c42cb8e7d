//! The fields of a question or an act, read off its JSON Schema, for whoever lets people say them one by one: at a shell, in a
//! form of a page, in a row of a table.
//!
//! It knows no question and no act by name. What a field means and what it may say comes from the schema, so that a new field
//! is an option and a part of a form without a line here.

pub mod text;

use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::Value;

/// A field.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name in JSON.
    pub name: String,
    /// What it means.
    pub doc: String,
    /// What it holds.
    pub kind: Kind,
    /// Is nothing understood without it?
    pub is_required: bool,
}

/// What a field holds.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A text.
    Text,
    /// A whole number.
    Number,
    /// True or false.
    Flag,
    /// An event by its number, or something else by text.
    NumberOrText,
    /// One word of a closed list, each with what it means.
    Word(Vec<(String, String)>),
    /// Several.
    List(Box<Kind>),
    /// Values by names that the sender chooses, such as the content by element.
    ByName(Box<Kind>),
    /// A thing of several fields.
    Record(Vec<Field>),
    /// An act, with these fields beside its own: which they are follows from the act.
    Act(Vec<Field>),
}

/// The fields of an object.
#[must_use]
pub fn of_object(schema: &Value) -> Vec<Field> {
    record(schema, &schema["$defs"])
}

static ACTS: LazyLock<HashMap<&'static str, Vec<Field>>> = LazyLock::new(|| {
    let declared = crate::acts::schemas().into_iter();
    declared.map(|(word, _, schema)| (word, of_object(&schema.to_value()))).collect()
});

/// The fields of an act, in the order of the declaration; none of what is no act.
#[must_use]
pub fn of_act(word: &str) -> Option<&'static [Field]> {
    ACTS.get(word).map(Vec::as_slice)
}

fn record(schema: &Value, shared: &Value) -> Vec<Field> {
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let field = |(name, schema): (&String, &Value)| Field {
        name: name.clone(),
        doc: schema["description"].as_str().unwrap_or_default().to_owned(),
        kind: kind(schema, shared),
        is_required: required.contains(&name.as_str()),
    };
    schema["properties"].as_object().into_iter().flatten().map(field).collect()
}

fn kind(schema: &Value, shared: &Value) -> Kind {
    if let Some(name) = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
        return kind(&shared[name], shared);
    }
    if let Some(words) = words(schema) {
        return Kind::Word(words);
    }
    let is_null = |schema: &&Value| schema["type"] == "null";
    if let Some(choices) = schema["anyOf"].as_array() {
        let choices: Vec<&Value> = choices.iter().filter(|choice| !is_null(choice)).collect();
        return match choices[..] {
            [only] => kind(only, shared),
            _ => Kind::NumberOrText,
        };
    }
    match type_of(schema) {
        "integer" => Kind::Number,
        "boolean" => Kind::Flag,
        "array" => Kind::List(Box::new(kind(&schema["items"], shared))),
        "object" if schema["additionalProperties"] == true && schema["properties"].get("act").is_some() => {
            Kind::Act(record(schema, shared))
        }
        "object" if schema.get("properties").is_some() => Kind::Record(record(schema, shared)),
        "object" => Kind::ByName(Box::new(kind(&schema["additionalProperties"], shared))),
        _ => Kind::Text,
    }
}

/// The type that is not null.
fn type_of(schema: &Value) -> &str {
    let said = &schema["type"];
    let words = said.as_array().map_or(std::slice::from_ref(said), Vec::as_slice);
    words.iter().filter_map(Value::as_str).find(|word| *word != "null").unwrap_or_default()
}

/// The words of a closed list.
fn words(schema: &Value) -> Option<Vec<(String, String)>> {
    let choices = match (schema["oneOf"].as_array(), schema["enum"].as_array()) {
        (Some(choices), _) => choices.as_slice(),
        (None, Some(_)) => std::slice::from_ref(schema),
        (None, None) => return None,
    };
    let doc = |choice: &Value| choice["description"].as_str().unwrap_or_default().to_owned();
    let mut words = Vec::new();
    for choice in choices {
        match (choice["const"].as_str(), choice["enum"].as_array()) {
            (Some(word), _) => words.push((word.to_owned(), doc(choice))),
            (None, Some(bare)) => {
                words.extend(bare.iter().filter_map(Value::as_str).map(|word| (word.to_owned(), String::new())));
            }
            (None, None) => return None,
        }
    }
    Some(words)
}

/// A value that could stand in a field.
#[must_use]
pub fn sample(kind: &Kind, name: &str) -> String {
    match kind {
        Kind::Number | Kind::NumberOrText => "40".to_owned(),
        Kind::Flag => "true".to_owned(),
        Kind::Word(words) => words.first().map(|(word, _)| word.clone()).unwrap_or_default(),
        Kind::List(piece) => sample(piece, name),
        Kind::ByName(inner) => format!("Nd2O3={}", sample(inner, "fraction")),
        Kind::Record(fields) => {
            let pair = |field: &Field| match &field.kind {
                Kind::Record(_) | Kind::Act(_) | Kind::ByName(_) => {
                    format!("{}.{}", field.name, sample(&field.kind, &field.name))
                }
                kind
                @ (Kind::Text | Kind::Number | Kind::Flag | Kind::NumberOrText | Kind::Word(_) | Kind::List(_)) => {
                    format!("{}={}", field.name, sample(kind, &field.name))
                }
            };
            fields.iter().filter(|field| field.is_required).map(pair).collect::<Vec<_>>().join(" ")
        }
        Kind::Act(_) => "act=draw lot=LOT site=North quantity='10 t'".to_owned(),
        Kind::Text => match name {
            "quantity" | "received" | "counted" | "ceiling" | "total" => "10 t",
            "effective" | "first" | "last" | "through" | "due" | "as_of" | "from" => "2026-03-31",
            "known_at" => "40",
            "material" | "instead_of" => "NdPr",
            "unit" => "t",
            "site" | "place" => "North",
            "source" => "North",
            "target" => "South",
            "price" => "61000 USD/t",
            "amount" => "1000 USD",
            "country" => "JP",
            "basis" => "net",
            "fraction" => "20%",
            name => return name.to_uppercase(),
        }
        .to_owned(),
    }
}

/// How a thing of several fields is written: the required ones, then the others.
#[must_use]
pub fn written(kind: &Kind) -> Option<String> {
    let fields = match kind {
        Kind::Record(fields) => fields,
        Kind::List(piece) => return written(piece),
        Kind::Act(_) => return Some("'act=ACT [effective=..] FIELD=..', with the fields of that act".to_owned()),
        Kind::Text | Kind::Number | Kind::Flag | Kind::NumberOrText | Kind::Word(_) | Kind::ByName(_) => return None,
    };
    let pair = |field: &Field| match field.kind {
        Kind::ByName(_) => format!("{}.NAME=..", field.name),
        Kind::Record(_) => format!("{}.FIELD=..", field.name),
        Kind::Text | Kind::Number | Kind::Flag | Kind::NumberOrText | Kind::Word(_) | Kind::List(_) | Kind::Act(_) => {
            format!("{}=..", field.name)
        }
    };
    let (required, others): (Vec<&Field>, Vec<&Field>) = fields.iter().partition(|field| field.is_required);
    let mut said: Vec<String> = required.into_iter().map(pair).collect();
    said.extend(others.into_iter().map(|field| format!("[{}]", pair(field))));
    Some(format!("'{}'", said.join(" ")))
}
