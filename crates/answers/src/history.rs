//! Where balances as of a day, as known at an event, come from.

use books::{AccountNo, Act, Day, PartyNo, Seq, Sums, TallyNo};

/// The history of balances.
pub trait History {
    /// Sums of an account at the end of a day, as known after an event.
    ///
    /// # Errors
    /// When the history cannot be read.
    fn at(&self, account: AccountNo, day: Day, known_at: Seq) -> Result<Sums, HistoryError>;

    /// The events that changed an account, each with the day on which it did, as known after an event; in no order.
    ///
    /// # Errors
    /// When the history cannot be read.
    fn changes(&self, account: AccountNo, known_at: Seq) -> Result<Vec<(Seq, Day)>, HistoryError>;

    /// How many events have a mark, as known now; `None` where no index is kept, so that the log has to be read.
    ///
    /// # Errors
    /// When the index cannot be read.
    fn count(&self, _: Mark) -> Result<Option<u64>, HistoryError> {
        Ok(None)
    }

    /// The events with a mark, in no order; none where no index is kept.
    ///
    /// # Errors
    /// When the index cannot be read.
    fn marked(&self, _: Mark) -> Result<Vec<Seq>, HistoryError> {
        Ok(Vec::new())
    }

    /// A tally at the end of a day, as known after an event; `None` where no index is kept.
    ///
    /// # Errors
    /// When the index cannot be read.
    fn tally(&self, _: TallyNo, _: Day, _: Seq) -> Result<Option<i64>, HistoryError> {
        Ok(None)
    }
}

/// What events are found by, where an index of the log is kept.
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
}

impl Mark {
    /// An act, by its word; none of plain transfers, of which no index is kept.
    pub(crate) fn act(word: &str) -> Option<Self> {
        Act::find(word).filter(|_| word != "transfer").map(|entry| Self::Act(entry.number))
    }
}

/// The history could not be read.
#[derive(Debug, thiserror::Error)]
#[error("read the history")]
pub struct HistoryError(#[source] pub Box<dyn std::error::Error + Send + Sync>);
