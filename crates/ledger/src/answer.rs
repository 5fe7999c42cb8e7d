//! What is asked of the writer, and what it answers.

use books::rejection::Facts;
use books::{Books, PartyNo, Refused, Seq};
use wire::frame::Consent;
use wire::verdict::{Outcome, Verdict};

/// What is decided as one.
#[derive(Clone, Debug)]
pub enum Asked {
    /// A command.
    One(Request),
    /// Commands that stand or fall together.
    Group(Group),
    /// What is only tried: commands and groups, one after the other.
    Trial(Vec<Asked>),
}

/// Commands that stand or fall together.
#[derive(Clone, Debug)]
pub struct Group {
    /// The commands, in the order in which they are decided.
    pub requests: Vec<Request>,
    /// Who agrees to all of them, beside the sender.
    pub consents: Vec<Consent>,
    /// What a consent signs.
    pub bytes: Vec<u8>,
}

impl From<Request> for Asked {
    fn from(request: Request) -> Self {
        Self::One(request)
    }
}

impl Asked {
    /// How many answers it gets.
    #[must_use]
    pub fn count(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Group(group) => group.requests.len(),
            Self::Trial(tried) => tried.iter().map(Self::count).sum(),
        }
    }

    /// A command or a group as it was read; none where a command of the group could not be: then nothing of it is decided.
    #[must_use]
    pub fn of(said: wire::frame::Said) -> Option<Self> {
        let named = |command| Request::Named(Box::new(command));
        Some(match said {
            wire::frame::Said::Command(command) => Self::One(Request::Named(command)),
            wire::frame::Said::Group(wire::frame::Group { commands, consents, bytes }) => {
                let requests = commands.into_iter().map(|command| command.ok().map(named)).collect::<Option<_>>()?;
                Self::Group(Group { requests, consents, bytes })
            }
            wire::frame::Said::Trial(tried) => Self::Trial(tried.into_iter().flatten().filter_map(Self::of).collect()),
        })
    }
}

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
    /// A close, recorded; what is open at its end, and was not acknowledged.
    Open(Seq, Box<Facts>),
    /// Recorded: a lot of which more was made than it holds, by what is measured now; which, and in which event.
    Yielded(Seq, Box<Facts>),
    /// Recorded, though an earlier event, the second, says the same of the same document.
    Twice(Seq, Seq),
    /// Recorded, and waits for a checker.
    Held(Seq),
    /// Recorded before with the same content.
    Duplicate(Seq),
    /// Only tried: this is what would become of it, and nothing is recorded.
    Tried(Box<Answer>),
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
            Self::Open(seq, facts) => Verdict::open(id, *seq, facts),
            Self::Yielded(seq, facts) => Verdict::yielded(id, *seq, facts),
            Self::Twice(seq, earlier) => Verdict::twice(id, *seq, *earlier),
            Self::Short(seq, facts) => Verdict::short(id, *seq, facts),
            Self::Duplicate(seq) => plain(Outcome::Duplicate, seq),
            Self::Held(seq) => Verdict::held(id, *seq),
            Self::Tried(answer) => answer.verdict(None, id).tried(),
            Self::Refused(seq, refused) => Verdict::refused(id, *seq, refused),
        };
        Verdict { line, ..verdict }
    }
}
