//! What is stocked: a material with its accounting unit, basis and needs.

use measure::{Basis, Quantity, Unit};

use crate::number::PartyNo;
use crate::versions::amends;

/// Physical-chemical state of a lot; the stage in the chain follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum Form {
    /// As mined.
    #[n(0)]
    Ore,
    /// Enriched ore.
    #[n(1)]
    Concentrate,
    /// Mixed or separated carbonate.
    #[n(2)]
    Carbonate,
    /// Separated oxide.
    #[n(3)]
    Oxide,
    /// Refined metal.
    #[n(4)]
    Metal,
    /// Alloy.
    #[n(5)]
    Alloy,
    /// Magnet.
    #[n(6)]
    Magnet,
    /// Crude oil.
    #[n(7)]
    Crude,
    /// Refined oil product.
    #[n(8)]
    Product,
    /// Gas.
    #[n(9)]
    Gas,
    /// Scrap or spent goods awaiting recovery.
    #[n(10)]
    Scrap,
    /// Anything else.
    #[n(11)]
    Other,
}

/// Step of the chain at which material of a form stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum Stage {
    /// Taken from the ground or from waste.
    #[n(0)]
    Mined,
    /// Separated into compounds.
    #[n(1)]
    Separated,
    /// Refined into metal or product.
    #[n(2)]
    Refined,
    /// Made into alloys and goods.
    #[n(3)]
    Manufactured,
}

impl Form {
    /// The stage that follows from the form.
    #[must_use]
    pub const fn stage(self) -> Stage {
        match self {
            Self::Ore | Self::Concentrate | Self::Crude | Self::Gas | Self::Scrap | Self::Other => Stage::Mined,
            Self::Carbonate | Self::Oxide => Stage::Separated,
            Self::Metal | Self::Product => Stage::Refined,
            Self::Alloy | Self::Magnet => Stage::Manufactured,
        }
    }
}

impl Material {
    /// Accounting units in one unit in which people read it, to the nearest: the divisor of prices.
    #[must_use]
    pub fn units_per_shown(&self) -> i64 {
        let text = format!("1 {}", self.shown);
        let rounded = measure::parse_quantity_rounding(&text, self.unit, self.decimals);
        rounded.map_or(1, |(rounded, _)| rounded.quantity.units().max(1))
    }
}

/// A material as registered and last amended.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Material {
    /// Unique among materials.
    #[n(0)]
    pub code: String,
    /// For people.
    #[n(1)]
    pub name: String,
    /// HS heading.
    #[n(2)]
    pub hs: Option<String>,
    /// Unit in which it is accounted. One accounting unit is 10^-decimals of it.
    #[n(3)]
    pub unit: Unit,
    /// See [`Self::unit`].
    #[n(4)]
    pub decimals: u8,
    /// What the numbers count.
    #[n(5)]
    pub basis: Basis,
    /// Unit in which people read it.
    #[n(6)]
    pub shown: Unit,
    /// Form of its lots where a deposit does not say another.
    #[n(7)]
    pub form: Form,
    /// Need a day, in accounting units: the base of days of cover.
    #[n(8)]
    pub requirement_per_day: Option<Quantity>,
    /// What should be held.
    #[n(9)]
    pub goal: Option<Quantity>,
    /// Difference that is no break, in parts per million.
    #[n(10)]
    pub tolerance_ppm: Option<u32>,
    /// A movement above this waits for a checker who is not its maker.
    #[n(11)]
    pub dual_control_above: Option<Quantity>,
    /// Must deposits and draws cite an authority?
    #[n(12)]
    pub authority_required: bool,
    /// Who registered it, and alone amends it. Never in an event: it follows from who asked.
    #[n(13)]
    pub steward: Option<PartyNo>,
}

amends!(Material {
    name, hs, shown, form, requirement_per_day, goal, tolerance_ppm, dual_control_above, authority_required
} keeps { code, unit, decimals, basis, steward });
