//! Proofs that an entry is in a tree, and that a tree is the beginning of another: RFC 6962 sections 2.1.1 and 2.1.2,
//! verified as RFC 9162 sections 2.1.3.2 and 2.1.4.2 say.
//!
//! Making a proof reads only roots of complete subtrees. Verifying one takes exactly the hashes that the sizes call for,
//! none less and none more.

use std::ops::Range;

use crate::{EMPTY_ROOT, Hash, HashReader, Node, node_hash};

/// Why a proof could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProveError {
    /// The tree has no such leaf.
    #[error("leaf {index} is not in a tree of {size} leaves")]
    IndexOutsideTree {
        /// The leaf asked for, from 0.
        index: u64,
        /// Leaves in the tree.
        size: u64,
    },
    /// The old tree is larger than the new one.
    #[error("a tree of {old_size} leaves is not the beginning of one of {new_size}")]
    SizesReversed {
        /// Leaves in the old tree.
        old_size: u64,
        /// Leaves in the new tree.
        new_size: u64,
    },
    /// The reader lacks a hash.
    #[error("the hash of subtree {} of height {} is not at hand", node.index, node.level)]
    HashMissing {
        /// Which one.
        node: Node,
    },
}

/// Why a proof does not convince.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The tree has no such leaf.
    #[error("leaf {index} is not in a tree of {size} leaves")]
    IndexOutsideTree {
        /// The leaf claimed, from 0.
        index: u64,
        /// Leaves in the tree.
        size: u64,
    },
    /// The old tree is larger than the new one.
    #[error("a tree of {old_size} leaves is not the beginning of one of {new_size}")]
    SizesReversed {
        /// Leaves in the old tree.
        old_size: u64,
        /// Leaves in the new tree.
        new_size: u64,
    },
    /// The proof has too few or too many hashes for the sizes.
    #[error("the proof has {found} hashes where the sizes call for {expected}")]
    WrongLength {
        /// How many there should be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// The proof leads to another root than that of the old tree.
    #[error("the proof does not lead to the old root")]
    OldRootDiffers,
    /// The proof leads to another root than that of the tree.
    #[error("the proof does not lead to the root")]
    RootDiffers,
}

/// The root of the tree of the first `size` leaves.
pub fn tree_root(reader: &impl HashReader, size: u64) -> Result<Hash, ProveError> {
    if size == 0 { Ok(EMPTY_ROOT) } else { range_root(reader, &(0..size)) }
}

/// Proves that leaf `index` is in the tree of the first `size` leaves: the sibling of the leaf first.
pub fn prove_inclusion(reader: &impl HashReader, index: u64, size: u64) -> Result<Vec<Hash>, ProveError> {
    if index >= size {
        return Err(ProveError::IndexOutsideTree { index, size });
    }
    inclusion_ranges(index, size).iter().map(|range| range_root(reader, range)).collect()
}

/// Proves that the first `old_size` leaves are the beginning of the first `new_size`.
pub fn prove_consistency(reader: &impl HashReader, old_size: u64, new_size: u64) -> Result<Vec<Hash>, ProveError> {
    if old_size > new_size {
        return Err(ProveError::SizesReversed { old_size, new_size });
    }
    consistency_ranges(old_size, new_size).iter().map(|range| range_root(reader, range)).collect()
}

/// The nodes that [`prove_inclusion`] will read, so that their tiles can be fetched first; none outside the tree.
#[must_use]
pub fn inclusion_nodes(index: u64, size: u64) -> Vec<Node> {
    if index >= size { Vec::new() } else { inclusion_ranges(index, size).iter().flat_map(nodes).collect() }
}

/// The nodes that [`prove_consistency`] will read; none when the old tree is larger than the new one.
#[must_use]
pub fn consistency_nodes(old_size: u64, new_size: u64) -> Vec<Node> {
    if old_size > new_size {
        Vec::new()
    } else {
        consistency_ranges(old_size, new_size).iter().flat_map(nodes).collect()
    }
}

/// Checks that `leaf` is leaf `index` of the tree with this size and root. RFC 9162 section 2.1.3.2.
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, root: &Hash, proof: &[Hash]) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::IndexOutsideTree { index, size });
    }
    check_length(inclusion_ranges(index, size).len(), proof)?;
    let (mut place, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in proof {
        if place & 1 == 1 || place == last {
            hash = node_hash(sibling, &hash);
            let lone = if place & 1 == 1 { 0 } else { place.trailing_zeros() };
            (place, last) = (shift(place, lone), shift(last, lone));
        } else {
            hash = node_hash(&hash, sibling);
        }
        (place, last) = (place >> 1, last >> 1);
    }
    if last == 0 && hash == *root { Ok(()) } else { Err(ProofError::RootDiffers) }
}

