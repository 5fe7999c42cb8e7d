//! Who takes part: agencies, members, the secretariat, operators, suppliers, auditors.

use crate::number::{Day, PartyNo, Seq};
use crate::versions::amends;

/// What a party may do beyond writing its own stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum Role {
    /// Owns stock and records its movements.
    #[n(0)]
    Agency,
    /// Runs shared reserves; acts for a member under its mandate.
    #[n(1)]
    Secretariat,
    /// Keeps sites; dispatches and receives there.
    #[n(2)]
    Operator,
    /// Sells to the stock.
    #[n(3)]
    Supplier,
    /// Reads everything, writes nothing.
    #[n(4)]
    Auditor,
}

/// A party as registered and last amended.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Party {
    /// Unique among parties.
    #[n(0)]
    pub code: String,
    /// For people.
    #[n(1)]
    pub name: String,
    /// ISO 3166-1 alpha-2.
    #[n(2)]
    pub country: Option<String>,
    /// What it may do.
    #[n(3)]
    pub role: Role,
    /// IANA time zone in which its days begin and end.
    #[n(4)]
    pub zone: Option<String>,
    /// Public keys in NATS nkeys form.
    #[n(5)]
    pub keys: Vec<String>,
    /// Last day of its last closed period; nothing on or before it can change.
    #[n(6)]
    pub closed_through: Option<Day>,
    /// That its new keys are at hand: the signature of each over [`chain::party_key::possession_text`], in base64url. Kept in the
    /// event that brings them, and nowhere else.
    #[n(7)]
    pub proofs: Option<Vec<String>>,
    /// Keys that it had once: they never become another's.
    #[n(8)]
    pub past_keys: Option<Vec<String>>,
    /// Who registered it; kept beside what is registered, and never said in a command.
    #[n(9)]
    pub by: Option<PartyNo>,
    /// The first event that it asked for itself; kept beside what is registered, and never said in a command.
    #[n(10)]
    pub acted: Option<Seq>,
}

amends!(Party { name, country, role, zone, keys } keeps { code, closed_through, proofs, past_keys, by, acted });
