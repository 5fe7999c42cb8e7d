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

    /// A period is closed.
    ClosePeriod {
        /// Whose books; the party's where absent.
        owner: Option<String>,
        /// Last day of the period.
        through: String,
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
        Ok(Self::Numbered { owner: resolver.owner(self.owner.as_ref())?, through: day("through", &self.through)? })
    }

    fn render(act: &Self::Numbered, books: &Books) -> Self {
        Self { owner: Some(books.party_code(act.owner).to_owned()), through: show_day(act.through) }
    }
}
