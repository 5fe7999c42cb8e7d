//! What a member must put back: after a draw under its entitlement, or after a call.

use measure::Quantity;

use crate::material::Form;
use crate::number::{Day, MaterialNo, PartyNo, ReserveNo};

/// A debt. What is still owed is a tally.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Debt {
    /// Unique among debts.
    #[n(0)]
    pub code: String,
    /// Under which reserve.
    #[n(1)]
    pub reserve: ReserveNo,
    /// Who owes.
    #[n(2)]
    pub member: PartyNo,
    /// Of which material.
    #[n(3)]
    pub material: MaterialNo,
    /// How much was owed at first.
    #[n(4)]
    pub quantity: Quantity,
    /// Day by which it should be back.
    #[n(5)]
    pub due: Day,
    /// Form in which it should be back; any where none is said.
    #[n(6)]
    pub form: Option<Form>,
    /// Owed to the pool; otherwise the member restores its own stock, after a call.
    #[n(7)]
    pub to_pool: bool,
}
