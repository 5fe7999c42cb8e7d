//! How far two figures may be apart.

use ids::MaterialNo;

/// What is allowed between two lines that tell of one movement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tolerance {
    /// Parts per million of the larger figure.
    pub ppm: u32,
    /// In units of the line; where the two lines keep different units, of the coarser one. The larger of `ppm` and
    /// `absolute` counts.
    pub absolute: u64,
    /// A difference up to this is rounding, in the same units as `absolute`; for a sum, once for each line in it.
    pub rounding: u64,
    /// How many days apart two lines without a common reference may be to find each other.
    pub days: u32,
    /// How many days apart equal figures may be without anybody explaining it.
    pub days_allowed: u32,
}

impl Tolerance {
    /// Exact figures on one day.
    pub const EXACT: Self = Self { ppm: 0, absolute: 0, rounding: 0, days: 0, days_allowed: 0 };
}

/// One unit of rounding, three days to find each other, no other difference.
impl Default for Tolerance {
    fn default() -> Self {
        Self { ppm: 0, absolute: 0, rounding: 1, days: 3, days_allowed: 0 }
    }
}

/// Tolerances by material.
#[derive(Clone, Debug, Default)]
pub struct Tolerances {
    /// Where a material has none of its own.
    pub general: Tolerance,
    /// Sorted by material.
    own: Vec<(MaterialNo, Tolerance)>,
}

impl Tolerances {
    /// One tolerance for everything.
    #[must_use]
    pub const fn new(general: Tolerance) -> Self {
        Self { general, own: Vec::new() }
    }

    /// Gives a material a tolerance of its own; the last one given counts.
    #[must_use]
    pub fn with(mut self, material: MaterialNo, tolerance: Tolerance) -> Self {
        match self.own.binary_search_by_key(&material, |row| row.0) {
            Ok(index) => self.own[index].1 = tolerance,
            Err(index) => self.own.insert(index, (material, tolerance)),
        }
        self
    }

    /// The tolerance of a material.
    #[must_use]
    pub fn of(&self, material: MaterialNo) -> Tolerance {
        let own = self.own.binary_search_by_key(&material, |row| row.0);
        own.map_or(self.general, |index| self.own[index].1)
    }
}
