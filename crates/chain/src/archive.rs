//! Where the old entries of a log went: C2SP tlog-tiles pruning. The hashes stay with the log, and so does every proof.
//!
//! A file `archive` beside the checkpoint says up to where, and in which folder the bundles lie now.

use std::fmt;

use crate::text;
use crate::tile::{TILE_WIDTH, Tile, TileKind};

/// Name of the file.
pub const ARCHIVE: &str = "archive";

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archived {
    /// The minimum index of the log: bundles that end at or below it are in the archive.
    pub minimum_index: u64,
    /// The folder, as its operator names it; relative to that of the log where it is not absolute.
    pub folder: String,
}

impl Archived {
    /// Reads the file; `None` when it is none.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut lines = std::str::from_utf8(bytes).ok()?.lines();
        let minimum_index = lines.next()?.strip_prefix("minimum-index ").and_then(text::parse_count)?;
        let folder = lines.next()?.strip_prefix("folder ")?.to_owned();
        (lines.next().is_none() && !folder.is_empty()).then_some(Self { minimum_index, folder })
    }

    /// Is a tile one of those that went there?
    #[must_use]
    pub fn holds(&self, tile: Tile) -> bool {
        let end = (tile.index() + 1).saturating_mul(u64::from(TILE_WIDTH));
        tile.kind() == TileKind::Entries && end <= self.minimum_index
    }
}

/// The file as it is written.
impl fmt::Display for Archived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "minimum-index {}\nfolder {}", self.minimum_index, self.folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_bundles_below_the_minimum_index_are_there_and_no_others() {
        let archived = Archived { minimum_index: 512, folder: "/mnt/old entries".into() };
        assert_eq!(Archived::parse(archived.to_string().as_bytes()), Some(archived.clone()));
        let bundle = |index| Tile::new(TileKind::Entries, index, 256).expect("a bundle");
        assert_eq!([0, 1, 2].map(|index| archived.holds(bundle(index))), [true, true, false]);
        assert!(!archived.holds(Tile::new(TileKind::Hashes(0), 0, 256).expect("a tile")));
        assert!(archived.holds(Tile::new(TileKind::Entries, 1, 7).expect("what a full one replaced")));
        for wrong in ["", "minimum-index 01\nfolder x\n", "minimum-index 1\n", "minimum-index 1\nfolder \n", "x\ny\n"] {
            assert_eq!(Archived::parse(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
