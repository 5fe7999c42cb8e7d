//! Signed notes: a text and the signatures below it, as C2SP signed-note and tlog-cosignature say.
//!
//! Signatures of unknown keys are kept and ignored, so that a witness may add its own and a log may change its key. A
//! signature of a known key that does not verify condemns the whole note.

use std::fmt;

use crate::key::{SignatureKind, SignerKey, VerifierKey, check_name};
use crate::text;

/// Bytes of the longest note that is read; Go's `sumdb/note` has the same limit.
pub const NOTE_BYTES_MAX: usize = 1_000_000;

/// Signatures of the longest note that is read; Go's `sumdb/note` has the same limit.
pub const SIGNATURE_COUNT_MAX: usize = 100;

/// Why bytes are not a note, or a note does not convince.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The note is longer than we read.
    #[error("the note has {note_bytes} bytes, more than {NOTE_BYTES_MAX}")]
    TooLong {
        /// Its length.
        note_bytes: usize,
    },
    /// The note is not UTF-8, or has control characters other than newline.
    #[error("the note is not plain text in UTF-8")]
    NotText,
    /// The text does not end in a newline.
    #[error("the text of the note does not end in a newline")]
    TextUnterminated,
    /// No blank line with signatures after it.
    #[error("the note has no signatures after a blank line")]
    SignaturesMissing,
    /// A line below the text is no signature.
    #[error("signature line {line} of the note is malformed")]
    MalformedSignature {
        /// Which one, from 1.
        line: usize,
    },
    /// More signatures than we read.
    #[error("the note has more than {SIGNATURE_COUNT_MAX} signatures")]
    TooManySignatures,
    /// The key is not of the kind that this signature takes.
    #[error("key {name}+{key_id:08x} is of another kind than this signature takes")]
    WrongKind {
        /// Name of the key.
        name: String,
        /// Its id.
        key_id: u32,
    },
    /// The time of a cosignature is past what the standard allows.
    #[error("a cosignature's time of {time_s} s is past 2^63 - 1")]
    TimeOutOfRange {
        /// Seconds since 1970.
        time_s: u64,
    },
    /// Two of the known keys share name and id.
    #[error("two known keys are called {name}+{key_id:08x}")]
    AmbiguousKey {
        /// Their name.
        name: String,
        /// Their id.
        key_id: u32,
    },
    /// A signature of a known key does not verify.
    #[error("the signature of {name}+{key_id:08x} does not verify")]
    InvalidSignature {
        /// Name of the key.
        name: String,
        /// Its id.
        key_id: u32,
    },
    /// No known key signed the note.
    #[error("no known key signed the note")]
    NotSigned,
}

/// One signature line: `— name base64(key id ‖ signature)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Name of the key.
    pub name: String,
    /// Id of the key.
    pub key_id: u32,
    /// What the key made, at least one byte: 64 for Ed25519, 8 of time and 64 for a cosignature.
    pub bytes: Vec<u8>,
}

impl Signature {
    /// Reads a line without its newline, as a witness returns it.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let (name, encoded) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
        check_name(name).ok()?;
        let bytes = text::decode(encoded)?;
        let (key_id, bytes) = bytes.split_first_chunk()?;
        let signature = Self { name: name.to_owned(), key_id: u32::from_be_bytes(*key_id), bytes: bytes.to_vec() };
        (!signature.bytes.is_empty()).then_some(signature)
    }
}

/// The line without its newline.
impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.key_id.to_be_bytes(), self.bytes.as_slice()].concat();
        write!(f, "\u{2014} {} {}", self.name, text::encode(bytes))
    }
}

/// A signature that verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified<'k> {
    /// The key that made it.
    pub key: &'k VerifierKey,
    /// When a witness made it, in seconds since 1970; `None` for a log's own signature.
    pub time_s: Option<u64>,
}

/// A text and its signatures. What it says counts for nothing until [`Note::verify`] says who signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

impl Note {
    /// A note without signatures. The text ends in a newline.
    pub fn new(text: String) -> Result<Self, NoteError> {
        if text.len() > NOTE_BYTES_MAX {
            return Err(NoteError::TooLong { note_bytes: text.len() });
        }
        if !is_plain(&text) {
            return Err(NoteError::NotText);
        }
        if !text.ends_with('\n') {
            return Err(NoteError::TextUnterminated);
        }
        Ok(Self { text, signatures: Vec::new() })
    }

