//! A quantity restated in another basis, by the assay of its lot. Nothing is ever added across bases without it.

use books::lot::Lot;
use books::material::Material;
use books::{Books, LotNo, Seq};
use measure::{Basis, OxideFactor, Quantity, contained};

/// A quantity in the basis asked for, and what it rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restated {
    /// In accounting units of the lot's material; rounded to the nearest unit, halves to even. May be negative.
    pub units: i128,
    /// The event whose assay it rests on; none where nothing had to be converted.
    pub assay: Option<Seq>,
}

/// Restates a quantity of a lot, by the assay known after an event. `None` when the lot has no assay that says it.
#[must_use]
pub fn restate(books: &Books, lot: LotNo, units: i64, basis: Basis, known_at: Seq) -> Option<Restated> {
    let facts = books.lot(lot);
    let material: &Material = books.material(facts.facts.material);
    if material.basis == basis {
        return Some(Restated { units: i128::from(units), assay: None });
    }
    let known = Lot::assay_known_at(facts, known_at)?;
    let size = Quantity::new(units.checked_abs()?)?;
    let mut inside: i128 = 0;
    // An assay that does not name an element says that there is none; one that names no rare earth says nothing of REO.
    let mut is_found = matches!(basis, Basis::Contained(_));
    for content in &known.assay.contents {
        let part = contained(size, content.fraction_ppb).ok()?.quantity;
        let Some(part) = in_basis(&content.analyte, part, basis) else { continue };
        is_found = true;
        inside += i128::from(part.units());
    }
    let signed = if units < 0 { -inside } else { inside };
    is_found.then_some(Restated { units: signed, assay: Some(known.seq) })
}

/// What a part of the lot counts in a basis; `None` where it counts nothing.
fn in_basis(analyte: &str, part: Quantity, basis: Basis) -> Option<Quantity> {
    let factor = OxideFactor::find(analyte);
    match basis {
        Basis::Reo => {
            let factor = factor?;
            if factor.oxide == analyte { Some(part) } else { factor.to_oxide(part).map(|oxide| oxide.quantity) }
        }
        Basis::Contained(wanted) => {
            let wanted = wanted.code();
            if wanted == analyte {
                return Some(part);
            }
            let factor = factor?;
            if factor.oxide == analyte && factor.element == wanted {
                Some(factor.to_element(part).quantity)
            } else if factor.element == analyte && factor.oxide == wanted {
                factor.to_oxide(part).map(|oxide| oxide.quantity)
            } else {
                None
            }
        }
        Basis::Gross | Basis::Net | Basis::Wet | Basis::Dry => None,
    }
}
