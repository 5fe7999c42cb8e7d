//! What other ledgers have proven to this one: whose logs are trusted, on whose word, and the single facts taken from them.

mod says;
mod statement;

pub use says::{Agreement, Code, Of, Says};
pub use statement::{Disagrees, Statement, StatementError, Told};

use crate::number::{Moment, PartyNo, Seq, TrustNo};

/// A log of another ledger, and by whose signatures it is believed.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct TrustedLog {
    /// Its origin: the name under which it signs.
    #[n(0)]
    pub code: String,
    /// The event that said so last.
    #[n(1)]
    pub seq: Seq,
    /// Who set it, and may change it.
    #[n(2)]
    pub party: PartyNo,
    /// Which party of these books keeps that ledger.
    #[n(3)]
    pub keeper: Option<PartyNo>,
    /// The trust policy (C2SP tlog-policy), line by line; none once the trust has ended.
    #[n(4)]
    pub policy: Option<Vec<String>>,
    /// The newest tree of it that was seen here.
    #[n(5)]
    pub seen: Option<Seen>,
}

/// A tree of another log.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Seen {
    /// Its entries.
    #[n(0)]
    pub size: u64,
    /// Its root.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub root: [u8; 32],
    /// The event here that saw it first; its command holds the signed checkpoint.
    #[n(2)]
    pub seq: Seq,
}

/// A fact of another ledger.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Fact {
    /// `<origin>#<event>`: unique, because a fact is recorded once.
    #[n(0)]
    pub code: String,
    /// The event that recorded it here.
    #[n(1)]
    pub seq: Seq,
    /// When.
    #[n(2)]
    pub recorded_at: Moment,
    /// Who brought it.
    #[n(3)]
    pub party: PartyNo,
    /// The log it is from.
    #[n(4)]
    pub log: TrustNo,
    /// What it says.
    #[n(5)]
    pub says: Statement,
    /// Entries of the tree that proves it.
    #[n(6)]
    pub size: u64,
    /// Witnesses of the policy that cosigned that tree.
    #[n(7)]
    pub cosigned: Vec<String>,
}

/// A key that signs this ledger's own log.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct LogKey {
    /// The event that announced it: it signs every tree that holds this event.
    #[n(0)]
    pub seq: Seq,
    /// The key before, as name+id+base64.
    #[n(1)]
    pub before: String,
    /// The key.
    #[n(2)]
    pub key: String,
}

/// Code of a fact.
#[must_use]
pub fn code_of(origin: &str, event: Seq) -> String {
    format!("{origin}#{event}")
}
