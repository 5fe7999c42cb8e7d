//! What becomes of a command, said to its sender.

use books::rejection::Facts;
use books::{CommandId, FactName, Refused, Seq};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::Malformed;

/// One answer for one command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Verdict {
    /// Line of the file it stood on, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Column of the source it stood in, where a table was loaded.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub column: Option<String>,
    /// The command's id, where it could be read.
    pub id: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// Number of the event that records it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// Stable code: why it was refused or is invalid, `held` where it waits for a checker, or `shortfall` where what it found is less
    /// than what is set aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// One sentence for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Can asking again help, where it was refused or is invalid?
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub retry: Option<Retry>,
    /// What a refusal is about, by name: what `message` and `hint` are made of. Of what is invalid, the `field` to blame.
    #[serde(skip_serializing_if = "Map::is_empty", default)]
    pub facts: Map<String, Value>,
}

/// Can asking again help?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// No: what is asked is done, over, or not for this party.
    Never,
    /// Yes: the same wish under a new id may be granted later.
    Later,
    /// Yes, once the wish is changed.
    Changed,
}

impl Retry {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Later => "later",
            Self::Changed => "changed",
        }
    }
}

impl From<books::Retry> for Retry {
    fn from(retry: books::Retry) -> Self {
        match retry {
            books::Retry::Never => Self::Never,
            books::Retry::Later => Self::Later,
            books::Retry::Changed => Self::Changed,
        }
    }
}

impl Verdict {
    /// The bare verdict on a command, or on what has no id that could be read.
    #[must_use]
    pub fn of(outcome: Outcome, id: Option<CommandId>) -> Self {
        Self {
            line: None,
            column: None,
            id: id.map(|id| Uuid::from_bytes(id.0).to_string()),
            outcome,
            seq: None,
            code: None,
            message: None,
            hint: None,
            retry: None,
            facts: Map::new(),
        }
    }

    /// The command is recorded, as this event, and waits for a checker.
    #[must_use]
    pub fn held(id: CommandId, seq: Seq) -> Self {
        Self {
            seq: Some(seq.0),
            code: Some("held".into()),
            message: Some("waits for a checker who is not its maker".into()),
            hint: Some(format!("another person posts `approve` with `\"held\": {seq}`")),
            ..Self::of(Outcome::Accepted, Some(id))
        }
    }

    /// The command is recorded, as this event, and what it found is less than what is set aside.
    #[must_use]
    pub fn short(id: CommandId, seq: Seq, short: &Facts) -> Self {
        let said: Vec<(&str, String)> = short.iter().map(|(name, value)| (name.word(), value.to_string())).collect();
        let said: Vec<(&str, &str)> = said.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Self {
            seq: Some(seq.0),
            code: Some("shortfall".into()),
            message: Some(words::english().say("accepted-shortfall", &said)),
            hint: Some(words::english().say("accepted-shortfall-hint", &said)),
            facts: facts(short),
            ..Self::of(Outcome::Accepted, Some(id))
        }
    }

    /// The command is refused; `seq` is the event that says so, where it is recorded.
    #[must_use]
    pub fn refused(id: CommandId, seq: Option<Seq>, refused: &Refused) -> Self {
        let words::Told { message, hint } = words::refused(refused);
        Self {
            seq: seq.map(|seq| seq.0),
            retry: books::rejection::code(&refused.code).map(|code| code.retry.into()),
            code: Some(refused.code.clone()),
            message: Some(message),
            hint: Some(hint),
            facts: refused.facts.as_ref().map(facts).unwrap_or_default(),
            ..Self::of(Outcome::Refused, Some(id))
        }
    }
}

impl From<&Malformed> for Verdict {
    fn from(malformed: &Malformed) -> Self {
        Self {
            id: malformed.id.clone(),
            code: Some(malformed.code().to_owned()),
            message: Some(malformed.message()),
            hint: Some(malformed.hint()),
            retry: Some(Retry::Changed),
            facts: malformed.field.iter().map(|field| ("field".to_owned(), field.as_str().into())).collect(),
            ..Self::of(Outcome::Invalid, None)
        }
    }
}

/// Facts as JSON: numbers as they are, all else as text. What is wrong is told in words beside its code.
#[must_use]
pub fn facts(facts: &Facts) -> Map<String, Value> {
    let value = |value: &books::FactValue| match value {
        books::FactValue::Number(number) => Value::from(*number),
        told @ (books::FactValue::Text(_) | books::FactValue::Day(_)) => Value::from(told.to_string()),
    };
    let problem = words::english().problem(facts).map(|told| (FactName::Problem.word().to_owned(), told.into()));
    facts.iter().map(|(name, told)| (name.word().to_owned(), value(told))).chain(problem).collect()
}

/// What became of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Recorded.
    Accepted,
    /// Recorded before, with the same content; the first answer follows.
    Duplicate,
    /// Not allowed by the rules; the refusal is recorded.
    Refused,
    /// Could not be read as a command; nothing is recorded.
    Invalid,
    /// A line of a table that moves nothing; nothing is recorded.
    Skipped,
}
