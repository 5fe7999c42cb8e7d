//! What an answer may look at: the books, their history, what was gathered of the log, and who asks.
//!
//! A folder opened by a tool is a view, and so is a server's copy that follows the log. Answers do not know which. A view
//! is read while nothing else may change, so that nothing of it reads the log: what a question wants of the log it says
//! beforehand ([`crate::Wants`]), and finds in [`View::gathered`].

use books::{Books, Event, Moment, Seq};

use crate::gathered::Gathered;
use crate::history::{History, HistoryError};

/// Who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Viewer {
    /// Whoever runs the ledger, or holds its folder: sees everything.
    #[default]
    Operator,
    /// A party, by its code: what it sees follows from its role. See [`crate::Sight`].
    Party(String),
}

/// What an answer asked for that was not gathered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// An event.
    Event(Seq),
    /// The last event at a moment.
    Moment(Moment),
    /// What a scan was to find: the books have gone on, and the question wants something else now.
    Scan,
}

/// Everything that questions read. Nothing in it changes while a question is answered.
pub trait View: History {
    /// The books as of the last recorded event.
    fn books(&self) -> &Books;

    /// The moment of asking.
    fn now(&self) -> Moment;

    /// Who asks.
    fn viewer(&self) -> Viewer {
        Viewer::Operator
    }

    /// What was gathered of the log for this question; nothing before it said what it wants.
    fn gathered(&self) -> &Gathered {
        Gathered::nothing()
    }

    /// The last event recorded at or before a moment, where it was looked up already.
    fn known_at(&self, _: Moment) -> Option<Seq> {
        None
    }

    /// Notes what is lacking, so that it is gathered before the question is asked again.
    fn lacks(&self, _: Lack) {}

    /// Was more of the history asked for than one read looks up? Then what was made of it is not to be kept: the same is asked
    /// again with all of it at hand.
    fn is_short(&self) -> bool {
        false
    }

    /// Calls `each` with every event behind one, in order, from memory; false, and no call, where they are not at hand.
    fn recent(&self, after: Seq, _: &mut dyn FnMut(Seq, &Event)) -> bool {
        after >= self.books().head()
    }
}

/// What was asked for is not at hand: whoever asks gathers it and asks again.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} was not gathered")]
struct NotGathered(Lack);

impl dyn View + '_ {
    /// An event that was gathered; `None` where the log has none.
    ///
    /// # Errors
    /// When it was not gathered.
    pub fn event(&self, seq: Seq) -> Result<Option<&Event>, HistoryError> {
        match self.gathered().event(seq) {
            Some(event) => Ok(Some(event)),
            None if seq.0 == 0 || seq > self.books().head() => Ok(None),
            None => Err(self.not_gathered(Lack::Event(seq))),
        }
    }

    /// The last event recorded at or before a moment; `Seq(0)` before the first.
    ///
    /// # Errors
    /// When it was not looked up yet.
    pub fn seq_at(&self, moment: Moment) -> Result<Seq, HistoryError> {
        self.known_at(moment).ok_or_else(|| self.not_gathered(Lack::Moment(moment)))
    }

    /// What a scan added up.
    ///
    /// # Errors
    /// When it was not scanned for.
    pub fn folded<S: 'static>(&self) -> Result<&S, HistoryError> {
        self.gathered().folded::<S>().ok_or_else(|| self.not_gathered(Lack::Scan))
    }

    fn not_gathered(&self, lack: Lack) -> HistoryError {
        self.lacks(lack);
        HistoryError(Box::new(NotGathered(lack)))
    }
}
