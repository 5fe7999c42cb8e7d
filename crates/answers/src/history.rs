//! Where balances as of a day, as known at an event, come from.

use books::{AccountNo, Day, Seq, Sums};

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
}

/// The history could not be read.
#[derive(Debug, thiserror::Error)]
#[error("read the history")]
pub struct HistoryError(#[source] pub Box<dyn std::error::Error + Send + Sync>);
