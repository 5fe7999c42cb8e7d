//! Everything that people read and that is no data: one catalogue a language, a file each.
//!
//! Words are made at the doors, from codes and facts. Nothing here knows a clock, a disk or a network, and nothing that is
//! recorded is made here. A new language is a file in `catalogues/` and nothing else; tests hold it against the codes, the
//! columns and English.

pub mod check;
mod saying;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use books::rejection::Facts;
use books::{FactName, FactValue, Fault, Refused};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_syntax::ast::{Entry, PatternElement};

pub use saying::{Fact, Say, Saying};

include!(concat!(env!("OUT_DIR"), "/catalogues.rs"));

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

static ALL: LazyLock<Vec<Words>> = LazyLock::new(|| {
    let read = |(tag, catalogue): &(&'static str, &str)| {
        Words::read(tag, catalogue).unwrap_or_else(|said| panic!("the catalogue `{tag}`: {said}"))
    };
    CATALOGUES.iter().map(read).collect()
});

/// See [`try_out`].
static TRIED: OnceLock<Words> = OnceLock::new();

/// Languages that are looked at of one header.
const RANGES_MAX: usize = 16;

/// English, which has a word for everything.
#[must_use]
pub fn english() -> &'static Words {
    &ALL[0]
}

/// The words of the language with this tag, or of the nearest one that is there: `ja-JP` is answered by `ja`, and `pt` by
/// `pt-BR` (RFC 4647, lookup).
#[must_use]
pub fn of(tag: &str) -> Option<&'static Words> {
    let is = |words: &&Words, tag: &str| words.tag.eq_ignore_ascii_case(tag);
    let is_kind = |words: &&Words| words.tag.split('-').next().is_some_and(|main| main.eq_ignore_ascii_case(tag));
    let mut wanted = tag;
    loop {
        if let Some(words) = all().find(|words| is(words, wanted)) {
            return Some(words);
        }
        match wanted.rsplit_once('-') {
            Some((shorter, _)) => wanted = shorter,
            None => return all().find(is_kind),
        }
    }
}

/// The words of a locale as systems name it, such as `ja_JP.UTF-8`.
#[must_use]
pub fn of_locale(locale: &str) -> Option<&'static Words> {
    let tag = locale.split(['.', '@']).next().unwrap_or_default();
    of(&tag.replace('_', "-"))
}

/// The words of the language that is liked best among those that are accepted, as `Accept-Language` says it: `ja, de;q=0.8`.
/// English where none of them is there.
#[must_use]
pub fn accepted(languages: &str) -> &'static Words {
    let mut found: Option<(f32, &'static Words)> = None;
    for range in languages.split(',').take(RANGES_MAX) {
        let mut parts = range.split(';').map(str::trim);
        let Some(words) = parts.next().filter(|tag| !tag.is_empty()).and_then(of) else { continue };
        let liked = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
        if liked > found.map_or(0.0, |(most, _)| most) {
            found = Some((liked, words));
        }
    }
    found.map_or(english(), |(_, words)| words)
}

/// Takes in a catalogue that does not come with the program, so that whoever writes one sees what it says: once in a process,
/// before anything is said. What it lacks is said in English.
///
/// # Errors
/// When it is no catalogue, its tag is none of BCP 47, or one was taken in before.
pub fn try_out(tag: &str, catalogue: &str) -> Result<&'static Words, String> {
    let words = Words::read(tag.to_owned().leak(), catalogue)?;
    let mut is_first = false;
    let tried = TRIED.get_or_init(|| {
        is_first = true;
        words
    });
    if is_first { Ok(tried) } else { Err("one catalogue is tried at a time".to_owned()) }
}

