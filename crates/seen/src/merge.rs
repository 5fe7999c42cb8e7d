//! Runs of random ids become one. The deciding thread reads their buckets ([`Feed`]), the other merges them ([`Merge`]).

use std::collections::VecDeque;

use crate::bucket::{self, Entry};
use crate::keys::{Place, UNTIMED};
use crate::limits::Limits;
use crate::pending::Reader;
use crate::run::RunFacts;
use crate::writer::{Plan, RunWriter};
use crate::{Pair, SeenError};

/// Runs to be merged next, the oldest of the lowest level that has enough.
pub(crate) fn choose<'r>(runs: impl Iterator<Item = &'r RunFacts>, limits: &Limits) -> Option<Vec<RunFacts>> {
    let mut levels: Vec<Vec<&RunFacts>> = Vec::new();
    for run in runs.filter(|run| run.place.kind >= UNTIMED) {
        let level = usize::from(run.place.kind - UNTIMED);
        if levels.len() <= level {
            levels.resize(level + 1, Vec::new());
        }
        levels[level].push(run);
    }
    for runs in &mut levels {
        runs.sort_by_key(|run| run.first_leaf);
        runs.truncate(limits.merge_runs);
    }
    let fits = |runs: &&Vec<&RunFacts>| {
        let ids: u64 = runs.iter().map(|run| run.id_count).sum();
        let end = runs.iter().map(|run| run.end_leaf).max().unwrap_or(0);
        let span = end - runs.first().map_or(0, |run| run.first_leaf);
        // Kinds are numbered in one byte; so high a level is never reached.
        let has_level = runs.iter().all(|run| run.place.kind < u8::MAX);
        runs.len() == limits.merge_runs && ids <= limits.run_ids_max && span < 1 << 32 && has_level
    };
    levels.iter().find(fits).map(|runs| runs.iter().map(|run| (*run).clone()).collect())
}

/// What a merged run will be.
pub(crate) fn plan(inputs: &[RunFacts], place: Place) -> Plan {
    let times = inputs.iter().filter_map(|run| run.milliseconds);
    Plan {
        place,
        first_leaf: inputs.iter().map(|run| run.first_leaf).min().unwrap_or(0),
        end_leaf: inputs.iter().map(|run| run.end_leaf).max().unwrap_or(0),
        id_count: inputs.iter().map(|run| run.id_count).sum(),
        milliseconds: times.reduce(|(first, last), (from, to)| (first.min(from), last.max(to))),
        has_others: inputs.iter().any(|run| run.has_others),
    }
}

/// The next bucket of one of the runs.
pub(crate) struct Fed {
    pub(crate) input: usize,
    pub(crate) entries: Result<Vec<Entry>, SeenError>,
}

/// Reads the runs, bucket by bucket, always the one that lags.
pub(crate) struct Feed {
    pub(crate) inputs: Vec<RunFacts>,
    next: Vec<u32>,
}

impl Feed {
    pub(crate) fn new(inputs: Vec<RunFacts>) -> Self {
        let next = vec![0; inputs.len()];
        Self { inputs, next }
    }

    /// The next bucket; `None` at the end.
    pub(crate) fn read(&mut self, reader: &Reader<'_>) -> Option<Fed> {
        let unread = (0..self.inputs.len()).filter(|input| self.next[*input] < self.inputs[*input].bucket_count);
        let input = unread.min_by_key(|input| bucket::start(self.next[*input], self.inputs[*input].bucket_count))?;
        let bucket = self.next[input];
        self.next[input] += 1;
        let mut entries = Vec::new();
        let read = self.inputs[input].read_bucket(bucket, reader, |entry| entries.push(entry));
        Some(Fed { input, entries: read.map(|()| entries) })
    }
}

/// Merges what is fed.
pub(crate) struct Merge {
    inputs: Vec<Input>,
    writer: RunWriter,
}

struct Input {
    bucket_count: u32,
    fed: u32,
    entries: VecDeque<Entry>,
}

impl Merge {
    pub(crate) fn new(inputs: &[RunFacts], place: Place, limits: &Limits) -> Self {
        let writer = RunWriter::new(plan(inputs, place), limits);
        let input = |run: &RunFacts| Input { bucket_count: run.bucket_count, fed: 0, entries: VecDeque::new() };
        Self { inputs: inputs.iter().map(input).collect(), writer }
    }

    /// Takes a bucket; returns the pairs that are ready.
    pub(crate) fn take(&mut self, input: usize, entries: Vec<Entry>) -> Vec<Pair> {
        self.inputs[input].entries.extend(entries);
        self.inputs[input].fed += 1;
        let starts = self.inputs.iter().map(|input| bucket::start(input.fed, input.bucket_count));
        let limit = starts.min().unwrap_or(0);
        loop {
            let first = |input: &mut Input| input.entries.front().copied().filter(|entry| entry.fingerprint < limit);
            let firsts = self.inputs.iter_mut().enumerate().filter_map(|(number, input)| Some((first(input)?, number)));
            let Some((entry, number)) = firsts.min() else { break };
            self.writer.push(entry);
            self.inputs[number].entries.pop_front();
        }
        self.writer.take_pairs()
    }

    pub(crate) fn is_whole(&self) -> bool {
        self.inputs.iter().all(|input| input.fed == input.bucket_count)
    }

    pub(crate) fn into_writer(self) -> RunWriter {
        self.writer
    }
}
