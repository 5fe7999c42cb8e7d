//! What is asked of the writer, and what it answers.

use books::rejection::Facts;
use books::{Books, PartyNo, Refused, Seq};
use wire::verdict::{Outcome, Verdict};

/// A command, by codes as people write it, or by the ledger's numbers as programs that know them may.
#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "what comes by numbers is decided at once, millions of times, and is not allocated"
)]
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

    /// Does it register something that stands in lists for ever?
    pub(crate) fn registers(&self) -> bool {
        let word = match self {
            Self::Named(command) => command.act.word(),
            Self::Numbered(command) => command.act.word(),
        };
        word.starts_with("register_")
    }

    /// Who asks, if it is a party of the ledger.
    pub(crate) fn party(&self, books: &Books) -> Option<PartyNo> {
        match self {
            Self::Named(command) => books.party_no(&command.party),
            Self::Numbered(command) => Some(command.party),
        }
    }
}

/// What became of a command. Given only once it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Recorded.
    Accepted(Seq),
    /// Recorded, and leaves less than is set aside: where, how much less, and from which day on.
    Short(Seq, Box<Facts>),
    /// Recorded, and waits for a checker.
    Held(Seq),
    /// Recorded before with the same content.
    Duplicate(Seq),
    /// Refused. The event that records the refusal; none where the party is unknown or the id is another command's.
    Refused(Option<Seq>, Box<Refused>),
}

impl Answer {
    /// The answer as its sender reads it.
    #[must_use]
    pub fn verdict(&self, line: Option<u64>, id: books::CommandId) -> Verdict {
        let plain = |outcome, seq: &Seq| Verdict { seq: Some(seq.0), ..Verdict::of(outcome, Some(id)) };
        let verdict = match self {
            Self::Accepted(seq) => plain(Outcome::Accepted, seq),
            Self::Short(seq, facts) => Verdict::short(id, *seq, facts),
            Self::Duplicate(seq) => plain(Outcome::Duplicate, seq),
            Self::Held(seq) => Verdict::held(id, *seq),
            Self::Refused(seq, refused) => Verdict::refused(id, *seq, refused),
        };
        Verdict { line, ..verdict }
    }
}
