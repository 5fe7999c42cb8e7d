//! What is asked of the writer, and what it answers.

use books::{Books, Refused, Rejection, Seq};
use uuid::Uuid;
use wire::verdict::{Outcome, Verdict};

/// A command, by codes as people write it, or by the ledger's numbers as programs that know them may.
#[derive(Clone, Debug)]
pub enum Request {
    /// By codes.
    Named(Box<wire::Command>),
    /// By numbers.
    Numbered(books::Command),
}

impl Request {
    /// The command's id.
    #[must_use]
    pub fn id(&self) -> books::CommandId {
        match self {
            Self::Named(command) => command.id,
            Self::Numbered(command) => command.id,
        }
    }
}

/// What became of a command. Given only once it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Recorded.
    Accepted(Seq),
    /// Recorded, and waits for a checker.
    Held(Seq),
    /// Recorded before with the same content.
    Duplicate(Seq),
    /// Refused. The event that records the refusal; none where the party is unknown or the id is another command's.
    Refused(Option<Seq>, Box<Refusal>),
}

/// A refusal in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Stable code.
    pub code: String,
    /// One sentence.
    pub message: String,
    /// What to do next.
    pub hint: String,
}

impl Refusal {
    pub(crate) fn of(rejection: &Rejection, books: &Books) -> Self {
        let (message, hint) = rejection.explain(books);
        Self { code: rejection.code().to_owned(), message, hint }
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        let Refused { code, message, hint, command: _ } = refused;
        Self { code, message, hint }
    }
}

impl Answer {
    /// The answer as its sender reads it.
    #[must_use]
    pub fn verdict(self, line: Option<u64>, id: books::CommandId) -> Verdict {
        let id = Some(Uuid::from_bytes(id.0).to_string());
        let plain = |outcome, seq: Seq| Verdict {
            line,
            column: None,
            id: id.clone(),
            outcome,
            seq: Some(seq.0),
            code: None,
            message: None,
            hint: None,
        };
        match self {
            Self::Accepted(seq) => plain(Outcome::Accepted, seq),
            Self::Duplicate(seq) => plain(Outcome::Duplicate, seq),
            Self::Held(seq) => Verdict {
                code: Some("held".into()),
                message: Some("waits for a checker who is not its maker".into()),
                hint: Some(format!("another person posts `approve` with `\"held\": {}`", seq.0)),
                ..plain(Outcome::Accepted, seq)
            },
            Self::Refused(seq, refusal) => Verdict {
                line,
                column: None,
                id,
                outcome: Outcome::Refused,
                seq: seq.map(|seq| seq.0),
                code: Some(refusal.code),
                message: Some(refusal.message),
                hint: Some(refusal.hint),
            },
        }
    }
}
