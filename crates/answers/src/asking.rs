//! A question asked of a ledger at work: what it wants is said under a short read, gathered without any lock, and the
//! answer is given under a short read.
//!
//! The log below a head never changes. So a part of it that was read without the lock is as good as one read under it, and
//! what was recorded meanwhile is a few events that the read side still has in memory.

use std::cell::RefCell;
use std::collections::HashMap;
use std::mem;

use books::{AccountNo, Books, CommandId, Day, Event, Moment, Seq, Sums, TallyNo};

use crate::gathered::Gathered;
use crate::history::{History, HistoryError, Mark};
use crate::problem::Problem;
use crate::question::Question;
use crate::view::{Lack, View, Viewer};
use crate::wants::{Among, Scan, Take, Wants};

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

    /// The event that answers a command; `None` where no such command is recorded.
    ///
    /// # Errors
    /// When the index of ids cannot be read.
    fn find(&self, id: CommandId) -> Result<Option<Seq>, HistoryError>;
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

/// Events of the first part of a scan: whoever wants the last ten reads few.
const PART_MIN: u64 = 64;
/// Events that are judged under one read.
const PART_MAX: u64 = 512;
/// Events between two wanted ones that are read along: a step through the log costs less than a new beginning.
const GAP_MAX: u64 = 256;
/// A question begins anew so many times, where it finds that it lacks something.
const ROUNDS_MAX: usize = 256;

/// Asks. Says up to which event the answer knows.
///
/// # Errors
/// See [`Question::answer`]; `too_dear` beyond the budget.
pub fn ask<Q: Question>(question: &Q, source: &dyn Source, budget: Budget) -> Result<(Seq, Q::Answer), Problem> {
    let mut moments = HashMap::new();
    let mut gathering: Option<Gathering> = None;
    for _ in 0..ROUNDS_MAX {
        match read(source, |view| step(question, view, &moments, &mut gathering)) {
            Step::Answered(head, answer) => return answer.map(|answer| (head, answer)),
            Step::Wants(head, wants) => gathering = Some(Gathering::begin(source, budget, head, wants)?),
            Step::Behind(head) => {
                if let Some(gathering) = &mut gathering {
                    gathering.go_on(source, head)?;
                }
            }
            Step::Lacks(head, lacks) => {
                for lack in lacks {
                    match lack {
                        Lack::Moment(moment) => {
                            moments.insert(moment, source.known_at(moment, head)?);
                        }
                        Lack::Event(seq) => match &mut gathering {
                            Some(gathering) => gathering.fetch(source, &[seq])?,
                            None => gathering = Some(Gathering::begin(source, budget, head, Wants::events([seq]))?),
                        },
                        Lack::Scan => gathering = None,
                    }
                }
            }
        }
    }
    Err(Problem::cannot_answer("behind", "the ledger goes on faster than this question can be answered")
        .hint("ask again"))
}

/// Calls `each` with every event of a range, and `part` after every few hundred of them; both say whether to go on. The log
/// is read without any lock, and `each` is called under short reads. Of `beside` see [`Scan::beside`].
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
        let end = last.min(Seq(next.0 + PART_MAX - 1));
        let mut gathering = Gathering::begin(source, Budget::NONE, last, Wants::nothing())?;
        let mut found = Vec::new();
        gathering.read_range(source, next, end, &mut |seq, event| found.push((seq, event)))?;
        gathering.companions(source, beside.as_slice(), &found)?;
        let goes_on = read(source, |view| {
            let (gathered, moments) = (&gathering.gathered, &HashMap::new());
            let seen = Seen { view, gathered, moments, lacks: RefCell::default() };
            found.iter().all(|(seq, event)| each(&seen, *seq, event))
        });
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
}

