//! What a question wants of the log: said under a short read, gathered without any lock.
//!
//! Where a scan looks is advice that an index gives. What it takes is decided by its own rule, event by event, so
//! that what is recorded meanwhile is judged in the same way.

use std::any::{Any, TypeId};

use books::{AccountNo, CommandId, Event, Mark, Seq};

use crate::history::HistoryError;
use crate::problem::Problem;
use crate::view::View;

/// What a question wants of the log.
#[derive(Default)]
pub struct Wants {
    pub(crate) events: Vec<Seq>,
    pub(crate) command: Option<CommandId>,
    pub(crate) scans: Vec<Scan>,
    pub(crate) walk: Option<Walk>,
}

impl Wants {
    /// Nothing: the books say it all.
    #[must_use]
    pub fn nothing() -> Self {
        Self::default()
    }

    /// These events.
    pub fn events(events: impl IntoIterator<Item = Seq>) -> Self {
        Self { events: events.into_iter().collect(), ..Self::default() }
    }

    /// The event of a command.
    #[must_use]
    pub fn command(id: CommandId) -> Self {
        Self { command: Some(id), ..Self::default() }
    }

    /// Every account, a few under each short read: what `each` is called for must be the same whatever is recorded
    /// meanwhile, so it looks at the history as known at an event.
    #[must_use]
    pub(crate) fn every_account<S: Default + Send + Sync + 'static>(
        mut each: impl FnMut(&mut S, &dyn View, AccountNo) -> Result<(), HistoryError> + Send + 'static,
    ) -> Self {
        let mut next = 0;
        let mut wants = Self::steps(move |state: &mut S, view| {
            let count = u32::try_from(view.books().accounts().len()).expect("accounts are numbered by 32 bits");
            let end = count.min(next + ACCOUNTS_A_STEP);
            for number in next..end {
                each(state, view, AccountNo(number))?;
            }
            next = end;
            Ok(next < count)
        });
        wants.walk.iter_mut().for_each(|walk| walk.is_short = true);
        wants
    }

    /// Work on the books in steps, each under a short read of its own, until `step` says that there is no more. A step that finds
    /// that its [view is short](View::is_short) keeps nothing: it is taken again.
    #[must_use]
    pub(crate) fn steps<S: Default + Send + Sync + 'static>(
        mut step: impl FnMut(&mut S, &dyn View) -> Result<bool, Problem> + Send + 'static,
    ) -> Self {
        let step: Step = Box::new(move |state, view| step(state.downcast_mut().expect("made beside the steps"), view));
        let walk = Walk { kind: TypeId::of::<S>(), state: Box::<S>::default(), step, is_short: false };
        Self { walk: Some(walk), ..Self::default() }
    }

    /// All that two parts of a question want; at most one of them works in steps.
    #[must_use]
    pub fn and(mut self, mut other: Self) -> Self {
        self.events.append(&mut other.events);
        self.command = self.command.or(other.command);
        self.scans.append(&mut other.scans);
        self.walk = self.walk.or(other.walk);
        self
    }

    pub(crate) fn is_nothing(&self) -> bool {
        !self.reads_log() && self.walk.is_none()
    }

    /// Is any of it in the log?
    pub(crate) fn reads_log(&self) -> bool {
        !self.events.is_empty() || self.command.is_some() || !self.scans.is_empty()
    }
}

impl From<Scan> for Wants {
    fn from(scan: Scan) -> Self {
        Self { scans: vec![scan], ..Self::default() }
    }
}

/// Where an index says that events lie: those with one of some marks, and those that changed some accounts. It is looked up
/// between the reads, a little under each, and never while the question says what it wants.
#[derive(Clone, Debug, Default)]
pub(crate) struct Whereabouts {
    pub(crate) marks: Vec<Mark>,
    pub(crate) accounts: Vec<AccountNo>,
}

