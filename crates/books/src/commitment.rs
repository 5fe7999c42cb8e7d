//! A promise to a reserve that no named lot backs yet: material to come, or money. It stands beside the stock, never in it.

use measure::Quantity;

use crate::number::{Day, MaterialNo, PartyNo, ReserveNo};

/// A commitment. What is still to come is a tally.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Commitment {
    /// Unique among commitments.
    #[n(0)]
    pub code: String,
    /// To which reserve.
    #[n(1)]
    pub reserve: ReserveNo,
    /// Who promises.
    #[n(2)]
    pub member: PartyNo,
    /// Of which material; none where it is money.
    #[n(3)]
    pub material: Option<MaterialNo>,
    /// How much, in accounting units of the material or the smallest unit of the reserve's currency.
    #[n(4)]
    pub quantity: Quantity,
    /// Day by which it should have come.
    #[n(5)]
    pub due: Option<Day>,
    /// Tier of release it serves.
    #[n(6)]
    pub tier: Option<String>,
}
