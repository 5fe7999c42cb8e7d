use std::collections::HashMap;

use super::*;
use crate::{Levels, encode_entries, hash_tiles, leaf_hash, tile_bytes};

/// Static files in memory.
#[derive(Default)]
struct Shelf(HashMap<String, Vec<u8>>);

impl LogFiles for Shelf {
    fn checkpoint(&self) -> Result<Vec<u8>, FileError> {
        Err(FileError::Missing { path: "checkpoint".into() })
    }

    fn file(&self, tile: Tile) -> Result<Vec<u8>, FileError> {
        self.0.get(&tile.path()).cloned().ok_or_else(|| FileError::Missing { path: tile.path() })
    }
}

fn entry(index: u64) -> Vec<u8> {
    format!("entry {index}").into_bytes()
}

/// The files of a tree, the way a log leaves them: partial ones only at its end.
fn shelf(size: u64) -> (Shelf, Levels) {
    let mut levels = Levels::default();
    (0..size).for_each(|index| levels.append(leaf_hash(&entry(index))));
    let mut shelf = Shelf::default();
    for tile in hash_tiles(size) {
        shelf.0.insert(tile.path(), tile_bytes(levels.tile(tile).expect("in the tree")));
    }
    for bundle in 0..size.div_ceil(256) {
        let tile = Tile::of_tree(TileKind::Entries, bundle, size).expect("in the tree");
        let entries: Vec<Vec<u8>> = (bundle * 256..bundle * 256 + u64::from(tile.width())).map(entry).collect();
        let content = encode_entries(entries.iter().map(Vec::as_slice)).expect("short");
        shelf.0.insert(tile.path(), content);
    }
    (shelf, levels)
}

#[test]
fn proofs_from_the_files_are_those_of_the_tree() {
    let (files, levels) = shelf(1_000);
    // An older tree is proven from the files of the newer one: full tiles have replaced its partial ones.
    for size in [1, 2, 255, 256, 257, 700, 1_000] {
        assert_eq!(root_from(&files, size, 1_000), Ok(tree_root(&levels, size).expect("at hand")), "{size}");
        for index in [0, size / 2, size - 1] {
            assert_eq!(
                inclusion_from(&files, index, size, 1_000),
                Ok(prove_inclusion(&levels, index, size).expect("at hand"))
            );
            assert_eq!(read_entry(&files, index, 1_000), Ok(entry(index)));
        }
        let proof = prove_consistency(&levels, size / 3, size).expect("at hand");
        assert_eq!(consistency_from(&files, size / 3, size, 1_000), Ok(proof));
    }
    assert_eq!(root_from(&files, 0, 0), Ok(crate::EMPTY_ROOT));
}

#[test]
fn a_file_that_is_missing_or_damaged_is_named() {
    let (mut files, _) = shelf(300);
    let outside = ProveError::IndexOutsideTree { index: 300, size: 300 };
    assert_eq!(read_entry(&files, 300, 300), Err(outside.into()));
    files.0.get_mut("tile/0/000").expect("a tile").pop();
    let damaged = FromFilesError::Damaged { path: "tile/0/000".into(), problem: "8191 bytes instead of 8192".into() };
    assert_eq!(inclusion_from(&files, 3, 300, 300), Err(damaged));
    files.0.remove("tile/0/000");
    let missing = FromFilesError::File(FileError::Missing { path: "tile/0/000".into() });
    assert_eq!(inclusion_from(&files, 3, 300, 300), Err(missing));
    files.0.get_mut("tile/entries/000").expect("a bundle").truncate(100);
    assert!(matches!(read_entry(&files, 3, 300), Err(FromFilesError::Damaged { .. })));
}
