//! What allows a deposit or a draw: a plan ceiling or an authorisation, used up by those that cite it.

use measure::Quantity;

use crate::days::Days;
use crate::number::{Day, MaterialNo, PartyNo, Seq};
use crate::versions::Recorded;

/// Which way an authority lets material go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum Direction {
    /// Into the stock.
    #[n(0)]
    Acquisition,
    /// Out of the stock.
    #[n(1)]
    Disposal,
}

/// An authority and how much of it is used.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Authority {
    /// Unique among authorities.
    #[n(0)]
    pub code: String,
    /// Who may cite it.
    #[n(1)]
    pub party: PartyNo,
    /// For which material.
    #[n(2)]
    pub material: MaterialNo,
    /// Which way.
    #[n(3)]
    pub direction: Direction,
    /// At most this much in all.
    #[n(4)]
    pub ceiling: Quantity,
    /// First day of a movement that may cite it.
    #[n(5)]
    pub first: Day,
    /// Last day of a movement that may cite it.
    #[n(6)]
    pub last: Option<Day>,
    /// Law, plan or order it rests on.
    #[n(7)]
    pub basis: Option<String>,
    /// Used so far.
    #[n(8)]
    pub used: Quantity,
    /// The event that recorded it.
    #[n(9)]
    pub seq: Seq,
    /// Used up to the end of each day, as `on_hand` of each row; none is ever dropped.
    #[n(10)]
    pub days: Days,
}

impl Recorded for Authority {
    fn seq(&self) -> Seq {
        self.seq
    }
}
