use super::*;
use crate::block::push_entry;
use crate::sealer::Sealer;
use crate::store::{Commit, OpenOptions};
use base64::Engine as _;
use std::os::unix::fs::MetadataExt;

fn create(dir: &Path) -> Store {
    Store::create(dir, "reserve.example/a", "", OpenOptions::default()).unwrap().0
}

fn append(store: &Store, tiles: &mut TileWriter, count: u64) {
    let head = store.head();
    let mut bundle = vec![];
    (head.size()..head.size() + count).for_each(|index| push_entry(&mut bundle, &index.to_be_bytes()));
    let sealed = vec![Sealer::new(&head.tree).seal(bundle, count as usize)];
    let recorded = store.commit(Commit { sealed, ..Commit::default() }).unwrap();
    recorded.sealed.iter().for_each(|sealed| tiles.take(sealed).unwrap());
}

fn publish(tiles: &mut TileWriter) {
    let root = base64::engine::general_purpose::STANDARD.encode(tiles.root());
    tiles.publish(format!("reserve.example/a\n{}\n{root}\n\n", tiles.size()).as_bytes()).unwrap();
}

/// Found by killing: the partial tile of level 1 had the same width in two checkpoints, was written again for the second,
/// and the kill came between cutting the file and filling it. The first checkpoint, still in place, had lost a tile.
#[test]
fn a_partial_tile_that_the_checkpoint_needs_is_not_written_again() {
    let dir = tempfile::tempdir().unwrap();
    let store = create(dir.path());
    let mut tiles = TileWriter::open(&store).unwrap();
    append(&store, &mut tiles, 600);
    publish(&mut tiles);
    let needed = store.folder().tiles().join("tile/1/000.p/2");
    let before = fs::metadata(&needed).unwrap();
    append(&store, &mut tiles, 10);
    publish(&mut tiles);
    let after = fs::metadata(&needed).unwrap();
    assert_eq!((before.mtime(), before.mtime_nsec()), (after.mtime(), after.mtime_nsec()));
    // Nor by a writer that takes up the tiles after a stop.
    let mut tiles = TileWriter::open(&store).unwrap();
    append(&store, &mut tiles, 10);
    publish(&mut tiles);
    let after = fs::metadata(&needed).unwrap();
    assert_eq!((before.mtime(), before.mtime_nsec()), (after.mtime(), after.mtime_nsec()));
}

#[test]
fn tiles_catch_up_from_the_log_and_partial_files_go_when_full() {
    let dir = tempfile::tempdir().unwrap();
    let store = create(dir.path());
    let mut tiles = TileWriter::open(&store).unwrap();
    append(&store, &mut tiles, 100);
    publish(&mut tiles);
    drop(tiles);
    let root = store.folder().tiles();
    assert!(root.join("tile/0/000.p/100").exists() && root.join("tile/entries/000.p/100").exists());
    // Recorded while no tiles were written.
    let head = store.head();
    let mut bundle = vec![];
    (100..70_000u64).for_each(|index| push_entry(&mut bundle, &index.to_be_bytes()));
    let sealed = vec![Sealer::new(&head.tree).seal(bundle, 69_900)];
    store.commit(Commit { sealed, ..Commit::default() }).unwrap();
    let mut tiles = TileWriter::open(&store).unwrap();
    assert_eq!((tiles.size(), tiles.root()), (70_000, store.head().root()));
    publish(&mut tiles);
    assert!(!root.join("tile/0/000.p").exists() && !root.join("tile/entries/000.p").exists());
    for path in ["tile/0/000", "tile/0/272", "tile/entries/000", "tile/1/000", "tile/0/273.p/112", "tile/1/001.p/17"] {
        assert!(root.join(path).exists(), "{path}");
    }
    assert_eq!(fs::metadata(root.join("tile/2/000.p/1")).unwrap().len(), 32);
}

#[test]
fn a_missing_tile_below_the_checkpoint_is_not_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    let store = create(dir.path());
    let mut tiles = TileWriter::open(&store).unwrap();
    append(&store, &mut tiles, 300);
    publish(&mut tiles);
    fs::remove_file(store.folder().tiles().join("tile/0/001.p/44")).unwrap();
    assert!(matches!(TileWriter::open(&store), Err(TilesError::Damaged { size: 300 })));
}
