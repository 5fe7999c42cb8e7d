//! Checks a whole static log: every entry against its leaf hash, every tile against the one above, the root against the
//! signed checkpoint. The first file or entry that does not fit is named.

use chain::{
    Checkpoint, Frontier, Hash, LogFiles, Tile, TileKind, Trusted, decode_entries, leaf_hash, node_hash, read_tile,
    root_from, verify_consistency,
};

use crate::check::{Known, read_old, same_size_same_root, trust, with_checkpoint};
use crate::finding::{Checked, Finding};
use crate::folder::Folder;

const WIDTH: u64 = 256;

/// Checks the static files of a log in a folder.
///
/// # Errors
/// The first thing that does not hold.
pub fn check_statics(folder: &Folder, known: &Known) -> Result<Checked, Finding> {
    let place = folder.root().join("checkpoint").display().to_string();
    let bytes = folder.checkpoint().map_err(|error| Finding::of("checkpoint_missing", &place, &error))?;
    let note = chain::Note::parse(&bytes).map_err(|error| Finding::of("bad_checkpoint", &place, &error))?;
    let trusted = trust(&note, &place, known)?;
    let old = match &known.old {
        Some(old) => Some(read_old(old, known)?.0),
        None => None,
    };
    if let Some(old) = &old {
        same_size_same_root(old, &trusted.checkpoint, &place)?;
    }
    check_files(folder, &trusted, old.as_ref())?;
    let checked = with_checkpoint(Checked::of("log"), &trusted);
    Ok(match old {
        Some(old) => checked.with("continues", format!("the old one of {} entries", old.size)),
        None => checked,
    })
}

/// Checks every file that a tree needs.
pub(crate) fn check_files(
    files: &(impl LogFiles + ?Sized),
    trusted: &Trusted,
    old: Option<&Checkpoint>,
) -> Result<(), Finding> {
    let Checkpoint { size, root, .. } = &trusted.checkpoint;
    let mut tree = Frontier::default();
    let mut subtrees = Vec::new();
    for index in 0..size.div_ceil(WIDTH) {
        let tile = tile(TileKind::Hashes(0), index, *size);
        let entries = tile_of(files, Tile::new(TileKind::Entries, index, tile.width()).expect("as wide as the tile"))?;
        let hashes = hashes_of(files, tile)?;
        let found: Vec<Hash> =
            decode_entries(&entries).expect("a bundle was read").into_iter().map(leaf_hash).collect();
        let subtree = full_root(&hashes);
        if let Some(at) = found.iter().zip(&hashes).position(|(found, kept)| found != kept) {
            return Err(differing_entry(files, index, at, subtree, *size));
        }
        found.iter().for_each(|leaf| tree.append(*leaf));
        subtrees.extend(subtree);
    }
    check_levels(files, subtrees, *size)?;
    if tree.root() != *root {
        let problem = format!(
            "the files agree with each other and give root {}; signed is {} for {size} entries",
            show_root(&tree.root()),
            show_root(root)
        );
        return Err(Finding::new("root_differs", "checkpoint", problem));
    }
    if let Some(old) = old {
        continues(files, old, &trusted.checkpoint)?;
    }
    Ok(())
}

/// The tree of an old checkpoint must be the beginning of this one.
fn continues(files: &(impl LogFiles + ?Sized), old: &Checkpoint, new: &Checkpoint) -> Result<(), Finding> {
    let bad = |error: &dyn std::error::Error| Finding::of("unreadable", "tiles", error);
    let found = root_from(files, old.size, new.size).map_err(|error| bad(&error))?;
    if found != old.root {
        let problem = format!(
            "forked: the first {} entries have root {}, and the old checkpoint says {}",
            old.size,
            show_root(&found),
            show_root(&old.root)
        );
        return Err(Finding::new("forked", "checkpoint", problem));
    }
    let proof = chain::consistency_from(files, old.size, new.size, new.size).map_err(|error| bad(&error))?;
    verify_consistency(old.size, &old.root, new.size, &new.root, &proof)
        .map_err(|error| Finding::of("forked", "checkpoint", &error))
}

/// An entry and its leaf hash differ: which of the two was changed, the tile above knows.
fn differing_entry(
    files: &(impl LogFiles + ?Sized),
    index: u64,
    at: usize,
    subtree: Option<Hash>,
    size: u64,
) -> Finding {
    let tile_path = tile(TileKind::Hashes(0), index, size).path();
    let event = index * WIDTH + at as u64 + 1;
    let above = Tile::of_tree(TileKind::Hashes(1), index / WIDTH, size);
    let above = above.and_then(|above| hashes_of(files, above).ok());
    let kept = above.and_then(|above| above.get((index % WIDTH) as usize).copied());
    match (subtree, kept) {
        (Some(subtree), Some(kept)) if subtree != kept => Finding::new(
            "tile_differs",
            tile_path,
            format!("the tile is not the one that the tree was made of (event {event})"),
        ),
        _ => {
            let bundle = Tile::new(TileKind::Entries, index, tile(TileKind::Hashes(0), index, size).width());
            let path = bundle.expect("as wide as the tile").path();
            let problem = format!("event {event} is not the one that was recorded: its hash differs from the tree's");
            Finding::new("entry_differs", format!("{path}, entry {} of the bundle", at + 1), problem)
        }
    }
}

/// Each full tile's root is a hash of the level above.
fn check_levels(files: &(impl LogFiles + ?Sized), mut subtrees: Vec<Hash>, size: u64) -> Result<(), Finding> {
    let mut level = 1;
    while !subtrees.is_empty() {
        let mut above = Vec::new();
        for (index, expected) in (0..).zip(subtrees.chunks(WIDTH as usize)) {
            let tile = tile(TileKind::Hashes(level), index, size);
            let hashes = hashes_of(files, tile)?;
            if let Some(at) = hashes.iter().zip(expected).position(|(found, expected)| found != expected) {
                let below =
                    Tile::new(TileKind::Hashes(level - 1), index * WIDTH + at as u64, 256).expect("a full tile");
                let problem = format!("hash {} is not that of {}", at + 1, below.path());
                return Err(Finding::new("tile_differs", tile.path(), problem));
            }
            above.extend(full_root(&hashes));
        }
        subtrees = above;
        level += 1;
    }
    Ok(())
}

fn tile(kind: TileKind, index: u64, size: u64) -> Tile {
    Tile::of_tree(kind, index, size).expect("within the tree")
}

fn tile_of(files: &(impl LogFiles + ?Sized), tile: Tile) -> Result<Vec<u8>, Finding> {
    read_tile(files, tile).map_err(|error| Finding::of("file_damaged", tile.path(), &error))
}

fn hashes_of(files: &(impl LogFiles + ?Sized), tile: Tile) -> Result<Vec<Hash>, Finding> {
    let content = tile_of(files, tile)?;
    Ok(content.as_chunks::<32>().0.to_vec())
}

/// The root over a full tile; `None` for a partial one.
pub(crate) fn full_root(hashes: &[Hash]) -> Option<Hash> {
    let mut hashes = (hashes.len() as u64 == WIDTH).then(|| hashes.to_vec())?;
    while hashes.len() > 1 {
        hashes = hashes.chunks_exact(2).map(|pair| node_hash(&pair[0], &pair[1])).collect();
    }
    hashes.first().copied()
}

/// A root as checkpoints write it.
pub(crate) fn show_root(root: &Hash) -> String {
    let checkpoint = Checkpoint { origin: "x".to_owned(), size: 1, root: *root };
    checkpoint.to_string().lines().nth(2).unwrap_or_default().to_owned()
}
