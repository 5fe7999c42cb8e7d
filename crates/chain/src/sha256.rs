//! SHA-256 of one prefix byte and a short message: the hash that the tree takes by the million.
//!
//! A node fills two blocks of the hash, most entries one or two. Laying these out with their padding by hand and calling
//! the compression function once saves the bookkeeping of a streaming hasher, about a fifth of the time of a node; longer
//! messages go the usual way. An example of the standard and property tests hold both ways to the same digests.

use sha2::{Digest, Sha256, Sha256VarCore, compress256};

use crate::Hash;

type Block = sha2::digest::core_api::Block<Sha256VarCore>;

/// Bytes of a block of SHA-256.
const BLOCK_BYTES: usize = 64;
/// A message in one block leaves room for the mark 0x80 and its length in 8 bytes.
const ONE_BLOCK_BYTES_MAX: usize = BLOCK_BYTES - 9;
/// The same for two blocks.
const TWO_BLOCKS_BYTES_MAX: usize = 2 * BLOCK_BYTES - 9;

/// FIPS 180-4 section 5.3.3.
const START: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// SHA-256 of some bytes.
#[must_use]
pub fn sha256(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// SHA-256 of bytes that come piece by piece, such as those of a long file.
#[derive(Clone, Debug, Default)]
pub struct Hasher(Sha256);

impl Hasher {
    /// Adds a piece.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all pieces.
    #[must_use]
    pub fn finish(self) -> Hash {
        self.0.finalize().into()
    }
}

/// SHA-256(`prefix` ‖ `message`).
#[inline]
pub(crate) fn prefixed(prefix: u8, message: &[u8]) -> Hash {
    let message_bytes = message.len() + 1;
    let mark_and_length = |block: &mut Block| {
        block[message_bytes % BLOCK_BYTES] = 0x80;
        // Two blocks have 1024 bits, so that the upper six bytes of the length stay zero.
        block[BLOCK_BYTES - 2..].copy_from_slice(&(message_bytes as u16 * 8).to_be_bytes());
    };
    if message_bytes <= ONE_BLOCK_BYTES_MAX {
        let mut block = Block::default();
        block[0] = prefix;
        block[1..message_bytes].copy_from_slice(message);
        mark_and_length(&mut block);
        compress(&[block])
    } else if (BLOCK_BYTES..=TWO_BLOCKS_BYTES_MAX).contains(&message_bytes) {
        let mut blocks = [Block::default(); 2];
        let (first, rest) = message.split_at(BLOCK_BYTES - 1);
        blocks[0][0] = prefix;
        blocks[0][1..].copy_from_slice(first);
        blocks[1][..rest.len()].copy_from_slice(rest);
        mark_and_length(&mut blocks[1]);
        compress(&blocks)
    } else {
        Sha256::new_with_prefix([prefix]).chain_update(message).finalize().into()
    }
}

/// SHA-256(`prefix` ‖ `left` ‖ `right`): 65 bytes in two blocks.
#[inline]
pub(crate) fn prefixed_pair(prefix: u8, left: &Hash, right: &Hash) -> Hash {
    let mut blocks = [Block::default(); 2];
    blocks[0][0] = prefix;
    blocks[0][1..33].copy_from_slice(left);
    blocks[0][33..].copy_from_slice(&right[..31]);
    blocks[1][0] = right[31];
    blocks[1][1] = 0x80;
    blocks[1][BLOCK_BYTES - 2..].copy_from_slice(&(65 * 8u16).to_be_bytes());
    compress(&blocks)
}

#[inline]
fn compress(blocks: &[Block]) -> Hash {
    let mut state = START;
    compress256(&mut state, blocks);
    let mut hash = [0; 32];
    for (bytes, word) in hash.chunks_exact_mut(4).zip(state) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    hash
}

#[cfg(test)]
mod tests;
