//! The work between what a question wants and its answer: events are read without any lock, and judged under short reads.

use std::cell::RefCell;
use std::collections::HashMap;
use std::mem;

use books::{CommandId, Event, PartyNo, Seq};

use super::looked_up::LookedUp;
use super::parts::{Part, Parts};
use super::{Budget, Seen, Source, look};
use crate::gathered::Gathered;
use crate::problem::Problem;
use crate::sight::Sight;
use crate::view::View;
use crate::wants::{Scan, Take, Walk, Wants, Whereabouts};
use crate::why::Why;

/// Events between two wanted ones that are read along: a step through the log costs less than a new beginning.
const GAP_MAX: u64 = 256;
/// Events that are shown under one read.
const SHOWN_A_PART: usize = 64;
/// More events than this are found by reading the log.
const FOUND_MAX: u64 = 100_000;
/// Marks that are counted, and accounts whose changes are looked up, under one read.
const LOOKED_UP_A_STEP: usize = 16;

/// The work between what a question wants and its answer.
pub(super) struct Gathering {
    pub(super) gathered: Gathered,
    command: Option<CommandId>,
    /// Who asks: the same id of another's command is another command.
    own: Option<PartyNo>,
    scans: Vec<Scan>,
    /// Up to here everything is gathered.
    covered: Seq,
    budget: Budget,
    read: u64,
    /// Has the question said what it wants?
    pub(super) is_begun: bool,
}

impl Gathering {
    pub(super) fn begin(
        source: &dyn Source,
        budget: Budget,
        head: Seq,
        wants: Wants,
        looked_up: &RefCell<LookedUp>,
    ) -> Result<Self, Problem> {
        let is_begun = !wants.is_nothing();
        let Wants { mut events, command, scans, walk } = wants;
        let own = command.map_or(Ok(None), |_| look(source, |view| Sight::of(view).party()))?;
        let mut gathering =
            Self { gathered: Gathered::default(), command, own, scans, covered: head, budget, read: 0, is_begun };
        for scan in &mut gathering.scans {
            if let Take::Fold(kind, begun, _) = &mut scan.take {
                gathering.gathered.put_folded(*kind, mem::replace(begun, Box::new(())));
            }
        }
        if let Some(id) = command {
            let own = gathering.own;
            let found = own.map_or(Ok(None), |own| source.find(id, Some(own)))?;
            let found = found.map_or_else(|| source.find(id, None), |found| Ok(Some(found)))?;
            gathering.gathered.found = found.filter(|seq| *seq <= head);
            events.extend(gathering.gathered.found);
        }
        events.retain(|seq| seq.0 > 0 && *seq <= head);
        events.sort_unstable();
        events.dedup();
        gathering.fetch(source, &events)?;
        for place in 0..gathering.scans.len() {
            gathering.scan(source, place, Seq(1), head)?;
        }
        if let Some(walk) = walk {
            gathering.walk(source, walk, looked_up)?;
        }
        Ok(gathering)
    }

    /// Goes over the books step by step.
    fn walk(&mut self, source: &dyn Source, walk: Walk, looked_up: &RefCell<LookedUp>) -> Result<(), Problem> {
        let Walk { kind, mut state, mut step, is_short } = walk;
        let (gathered, moments) = (&self.gathered, &HashMap::new());
        loop {
            let goes_on = look(source, |view| {
                looked_up.borrow_mut().begin(view);
                let looked_up = Some(looked_up).filter(|_| !is_short);
                step(state.as_mut(), &Seen { view, gathered, moments, lacks: RefCell::default(), looked_up })
            })?;
            let missing = looked_up.borrow_mut().take_missing();
            if missing.is_empty() && !goes_on? {
                break;
            }
            looked_up.borrow_mut().fill(source, &missing)?;
        }
        self.gathered.put_folded(kind, state);
        Ok(())
    }

    /// Gathers what was recorded since.
    pub(super) fn go_on(&mut self, source: &dyn Source, head: Seq) -> Result<(), Problem> {
        let first = Seq(self.covered.0 + 1);
        let mut recent = Vec::new();
        self.read_range(source, first, head, &mut |seq, event| recent.push((seq, event)))?;
        let companions: Vec<_> = self.scans.iter().filter_map(|scan| scan.companion).collect();
        self.companions(source, &companions, &recent)?;
        look(source, |view| self.judge_recent(view, &recent))?;
        recent.into_iter().for_each(|(seq, event)| self.gathered.keep(seq, event));
        self.covered = head;
        self.check()
    }

