//! A full window becomes runs: one of UUIDv7 that lie close in time, one of all other ids.

use crate::Pair;
use crate::bucket::Entry;
use crate::filter::Filter;
use crate::fingerprint::{HashKey, fingerprint};
use crate::id;
use crate::keys::Place;
use crate::limits::{Limits, TIMED_OVERLAP_MAX};
use crate::run::RunFacts;
use crate::window::Window;
use crate::writer::{Plan, RunWriter};

/// Where the runs of a window go.
#[derive(Clone, Copy)]
pub(crate) struct Places {
    pub(crate) timed: Place,
    pub(crate) untimed: Place,
}

/// A run with its filters.
pub(crate) type MadeRun = (RunFacts, Vec<Filter>);

/// Runs made, and the pairs that keep them.
pub(crate) struct Made {
    pub(crate) runs: Vec<MadeRun>,
    pub(crate) pairs: Vec<Pair>,
}

/// Seals a window. `timed` are the times of the runs of UUIDv7 there are.
pub(crate) fn seal(window: &Window, places: Places, timed: &[(u64, u64)], key: HashKey, limits: &Limits) -> Made {
    let range = close_in_time(window, timed);
    let mut classes = [Class::new(places.timed), Class::new(places.untimed)];
    for (offset, id) in (0..).zip(window.ids()) {
        let milliseconds = id::milliseconds(id);
        let is_timed = milliseconds.zip(range).is_some_and(|(at, (first, last))| first <= at && at <= last);
        classes[usize::from(!is_timed)].push(
            fingerprint(key.hash(id), limits.fingerprint_bits_cut),
            offset,
            milliseconds,
        );
    }
    let mut made = Made { runs: Vec::new(), pairs: Vec::new() };
    for class in classes.into_iter().filter(|class| !class.entries.is_empty()) {
        let (facts, filters, pairs) = class.write(window, limits);
        made.runs.push((facts, filters));
        made.pairs.extend(pairs);
    }
    made
}

/// The span of time that nearly all UUIDv7 of a window lie in; `None` where there are few, or where it overlaps those of
/// many runs.
fn close_in_time(window: &Window, timed: &[(u64, u64)]) -> Option<(u64, u64)> {
    let mut times: Vec<u64> = window.ids().iter().filter_map(id::milliseconds).collect();
    if times.is_empty() || times.len() < window.ids().len() / 64 {
        return None;
    }
    // A few clocks that are far off must not stretch the span.
    let outliers = times.len() / 256;
    let last = times.len() - 1 - outliers;
    let (_, first, _) = times.select_nth_unstable(outliers);
    let first = *first;
    let (_, last, _) = times.select_nth_unstable(last);
    let last = *last;
    let margin = last - first;
    let range = (first.saturating_sub(margin), last.saturating_add(margin));
    let overlaps = timed.iter().filter(|(from, to)| *from <= last && first <= *to).count();
    (overlaps <= TIMED_OVERLAP_MAX).then_some(range)
}

struct Class {
    place: Place,
    entries: Vec<(u64, u32)>,
    milliseconds: Option<(u64, u64)>,
    has_others: bool,
}

impl Class {
    fn new(place: Place) -> Self {
        Self { place, entries: Vec::new(), milliseconds: None, has_others: false }
    }

    fn push(&mut self, fingerprint: u64, offset: u32, milliseconds: Option<u64>) {
        self.entries.push((fingerprint, offset));
        match (milliseconds, &mut self.milliseconds) {
            (None, _) => self.has_others = true,
            (Some(at), Some((first, last))) => (*first, *last) = (at.min(*first), at.max(*last)),
            (Some(at), none) => *none = Some((at, at)),
        }
    }

    fn write(mut self, window: &Window, limits: &Limits) -> (RunFacts, Vec<Filter>, Vec<Pair>) {
        self.entries.sort_unstable();
        let Self { place, entries, milliseconds, has_others } = self;
        let plan = Plan {
            place,
            first_leaf: window.first_leaf(),
            end_leaf: window.end_leaf(),
            id_count: entries.len() as u64,
            milliseconds,
            has_others,
        };
        let mut writer = RunWriter::new(plan, limits);
        for (fingerprint, offset) in entries {
            writer.push(Entry { fingerprint, leaf: window.first_leaf() + u64::from(offset) });
        }
        writer.finish()
    }
}
