//! Lots become other lots: concentrate to oxide to metal, recycling, an upgrade, a rotation.
//!
//! Consumed and produced lots meet at the place `processing`, so that each lot's own sum stays zero. Within one material
//! the quantities must add up, loss included; between materials no element may come out that did not go in.

use measure::{Dimension, OxideFactor, Quantity};

use super::deposit::{begin_lot, new_lot_fits};
use super::{Ask, Line, total};
use crate::account::AccountKey;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::composition::{Composition, of_ppb};
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::lot::{NewLot, Parent};
use crate::number::{Day, MaterialNo, PartyNo, PlaceNo, Seq};
use crate::rejection::{Fault, Kind, Rejection};

/// Why lots are transformed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum TransformKind {
    /// A step of the chain.
    #[n(0)]
    Conversion,
    /// Recovery from scrap.
    #[n(1)]
    Recycling,
    /// To a better form.
    #[n(2)]
    Upgrade,
    /// Old out, new in, the same or better: the old lot leaves the books, the new one enters them.
    #[n(3)]
    Rotation,
}

/// Asks for a transformation.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Transform {
    /// Why.
    #[n(0)]
    pub kind: TransformKind,
    /// Where what goes in lies.
    #[n(1)]
    pub site: PlaceNo,
    /// Where what comes out lies.
    #[n(2)]
    pub target: PlaceNo,
    /// Whose it is and stays.
    #[n(3)]
    pub owner: PartyNo,
    /// What goes in.
    #[n(4)]
    pub inputs: Vec<Line>,
    /// What comes out.
    #[n(5)]
    pub outputs: Vec<Output>,
    /// What is lost of the first input, in its accounting units; part of `inputs`.
    #[n(6)]
    pub loss: Quantity,
    /// The sender's own reference.
    #[n(7)]
    pub reference: Option<String>,
}

/// A lot that comes out.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Output {
    /// The lot.
    #[n(0)]
    pub lot: NewLot,
    /// How much of it, in accounting units of its material.
    #[n(1)]
    pub quantity: Quantity,
}

impl Transform {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let Self { kind, site, target, owner, inputs, outputs, loss, reference: _ } = self;
        let books = who.books;
        who.may_write(*owner, Some(*site));
        let mut shape = who.shape()?;
        shape.lines(inputs.len());
        shape.lines(outputs.len());
        for quantity in inputs.iter().map(|line| line.quantity).chain(outputs.iter().map(|output| output.quantity)) {
            shape.not_zero(quantity);
        }
        if inputs.first().is_some_and(|first| first.quantity < *loss) {
            shape.invalid("loss", Fault::MoreThanFirst);
        }
        for output in outputs {
            new_lot_fits(&mut shape, &output.lot);
        }
        let mut state = shape.state()?;
        let between = match kind {
            TransformKind::Rotation => PlaceNo::OUTSIDE,
            TransformKind::Conversion | TransformKind::Recycling | TransformKind::Upgrade => PlaceNo::PROCESSING,
        };
        for (index, line) in inputs.iter().enumerate() {
            let source = state.account(*site, *owner, line.lot);
            let lost = if index == 0 { *loss } else { Quantity::ZERO };
            let used = line.quantity.checked_sub(lost).expect("stopped where more is lost");
            for (place, quantity) in [(between, used), (PlaceNo::LOSS, lost)] {
                if !quantity.is_zero() {
                    let target = state.account(place, *owner, line.lot);
                    state.entry(source, target, quantity);
                }
            }
        }
        for (index, output) in outputs.iter().enumerate() {
            if outputs[..index].iter().any(|other| other.lot.code == output.lot.code) {
                state.refuse(Rejection::AlreadyRegistered { kind: Kind::Lot, code: output.lot.code.clone() });
            }
            let lot = begin_lot(&mut state, &output.lot);
            let source = state.account(between, *owner, lot);
            let target = state.account(*target, *owner, lot);
            state.entry(source, target, output.quantity);
        }
        let day = state.day;
        let mut amounts = state.amounts()?;
        amounts.note(self.balances(books));
        amounts.note(self.yields(books, day));
        amounts.done()
    }

    /// Within one material, what goes in must come out or be lost.
    fn balances(&self, books: &Books) -> Result<(), Rejection> {
        let material = |line: &Line| books.lot(line.lot).facts.material;
        let first = material(&self.inputs[0]);
        let one_material = self.inputs.iter().all(|line| material(line) == first)
            && self.outputs.iter().all(|output| output.lot.material == first);
        let key = AccountKey { place: self.site, owner: self.owner, lot: self.inputs[0].lot };
        let inputs = total(self.inputs.iter().map(|line| &line.quantity), key)?;
        let outputs = total(self.outputs.iter().map(|output| &output.quantity), key)?;
        if self.kind == TransformKind::Rotation {
            let enough = one_material && outputs >= inputs && self.loss.is_zero();
            return if enough { Ok(()) } else { Err(Rejection::RotationLowersStock) };
        }
        let out_and_lost = i128::from(outputs.units()) + i128::from(self.loss.units());
        if one_material && out_and_lost != i128::from(inputs.units()) {
            return Err(Rejection::DoesNotBalance { material: first, inputs, outputs: out_and_lost });
        }
        Ok(())
    }

    /// No element comes out that did not go in, where every input is known.
    fn yields(&self, books: &Books, day: Day) -> Result<(), Rejection> {
        if self.kind == TransformKind::Rotation {
            return Ok(());
        }
        let fed = self.inputs.iter().map(|line| books.lot(line.lot).facts.material);
        let made = self.outputs.iter().map(|output| output.lot.material);
        let Some(scale) = Common::of(books, fed.chain(made)) else { return Ok(()) };
        let mut feed: Vec<(String, i128)> = Vec::new();
        for line in &self.inputs {
            let Some(found) = books.composition_now(line.lot, day) else { return Ok(()) };
            let unit = scale.unit_of(books, books.lot(line.lot).facts.material);
            let contents = found.contents.iter().map(|(analyte, fraction)| (analyte.as_str(), *fraction));
            elements(contents, line.quantity, unit, &mut feed);
        }
        let mut product = Vec::new();
        for output in &self.outputs {
            if let Some(assay) = &output.lot.assay {
                let contents = assay.contents.iter();
                let contents = contents.map(|own| (own.analyte.as_str(), of_ppb(own.fraction_ppb)));
                elements(contents, output.quantity, scale.unit_of(books, output.lot.material), &mut product);
            }
        }
        // One accounting unit a lot, the largest of them, may come from rounding.
        let rounding = scale.largest.saturating_mul((self.inputs.len() + self.outputs.len()) as i128);
        for (element, out) in product {
            let fed = feed.iter().find(|(other, _)| *other == element).map_or(0, |(_, fed)| *fed);
            if out > fed.saturating_add(rounding) {
                return Err(Rejection::YieldExceedsFeed { analyte: element });
            }
        }
        Ok(())
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let parents: Vec<Parent> =
            self.inputs.iter().map(|line| Parent { lot: line.lot, quantity: line.quantity }).collect();
        for output in &self.outputs {
            books.push_lot(output.lot.clone(), seq, event.effective, parents.clone());
        }
    }
}

