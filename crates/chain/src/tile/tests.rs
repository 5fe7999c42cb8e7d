use proptest::prelude::*;

use super::*;

fn paths(tiles: impl Iterator<Item = Tile>) -> Vec<String> {
    tiles.map(Tile::path).collect()
}

#[test]
fn paths_are_those_of_the_standard() {
    for (kind, index, width, path) in [
        (TileKind::Hashes(0), 1_234_067, 256, "tile/0/x001/x234/067"),
        (TileKind::Hashes(2), 0, 1, "tile/2/000.p/1"),
        (TileKind::Hashes(63), 999, 255, "tile/63/999.p/255"),
        (TileKind::Entries, 1_000, 256, "tile/entries/x001/000"),
        (TileKind::Entries, 273, 112, "tile/entries/273.p/112"),
        (TileKind::Entries, u64::MAX, 255, "tile/entries/x018/x446/x744/x073/x709/x551/615.p/255"),
    ] {
        let tile = Tile::new(kind, index, width).expect("within the limits");
        assert_eq!(tile.path(), path);
        assert_eq!(path.parse(), Ok(tile));
    }
}

#[test]
fn a_tile_is_written_in_one_way_only() {
    for path in [
        "",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/0000",
        "tile/00/000",
        "tile/+1/000",
        "tile/64/000",
        "tile/256/000",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/1.p/1",
        "tile/0/000/",
        "/tile/0/000",
        "tile/data/000",
        "tile/0/../000",
        "tile/entries/x018/x446/x744/x073/x709/x551/616",
    ] {
        assert_eq!(Tile::parse(path), Err(TileError::BadPath { path: path.to_owned() }));
    }
}

#[test]
fn the_trees_of_the_standard_have_its_tiles() {
    // tlog-tiles, section "Partial Tiles": 70,000 leaves, and 256.
    let tiles: Vec<Tile> = hash_tiles(70_000).collect();
    let level = |level, full| {
        tiles.iter().filter(|tile| tile.kind() == TileKind::Hashes(level) && tile.is_full() == full).collect::<Vec<_>>()
    };
    assert_eq!(level(0, true).len(), 273);
    assert_eq!(level(1, true).len(), 1);
    let partial: Vec<String> = tiles.iter().filter(|tile| !tile.is_full()).map(|tile| tile.path()).collect();
    assert_eq!(partial, ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]);
    assert_eq!(tiles.len(), 277);
    assert_eq!(paths(hash_tiles(256)), ["tile/0/000", "tile/1/000.p/1"]);
    assert_eq!(paths(hash_tiles(0)), [""; 0]);
    assert_eq!(paths(hash_tiles(1)), ["tile/0/000.p/1"]);
}

#[test]
fn growth_touches_only_the_right_edge() {
    assert_eq!(paths(new_tiles(255, 257)), ["tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"]);
    assert_eq!(paths(new_tiles(256, 257)), ["tile/0/001.p/1"]);
    assert_eq!(paths(new_tiles(257, 257)), [""; 0]);
    assert_eq!(paths(new_tiles(257, 3)), [""; 0]);
}

#[test]
fn bundles_are_as_wide_as_the_leaves_they_hold() {
    let bundle = |index, size| Tile::of_tree(TileKind::Entries, index, size).map(Tile::path);
    assert_eq!(bundle(0, 300).as_deref(), Some("tile/entries/000"));
    assert_eq!(bundle(1, 300).as_deref(), Some("tile/entries/001.p/44"));
    assert_eq!(bundle(2, 300), None);
    assert_eq!(bundle(1, 256), None);
    assert_eq!(bundle(u64::MAX, u64::MAX), None);
}

#[test]
fn a_subtree_is_held_by_the_tile_below_which_it_ends() {
    let holding = |level, index, size| Tile::holding(level, index, size).map(Tile::path);
    assert_eq!(holding(0, 0, 1).as_deref(), Some("tile/0/000.p/1"));
    assert_eq!(holding(7, 1, 300).as_deref(), Some("tile/0/000"));
    assert_eq!(holding(8, 0, 300).as_deref(), Some("tile/1/000.p/1"));
    assert_eq!(holding(8, 1, 300), None);
    assert_eq!(holding(63, 0, 1 << 63).as_deref(), Some("tile/7/000.p/128"));
    assert_eq!(holding(64, 0, u64::MAX), None);
    assert_eq!(holding(255, u64::MAX, u64::MAX), None);
}

#[test]
fn places_out_of_range_are_refused() {
    assert_eq!(Tile::new(TileKind::Hashes(64), 0, 1), Err(TileError::LevelTooHigh { level: 64 }));
    assert_eq!(Tile::new(TileKind::Hashes(0), 0, 0), Err(TileError::WidthOutOfRange { width: 0 }));
    assert_eq!(Tile::new(TileKind::Entries, 0, 257), Err(TileError::WidthOutOfRange { width: 257 }));
}

proptest! {
    #[test]
    fn every_tile_is_read_back(level in 0..=63u8, entries: bool, index: u64, width in 1..=256u16) {
        let kind = if entries { TileKind::Entries } else { TileKind::Hashes(level) };
        let tile = Tile::new(kind, index, width).unwrap();
        prop_assert_eq!(Tile::parse(&tile.path()), Ok(tile));
    }

    #[test]
    fn no_path_panics(path in "(tile/)?(entries|[0-9x]{0,3})[/x0-9.p]{0,70}|.*") {
        if let Ok(tile) = Tile::parse(&path) {
            prop_assert_eq!(tile.path(), path);
        }
    }
}
