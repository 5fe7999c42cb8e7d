//! A question asked of a ledger at work: what it wants is said under a short read, gathered without any lock, and the
//! answer is given under a short read.
//!
//! The log below a head never changes. So a part of it that was read without the lock is as good as one read under it, and
//! what was recorded meanwhile is a few events that the read side still has in memory.

mod gathering;
mod looked_up;
mod parts;

use std::borrow::Borrow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::marker::PhantomData;

use books::{AccountNo, Books, CommandId, Day, Event, Mark, Moment, PartyNo, Seq, Sums, TallyNo};

use self::gathering::Gathering;
use self::looked_up::{LookedUp, Missing};
use crate::gathered::Gathered;
use crate::history::{History, HistoryError};
use crate::problem::Problem;
use crate::question::Question;
use crate::view::{Lack, View, Viewer};
use crate::wants::Wants;
use crate::why::Why;

/// What was recorded, read without holding up anybody. It may be ahead of the books.
pub trait Log {
    /// The event at a place of the log; `None` past its end.
    ///
    /// # Errors
    /// When the log cannot be read.
    fn event(&self, seq: Seq) -> Result<Option<Event>, HistoryError>;

    /// Calls `each` with every event from one on, in order, until it says no.
    ///
    /// # Errors
    /// When the log cannot be read.
    fn events(&self, from: Seq, each: &mut dyn FnMut(Seq, Event) -> bool) -> Result<(), HistoryError>;

    /// The last event up to one that was recorded at or before a moment; `Seq(0)` before the first.
    ///
    /// # Errors
    /// When the log cannot be read.
    fn known_at(&self, moment: Moment, head: Seq) -> Result<Seq, HistoryError>;

    /// The event that answers a party's command of this id, or anybody's; `None` where no such command is recorded.
    ///
    /// # Errors
    /// When the index of ids cannot be read.
    fn find(&self, id: CommandId, by: Option<PartyNo>) -> Result<Option<Seq>, HistoryError>;

    /// Says that nobody waits for the answer any more: no further step is taken then.
    ///
    /// # Errors
    /// When whoever asked has gone.
    fn goes_on(&self) -> Result<(), HistoryError> {
        Ok(())
    }
}

/// A ledger that is asked, as one asker sees it.
pub trait Source: Log {
    /// Reads. Nothing changes meanwhile, so that a reader must not take long.
    fn read(&self, each: &mut dyn FnMut(&dyn View));
}

/// Reads and gives back what was found.
pub fn read<T>(source: &dyn Source, each: impl FnOnce(&dyn View) -> T) -> T {
    let (mut each, mut found) = (Some(each), None);
    source.read(&mut |view| {
        if let Some(each) = each.take() {
            found = Some(each(view));
        }
    });
    found.expect("a source calls back once")
}

/// One step of a question: a short read, as long as whoever asked waits for the answer.
fn look<T>(source: &dyn Source, each: impl FnOnce(&dyn View) -> T) -> Result<T, Problem> {
    source.goes_on()?;
    Ok(read(source, each))
}

/// How much one question may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Events that it may read.
    pub events_read_max: u64,
    /// Events that it may keep in memory.
    pub events_kept_max: u64,
}

impl Budget {
    /// Of a server, where nothing is set.
    pub const DEFAULT: Self = Self { events_read_max: 50_000_000, events_kept_max: 500_000 };
    /// Of whoever has the ledger for itself.
    pub const NONE: Self = Self { events_read_max: u64::MAX, events_kept_max: u64::MAX };
}

impl Default for Budget {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// A question begins anew so many times, where it finds that it lacks something.
const ROUNDS_MAX: usize = 256;

/// Asks. Says up to which event the answer knows.
///
/// # Errors
/// See [`Question::answer`]; `too_dear` beyond the budget.
pub fn ask<Q: Question>(question: &Q, source: &dyn Source, budget: Budget) -> Result<(Seq, Q::Answer), Problem> {
    Course::<Q, &Q>::new(question, budget).finish(source)
}

/// A question on its way to its answer. What it said that it wants is kept: it is gathered, and never asked for again to learn
/// how dear the question is.
pub(crate) struct Course<Q, B = Q> {
    question: B,
    is: PhantomData<fn() -> Q>,
    budget: Budget,
    moments: HashMap<Moment, Seq>,
    gathering: Option<Gathering>,
    /// What is gathered next, up to which event.
    wanted: Option<(Seq, Wants)>,
    looked_up: RefCell<LookedUp>,
}

impl<Q: Question, B: Borrow<Q>> Course<Q, B> {
    pub(crate) fn new(question: B, budget: Budget) -> Self {
        let (moments, looked_up) = (HashMap::new(), RefCell::default());
        Self { question, is: PhantomData, budget, moments, gathering: None, wanted: None, looked_up }
    }

