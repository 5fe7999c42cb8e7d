//! Why a question has no answer, said the same way at every door.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::history::HistoryError;

/// What kind of problem: what a tool exits with and which status HTTP answers follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
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

/// A question without an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    /// Stable code, for programs.
    pub code: String,
    /// What kind of problem.
    pub kind: ProblemKind,
    /// The field that is to blame, where one is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub field: Option<String>,
    /// One sentence for people.
    pub message: String,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hint: Option<String>,
    /// The code that names nothing, where that is the problem.
    #[serde(skip)]
    pub named: Option<Box<str>>,
}

impl Problem {
    fn new(kind: ProblemKind, code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), kind, field: None, message: message.into(), hint: None, named: None }
    }

    /// The question is not well put.
    pub fn wrong_use(code: &str, message: impl Into<String>) -> Self {
        Self::new(ProblemKind::WrongUse, code, message)
    }

    /// A field has a value that cannot stand.
    pub fn bad_field(field: &str, message: impl Into<String>) -> Self {
        Self { field: Some(field.to_owned()), ..Self::wrong_use("bad_field", message) }
    }

    /// Something named is not registered. A slip of the pen must not look like empty stock.
    pub fn unknown(kind: &str, code: &str) -> Self {
        let hint = match kind {
            "party" => "`granary list parties` shows what there is",
            "authority" => "`granary list authorities` shows what there is",
            "site" | "material" | "lot" | "reserve" | "call" | "order" => {
                &format!("`granary list {kind}s` shows what there is")
            }
            "limit" => "`granary reserve limits` shows what there is",
            "event" => "`granary history` shows what there is",
            _ => "`granary ask` lists what can be asked",
        };
        Self {
            field: Some(kind.to_owned()),
            named: Some(code.into()),
            ..Self::new(ProblemKind::Unknown, &format!("unknown_{kind}"), format!("no {kind} `{code}` is registered"))
                .hint(hint)
        }
    }

    /// The asker may not ask this.
    pub fn forbidden(code: &str, message: impl Into<String>) -> Self {
        Self::new(ProblemKind::Forbidden, code, message)
    }

    /// The service could not answer.
    pub fn cannot_answer(code: &str, message: impl Into<String>) -> Self {
        Self::new(ProblemKind::CannotAnswer, code, message)
    }

    /// Says what to do next.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// Refuses a page of no lines: whoever followed it would never come to an end.
///
/// # Errors
/// Where the limit is nought.
pub(crate) fn check_limit(limit: Option<u64>) -> Result<(), Problem> {
    match limit {
        Some(0) => Err(Problem::bad_field("limit", "`limit` is 1 or more")),
        Some(_) | None => Ok(()),
    }
}

impl From<HistoryError> for Problem {
    fn from(error: HistoryError) -> Self {
        Self::cannot_answer("unreadable", causes::told(&error))
            .hint("`granary doctor` names what is damaged and how to repair it")
    }
}
