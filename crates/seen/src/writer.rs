//! Writes a run: sorted entries become buckets and filters.

use crate::Pair;
use crate::bucket::{self, Entry};
use crate::filter::Filter;
use crate::fingerprint;
use crate::keys::{self, Place};
use crate::limits::Limits;
use crate::run::RunFacts;
use crate::value;

/// A run being written.
pub(crate) struct RunWriter {
    facts: RunFacts,
    bucket: u32,
    entries: Vec<Entry>,
    filter: u32,
    fingerprints: Vec<u64>,
    filters: Vec<Filter>,
    pairs: Vec<Pair>,
}

/// What is known of a run before it is written.
pub(crate) struct Plan {
    pub(crate) place: Place,
    pub(crate) first_leaf: u64,
    pub(crate) end_leaf: u64,
    pub(crate) id_count: u64,
    pub(crate) milliseconds: Option<(u64, u64)>,
    pub(crate) has_others: bool,
}

impl RunWriter {
    pub(crate) fn new(plan: Plan, limits: &Limits) -> Self {
        let Plan { place, first_leaf, end_leaf, id_count, milliseconds, has_others } = plan;
        let pieces = |ids: u64| u32::try_from(id_count.div_ceil(ids).max(1)).expect("a run has fewer than 2^32 ids");
        let facts = RunFacts {
            place,
            stamp: fingerprint::draw(),
            first_leaf,
            end_leaf,
            id_count,
            bucket_count: pieces(limits.bucket_ids),
            filter_count: pieces(limits.filter_ids),
            milliseconds,
            has_others,
        };
        Self {
            facts,
            bucket: 0,
            entries: Vec::new(),
            filter: 0,
            fingerprints: Vec::new(),
            filters: Vec::new(),
            pairs: Vec::new(),
        }
    }

    /// Adds an entry. They come sorted.
    pub(crate) fn push(&mut self, entry: Entry) {
        while bucket::index(entry.fingerprint, self.facts.bucket_count) > self.bucket {
            self.end_bucket();
        }
        while bucket::index(entry.fingerprint, self.facts.filter_count) > self.filter {
            self.end_filter();
        }
        self.entries.push(entry);
        if self.fingerprints.last() != Some(&entry.fingerprint) {
            self.fingerprints.push(entry.fingerprint);
        }
    }

    /// The pairs made so far.
    pub(crate) fn take_pairs(&mut self) -> Vec<Pair> {
        std::mem::take(&mut self.pairs)
    }

    /// Ends the run: its facts, its filters, the last pairs.
    pub(crate) fn finish(mut self) -> (RunFacts, Vec<Filter>, Vec<Pair>) {
        while self.bucket < self.facts.bucket_count {
            self.end_bucket();
        }
        while self.filter < self.facts.filter_count {
            self.end_filter();
        }
        (self.facts, self.filters, self.pairs)
    }

    fn end_bucket(&mut self) {
        let RunFacts { place, stamp, first_leaf, .. } = self.facts;
        for (part, content) in (0..).zip(bucket::encode(&self.entries, first_leaf)) {
            let key = keys::bucket(place, self.bucket, part);
            let value = value::seal(&key, stamp, &content);
            self.pairs.push((key, value));
        }
        self.entries.clear();
        self.bucket += 1;
    }

    fn end_filter(&mut self) {
        let mut filter = Filter::new(&self.fingerprints);
        filter.pairs(self.facts.place, self.facts.stamp, self.filter, &mut self.pairs);
        self.filters.push(filter);
        self.fingerprints.clear();
        self.filter += 1;
    }
}
