//! What joins two units of a material that measure different things: a density, a calorific value, each with who stated it.

use measure::{Density, Dimension, Quantity, Scale, Unit};

use crate::books::Books;
use crate::number::{Day, LotNo, MaterialNo, Seq};

/// A factor between two units: in force from its day on, until another one of its subject and dimensions takes its place.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Factor {
    /// The event that set it.
    #[n(0)]
    pub seq: Seq,
    /// Its first day.
    #[n(1)]
    pub from: Day,
    /// Of which material.
    #[n(2)]
    pub material: MaterialNo,
    /// Of which lot; of all that have none of their own where none is said.
    #[n(3)]
    pub lot: Option<LotNo>,
    /// How much of one unit is in one of another.
    #[n(4)]
    pub density: Density,
    /// Who stated it: a standard, a laboratory, a certificate.
    #[n(5)]
    pub source: String,
}

impl Factor {
    /// Is it of this lot or material, between these dimensions?
    pub(crate) fn is_for(&self, material: MaterialNo, lot: Option<LotNo>, between: (Dimension, Dimension)) -> bool {
        (self.material, self.lot) == (material, lot) && self.density.is_between(between.0, between.1)
    }
}

/// A quantity as it was measured: in a unit that measures something else than the material's, with the factor that it goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Stated {
    /// In units of 10^-[`Self::DECIMALS`] of its unit.
    #[n(0)]
    pub size: Quantity,
    /// Its unit.
    #[n(1)]
    pub unit: Unit,
    /// The event that set the factor.
    #[n(2)]
    pub factor: Seq,
}

impl Stated {
    /// Decimals of what was measured.
    pub const DECIMALS: u8 = 6;

    /// What it is in accounting units, to the nearest; none where the event set no factor of this lot or material that joins
    /// the two units. The event is named, so that the same words mean the same quantity whatever is set later.
    #[must_use]
    pub fn quantity(&self, books: &Books, material: MaterialNo, lot: Option<LotNo>) -> Option<Quantity> {
        let facts = books.material(material);
        let factor = books.factor_by(self.factor, material, lot)?;
        let source = Scale { unit: self.unit, decimals: Self::DECIMALS };
        let target = Scale { unit: facts.unit, decimals: facts.decimals };
        let units = factor.density.convert(self.size.units().into(), source, target)?;
        i64::try_from(units).ok().and_then(Quantity::new)
    }
}
