//! A run: sealed ids, in buckets by fingerprint, with filters before them.

use crate::SeenError;
use crate::bucket::{self, Entry};
use crate::filter::Filter;
use crate::keys::{self, Place};
use crate::limits::{FILTER_BYTES_MAX, FILTER_IDLE_FINDS_MAX};
use crate::pending::Reader;
use crate::value;

/// What the manifest says of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RunFacts {
    pub(crate) place: Place,
    /// A random number in each of its values.
    pub(crate) stamp: u64,
    /// The range of leaf indices.
    pub(crate) first_leaf: u64,
    /// One past the last leaf index.
    pub(crate) end_leaf: u64,
    pub(crate) id_count: u64,
    pub(crate) bucket_count: u32,
    pub(crate) filter_count: u32,
    /// First and last millisecond of its UUIDv7.
    pub(crate) milliseconds: Option<(u64, u64)>,
    /// Does it hold ids that are not UUIDv7?
    pub(crate) has_others: bool,
}

impl RunFacts {
    /// May it hold an id of this time, or one without a time?
    pub(crate) fn may_hold(&self, milliseconds: Option<u64>) -> bool {
        match (milliseconds, self.milliseconds) {
            (None, _) => self.has_others,
            (Some(at), Some((first, last))) => first <= at && at <= last,
            (Some(_), None) => false,
        }
    }

    /// Calls `each` with the entries of a bucket.
    pub(crate) fn read_bucket(
        &self,
        bucket: u32,
        reader: &Reader<'_>,
        mut each: impl FnMut(Entry),
    ) -> Result<(), SeenError> {
        for part in 0.. {
            let key = keys::bucket(self.place, bucket, part);
            let value = reader.get(&key)?;
            let content = value::unseal(&key, self.stamp, value.as_deref())?;
            if !bucket::decode(content, self.first_leaf, &mut each)? {
                break;
            }
        }
        Ok(())
    }
}

/// A run, with those of its filters that are in memory.
pub(crate) struct Run {
    pub(crate) facts: RunFacts,
    filters: Vec<Option<Loaded>>,
}

struct Loaded {
    filter: Filter,
    used_at: u64,
}

/// Memory that filters take, and the time that passes while they are used.
#[derive(Default)]
pub(crate) struct FilterUse {
    pub(crate) bytes: usize,
    pub(crate) finds: u64,
}

impl Run {
    pub(crate) fn new(facts: RunFacts) -> Self {
        let filters = (0..facts.filter_count).map(|_| None).collect();
        Self { facts, filters }
    }

    /// A run just made, with the filters at hand.
    pub(crate) fn with_filters(facts: RunFacts, filters: Vec<Filter>, filter_use: &mut FilterUse) -> Self {
        let mut run = Self::new(facts);
        for (slot, filter) in run.filters.iter_mut().zip(filters) {
            if filter_use.bytes < FILTER_BYTES_MAX {
                filter_use.bytes += filter.bytes();
                *slot = Some(Loaded { filter, used_at: filter_use.finds });
            }
        }
        run
    }

    /// May it hold a fingerprint? Loads the filter that says so.
    pub(crate) fn may_hold(&mut self, fingerprint: u64, filter_use: &mut FilterUse, reader: &Reader<'_>) -> bool {
        let number = bucket::index(fingerprint, self.facts.filter_count);
        let slot = &mut self.filters[number as usize];
        if slot.is_none() && filter_use.bytes < FILTER_BYTES_MAX {
            let filter = Filter::load(self.facts.place, self.facts.stamp, number, reader);
            filter_use.bytes += filter.bytes();
            *slot = Some(Loaded { filter, used_at: filter_use.finds });
        }
        slot.as_mut().is_none_or(|loaded| {
            loaded.used_at = filter_use.finds;
            loaded.filter.may_hold(fingerprint)
        })
    }

    /// The leaf indices of ids with a fingerprint.
    pub(crate) fn candidates(&self, fingerprint: u64, reader: &Reader<'_>) -> Result<Vec<u64>, SeenError> {
        let mut leaves = Vec::new();
        let bucket = bucket::index(fingerprint, self.facts.bucket_count);
        self.facts.read_bucket(bucket, reader, |entry| {
            if entry.fingerprint == fingerprint {
                leaves.push(entry.leaf);
            }
        })?;
        Ok(leaves)
    }

    /// Drops filters that were not asked for long.
    pub(crate) fn forget_idle(&mut self, filter_use: &mut FilterUse) {
        for slot in &mut self.filters {
            let is_idle = |loaded: &mut Loaded| filter_use.finds - loaded.used_at > FILTER_IDLE_FINDS_MAX;
            if let Some(loaded) = slot.take_if(is_idle) {
                filter_use.bytes -= loaded.filter.bytes();
            }
        }
    }

    /// Drops all filters.
    pub(crate) fn forget(self, filter_use: &mut FilterUse) -> RunFacts {
        filter_use.bytes -= self.filters.iter().flatten().map(|loaded| loaded.filter.bytes()).sum::<usize>();
        self.facts
    }
}
