//! Who asked for material, who got it, how long it took, and by which rule.

use measure::Quantity;

use crate::number::{Day, MaterialNo, PartyNo, ReserveNo, Seq};

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Decision {
    /// The event.
    #[n(0)]
    pub seq: Seq,
    /// Its day.
    #[n(1)]
    pub day: Day,
    /// How much was granted; nothing is a refusal.
    #[n(2)]
    pub granted: Quantity,
    /// The rule it was decided by: everybody is to be judged by the same.
    #[n(3)]
    pub rule: String,
    /// Why.
    #[n(4)]
    pub reason: String,
    /// The last day on which it is handed over; then it lapses. Open-ended where none is said.
    #[n(5)]
    pub last: Option<Day>,
}

/// A request for access to a reserve's material.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Request {
    /// Unique among requests.
    #[n(0)]
    pub code: String,
    /// Of which reserve.
    #[n(1)]
    pub reserve: ReserveNo,
    /// For whom: a member, or a firm by its name.
    #[n(2)]
    pub requester: String,
    /// Who posted it.
    #[n(3)]
    pub party: PartyNo,
    /// Of which material.
    #[n(4)]
    pub material: MaterialNo,
    /// How much.
    #[n(5)]
    pub quantity: Quantity,
    /// For what use.
    #[n(6)]
    pub end_use: Option<String>,
    /// The day it was made.
    #[n(7)]
    pub day: Day,
    /// What became of it.
    #[n(8)]
    pub decision: Option<Decision>,
    /// The event that made it.
    #[n(9)]
    pub seq: Seq,
}