impl Whereabouts {
    /// Of events of some acts, by their words, of approvals, which let an act through, and of corrections that put one in the
    /// place of another; none of acts of which no index is kept.
    fn of_acts(words: &[&'static str]) -> Option<Self> {
        let marks = words.iter().chain(&["approve", "correct"]).map(|word| Mark::act(word));
        Some(Self { marks: marks.collect::<Option<_>>()?, accounts: Vec::new() })
    }
}

impl From<Vec<Mark>> for Whereabouts {
    fn from(marks: Vec<Mark>) -> Self {
        Self { marks, accounts: Vec::new() }
    }
}

/// What a scan looks at.
#[derive(Clone, Debug)]
pub(crate) enum Among {
    /// At every event.
    All,
    /// At events of these acts, at approvals, which let an act through, and at corrections that put one in the place of another.
    Acts(Vec<&'static str>),
}

impl Among {
    /// Does a scan look at an event of which only this can be told?
    pub(crate) fn looks_at(&self, event: &Event) -> bool {
        match self {
            Self::All => true,
            Self::Acts(words) => {
                event.split.is_some()
                    || event.outcome.word().is_some_and(|word| word == "approve" || words.contains(&word))
            }
        }
    }
}

type Keep = Box<dyn FnMut(&dyn View, Seq, &Event) -> bool + Send>;
type Fold = Box<dyn FnMut(&mut (dyn Any + Send + Sync), &dyn View, Seq, &Event) + Send>;

type Step = Box<dyn FnMut(&mut (dyn Any + Send + Sync), &dyn View) -> Result<bool, Problem> + Send>;

/// Accounts that are looked at in one step.
const ACCOUNTS_A_STEP: u32 = 64;

/// See [`Wants::steps`].
pub(crate) struct Walk {
    pub(crate) kind: TypeId,
    pub(crate) state: Box<dyn Any + Send + Sync>,
    pub(crate) step: Step,
    /// Does each step look up so little of the history that nobody has to see to it?
    pub(crate) is_short: bool,
}

/// What is done with an event that a scan looks at.
pub(crate) enum Take {
    /// It is kept where this says so.
    Keep(Keep),
    /// It is added up.
    Fold(TypeId, Box<dyn Any + Send + Sync>, Fold),
}

/// A scan of a range of the log.
pub struct Scan {
    pub(crate) first: Seq,
    /// The head, whichever it is by then, where there is none.
    pub(crate) last: Option<Seq>,
    pub(crate) among: Among,
    /// Where to look, where that is known.
    pub(crate) whereabouts: Option<Whereabouts>,
    pub(crate) newest_first: bool,
    pub(crate) at_most: Option<usize>,
    pub(crate) companion: Option<fn(&Event) -> Option<Seq>>,
    /// Is every event that is kept shown at once, as the asker sees it?
    pub(crate) shows: bool,
    pub(crate) take: Take,
}

impl Scan {
    fn new(take: Take) -> Self {
        let (first, last, among, whereabouts) = (Seq(1), None, Among::All, None);
        let (newest_first, at_most, companion, shows) = (false, None, None, false);
        Self { first, last, among, whereabouts, newest_first, at_most, companion, shows, take }
    }

    /// Keeps the events of which `takes` says so. It is asked under a short read.
    pub fn keep(takes: impl FnMut(&dyn View, Seq, &Event) -> bool + Send + 'static) -> Self {
        Self::new(Take::Keep(Box::new(takes)))
    }

    /// Adds events up: nothing of them is kept but what `each` puts into the sum. It is called under a short read, with both parts
    /// of a correction that replaces.
    pub fn fold<S: Default + Send + Sync + 'static>(
        mut each: impl FnMut(&mut S, &dyn View, Seq, &Event) + Send + 'static,
    ) -> Self {
        Self::fold_whole(move |state: &mut S, view, seq, event| {
            event.parts(view.books()).iter().for_each(|part| each(state, view, seq, part));
        })
    }

    /// The same with each event as it stands in the log.
    pub fn fold_whole<S: Default + Send + Sync + 'static>(
        mut each: impl FnMut(&mut S, &dyn View, Seq, &Event) + Send + 'static,
    ) -> Self {
        let fold: Fold = Box::new(move |state, view, seq, event| {
            each(state.downcast_mut().expect("made beside the fold"), view, seq, event);
        });
        Self::new(Take::Fold(TypeId::of::<S>(), Box::<S>::default(), fold))
    }

    /// From this event on.
    #[must_use]
    pub fn from(self, first: Seq) -> Self {
        Self { first: Seq(first.0.max(1)), ..self }
    }

    /// Up to this event.
    #[must_use]
    pub fn through(self, last: Seq) -> Self {
        Self { last: Some(last), ..self }
    }

    /// Only events of these acts, by their words, and approvals.
    #[must_use]
    pub fn acts(self, words: impl IntoIterator<Item = &'static str>) -> Self {
        let words: Vec<_> = words.into_iter().collect();
        Self { whereabouts: Whereabouts::of_acts(&words), among: Among::Acts(words), ..self }
    }

    /// Nowhere but there.
    #[must_use]
    pub(crate) fn lies(self, whereabouts: Whereabouts) -> Self {
        Self { whereabouts: Some(whereabouts), ..self }
    }

    /// The newest first.
    #[must_use]
    pub fn newest_first(self, newest_first: bool) -> Self {
        Self { newest_first, ..self }
    }

    /// Ends once so many are kept.
    #[must_use]
    pub fn at_most(self, count: u64) -> Self {
        Self { at_most: Some(usize::try_from(count).unwrap_or(usize::MAX)), ..self }
    }

    /// Shows what is kept as the asker sees it, in parts: the answer finds it ready, and holds nobody up with it.
    #[must_use]
    pub fn shown(self) -> Self {
        Self { shows: true, ..self }
    }

    /// Gathers beside each event the one that this names.
    #[must_use]
    pub fn beside(self, companion: fn(&Event) -> Option<Seq>) -> Self {
        Self { companion: Some(companion), ..self }
    }
}
