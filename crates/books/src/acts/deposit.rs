//! Stock comes in: a deposit (the trade says receipt).
//!
//! The first deposit of a lot describes it; later ones add to it.

use measure::Quantity;

use super::price_floor::check_floor;
use super::{Act, Ask};
use crate::act_rules::act_rules;
use crate::authority::Direction;
use crate::books::Books;
use crate::draft::steps::{Judged, Shape, State, Who};
use crate::event::{Event, Use};
use crate::fact::{Of, Says};
use crate::factor::Stated;
use crate::lot::{Making, NewLot};
use crate::number::{AuthorityNo, LotNo, MaterialNo, PartyNo, PlaceNo, Seq};
use crate::rejection::{Fault, Kind, Rejection};
use crate::tally::{TallyKey, TallyKind};

/// Asks for a deposit.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Deposit {
    /// The lot, old or new.
    #[n(0)]
    pub lot: LotRef,
    /// Where it comes to lie.
    #[n(1)]
    pub site: PlaceNo,
    /// Whose it is.
    #[n(2)]
    pub owner: PartyNo,
    /// How much, in accounting units.
    #[n(3)]
    pub quantity: Quantity,
    /// What allows it.
    #[n(4)]
    pub authority: Option<AuthorityNo>,
    /// The sender's own reference: contract, report and line.
    #[n(5)]
    pub reference: Option<String>,
    /// How it was established that it lay there when the books began: stock that is taken over, and no receipt.
    #[n(6)]
    pub opening: Option<String>,
    /// The draw of which a part comes back: no new supply, and what allowed the draw allows as much again.
    #[n(7)]
    pub returns: Option<Seq>,
    /// The quantity as it was measured, where that is in a unit of another dimension.
    #[n(8)]
    pub stated: Option<Stated>,
}

/// Is a quantity what was measured, by the factor that is cited?
pub(super) fn stated_fits(
    shape: &mut Shape<'_, '_>,
    stated: Option<Stated>,
    quantity: Quantity,
    (material, lot): (MaterialNo, Option<LotNo>),
) {
    let is_other = |stated: &Stated| stated.quantity(shape.books, material, lot) != Some(quantity);
    if let Some(stated) = stated.filter(is_other) {
        shape.invalid("quantity", Fault::NoFactor { text: format!("event {}", stated.factor) });
    }
}

/// The same, of a lot that exists.
pub(super) fn stated_fits_lot(shape: &mut Shape<'_, '_>, stated: Option<Stated>, quantity: Quantity, lot: LotNo) {
    stated_fits(shape, stated, quantity, (shape.books.lot(lot).facts.material, Some(lot)));
}

