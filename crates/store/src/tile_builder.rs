//! From leaf hashes and entries to tiles: what lies in which file, without touching a file.

use crate::block::bundle_entries;
use chain::{Frontier, Hash, TileKind, node_hash};

/// Hashes in a full tile, entries in a full bundle.
pub(crate) const WIDTH: usize = chain::tile::TILE_WIDTH as usize;

/// Takes full tiles as they come.
pub(crate) trait TileSink {
    type Error;
    /// The tile number `index` of its kind is full, and this is its content.
    fn full(&mut self, kind: TileKind, index: u64, content: &[u8]) -> Result<(), Self::Error>;
}

/// A tile that is not full yet.
pub(crate) struct Partial<'a> {
    pub(crate) kind: TileKind,
    pub(crate) index: u64,
    pub(crate) width: u16,
    pub(crate) content: &'a [u8],
}

/// The right edge of all levels of tiles.
#[derive(Clone, Debug, Default)]
pub(crate) struct TileBuilder {
    size: u64,
    /// The entries of the unfinished bundle.
    bundle: Vec<u8>,
    levels: Vec<Level>,
}

#[derive(Clone, Debug, Default)]
struct Level {
    full_count: u64,
    /// The hashes of the unfinished tile.
    hashes: Vec<Hash>,
}

impl TileBuilder {
    /// Takes up the tiles of a tree of `size`, from the contents of its unfinished tiles.
    pub(crate) fn resume(size: u64, bundle: Vec<u8>, levels: Vec<Vec<Hash>>) -> Option<Self> {
        let mut rest = size;
        let mut resumed = vec![];
        for hashes in levels {
            if hashes.len() as u64 != rest % WIDTH as u64 {
                return None;
            }
            rest /= WIDTH as u64;
            resumed.push(Level { full_count: rest, hashes });
        }
        let whole = rest == 0 && bundle_entries(&bundle).count() as u64 == size % WIDTH as u64;
        whole.then_some(Self { size, bundle, levels: resumed })
    }

    /// Count of entries taken.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Root of the tree over them.
    pub(crate) fn root(&self) -> Hash {
        // The hashes of an unfinished tile of level l are the leaves of a small tree whose peaks are peaks of the whole.
        let mut peaks = vec![];
        for Level { hashes, .. } in self.levels.iter().rev() {
            let mut small = Frontier::default();
            hashes.iter().for_each(|hash| small.append(*hash));
            peaks.extend_from_slice(small.peaks());
        }
        Frontier::from_parts(self.size, peaks).expect("the levels are the digits of the size").root()
    }

    /// The hashes of the unfinished tile of a level.
    pub(crate) fn hashes(&self, level: u8) -> &[Hash] {
        self.levels.get(usize::from(level)).map_or(&[], |level| &level.hashes)
    }

    /// Takes the next entries and their leaf hashes. `subtrees` are the roots of the subtrees of 256 that end in them, if
    /// somebody has computed them already.
    pub(crate) fn take<S: TileSink>(
        &mut self,
        bundle: &[u8],
        leaves: &[Hash],
        subtrees: &[Hash],
        sink: &mut S,
    ) -> Result<(), S::Error> {
        let (mut bundle, mut leaves) = (bundle, leaves);
        let mut subtrees = subtrees.iter();
        if self.levels.is_empty() {
            self.levels.push(Level::default());
        }
        while !leaves.is_empty() {
            let held = (self.size % WIDTH as u64) as usize;
            let count = leaves.len().min(WIDTH - held);
            let (now, later) = leaves.split_at(count);
            let mut entries = bundle_entries(bundle);
            (0..count).for_each(|_| _ = entries.next().expect("one entry for each leaf hash"));
            let (bundle_now, bundle_later) = bundle.split_at(bundle.len() - entries.rest().len());
            self.size += count as u64;
            if held + count < WIDTH {
                self.bundle.extend_from_slice(bundle_now);
                self.levels[0].hashes.extend_from_slice(now);
            } else {
                let index = self.size / WIDTH as u64 - 1;
                if held == 0 {
                    sink.full(TileKind::Entries, index, bundle_now)?;
                    self.fill(0, now, subtrees.next(), sink)?;
                } else {
                    self.bundle.extend_from_slice(bundle_now);
                    sink.full(TileKind::Entries, index, &self.bundle)?;
                    self.bundle.clear();
                    let mut hashes = std::mem::take(&mut self.levels[0].hashes);
                    hashes.extend_from_slice(now);
                    self.fill(0, &hashes, subtrees.next(), sink)?;
                }
            }
            (leaves, bundle) = (later, bundle_later);
        }
        Ok(())
    }