fn step<Q: Question>(
    question: &Q,
    view: &dyn View,
    moments: &HashMap<Moment, Seq>,
    gathering: &mut Option<Gathering>,
) -> Step<Q::Answer> {
    let head = view.books().head();
    let is_begun = gathering.as_ref().is_some_and(|gathering| gathering.is_begun);
    if let Some(gathering) = gathering.as_mut().filter(|_| is_begun)
        && !gathering.catch_up(view)
    {
        return Step::Behind(head);
    }
    let gathered = gathering.as_ref().map_or(Gathered::nothing(), |gathering| &gathering.gathered);
    let seen = Seen { view, gathered, moments, lacks: RefCell::default() };
    if !is_begun {
        let wants = question.wants(&seen);
        let lacks = seen.lacks.take();
        match wants {
            _ if !lacks.is_empty() => return Step::Lacks(head, lacks),
            Err(problem) => return Step::Answered(head, Err(problem)),
            Ok(wants) if !wants.is_nothing() => {
                return match wants.sharpened(&seen) {
                    Ok(wants) => Step::Wants(head, wants),
                    Err(error) => Step::Answered(head, Err(error.into())),
                };
            }
            Ok(_) => {}
        }
    }
    let answer = question.answer(&seen);
    let lacks = seen.lacks.take();
    if lacks.is_empty() { Step::Answered(head, answer) } else { Step::Lacks(head, lacks) }
}

/// A view with what was gathered.
struct Seen<'v> {
    view: &'v dyn View,
    gathered: &'v Gathered,
    moments: &'v HashMap<Moment, Seq>,
    lacks: RefCell<Vec<Lack>>,
}

impl History for Seen<'_> {
    fn at(&self, account: AccountNo, day: Day, known_at: Seq) -> Result<Sums, HistoryError> {
        self.view.at(account, day, known_at)
    }

    fn changes(&self, account: AccountNo, known_at: Seq) -> Result<Vec<(Seq, Day)>, HistoryError> {
        self.view.changes(account, known_at)
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

    fn known_at(&self, moment: Moment) -> Option<Seq> {
        self.moments.get(&moment).copied()
    }

    fn lacks(&self, lack: Lack) {
        self.lacks.borrow_mut().push(lack);
    }
}

/// The work between what a question wants and its answer.
struct Gathering {
    gathered: Gathered,
    command: Option<CommandId>,
    scans: Vec<Scan>,
    /// Up to here everything is gathered.
    covered: Seq,
    budget: Budget,
    read: u64,
    /// Has the question said what it wants?
    is_begun: bool,
}

impl Gathering {
    fn begin(source: &dyn Source, budget: Budget, head: Seq, wants: Wants) -> Result<Self, Problem> {
        let Wants { mut events, command, scans } = wants;
        let is_begun = command.is_some() || !scans.is_empty() || !events.is_empty();
        let mut gathering =
            Self { gathered: Gathered::default(), command, scans, covered: head, budget, read: 0, is_begun };
        for scan in &mut gathering.scans {
            if let Take::Fold(kind, begun, _) = &mut scan.take {
                gathering.gathered.put_folded(*kind, mem::replace(begun, Box::new(())));
            }
        }
        if let Some(id) = command {
            gathering.gathered.found = source.find(id)?.filter(|seq| *seq <= head);
            events.extend(gathering.gathered.found);
        }
        events.retain(|seq| seq.0 > 0 && *seq <= head);
        events.sort_unstable();
        events.dedup();
        gathering.fetch(source, &events)?;
        for place in 0..gathering.scans.len() {
            gathering.scan(source, place, Seq(1), head)?;
        }
        Ok(gathering)
    }

    /// Gathers what was recorded since.
    fn go_on(&mut self, source: &dyn Source, head: Seq) -> Result<(), Problem> {
        let first = Seq(self.covered.0 + 1);
        let mut recent = Vec::new();
        self.read_range(source, first, head, &mut |seq, event| recent.push((seq, event)))?;
        let companions: Vec<_> = self.scans.iter().filter_map(|scan| scan.companion).collect();
        self.companions(source, &companions, &recent)?;
        read(source, |view| self.judge_recent(view, &recent));
        recent.into_iter().for_each(|(seq, event)| self.gathered.keep(seq, event));
        self.covered = head;
        self.check()
    }

