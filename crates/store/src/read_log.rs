//! A log to be read, wherever it lies: in the store of whoever holds the folder, or in the static files beside it.

use crate::read::{self, BlockView, ReadError};
use crate::store::Store;
use chain::Hash;

/// See the module.
pub trait ReadLog: Send + Sync {
    /// Count of entries.
    fn size(&self) -> u64;

    /// Root of the tree over them.
    fn root(&self) -> Hash;

    /// The root of the tree over the first `size` entries; `None` past the end, or where it is not at hand.
    ///
    /// # Errors
    /// When what it is computed from cannot be read.
    fn root_at(&self, size: u64) -> Result<Option<Hash>, ReadError>;

    /// One entry; `None` past the end.
    ///
    /// # Errors
    /// When it cannot be read, or is damaged.
    fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, ReadError>;

    /// Calls `each` with the entries from an index on, a block at a time, until it says no.
    ///
    /// # Errors
    /// When a block cannot be read, or is damaged.
    fn scan(&self, from: u64, each: &mut dyn FnMut(BlockView<'_>) -> bool) -> Result<(), ReadError>;
}

/// Its end grows with every commit.
impl ReadLog for Store {
    fn size(&self) -> u64 {
        self.head().size()
    }

    fn root(&self) -> Hash {
        self.head().root()
    }

    fn root_at(&self, size: u64) -> Result<Option<Hash>, ReadError> {
        Self::root_at(self, size)
    }

    fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, ReadError> {
        Self::entry(self, index)
    }

    fn scan(&self, from: u64, each: &mut dyn FnMut(BlockView<'_>) -> bool) -> Result<(), ReadError> {
        read::scan_while(self.engine(), from, self.head().size(), each)
    }
}
