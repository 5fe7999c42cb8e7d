//! From codes to the ledger's numbers.

use books::material::Material;
use books::{Books, Day, Fault, Kind, LotNo, MaterialNo, PartyNo, PlaceNo, Rejection};
use measure::{Basis, ConversionError, Quantity, QuantityError};

use crate::date::{parse_day, parse_day_and_time};
use crate::fault;
use crate::limits::DECIMALS_MAX;
use crate::value::Accounting;

/// Looks codes up in the books, on behalf of a party.
#[derive(Clone, Copy)]
pub struct Resolver<'b> {
    /// The books.
    pub books: &'b Books,
    /// Who asks: the owner where none is named.
    pub party: PartyNo,
}

impl<'b> Resolver<'b> {
    pub(crate) fn party(&self, code: &str) -> Result<PartyNo, Rejection> {
        self.books.party_no(code).ok_or_else(|| unknown(Kind::Party, code))
    }

    pub(crate) fn material(&self, code: &str) -> Result<MaterialNo, Rejection> {
        self.books.material_no(code).ok_or_else(|| unknown(Kind::Material, code))
    }

    pub(crate) fn place(&self, kind: Kind, code: &str) -> Result<PlaceNo, Rejection> {
        self.named(kind, code).map(PlaceNo)
    }

    pub(crate) fn lot(&self, code: &str) -> Result<LotNo, Rejection> {
        self.named(Kind::Lot, code).map(LotNo)
    }

    /// What a code means to whoever asks: what it does not see is not there.
    pub(crate) fn named(&self, kind: Kind, code: &str) -> Result<u32, Rejection> {
        self.books.named_by(self.party, kind, code)
    }

    pub(crate) fn material_facts(&self, material: MaterialNo) -> &'b Material {
        self.books.material(material)
    }

    /// A quantity in the accounting unit of a material; another basis is refused, never converted in silence.
    pub(crate) fn quantity(
        &self,
        field: &'static str,
        text: &str,
        material: MaterialNo,
    ) -> Result<Quantity, Rejection> {
        let facts = self.material_facts(material);
        let (quantity, basis) = quantity_in(field, text, facts.into())?;
        match basis {
            Some(basis) if basis != facts.basis => Err(Rejection::BasisDiffers { material, given: basis.to_string() }),
            _ => Ok(quantity),
        }
    }
}

pub(crate) fn quantity_in(
    field: &'static str,
    text: &str,
    facts: Accounting<'_>,
) -> Result<(Quantity, Option<Basis>), Rejection> {
    measure::parse_quantity(text, facts.unit, facts.decimals).map_err(|error| {
        let fault = fault::of_quantity(facts, &error);
        match error {
            QuantityError::Conversion { source: ConversionError::NotWhole { .. }, .. } => {
                Rejection::NotWhole { field, fault, decimals: whole_in(text, facts) }
            }
            QuantityError::Conversion { source: ConversionError::DimensionsDiffer { .. }, .. } => {
                Rejection::UnitDiffers { field, fault }
            }
            QuantityError::Conversion { .. }
            | QuantityError::Number { .. }
            | QuantityError::UnitMissing { .. }
            | QuantityError::Unit { .. }
            | QuantityError::Basis { .. }
            | QuantityError::Trailing { .. } => Rejection::unreadable(field, fault),
        }
    })
}

/// How finely the material would have to be accounted for the quantity, and one of its unit, to be exact.
fn whole_in(text: &str, facts: Accounting<'_>) -> Option<u8> {
    let decimals_of = |text: &str| {
        let exact = |decimals: &u8| measure::parse_quantity(text, facts.unit, *decimals).is_ok();
        (facts.decimals..=DECIMALS_MAX).find(exact)
    };
    let one = text.split_ascii_whitespace().nth(1).and_then(|unit| decimals_of(&format!("1 {unit}")));
    decimals_of(text).map(|decimals| decimals.max(one.unwrap_or(0)))
}

pub(crate) fn unknown(kind: Kind, code: &str) -> Rejection {
    Rejection::Unknown { kind, code: code.chars().take(100).collect() }
}

pub(crate) fn unreadable(field: &'static str) -> impl FnOnce(Fault) -> Rejection {
    move |fault| Rejection::unreadable(field, fault)
}

/// A day, with the time of it where it is stated.
pub(crate) fn day_and_time(field: &'static str, text: &str) -> Result<(Day, Option<books::TimeOfDay>), Rejection> {
    parse_day_and_time(text).map_err(unreadable(field))
}

pub(crate) fn day(field: &'static str, text: &str) -> Result<Day, Rejection> {
    parse_day(text).map_err(unreadable(field))
}
