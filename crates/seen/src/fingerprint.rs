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

    fn hash(self, high: u64, low: u64) -> u64 {
        let Self([first, second]) = self;
        let mixed = fold(high ^ first, low ^ second);
        fold(mixed ^ second, first | 1)
    }

    /// The fingerprint of an id, in the low [`FINGERPRINT_BITS`].
    pub(crate) fn fingerprint(self, id: &Id) -> u64 {
        let [high, low] = words(id);
        self.hash(high, low) >> (64 - FINGERPRINT_BITS)
    }
}

/// A number nobody can predict, and that no other call returns.
pub(crate) fn draw() -> u64 {
    RandomState::new().build_hasher().finish()
}

fn words(id: &Id) -> [u64; 2] {
    let id = u128::from_be_bytes(*id);
    [(id >> 64) as u64, id as u64]
}

fn fold(left: u64, right: u64) -> u64 {
    let product = u128::from(left) * u128::from(right);
    (product >> 64) as u64 ^ product as u64
}

impl BuildHasher for HashKey {
    type Hasher = IdHasher;

    fn build_hasher(&self) -> IdHasher {
        IdHasher { key: *self, state: 0 }
    }
}

/// Hashes one id.
pub(crate) struct IdHasher {
    key: HashKey,
    state: u64,
}

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.state
    }

    fn write(&mut self, bytes: &[u8]) {
        match bytes.try_into() {
            Ok(id) => {
                let [high, low] = words(id);
                self.state = self.key.hash(high, low);
            }
            Err(_) => bytes.iter().for_each(|byte| self.state = fold(self.state ^ u64::from(*byte), self.key.0[0] | 1)),
        }
    }

    // Ids are of one length: it adds nothing.
    fn write_usize(&mut self, _: usize) {}
}
