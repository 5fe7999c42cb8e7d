//! Buying together, and the price below which nobody should.

use measure::Quantity;

use crate::lot::{Assay, Content, Origin, Price};
use crate::material::Form;
use crate::number::{Day, MaterialNo, PartyNo, ReserveNo, Seq};
use crate::reserve::Weight;
use crate::versions::Recorded;

/// A joint order: demand is declared, summed, awarded and delivered in parts. What each buyer declared, ordered,
/// received and paid are tallies.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Order {
    /// Unique among orders.
    #[n(0)]
    pub code: String,
    /// Who runs it.
    #[n(1)]
    pub secretariat: PartyNo,
    /// Of which material.
    #[n(2)]
    pub material: MaterialNo,
    /// Buyers, in the order of their first declaration.
    #[n(3)]
    pub buyers: Vec<PartyNo>,
    /// To whom it went, once it did.
    #[n(4)]
    pub award: Option<Award>,
    /// For whom it was opened; none of one that began with the first demand, as all did once.
    #[n(5)]
    pub opened: Option<Opened>,
}

/// For whom a joint order is, and by which key it is to be divided.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Opened {
    /// For the members of this reserve.
    #[n(0)]
    pub reserve: Option<ReserveNo>,
    /// For these, where it is for no reserve.
    #[n(1)]
    pub buyers: Vec<PartyNo>,
    /// The key that was stated; that of the reserve, or what each demands, where there is none.
    #[n(2)]
    pub weights: Vec<Weight>,
}

/// An award.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Award {
    /// Who sells.
    #[n(0)]
    pub supplier: String,
    /// At what price.
    #[n(1)]
    pub price: Price,
    /// How much in all.
    #[n(2)]
    pub quantity: Quantity,
    /// Day by which it should be delivered.
    #[n(3)]
    pub due: Option<Day>,
    /// The day of the award.
    #[n(4)]
    pub day: Day,
    /// In which form.
    #[n(5)]
    pub form: Form,
    /// The floor it lies below, if it does.
    #[n(6)]
    pub below: Option<crate::number::FloorNo>,
    /// The event that recorded it: what was known then.
    #[n(7)]
    pub seq: Seq,
    /// Where it comes from, stage by stage, where that was said.
    #[n(8)]
    pub origin: Option<Origin>,
    /// Of which grade, where that was said.
    #[n(9)]
    pub grade: Option<Content>,
}

/// What happens to a price below the floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum FloorPolicy {
    /// It is shown, and support is owed.
    #[n(0)]
    Flag,
    /// It is refused.
    #[n(1)]
    Refuse,
}

/// A price floor.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Floor {
    /// Unique among floors.
    #[n(0)]
    pub code: String,
    /// Of which material.
    #[n(1)]
    pub material: MaterialNo,
    /// In which form; any where none is said.
    #[n(2)]
    pub form: Option<Form>,
    /// Of which grade: the least content of an element or oxide; any where none is said.
    #[n(3)]
    pub grade: Option<Content>,
    /// The lowest price.
    #[n(4)]
    pub price: Price,
    /// First day.
    #[n(5)]
    pub first: Day,
    /// Last day.
    #[n(6)]
    pub last: Option<Day>,
    /// What happens below it.
    #[n(7)]
    pub policy: FloorPolicy,
    /// Who set it, and on what ground.
    #[n(8)]
    pub basis: Option<String>,
    /// The event that recorded it.
    #[n(9)]
    pub seq: Seq,
}

impl Recorded for Floor {
    fn seq(&self) -> Seq {
        self.seq
    }
}

impl Floor {
    /// Is it for material of this assay? A floor of a grade binds only what an assay says to reach it.
    #[must_use]
    pub fn is_of_grade(&self, assay: Option<&Assay>) -> bool {
        let Some(grade) = &self.grade else { return true };
        let reaches =
            |content: &Content| content.analyte == grade.analyte && content.fraction_ppb >= grade.fraction_ppb;
        assay.is_some_and(|assay| assay.contents.iter().any(reaches))
    }

    /// Is it for this material and form on a day?
    #[must_use]
    pub fn is_for(&self, material: MaterialNo, form: Form, day: Day) -> bool {
        self.material == material
            && self.form.is_none_or(|own| own == form)
            && self.first <= day
            && self.last.is_none_or(|last| day <= last)
    }
}
