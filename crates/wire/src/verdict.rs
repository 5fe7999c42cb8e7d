//! What becomes of a command, said to its sender.

use serde::{Deserialize, Serialize};

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
    /// Stable code: why it was refused or is invalid, or `held` where it waits for a checker.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// One sentence for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
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
}
