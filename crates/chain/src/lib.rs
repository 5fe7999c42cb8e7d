//! The proof side of the ledger: an RFC 6962 tree over event bytes, signed checkpoints, static tiles and proofs.
//!
//! Everything here is a public standard (RFC 6962, C2SP signed-note, tlog-tiles, tlog-proof), so that other
//! people's tools accept what we write. Nothing here reads a clock, a disk or a network.

pub mod tree;

pub use tree::{Frontier, Hash, leaf_hash, node_hash};