    /// Takes what was recorded since from memory; false where it is not at hand.
    fn catch_up(&mut self, view: &dyn View) -> bool {
        let mut recent = Vec::new();
        if !view.recent(self.covered, &mut |seq, event| recent.push((seq, event.clone()))) {
            return false;
        }
        let lacks_one = |event: &Event| {
            let companions = self.scans.iter().filter_map(|scan| scan.companion?(event));
            let is_here = |seq: Seq| seq > self.covered || self.gathered.event(seq).is_some();
            companions.into_iter().any(|seq| !is_here(seq))
        };
        if recent.iter().any(|(_, event)| lacks_one(event)) {
            return false;
        }
        for (seq, event) in &recent {
            self.gathered.keep(*seq, event.clone());
        }
        self.judge_recent(view, &recent);
        self.covered = view.books().head();
        true
    }

    fn judge_recent(&mut self, view: &dyn View, recent: &[(Seq, Event)]) {
        if let Some((seq, _)) = recent.iter().find(|(_, event)| Some(event.id) == self.command) {
            self.gathered.found.get_or_insert(*seq);
        }
        for place in 0..self.scans.len() {
            let scan = &self.scans[place];
            let (first, last) = (scan.first, scan.last.unwrap_or(Seq(u64::MAX)));
            let within = recent.iter().filter(|(seq, _)| (first..=last).contains(seq));
            let within: Vec<&(Seq, Event)> = within.filter(|(_, event)| scan.among.looks_at(event)).collect();
            for seq in self.judge(view, place, &within) {
                self.gathered.take(seq);
            }
        }
    }

    /// Gathers some events, which are in order.
    fn fetch(&mut self, source: &dyn Source, wanted: &[Seq]) -> Result<(), Problem> {
        for (seq, event) in self.read_these(source, wanted)? {
            self.gathered.keep(seq, event);
        }
        self.check()
    }

    fn read_these(&mut self, source: &dyn Source, wanted: &[Seq]) -> Result<Vec<(Seq, Event)>, Problem> {
        let (mut left, mut found) = (wanted, Vec::new());
        while let Some(first) = left.first().copied() {
            let before = left.len();
            let mut count = 0;
            source.events(first, &mut |seq, event| {
                count += 1;
                if left.first() == Some(&seq) {
                    left = &left[1..];
                    found.push((seq, event));
                }
                left.first().is_some_and(|next| next.0 - seq.0 <= GAP_MAX)
            })?;
            self.read += count;
            self.check()?;
            if left.len() == before {
                break;
            }
        }
        Ok(found)
    }

    /// Looks through a range, in parts.
    fn scan(&mut self, source: &dyn Source, place: usize, first: Seq, head: Seq) -> Result<(), Problem> {
        let scan = &self.scans[place];
        let first = scan.first.max(first);
        let last = scan.last.map_or(head, |last| last.min(head));
        let (newest_first, at_most) = (scan.newest_first, scan.at_most.unwrap_or(usize::MAX));
        let mut parts = Parts::of(&scan.among, first, last, newest_first);
        let mut kept = 0;
        while kept < at_most
            && let Some(part) = parts.next()
        {
            let mut found = Vec::new();
            match part {
                Part::Range(first, last) => {
                    self.read_range(source, first, last, &mut |seq, event| found.push((seq, event)))?;
                    let among = &self.scans[place].among;
                    found.retain(|(_, event)| among.looks_at(event));
                }
                Part::These(seqs) => found = self.read_these(source, &seqs)?,
            }
            let companion = self.scans[place].companion;
            self.companions(source, companion.as_slice(), &found)?;
            let within: Vec<&(Seq, Event)> = found.iter().collect();
            let mut taken = read(source, |view| self.judge(view, place, &within));
            if newest_first {
                taken.reverse();
            }
            taken.truncate(at_most - kept);
            kept += taken.len();
            drop(within);
            taken.sort_unstable();
            for (seq, event) in found.into_iter().filter(|(seq, _)| taken.binary_search(seq).is_ok()) {
                self.gathered.take(seq);
                self.gathered.keep(seq, event);
            }
            self.check()?;
        }
        Ok(())
    }

