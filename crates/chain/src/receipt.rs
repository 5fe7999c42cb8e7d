//! Receipts: all that is needed to check, offline and for ever, that a log took an entry. C2SP tlog-proof.
//!
//! A receipt carries the entry's index, its way up the tree and a signed checkpoint, but not the entry: whoever checks
//! brings that along.

use std::fmt;

use crate::key::VerifierKey;
use crate::note::NOTE_BYTES_MAX;
use crate::policy::{Policy, PolicyFailure, Trusted};
use crate::proof::{ProofError, verify_inclusion};
use crate::{Checkpoint, CheckpointError, Hash, Note, NoteError, leaf_hash, text};

/// The first line.
const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// Hashes of the longest proof: a tree of 2^63 leaves is 63 high.
const PROOF_HASHES_MAX: usize = 63;

/// Bytes of the longest receipt that is read: a note, and room for extra data.
const RECEIPT_BYTES_MAX: usize = 2 * NOTE_BYTES_MAX;

/// Proof that an entry is in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Something for the reader of the receipt that no signature covers.
    pub extra: Option<Vec<u8>>,
    /// Which entry of the log, from 0.
    pub index: u64,
    /// Inclusion proof, the leaf's sibling first.
    pub proof: Vec<Hash>,
    /// The signed checkpoint of the tree to which the proof leads.
    pub checkpoint: Note,
}

/// Why bytes are not a receipt, or a receipt does not convince.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// The receipt is longer than we read.
    #[error("the receipt has {receipt_bytes} bytes, more than {RECEIPT_BYTES_MAX}")]
    TooLong {
        /// Its length.
        receipt_bytes: usize,
    },
    /// The receipt is not UTF-8.
    #[error("the receipt is not text in UTF-8")]
    NotText,
    /// The first line is not that of a receipt.
    #[error("the receipt does not begin with `{HEADER}`")]
    BadHeader,
    /// The extra data is not base64.
    #[error("the extra data of the receipt is not standard base64")]
    BadExtra,
    /// There is no index, or not as a decimal number.
    #[error("the receipt has no line `index` with a decimal number without leading zeros")]
    BadIndex,
    /// A line of the proof is not a hash.
    #[error("hash {line} of the receipt's proof is not 32 bytes in standard base64")]
    BadHash {
        /// Which one, from 1.
        line: usize,
    },
    /// The proof is higher than any tree.
    #[error("the receipt's proof has more than {PROOF_HASHES_MAX} hashes")]
    TooManyHashes,
    /// No blank line with a checkpoint after it.
    #[error("the receipt has no checkpoint after a blank line")]
    CheckpointMissing,
    /// The checkpoint is not a signed note.
    #[error("read the checkpoint of the receipt")]
    Note(#[source] NoteError),
    /// The checkpoint is not the log's.
    #[error("trust the checkpoint of the receipt")]
    Checkpoint(#[source] CheckpointError),
    /// The checkpoint does not satisfy the policy.
    #[error("hold the checkpoint of the receipt to the policy")]
    Policy(#[source] PolicyFailure),
    /// The entry is not at its place in the tree of the checkpoint.
    #[error("find the entry in the tree of the checkpoint")]
    Proof(#[source] ProofError),
}

impl Receipt {
    /// Reads a receipt; what is read is written the same, byte for byte.
    pub fn parse(bytes: &[u8]) -> Result<Self, ReceiptError> {
        if bytes.len() > RECEIPT_BYTES_MAX {
            return Err(ReceiptError::TooLong { receipt_bytes: bytes.len() });
        }
        let receipt = std::str::from_utf8(bytes).map_err(|_| ReceiptError::NotText)?;
        let (head, checkpoint) = receipt.split_once("\n\n").ok_or(ReceiptError::CheckpointMissing)?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(HEADER) {
            return Err(ReceiptError::BadHeader);
        }
        let extra = lines.next_if(|line| line.starts_with("extra ")).map(|line| text::decode(&line["extra ".len()..]));
        if extra == Some(None) {
            return Err(ReceiptError::BadExtra);
        }
        let index = lines.next().and_then(|line| line.strip_prefix("index ")).and_then(text::parse_count);
        let index = index.ok_or(ReceiptError::BadIndex)?;
        let mut proof = Vec::new();
        for line in lines {
            if proof.len() == PROOF_HASHES_MAX {
                return Err(ReceiptError::TooManyHashes);
            }
            proof.push(text::parse_hash(line).ok_or(ReceiptError::BadHash { line: proof.len() + 1 })?);
        }
        let checkpoint = Note::parse(checkpoint.as_bytes()).map_err(ReceiptError::Note)?;
        Ok(Self { extra: extra.flatten(), index, proof, checkpoint })
    }

    /// Checks that a tree which satisfies a policy has `entry` at the index of this receipt.
    ///
    /// # Errors
    /// When the checkpoint does not satisfy the policy, or the entry is not there.
    pub fn verify_by(&self, entry: &[u8], policy: &Policy) -> Result<Trusted, ReceiptError> {
        let trusted = policy.check(&self.checkpoint).map_err(ReceiptError::Policy)?;
        let Checkpoint { size, root, .. } = &trusted.checkpoint;
        verify_inclusion(&leaf_hash(entry), self.index, *size, root, &self.proof).map_err(ReceiptError::Proof)?;
        Ok(trusted)
    }

    /// Checks that `log` signed a tree with `entry` at the index of this receipt, and says which tree.
    ///
    /// Cosignatures are the caller's to ask for, with [`Note::verify`] on the checkpoint and a policy.
    pub fn verify(&self, entry: &[u8], log: &VerifierKey) -> Result<Checkpoint, ReceiptError> {
        let checkpoint = Checkpoint::of_note(&self.checkpoint, log).map_err(ReceiptError::Checkpoint)?;
        verify_inclusion(&leaf_hash(entry), self.index, checkpoint.size, &checkpoint.root, &self.proof)
            .map_err(ReceiptError::Proof)?;
        Ok(checkpoint)
    }
}

/// The receipt as it is stored in a file `.tlog-proof`.
impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", text::encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{}", text::encode(hash)))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

#[cfg(test)]
mod tests;
