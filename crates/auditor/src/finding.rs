//! What a check says: what holds, or the first thing that does not.

use std::error::Error;
use std::fmt;

/// Something that holds, with the facts it is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// What was checked: `receipt`, `checkpoint`, `consistency`, `log`, `pack`.
    pub what: &'static str,
    /// Facts by name, in the order to show them.
    pub facts: Vec<(String, String)>,
}

impl Checked {
    /// Without facts so far.
    #[must_use]
    pub const fn of(what: &'static str) -> Self {
        Self { what, facts: Vec::new() }
    }

    /// Adds a fact.
    #[must_use]
    pub fn with(mut self, name: &str, fact: impl fmt::Display) -> Self {
        self.facts.push((name.to_owned(), fact.to_string()));
        self
    }
}

/// `receipt: entry 5, tree of 11, ...`
impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.what)?;
        for (index, (name, fact)) in self.facts.iter().enumerate() {
            write!(f, "{} {name} {fact}", if index == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

/// The first thing that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// A stable word for programs, such as `entry_differs`.
    pub code: &'static str,
    /// Where: a file, with the line or entry in it.
    pub place: String,
    /// What is wrong there.
    pub problem: String,
}

impl Finding {
    /// A finding.
    pub fn new(code: &'static str, place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { code, place: place.into(), problem: problem.into() }
    }

    /// A finding with the whole chain of causes.
    pub(crate) fn of(code: &'static str, place: impl Into<String>, error: &dyn Error) -> Self {
        Self::new(code, place, causes::told(error))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, place, problem } = self;
        write!(f, "{place}: {problem} [{code}]")
    }
}

impl Error for Finding {}
