//! Which commands the ledger has seen, over its whole history.

use rustc_hash::FxHashMap;

/// Where sealed runs are kept: pairs that are written together with the log.
pub trait Kept {
    /// The value of a key.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, SeenError>;
    /// Up to `count` pairs with `from <= key < to`, in order.
    fn range(&self, from: &[u8], to: &[u8], count: usize) -> Result<Vec<(Vec<u8>, Vec<u8>)>, SeenError>;
}

/// The index of ids cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("read the index of command ids: {0}")]
pub struct SeenError(pub String);

/// The ids of all commands, with the leaf index of the event that answers each.
#[derive(Default)]
pub struct Seen {
    recent: FxHashMap<[u8; 16], u64>,
}

impl Seen {
    /// Opens the index: what is kept, and the leaf index from which ids must be inserted again from the log.
    pub fn open(_: &dyn Kept) -> Result<(Self, u64), SeenError> {
        Ok((Self::default(), 0))
    }

    /// The leaf index of the event that answers an id. `is_it` tells whether the event at a leaf index has this id.
    pub fn find(
        &mut self,
        _: &dyn Kept,
        id: [u8; 16],
        _: &mut dyn FnMut(u64) -> Result<bool, SeenError>,
    ) -> Result<Option<u64>, SeenError> {
        Ok(self.recent.get(&id).copied())
    }

    /// Notes an id. Leaf indices come in order, without gaps.
    pub fn insert(&mut self, id: [u8; 16], leaf_index: u64) {
        self.recent.insert(id, leaf_index);
    }

    /// Pairs to be written with the next commit, up to about `bytes_max`. Keys begin with the index tag 0x04.
    pub fn take_pairs(&mut self, _: usize) -> Vec<(Vec<u8>, Vec<u8>)> {
        Vec::new()
    }
}
