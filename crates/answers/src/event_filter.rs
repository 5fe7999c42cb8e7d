//! Which events somebody wants to see.

use books::{AccountNo, Act, Books, Day, Event, LotNo, Outcome, Seq};
use serde_json::Value;

use crate::position::{Filter, is_called};

/// Picks events by what they touch and what became of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// What they touch.
    pub touches: Filter,
    /// Only this act.
    pub act: Option<String>,
    /// Only commands of this party.
    pub by: Option<String>,
    /// Only refused commands.
    pub refused: bool,
    /// Only commands that wait, or waited, for a checker.
    pub held: bool,
    /// Only what takes effect on this day or later.
    pub effective_from: Option<Day>,
    /// Only what takes effect on this day or earlier.
    pub effective_through: Option<Day>,
}

impl EventFilter {
    /// Is it one of them? An approval or a refusal by a checker is about what the held command names: see [`decided`].
    #[must_use]
    pub fn takes(&self, books: &Books, event: &Event, decided: Option<&Event>) -> bool {
        let outcome_fits = match &event.outcome {
            Outcome::Done(_) | Outcome::Moved(..) => !self.refused && !self.held,
            Outcome::Held(_) => !self.refused,
            Outcome::Refused(_) => !self.held,
        };
        let day_fits = self.effective_from.is_none_or(|first| event.effective >= first)
            && self.effective_through.is_none_or(|last| event.effective <= last);
        outcome_fits
            && day_fits
            && self.act_fits(event)
            && self.sender_fits(books, event)
            && self.touched(books, event, decided)
    }

    fn act_fits(&self, event: &Event) -> bool {
        self.act.as_deref().is_none_or(|wanted| match &event.outcome {
            Outcome::Refused(refused) => {
                let command: Option<serde_json::Value> = serde_json::from_str(&refused.command).ok();
                command.and_then(|command| command.get("act")?.as_str().map(|act| act == wanted)).unwrap_or(false)
            }
            done @ (Outcome::Done(_) | Outcome::Held(_) | Outcome::Moved(..)) => done.word() == Some(wanted),
        })
    }

    fn sender_fits(&self, books: &Books, event: &Event) -> bool {
        self.by.as_deref().is_none_or(|wanted| books.party_code(event.party) == wanted)
    }

    /// Does it need the held command to tell what a checker's event touches?
    #[must_use]
    pub const fn asks_for_decided(&self) -> bool {
        self.touches.lot.is_some()
    }

    fn touched(&self, books: &Books, event: &Event, decided: Option<&Event>) -> bool {
        if self.touches == Filter::default() {
            return true;
        }
        let at = books.facts_at(event.effective, books.head());
        let takes = |account: AccountNo| {
            books.accounts().get(account.0 as usize).is_some_and(|account| self.touches.takes(&at, account, false))
        };
        let entry = |entry: &books::Entry| takes(entry.source) || takes(entry.target);
        event.entries.iter().any(entry)
            || event.claims.iter().any(|claim| takes(claim.account))
            || self.names_lot(books, event)
            || decided.is_some_and(|held| self.names_lot(books, held))
    }

    /// Acts that move nothing still concern the lot they name.
    fn names_lot(&self, books: &Books, event: &Event) -> bool {
        let Some(wanted) = &self.touches.lot else { return false };
        let is_wanted = |lot: LotNo| is_called(books, lot, wanted);
        match &event.outcome {
            Outcome::Done(Act::RecordAssay(assay)) => is_wanted(assay.lot),
            Outcome::Done(Act::SetLimit(limit)) => is_wanted(limit.lot),
            // What waits has moved nothing yet.
            Outcome::Held(_) => wire::view::command_of(event, books).values().any(|value| names(value, wanted)),
            Outcome::Refused(refused) => refused.command.contains(&format!("\"{wanted}\"")),
            Outcome::Done(_) | Outcome::Moved(..) => false,
        }
    }
}

/// The event with the held command that a checker lets through or turns down.
#[must_use]
pub(crate) fn decided(event: &Event) -> Option<Seq> {
    match &event.outcome {
        Outcome::Done(Act::Approve(act)) => Some(act.held),
        Outcome::Done(Act::Decline(act)) => Some(act.held),
        Outcome::Done(_) | Outcome::Held(_) | Outcome::Refused(_) | Outcome::Moved(..) => None,
    }
}

/// The event that another names: the one that a correction reverses, or the held command that a checker decides on.
#[must_use]
pub fn named_event(event: &Event) -> Option<Seq> {
    match &event.outcome {
        Outcome::Done(Act::Correct(act)) | Outcome::Held(Act::Correct(act)) => Some(act.reverses),
        Outcome::Done(_) | Outcome::Held(_) | Outcome::Refused(_) | Outcome::Moved(..) => decided(event),
    }
}

/// Does a value of a command name something by its code?
#[must_use]
pub fn names(value: &Value, code: &str) -> bool {
    match value {
        Value::String(text) => text == code,
        Value::Array(parts) => parts.iter().any(|part| names(part, code)),
        Value::Object(fields) => fields.values().any(|part| names(part, code)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
