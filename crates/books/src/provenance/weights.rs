//! How much each input of a lot counts in it.
//!
//! Inputs of one material count by what went in and was not lost. Of several materials a tonne of one is not a tonne of the
//! other: they count by the elements that they brought in, by the assays known when the lot was made.

use std::convert::Infallible;

use super::RESOLUTION;
use crate::acts::transform::yields::{Common, Elements};
use crate::books::Books;
use crate::lot::Lot;
use crate::number::Seq;

/// The weights of a lot's parents, as large as [`RESOLUTION`] allows; none where nothing says how they compare.
pub(super) fn of_parents(books: &Books, lot: &Lot) -> Option<Vec<i64>> {
    let material = |index: usize| books.lot(lot.parents[index].lot).facts.material;
    let is_one_material = (1..lot.parents.len()).all(|index| material(index) == material(0));
    let parts: Vec<i128> = if is_one_material {
        lot.parents.iter().map(|parent| i128::from(parent.used().units())).collect()
    } else {
        by_content(books, lot)?
    };
    let whole: i128 = parts.iter().sum();
    if whole == 0 {
        return None;
    }
    let scaled = parts.iter().map(|part| match whole.cmp(&i128::from(RESOLUTION)) {
        std::cmp::Ordering::Greater => part / (whole / i128::from(RESOLUTION) + 1),
        std::cmp::Ordering::Less | std::cmp::Ordering::Equal => part * (i128::from(RESOLUTION) / whole),
    });
    scaled.map(|part| i64::try_from(part).ok()).collect()
}

fn by_content(books: &Books, lot: &Lot) -> Option<Vec<i128>> {
    let scale = Common::of(books, lot.parents.iter().map(|parent| books.lot(parent.lot).facts.material))?;
    let product = lot.assays.first().filter(|known| known.seq == lot.seq).map(|known| &known.assay);
    let mut found = Elements::default();
    if let Some(assay) = product {
        found.add_assay(assay, measure::Quantity::ZERO, 1);
    }
    lot.parents
        .iter()
        .map(|parent| {
            let row = books.lot(parent.lot);
            let weigh = &mut |account, _, _| Ok::<_, Infallible>(books.account(account).days.latest().on_hand);
            let before = (lot.made, Seq(lot.seq.0 - 1));
            let known = books.composition(parent.lot, before, weigh).unwrap_or_else(|never| match never {})?;
            let mut inside = Elements::default();
            inside.add_contents(&known, parent.used(), scale.unit_of(books, row.facts.material));
            Some(inside.among(&found))
        })
        .collect()
}
