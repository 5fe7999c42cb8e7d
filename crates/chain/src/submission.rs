//! A checkpoint on its way to somebody who has seen an earlier one: the old size, the proof, the checkpoint. C2SP
//! tlog-witness, `add-checkpoint`.
//!
//! The same text serves as a proof of consistency in a file: whoever kept the old checkpoint checks with it that the new
//! one only added to it.

use std::fmt;

use crate::{Hash, Note, NoteError, text};

/// Hashes of the longest proof.
const PROOF_HASHES_MAX: usize = 63;

/// An old size, the proof from there, and the checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// Size of the tree that the receiver knows.
    pub old_size: u64,
    /// Consistency proof from there to the checkpoint.
    pub proof: Vec<Hash>,
    /// The checkpoint.
    pub checkpoint: Note,
}

/// Why a text is no submission.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubmissionError {
    /// Not UTF-8.
    #[error("the submission is not text in UTF-8")]
    NotText,
    /// No `old` line.
    #[error("the first line is not `old` and a decimal number without leading zeros")]
    BadOldSize,
    /// A line of the proof is not a hash.
    #[error("hash {line} of the proof is not 32 bytes in standard base64")]
    BadHash {
        /// Which one, from 1.
        line: usize,
    },
    /// More hashes than any proof has.
    #[error("the proof has more than {PROOF_HASHES_MAX} hashes")]
    TooManyHashes,
    /// No blank line with a checkpoint after it.
    #[error("there is no checkpoint after a blank line")]
    CheckpointMissing,
    /// The checkpoint is not a signed note.
    #[error("read the checkpoint")]
    Note(#[source] NoteError),
}

impl Submission {
    /// Reads a submission; what is read is written the same, byte for byte.
    ///
    /// # Errors
    /// The first part that is wrong.
    pub fn parse(bytes: &[u8]) -> Result<Self, SubmissionError> {
        let text = std::str::from_utf8(bytes).map_err(|_| SubmissionError::NotText)?;
        let (head, checkpoint) = text.split_once("\n\n").ok_or(SubmissionError::CheckpointMissing)?;
        let mut lines = head.split('\n');
        let old_size = lines.next().and_then(|line| line.strip_prefix("old ")).and_then(text::parse_count);
        let old_size = old_size.ok_or(SubmissionError::BadOldSize)?;
        let mut proof = Vec::new();
        for line in lines {
            if proof.len() == PROOF_HASHES_MAX {
                return Err(SubmissionError::TooManyHashes);
            }
            proof.push(text::parse_hash(line).ok_or(SubmissionError::BadHash { line: proof.len() + 1 })?);
        }
        let checkpoint = Note::parse(checkpoint.as_bytes()).map_err(SubmissionError::Note)?;
        Ok(Self { old_size, proof, checkpoint })
    }
}

/// The body of the request, and the file.
impl fmt::Display for Submission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old_size)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{}", text::encode(hash)))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

#[cfg(test)]
mod tests;
