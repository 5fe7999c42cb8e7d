//! The fields of a question or an act as options of the command line, and as JSON again.

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, ArgAction, ArgMatches};
use serde_json::{Map, Value};
use shell::Failure;

use wire::form::{Field, Kind, sample, text, written};

use super::codes;

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
        codes::complete(arg, &self.field).help(match written(kind) {
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
                .hint(written(&self.field.kind).map_or_else(|| self.field.doc.clone(), |form| format!("write {form}")))
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

fn with_words(arg: Arg, kind: &Kind) -> Arg {
    let Kind::Word(words) = kind else { return arg };
    let word = |(word, doc): &(String, String)| {
        PossibleValue::new(word.clone()).help(doc.clone()).alias(word.replace('_', "-"))
    };
    arg.value_parser(PossibleValuesParser::new(words.iter().map(word)))
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