    /// Answers, as far as the books alone can; none where the log has to be read for it. That is not tried then.
    pub(crate) fn look(&mut self, source: &dyn Source) -> Result<Option<(Seq, Q::Answer)>, Problem> {
        self.go(source, false)
    }

    /// Answers.
    pub(crate) fn finish(&mut self, source: &dyn Source) -> Result<(Seq, Q::Answer), Problem> {
        Ok(self.go(source, true)?.expect("it may read the log"))
    }

    fn go(&mut self, source: &dyn Source, reads_log: bool) -> Result<Option<(Seq, Q::Answer)>, Problem> {
        for _ in 0..ROUNDS_MAX {
            if !reads_log && self.wanted.as_ref().is_some_and(|(_, wants)| wants.reads_log()) {
                return Ok(None);
            }
            if let Some((head, wants)) = self.wanted.take() {
                self.gathering = Some(Gathering::begin(source, self.budget, head, wants, &self.looked_up)?);
            }
            let (question, looked_up) = (self.question.borrow(), &self.looked_up);
            match look(source, |view| step(question, view, &self.moments, &mut self.gathering, looked_up))? {
                Step::Answered(head, answer) => return answer.map(|answer| Some((head, answer))),
                Step::Wants(head, wants) => self.wanted = Some((head, wants)),
                Step::Behind(head) => {
                    if let Some(gathering) = &mut self.gathering {
                        gathering.go_on(source, head)?;
                    }
                }
                Step::Lacks(head, lacks) => lacks.into_iter().try_for_each(|lack| self.get(source, head, lack))?,
                // So much of the history is no short answer.
                Step::Misses(_) if !reads_log => return Ok(None),
                Step::Misses(missing) => self.looked_up.get_mut().fill_and_begin_anew(source, &missing)?,
            }
        }
        Err(Problem::cannot_answer(Why::Behind))
    }

