//! A keyed hash of ids. The key is the ledger's own, so that nobody can choose ids that collide.

use std::hash::{BuildHasher, Hasher, RandomState};

use crate::id::Id;
use crate::limits::FINGERPRINT_BITS;

/// The key of the hash, drawn once for an index and kept with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HashKey(pub(crate) [u64; 2]);

impl HashKey {
    pub(crate) fn draw() -> Self {
        Self([draw(), draw()])
    }

    pub(crate) fn hash(self, id: &Id) -> u64 {
        let Self([first, second]) = self;
        let id = u128::from_be_bytes(*id);
        let mixed = fold((id >> 64) as u64 ^ first, id as u64 ^ second);
        fold(mixed ^ second, first | 1)
    }
}

/// The fingerprint that runs know an id by, with the lowest bits cut.
pub(crate) fn fingerprint(hash: u64, bits_cut: u32) -> u64 {
    hash >> (64 - FINGERPRINT_BITS) >> bits_cut << bits_cut
}

/// A number nobody can predict, and that no other call returns.
pub(crate) fn draw() -> u64 {
    RandomState::new().build_hasher().finish()
}

fn fold(left: u64, right: u64) -> u64 {
    let product = u128::from(left) * u128::from(right);
    (product >> 64) as u64 ^ product as u64
}
