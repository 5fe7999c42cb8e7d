//! Flipped bits, cut files, missing files: nothing acknowledged is lost without a word, and the tiles bring it back.

mod common;

use common::{PAGES, Random, append, create, note, options, page, root, verify};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use store::{Commit, Loss, RebuildError, Remedy, Store, TileWriter, rebuild_from_tiles, rebuild_tiles, scrub};

const SIZE: u64 = 12_000;

/// A ledger with pages, an index and published tiles.
fn ledger(dir: &Path) {
    let store = create(dir);
    let mut tiles = TileWriter::open(&store).unwrap();
    let mut random = Random(4);
    while store.head().size() < SIZE {
        let count = (1 + random.below(900)).min(SIZE - store.head().size());
        let mut commit = Commit::default();
        let size = store.head().size();
        if size > 0 && random.below(3) == 0 {
            let all = store.head().snapshot.is_none();
            commit.pages = (0..PAGES).filter(|index| all || index % 3 == 0).map(|index| page(index, size)).collect();
            commit.snapshot = Some(size);
        }
        commit.extra = vec![(vec![store::INDEX_TAG, (size % 251) as u8], vec![1; 300])];
        append(&store, &mut tiles, count, commit);
        if random.below(5) == 0 {
            tiles.publish(&note(tiles.size(), tiles.root())).unwrap();
        }
    }
    tiles.publish(&note(tiles.size(), tiles.root())).unwrap();
}

fn copy(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    let status = Command::new("cp").args(["-r", "--sparse=always"]).arg(from).arg(to).status().unwrap();
    assert!(status.success());
}

fn files(dir: &Path, found: &mut Vec<(PathBuf, u64)>) {
    for file in fs::read_dir(dir).unwrap().map(Result::unwrap) {
        let about = file.metadata().unwrap();
        if about.is_dir() {
            files(&file.path(), found);
        } else if about.len() > 0 {
            found.push((file.path(), about.len()));
        }
    }
}

/// Mends the copy as the findings say and checks that all is as it was.
fn mend(dir: &Path, tiles_damaged: bool) {
    if tiles_damaged {
        rebuild_tiles(dir).unwrap();
    } else {
        let rebuilt = rebuild_from_tiles(dir, Loss::Refuse).unwrap();
        assert_eq!((rebuilt.size, rebuilt.root, rebuilt.lost), (SIZE, root(SIZE), None));
    }
    assert_eq!(verify(dir, SIZE), Ok(SIZE));
    assert_eq!(scrub(dir).unwrap(), []);
}

#[test]
fn a_sound_ledger_has_no_findings() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("ledger");
    ledger(&dir);
    assert_eq!(scrub(&dir).unwrap(), []);
    assert_eq!(verify(&dir, SIZE), Ok(SIZE));
    assert_eq!(scrub(&dir).unwrap(), []);
}

/// Flips bits in random places; each flip is found, or else every byte reads back as it was.
#[test]
fn a_flipped_bit_is_found_or_harmless() {
    let temp = tempfile::tempdir().unwrap();
    let (dir, work) = (temp.path().join("ledger"), temp.path().join("work"));
    ledger(&dir);
    let mut random = Random(std::env::var("GRANARY_FLIP_SEED").map_or(11, |seed| seed.parse().unwrap()));
    let flips = std::env::var("GRANARY_FLIPS").map_or(60, |flips| flips.parse().unwrap());
    let (mut found_in_log, mut found_in_tiles, mut harmless) = (0, 0, 0);
    for flip in 0..flips {
        copy(&dir, &work);
        // In turn: anywhere in the log, sled's small files, anywhere in the tiles.
        let mut places = vec![];
        files(&work.join(if flip % 3 == 2 { "tiles" } else { "log" }), &mut places);
        if flip % 3 == 1 {
            places.retain(|(path, _)| !path.ends_with("db"));
        }
        let mut at = random.below(places.iter().map(|(_, bytes)| bytes).sum());
        let (path, _) = places
            .iter()
            .find(|(_, bytes)| {
                let here = at < *bytes;
                at -= if here { 0 } else { *bytes };
                here
            })
            .unwrap();
        let mut content = fs::read(path).unwrap();
        content[at as usize] ^= 1 << random.below(8);
        fs::write(path, content).unwrap();
        let findings = scrub(&work).unwrap();
        let what = format!("flip {flip}: byte {at} of {}: {findings:#?}", path.display());
        if findings.is_empty() {
            assert_eq!(verify(&work, SIZE), Ok(SIZE), "{what}");
            assert!(!path.starts_with(work.join("tiles")), "every byte of the tiles is compared: {what}");
            harmless += 1;
            continue;
        }
        let tiles_damaged = findings.iter().any(|finding| finding.remedy == Remedy::RebuildTiles);
        if tiles_damaged {
            assert!(path.starts_with(work.join("tiles")), "{what}");
            found_in_tiles += 1;
        } else {
            assert!(path.starts_with(work.join("log")), "{what}");
            found_in_log += 1;
        }
        mend(&work, tiles_damaged);
    }
    println!("{flips} flips: {found_in_log} found in the log, {found_in_tiles} in the tiles, {harmless} harmless");
    assert!(found_in_log > 0 && found_in_tiles == flips / 3);
}

