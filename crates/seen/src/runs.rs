//! The runs, and which of them are asked for an id.

use crate::filter::Filter;
use crate::id::{self, Id};
use crate::keys::TIMED;
use crate::pending::Reader;
use crate::run::{FilterUse, Run, RunFacts};
use crate::{IsIt, SeenError};

/// All runs that answer.
#[derive(Default)]
pub(crate) struct Runs {
    /// Runs of UUIDv7, in the order of their leaves.
    timed: Vec<Run>,
    /// For each of these, the last millisecond in it or in an earlier one: where a search backwards may stop.
    reach: Vec<u64>,
    untimed: Vec<Run>,
    pub(crate) filter_use: FilterUse,
}

impl Runs {
    pub(crate) fn push(&mut self, facts: RunFacts, filters: Vec<Filter>) {
        let run = Run::with_filters(facts, filters, &mut self.filter_use);
        if run.facts.place.kind != TIMED {
            return self.untimed.push(run);
        }
        let last = run.facts.milliseconds.map_or(0, |(_, last)| last);
        self.reach.push(self.reach.last().copied().unwrap_or(0).max(last));
        self.timed.push(run);
    }

    /// Replaces runs by the one merged of them.
    pub(crate) fn replace(&mut self, merged: &[RunFacts], facts: RunFacts, filters: Vec<Filter>) {
        let (gone, rest) = std::mem::take(&mut self.untimed)
            .into_iter()
            .partition(|run| merged.iter().any(|facts| facts.stamp == run.facts.stamp));
        self.untimed = rest;
        Vec::into_iter(gone).for_each(|run| {
            run.forget(&mut self.filter_use);
        });
        self.push(facts, filters);
    }

    pub(crate) fn facts(&self) -> impl Iterator<Item = &RunFacts> {
        self.timed.iter().chain(&self.untimed).map(|run| &run.facts)
    }

    /// First and last millisecond of each run of UUIDv7.
    pub(crate) fn timed_ranges(&self) -> Vec<(u64, u64)> {
        self.timed.iter().filter_map(|run| run.facts.milliseconds).collect()
    }

    pub(crate) fn find(
        &mut self,
        id: &Id,
        fingerprint: u64,
        reader: &Reader<'_>,
        is_it: IsIt<'_>,
    ) -> Result<Option<u64>, SeenError> {
        let Self { timed, reach, untimed, filter_use } = self;
        let milliseconds = id::milliseconds(id);
        let timed_may_hold = milliseconds.is_some_and(|at| reach.last().is_some_and(|last| at <= *last));
        if timed_may_hold {
            for (run, reach) in timed.iter_mut().zip(reach).rev() {
                if milliseconds > Some(*reach) {
                    break;
                }
                if let Some(leaf) = ask(run, milliseconds, fingerprint, filter_use, reader, is_it)? {
                    return Ok(Some(leaf));
                }
            }
        }
        for run in untimed {
            if let Some(leaf) = ask(run, milliseconds, fingerprint, filter_use, reader, is_it)? {
                return Ok(Some(leaf));
            }
        }
        Ok(None)
    }

    pub(crate) fn forget_idle_filters(&mut self) {
        for run in self.timed.iter_mut().chain(&mut self.untimed) {
            run.forget_idle(&mut self.filter_use);
        }
    }
}

fn ask(
    run: &mut Run,
    milliseconds: Option<u64>,
    fingerprint: u64,
    filter_use: &mut FilterUse,
    reader: &Reader<'_>,
    is_it: IsIt<'_>,
) -> Result<Option<u64>, SeenError> {
    if run.facts.may_hold(milliseconds) && run.may_hold(fingerprint, filter_use, reader) {
        for leaf in run.candidates(fingerprint, reader)? {
            if is_it(leaf)? {
                return Ok(Some(leaf));
            }
        }
    }
    Ok(None)
}