fn all() -> impl Iterator<Item = &'static Words> {
    TRIED.get().into_iter().chain(ALL.iter())
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
    fn read(tag: &'static str, catalogue: &str) -> Result<Self, String> {
        let resource = FluentResource::try_new(catalogue.to_owned());
        let resource = resource.map_err(|(_, errors)| format!("{errors:?}"))?;
        let language = tag.parse().map_err(|_| format!("`{tag}` is no tag of a language"))?;
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // Codes stand between backticks; marks of direction around them would be copied with them.
        bundle.set_use_isolating(false);
        let names: Vec<String> = resource.entries().filter_map(plain).map(str::to_owned).collect();
        bundle.add_resource(resource).map_err(|errors| format!("an entry stands in it twice: {errors:?}"))?;
        let mut words = Self { tag, bundle, texts: BTreeMap::new() };
        words.texts = names.into_iter().filter_map(|name| words.find(&name).map(|text| (name, text))).collect();
        Ok(words)
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
        let saying = Saying::retold(format!("refused-{code}"), Some(code));
        self.tell(&facts.iter().fold(saying, |saying, (name, value)| saying.with(name.word(), value.clone())))
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
        let mut args = FluentArgs::new();
        facts.iter().for_each(|(name, value)| args.set(name.word(), arg(value)));
        self.format(&format!("fault-{fault}"), None, &args)
    }

    /// An entry that asks for nothing, where there is one.
    #[must_use]
    pub fn find(&self, entry: &str) -> Option<String> {
        self.format(entry, None, &FluentArgs::new())
    }

    /// An entry that asks for nothing; its own name where there is none, which tests see to.
    #[must_use]
    pub fn text<'w>(&'w self, entry: &'w str) -> &'w str {
        let own = self.texts.get(entry);
        own.or_else(|| self.in_english()?.texts.get(entry)).map_or(entry, String::as_str)
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

    /// What is said, in words: a sentence and a hint, which is empty where there is none.
    #[must_use]
    pub fn tell(&self, saying: &Saying) -> Told {
        let mut args = FluentArgs::new();
        for (name, value) in saying.facts() {
            args.set(name, arg(value));
        }
        // The last of a name is the one that is given.
        let fault = saying.facts().filter(|(name, _)| *name == saying::FAULT).last();
        let problem = fault.and_then(|(_, fault)| self.format(&format!("fault-{fault}"), None, &args));
        if let Some(problem) = &problem {
            args.set(saying::PROBLEM, problem.as_str());
        }
        let message = self.format(saying.entry(), None, &args).unwrap_or_else(|| saying.entry().to_owned());
        let entry = saying.entry();
        let hint = self.format(entry, Some("hint"), &args).filter(|_| !saying.is_unhinted).and_then(|hint| {
            // A line that is meant to be pasted into a shell does there what it says, whatever others called their lots.
            // What was said elsewhere comes as one text, of which nothing is a fact of somebody's.
            if hint.contains("`granary ") && entry != saying::SAID {
                self.format(entry, Some("hint"), &for_a_shell(&args))
            } else {
                Some(hint)
            }
        });
        let more = saying.facts().find(|(name, _)| *name == saying::MORE);
        let more = more.map(|(_, entry)| self.text(&entry.to_string()).to_owned());
        let hint = hint.into_iter().chain(more).collect::<Vec<_>>().join("; ");
        match &saying.within {
            Some(field) => Told { message: self.say("said-within", &[("field", field), ("problem", &message)]), hint },
            None => Told { message, hint },
        }
    }

    /// Is there such an entry?
    #[must_use]
    pub fn knows(&self, entry: &str) -> bool {
        self.bundle.has_message(entry)
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

    /// English, for what a catalogue that is tried out lacks; none of itself.
    fn in_english(&self) -> Option<&'static Self> {
        (self.tag != CATALOGUES[0].0).then(english)
    }

    fn format(&self, entry: &str, attribute: Option<&str>, args: &FluentArgs<'_>) -> Option<String> {
        let Some(message) = self.bundle.get_message(entry) else {
            return self.in_english()?.format(entry, attribute, args);
        };
        let pattern = match attribute {
            Some(attribute) => message.get_attribute(attribute)?.value(),
            None => message.value()?,
        };
        // A fact that the entry asks for and nobody gives would be told as its name: tests see to it that there is none.
        Some(self.bundle.format_pattern(pattern, Some(args), &mut Vec::new()).into_owned())
    }
}

/// A text as it can be pasted into the line of a shell: between quotes where the shell would not take it as it stands. Blanks
/// between words change nothing that runs, and many facts are lists of words: they are left.
#[must_use]
pub fn pasted(text: &str) -> Cow<'_, str> {
    let is_strange = |c: char| c.is_control() || "$`;|&<>()'\"\\*?!{}[]~#".contains(c);
    match text.contains(is_strange) || text.trim() != text {
        true => Cow::Owned(format!("'{}'", text.replace('\'', "'\\''"))),
        false => Cow::Borrowed(text),
    }
}

fn for_a_shell<'a>(args: &'a FluentArgs<'_>) -> FluentArgs<'a> {
    let quoted = |(name, value): (&'a str, &'a FluentValue<'_>)| match value {
        // The one code that lines ask for: it is one word there, whatever it is.
        FluentValue::String(text) if name == "lot" && text.contains(' ') => {
            (name, FluentValue::from(format!("'{}'", text.replace('\'', "'\\''"))))
        }
        FluentValue::String(text) => (name, FluentValue::from(pasted(text))),
        other => (name, other.clone()),
    };
    args.iter().map(quoted).collect()
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

fn arg(value: &FactValue) -> FluentValue<'_> {
    match value {
        FactValue::Text(text) => FluentValue::from(text.as_str()),
        FactValue::Number(number) => FluentValue::from(*number),
        FactValue::Day(_) => FluentValue::from(value.to_string()),
    }
}

#[cfg(test)]
mod tests;
