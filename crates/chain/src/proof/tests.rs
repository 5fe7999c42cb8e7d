use proptest::prelude::*;

use super::*;
use crate::{Levels, leaf_hash};

const SIZE_MAX: u64 = 70;

fn leaf(index: u64) -> Hash {
    leaf_hash(&index.to_be_bytes())
}

fn levels(size: u64) -> Levels {
    let mut levels = Levels::default();
    (0..size).for_each(|index| levels.append(leaf(index)));
    levels
}

/// The proof with one bit flipped, for every hash of it; and one hash less, and one more.
fn spoiled(proof: &[Hash]) -> Vec<Vec<Hash>> {
    let mut all: Vec<Vec<Hash>> = (0..proof.len())
        .map(|place| {
            let mut other = proof.to_vec();
            other[place][place % 32] ^= 1 << (place % 8);
            other
        })
        .collect();
    all.push([proof, &[[0; 32]]].concat());
    if let Some((_, rest)) = proof.split_last() {
        all.push(rest.to_vec());
    }
    all
}

#[test]
fn every_inclusion_proof_convinces_and_no_spoiled_one_does() {
    let levels = levels(SIZE_MAX);
    for size in 1..=SIZE_MAX {
        let root = tree_root(&levels, size).expect("all at hand");
        for index in 0..size {
            let proof = prove_inclusion(&levels, index, size).expect("all at hand");
            assert_eq!(verify_inclusion(&leaf(index), index, size, &root, &proof), Ok(()), "{index} of {size}");
            for proof in spoiled(&proof) {
                assert!(verify_inclusion(&leaf(index), index, size, &root, &proof).is_err(), "{index} of {size}");
            }
            assert!(verify_inclusion(&leaf(index + 1), index, size, &root, &proof).is_err());
            let elsewhere = (0..size).filter(|other| *other != index);
            for other in elsewhere {
                assert!(verify_inclusion(&leaf(index), other, size, &root, &proof).is_err(), "{index} as {other}");
            }
        }
    }
}

#[test]
fn every_consistency_proof_convinces_and_no_spoiled_one_does() {
    let levels = levels(SIZE_MAX);
    let roots: Vec<Hash> = (0..=SIZE_MAX).map(|size| tree_root(&levels, size).expect("all at hand")).collect();
    for new_size in 0..=SIZE_MAX {
        let new_root = &roots[new_size as usize];
        for old_size in 0..=new_size {
            let old_root = &roots[old_size as usize];
            let proof = prove_consistency(&levels, old_size, new_size).expect("all at hand");
            let verify =
                |old_root, new_root, proof: &[Hash]| verify_consistency(old_size, old_root, new_size, new_root, proof);
            assert_eq!(verify(old_root, new_root, &proof), Ok(()), "{old_size} to {new_size}");
            for proof in spoiled(&proof) {
                assert!(verify(old_root, new_root, &proof).is_err(), "{old_size} to {new_size}");
            }
            let other = [7; 32];
            assert!(verify(&other, new_root, &proof).is_err(), "{old_size} to {new_size}");
            // Every tree begins with the empty one: no proof can tell the roots of the larger apart.
            assert_eq!(verify(old_root, &other, &proof).is_ok(), old_size == 0 && new_size > 0);
        }
    }
}

#[test]
fn every_flipped_bit_of_one_proof_is_found() {
    let levels = levels(SIZE_MAX);
    let root = tree_root(&levels, SIZE_MAX).expect("all at hand");
    let proof = prove_inclusion(&levels, 37, SIZE_MAX).expect("all at hand");
    for bit in 0..proof.len() * 256 {
        let mut other = proof.clone();
        other[bit / 256][bit % 256 / 8] ^= 1 << (bit % 8);
        let refused = Err(ProofError::RootDiffers);
        assert_eq!(verify_inclusion(&leaf(37), 37, SIZE_MAX, &root, &other), refused, "bit {bit}");
    }
}

#[test]
fn sizes_that_make_no_sense_are_refused() {
    let levels = levels(5);
    let root = tree_root(&levels, 5).expect("all at hand");
    assert_eq!(prove_inclusion(&levels, 5, 5), Err(ProveError::IndexOutsideTree { index: 5, size: 5 }));
    assert_eq!(prove_consistency(&levels, 5, 4), Err(ProveError::SizesReversed { old_size: 5, new_size: 4 }));
    let missing = Node { level: 2, index: 1 };
    assert_eq!(prove_inclusion(&levels, 0, 8), Err(ProveError::HashMissing { node: missing }));
    let refused = Err(ProofError::IndexOutsideTree { index: 0, size: 0 });
    assert_eq!(verify_inclusion(&leaf(0), 0, 0, &EMPTY_ROOT, &[]), refused);
    let refused = Err(ProofError::SizesReversed { old_size: 6, new_size: 5 });
    assert_eq!(verify_consistency(6, &root, 5, &root, &[]), refused);
    let refused = Err(ProofError::WrongLength { expected: 3, found: 0 });
    assert_eq!(verify_inclusion(&leaf(0), 0, 5, &root, &[]), refused);
    assert_eq!(verify_consistency(0, &root, 5, &root, &[]), Err(ProofError::OldRootDiffers));
}

proptest! {
    #[test]
    fn no_claim_panics(
        a: u64, b: u64, leaf: Hash, root: Hash, proof in proptest::collection::vec(any::<Hash>(), 0..130),
    ) {
        prop_assert!(verify_inclusion(&leaf, a, b, &root, &proof).is_err());
        prop_assert!(verify_consistency(a, &leaf, b, &root, &proof).is_err());
        let _ = (inclusion_nodes(a, b), consistency_nodes(a, b));
    }

    #[test]
    fn no_proof_of_fitting_length_panics(a: u64, b: u64, root: Hash) {
        let (small, large) = (a.min(b).min(u64::MAX - 1), a.max(b).max(1));
        let proof = vec![root; inclusion_ranges(small.min(large - 1), large).len()];
        prop_assert_eq!(verify_inclusion(&root, small.min(large - 1), large, &root, &proof), Err(ProofError::RootDiffers));
        let proof = vec![root; consistency_ranges(small, large).len()];
        let _ = verify_consistency(small, &root, large, &root, &proof);
    }
}
