//! What events are found by, where an index of the log is kept: the same for whoever keeps it and for whoever asks it.

use ids::{CommandId, PartyNo, PlaceNo, TallyNo};

use crate::act_rules::Seen;
use crate::acts::Act;
use crate::eyes::Eyes;
use crate::party::Role;

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
    /// Changes of what an owner holds, of what is set aside for it, and of its tallies, that another posted.
    Of(PartyNo),
    /// Changes of what lies at a site, or is on its way from or to it.
    At(PlaceNo),
}

impl Mark {
    /// An act, by its word; none of plain transfers, of which no index is kept.
    #[must_use]
    pub fn act(word: &str) -> Option<Self> {
        Act::find(word).filter(|_| word != "transfer").map(|entry| Self::Act(entry.number))
    }
}

impl Mark {
    /// The acts that are told to others than those whose stock and tallies they change.
    #[must_use]
    pub fn told() -> Vec<Self> {
        let told = Act::TABLE.iter().filter(|entry| match entry.facts.seen {
            Seen::Everybody | Seen::Reports | Seen::Named => true,
            Seen::Concerned => false,
        });
        told.map(|entry| Self::Act(entry.number)).collect()
    }
}

impl Eyes<'_> {
    /// All that they see of events is among those with one of these marks: see [`Eyes::sees_event`].
    #[must_use]
    pub fn marks(&self) -> Vec<Mark> {
        let (books, party) = (self.books(), self.party());
        let mut marks = Mark::told();
        marks.extend([Mark::By(party), Mark::Of(party)]);
        let run = books.reserves().iter().filter(|reserve| reserve.secretariat == party);
        marks.extend(run.flat_map(|reserve| [Mark::By(reserve.pool), Mark::Of(reserve.pool)]));
        if self.role() == Role::Operator {
            let kept = books.sites().filter(|place| self.keeps(books.place(*place)));
            marks.extend(kept.map(Mark::At));
        }
        marks
    }
}
