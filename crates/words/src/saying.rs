//! What is said by its code, until a door puts it into words: the name of an entry of the catalogues, and what the entry asks
//! for. Each crate that says something lists it with [`sayings!`](crate::sayings): no sentence stands in code.

use std::borrow::Cow;

use books::{Day, FactName, FactValue, Fault, Seq};

use crate::Told;

/// Something that is said, in no language yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saying {
    pub(crate) entry: Cow<'static, str>,
    /// Is it told without what to do next?
    pub(crate) is_unhinted: bool,
    pub(crate) facts: Vec<(Cow<'static, str>, FactValue)>,
    /// The field that it is said of, where the sentence begins with it.
    pub(crate) within: Option<String>,
}

/// Something that has an entry in the catalogues: see [`sayings!`](crate::sayings).
pub trait Say {
    /// Stable code, for programs.
    fn code(&self) -> &'static str;

    /// The entry, with what it asks for.
    fn saying(self) -> Saying;
}

impl Saying {
    /// An entry that asks for nothing yet.
    #[must_use]
    pub fn new(entry: impl Into<Cow<'static, str>>) -> Self {
        Self { entry: entry.into(), is_unhinted: false, facts: Vec::new(), within: None }
    }

    /// What another service has put into words already.
    #[must_use]
    pub fn said(told: Told) -> Self {
        let Told { message, hint } = told;
        Self::new(SAID).with("message", message).with("hint", hint)
    }

    /// An entry of a code that is told again. Facts that the code knows and that are not given are empty.
    #[must_use]
    pub fn retold(entry: String, code: Option<&str>) -> Self {
        let known = code.and_then(books::rejection::code).map_or(&[][..], |known| known.facts);
        known.iter().fold(Self::new(entry), |saying, name| saying.with(name.word(), NONE))
    }

    /// With a fact.
    #[must_use]
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, fact: impl Fact) -> Self {
        fact.put(name.into(), &mut self.facts);
        self
    }

    /// Said of a field, which stands before the sentence.
    #[must_use]
    pub fn within(self, field: impl Into<String>) -> Self {
        Self { within: Some(field.into()), ..self }
    }

    /// Said of no field: the sentence alone.
    #[must_use]
    pub fn whole(self) -> Self {
        Self { within: None, ..self }
    }

    /// Without a hint.
    #[must_use]
    pub fn unhinted(self) -> Self {
        Self { is_unhinted: true, ..self }
    }

    /// With one thing more to do next: an entry that asks for nothing. It is a fact, so that it is told again where the facts are.
    #[must_use]
    pub fn and(self, entry: &'static str) -> Self {
        self.with(MORE, entry)
    }

    /// The field that it is said of, where the sentence begins with it.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.within.as_deref()
    }

    /// Was it put into words elsewhere?
    #[must_use]
    pub fn is_said(&self) -> bool {
        self.entry == SAID
    }

    /// The name of the entry.
    #[must_use]
    pub fn entry(&self) -> &str {
        &self.entry
    }

    /// Every fact, by its name.
    pub fn facts(&self) -> impl Iterator<Item = (&str, &FactValue)> {
        self.facts.iter().map(|(name, value)| (name.as_ref(), value))
    }
}

/// What an entry may ask for.
pub trait Fact {
    /// Adds it, under a name.
    fn put(self, name: Cow<'static, str>, facts: &mut Vec<(Cow<'static, str>, FactValue)>);
}

macro_rules! facts {
    ($($type:ty),*) => {
        $(impl Fact for $type {
            fn put(self, name: Cow<'static, str>, facts: &mut Vec<(Cow<'static, str>, FactValue)>) {
                facts.push((name, self.into()));
            }
        })*
    };
}

facts!(String, &str, u64, u32, u8, usize, Seq, Day);

impl Fact for Box<str> {
    fn put(self, name: Cow<'static, str>, facts: &mut Vec<(Cow<'static, str>, FactValue)>) {
        String::from(self).put(name, facts);
    }
}

impl Fact for FactValue {
    fn put(self, name: Cow<'static, str>, facts: &mut Vec<(Cow<'static, str>, FactValue)>) {
        facts.push((name, self));
    }
}

/// A fault is told by an entry of its own, as `problem`: its facts stand beside its code.
impl Fact for Fault {
    fn put(self, _: Cow<'static, str>, facts: &mut Vec<(Cow<'static, str>, FactValue)>) {
        facts.extend(self.facts().iter().map(|(name, value)| (Cow::Borrowed(name.word()), value.clone())));
    }
}

/// What a fact that is not there is called where an entry chooses by it.
const NONE: &str = "none";
/// The entry of what was said elsewhere, in its own words.
pub(crate) const SAID: &str = "said";
/// The fact that names what stands behind the hint.
pub(crate) const MORE: &str = "more";
/// The fact that names a fault.
pub(crate) const FAULT: &str = FactName::Fault.word();
/// What an entry calls the words of a fault.
pub(crate) const PROBLEM: &str = FactName::Problem.word();

/// Lists what is said: `Variant "entry" = "code" { what: it, asks: for };`. The sentence and the hint of each are the entry
/// `<prefix>-<entry>` of the catalogues; a test beside the list holds it against every catalogue, both ways.
#[macro_export]
macro_rules! sayings {
    (
        $(#[$doc:meta])*
        $vis:vis enum $list:ident in $prefix:literal;
        $($name:ident $word:literal = $code:literal $({ $($field:ident: $type:ty),* $(,)? })?;)*
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        $vis enum $list {
            $(
                #[doc = concat!("See `", $prefix, "-", $word, "` in the catalogues.")]
                $name $({ $(
                    #[doc = concat!("What the entry calls `", stringify!($field), "`.")]
                    $field: $type,
                )* })?,
            )*
        }

        impl $crate::Say for $list {
            fn code(&self) -> &'static str {
                match self {
                    $(Self::$name { .. } => $code,)*
                }
            }

            fn saying(self) -> $crate::Saying {
                match self {
                    $(Self::$name $({ $($field),* })? => {
                        $crate::Saying::new(concat!($prefix, "-", $word))$($(.with(stringify!($field), $field))*)?
                    })*
                }
            }
        }

        #[cfg(test)]
        mod in_catalogues {
            #[test]
            fn every_catalogue_tells_all_of_it_and_nothing_else() {
                let listed: &[(&str, &[&str])] = &[$(($word, &[$($(stringify!($field)),*)?])),*];
                let wrong = $crate::check::differences($prefix, listed);
                assert!(wrong.is_empty(), "{wrong:#?}");
            }
        }
    };
}
