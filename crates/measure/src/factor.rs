//! From a lot's weight to the element or oxide inside it.
//!
//! Factors are exact fractions of atomic weights, so that a decimal factor printed somewhere with six places never
//! makes a kilogram of difference on a large stock.

use crate::Quantity;
use crate::fraction::{Ratio, Rounded};

/// Oxygen's abridged standard atomic weight in thousandths: 15.999.
const OXYGEN_MILLI: u32 = 15_999;

/// One in a thousand million parts: the step of an assay.
const PPB_WHOLE: u32 = 1_000_000_000;

/// The assay says that there is more inside than the lot weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an assay of {assay_ppb} parts per billion is more than the whole")]
pub struct AssayError {
    /// The assay, in parts per billion.
    pub assay_ppb: u32,
}

/// Quantity inside a lot whose assay is `assay_ppb` parts per billion by weight (10^7 is one per cent).
pub fn contained(quantity: Quantity, assay_ppb: u32) -> Result<Rounded, AssayError> {
    if assay_ppb > PPB_WHOLE {
        return Err(AssayError { assay_ppb });
    }
    let ratio = Ratio::new(u128::from(assay_ppb), u128::from(PPB_WHOLE));
    Ok(ratio_of(quantity, ratio).expect("a part is at most the whole"))
}

/// A rare earth and its usual oxide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OxideFactor {
    /// Symbol of the element, such as `Nd`.
    pub element: &'static str,
    /// Formula of the oxide in which it is traded, such as `Nd2O3`.
    pub oxide: &'static str,
    /// Atomic weight of the element in thousandths.
    pub atomic_weight_milli: u32,
    /// Atoms of the element in one unit of the oxide.
    pub element_count: u32,
    /// Atoms of oxygen in one unit of the oxide.
    pub oxygen_count: u32,
}

/// Rare earths by atomic number: computed from abridged standard atomic weights, O = 15.999.
const OXIDES: [OxideFactor; 16] = [
    oxide("Sc", "Sc2O3", 44_956, 2, 3),
    oxide("Y", "Y2O3", 88_906, 2, 3),
    oxide("La", "La2O3", 138_905, 2, 3),
    oxide("Ce", "CeO2", 140_116, 1, 2),
    oxide("Pr", "Pr6O11", 140_908, 6, 11),
    oxide("Nd", "Nd2O3", 144_242, 2, 3),
    oxide("Sm", "Sm2O3", 150_360, 2, 3),
    oxide("Eu", "Eu2O3", 151_964, 2, 3),
    oxide("Gd", "Gd2O3", 157_250, 2, 3),
    oxide("Tb", "Tb4O7", 158_925, 4, 7),
    oxide("Dy", "Dy2O3", 162_500, 2, 3),
    oxide("Ho", "Ho2O3", 164_930, 2, 3),
    oxide("Er", "Er2O3", 167_259, 2, 3),
    oxide("Tm", "Tm2O3", 168_934, 2, 3),
    oxide("Yb", "Yb2O3", 173_045, 2, 3),
    oxide("Lu", "Lu2O3", 174_967, 2, 3),
];

const fn oxide(
    element: &'static str,
    oxide: &'static str,
    atomic_weight_milli: u32,
    element_count: u32,
    oxygen_count: u32,
) -> OxideFactor {
    OxideFactor { element, oxide, atomic_weight_milli, element_count, oxygen_count }
}

impl OxideFactor {
    /// The factor of a rare earth, by the symbol of the element or the formula of its oxide.
    #[must_use]
    pub fn find(code: &str) -> Option<&'static Self> {
        OXIDES.iter().find(|factor| factor.element == code || factor.oxide == code)
    }

    /// Element in this quantity of oxide.
    pub fn to_element(&self, oxide: Quantity) -> Rounded {
        ratio_of(oxide, self.element_ratio()).expect("a part is at most the whole")
    }

    /// Oxide that holds this quantity of element; `None` past the largest quantity.
    #[must_use]
    pub fn to_oxide(&self, element: Quantity) -> Option<Rounded> {
        ratio_of(element, self.oxide_ratio())
    }

    fn element_ratio(&self) -> Ratio {
        let (element, oxide) = self.weights();
        Ratio::new(element, oxide)
    }

    fn oxide_ratio(&self) -> Ratio {
        let (element, oxide) = self.weights();
        Ratio::new(oxide, element)
    }

    /// Weights of the element and of the whole in one unit of the oxide, in thousandths.
    fn weights(&self) -> (u128, u128) {
        let element = u128::from(self.element_count) * u128::from(self.atomic_weight_milli);
        (element, element + u128::from(self.oxygen_count) * u128::from(OXYGEN_MILLI))
    }
}

fn ratio_of(quantity: Quantity, ratio: Ratio) -> Option<Rounded> {
    Rounded::of(u128::from(quantity.units().unsigned_abs()), ratio)
}

#[cfg(test)]
mod tests;
