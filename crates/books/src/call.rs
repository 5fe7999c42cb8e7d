//! A demand of a reserve on its members, and the activation that opened the mechanism.
//!
//! What each member was asked, committed, made available, delivered, was let off or failed to deliver are tallies of the
//! call; here stands what the call said.

use measure::Quantity;

use crate::number::{ActivationNo, Day, EncumbranceNo, MaterialNo, ReserveNo, Seq};
use crate::reserve::Part;

/// An opening of a reserve's mechanism.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Activation {
    /// Unique among activations.
    #[n(0)]
    pub code: String,
    /// Of which reserve.
    #[n(1)]
    pub reserve: ReserveNo,
    /// Under which tier of its rules.
    #[n(2)]
    pub tier: Option<String>,
    /// What happened.
    #[n(3)]
    pub reason: String,
    /// First day.
    #[n(4)]
    pub first: Day,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum CallEnd {
    /// Called off: what is outstanding is asked no more.
    #[n(0)]
    Cancelled,
    /// Done: what was delivered is to be put back, where the call says by when.
    #[n(1)]
    Terminated,
}

/// The end of a call.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Ended {
    /// How.
    #[n(0)]
    pub how: CallEnd,
    /// Since which day.
    #[n(1)]
    pub day: Day,
    /// Why.
    #[n(2)]
    pub reason: Option<String>,
}

/// A call.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Call {
    /// Unique among calls.
    #[n(0)]
    pub code: String,
    /// Of which reserve.
    #[n(1)]
    pub reserve: ReserveNo,
    /// Under which activation.
    #[n(2)]
    pub activation: Option<ActivationNo>,
    /// Of which material.
    #[n(3)]
    pub material: MaterialNo,
    /// How much in all.
    #[n(4)]
    pub total: Quantity,
    /// The parts, and the weights they came from; weights are zero where the parts were stated.
    #[n(5)]
    pub parts: Vec<Part>,
    /// Was it divided by the key in force?
    #[n(6)]
    pub by_key: bool,
    /// The event that made it: rules and keys count as known then.
    #[n(7)]
    pub seq: Seq,
    /// Its day: rules and keys count as in force then.
    #[n(8)]
    pub effective: Day,
    /// Day by which it should be delivered.
    #[n(9)]
    pub due: Option<Day>,
    /// Day by which what was delivered should be put back.
    #[n(10)]
    pub replenish_by: Option<Day>,
    /// Encumbrances that bind stock to it.
    #[n(11)]
    pub allocations: Vec<EncumbranceNo>,
    /// How it ended.
    #[n(12)]
    pub ended: Option<Ended>,
    /// Parts are whole multiples of this.
    #[n(13)]
    pub rounding: Option<Quantity>,
}
