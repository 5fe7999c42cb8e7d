//! What an act tells another ledger, by the numbers of its own: each act says it beside its rules.

use measure::Quantity;

use super::Told;
use crate::books::Books;
use crate::number::{CallNo, LotNo, MaterialNo, PartyNo, PlaceNo, ReserveNo, Seq};

/// What an act tells another ledger.
#[derive(Clone, Debug, Default)]
pub struct Says<'a> {
    /// The code that it gives, or that of what it answers.
    pub code: Option<Code<'a>>,
    /// The sender's own reference.
    pub reference: Option<&'a str>,
    /// Whose stock or promise it is.
    pub owner: Option<PartyNo>,
    /// For whom.
    pub to: Option<PartyNo>,
    /// Under which agreement.
    pub reserve: Option<Agreement<'a>>,
    /// The site it leaves or lies at.
    pub source: Option<PlaceNo>,
    /// The site it goes to.
    pub target: Option<PlaceNo>,
    /// The event that it reverses.
    pub reverses: Option<Seq>,
    /// How much of what.
    pub lines: Vec<(Of, Quantity)>,
}

/// A code.
#[derive(Clone, Copy, Debug)]
pub enum Code<'a> {
    /// Given by the act, and so in its bytes.
    Own(&'a str),
    /// That of a dispatch.
    Place(PlaceNo),
    /// That of a call.
    Call(CallNo),
}

/// An agreement.
#[derive(Clone, Copy, Debug)]
pub enum Agreement<'a> {
    /// By what the act calls it.
    Code(&'a str),
    /// A reserve.
    Reserve(ReserveNo),
    /// The reserve of a call.
    OfCall(CallNo),
}

/// What a quantity is of.
#[derive(Clone, Copy, Debug)]
pub enum Of {
    /// A lot.
    Lot(LotNo),
    /// The lot of the first entry: the act of a new lot does not number it.
    MovedLot,
    /// A material.
    Material(MaterialNo),
    /// The material of a call.
    MaterialOf(CallNo),
    /// Money, in the currency of a reserve.
    MoneyOf(ReserveNo),
}

impl Code<'_> {
    pub(super) fn told(self, books: &Books) -> String {
        match self {
            Self::Own(code) => code.to_owned(),
            Self::Place(place) => books.place_code(place).to_owned(),
            Self::Call(call) => books.call(call).code.clone(),
        }
    }
}

impl Agreement<'_> {
    pub(super) fn told(self, books: &Books) -> String {
        match self {
            Self::Code(code) => code.to_owned(),
            Self::Reserve(reserve) => books.reserve(reserve).code.clone(),
            Self::OfCall(call) => books.reserve(books.call(call).reserve).code.clone(),
        }
    }
}

impl Of {
    /// `None` where the currency is not known, or nothing moved.
    pub(super) fn told(self, books: &Books, moved: Option<LotNo>, quantity: Quantity) -> Option<Told> {
        Some(match self {
            Self::Lot(lot) => Told::of_lot(books, lot, quantity),
            Self::MovedLot => Told::of_lot(books, moved?, quantity),
            Self::Material(material) => Told::of_material(books, material, quantity),
            Self::MaterialOf(call) => Told::of_material(books, books.call(call).material, quantity),
            Self::MoneyOf(reserve) => Told::of_money(&books.reserve(reserve).currency, quantity)?,
        })
    }
}
