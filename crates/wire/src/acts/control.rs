//! Opening, dual control, correction and closing.

use books::acts as numbered;

use super::Replacement;
use super::words::Matter;

/// Names an event: by its number in this log, or by the id of its command, which is the same in every log.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum EventRef {
    /// Its number.
    Seq(u64),
    /// The id of its command.
    Id(uuid::Uuid),
}

/// Read by hand, so that what is wrong is said by a word of ours and not as the name of a type.
impl<'de> serde::Deserialize<'de> for EventRef {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl serde::de::Visitor<'_> for Visitor {
            type Value = EventRef;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("event_or_id")
            }

            fn visit_u64<E: serde::de::Error>(self, seq: u64) -> Result<EventRef, E> {
                Ok(EventRef::Seq(seq))
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<EventRef, E> {
                let no_id = |_| E::invalid_value(serde::de::Unexpected::Str(text), &self);
                text.parse().map(EventRef::Id).map_err(no_id)
            }
        }

        deserializer.deserialize_any(Visitor)
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
        /// What should have been said instead: an act with its fields. Both are decided as one.
        with: Option<Replacement>,
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
        /// What is open at the end of the period, and may be: what is on its way, and, of who signs, what was not counted.
        acknowledge: Option<Vec<Matter>>,
    }
}

super::form::form! {
    Open = numbered::open::Open {
        origin: Same,
        format: Same,
    }
    Approve = numbered::approve::Approve {
        held: Event,
    }
    Decline = numbered::approve::Decline {
        held: Event,
        reason: Same,
    }
    Correct = numbered::correct::Correct {
        reverses: Event,
        reason: Same,
        with: Item,
    }
    LogHead = numbered::close::LogHead, in "head" {
        size: Same,
        root: Root,
    }
    StateDigest = numbered::close::StateDigest, in "digest" {
        balances: Same,
        root: Root,
    }
    ClosePeriod = numbered::close::ClosePeriod {
        owner: Owner,
        through: Day,
        head: Item,
        digest: Item,
        acknowledge: WordList,
    }
}