    /// A tile is full: it goes out, and its root becomes a hash of the level above.
    fn fill<S: TileSink>(
        &mut self,
        level: usize,
        hashes: &[Hash],
        root: Option<&Hash>,
        sink: &mut S,
    ) -> Result<(), S::Error> {
        let index = self.levels[level].full_count;
        sink.full(TileKind::Hashes(level as u8), index, hashes.as_flattened())?;
        self.levels[level].full_count += 1;
        let root = root.copied().unwrap_or_else(|| subtree_root(hashes));
        if self.levels.len() == level + 1 {
            self.levels.push(Level::default());
        }
        let above = &mut self.levels[level + 1];
        above.hashes.push(root);
        if above.hashes.len() == WIDTH {
            let hashes = std::mem::take(&mut above.hashes);
            self.fill(level + 1, &hashes, None, sink)?;
        }
        Ok(())
    }

    /// The tiles that are not full: what a checkpoint of this size needs besides the full ones.
    pub(crate) fn partials(&self) -> Vec<Partial<'_>> {
        let mut partials = vec![];
        let held = (self.size % WIDTH as u64) as u16;
        if held > 0 {
            let index = self.size / WIDTH as u64;
            partials.push(Partial { kind: TileKind::Entries, index, width: held, content: &self.bundle });
        }
        for (level, Level { full_count, hashes }) in (0..).zip(&self.levels) {
            if !hashes.is_empty() {
                partials.push(Partial {
                    kind: TileKind::Hashes(level),
                    index: *full_count,
                    width: hashes.len() as u16,
                    content: hashes.as_flattened(),
                });
            }
        }
        partials
    }
}

/// Root of a full tile.
pub(crate) fn subtree_root(hashes: &[Hash]) -> Hash {
    let mut row = hashes.to_vec();
    while row.len() > 1 {
        row = row.chunks_exact(2).map(|pair| node_hash(&pair[0], &pair[1])).collect();
    }
    row[0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::push_entry;
    use crate::sealer::Sealer;
    use std::collections::BTreeMap;

    #[derive(Default, PartialEq, Debug)]
    struct Kept(BTreeMap<(TileKind, u64), Vec<u8>>);

    impl TileSink for Kept {
        type Error = ();
        fn full(&mut self, kind: TileKind, index: u64, content: &[u8]) -> Result<(), ()> {
            assert!(self.0.insert((kind, index), content.to_vec()).is_none(), "a full tile comes once");
            Ok(())
        }
    }

    #[test]
    fn any_cut_into_frames_gives_the_same_tiles_and_root() {
        let mut reference = None;
        for frame in [1, 255, 256, 257, 70_000] {
            let (mut builder, mut kept) = (TileBuilder::default(), Kept::default());
            let mut sealer = Sealer::new(&Frontier::default());
            let numbers: Vec<u32> = (0..70_000).collect();
            for numbers in numbers.chunks(frame) {
                let mut bundle = vec![];
                numbers.iter().for_each(|number| push_entry(&mut bundle, &number.to_be_bytes()));
                let sealed = sealer.seal(bundle, numbers.len());
                // With and without the roots that the sealer has.
                let subtrees = if frame == 257 { &[][..] } else { &sealed.subtree_hashes };
                builder.take(&sealed.bundle, &sealed.leaf_hashes, subtrees, &mut kept).unwrap();
            }
            assert_eq!(builder.root(), sealer.tree().root());
            let partials: Vec<_> =
                builder.partials().iter().map(|tile| (tile.kind, tile.index, tile.content.to_vec())).collect();
            assert_eq!(kept.0.keys().filter(|(kind, _)| *kind == TileKind::Entries).count(), 70_000 / 256);
            assert_eq!(kept.0.keys().filter(|(kind, _)| *kind == TileKind::Hashes(1)).count(), 1);
            let found = (kept, partials);
            assert_eq!(*reference.get_or_insert_with(|| (Kept(found.0.0.clone()), found.1.clone())), found);
        }
    }
}
