//! Rights to material not yet made: acquired, passed on, exercised; what is open lapses by itself.
//!
//! The lapse is written together with the right, like the end of an encumbrance's window. An exercise turns a right into
//! stock in transit or on hand in one event, so that a tonne stands in one column at a time.

use measure::Quantity;

use super::Ask;
use super::deposit::{LotRef, lot_facts, lot_fits, lot_of};
use super::price_floor::check_floor;
use crate::act_rules::act_rules;
use crate::authority::Direction;
use crate::books::Books;
use crate::draft::Draft;
use crate::draft::steps::{Judged, State, Who};
use crate::event::Event;
use crate::lot::{Making, Price};
use crate::number::{AuthorityNo, Day, MaterialNo, PartyNo, PlaceNo, RightNo, Seq};
use crate::place::{Place, Transit};
use crate::rejection::{Fault, Kind, Rejection};
use crate::right::{Right, RightKind};
use crate::tally::{TallyKey, TallyKind};

/// Asks to record a right.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct AcquireRight {
    /// Unique among rights.
    #[n(0)]
    pub right: String,
    /// What kind.
    #[n(1)]
    pub kind: RightKind,
    /// Who acquires it.
    #[n(2)]
    pub holder: PartyNo,
    /// Who will make or sell the material.
    #[n(3)]
    pub supplier: String,
    /// Project or mine.
    #[n(4)]
    pub project: Option<String>,
    /// Where it will be made, ISO 3166-1 alpha-2.
    #[n(5)]
    pub country: Option<String>,
    /// Of which material.
    #[n(6)]
    pub material: MaterialNo,
    /// How much, in accounting units.
    #[n(7)]
    pub quantity: Quantity,
    /// First day on which it can be exercised; the effective date where absent.
    #[n(8)]
    pub first: Option<Day>,
    /// Last day; open-ended where absent.
    #[n(9)]
    pub last: Option<Day>,
    /// At what price.
    #[n(10)]
    pub price: Option<Price>,
}

/// Asks to pass a right on.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct TransferRight {
    /// Which right.
    #[n(0)]
    pub right: RightNo,
    /// Who gives it.
    #[n(1)]
    pub holder: PartyNo,
    /// Who gets it.
    #[n(2)]
    pub new_holder: PartyNo,
    /// How much, in accounting units.
    #[n(3)]
    pub quantity: Quantity,
    /// The sender's own reference.
    #[n(4)]
    pub reference: Option<String>,
}

/// Asks to exercise a right.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct ExerciseRight {
    /// Which right.
    #[n(0)]
    pub right: RightNo,
    /// Whose part of it.
    #[n(1)]
    pub holder: PartyNo,
    /// The lot, old or new.
    #[n(2)]
    pub lot: LotRef,
    /// Where it comes to lie, or is on its way to.
    #[n(3)]
    pub site: PlaceNo,
    /// How much, in accounting units.
    #[n(4)]
    pub quantity: Quantity,
    /// Names a dispatch where it is on its way first; it arrives with `arrive`.
    #[n(5)]
    pub dispatch: Option<String>,
    /// Day it should arrive.
    #[n(6)]
    pub due: Option<Day>,
    /// Who carries it.
    #[n(7)]
    pub carrier: Option<String>,
    /// What allows it.
    #[n(8)]
    pub authority: Option<AuthorityNo>,
    /// The sender's own reference.
    #[n(9)]
    pub reference: Option<String>,
}

/// Changes what is open of a right from the act's day to its last.
fn change(draft: &mut Draft<'_>, of: u32, party: PartyNo, material: MaterialNo, delta: i64, last: Option<Day>) {
    let key = TallyKey { kind: TallyKind::Right, of, party, material: Some(material) };
    draft.tally(key, delta);
    if let Some(last) = last {
        draft.tally_on(key, -delta, last.next());
    }
}

/// Only on a day on which something of it can be open.
fn check_open(state: &mut State<'_, '_>, number: RightNo, right: &Right) {
    let day = state.day;
    if right.last.is_some_and(|last| day > last) {
        state.refuse(Rejection::NotInForce { kind: Kind::Right, row: number.0, day });
    }
}

impl AcquireRight {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        who.may_write(self.holder, None);
        let mut shape = who.shape()?;
        shape.text("right", &self.right);
        shape.text("supplier", &self.supplier);
        shape.country("country", self.country.as_ref());
        shape.not_zero(self.quantity);
        if self.last.is_some_and(|last| last < self.first.unwrap_or(ask.effective).max(ask.effective)) {
            shape.invalid("last", Fault::RightBeginsLater);
        }
        let mut state = shape.state()?;
        state.is_new(Kind::Right, &self.right);
        let of = state.books.rights.row_count();
        change(&mut state, of, self.holder, self.material, self.quantity.units(), self.last);
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, _: Seq, event: &Event) {
        let Self { right: code, kind, holder, supplier, project, country, material, quantity, first, last, price } =
            self.clone();
        let first = first.unwrap_or(event.effective);
        books.push_right(Right {
            code,
            kind,
            holder,
            supplier,
            project,
            country,
            material,
            quantity,
            first,
            last,
            price,
        });
    }
}