    /// Reads a note. The last blank line parts text and signatures; what is read is written the same, byte for byte.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > NOTE_BYTES_MAX {
            return Err(NoteError::TooLong { note_bytes: bytes.len() });
        }
        let note = std::str::from_utf8(bytes).map_err(|_| NoteError::NotText)?;
        let (text, lines) = note.rsplit_once("\n\n").ok_or(NoteError::SignaturesMissing)?;
        let lines = lines.strip_suffix('\n').ok_or(NoteError::SignaturesMissing)?;
        let mut note = Self::new(format!("{text}\n"))?;
        for (index, line) in lines.split('\n').enumerate() {
            if index == SIGNATURE_COUNT_MAX {
                return Err(NoteError::TooManySignatures);
            }
            let signature = Signature::parse(line).ok_or(NoteError::MalformedSignature { line: index + 1 })?;
            note.signatures.push(signature);
        }
        Ok(note)
    }

    /// What was signed, its last newline included.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// All signatures, known or not, in the order of the note.
    #[must_use]
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// Adds a signature, in place of an earlier one of the same key. What is written can be read: both have the same limits.
    ///
    /// # Errors
    /// When the note would be longer than one that is read. It is then as it was.
    pub fn add(&mut self, signature: Signature) -> Result<(), NoteError> {
        let is_same = |kept: &Signature| (&kept.name, kept.key_id) == (&signature.name, signature.key_id);
        let others = self.signatures.iter().filter(|kept| !is_same(kept));
        let (count, bytes) =
            others.fold((1, line_bytes(&signature)), |(count, bytes), other| (count + 1, bytes + line_bytes(other)));
        if count > SIGNATURE_COUNT_MAX {
            return Err(NoteError::TooManySignatures);
        }
        let note_bytes = self.text.len() + 1 + bytes;
        if note_bytes > NOTE_BYTES_MAX {
            return Err(NoteError::TooLong { note_bytes });
        }
        self.signatures.retain(|kept| !is_same(kept));
        self.signatures.push(signature);
        Ok(())
    }

    /// The note with the signatures of known keys alone, each of which verified: what strangers wrote below it is gone.
    ///
    /// # Errors
    /// When no known key signed it, or any signature of a known key does not verify.
    pub fn vouched(&self, known: &[VerifierKey]) -> Result<Self, NoteError> {
        let mut vouched = Self { text: self.text.clone(), signatures: Vec::new() };
        for signature in &self.signatures {
            let Some(key) = find(known, signature)? else { continue };
            if check(&self.text, signature, key).is_none() {
                return Err(NoteError::InvalidSignature { name: key.name().to_owned(), key_id: key.id() });
            }
            vouched.add(signature.clone())?;
        }
        if vouched.signatures.is_empty() { Err(NoteError::NotSigned) } else { Ok(vouched) }
    }

    /// Signs the text with an Ed25519 key.
    pub fn sign(&mut self, key: &SignerKey) -> Result<(), NoteError> {
        check_kind(key, SignatureKind::Ed25519)?;
        self.add(signature(key.verifier(), key.sign(self.text.as_bytes()).to_vec()))
    }

    /// Cosigns the text at `time_s` seconds since 1970 with a witness's key.
    ///
    /// A cosignature says that the witness saw no other tree of this log: the caller must have kept that it said so
    /// before it hands this out.
    pub fn cosign(&mut self, key: &SignerKey, time_s: u64) -> Result<(), NoteError> {
        check_kind(key, SignatureKind::CosignatureV1)?;
        if i64::try_from(time_s).is_err() {
            return Err(NoteError::TimeOutOfRange { time_s });
        }
        let ed25519 = key.sign(cosigned(time_s, &self.text).as_bytes());
        self.add(signature(key.verifier(), [time_s.to_be_bytes().as_slice(), &ed25519].concat()))
    }

    /// Says which of the known keys signed the note, in the order of the note and each once; at least one did.
    pub fn verify<'k>(&self, known: &'k [VerifierKey]) -> Result<Vec<Verified<'k>>, NoteError> {
        let mut verified: Vec<Verified<'k>> = Vec::new();
        for signature in &self.signatures {
            let Some(key) = find(known, signature)? else { continue };
            // As in Go's `sumdb/note`, only the first signature of a key counts.
            if verified.iter().any(|earlier| earlier.key == key) {
                continue;
            }
            verified.push(
                check(&self.text, signature, key)
                    .ok_or_else(|| NoteError::InvalidSignature { name: key.name().to_owned(), key_id: key.id() })?,
            );
        }
        if verified.is_empty() { Err(NoteError::NotSigned) } else { Ok(verified) }
    }
}

/// The whole note, as it is served and stored.
impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

/// Bytes of a signature's line: a dash of three bytes, two blanks, the name, base64 of id and signature, a newline.
fn line_bytes(signature: &Signature) -> usize {
    let encoded = (4 + signature.bytes.len()).div_ceil(3) * 4;
    3 + 1 + signature.name.len() + 1 + encoded + 1
}

/// No control characters but newline.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte >= 0x20 || byte == b'\n')
}

fn check_kind(key: &SignerKey, kind: SignatureKind) -> Result<(), NoteError> {
    let key = key.verifier();
    if key.kind() == kind {
        return Ok(());
    }
    Err(NoteError::WrongKind { name: key.name().to_owned(), key_id: key.id() })
}

fn signature(key: &VerifierKey, bytes: Vec<u8>) -> Signature {
    Signature { name: key.name().to_owned(), key_id: key.id(), bytes }
}

/// The known key with the name and id of a signature.
fn find<'k>(known: &'k [VerifierKey], signature: &Signature) -> Result<Option<&'k VerifierKey>, NoteError> {
    let mut keys = known.iter().filter(|key| key.name() == signature.name && key.id() == signature.key_id);
    let found = keys.next();
    if keys.any(|other| Some(other) != found) {
        return Err(NoteError::AmbiguousKey { name: signature.name.clone(), key_id: signature.key_id });
    }
    Ok(found)
}

/// Verifies one signature by the kind of its key.
fn check<'k>(text: &str, signature: &Signature, key: &'k VerifierKey) -> Option<Verified<'k>> {
    match key.kind() {
        SignatureKind::Ed25519 => {
            let ed25519 = signature.bytes.as_slice().try_into().ok()?;
            key.verifies(text.as_bytes(), ed25519).then_some(Verified { key, time_s: None })
        }
        SignatureKind::CosignatureV1 => {
            let (time, ed25519) = signature.bytes.split_first_chunk()?;
            let time_s = u64::from_be_bytes(*time);
            i64::try_from(time_s).ok()?;
            let ed25519 = ed25519.try_into().ok()?;
            key.verifies(cosigned(time_s, text).as_bytes(), ed25519).then_some(Verified { key, time_s: Some(time_s) })
        }
    }
}

/// What a witness signs. C2SP tlog-cosignature, section "Ed25519 signed message".
fn cosigned(time_s: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time_s}\n{text}")
}

#[cfg(test)]
mod tests;
