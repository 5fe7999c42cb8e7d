//! What can go wrong on the way. None of it says that nothing happened.

/// The bus did not answer, or not as agreed. Whatever was asked may have been done all the same.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    /// No answer in time.
    #[error("no answer from the bus within {0:?}")]
    Late(std::time::Duration),
    /// An answer that is none.
    #[error("the bus cannot {doing}: {problem}")]
    Unavailable {
        /// What was asked.
        doing: &'static str,
        /// What it said.
        problem: String,
    },
    /// What was asked for is no longer kept here.
    #[error("record {0} is no longer kept on the bus")]
    Gone(u64),
    /// What was asked for is not there, though the log is said to go that far: a copy that lags.
    #[error("record {0} is not there yet")]
    Lagging(u64),
    /// The bus is being closed.
    #[error("the bus is closed")]
    Closed,
}

impl BusError {
    /// An answer that is none.
    pub(crate) fn unavailable(doing: &'static str, problem: impl std::fmt::Display) -> Self {
        Self::Unavailable { doing, problem: problem.to_string() }
    }
}
