//! Why a question has no answer, said the same way at every door, in whatever language is read there.

use std::fmt;

use serde_json::{Map, Value};
use wire::typed::Misread;
use words::{Say, Saying, Told, Words};

use crate::history::HistoryError;
use crate::why::Why;

/// The fact that names what was probably meant.
const MEANT: &str = "nearest";

/// What kind of problem: what a tool exits with and which status HTTP answers follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// The question is not well put: asking again does not help.
    WrongUse,
    /// It names something that the ledger does not know.
    Unknown,
    /// The asker may not ask this.
    Forbidden,
    /// The service could not answer: asking again may help.
    CannotAnswer,
}

/// A code that names nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// What it should name: `party`, `lot`.
    pub kind: String,
    /// The code.
    pub code: String,
}

/// A question without an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Stable code, for programs.
    pub code: String,
    /// What kind of problem.
    pub kind: ProblemKind,
    /// The field that is to blame, where one is.
    pub field: Option<String>,
    /// What is wrong, and what to do next.
    pub saying: Box<Saying>,
    /// What names nothing, where that is the problem.
    pub named: Option<Box<Named>>,
    /// What was probably meant by it.
    pub meant: Option<Box<str>>,
}

impl Problem {
    /// A problem of a kind.
    #[must_use]
    pub fn new(kind: ProblemKind, why: impl Say) -> Self {
        let code = why.code().to_owned();
        Self { code, kind, field: None, saying: Box::new(why.saying()), named: None, meant: None }
    }

    /// The question is not well put.
    #[must_use]
    pub fn wrong_use(why: impl Say) -> Self {
        Self::new(ProblemKind::WrongUse, why)
    }

    /// A text that is no JSON, or a value of it that cannot stand; `next` is the entry that says what to do next.
    #[must_use]
    pub fn misread(misread: Misread, next: &'static str) -> Self {
        let (code, field, saying) = misread.said(next);
        let (code, saying) = (code.to_owned(), Box::new(saying));
        Self { code, kind: ProblemKind::WrongUse, field, saying, named: None, meant: None }
    }

    /// A field has a value that cannot stand.
    #[must_use]
    pub fn bad_field(field: &str, why: impl Say) -> Self {
        Self { field: Some(field.to_owned()), ..Self::wrong_use(why) }
    }

    /// Something named is not registered. A slip of the pen must not look like empty stock.
    #[must_use]
    pub fn unknown(kind: &str, code: &str) -> Self {
        let why = Why::NotRegistered { kind: kind.to_owned(), code: code.to_owned() };
        Self {
            code: format!("unknown_{kind}"),
            field: Some(kind.to_owned()),
            named: Some(Box::new(Named { kind: kind.to_owned(), code: code.to_owned() })),
            ..Self::new(ProblemKind::Unknown, why)
        }
    }

    /// The same, of a field that is not called as what it names.
    #[must_use]
    pub fn of_field(self, field: &str) -> Self {
        Self { field: Some(field.to_owned()), ..self }
    }

    /// The same, with what was probably meant.
    #[must_use]
    pub fn meaning(self, meant: Option<&str>) -> Self {
        Self { meant: meant.map(Into::into), ..self }
    }

    /// Something named is not there.
    #[must_use]
    pub fn absent(why: impl Say) -> Self {
        Self::new(ProblemKind::Unknown, why)
    }

    /// The asker may not ask this.
    #[must_use]
    pub fn forbidden(why: impl Say) -> Self {
        Self::new(ProblemKind::Forbidden, why)
    }

    /// The service could not answer.
    #[must_use]
    pub fn cannot_answer(why: impl Say) -> Self {
        Self::new(ProblemKind::CannotAnswer, why)
    }

    /// What it is about, by name: what its sentence and its hint are made of.
    #[must_use]
    pub fn facts(&self) -> Map<String, Value> {
        let mut facts = wire::verdict::said(&self.saying);
        facts.extend(self.meant.iter().map(|meant| (MEANT.to_owned(), Value::from(&**meant))));
        facts
    }

    /// The same again, from its facts; none where they do not tell it here.
    #[must_use]
    pub fn retold(self, facts: &Map<String, Value>) -> Option<Self> {
        let saying = Box::new(wire::verdict::retold(facts)?);
        let meant = facts.get(MEANT).and_then(Value::as_str);
        Some(Self { saying, meant: meant.map(Into::into), ..self })
    }

    /// In words: one sentence, and what to do next.
    #[must_use]
    pub fn told(&self, words: &Words) -> Told {
        let told = words.tell(&self.saying);
        let Some(meant) = &self.meant else { return told };
        let meant = words.say("said-meant", &[("meant", meant)]);
        Told { hint: format!("{meant} {}", told.hint).trim_end().to_owned(), ..told }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told(words::english()).message)
    }
}

impl std::error::Error for Problem {}

/// Refuses a page of no lines: whoever followed it would never come to an end.
///
/// # Errors
/// Where the limit is nought.
pub(crate) fn check_limit(limit: Option<u64>) -> Result<(), Problem> {
    match limit {
        Some(0) => Err(Problem::bad_field("limit", Why::LimitNought)),
        Some(_) | None => Ok(()),
    }
}

impl From<HistoryError> for Problem {
    fn from(error: HistoryError) -> Self {
        Self::cannot_answer(Why::Damaged { said: causes::told(&error) })
    }
}
