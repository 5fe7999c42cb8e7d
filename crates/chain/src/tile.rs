//! Names of the static files of a log, as C2SP tlog-tiles lays them out.
//!
//! A tile is 256 neighbouring hashes of one level; hash i of a tile is the root of a full subtree of 256 in the level
//! below. Full tiles never change. A partial tile holds the right edge of a tree of one size.

use std::fmt;
use std::str::FromStr;

/// Hashes in a full tile, entries in a full bundle.
pub const TILE_WIDTH: u16 = 256;

/// Levels of the tree between a tile and the one above: 256 is 2^8.
pub const TILE_HEIGHT: u8 = 8;

/// The highest level that has a name.
const LEVEL_MAX: u8 = 63;

/// The longest path: `tile/entries/`, seven groups of an index of 64 bits, `.p/255`.
const PATH_BYTES_MAX: usize = 64;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TileKind {
    /// Hashes of this level of tiles: 0 holds leaf hashes. At most 63; no tree of 64 bits has more than 8 levels.
    Hashes(u8),
    /// The entries themselves.
    Entries,
}

/// A file of the log, by its kind, place and width.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    kind: TileKind,
    index: u64,
    width: u16,
}

/// Why a path or a place is no tile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// The level has no name.
    #[error("tile level {level} is above {LEVEL_MAX}")]
    LevelTooHigh {
        /// The level asked for.
        level: u8,
    },
    /// A tile holds between one and 256 hashes.
    #[error("tile width {width} is not between 1 and {TILE_WIDTH}")]
    WidthOutOfRange {
        /// The width asked for.
        width: u16,
    },
    /// The path is not the one way to write a tile.
    #[error("`{path}` is not the path of a tile")]
    BadPath {
        /// The path given, cut to a length that can be shown.
        path: String,
    },
}

impl Tile {
    /// The tile number `index` of its kind, with `width` hashes or entries.
    pub fn new(kind: TileKind, index: u64, width: u16) -> Result<Self, TileError> {
        match kind {
            TileKind::Hashes(level) if level > LEVEL_MAX => Err(TileError::LevelTooHigh { level }),
            _ if !(1..=TILE_WIDTH).contains(&width) => Err(TileError::WidthOutOfRange { width }),
            _ => Ok(Self { kind, index, width }),
        }
    }

    /// What it holds.
    #[must_use]
    pub const fn kind(self) -> TileKind {
        self.kind
    }

    /// Its number among the tiles of its kind.
    #[must_use]
    pub const fn index(self) -> u64 {
        self.index
    }

    /// How many hashes or entries it holds, 1 to 256.
    #[must_use]
    pub const fn width(self) -> u16 {
        self.width
    }

    /// Does it hold all that it ever will?
    #[must_use]
    pub const fn is_full(self) -> bool {
        self.width == TILE_WIDTH
    }

    /// The full tile of this place: what replaces a partial one.
    #[must_use]
    pub const fn full(self) -> Self {
        Self { width: TILE_WIDTH, ..self }
    }

    /// The tile of a tree of `tree_size` leaves that holds what the full subtree of 2^`level` leaves number `index` is
    /// computed from; `None` when that subtree is not complete in the tree.
    #[must_use]
    pub fn holding(level: u8, index: u64, tree_size: u64) -> Option<Self> {
        if level >= 64 || index >= tree_size >> level {
            return None;
        }
        let tile_level = level / TILE_HEIGHT;
        let place = index << (level % TILE_HEIGHT);
        Self::of_tree(TileKind::Hashes(tile_level), place >> TILE_HEIGHT, tree_size)
    }

    /// The tile number `index` of its kind in a tree of `tree_size` leaves; `None` when the tree does not reach it.
    #[must_use]
    pub fn of_tree(kind: TileKind, index: u64, tree_size: u64) -> Option<Self> {
        let held = held(kind, tree_size).checked_sub(index.checked_mul(u64::from(TILE_WIDTH))?)?;
        let width = u16::try_from(held.min(u64::from(TILE_WIDTH))).expect("at most 256");
        Self::new(kind, index, width).ok()
    }

    /// The path below the log's prefix, such as `tile/0/x001/067.p/112`.
    #[must_use]
    pub fn path(self) -> String {
        self.to_string()
    }

    /// Reads a path; there is one way to write each tile.
    pub fn parse(path: &str) -> Result<Self, TileError> {
        parse(path)
            .filter(|tile| tile.path() == path)
            .ok_or_else(|| TileError::BadPath { path: path.chars().take(PATH_BYTES_MAX).collect() })
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes(level) => write!(f, "tile/{level}/")?,
            TileKind::Entries => f.write_str("tile/entries/")?,
        }
        let groups: Vec<u64> = std::iter::successors(Some(self.index), |rest| Some(rest / 1000).filter(|n| *n > 0))
            .map(|rest| rest % 1000)
            .collect();
        let (last, upper) = groups.split_first().expect("one group at least");
        for group in upper.iter().rev() {
            write!(f, "x{group:03}/")?;
        }
        write!(f, "{last:03}")?;
        if self.is_full() { Ok(()) } else { write!(f, ".p/{}", self.width) }
    }
}

impl FromStr for Tile {
    type Err = TileError;

    fn from_str(path: &str) -> Result<Self, TileError> {
        Self::parse(path)
    }
}

/// Reads the parts of a path; the caller compares with what would have been written.
fn parse(path: &str) -> Option<Tile> {
    if path.len() > PATH_BYTES_MAX {
        return None;
    }
    let (kind, place) = path.strip_prefix("tile/")?.split_once('/')?;
    let kind = match kind {
        "entries" => TileKind::Entries,
        level => TileKind::Hashes(level.parse().ok()?),
    };
    let (place, width) = match place.split_once(".p/") {
        Some((place, width)) => (place, width.parse().ok()?),
        None => (place, TILE_WIDTH),
    };
    let index = place.split('/').try_fold(0u64, |index, group| {
        let group: u64 = group.strip_prefix('x').unwrap_or(group).parse().ok()?;
        index.checked_mul(1000)?.checked_add(group)
    })?;
    Tile::new(kind, index, width).ok()
}

/// How many hashes of a level of tiles, or entries, a tree of `tree_size` has.
fn held(kind: TileKind, tree_size: u64) -> u64 {
    let level = match kind {
        TileKind::Hashes(level) => level,
        TileKind::Entries => 0,
    };
    tree_size.checked_shr(u32::from(level) * u32::from(TILE_HEIGHT)).unwrap_or(0)
}

/// All hash tiles of a tree of `tree_size` leaves, lowest level first, each level from the left.
pub fn hash_tiles(tree_size: u64) -> impl Iterator<Item = Tile> {
    new_tiles(0, tree_size)
}

/// The hash tiles of a tree of `new_size` that a tree of `old_size` had not, or had with fewer hashes.
pub fn new_tiles(old_size: u64, new_size: u64) -> impl Iterator<Item = Tile> {
    (0..8).map(TileKind::Hashes).flat_map(move |kind| {
        let (old, new) = (held(kind, old_size), held(kind, new_size));
        let width = u64::from(TILE_WIDTH);
        let range = if new > old { old / width..new.div_ceil(width) } else { 0..0 };
        range.filter_map(move |index| Tile::of_tree(kind, index, new_size))
    })
}

#[cfg(test)]
mod tests;
