//! Keys of signed notes, as C2SP signed-note writes them.
//!
//! A verifier key is `name+hex8(key id)+base64(type ‖ public key)`; a signer key has `PRIVATE+KEY+` in front and the
//! 32-byte seed in place of the public key. The type byte is part of the key id, so that one key pair may serve as
//! two keys that cannot be mistaken for each other.

use std::fmt;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::text;

/// Bytes of the longest key line that is read.
const KEY_BYTES_MAX: usize = 4_096;

/// What a key signs, by its type byte. C2SP signed-note, section "Signature types".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum SignatureKind {
    /// 0x01: Ed25519 over the text of the note. The log's own signature.
    Ed25519 = 0x01,
    /// 0x04: Ed25519 over the time and the text, as C2SP tlog-cosignature says. A witness's signature.
    CosignatureV1 = 0x04,
}

impl SignatureKind {
    /// The byte that stands for it.
    #[must_use]
    pub const fn byte(self) -> u8 {
        self as u8
    }

    fn of_byte(byte: u8) -> Option<Self> {
        [Self::Ed25519, Self::CosignatureV1].into_iter().find(|kind| kind.byte() == byte)
    }
}

/// Why a text is not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The text has not the parts of a key.
    #[error("not a key: expected name, key id and key joined by `+`")]
    Malformed,
    /// A key name is not empty and has no spaces, plus signs or control characters.
    #[error("a key name must not be empty, and has no spaces, `+` or control characters")]
    BadName,
    /// The key is of a type that we do not verify.
    #[error("signature type {byte:#04x} is not supported")]
    UnsupportedType {
        /// The type byte.
        byte: u8,
    },
    /// The bytes are no Ed25519 key, or a weak one.
    #[error("the key bytes are no usable Ed25519 key")]
    BadKey,
    /// The key id is not that of the name and the key.
    #[error("the key id is {expected:08x}, not {found:08x}")]
    WrongId {
        /// What name and key give.
        expected: u32,
        /// What is written.
        found: u32,
    },
}

/// The public half of a key, with its name.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: u32,
    kind: SignatureKind,
    key: VerifyingKey,
}

impl VerifierKey {
    /// A key by its parts.
    pub fn new(name: &str, kind: SignatureKind, public: &[u8; 32]) -> Result<Self, KeyError> {
        check_name(name)?;
        let key = VerifyingKey::from_bytes(public).map_err(|_| KeyError::BadKey)?;
        if key.is_weak() {
            return Err(KeyError::BadKey);
        }
        Ok(Self { name: name.to_owned(), id: key_id(name, kind, public), kind, key })
    }

    /// Reads `name+hex8(key id)+base64(type ‖ public key)`.
    pub fn parse(vkey: &str) -> Result<Self, KeyError> {
        let (name, id, kind, public) = parse_parts(vkey)?;
        let key = Self::new(name, kind, &public)?;
        check_id(key.id, id)?;
        Ok(key)
    }

    /// The name of who signs.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// First four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key), big-endian.
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// What it verifies.
    #[must_use]
    pub const fn kind(&self) -> SignatureKind {
        self.kind
    }

    /// The Ed25519 public key.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.key.to_bytes()
    }

    /// Is `signature` this key's, over `message`? Strict: neither a weak key nor a second form of a signature passes.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.key.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{:08x}+{}", self.name, self.id, encode_key(self.kind, &self.public()))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifierKey({self})")
    }
}

/// The secret half of a key, with its name. Never printed, and wiped from memory when dropped.
#[derive(Clone)]
pub struct SignerKey {
    verifier: VerifierKey,
    key: SigningKey,
}

impl SignerKey {
    /// The key of a seed of 32 random bytes; the caller owns the randomness.
    pub fn from_seed(name: &str, kind: SignatureKind, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let key = SigningKey::from_bytes(seed);
        let verifier = VerifierKey::new(name, kind, key.verifying_key().as_bytes())?;
        Ok(Self { verifier, key })
    }

    /// Reads `PRIVATE+KEY+name+hex8(key id)+base64(type ‖ seed)`.
    pub fn parse(skey: &str) -> Result<Self, KeyError> {
        let (name, id, kind, seed) = parse_parts(skey.strip_prefix(SECRET_PREFIX).ok_or(KeyError::Malformed)?)?;
        let key = Self::from_seed(name, kind, &seed)?;
        check_id(key.verifier.id, id)?;
        Ok(key)
    }

    /// The text to keep in a file that only its owner reads.
    #[must_use]
    pub fn to_secret_text(&self) -> String {
        let VerifierKey { name, id, kind, .. } = &self.verifier;
        format!("{SECRET_PREFIX}{name}+{id:08x}+{}", encode_key(*kind, self.key.as_bytes()))
    }

    /// The public half.
    #[must_use]
    pub const fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignerKey({}+{:08x})", self.verifier.name, self.verifier.id)
    }
}

const SECRET_PREFIX: &str = "PRIVATE+KEY+";

/// Name, key id, kind and the 32 bytes of the key.
fn parse_parts(text: &str) -> Result<(&str, u32, SignatureKind, [u8; 32]), KeyError> {
    if text.len() > KEY_BYTES_MAX {
        return Err(KeyError::Malformed);
    }
    // Base64 has plus signs of its own: name and key id end at the first two.
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(KeyError::Malformed);
    };
    let hex8 = id.len() == 8 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let id = u32::from_str_radix(id, 16).ok().filter(|_| hex8).ok_or(KeyError::Malformed)?;
    let bytes = text::decode(key).ok_or(KeyError::Malformed)?;
    let (byte, key) = bytes.split_first().ok_or(KeyError::Malformed)?;
    let kind = SignatureKind::of_byte(*byte).ok_or(KeyError::UnsupportedType { byte: *byte })?;
    Ok((name, id, kind, key.try_into().map_err(|_| KeyError::BadKey)?))
}

fn check_id(expected: u32, found: u32) -> Result<(), KeyError> {
    if expected == found { Ok(()) } else { Err(KeyError::WrongId { expected, found }) }
}

pub(crate) fn check_name(name: &str) -> Result<(), KeyError> {
    let bad = |c: char| c.is_whitespace() || c.is_control() || c == '+';
    if name.is_empty() || name.contains(bad) { Err(KeyError::BadName) } else { Ok(()) }
}

fn key_id(name: &str, kind: SignatureKind, public: &[u8; 32]) -> u32 {
    let digest = Sha256::new().chain_update(name).chain_update([b'\n', kind.byte()]).chain_update(public).finalize();
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
}

fn encode_key(kind: SignatureKind, key: &[u8; 32]) -> String {
    text::encode([&[kind.byte()], key.as_slice()].concat())
}

#[cfg(test)]
mod tests;
