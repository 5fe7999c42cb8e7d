//! Lots become other lots: concentrate to oxide to metal, recycling, an upgrade, a rotation.
//!
//! Consumed and produced lots meet at the place `processing`, so that each lot's own sum stays zero. What may come out is
//! decided in [`yields`], and what may be said of where it comes from in [`origins`].

use measure::{Quantity, largest_remainder};

use super::deposit::{begin_lot, new_lot_fits, stated_fits_lot};
use super::{Ask, Line};
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::exports::Terms;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::lot::{Making, NewLot, Parent};
use crate::number::{LicenceNo, LotNo, PartyNo, PlaceNo, Seq};
use crate::rejection::{Fault, Kind, Rejection};

mod measured;
mod origins;
pub(crate) mod yields;

pub(crate) use measured::{impossible_yield, made_holds};

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
    /// What is lost, in accounting units of the first input; part of `inputs`, of each of its material as much as of another.
    #[n(6)]
    pub loss: Quantity,
    /// The sender's own reference.
    #[n(7)]
    pub reference: Option<String>,
    /// The licence under which it comes to another country, where a restriction wants one.
    #[n(8)]
    pub licence: Option<LicenceNo>,
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
        let Self { kind, site, target, owner, inputs, outputs, loss, reference: _, licence } = self;
        let books = who.books;
        who.may_write(*owner, Some(*site));
        let mut shape = who.shape()?;
        shape.lines(inputs.len());
        shape.lines(outputs.len());
        for quantity in inputs.iter().map(|line| line.quantity).chain(outputs.iter().map(|output| output.quantity)) {
            shape.not_zero(quantity);
        }
        for line in inputs {
            stated_fits_lot(&mut shape, line.stated, line.quantity, line.lot);
        }
        if inputs.first().is_some_and(|first| first.quantity < *loss) {
            shape.invalid("loss", Fault::MoreThanFirst);
        }
        for output in outputs {
            new_lot_fits(&mut shape, &output.lot);
        }
        let mut state = shape.state()?;
        state.goes(Terms { destination: None, end_use: None, licence: *licence });
        let between = match kind {
            TransformKind::Rotation => PlaceNo::OUTSIDE,
            TransformKind::Conversion | TransformKind::Recycling | TransformKind::Upgrade => PlaceNo::PROCESSING,
        };
        for (line, lost) in inputs.iter().zip(self.losses(books)) {
            let source = state.account(*site, *owner, line.lot);
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
        self.origins_fit(&mut state);
        let day = state.day;
        let mut amounts = state.amounts()?;
        amounts.note(self.balances(books));
        amounts.note(self.yields(books, day));
        amounts.done()
    }

    /// What is lost of each input: as much of one as of another of its material. What is worked on together is lost together, so
    /// that nobody chooses whose origin stays.
    fn losses(&self, books: &Books) -> Vec<Quantity> {
        let material = |line: &Line| books.lot(line.lot).facts.material;
        let weight = |line: &Line| match material(line) == material(&self.inputs[0]) {
            true => line.quantity.units().unsigned_abs(),
            false => 0,
        };
        let weights: Vec<u64> = self.inputs.iter().map(weight).collect();
        largest_remainder(self.loss, &weights).expect("checked: the first is not nothing")
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        // As it was recorded: once all of a loss was of the first input.
        let losses = event.entries.iter().filter(|entry| books.account(entry.target).key.place == PlaceNo::LOSS);
        let mut losses: Vec<(LotNo, Quantity)> =
            losses.map(|entry| (books.account(entry.source).key.lot, entry.quantity)).collect();
        let mut parent = |line: &Line| {
            let own = losses.iter().position(|(lot, _)| *lot == line.lot).map(|place| losses.remove(place));
            Parent { lot: line.lot, quantity: line.quantity, lost: own.map_or(Quantity::ZERO, |(_, lost)| lost) }
        };
        let parents: Vec<Parent> = self.inputs.iter().map(&mut parent).collect();
        let making = match self.kind {
            TransformKind::Conversion | TransformKind::Upgrade => Making::Processed,
            TransformKind::Recycling => Making::Recovered,
            TransformKind::Rotation => Making::Replaced,
        };
        for output in &self.outputs {
            books.push_lot(output.lot.clone(), (seq, event), making, parents.clone());
        }
    }
}

act_rules!(Transform {
    right: Write, asks: Keeper, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Both(&["{kind}", "loss {loss}"]),
    whose(act, _): vec![act.owner],
    uses(_, _): Vec::new(),
    reference(act, _): act.reference.as_deref(),
    says(_): None,
    example: r#"{"kind": "upgrade", "site": "Ibaraki", "target": "Gunsan", "owner": "JOGMEC", "inputs": [{"lot": "LOT-2",
        "quantity": "10 t"}], "outputs": [{"lot": "LOT-4", "material": "NdPr", "form": "oxide",
        "source": "primary", "origin": {"mined": "AU", "separated": "MY", "refined": "JP", "manufactured": "JP"},
        "assay": {"status": "provisional", "contents": {"Nd2O3": "75.2%", "Pr6O11": "24.1%"}, "moisture": "0.4%",
        "method": "XRF", "laboratory": "Alfred Knight", "uncertainty": "0.05%"}, "supplier": "Lynas",
        "price": "85.20 USD", "documents": ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
        "quantity": "9 t"}], "loss": "1 t", "reference": "X-7", "licence": null}"#,
});
