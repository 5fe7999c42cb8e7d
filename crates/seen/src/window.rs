//! The ids of the last events, exactly.

use std::collections::HashMap;

use crate::fingerprint::HashKey;
use crate::id::Id;

/// Ids with the offsets of their leaf indices from the first.
pub(crate) struct Window {
    /// Leaf index that offsets count from.
    pub(crate) first_leaf: u64,
    /// One past the last leaf index.
    pub(crate) end_leaf: u64,
    pub(crate) offsets: HashMap<Id, u32, HashKey>,
}

impl Window {
    pub(crate) fn new(first_leaf: u64, ids: usize, key: HashKey) -> Self {
        let offsets = HashMap::with_capacity_and_hasher(ids, key);
        Self { first_leaf, end_leaf: first_leaf, offsets }
    }

    pub(crate) fn find(&self, id: &Id) -> Option<u64> {
        self.offsets.get(id).map(|offset| self.first_leaf + u64::from(*offset))
    }

    /// Notes an id; false when its leaf index is too far from the first for this window.
    pub(crate) fn insert(&mut self, id: Id, leaf: u64) -> bool {
        if self.offsets.is_empty() {
            (self.first_leaf, self.end_leaf) = (leaf, leaf);
        }
        let Some(offset) = leaf.checked_sub(self.first_leaf).and_then(|offset| u32::try_from(offset).ok()) else {
            return false;
        };
        self.offsets.insert(id, offset);
        self.end_leaf = self.end_leaf.max(leaf + 1);
        true
    }
}
