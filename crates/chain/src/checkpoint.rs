//! Checkpoints: what a log commits to when it signs, as C2SP tlog-checkpoint says.
//!
//! Three lines: origin, size, root. Extension lines are refused, because nobody could audit them; only a witness of other
//! logs takes what the standard allows.

use std::fmt;

use crate::key::{SignatureKind, SignerKey, VerifierKey, check_name};
use crate::{Hash, KeyError, Note, NoteError, text};

/// A tree of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's key name: a URL prefix without scheme, without spaces or `+`.
    pub origin: String,
    /// Count of leaves, at most 2^63 - 1.
    pub size: u64,
    /// Root of the tree.
    pub root: Hash,
}

/// Why a text is not a checkpoint, or a checkpoint does not convince.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The note around it is not one, or is not signed as it must be.
    #[error("read the note of the checkpoint")]
    Note(#[source] NoteError),
    /// The text has not three lines, each with a newline.
    #[error("a checkpoint has three lines: origin, size and root")]
    NotThreeLines,
    /// The first line is not a key name.
    #[error("read the origin of the checkpoint")]
    BadOrigin(#[source] KeyError),
    /// The second line is not a decimal number without leading zeros, at most 2^63 - 1.
    #[error("the size of the checkpoint is not a decimal number without leading zeros below 2^63")]
    BadSize,
    /// The third line is not 32 bytes in base64.
    #[error("the root of the checkpoint is not 32 bytes in standard base64")]
    BadRoot,
    /// The checkpoint is that of another log.
    #[error("the checkpoint is of `{found}`, not of `{expected}`")]
    OtherOrigin {
        /// The log whose key was given.
        expected: String,
        /// What the checkpoint says.
        found: String,
    },
    /// The key given is a witness's: it does not speak for the log.
    #[error("key `{name}` is no log's key")]
    NotALogKey {
        /// Name of the key.
        name: String,
    },
}

impl Checkpoint {
    /// Reads the text of a note.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.split('\n');
        let (Some(origin), Some(size), Some(root), Some(""), None) =
            (lines.next(), lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(CheckpointError::NotThreeLines);
        };
        check_name(origin).map_err(CheckpointError::BadOrigin)?;
        let size = text::parse_count(size).ok_or(CheckpointError::BadSize)?;
        let root = text::parse_hash(root).ok_or(CheckpointError::BadRoot)?;
        Ok(Self { origin: origin.to_owned(), size, root })
    }

    /// Reads the text of a note of any log that keeps to the standard: its origin may be any line, and lines of its own may
    /// follow the root, none of them empty.
    ///
    /// # Errors
    /// The first line that is wrong.
    pub fn parse_of_any_log(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.strip_suffix('\n').ok_or(CheckpointError::NotThreeLines)?.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(CheckpointError::NotThreeLines);
        };
        if origin.is_empty() || lines.any(str::is_empty) {
            return Err(CheckpointError::NotThreeLines);
        }
        let size = text::parse_count(size).ok_or(CheckpointError::BadSize)?;
        let root = text::parse_hash(root).ok_or(CheckpointError::BadRoot)?;
        Ok(Self { origin: origin.to_owned(), size, root })
    }

    /// Reads a signed checkpoint and trusts it for what `log` signed: its origin is the name of that key.
    pub fn open(bytes: &[u8], log: &VerifierKey) -> Result<(Self, Note), CheckpointError> {
        let note = Note::parse(bytes).map_err(CheckpointError::Note)?;
        let checkpoint = Self::of_note(&note, log)?;
        Ok((checkpoint, note))
    }

    /// The checkpoint of a note that `log` signed.
    pub fn of_note(note: &Note, log: &VerifierKey) -> Result<Self, CheckpointError> {
        if log.kind() != SignatureKind::Ed25519 {
            return Err(CheckpointError::NotALogKey { name: log.name().to_owned() });
        }
        note.verify(std::slice::from_ref(log)).map_err(CheckpointError::Note)?;
        let checkpoint = Self::parse(note.text())?;
        if checkpoint.origin != log.name() {
            return Err(CheckpointError::OtherOrigin { expected: log.name().to_owned(), found: checkpoint.origin });
        }
        Ok(checkpoint)
    }

    /// Signs this checkpoint with the log's key, whose name must be its origin.
    pub fn sign(&self, key: &SignerKey) -> Result<Note, CheckpointError> {
        let text = self.to_string();
        Self::parse(&text)?;
        if self.origin != key.verifier().name() {
            let expected = key.verifier().name().to_owned();
            return Err(CheckpointError::OtherOrigin { expected, found: self.origin.clone() });
        }
        let mut note = Note::new(text).map_err(CheckpointError::Note)?;
        note.sign(key).map_err(CheckpointError::Note)?;
        Ok(note)
    }
}

/// The text to be signed: three lines, each with a newline.
impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, text::encode(self.root))
    }
}

#[cfg(test)]
mod tests;
