//! Entry bundles: up to 256 entries in one file, as C2SP tlog-tiles lays them out.
//!
//! Each entry is its length as u16 big-endian, then its bytes. The file says neither how many there are nor where it
//! belongs: its path does.

/// Bytes of the longest entry: its length is written in 16 bits.
pub const ENTRY_BYTES_MAX: usize = u16::MAX as usize;

/// Entries in a full bundle.
const ENTRY_COUNT_MAX: usize = crate::tile::TILE_WIDTH as usize;

/// The entry does not fit a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("entry {entry_index} has {entry_bytes} bytes, more than {ENTRY_BYTES_MAX}")]
pub struct EntryTooLong {
    /// Which entry of those given, from 0.
    pub entry_index: usize,
    /// Its length.
    pub entry_bytes: usize,
}

/// Why bytes are no bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// The bytes end within an entry or its length.
    #[error("the bundle ends within entry {entry_index}")]
    Truncated {
        /// Which entry, from 0.
        entry_index: usize,
    },
    /// There are more entries than a bundle holds.
    #[error("the bundle has more than {ENTRY_COUNT_MAX} entries")]
    TooMany,
}

/// Writes entries one after the other, each behind its length.
pub fn encode_entries<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<u8>, EntryTooLong> {
    let mut bundle = Vec::new();
    for (entry_index, entry) in entries.into_iter().enumerate() {
        let entry_bytes = entry.len();
        let length = u16::try_from(entry_bytes).map_err(|_| EntryTooLong { entry_index, entry_bytes })?;
        bundle.extend_from_slice(&length.to_be_bytes());
        bundle.extend_from_slice(entry);
    }
    Ok(bundle)
}

/// Reads the entries of a bundle, at most 256.
pub fn decode_entries(bundle: &[u8]) -> Result<Vec<&[u8]>, BundleError> {
    let mut entries = Vec::new();
    let mut rest = bundle;
    while !rest.is_empty() {
        let entry_index = entries.len();
        if entry_index == ENTRY_COUNT_MAX {
            return Err(BundleError::TooMany);
        }
        let truncated = BundleError::Truncated { entry_index };
        let (length, after) = rest.split_first_chunk().ok_or(truncated)?;
        let (entry, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length))).ok_or(truncated)?;
        entries.push(entry);
        rest = after;
    }
    Ok(entries)
}

#[cfg(test)]
mod tests;