act_rules!(AcquireRight {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Words(&["{right}", "{kind}", "{holder}", "{quantity}", "{material}", "from {supplier}"]),
    whose(act, _): vec![act.holder],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"right": "OFFTAKE-1", "kind": "offtake", "holder": "JOGMEC", "supplier": "Arafura", "project": "Nolans",
        "country": "AU", "material": "NdPr", "quantity": "10 t", "first": "2026-03-01", "last": "2029-12-31",
        "price": "100.00 USD"}"#,
});

impl TransferRight {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let Self { right: number, holder, new_holder, quantity, reference: _ } = self;
        let right = who.books.right(*number);
        who.may_write(*holder, None);
        let mut shape = who.shape()?;
        shape.not_zero(*quantity);
        if holder == new_holder {
            shape.refuse(Rejection::SourceIsTarget);
        }
        let mut state = shape.state()?;
        check_open(&mut state, *number, right);
        change(&mut state, number.0, *holder, right.material, -quantity.units(), right.last);
        change(&mut state, number.0, *new_holder, right.material, quantity.units(), right.last);
        state.done()
    }

    pub(crate) fn apply(&self, _: &mut Books, _: Seq, _: &Event) {}
}

act_rules!(TransferRight {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Words(&["{right}", "{quantity}:", "{holder} -> {new_holder}"]),
    whose(act, _): vec![act.holder],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"right": "OFFTAKE-1", "holder": "JOGMEC", "new_holder": "KOMIR", "quantity": "4 t", "reference": "X-20"}"#,
});

impl ExerciseRight {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let Self { right: number, holder, lot, site, quantity, dispatch, due: _, carrier: _, authority, reference: _ } =
            self;
        let right = who.books.right(*number);
        who.may_write(*holder, None);
        who.may_join(lot, *holder);
        let mut shape = who.shape()?;
        shape.not_zero(*quantity);
        lot_fits(&mut shape, lot);
        shape.text_if_any("dispatch", dispatch.as_ref());
        let mut state = shape.state()?;
        let day = state.day;
        check_open(&mut state, *number, right);
        let facts = lot_facts(state.books, lot);
        if let Some(price) = facts.price.as_ref().or(right.price.as_ref()) {
            let floor = check_floor(state.books, (facts.material, facts.form), facts.assay.as_ref(), price, day);
            state.note(floor);
        }
        if day < right.first {
            state.refuse(Rejection::NotInForce { kind: Kind::Right, row: number.0, day });
        }
        let (lot, material) = lot_of(&mut state, lot);
        if material != right.material {
            let fault = Fault::RightToOtherMaterial;
            state.refuse(Rejection::DoesNotFit { kind: Kind::Right, row: number.0, fault });
        }
        state.cite(*authority, Direction::Acquisition, material, *quantity);
        change(&mut state, number.0, *holder, material, -quantity.units(), right.last);
        let source = state.account(PlaceNo::OUTSIDE, *holder, lot);
        let place = match dispatch {
            None => *site,
            Some(code) => {
                state.is_new(Kind::Dispatch, code);
                state.new_place(*site)
            }
        };
        let target = state.account(place, *holder, lot);
        state.entry(source, target, *quantity);
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        if let LotRef::New(new) = &self.lot {
            books.push_lot((**new).clone(), (seq, event), Making::Began, Vec::new());
        }
        if let Some(code) = &self.dispatch {
            books.push_place(Place::Transit(Transit {
                code: code.clone(),
                seq,
                source: PlaceNo::OUTSIDE,
                target: self.site,
                effective: event.effective,
                due: self.due,
                carrier: self.carrier.clone(),
                by: Some(event.party),
            }));
        }
    }
}

act_rules!(ExerciseRight {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Both(&["{right}", "{holder}", "{dispatch}"]),
    whose(act, _): vec![act.holder],
    uses(_, _): Vec::new(),
    reference(act, _): act.reference.as_deref(),
    says(_): None,
    example: r#"{"right": "OFFTAKE-1", "holder": "JOGMEC", "lot": {"lot": "LOT-9", "material": "NdPr", "form": "oxide",
        "source": "primary", "origin": {"mined": "AU", "separated": "MY", "refined": "JP", "manufactured": "JP"},
        "assay": {"status": "provisional", "contents": {"Nd2O3": "75.2%", "Pr6O11": "24.1%"}, "moisture": "0.4%",
        "method": "XRF", "laboratory": "Alfred Knight", "uncertainty": "0.05%"}, "supplier": "Lynas",
        "price": "85.20 USD", "documents": ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]},
        "site": "Ibaraki", "quantity": "3 t", "dispatch": "VOYAGE-3", "due": "2026-05-01", "carrier": "NYK",
        "authority": "BUY-2026", "reference": "X-21"}"#,
});