#[test]
fn a_cut_or_missing_file_is_found_and_mended() {
    let temp = tempfile::tempdir().unwrap();
    let (dir, work) = (temp.path().join("ledger"), temp.path().join("work"));
    ledger(&dir);
    let mut random = Random(5);
    let mut places = vec![];
    files(&dir.join("tiles"), &mut places);
    files(&dir.join("log"), &mut places);
    let (mut in_log, mut in_tiles, mut harmless) = (0, 0, 0);
    for round in 0..40 {
        copy(&dir, &work);
        let (path, bytes) = &places[if round % 2 == 0 {
            places.iter().position(|(path, _)| path.ends_with("db")).unwrap()
        } else {
            random.below(places.len() as u64) as usize
        }];
        let path = work.join(path.strip_prefix(&dir).unwrap());
        let left = if round % 4 < 2 { bytes - 1 - random.below((*bytes).min(300_000)) } else { random.below(*bytes) };
        if round % 10 == 9 {
            fs::remove_file(&path).unwrap();
        } else {
            fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(left).unwrap();
        }
        let findings = scrub(&work).unwrap();
        let what = format!("round {round}: {} cut from {bytes} to {left}: {findings:#?}", path.display());
        if findings.is_empty() {
            assert_eq!(verify(&work, SIZE), Ok(SIZE), "{what}");
            harmless += 1;
            continue;
        }
        let tiles_damaged = path.starts_with(work.join("tiles"));
        *(if tiles_damaged { &mut in_tiles } else { &mut in_log }) += 1;
        if tiles_damaged {
            assert!(findings.iter().all(|finding| finding.remedy == Remedy::RebuildTiles), "{what}");
        }
        mend(&work, tiles_damaged);
    }
    println!("40 cuts: {in_log} found in the log, {in_tiles} in the tiles, {harmless} harmless");
    assert!(in_log > 10 && in_tiles > 5);
}

#[test]
fn the_log_is_rebuilt_when_it_is_gone() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("ledger");
    ledger(&dir);
    fs::remove_dir_all(dir.join("log")).unwrap();
    let findings = scrub(&dir).unwrap();
    assert!(findings.iter().all(|finding| finding.remedy == Remedy::RebuildLog) && findings.len() == 1);
    mend(&dir, false);
}

/// A rebuild does not pass over entries that are in neither copy: it names them, and goes on only when told to.
#[test]
fn what_is_in_neither_copy_is_named() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("ledger");
    ledger(&dir);
    let (store, _) = Store::open(&dir, options()).unwrap();
    let mut tiles = TileWriter::open(&store).unwrap();
    append(&store, &mut tiles, 500, Commit::default());
    drop(store);
    let db = dir.join("log/db");
    let whole = fs::read(&db).unwrap();
    // Unreadable from the beginning.
    fs::write(&db, &whole[..whole.len() / 8]).unwrap();
    assert!(!scrub(&dir).unwrap().is_empty());
    let error = rebuild_from_tiles(&dir, Loss::Refuse).unwrap_err();
    assert!(matches!(&error, RebuildError::WouldLose(lost) if *lost == (SIZE..SIZE + 500)), "{error}");
    let rebuilt = rebuild_from_tiles(&dir, Loss::Accept).unwrap();
    assert_eq!((rebuilt.size, rebuilt.lost), (SIZE, Some(SIZE..SIZE + 500)));
    assert_eq!(verify(&dir, SIZE), Ok(SIZE));
}

/// Entries beyond the checkpoint come from the damaged log, where its rest is whole.
#[test]
fn a_rebuild_salvages_what_the_tiles_do_not_cover() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("ledger");
    ledger(&dir);
    let (store, _) = Store::open(&dir, options()).unwrap();
    let mut tiles = TileWriter::open(&store).unwrap();
    append(&store, &mut tiles, 700, Commit::default());
    append(&store, &mut tiles, 1, Commit::default());
    drop(store);
    let rebuilt = rebuild_from_tiles(&dir, Loss::Refuse).unwrap();
    assert_eq!((rebuilt.size, rebuilt.root, rebuilt.salvaged), (SIZE + 701, root(SIZE + 701), 701));
    assert_eq!(verify(&dir, SIZE + 701), Ok(SIZE + 701));
    assert_eq!(scrub(&dir).unwrap(), []);
}
