//! Checks a whole static log: every entry against its leaf hash, every tile against the one above, the root against the
//! signed checkpoint. The first file or entry that does not fit is named.

use std::ops::Range;
use std::path::Path;
use std::{fs, io};

use chain::{
    ARCHIVE, Checkpoint, Frontier, Hash, LogFiles, Note, Rotation, RotationError, Tile, TileKind, Trusted,
    decode_entries, leaf_hash, node_hash, read_tile, root_from, verify_consistency,
};

use crate::check::{Known, read_old, same_size_same_root, trust, with_checkpoint};
use crate::entry::Facts;
use crate::finding::{Checked, Finding};
use crate::folder::{ARCHIVE_HEAD, Folder};
use crate::keys::in_force;
use crate::pack::{MANIFEST, PACK_FILES};

const WIDTH: u64 = 256;

/// Checks the static files of a log in a folder.
///
/// # Errors
/// The first thing that does not hold.
pub fn check_statics(folder: &Folder, known: &Known) -> Result<Checked, Finding> {
    let place = folder.root().join("checkpoint").display().to_string();
    let bytes = folder.checkpoint().map_err(|error| Finding::of("checkpoint_missing", &place, &error))?;
    let note = Note::parse(&bytes).map_err(|error| Finding::of("bad_checkpoint", &place, &error))?;
    let stated = Checkpoint::parse(note.text()).map_err(|error| Finding::of("bad_checkpoint", &place, &error))?;
    let mut known = known.clone();
    let trusted = match trust(&note, &place, &known) {
        Ok(trusted) => trusted,
        Err(finding) => {
            // The log may have another key by now. Its entries say so, and each announcement is signed by the key before.
            known.policy.follow(&announced(folder, stated.size));
            trust(&note, &place, &known).map_err(|_| finding)?
        }
    };
    let old = known.old.as_ref().map(|old| read_old(old, &known)).transpose()?;
    if let Some((old, _)) = &old {
        same_size_same_root(old, &trusted.checkpoint, &place)?;
    }
    check_strays(folder.root())?;
    let unread = unread(folder, stated.size, &known)?;
    let rotations = check_files(folder, &trusted, old.as_ref().map(|(old, _)| old), &unread)?;
    in_force(&rotations, &trusted.checkpoint, &note, &place)?;
    if let Some((old, note)) = &old {
        in_force(&rotations, old, note, "the old checkpoint")?;
    }
    in_force(&known.rotations, &trusted.checkpoint, &note, &place)?;
    let mut checked = with_checkpoint(Checked::of("log"), &trusted);
    if let Some((seq, rotation)) = rotations.last() {
        checked = checked.with("key", format!("{} since event {seq}", rotation.new_key()));
    }
    if !unread.is_empty() {
        let (first, last) = (unread.start + 1, unread.end);
        let said =
            format!("events {first} to {last}: only their hashes were checked, and what they say of keys is unknown");
        checked = checked.with("NOT READ", said);
    }
    Ok(match old {
        Some((old, _)) => checked.with("continues", format!("the old one of {} entries", old.size)),
        None => checked,
    })
}

/// Which entries are not here, counted from 0: those in an archive that is elsewhere, or, in an archive, those that the log
/// still has. Nobody signs what says so: the first excuses nothing unless the reader says so, and of the second an archive
/// tells what it is not.
fn unread(folder: &Folder, size: u64, known: &Known) -> Result<Range<u64>, Finding> {
    if let Some(through) = folder.holds_through() {
        if through > size || !through.is_multiple_of(WIDTH) || through == 0 {
            let place = folder.root().join(ARCHIVE_HEAD).display().to_string();
            let problem = format!("{through} is not a number of whole bundles of 256 entries within a log of {size}");
            return Err(Finding::new("bad_archive", place, problem));
        }
        return Ok(through..size);
    }
    let Some(archive) = folder.archive().filter(|archive| !archive.folder.is_dir()) else { return Ok(0..0) };
    let place = folder.root().join(ARCHIVE).display().to_string();
    let minimum_index = archive.minimum_index;
    if minimum_index > size || !minimum_index.is_multiple_of(WIDTH) {
        let problem = format!("{minimum_index} is not a number of whole bundles of 256 entries within a log of {size}");
        return Err(Finding::new("bad_archive", place, problem));
    }
    if minimum_index > 0 && !known.is_without_archive {
        let problem = format!(
            "events 1 to {minimum_index} cannot be read: their archive `{}` is not here; say with --archive where it is, or \
             accept with --without-archive that only their hashes are checked",
            archive.folder.display()
        );
        return Err(Finding::new("archive_missing", place, problem));
    }
    Ok(0..minimum_index)
}

