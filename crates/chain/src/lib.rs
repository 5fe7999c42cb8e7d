//! The proof side of the ledger: an RFC 6962 tree over event bytes, signed checkpoints, static tiles and proofs.
//!
//! Everything here is a public standard (RFC 6962, C2SP signed-note, tlog-tiles, tlog-proof), so that other
//! people's tools accept what we write. Nothing here reads a clock, a disk or a network.

mod archive;
pub mod balance;
pub mod checkpoint;
pub mod entries;
pub mod fact;
pub mod files;
pub mod key;
pub mod note;
pub mod party_key;
pub mod policy;
pub mod proof;
pub mod reader;
pub mod receipt;
pub mod rotation;
mod sha256;
pub mod submission;
mod text;
pub mod tile;
pub mod tree;

pub use archive::{ARCHIVE, Archived};
pub use balance::{Balance, BalanceProof, BalanceProofError, balance_salt};
pub use checkpoint::{Checkpoint, CheckpointError};
pub use entries::{BundleError, EntryTooLong, decode_entries, encode_entries};
pub use fact::{FACT_BYTES_MAX, FACT_HEAD, Fact, FactError, FactPart, SeenTree, Since};
pub use files::{
    FileError, FromFilesError, LogFiles, consistency_from, inclusion_from, read_entry, read_tile, receipt_from,
    root_from,
};
pub use key::{KeyError, SignatureKind, SignerKey, VerifierKey};
pub use note::{NOTE_BYTES_MAX, Note, NoteError, Signature, Verified};
pub use party_key::{PartyKey, PartyKeyError};
pub use policy::{Policy, PolicyError, PolicyFailure, PolicyProblem, Trusted};
pub use proof::{
    ProofError, ProveError, consistency_nodes, inclusion_nodes, prove_consistency, prove_inclusion, tree_root,
    verify_consistency, verify_inclusion,
};
pub use reader::{HashReader, HashTileError, HashTiles, Levels, Node, tile_bytes};
pub use receipt::{Receipt, ReceiptError};
pub use rotation::{ROTATION_HEAD, Rotation, RotationError};
pub use sha256::{Hasher, sha256};
pub use submission::{Submission, SubmissionError};
pub use text::{decode as decode_base64, encode as encode_base64};
pub use tile::{Tile, TileError, TileKind, hash_tiles, new_tiles};
pub use tree::{EMPTY_ROOT, Frontier, Hash, leaf_hash, node_hash};
