//! Pairs on their way: made, perhaps taken, and not yet seen to be kept. They are read before what is kept.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use crate::value;
use crate::{Kept, Pair, SeenError};

/// The pairs on their way, in order.
#[derive(Default)]
pub(crate) struct Pending {
    values: FxHashMap<Vec<u8>, Vec<u8>>,
    untaken: VecDeque<Vec<u8>>,
    untaken_bytes: usize,
    /// What was taken in one go is kept in one go, and what was taken earlier is kept earlier.
    taken: VecDeque<Vec<Vec<u8>>>,
    taken_count: u64,
    kept_count: u64,
}

impl Pending {
    pub(crate) fn push(&mut self, pairs: Vec<Pair>) {
        for (key, value) in pairs {
            self.untaken_bytes += key.len() + value.len();
            self.untaken.push_back(key.clone());
            self.values.insert(key, value);
        }
    }

    /// Bytes that wait to be taken.
    pub(crate) fn untaken_bytes(&self) -> usize {
        self.untaken_bytes
    }

    /// Pairs pushed so far; once [`Self::kept_count`] has reached it, they are all kept.
    pub(crate) fn pushed_count(&self) -> u64 {
        self.taken_count + self.untaken.len() as u64
    }

    /// Pairs known to be kept.
    pub(crate) fn kept_count(&self) -> u64 {
        self.kept_count
    }

    pub(crate) fn take(&mut self, bytes_max: usize) -> Vec<Pair> {
        let (mut pairs, mut keys, mut bytes) = (Vec::new(), Vec::new(), 0);
        while bytes < bytes_max
            && let Some(key) = self.untaken.pop_front()
        {
            let value = self.values.get(&key).expect("a pair stays until it is kept").clone();
            bytes += key.len() + value.len();
            keys.push(key.clone());
            pairs.push((key, value));
        }
        self.untaken_bytes -= bytes;
        self.taken_count += keys.len() as u64;
        if !keys.is_empty() {
            self.taken.push_back(keys);
        }
        pairs
    }

    /// Forgets what is kept by now.
    pub(crate) fn confirm(&mut self, kept: &dyn Kept) -> Result<(), SeenError> {
        while let Some(keys) = self.taken.front() {
            let last = keys.last().expect("nothing taken is not noted");
            // Equal values are of this very run: each carries its stamp. No place is given away while a pair of its
            // earlier run is on its way, so the value cannot have been replaced.
            if kept.get(last)?.as_ref() != self.values.get(last) {
                break;
            }
            self.kept_count += keys.len() as u64;
            for key in self.taken.pop_front().into_iter().flatten() {
                self.values.remove(&key);
            }
        }
        Ok(())
    }
}

/// Reads what is on its way, then what is kept.
pub(crate) struct Reader<'r> {
    pub(crate) pending: &'r Pending,
    pub(crate) kept: &'r dyn Kept,
}

impl Reader<'_> {
    pub(crate) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, SeenError> {
        match self.pending.values.get(key) {
            Some(value) => Ok(Some(value.clone())),
            None => self.kept.get(key),
        }
    }

    /// The content of a value, checked.
    pub(crate) fn content(&self, key: &[u8], stamp: u64) -> Result<Vec<u8>, SeenError> {
        let value = self.get(key)?;
        value::unseal(key, stamp, value.as_deref()).map(<[u8]>::to_vec)
    }
}
