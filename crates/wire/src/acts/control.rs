//! Opening, dual control, correction and closing.

use books::acts as numbered;
use books::{Books, Rejection, Seq};

use super::Form;
use crate::date::show_day;
use crate::resolve::{Resolver, day};

/// Names an event: by its number in this log, or by the id of its command, which is the same in every log.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum EventRef {
    /// Its number.
    Seq(u64),
    /// The id of its command.
    Id(uuid::Uuid),
}

impl EventRef {
    /// The number; an id must have been looked up before.
    fn seq(&self, field: &'static str) -> Result<Seq, Rejection> {
        match self {
            Self::Seq(seq) => Ok(Seq(*seq)),
            Self::Id(id) => Err(crate::resolve::invalid(field)(format!("no command `{id}` is recorded"))),
        }
    }
}

super::object! {
    /// Opens a ledger: its first event.
    Open {
        /// Name of the log in its checkpoints: a URL prefix without scheme.
        origin: String,
        /// Version of the event format.
        format: u32,
    }

    /// A checker lets a held command through. Name the checker in `maker`.
    Approve {
        /// The event that holds it: its number, or the id of its command.
        held: EventRef,
    }

    /// A checker turns a held command down. Name the checker in `maker`.
    Decline {
        /// The event that holds it: its number, or the id of its command.
        held: EventRef,
        /// Why.
        reason: String,
    }

    /// An event is reversed.
    Correct {
        /// The event: its number, or the id of its command.
        reverses: EventRef,
        /// Why.
        reason: String,
    }

    /// The log as somebody saw it: what its checkpoint says.
    LogHead {
        /// Count of its events.
        size: u64,
        /// Root of the tree over them: SHA-256 in base64, as in a checkpoint.
        root: String,
    }

    /// Root of the tree over the balances of an owner at the end of a day (docs/audit.md).
    StateDigest {
        /// Count of balances.
        balances: u64,
        /// The root: SHA-256 in base64.
        root: String,
    }

    /// A period is closed. With `head` or `digest` it is signed: it names its maker, and another person approves it.
    ClosePeriod {
        /// Whose books; the party's where absent.
        owner: Option<String>,
        /// Last day of the period.
        through: String,
        /// The log as the maker saw it.
        head: Option<LogHead>,
        /// The owner's balances at the end of the last day, as the maker saw them.
        digest: Option<StateDigest>,
    }
}

impl Form for Open {
    type Numbered = numbered::open::Open;

    fn resolve(&self, _: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
        Ok(Self::Numbered { origin: self.origin.clone(), format: self.format })
    }

    fn render(act: &Self::Numbered, _: &Books) -> Self {
        Self { origin: act.origin.clone(), format: act.format }
    }
}

impl Form for Approve {
    type Numbered = numbered::approve::Approve;

    fn resolve(&self, _: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
        Ok(Self::Numbered { held: self.held.seq("held")? })
    }

    fn render(act: &Self::Numbered, _: &Books) -> Self {
        Self { held: EventRef::Seq(act.held.0) }
    }
}

impl Form for Decline {
    type Numbered = numbered::approve::Decline;

    fn resolve(&self, _: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
        Ok(Self::Numbered { held: self.held.seq("held")?, reason: self.reason.clone() })
    }

    fn render(act: &Self::Numbered, _: &Books) -> Self {
        Self { held: EventRef::Seq(act.held.0), reason: act.reason.clone() }
    }
}

impl Form for Correct {
    type Numbered = numbered::correct::Correct;

    fn resolve(&self, _: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
        Ok(Self::Numbered { reverses: self.reverses.seq("reverses")?, reason: self.reason.clone() })
    }

    fn render(act: &Self::Numbered, _: &Books) -> Self {
        Self { reverses: EventRef::Seq(act.reverses.0), reason: act.reason.clone() }
    }
}

impl Form for ClosePeriod {
    type Numbered = numbered::close::ClosePeriod;

    fn resolve(&self, resolver: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
        let head = |head: &LogHead| {
            Ok::<_, Rejection>(numbered::close::LogHead { size: head.size, root: root("head.root", &head.root)? })
        };
        let digest = |digest: &StateDigest| {
            let root = root("digest.root", &digest.root)?;
            Ok::<_, Rejection>(numbered::close::StateDigest { balances: digest.balances, root })
        };
        Ok(Self::Numbered {
            owner: resolver.owner(self.owner.as_ref())?,
            through: day("through", &self.through)?,
            head: self.head.as_ref().map(head).transpose()?,
            digest: self.digest.as_ref().map(digest).transpose()?,
        })
    }

    fn render(act: &Self::Numbered, books: &Books) -> Self {
        let show = chain::encode_base64;
        Self {
            owner: Some(books.party_code(act.owner).to_owned()),
            through: show_day(act.through),
            head: act.head.map(|head| LogHead { size: head.size, root: show(head.root) }),
            digest: act.digest.map(|it| StateDigest { balances: it.balances, root: show(it.root) }),
        }
    }
}

/// A root as checkpoints write it.
fn root(field: &'static str, text: &str) -> Result<chain::Hash, Rejection> {
    let problem = || format!("`{}` is not a SHA-256 in base64", text.chars().take(80).collect::<String>());
    let bytes = chain::decode_base64(text).and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| crate::resolve::invalid(field)(problem()))
}