    fn get(&mut self, source: &dyn Source, head: Seq, lack: Lack) -> Result<(), Problem> {
        match lack {
            Lack::Moment(moment) => {
                self.moments.insert(moment, source.known_at(moment, head)?);
            }
            Lack::Event(seq) => match &mut self.gathering {
                Some(gathering) => gathering.fetch(source, &[seq])?,
                None => {
                    let wants = self.wanted.take().map_or_else(Wants::nothing, |(_, wants)| wants);
                    self.wanted = Some((head, wants.and(Wants::events([seq]))));
                }
            },
            Lack::Scan => (self.gathering, self.wanted) = (None, None),
        }
        Ok(())
    }
}

/// Events of a part of [`in_parts`].
const EVENTS_A_PART: u64 = 512;

/// Calls `each` with every event of a range, and `part` after every few hundred of them; both say whether to go on. The log
/// is read without any lock, and `each` is called under short reads. Of `beside` see [`Scan::beside`](crate::wants::Scan::beside).
///
/// # Errors
/// When the log cannot be read.
pub fn in_parts(
    source: &dyn Source,
    (first, last): (Seq, Seq),
    beside: Option<fn(&Event) -> Option<Seq>>,
    mut each: impl FnMut(&dyn View, Seq, &Event) -> bool,
    mut part: impl FnMut() -> bool,
) -> Result<(), Problem> {
    let mut next = Seq(first.0.max(1));
    while next <= last {
        let end = last.min(Seq(next.0 + EVENTS_A_PART - 1));
        let mut gathering = Gathering::begin(source, Budget::NONE, last, Wants::nothing(), &RefCell::default())?;
        let mut found = Vec::new();
        gathering.read_range(source, next, end, &mut |seq, event| found.push((seq, event)))?;
        gathering.companions(source, beside.as_slice(), &found)?;
        let goes_on = look(source, |view| {
            let (gathered, moments) = (&gathering.gathered, &HashMap::new());
            let seen = Seen { view, gathered, moments, lacks: RefCell::default(), looked_up: None };
            found.iter().all(|(seq, event)| each(&seen, *seq, event))
        })?;
        if !goes_on || !part() {
            break;
        }
        next = Seq(end.0 + 1);
    }
    Ok(())
}

enum Step<A> {
    Answered(Seq, Result<A, Problem>),
    Wants(Seq, Wants),
    /// More was recorded than is at hand.
    Behind(Seq),
    Lacks(Seq, Vec<Lack>),
    /// More of the history than one read looks up.
    Misses(Vec<Missing>),
}

fn step<Q: Question>(
    question: &Q,
    view: &dyn View,
    moments: &HashMap<Moment, Seq>,
    gathering: &mut Option<Gathering>,
    looked_up: &RefCell<LookedUp>,
) -> Step<Q::Answer> {
    let head = view.books().head();
    looked_up.borrow_mut().begin(view);
    let is_begun = gathering.as_ref().is_some_and(|gathering| gathering.is_begun);
    if let Some(gathering) = gathering.as_mut().filter(|_| is_begun)
        && !gathering.catch_up(view)
    {
        return Step::Behind(head);
    }
    let gathered = gathering.as_ref().map_or(Gathered::nothing(), |gathering| &gathering.gathered);
    let seen = Seen { view, gathered, moments, lacks: RefCell::default(), looked_up: Some(looked_up) };
    if !is_begun {
        let wants = question.wants(&seen);
        let (lacks, missing) = (seen.lacks.take(), looked_up.borrow_mut().take_missing());
        match wants {
            _ if !missing.is_empty() => return Step::Misses(missing),
            _ if !lacks.is_empty() => return Step::Lacks(head, lacks),
            Err(problem) => return Step::Answered(head, Err(problem)),
            Ok(wants) if !wants.is_nothing() => return Step::Wants(head, wants),
            Ok(_) => {}
        }
    }
    let answer = question.answer(&seen);
    let (lacks, missing) = (seen.lacks.take(), looked_up.borrow_mut().take_missing());
    match (missing.is_empty(), lacks.is_empty()) {
        (false, _) => Step::Misses(missing),
        (true, false) => Step::Lacks(head, lacks),
        (true, true) => Step::Answered(head, answer),
    }
}

/// A view with what was gathered.
struct Seen<'v> {
    view: &'v dyn View,
    gathered: &'v Gathered,
    moments: &'v HashMap<Moment, Seq>,
    lacks: RefCell<Vec<Lack>>,
    /// What was looked up of accounts; none where each step looks up a little of its own accord.
    looked_up: Option<&'v RefCell<LookedUp>>,
}

impl History for Seen<'_> {
    fn at(&self, account: AccountNo, day: Day, known_at: Seq) -> Result<Sums, HistoryError> {
        match self.looked_up {
            Some(looked_up) => looked_up.borrow_mut().at(self.view, account, day, known_at),
            None => self.view.at(account, day, known_at),
        }
    }

    fn changes(&self, account: AccountNo, known_at: Seq) -> Result<Vec<(Seq, Day)>, HistoryError> {
        match self.looked_up {
            Some(looked_up) => looked_up.borrow_mut().changes(self.view, account, known_at),
            None => self.view.changes(account, known_at),
        }
    }

    fn count(&self, mark: Mark) -> Result<Option<u64>, HistoryError> {
        self.view.count(mark)
    }

    fn marked(&self, mark: Mark) -> Result<Vec<Seq>, HistoryError> {
        self.view.marked(mark)
    }

    fn tally(&self, tally: TallyNo, day: Day, known_at: Seq) -> Result<Option<i64>, HistoryError> {
        self.view.tally(tally, day, known_at)
    }
}

impl View for Seen<'_> {
    fn books(&self) -> &Books {
        self.view.books()
    }

    fn now(&self) -> Moment {
        self.view.now()
    }

    fn viewer(&self) -> Viewer {
        self.view.viewer()
    }

    fn gathered(&self) -> &Gathered {
        self.gathered
    }

    fn recent(&self, after: Seq, each: &mut dyn FnMut(Seq, &Event)) -> bool {
        self.view.recent(after, each)
    }

    fn known_at(&self, moment: Moment) -> Option<Seq> {
        self.moments.get(&moment).copied()
    }

    fn lacks(&self, lack: Lack) {
        self.lacks.borrow_mut().push(lack);
    }

    fn is_short(&self) -> bool {
        self.looked_up.is_some_and(|looked_up| looked_up.borrow().lacks())
    }
}
