use proptest::prelude::*;

use super::*;
use crate::tile::hash_tiles;
use crate::{Frontier, leaf_hash, proof};

fn levels(size: u32) -> Levels {
    let mut levels = Levels::default();
    (0..size).for_each(|index| levels.append(leaf_hash(&index.to_be_bytes())));
    levels
}

fn published(levels: &Levels) -> HashTiles {
    let mut tiles = HashTiles::default();
    for tile in hash_tiles(levels.size()) {
        let content = tile_bytes(levels.tile(tile).expect("a tile of the tree"));
        tiles.insert(tile, &content).expect("as wide as it says");
    }
    tiles
}

#[test]
fn tiles_give_every_complete_subtree_and_no_other() {
    let levels = levels(66_000);
    let tiles = published(&levels);
    for level in 0..=17 {
        for index in (0..=66_000 >> level).rev().take(300) {
            let node = Node { level, index };
            assert_eq!(tiles.hash(node), levels.hash(node), "{node:?}");
        }
    }
    assert_eq!(tiles.hash(Node { level: 255, index: u64::MAX }), None);
    assert_eq!(levels.hash(Node { level: 255, index: u64::MAX }), None);
}

#[test]
fn the_wider_of_two_tiles_is_kept() {
    let full = Tile::new(TileKind::Hashes(0), 0, 2).expect("within the limits");
    let part = Tile::new(TileKind::Hashes(0), 0, 1).expect("within the limits");
    let mut tiles = HashTiles::default();
    tiles.insert(full, &[1; 64]).expect("two hashes");
    tiles.insert(part, &[1; 32]).expect("one hash");
    assert_eq!(tiles.hash(Node { level: 0, index: 1 }), Some([1; 32]));
}

#[test]
fn content_must_fit_its_path() {
    let tile = Tile::new(TileKind::Hashes(0), 0, 2).expect("within the limits");
    let mut tiles = HashTiles::default();
    for tile_bytes in [0, 32, 63, 65, 96] {
        let refused = Err(HashTileError::WrongLength { width: 2, tile_bytes });
        assert_eq!(tiles.insert(tile, &vec![0; tile_bytes]), refused);
    }
    let bundle = Tile::new(TileKind::Entries, 0, 2).expect("within the limits");
    assert_eq!(tiles.insert(bundle, &[0; 64]), Err(HashTileError::Entries));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn tiles_rebuild_the_root(size in 0..3_000u32) {
        let mut frontier = Frontier::default();
        (0..size).for_each(|index| frontier.append(leaf_hash(&index.to_be_bytes())));
        let tiles = published(&levels(size));
        prop_assert_eq!(proof::tree_root(&tiles, u64::from(size)), Ok(frontier.root()));
    }

    #[test]
    fn a_proof_reads_only_the_nodes_it_names(size in 1..3_000u32, pick: prop::sample::Index) {
        let size = u64::from(size);
        let index = pick.index(size as usize) as u64;
        let levels = levels(size as u32);
        let mut fetched = HashTiles::default();
        for node in proof::inclusion_nodes(index, size).into_iter().chain(proof::consistency_nodes(index, size)) {
            let tile = Tile::holding(node.level, node.index, size).unwrap();
            fetched.insert(tile, &tile_bytes(levels.tile(tile).unwrap())).unwrap();
        }
        let of_all = (proof::prove_inclusion(&levels, index, size), proof::prove_consistency(&levels, index, size));
        let of_fetched = (proof::prove_inclusion(&fetched, index, size), proof::prove_consistency(&fetched, index, size));
        prop_assert_eq!(of_fetched, of_all);
    }
}
