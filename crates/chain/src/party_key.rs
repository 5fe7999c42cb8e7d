//! Keys of parties, in the text form of NATS nkeys, and what they sign.
//!
//! Verified strictly: a key of small order, with which anybody's signature holds over any text, is none, and one text has one
//! signature. So what a key signed, its holder signed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, VerifyingKey};

/// What a signature over a frame of commands is for.
pub const FRAME: &str = "granary-frame/1";
/// What a signature is for by which a party consents to a group of commands: over the bytes of the list.
pub const GROUP: &str = "granary-group/1";
/// What a signature over a question is for: see [`question_text`].
pub const QUESTION: &str = "granary-question/2";
/// What a signature is for that shows that a key is at hand.
pub const POSSESSION: &str = "granary-key/1";

/// First bytes of public keys, by what they are of: users, accounts, operators, servers, clusters.
const PREFIXES: [u8; 5] = [20 << 3, 0, 14 << 3, 13 << 3, 2 << 3];
/// Letters of a key: 35 bytes, five bits each.
const LETTERS: usize = 56;

/// A key that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartyKey(VerifyingKey);

/// The text is no public key in NATS nkeys form, or one with which anybody could sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no usable public key in NATS nkeys form")]
pub struct PartyKeyError;

impl PartyKey {
    /// Reads a key.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, PartyKeyError> {
        let bytes = base32(text).ok_or(PartyKeyError)?;
        let (said, sum) = bytes.split_at(33);
        let is_key = PREFIXES.contains(&said[0]) && crc16(said).to_le_bytes() == *sum;
        let key: [u8; 32] = said[1..].try_into().map_err(|_| PartyKeyError)?;
        let key = VerifyingKey::from_bytes(&key).ok().filter(|key| is_key && !key.is_weak());
        key.map(Self).ok_or(PartyKeyError)
    }

    /// Did this key sign the text?
    #[must_use]
    pub fn signed(&self, text: &[u8], signature: &[u8]) -> bool {
        let signature = Signature::from_slice(signature);
        signature.is_ok_and(|signature| self.0.verify_strict(text, &signature).is_ok())
    }

    /// Does a proof show that whoever registers the key has it? It is the signature over [`possession_text`], in base64url.
    #[must_use]
    pub fn is_at_hand(&self, text: &[u8], proof: &str) -> bool {
        URL_SAFE_NO_PAD.decode(proof).is_ok_and(|signature| self.signed(text, &signature))
    }
}

/// What is signed: what it is for, for which ledger, until when, and the exact bytes.
#[must_use]
pub fn signed_text(what: &str, origin: &str, expires: &str, body: &[u8]) -> Vec<u8> {
    let mut text = format!("{what}\n{origin}\n{expires}\n").into_bytes();
    text.extend_from_slice(body);
    text
}

/// The bytes of a question: how and where it is asked, in which form the answer is wanted, and what is sent with it. A
/// signature is good for this one question.
#[must_use]
pub fn question_text(method: &str, path: &str, accept: &str, body: &[u8]) -> Vec<u8> {
    let mut text = format!("{method} {path}\n{accept}\n").into_bytes();
    text.extend_from_slice(body);
    text
}

/// What a key signs to show that it is at hand: for one ledger, one party and itself.
#[must_use]
pub fn possession_text(origin: &str, party: &str, key: &str) -> Vec<u8> {
    format!("{POSSESSION}\n{origin}\n{party}\n{key}\n").into_bytes()
}

/// RFC 4648 base32 without padding.
fn base32(text: &str) -> Option<[u8; 35]> {
    let letters = text.as_bytes();
    if letters.len() != LETTERS {
        return None;
    }
    let mut bytes = [0; 35];
    for (from, into) in letters.chunks_exact(8).zip(bytes.chunks_exact_mut(5)) {
        let mut bits = 0u64;
        for letter in from {
            let value = match letter {
                b'A'..=b'Z' => letter - b'A',
                b'2'..=b'7' => letter - b'2' + 26,
                _ => return None,
            };
            bits = (bits << 5) | u64::from(value);
        }
        into.copy_from_slice(&bits.to_be_bytes()[3..]);
    }
    Some(bytes)
}

/// CRC-16/XMODEM.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |sum, byte| {
        (0..8).fold(
            sum ^ (u16::from(*byte) << 8),
            |sum, _| if sum & 0x8000 == 0 { sum << 1 } else { (sum << 1) ^ 0x1021 },
        )
    })
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer, SigningKey};

    use super::*;

    fn written(key: &[u8; 32]) -> String {
        let mut bytes = vec![20 << 3];
        bytes.extend_from_slice(key);
        bytes.extend_from_slice(&crc16(&bytes).to_le_bytes());
        let mut text = String::new();
        for part in bytes.chunks_exact(5) {
            let bits = part.iter().fold(0u64, |bits, byte| (bits << 8) | u64::from(*byte));
            for place in (0..8).rev() {
                text.push(char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[((bits >> (5 * place)) & 31) as usize]));
            }
        }
        text
    }

    #[test]
    fn a_key_is_read_and_what_it_signed_holds() {
        let pair = SigningKey::from_bytes(&[7; 32]);
        let text = written(&pair.verifying_key().to_bytes());
        let key = PartyKey::parse(&text).expect("a key");
        let signature = pair.sign(b"text").to_bytes();
        assert!(key.signed(b"text", &signature) && !key.signed(b"other", &signature) && !key.signed(b"text", &[7; 64]));
        let known = "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4";
        assert!(PartyKey::parse(known).is_ok(), "as NATS writes it");
        for wrong in ["", "not a key", "UA", &known[1..], &known.replace('X', "Y"), &known.to_lowercase()] {
            assert_eq!(PartyKey::parse(wrong), Err(PartyKeyError), "{wrong}");
        }
    }

    /// The point of order one was taken as a key: then anybody could sign, and nobody had.
    #[test]
    fn a_key_with_which_anybody_can_sign_is_none() {
        let mut one = [0; 32];
        one[0] = 1;
        for weak in [one, [0; 32]] {
            assert_eq!(PartyKey::parse(&written(&weak)), Err(PartyKeyError));
        }
    }
}
