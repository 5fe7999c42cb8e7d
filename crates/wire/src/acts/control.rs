//! Opening, dual control, correction and closing.

use books::acts as numbered;
use books::{Books, Rejection, Seq};

use super::Form;
use crate::date::show_day;
use crate::resolve::{Resolver, day};

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
        /// The event that holds it.
        held: u64,
    }

    /// A checker turns a held command down. Name the checker in `maker`.
    Decline {
        /// The event that holds it.
        held: u64,
        /// Why.
        reason: String,
    }

    /// An event is reversed.
    Correct {
        /// The event.
        reverses: u64,
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
        Ok(Self::Numbered { held: Seq(self.held) })
    }

    fn render(act: &Self::Numbered, _: &Books) -> Self {
        Self { held: act.held.0 }
    }
}

impl Form for Decline {
    type Numbered = numbered::approve::Decline;

    fn resolve(&self, _: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
        Ok(Self::Numbered { held: Seq(self.held), reason: self.reason.clone() })
    }

    fn render(act: &Self::Numbered, _: &Books) -> Self {
        Self { held: act.held.0, reason: act.reason.clone() }
    }
}

impl Form for Correct {
    type Numbered = numbered::correct::Correct;

    fn resolve(&self, _: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
        Ok(Self::Numbered { reverses: Seq(self.reverses), reason: self.reason.clone() })
    }

    fn render(act: &Self::Numbered, _: &Books) -> Self {
        Self { reverses: act.reverses.0, reason: act.reason.clone() }
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
