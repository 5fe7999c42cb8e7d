//! What a command is decided to do, before it is an event.

use crate::event::{Command, Effects, Event, Outcome, TimeOfDay};
use crate::number::{Day, Moment, Nonce};

/// A command that may stand, with its consequences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    pub(super) effects: Effects,
    pub(super) effective: Day,
    /// The time of that day, where it is stated.
    pub(super) time: Option<TimeOfDay>,
    pub(super) is_held: bool,
    /// The person who asks, by the credential where that names one.
    pub(super) maker: Option<String>,
}

impl Decided {
    /// The event this becomes.
    #[must_use]
    pub fn into_event(self, command: Command, recorded_at: Moment, nonce: Nonce) -> Event {
        let Self { effects, effective, time, is_held, maker } = self;
        let Effects { entries, claims, opened, uses, tallied, cuts, split } = effects;
        let Command { id, party, maker: _, effective: _, time: _, act, by } = command;
        Event {
            nonce,
            recorded_at,
            id,
            party,
            effective,
            entries,
            claims,
            opened,
            outcome: if is_held { Outcome::Held(act) } else { Outcome::done(act) },
            uses: (!uses.is_empty()).then_some(uses),
            maker,
            tallied: (!tallied.changes.is_empty()).then(|| Box::new(tallied)),
            cuts,
            split,
            by,
            together: None,
            time,
        }
    }

    /// Does the command wait for a checker?
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.is_held
    }
}
