use proptest::prelude::*;

use super::*;
use crate::tile::TILE_HEIGHT;

/// MTH of RFC 6962 section 2.1, as it is written there.
fn naive(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => EMPTY_ROOT,
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node_hash(&naive(left), &naive(right))
        }
    }
}

fn leaves(count: u32) -> Vec<Hash> {
    (0..count).map(|index| leaf_hash(&index.to_be_bytes())).collect()
}

#[test]
fn the_root_of_nothing_is_the_hash_of_nothing() {
    assert_eq!(Frontier::default().root(), EMPTY_ROOT);
    assert_eq!(crate::text::encode(EMPTY_ROOT), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
}

#[test]
fn every_tree_up_to_three_hundred_leaves_has_the_root_of_the_standard() {
    let leaves = leaves(300);
    let mut frontier = Frontier::default();
    for (index, leaf) in leaves.iter().enumerate() {
        assert_eq!(frontier.root(), naive(&leaves[..index]), "{index} leaves");
        frontier.append(*leaf);
        assert_eq!(frontier.size(), index as u64 + 1);
    }
    assert_eq!(frontier.root(), naive(&leaves));
    assert!(leaves.len() > 1 << TILE_HEIGHT, "more than one tile");
}

#[test]
fn known_answers_of_certificate_transparency_hold() {
    // The eight inputs of the reference tests of certificate-transparency, and the root of each of their trees.
    let inputs: [&[u8]; 8] = [
        b"",
        &[0x00],
        &[0x10],
        &[0x20, 0x21],
        &[0x30, 0x31],
        &[0x40, 0x41, 0x42, 0x43],
        &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
        &[0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
    ];
    let mut frontier = Frontier::default();
    inputs.iter().for_each(|input| frontier.append(leaf_hash(input)));
    let root: String = frontier.root().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(root, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
}

proptest! {
    #[test]
    fn a_tree_taken_up_where_it_was_left_grows_the_same(count in 0..200u32, more in 0..200u32) {
        let leaves = leaves(count + more);
        let mut whole = Frontier::default();
        leaves.iter().for_each(|leaf| whole.append(*leaf));
        let mut part = Frontier::default();
        let (first, rest) = leaves.split_at(count as usize);
        first.iter().for_each(|leaf| part.append(*leaf));
        let mut part = Frontier::from_parts(part.size(), part.peaks().to_vec()).unwrap();
        rest.iter().for_each(|leaf| part.append(*leaf));
        prop_assert_eq!(part, whole);
    }
}

#[test]
fn peaks_that_do_not_fit_the_size_are_refused() {
    assert_eq!(Frontier::from_parts(3, vec![[0; 32]]), None);
    assert_eq!(Frontier::from_parts(0, vec![[0; 32]]), None);
    assert!(Frontier::from_parts(u64::MAX, vec![[0; 32]; 64]).is_some());
}
