//! Everything that people read and that is no data: one catalogue a language, a file each.
//!
//! Words are made at the doors, from codes and facts. Nothing here knows a clock, a disk or a network, and nothing that is
//! recorded is made here. A new language is a file in `catalogues/` and nothing else; tests hold it against the codes, the
//! columns and English.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use books::rejection::Facts;
use books::{FactName, FactValue, Fault, Refused};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_syntax::ast::{Entry, PatternElement};

include!(concat!(env!("OUT_DIR"), "/catalogues.rs"));

/// What a fact that is not there is called where an entry chooses by it.
const NONE: &str = "none";

/// The words of one language.
pub struct Words {
    tag: &'static str,
    bundle: FluentBundle<FluentResource>,
    /// Entries that ask for nothing, by name.
    texts: BTreeMap<String, String>,
}

/// A refusal in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// One sentence.
    pub message: String,
    /// What to do next.
    pub hint: String,
}

static ALL: LazyLock<Vec<Words>> =
    LazyLock::new(|| CATALOGUES.iter().map(|(tag, catalogue)| Words::read(tag, catalogue)).collect());

/// English, which has a word for everything.
#[must_use]
pub fn english() -> &'static Words {
    &ALL[0]
}

/// The words of the language with this tag.
#[must_use]
pub fn of(tag: &str) -> Option<&'static Words> {
    ALL.iter().find(|words| words.tag == tag)
}

/// A refusal in English.
#[must_use]
pub fn refused(refused: &Refused) -> Told {
    english().refused(refused)
}

/// What is wrong with a value, in English.
#[must_use]
pub fn fault(fault: &Fault) -> String {
    english().fault(fault)
}

impl Words {
    fn read(tag: &'static str, catalogue: &str) -> Self {
        let resource = FluentResource::try_new(catalogue.to_owned());
        let resource = resource.unwrap_or_else(|(_, errors)| panic!("the catalogue `{tag}`: {errors:?}"));
        let language = tag.parse().expect("tests read every catalogue: a tag is one of BCP 47");
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // Codes stand between backticks; marks of direction around them would be copied with them.
        bundle.set_use_isolating(false);
        let names: Vec<String> = resource.entries().filter_map(plain).map(str::to_owned).collect();
        bundle.add_resource(resource).expect("tests read every catalogue: no entry stands in it twice");
        let mut words = Self { tag, bundle, texts: BTreeMap::new() };
        words.texts = names.into_iter().filter_map(|name| words.find(&name).map(|text| (name, text))).collect();
        words
    }

    /// Its tag.
    #[must_use]
    pub const fn tag(&self) -> &'static str {
        self.tag
    }

    /// A refusal, from its code and its facts. One that was written before facts were keeps its own words.
    #[must_use]
    pub fn refused(&self, refused: &Refused) -> Told {
        let Refused { code, message, hint, command: _, facts } = refused;
        let Some(facts) = facts else { return Told { message: message.clone(), hint: hint.clone() } };
        let entry = format!("refused-{code}");
        let problem = self.problem(facts);
        let mut args = args(code, facts);
        if let Some(problem) = &problem {
            args.set(FactName::Problem.word(), problem.as_str());
        }
        let message = self.format(&entry, None, &args).unwrap_or_else(|| code.clone());
        Told { message, hint: self.format(&entry, Some("hint"), &args).unwrap_or_default() }
    }

    /// What is wrong with a value.
    #[must_use]
    pub fn fault(&self, fault: &Fault) -> String {
        self.problem(&fault.facts()).unwrap_or_else(|| fault.code().to_owned())
    }

    /// What is wrong, from the facts of a refusal that has a fault.
    #[must_use]
    pub fn problem(&self, facts: &Facts) -> Option<String> {
        let fault = facts.get(FactName::Fault)?;
        self.format(&format!("fault-{fault}"), None, &args("", facts))
    }

    /// An entry that asks for nothing, where there is one.
    #[must_use]
    pub fn find(&self, entry: &str) -> Option<String> {
        self.format(entry, None, &FluentArgs::new())
    }

    /// An entry that asks for nothing; its own name where there is none, which tests see to.
    #[must_use]
    pub fn text<'w>(&'w self, entry: &'w str) -> &'w str {
        self.texts.get(entry).map_or(entry, String::as_str)
    }

    /// An entry with what it asks for; its own name where there is none, which tests see to.
    #[must_use]
    pub fn say(&self, entry: &str, facts: &[(&str, &str)]) -> String {
        let mut args = FluentArgs::new();
        for (name, value) in facts {
            args.set(*name, *value);
        }
        self.format(entry, None, &args).unwrap_or_else(|| entry.to_owned())
    }

    /// An entry with what it asks for, and its hint.
    #[must_use]
    pub fn told(&self, entry: &str, facts: &[(&str, FactValue)]) -> Told {
        let mut args = FluentArgs::new();
        for (name, value) in facts {
            args.set(*name, arg(value));
        }
        let message = self.format(entry, None, &args).unwrap_or_else(|| entry.to_owned());
        Told { message, hint: self.format(entry, Some("hint"), &args).unwrap_or_default() }
    }

    /// The heading of a column.
    #[must_use]
    pub fn heading(&self, column: &str) -> String {
        self.find(&format!("column-{column}")).unwrap_or_else(|| column.replace('_', " "))
    }

    /// A word of a closed list.
    #[must_use]
    pub fn word(&self, list: &str, code: &str) -> String {
        self.find(&word_entry(list, code)).unwrap_or_else(|| code.to_owned())
    }

    fn format(&self, entry: &str, attribute: Option<&str>, args: &FluentArgs<'_>) -> Option<String> {
        let entry = self.bundle.get_message(entry)?;
        let pattern = match attribute {
            Some(attribute) => entry.get_attribute(attribute)?.value(),
            None => entry.value()?,
        };
        // A fact that the entry asks for and nobody gives would be told as its name: tests see to it that there is none.
        Some(self.bundle.format_pattern(pattern, Some(args), &mut Vec::new()).into_owned())
    }
}

/// The name of an entry that is one text.
fn plain<'e>(entry: &'e Entry<&str>) -> Option<&'e str> {
    let Entry::Message(message) = entry else { return None };
    let elements = &message.value.as_ref()?.elements;
    matches!(elements.as_slice(), [PatternElement::TextElement { .. }]).then_some(message.id.name)
}

/// The entry of a word of a closed list.
#[must_use]
pub fn word_entry(list: &str, code: &str) -> String {
    format!("{list}-{}", code.replace(' ', "_"))
}

/// What an entry may ask for.
fn args<'f>(code: &str, facts: &'f Facts) -> FluentArgs<'f> {
    let mut args = FluentArgs::new();
    for name in books::rejection::code(code).map_or(&[][..], |known| known.facts) {
        args.set(name.word(), NONE);
    }
    for (name, value) in facts.iter() {
        args.set(name.word(), arg(value));
    }
    args
}

fn arg(value: &FactValue) -> FluentValue<'_> {
    match value {
        FactValue::Text(text) => FluentValue::from(text.as_str()),
        FactValue::Number(number) => FluentValue::from(*number),
        FactValue::Day(_) => FluentValue::from(value.to_string()),
    }
}

#[cfg(test)]
mod tests;
