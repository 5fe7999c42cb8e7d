//! Rotation of a log's key: the old key announces the new one, and the new one agrees. The announcement is an entry of the log,
//! so that whoever follows the log follows the key; and a note by itself, so that whoever knows the old key can believe it.

use std::fmt;

use crate::key::{SignatureKind, SignerKey, VerifierKey};
use crate::{KeyError, Note, NoteError};

/// The first line. The second is a word, so that no announcement reads as a checkpoint.
pub const ROTATION_HEAD: &str = "granary-rotation/1";

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    note: Note,
    old: VerifierKey,
    new: VerifierKey,
}

/// Why bytes are no announcement, or it does not convince.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RotationError {
    /// Not a note, or not signed by both keys.
    #[error("read the announcement of a key")]
    Note(#[source] NoteError),
    /// The lines are not those of an announcement.
    #[error("an announcement has four lines: `{ROTATION_HEAD}`, origin, key and new-key")]
    NotFourLines,
    /// A key cannot be read.
    #[error("read a key of the announcement")]
    Key(#[source] KeyError),
    /// The keys are not two keys of one log.
    #[error("the announcement does not name two keys of one log")]
    OtherLog,
    /// One of the two did not sign.
    #[error("`{key}` did not sign the announcement")]
    SignatureMissing {
        /// Which one.
        key: String,
    },
}

impl Rotation {
    /// Announces a new key by the old one.
    pub fn announce(old: &SignerKey, new: &SignerKey) -> Result<Self, RotationError> {
        let (from, to) = (old.verifier(), new.verifier());
        let text = format!("{ROTATION_HEAD}\norigin {}\nkey {from}\nnew-key {to}\n", from.name());
        let mut note = Note::new(text).map_err(RotationError::Note)?;
        note.sign(old).map_err(RotationError::Note)?;
        note.sign(new).map_err(RotationError::Note)?;
        Self::of_note(note)
    }

    /// Reads an announcement, and checks both signatures.
    pub fn parse(bytes: &[u8]) -> Result<Self, RotationError> {
        Self::of_note(Note::parse(bytes).map_err(RotationError::Note)?)
    }

    fn of_note(note: Note) -> Result<Self, RotationError> {
        let mut lines = note.text().lines();
        let (Some(ROTATION_HEAD), Some(origin), Some(old), Some(new), None) =
            (lines.next(), lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(RotationError::NotFourLines);
        };
        let after = |line: &str, name: &str| line.strip_prefix(name).map(str::to_owned);
        let (Some(origin), Some(old), Some(new)) =
            (after(origin, "origin "), after(old, "key "), after(new, "new-key "))
        else {
            return Err(RotationError::NotFourLines);
        };
        let old = VerifierKey::parse(&old).map_err(RotationError::Key)?;
        let new = VerifierKey::parse(&new).map_err(RotationError::Key)?;
        let is_of_log = |key: &VerifierKey| key.name() == origin && key.kind() == SignatureKind::Ed25519;
        if !is_of_log(&old) || !is_of_log(&new) || old.public() == new.public() {
            return Err(RotationError::OtherLog);
        }
        for key in [&old, &new] {
            match note.verify(std::slice::from_ref(key)) {
                Ok(_) => {}
                Err(NoteError::NotSigned) => return Err(RotationError::SignatureMissing { key: key.to_string() }),
                Err(error) => return Err(RotationError::Note(error)),
            }
        }
        Ok(Self { note, old, new })
    }

    /// The key that announces.
    #[must_use]
    pub fn old(&self) -> &VerifierKey {
        &self.old
    }

    /// The key that is announced.
    #[must_use]
    pub fn new_key(&self) -> &VerifierKey {
        &self.new
    }
}

/// The signed note.
impl fmt::Display for Rotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Policy;

    fn key(seed: u8) -> SignerKey {
        SignerKey::from_seed("log.example/a", SignatureKind::Ed25519, &[seed; 32]).expect("a key")
    }

    #[test]
    fn only_who_holds_both_keys_can_announce() {
        let rotation = Rotation::announce(&key(1), &key(2)).expect("two keys");
        assert_eq!(Rotation::parse(rotation.to_string().as_bytes()), Ok(rotation.clone()));
        // Without the signature of either key it is nothing.
        let text = rotation.to_string();
        let lines: Vec<&str> = text.lines().collect();
        for dropped in [5, 6] {
            let kept: String = lines
                .iter()
                .enumerate()
                .filter(|(at, _)| *at != dropped)
                .map(|(_, line)| format!("{line}\n"))
                .collect();
            let refused = Rotation::parse(kept.as_bytes());
            assert!(matches!(refused, Err(RotationError::SignatureMissing { .. })), "{refused:?}");
        }
        let stranger = Rotation::announce(&key(3), &key(2)).expect("two keys").to_string();
        let forged = stranger.replace(&key(3).verifier().to_string(), &key(1).verifier().to_string());
        assert!(Rotation::parse(forged.as_bytes()).is_err());
        assert_eq!(Rotation::announce(&key(1), &key(1)), Err(RotationError::OtherLog));
    }

    #[test]
    fn a_policy_follows_its_log_from_key_to_key() {
        let rotations = [(1, 2), (2, 3)].map(|(old, new)| Rotation::announce(&key(old), &key(new)).expect("two keys"));
        let mut policy = Policy::of_log(key(1).verifier().clone());
        policy.follow(&rotations);
        assert_eq!(policy.logs.len(), 3);
        let mut other = Policy::of_log(key(3).verifier().clone());
        other.follow(&rotations);
        assert_eq!(other.logs.len(), 1, "nothing leads back to an old key");
    }
}
