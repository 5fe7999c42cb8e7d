//! What events are found by, where an index of the log is kept: the same for whoever keeps it and for whoever asks it.

use ids::{CommandId, PartyNo, TallyNo};

use crate::acts::Act;

/// What events are found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Done or held commands of an act, by its number; but no plain transfers.
    Act(u32),
    /// Commands of a party.
    By(PartyNo),
    /// Refused commands.
    Refused,
    /// Commands that waited for a checker.
    Held,
    /// Changes of a tally.
    Tally(TallyNo),
    /// Events whose command may have this id: few have it without.
    Id(CommandId),
}

impl Mark {
    /// An act, by its word; none of plain transfers, of which no index is kept.
    #[must_use]
    pub fn act(word: &str) -> Option<Self> {
        Act::find(word).filter(|_| word != "transfer").map(|entry| Self::Act(entry.number))
    }
}
