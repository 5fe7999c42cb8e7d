//! A batch of commands on its way to the ledger, and who sent it.

use bytes::Bytes;

/// A batch of commands in one message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// One JSON command a line. Exactly what its sender wrote, and signed.
    pub bytes: Bytes,
    /// Who sent it.
    pub sender: Sender,
    /// When its sender stops waiting, in microseconds since 1970: a frame that is first decided later is answered `late`
    /// and nothing of it is recorded.
    pub deadline_us: Option<u64>,
    /// W3C trace context.
    pub traceparent: Option<String>,
}

impl Frame {
    /// Longest frame, in bytes.
    pub const BYTES_MAX: usize = 1 << 20;
}

/// Who sent a frame. What it may do is decided by the ledger, which knows the parties and their keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Sender {
    /// Whoever runs the ledger: may post for any party.
    #[default]
    Operator,
    /// A party that ingest knows by a token, and whose hand it was.
    Party(String, Hand),
    /// Whoever holds a key.
    Key(Signed),
}

/// By what it is known who acts for a party.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Hand {
    /// By nothing: a file, or a session.
    #[default]
    Claimed,
    /// By a token of the party, with this name.
    Token(String),
    /// By a token that names a person, with this code.
    Person(String),
}

/// A signature over a frame. Ingest has checked that it is one; the ledger checks whose key it is, and keeps both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Public Ed25519 key in NATS nkeys form.
    pub key: String,
    /// Signature, 64 bytes.
    pub signature: Bytes,
    /// Until when the signature stands, as it was written and signed.
    pub expires: String,
}