act_rules!(Transform {
    right: Write, asks: Keeper, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Both(&["{kind}", "loss {loss}"]),
    whose(act, _): vec![act.owner],
    reference(act, _): act.reference.as_deref(),
    says(_): None,
    example: r#"{"kind": "upgrade", "site": "Ibaraki", "target": "Gunsan", "owner": "JOGMEC", "inputs": [{"lot": "LOT-2",
        "quantity": "10 t"}], "outputs": [{"lot": "LOT-4", "material": "NdPr", "form": "oxide",
        "source": "primary", "origin": {"mined": "AU", "separated": "MY", "refined": "JP", "manufactured": "JP"},
        "assay": {"status": "provisional", "contents": {"Nd2O3": "75.2%", "Pr6O11": "24.1%"}, "moisture": "0.4%",
        "method": "XRF", "laboratory": "Alfred Knight", "uncertainty": "0.05%"}, "supplier": "Lynas",
        "price": "85.20 USD", "documents": ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
        "quantity": "9 t"}], "loss": "1 t", "reference": "X-7"}"#,
});

/// The smallest unit in which the accounting units of several materials are all whole: a tonne of feed and a milligram
/// of product are compared in it, never number with number.
struct Common {
    decimals: u8,
    largest: i128,
}

impl Common {
    /// `None` where they do not all weigh something: pieces and tonnes have no element in common.
    fn of(books: &Books, materials: impl Iterator<Item = MaterialNo> + Clone) -> Option<Self> {
        let row = |material: MaterialNo| books.material(material);
        if materials.clone().any(|material| row(material).unit.dimension() != Dimension::Mass) {
            return None;
        }
        let decimals = materials.clone().map(|material| row(material).decimals).max().unwrap_or(0);
        let common = Self { decimals, largest: 0 };
        let largest = materials.map(|material| common.unit_of(books, material)).max().unwrap_or(0);
        Some(Self { largest, ..common })
    }

    /// One accounting unit of a material.
    fn unit_of(&self, books: &Books, material: MaterialNo) -> i128 {
        let material = books.material(material);
        let finer = 10i128.pow(u32::from(self.decimals - material.decimals));
        i128::try_from(material.unit.factor()).unwrap_or(i128::MAX).saturating_mul(finer)
    }
}

/// Adds the elements in a quantity, oxides counted by the metal in them (rounded to the accounting unit).
fn elements<'a>(
    contents: impl Iterator<Item = (&'a str, i128)>,
    quantity: Quantity,
    unit: i128,
    sums: &mut Vec<(String, i128)>,
) {
    for (analyte, fraction) in contents {
        let inside = i64::try_from(Composition::inside(quantity.units(), fraction)).ok().and_then(Quantity::new);
        let Some(inside) = inside else { continue };
        let (element, inside) = match OxideFactor::find(analyte) {
            Some(factor) if factor.oxide == analyte => (factor.element, factor.to_element(inside).quantity),
            _ => (analyte, inside),
        };
        let inside = i128::from(inside.units()).saturating_mul(unit);
        match sums.iter_mut().find(|(other, _)| other == element) {
            Some((_, sum)) => *sum = sum.saturating_add(inside),
            None => sums.push((element.to_owned(), inside)),
        }
    }
}