    /// The events of a part that a scan takes; what it adds up is added up.
    fn judge(&mut self, view: &dyn View, place: usize, part: &[&(Seq, Event)]) -> Vec<Seq> {
        let moments = HashMap::new();
        let take = &mut self.scans[place].take;
        match take {
            Take::Keep(takes) => {
                let seen = Seen { view, gathered: &self.gathered, moments: &moments, lacks: RefCell::default() };
                let taken = part.iter().filter(|(seq, event)| takes(&seen, *seq, event));
                taken.map(|(seq, _)| *seq).collect()
            }
            Take::Fold(kind, _, each) => {
                let mut state = self.gathered.take_folded(*kind).expect("begun with the gathering");
                let seen = Seen { view, gathered: &self.gathered, moments: &moments, lacks: RefCell::default() };
                for (seq, event) in part {
                    each(state.as_mut(), &seen, *seq, event);
                }
                self.gathered.put_folded(*kind, state);
                Vec::new()
            }
        }
    }

    /// Reads what the events of a part name beside them, and what that names.
    fn companions(
        &mut self,
        source: &dyn Source,
        companions: &[fn(&Event) -> Option<Seq>],
        part: &[(Seq, Event)],
    ) -> Result<(), Problem> {
        for companion in companions {
            let mut next: Vec<Seq> = part.iter().filter_map(|(_, event)| companion(event)).collect();
            while !next.is_empty() {
                next.retain(|seq| self.gathered.event(*seq).is_none());
                next.sort_unstable();
                next.dedup();
                self.fetch(source, &next)?;
                let found = next.iter().filter_map(|seq| companion(self.gathered.event(*seq)?));
                next = found.collect();
            }
        }
        Ok(())
    }

    fn read_range(
        &mut self,
        source: &dyn Source,
        first: Seq,
        last: Seq,
        each: &mut dyn FnMut(Seq, Event),
    ) -> Result<(), Problem> {
        if first > last {
            return Ok(());
        }
        source.events(first, &mut |seq, event| {
            if seq <= last {
                each(seq, event);
            }
            seq < last
        })?;
        self.read += last.0 - first.0 + 1;
        self.check()
    }

    fn check(&self) -> Result<(), Problem> {
        let Budget { events_read_max, events_kept_max } = self.budget;
        let problem = match () {
            () if self.read > events_read_max => format!("this question reads more than {events_read_max} events"),
            () if self.gathered.len() as u64 > events_kept_max => {
                format!("this question needs more than {events_kept_max} events at once")
            }
            () => return Ok(()),
        };
        Err(Problem::wrong_use("too_dear", problem)
            .hint("ask for less: fewer days, one lot, one site; or ask a copy of the ledger that nobody waits for"))
    }
}

enum Part {
    Range(Seq, Seq),
    These(Vec<Seq>),
}

/// The parts of a scan, in its order.
enum Parts {
    Range { first: u64, last: u64, size: u64, newest_first: bool },
    These { left: Vec<Seq>, size: usize, newest_first: bool },
}

impl Parts {
    fn of(among: &Among, first: Seq, last: Seq, newest_first: bool) -> Self {
        match among {
            Among::All | Among::Acts(_) => {
                Self::Range { first: first.0.max(1), last: last.0, size: PART_MIN, newest_first }
            }
            Among::These(seqs) => {
                let left = seqs.iter().copied().filter(|seq| (first..=last).contains(seq)).collect();
                Self::These { left, size: PART_MIN as usize, newest_first }
            }
        }
    }

    fn next(&mut self) -> Option<Part> {
        match self {
            Self::Range { first, last, size, newest_first } => {
                if *first > *last {
                    return None;
                }
                let part = (*size).min(*last - *first + 1);
                *size = (*size * 2).min(PART_MAX);
                let (from, until) = if *newest_first {
                    *last -= part;
                    (*last + 1, *last + part)
                } else {
                    *first += part;
                    (*first - part, *first - 1)
                };
                Some(Part::Range(Seq(from), Seq(until)))
            }
            Self::These { left, size, newest_first } => {
                if left.is_empty() {
                    return None;
                }
                let part = (*size).min(left.len());
                *size = (*size * 2).min(PART_MAX as usize);
                let part = match newest_first {
                    true => left.split_off(left.len() - part),
                    false => left.drain(..part).collect(),
                };
                Some(Part::These(part))
            }
        }
    }
}