/// Checks that the tree of `old_size` and `old_root` is the beginning of that of `new_size` and `new_root`. RFC 9162
/// section 2.1.4.2. The empty tree is the beginning of every tree, with an empty proof.
pub fn verify_consistency(
    old_size: u64,
    old_root: &Hash,
    new_size: u64,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if old_size > new_size {
        return Err(ProofError::SizesReversed { old_size, new_size });
    }
    check_length(consistency_ranges(old_size, new_size).len(), proof)?;
    if old_size == 0 && *old_root != EMPTY_ROOT {
        return Err(ProofError::OldRootDiffers);
    }
    if old_size == new_size {
        return if old_root == new_root { Ok(()) } else { Err(ProofError::RootDiffers) };
    }
    if old_size == 0 {
        return Ok(());
    }
    // A complete old tree is a node of the new one: its root stands for the first hash.
    let (first, rest) = if old_size.is_power_of_two() {
        (old_root, proof)
    } else {
        proof.split_first().expect("an incomplete old tree takes a hash at least")
    };
    let complete = (old_size - 1).trailing_ones();
    let (mut place, mut last) = (shift(old_size - 1, complete), shift(new_size - 1, complete));
    let (mut old, mut new) = (*first, *first);
    for sibling in rest {
        if place & 1 == 1 || place == last {
            old = node_hash(sibling, &old);
            new = node_hash(sibling, &new);
            let lone = if place & 1 == 1 { 0 } else { place.trailing_zeros() };
            (place, last) = (shift(place, lone), shift(last, lone));
        } else {
            new = node_hash(&new, sibling);
        }
        (place, last) = (place >> 1, last >> 1);
    }
    if old != *old_root {
        return Err(ProofError::OldRootDiffers);
    }
    if last == 0 && new == *new_root { Ok(()) } else { Err(ProofError::RootDiffers) }
}

fn check_length(expected: usize, proof: &[Hash]) -> Result<(), ProofError> {
    let found = proof.len();
    if found == expected { Ok(()) } else { Err(ProofError::WrongLength { expected, found }) }
}

/// `number` >> `bits`, and zero from 64 bits on.
fn shift(number: u64, bits: u32) -> u64 {
    number.checked_shr(bits).unwrap_or(0)
}

/// The leaves behind each hash of an inclusion proof, the leaf's sibling first.
fn inclusion_ranges(index: u64, size: u64) -> Vec<Range<u64>> {
    let mut tree = 0..size;
    let mut ranges = Vec::new();
    while tree.end - tree.start > 1 {
        let middle = split(&tree);
        if index < middle {
            ranges.push(middle..tree.end);
            tree.end = middle;
        } else {
            ranges.push(tree.start..middle);
            tree.start = middle;
        }
    }
    ranges.reverse();
    ranges
}

/// The leaves behind each hash of a consistency proof: SUBPROOF of RFC 6962 section 2.1.2, lowest first.
fn consistency_ranges(old_size: u64, new_size: u64) -> Vec<Range<u64>> {
    if old_size == 0 {
        return Vec::new();
    }
    let mut tree = 0..new_size;
    let mut ranges = Vec::new();
    while tree.end != old_size {
        let middle = split(&tree);
        if old_size <= middle {
            ranges.push(middle..tree.end);
            tree.end = middle;
        } else {
            ranges.push(tree.start..middle);
            tree.start = middle;
        }
    }
    if tree.start != 0 {
        ranges.push(tree);
    }
    ranges.reverse();
    ranges
}

/// Where a tree of two leaves or more splits: after the largest power of two below its size.
fn split(tree: &Range<u64>) -> u64 {
    let half = 1 << (tree.end - tree.start - 1).ilog2();
    tree.start + half
}

/// The complete subtrees that make up a range, from the left. The range begins where a split left it, so that the
/// subtrees only get smaller.
fn nodes(range: &Range<u64>) -> Vec<Node> {
    let mut start = range.start;
    std::iter::from_fn(|| {
        let level = (range.end - start).checked_ilog2()?;
        let node = Node { level: level as u8, index: start >> level };
        start += 1 << level;
        Some(node)
    })
    .collect()
}

fn range_root(reader: &impl HashReader, range: &Range<u64>) -> Result<Hash, ProveError> {
    let mut hashes =
        nodes(range).into_iter().rev().map(|node| reader.hash(node).ok_or(ProveError::HashMissing { node }));
    let last = hashes.next().expect("a range has a leaf at least")?;
    hashes.try_fold(last, |right, left| Ok(node_hash(&left?, &right)))
}

#[cfg(test)]
mod tests;
