//! A right to material that is not made yet. What of it is open is a tally of its holder, and stock only once it is
//! exercised: a tonne stands in one column at a time.

use measure::Quantity;

use crate::lot::Price;
use crate::number::{Day, MaterialNo, PartyNo};

/// What kind of right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum RightKind {
    /// To a share of what a project will make.
    #[n(0)]
    Offtake,
    /// To buy, or not.
    #[n(1)]
    Option,
    /// To buy, for certain, later.
    #[n(2)]
    Forward,
}

/// A right.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Right {
    /// Unique among rights.
    #[n(0)]
    pub code: String,
    /// What kind.
    #[n(1)]
    pub kind: RightKind,
    /// Who acquired it first.
    #[n(2)]
    pub holder: PartyNo,
    /// Who will make or sell the material.
    #[n(3)]
    pub supplier: String,
    /// Project or mine.
    #[n(4)]
    pub project: Option<String>,
    /// Where it will be made, ISO 3166-1 alpha-2.
    #[n(5)]
    pub country: Option<String>,
    /// Of which material.
    #[n(6)]
    pub material: MaterialNo,
    /// How much at first.
    #[n(7)]
    pub quantity: Quantity,
    /// First day on which it can be exercised.
    #[n(8)]
    pub first: Day,
    /// Last day; what is open lapses by itself the day after.
    #[n(9)]
    pub last: Option<Day>,
    /// At what price.
    #[n(10)]
    pub price: Option<Price>,
}