/// Nothing lies there that is no file of a log, and so is not checked.
fn check_strays(root: &Path) -> Result<(), Finding> {
    // What replaces them lies beside them for a moment.
    const PLAIN: [&str; 5] = ["checkpoint", "checkpoint.new", ARCHIVE, "archive.new", ARCHIVE_HEAD];
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let unreadable = |error: io::Error| Finding::new("unreadable", folder.display().to_string(), error.to_string());
        for file in fs::read_dir(&folder).map_err(unreadable)? {
            let file = file.map_err(unreadable)?;
            let path = file.path();
            if file.file_type().map_err(unreadable)?.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
            if PLAIN.contains(&name.as_str()) || Tile::parse(&name).is_ok() {
                continue;
            }
            return Err(match PACK_FILES.contains(&name.as_str()) {
                true => Finding::new(
                    "manifest_missing",
                    root.join(MANIFEST).display().to_string(),
                    format!("`{name}` is a file of an evidence pack, and the list of its files is not there"),
                ),
                false => Finding::new(
                    "file_added",
                    path.display().to_string(),
                    "is no file of a log: nothing vouches for it",
                ),
            });
        }
    }
    Ok(())
}

/// What the entries of a log say about its keys, before anything of it is believed.
fn announced(files: &(impl LogFiles + ?Sized), size: u64) -> Vec<Rotation> {
    let mut found = Vec::new();
    for index in 0..size.div_ceil(WIDTH) {
        let bundle = Tile::of_tree(TileKind::Entries, index, size).and_then(|tile| read_tile(files, tile).ok());
        let entries = bundle.as_deref().and_then(|bundle| decode_entries(bundle).ok()).unwrap_or_default();
        found.extend(entries.into_iter().filter_map(|entry| rotation_of(entry)?.ok()));
    }
    found
}

/// The announcement of a key in an entry, if it is one.
fn rotation_of(entry: &[u8]) -> Option<Result<Rotation, RotationError>> {
    let announcement = Facts::read(entry)?.announcement?;
    Some(Rotation::parse(announcement.as_bytes()))
}

/// Checks every file that a tree needs, without the entries that are not here.
pub(crate) fn check_files(
    files: &(impl LogFiles + ?Sized),
    trusted: &Trusted,
    old: Option<&Checkpoint>,
    unread: &Range<u64>,
) -> Result<Vec<(u64, Rotation)>, Finding> {
    let Checkpoint { size, root, .. } = &trusted.checkpoint;
    let mut rotations: Vec<(u64, Rotation)> = Vec::new();
    let mut tree = Frontier::default();
    let mut subtrees = Vec::new();
    for index in 0..size.div_ceil(WIDTH) {
        let tile = tile(TileKind::Hashes(0), index, *size);
        let bundle = Tile::new(TileKind::Entries, index, tile.width()).expect("as wide as the tile");
        let hashes = hashes_of(files, tile)?;
        // What is elsewhere is vouched for by its hashes alone. An archive begins and ends with a whole bundle.
        let is_archived = unread.contains(&(index * WIDTH));
        let entries = if is_archived { Vec::new() } else { tile_of(files, bundle)? };
        let entries = decode_entries(&entries).expect("a bundle was read");
        let found: Vec<Hash> = match is_archived {
            true => hashes.clone(),
            false => entries.iter().map(|entry| leaf_hash(entry)).collect(),
        };
        let subtree = full_root(&hashes);
        if let Some(at) = found.iter().zip(&hashes).position(|(found, kept)| found != kept) {
            return Err(differing_entry(files, index, at, subtree, *size));
        }
        found.iter().for_each(|leaf| tree.append(*leaf));
        subtrees.extend(subtree);
        for (seq, entry) in (index * WIDTH + 1..).zip(&entries) {
            if let Some(announced) = rotation_of(entry) {
                rotations.push((seq, linked(seq, announced, &rotations)?));
            }
        }
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
    Ok(rotations)
}

/// Each announcement begins at the key that the one before led to.
fn linked(
    seq: u64,
    announced: Result<Rotation, RotationError>,
    before: &[(u64, Rotation)],
) -> Result<Rotation, Finding> {
    let place = format!("event {seq}");
    let rotation = announced.map_err(|error| Finding::of("bad_rotation", &place, &error))?;
    match before.last() {
        Some((_, last)) if last.new_key() != rotation.old() => {
            let problem = format!("announces a key by `{}`, which was not in force", rotation.old());
            Err(Finding::new("bad_rotation", place, problem))
        }
        _ => Ok(rotation),
    }
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