/// A lot that exists, or the description of one that does not yet.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(flat)]
pub enum LotRef {
    /// Exists.
    #[n(0)]
    Known(#[n(0)] LotNo),
    /// Begins here.
    #[n(1)]
    New(#[n(0)] Box<NewLot>),
}

impl Deposit {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        let Self { lot, site, owner, quantity, authority, reference: _, opening, returns, stated } = self;
        let books = who.books;
        who.may_write(*owner, Some(*site));
        who.may_join(lot, *owner);
        let mut shape = who.shape()?;
        shape.not_zero(*quantity);
        lot_fits(&mut shape, lot);
        let (known, material) = match lot {
            LotRef::Known(lot) => (Some(*lot), books.lot(*lot).facts.material),
            LotRef::New(new) => (None, new.material),
        };
        stated_fits(&mut shape, *stated, *quantity, (material, known));
        shape.text_if_any("opening", opening.as_ref());
        if returns.is_some() && (opening.is_some() || authority.is_some()) {
            shape.invalid("returns", Fault::NeedsNoAuthority);
        }
        let mut state = shape.state()?;
        let facts = lot_facts(books, lot);
        if let Some(price) = facts.price.as_ref().filter(|_| opening.is_none() && returns.is_none()) {
            let floor = check_floor(books, (facts.material, facts.form), facts.assay.as_ref(), price, state.day);
            state.note(floor);
        }
        let (lot, material) = lot_of(&mut state, lot);
        if let Some(seq) = returns {
            self.give_back(&mut state, *seq, lot, ask);
        } else if opening.is_none() {
            state.cite(*authority, Direction::Acquisition, material, *quantity);
        }
        let source = state.account(PlaceNo::OUTSIDE, *owner, lot);
        let target = state.account(*site, *owner, lot);
        state.entry(source, target, *quantity);
        state.done()
    }

    /// A draw gives back to its authority and its licence what comes back of it, and never more than went out.
    fn give_back(&self, state: &mut State<'_, '_>, seq: Seq, lot: LotNo, ask: &Ask<'_>) {
        let books = state.books;
        let seen = ask.past.event(seq).filter(|event| books.eyes(ask.party).sees_event(event));
        let event = seen.filter(|event| event.outcome.is_done() && books.reversed_by(seq).is_none());
        let parts = event.iter().flat_map(|event| event.parts(books));
        let draw = parts.into_iter().find_map(|part| match part.effect(books).as_deref() {
            Some(Act::Draw(draw)) if draw.lot == lot && draw.owner == self.owner => {
                Some((draw.clone(), part.effective))
            }
            Some(_) | None => None,
        });
        let (Some((draw, drawn_on)), Ok(of)) = (draw, u32::try_from(seq.0)) else {
            return state.refuse(Rejection::NothingToReverse { seq });
        };
        let material = books.lot(lot).facts.material;
        let came_back = TallyKey { kind: TallyKind::CameBack, of, party: self.owner, material: Some(material) };
        let left = draw.quantity.units() - books.tally_latest(came_back);
        if self.quantity.units() > left || ask.effective < drawn_on {
            state.keep_amount(Rejection::ExceedsTally { tally: came_back, left, day: ask.effective });
        }
        state.tally(came_back, self.quantity.units());
        if let Some(authority) = draw.authority {
            state.raw_use(Use { authority, delta: -self.quantity.units() });
        }
        if let Some(licence) = draw.licence {
            let holder = books.licence(licence).holder;
            let key = TallyKey { kind: TallyKind::Licence, of: licence.0, party: holder, material: Some(material) };
            state.tally(key, self.quantity.units());
        }
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        if let LotRef::New(new) = &self.lot {
            books.push_lot((**new).clone(), (seq, event), Making::Began, Vec::new());
        }
    }
}

act_rules!(Deposit {
    right: Write, asks: Keeper, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Moved,
    whose(act, _): vec![act.owner],
    uses(_, _): Vec::new(),
    reference(act, _): act.reference.as_deref(),
    says(act): Some(Says {
            reference: act.reference.as_deref(),
            owner: Some(act.owner),
            target: Some(act.site),
            lines: vec![(Of::MovedLot, act.quantity)],
            ..Says::default()
        }),
    example: r#"{"lot": "LOT-1", "material": "NdPr", "form": "oxide", "source": "primary", "origin": {"mined": "AU",
        "separated": "MY", "refined": "JP", "manufactured": "JP"}, "assay": {"status": "provisional",
        "contents": {"Nd2O3": "75.2%", "Pr6O11": "24.1%"}, "moisture": "0.4%", "method": "XRF",
        "laboratory": "Alfred Knight", "uncertainty": "0.05%"}, "supplier": "Lynas", "price": "85.20 USD",
        "documents": ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"], "site": "Ibaraki",
        "owner": "JOGMEC", "quantity": "80 t net", "authority": "BUY-2026", "reference": "C-7"}"#,
});

/// May a lot begin with this description?
pub(crate) fn new_lot_fits(shape: &mut Shape<'_, '_>, new: &NewLot) {
    shape.code("lot", &new.code);
    let origin = &new.origin;
    for (field, country) in [
        ("origin.mined", &origin.mined),
        ("origin.separated", &origin.separated),
        ("origin.refined", &origin.refined),
        ("origin.manufactured", &origin.manufactured),
    ] {
        shape.country(field, country.as_ref());
    }
    if let Some(assay) = &new.assay {
        let basis = shape.books.material(new.material).basis;
        shape.note(super::assay::assay_fits(assay, basis));
    }
}

/// The same, where it is not one that exists.
pub(crate) fn lot_fits(shape: &mut Shape<'_, '_>, lot: &LotRef) {
    if let LotRef::New(new) = lot {
        new_lot_fits(shape, new);
        shape.price_fits("price", new.price.as_ref(), new.material);
    }
}

/// What is said of a lot, new or known.
pub(super) fn lot_facts<'a>(books: &'a Books, lot: &'a LotRef) -> &'a NewLot {
    match lot {
        LotRef::Known(lot) => &books.lot(*lot).facts,
        LotRef::New(new) => new,
    }
}

/// The lot and its material; begins it where it is new.
pub(crate) fn lot_of(state: &mut State<'_, '_>, lot: &LotRef) -> (LotNo, MaterialNo) {
    let number = match lot {
        LotRef::Known(lot) => *lot,
        LotRef::New(new) => begin_lot(state, new),
    };
    // It stood when a command that waited was written, and does no more.
    if state.books.lots.get(number.0).is_some_and(|lot| lot.is_void) {
        state.refuse(Rejection::DoesNotFit { kind: Kind::Lot, row: number.0, fault: Fault::MadeByReversed });
    }
    (number, material_of(state.books, lot))
}

/// The number of a lot that begins.
pub(crate) fn begin_lot(state: &mut State<'_, '_>, new: &NewLot) -> LotNo {
    state.is_new(Kind::Lot, &new.code);
    state.new_lot(new.material)
}

pub(crate) fn material_of(books: &Books, lot: &LotRef) -> MaterialNo {
    match lot {
        LotRef::Known(lot) => books.lot(*lot).facts.material,
        LotRef::New(new) => new.material,
    }
}
