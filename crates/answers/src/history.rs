//! Where balances as of a day, as known at an event, come from.

use books::{AccountNo, Day, Mark, Seq, Sums, TallyNo};

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

/// The history could not be read.
#[derive(Debug, thiserror::Error)]
#[error("read the history")]
pub struct HistoryError(#[source] pub Box<dyn std::error::Error + Send + Sync>);