    /// Takes what was recorded since from memory; false where it is not at hand.
    pub(super) fn catch_up(&mut self, view: &dyn View) -> bool {
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
        let found = |by: Option<PartyNo>| {
            let id = self.command?;
            recent.iter().find(|(_, event)| event.is_of(id, by)).map(|(seq, _)| *seq)
        };
        match (self.own.and_then(|own| found(Some(own))), found(None)) {
            (Some(own), _) => self.gathered.found = Some(own),
            (None, Some(seq)) => self.gathered.found = self.gathered.found.or(Some(seq)),
            (None, None) => {}
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
    pub(super) fn fetch(&mut self, source: &dyn Source, wanted: &[Seq]) -> Result<(), Problem> {
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
        let these = look_up(source, scan.whereabouts.as_ref())?;
        let mut parts = Parts::of(these, first, last, newest_first);
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
            let mut taken = look(source, |view| self.judge(view, place, &within))?;
            if newest_first {
                taken.reverse();
            }
            taken.truncate(at_most - kept);
            kept += taken.len();
            drop(within);
            taken.sort_unstable();
            if self.scans[place].shows {
                let kept = found.iter().filter(|(seq, _)| taken.binary_search(seq).is_ok());
                for part in kept.collect::<Vec<_>>().chunks(SHOWN_A_PART) {
                    let shown = look(source, |view| {
                        let sight = Sight::of(view);
                        let show = |(seq, event): &&(Seq, Event)| Some((*seq, sight.show(*seq, event)?));
                        part.iter().filter_map(show).collect::<Vec<_>>()
                    })?;
                    self.gathered.put_shown(shown);
                }
            }
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
                let seen = Seen {
                    view,
                    gathered: &self.gathered,
                    moments: &moments,
                    lacks: RefCell::default(),
                    looked_up: None,
                };
                let mut takes_any =
                    |seq: Seq, event: &Event| event.parts(view.books()).iter().any(|part| takes(&seen, seq, part));
                let taken = part.iter().filter(|(seq, event)| takes_any(*seq, event));
                taken.map(|(seq, _)| *seq).collect()
            }
            Take::Fold(kind, _, each) => {
                let mut state = self.gathered.take_folded(*kind).expect("begun with the gathering");
                let seen = Seen {
                    view,
                    gathered: &self.gathered,
                    moments: &moments,
                    lacks: RefCell::default(),
                    looked_up: None,
                };
                for (seq, event) in part {
                    each(state.as_mut(), &seen, *seq, event);
                }
                self.gathered.put_folded(*kind, state);
                Vec::new()
            }
        }
    }

    /// Reads what the events of a part name beside them, and what that names.
    pub(super) fn companions(
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

    pub(super) fn read_range(
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
        match () {
            () if self.read > events_read_max => Err(Problem::wrong_use(Why::ReadsTooMuch { most: events_read_max })),
            () if self.gathered.len() as u64 > events_kept_max => {
                Err(Problem::wrong_use(Why::KeepsTooMuch { most: events_kept_max }))
            }
            () => Ok(()),
        }
    }
}

/// Where events lie, in order, each once; none where that is not known, no index is kept, or there are too many.
fn look_up(source: &dyn Source, whereabouts: Option<&Whereabouts>) -> Result<Option<Vec<Seq>>, Problem> {
    let Some(Whereabouts { marks, accounts }) = whereabouts else { return Ok(None) };
    let (mut counted, mut count) = (Vec::new(), 0);
    for some in marks.chunks(LOOKED_UP_A_STEP) {
        let counts = look(source, |view| some.iter().map(|mark| view.count(*mark)).collect::<Result<Vec<_>, _>>())??;
        for (mark, own) in some.iter().zip(counts) {
            let Some(own) = own else { return Ok(None) };
            count += own;
            counted.extend((own > 0).then_some(*mark));
        }
        if count > FOUND_MAX {
            return Ok(None);
        }
    }
    let mut found = Vec::new();
    for mark in counted {
        found.append(&mut look(source, |view| view.marked(mark))??);
    }
    let mut accounts = accounts.clone();
    accounts.sort_unstable();
    accounts.dedup();
    for some in accounts.chunks(LOOKED_UP_A_STEP) {
        let changes = look(source, |view| {
            let head = view.books().head();
            some.iter().map(|account| view.changes(*account, head)).collect::<Result<Vec<_>, _>>()
        })??;
        found.extend(changes.into_iter().flatten().map(|(seq, _)| seq));
        if found.len() as u64 > FOUND_MAX {
            return Ok(None);
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(Some(found))
}
