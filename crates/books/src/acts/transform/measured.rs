//! What was made of other lots is measured afterwards: no more is in it than in what it was made of.
//!
//! All that came out of one event counts together, each lot with its newest composition. Where an input was never measured, or
//! something else came into the lot, nothing says how much there can be. Where the feed is measured anew afterwards, and holds
//! less than came out, that is told.

use super::yields::{Common, Elements, Most};
use super::{Transform, TransformKind};
use crate::acts::Act;
use crate::books::Books;
use crate::composition::stated;
use crate::event::{Event, Past};
use crate::lot::{Assay, Making};
use crate::number::{Day, LotNo, PlaceNo, Seq};
use crate::rejection::{FactName, FactValue, Facts, Rejection};
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
    let Some((act, since)) = transformed(books, &event) else { return Ok(()) };
    act.still_holds(books, since, Measured { made, part, assay, day })
}

/// A conversion that gave more than what went in can hold, by what is known since an event measured a lot of it, or took such a
/// word back. What was measured stands; what came out was weighed or measured wrongly, or more went in than was said.
pub(crate) fn impossible_yield(books: &Books, past: &dyn Past, event: &Event) -> Option<Facts> {
    let mut measured = Vec::new();
    for part in event.parts(books).iter() {
        match part.effect(books).as_deref() {
            Some(Act::RecordAssay(act)) => measured.push((act.lot, part.effective)),
            Some(Act::Correct(act)) => {
                measured.extend(books.measured_in(act.reverses).map(|lot| (lot, part.effective)));
            }
            Some(_) | None => {}
        }
    }
    measured.into_iter().find_map(|(lot, day)| {
        made_from(books, lot).into_iter().filter(|seq| books.reversed_by(*seq).is_none()).find_map(|seq| {
            let (act, since) = transformed(books, &past.event(seq)?)?;
            let days = [since, day];
            let flaw = days.iter().find_map(|day| act.yields_more(books, (seq, since), *day).err())?;
            let Rejection::YieldExceedsFeed { analyte } = flaw else { return None };
            let code = FactValue::from(books.lot(lot).facts.code.as_str());
            let analyte = FactValue::from(analyte.as_str());
            Some([(FactName::Lot, code), (FactName::Event, seq.into()), (FactName::Analyte, analyte)].into())
        })
    })
}

/// The events that made other material of a lot, and of what was split off it or merged with it.
fn made_from(books: &Books, lot: LotNo) -> Vec<Seq> {
    let (mut lots, mut made, mut next) = (vec![lot], Vec::new(), 0);
    while let Some(own) = lots.get(next).copied() {
        next += 1;
        for child in &books.lot(own).children {
            let row = books.lot(*child);
            match row.making {
                Making::Relotted if !lots.contains(child) => lots.push(*child),
                Making::Processed | Making::Recovered if !made.contains(&row.seq) => made.push(row.seq),
                Making::Relotted | Making::Processed | Making::Recovered | Making::Began | Making::Replaced => {}
            }
        }
    }
    made
}

/// What an event transformed, and on which day.
fn transformed(books: &Books, event: &Event) -> Option<(Transform, Day)> {
    event.parts(books).iter().find_map(|part| {
        let effect = part.effect(books);
        let Some(Act::Transform(act)) = effect.as_deref() else { return None };
        Some((act.clone(), part.effective)).filter(|(act, _)| act.kind != TransformKind::Rotation)
    })
}

/// A measurement of what came out, or of a part of it.
struct Measured<'a> {
    made: LotNo,
    part: Option<Quantity>,
    assay: &'a Assay,
    day: Day,
}

impl Transform {
    /// Does more come out than went in, by what is known of both now, each lot of the feed as of a day?
    fn yields_more(&self, books: &Books, (seq, since): (Seq, Day), day: Day) -> Result<(), Rejection> {
        let weighed_since = |lot: LotNo| books.lot(lot).changes.iter().any(|change| change.effective > since);
        if day != since && self.inputs.iter().any(|line| weighed_since(line.lot)) {
            return Ok(());
        }
        let Some(scale) = Common::of(books, self.materials(books).into_iter()) else { return Ok(()) };
        let mut feed = Elements::default();
        for line in &self.inputs {
            let Some(found) = books.composition_now(line.lot, day) else { return Ok(()) };
            feed.add_contents(&found, line.quantity, scale.unit_of(books, books.lot(line.lot).facts.material));
        }
        let mut made = books.lot(self.inputs[0].lot).children.clone();
        made.retain(|child| books.lot(*child).seq == seq);
        let mut product = Elements::default();
        for (lot, output) in made.iter().zip(&self.outputs).filter(|(lot, _)| !came_from_outside(books, **lot)) {
            if let Some(found) = books.composition_now(*lot, since) {
                product.add_contents(&found, output.quantity, scale.unit_of(books, output.lot.material));
            }
        }
        let rounding = scale.rounding(self.inputs.len() + self.outputs.len());
        product.fit(&feed, rounding)?;
        let is_one_material = self.materials(books).windows(2).all(|pair| pair[0] == pair[1]);
        if is_one_material { Ok(()) } else { self.weights_fit(books, &scale, &Most { feed, rounding }) }
    }

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
