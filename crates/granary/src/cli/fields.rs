//! The fields of a question or an act, read off its JSON Schema: as options of the command line, and as JSON again.
//!
//! It knows no question and no act by name. What an option is called, what it means and what it may say comes from the
//! schema, so that a new field is an option without a line here.

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, ArgAction, ArgMatches};
use serde_json::{Map, Value};
use shell::Failure;

use super::{codes, text};

/// A field.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) kind: Kind,
    pub(crate) is_required: bool,
}

/// What a field holds.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Text,
    Number,
    Flag,
    /// An event by its number, or something else by text.
    NumberOrText,
    /// One word of a closed list, each with what it means.
    Word(Vec<(String, String)>),
    List(Box<Kind>),
    /// Values by names that the sender chooses, such as the content by element.
    ByName(Box<Kind>),
    Record(Vec<Field>),
    /// An act, with these fields beside its own: which they are follows from the act.
    Act(Vec<Field>),
}

/// The fields of an object.
pub(crate) fn of_object(schema: &Value) -> Vec<Field> {
    record(schema, &schema["$defs"])
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
    match &schema["type"] {
        Value::String(word) => word,
        Value::Array(words) => words.iter().filter_map(Value::as_str).find(|word| *word != "null").unwrap_or_default(),
        _ => "",
    }
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

/// How a field is said on the command line.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) field: Field,
    /// The option, without its dashes.
    pub(crate) option: String,
    /// It is said without an option, by its place.
    pub(crate) is_placed: bool,
}

impl Said {
    /// By the field's own name: one piece of a list is said at a time, so that `lines` is `--line`.
    pub(crate) fn plainly(field: Field, all: &[Field]) -> Self {
        let one = field.name.strip_suffix('s').filter(|one| all.iter().all(|field| field.name != *one));
        let is_of_many = matches!(&field.kind, Kind::List(_)) && !matches!(field.name.as_str(), "ours" | "theirs");
        let name = one.filter(|_| is_of_many).unwrap_or(&field.name);
        Self { option: name.replace('_', "-"), field, is_placed: false }
    }

    /// The option.
    pub(crate) fn arg(&self) -> Arg {
        let Field { doc, kind, is_required, .. } = &self.field;
        let arg = Arg::new(self.id()).required(*is_required).value_name(self.value_name());
        let arg = match self.is_placed {
            true => arg,
            false => arg.long(self.option.clone()),
        };
        let arg = match kind {
            Kind::Flag => arg
                .num_args(0..=1)
                .require_equals(true)
                .default_missing_value("true")
                .value_parser(["true", "false"])
                .hide_possible_values(true),
            Kind::List(piece) => {
                let arg = arg.action(ArgAction::Append);
                match &**piece {
                    Kind::Word(_) | Kind::Number => with_words(arg.value_delimiter(','), piece),
                    _ => arg,
                }
            }
            kind => with_words(arg, kind),
        };
        codes::complete(arg, &self.field).help(match form(kind) {
            Some(form) => format!("{doc} Write {form}, or JSON."),
            None => doc.clone(),
        })
    }

    fn id(&self) -> String {
        format!("field.{}", self.field.name)
    }

    /// As it could be typed.
    pub(crate) fn example(&self) -> String {
        let value = self.sample();
        let value = if value.contains(' ') { format!("'{value}'") } else { value };
        if self.is_placed { value } else { format!("--{} {value}", self.option) }
    }

    /// A value that could stand.
    pub(crate) fn sample(&self) -> String {
        sample(&self.field.kind, &self.field.name)
    }

    fn value_name(&self) -> String {
        match &self.field.kind {
            Kind::Flag => "BOOL".to_owned(),
            _ => self.option.replace('-', "_").to_uppercase(),
        }
    }

    /// What was typed for it, as JSON.
    ///
    /// # Errors
    /// When it cannot be read as what the field holds.
    pub(crate) fn value(&self, typed: &ArgMatches) -> Result<Option<Value>, Failure> {
        let Ok(Some(values)) = typed.try_get_many::<String>(&self.id()) else { return Ok(None) };
        let option = if self.is_placed { self.value_name() } else { format!("--{}", self.option) };
        let wrong = |problem: String| {
            Failure::wrong_use(format!("`{option}`: {problem}"))
                .hint(form(&self.field.kind).map_or_else(|| self.field.doc.clone(), |form| format!("write {form}")))
        };
        let mut values = values.map(|value| text::read(&self.field.kind, value).map_err(&wrong));
        match &self.field.kind {
            Kind::List(_) => {
                let mut list = Vec::new();
                for value in values {
                    match value? {
                        Value::Array(more) => list.extend(more),
                        piece => list.push(piece),
                    }
                }
                Ok(Some(list.into()))
            }
            _ => values.next().transpose(),
        }
    }
}

/// A value that could stand in a field.
fn sample(kind: &Kind, name: &str) -> String {
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
                kind => format!("{}={}", field.name, sample(kind, &field.name)),
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

fn with_words(arg: Arg, kind: &Kind) -> Arg {
    let Kind::Word(words) = kind else { return arg };
    let word = |(word, doc): &(String, String)| {
        PossibleValue::new(word.clone()).help(doc.clone()).alias(word.replace('_', "-"))
    };
    arg.value_parser(PossibleValuesParser::new(words.iter().map(word)))
}

/// How a thing of several fields is written: the required ones, then the others.
fn form(kind: &Kind) -> Option<String> {
    let fields = match kind {
        Kind::Record(fields) => fields,
        Kind::List(piece) => return form(piece),
        Kind::Act(_) => return Some("'act=ACT [effective=..] FIELD=..', with the fields of that act".to_owned()),
        _ => return None,
    };
    let pair = |field: &Field| match field.kind {
        Kind::ByName(_) => format!("{}.NAME=..", field.name),
        Kind::Record(_) => format!("{}.FIELD=..", field.name),
        _ => format!("{}=..", field.name),
    };
    let (required, others): (Vec<&Field>, Vec<&Field>) = fields.iter().partition(|field| field.is_required);
    let mut said: Vec<String> = required.into_iter().map(pair).collect();
    said.extend(others.into_iter().map(|field| format!("[{}]", pair(field))));
    Some(format!("'{}'", said.join(" ")))
}

/// Everything that was typed, by field.
///
/// # Errors
/// See [`Said::value`].
pub(crate) fn typed(said: &[Said], typed: &ArgMatches) -> Result<Map<String, Value>, Failure> {
    let mut map = Map::new();
    for said in said {
        if let Some(value) = said.value(typed)? {
            map.insert(said.field.name.clone(), value);
        }
    }
    Ok(map)
}
