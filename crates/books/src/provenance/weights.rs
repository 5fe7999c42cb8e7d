//! How much each input of a lot counts in it.
//!
//! Inputs of one material count by what went in and was not lost. Of several materials a tonne of one is not a tonne of the
//! other: they count by the elements that they brought in, by the assays known when the lot was made. So they are worked out
//! then, and kept with the lot: what is learned later does not change how it was made.

use std::convert::Infallible;

use super::RESOLUTION;
use crate::acts::transform::yields::{Common, Elements};
use crate::books::Books;
use crate::lot::{Assay, Parent};
use crate::number::{Day, Seq};

/// The weights of what a lot is made from on a day, as large as [`RESOLUTION`] allows; none where nothing says how they compare.
pub(crate) fn of_parents(
    books: &Books,
    parents: &[Parent],
    product: Option<&Assay>,
    made: (Day, Seq),
) -> Option<Vec<i64>> {
    let material = |index: usize| books.lot(parents[index].lot).facts.material;
    let is_one_material = (1..parents.len()).all(|index| material(index) == material(0));
    let parts: Vec<i128> = if is_one_material {
        parents.iter().map(|parent| i128::from(parent.used().units())).collect()
    } else {
        by_content(books, parents, product, made)?
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

fn by_content(books: &Books, parents: &[Parent], product: Option<&Assay>, made: (Day, Seq)) -> Option<Vec<i128>> {
    let scale = Common::of(books, parents.iter().map(|parent| books.lot(parent.lot).facts.material))?;
    let mut found = Elements::default();
    if let Some(assay) = product {
        found.add_assay(assay, measure::Quantity::ZERO, 1);
    }
    let weigh = &mut |account, day, _| {
        let days = &books.account(account).days;
        Ok::<_, Infallible>(days.at(day).unwrap_or_else(|| days.latest()).on_hand)
    };
    let mut inside = |parent: &Parent| {
        let row = books.lot(parent.lot);
        let known = books.composition(parent.lot, made, weigh).unwrap_or_else(|never| match never {})?;
        let mut inside = Elements::default();
        inside.add_contents(&known, parent.used(), scale.unit_of(books, row.facts.material));
        Some(inside.among(&found))
    };
    parents.iter().map(&mut inside).collect()
}
