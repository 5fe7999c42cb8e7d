//! What was made of other lots is measured afterwards: no more is in it than in what it was made of.
//!
//! All that came out of one event counts together, each lot with its newest composition. Where an input was never measured, or
//! something else came into the lot, nothing says how much there can be.

use super::yields::{Common, Elements};
use super::{Transform, TransformKind};
use crate::acts::Act;
use crate::books::Books;
use crate::composition::stated;
use crate::event::Past;
use crate::lot::{Assay, Making};
use crate::number::{Day, LotNo, PlaceNo};
use crate::rejection::Rejection;
use measure::{Basis, Quantity};

/// Can a lot be made of what an assay says, by what it was made of?
pub(crate) fn made_holds(books: &Books, past: &dyn Past, lot: LotNo, assay: &Assay, day: Day) -> Result<(), Rejection> {
    // A part that was split off is measured as so much of what came out.
    let (mut made, mut part) = (lot, None);
    loop {
        let row = books.lot(made);
        match (row.making, &row.parents[..]) {
            (Making::Processed | Making::Recovered, _) => break,
            (Making::Relotted, [only]) => {
                part.get_or_insert(only.quantity);
                made = only.lot;
            }
            (Making::Relotted | Making::Began | Making::Replaced, _) => return Ok(()),
        }
    }
    let seq = books.lot(made).seq;
    let Some(event) = past.event(seq).filter(|_| books.reversed_by(seq).is_none()) else { return Ok(()) };
    let parts = event.parts(books);
    let act = parts.iter().find_map(|part| {
        let effect = part.effect(books);
        let Some(Act::Transform(act)) = effect.as_deref() else { return None };
        Some((act.clone(), part.effective))
    });
    let Some((act, since)) = act.filter(|(act, _)| act.kind != TransformKind::Rotation) else { return Ok(()) };
    act.still_holds(books, since, Measured { made, part, assay, day })
}

/// A measurement of what came out, or of a part of it.
struct Measured<'a> {
    made: LotNo,
    part: Option<Quantity>,
    assay: &'a Assay,
    day: Day,
}

impl Transform {
    fn still_holds(&self, books: &Books, since: Day, measured: Measured<'_>) -> Result<(), Rejection> {
        let Some(scale) = Common::of(books, self.materials(books).into_iter()) else { return Ok(()) };
        let seq = books.lot(measured.made).seq;
        let mut made = books.lot(self.inputs[0].lot).children.clone();
        made.retain(|child| books.lot(*child).seq == seq);
        if made.iter().any(|lot| came_from_outside(books, *lot)) {
            return Ok(());
        }
        let mut feed = Elements::default();
        for line in &self.inputs {
            let Some(found) = books.composition_now(line.lot, since) else { return Ok(()) };
            feed.add_contents(&found, line.quantity, scale.unit_of(books, books.lot(line.lot).facts.material));
        }
        let mut product = Elements::default();
        for (lot, output) in made.iter().zip(&self.outputs) {
            let material = output.lot.material;
            let unit = scale.unit_of(books, material);
            // What dried since weighs less, and holds the same.
            let alone =
                books.weight_alone(*lot, self.owner, (Day(since.0.saturating_sub(1)), measured.day), books.head());
            let weighs = |whole: Quantity| Quantity::new(whole.units().saturating_add(alone).max(0)).unwrap_or(whole);
            if *lot == measured.made {
                let is_dry = books.material(material).basis == Basis::Dry;
                let quantity = measured.part.unwrap_or(weighs(output.quantity));
                product.add_fractions(&stated(measured.assay, is_dry), quantity, unit);
            } else if let Some(found) = books.composition_now(*lot, measured.day) {
                product.add_contents(&found, weighs(output.quantity), unit);
            }
        }
        let rounding = scale.rounding(self.inputs.len() + self.outputs.len());
        product.fit(&feed, rounding)
    }
}

/// Did anything come into a lot that was not made with it?
fn came_from_outside(books: &Books, lot: LotNo) -> bool {
    let accounts = books.accounts_of(lot).iter().map(|account| books.account(*account));
    accounts.into_iter().any(|account| account.key.place == PlaceNo::OUTSIDE && account.days.latest().on_hand < 0)
}
