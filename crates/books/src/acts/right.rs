//! Rights to material not yet made: acquired, passed on, exercised; what is open lapses by itself.
//!
//! The lapse is written together with the right, like the end of an encumbrance's window. An exercise turns a right into
//! stock in transit or on hand in one event, so that a tonne stands in one column at a time.

use measure::Quantity;

use super::deposit::{LotRef, new_lot_fits};
use super::reserve_common::new_code;
use super::{Ask, not_zero};
use crate::act_rules::act_rules;
use crate::authority::Direction;
use crate::books::Books;
use crate::draft::Draft;
use crate::event::Event;
use crate::lot::Price;
use crate::number::{AuthorityNo, Day, MaterialNo, PartyNo, PlaceNo, RightNo, Seq};
use crate::place::{Place, Transit};
use crate::rejection::{Kind, Rejection};
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

/// The right, on a day on which something of it can be open.
fn open_right<'b>(draft: &Draft<'b>, number: RightNo) -> Result<&'b Right, Rejection> {
    let right = draft.books.right(number);
    match right.last.is_some_and(|last| draft.day > last) {
        true => Err(Rejection::NotInForce { kind: Kind::Right, row: number.0, day: draft.day }),
        false => Ok(right),
    }
}

impl AcquireRight {
    pub(crate) fn decide(&self, draft: &mut Draft<'_>, ask: &Ask<'_>) -> Result<(), Rejection> {
        draft.may_write(self.holder, None)?;
        new_code(draft, Kind::Right, "right", &self.right)?;
        super::text_fits("supplier", &self.supplier)?;
        super::country_fits("country", self.country.as_ref())?;
        not_zero(self.quantity)?;
        if self.last.is_some_and(|last| last < self.first.unwrap_or(ask.effective).max(ask.effective)) {
            return Err(Rejection::Invalid { field: "last", problem: "lies before the right begins".into() });
        }
        let of = draft.books.rights.row_count();
        change(draft, of, self.holder, self.material, self.quantity.units(), self.last);
        Ok(())
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
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Nobody,
    undone: Corrected,
    line: Words(&["{right}", "{kind}", "{holder}", "{quantity}", "{material}", "from {supplier}"]),
    whose(act, _): vec![act.holder],
    reference(_, _): None,
    says(_): None,
    example: r#"{"right": "OFFTAKE-1", "kind": "offtake", "holder": "JOGMEC", "supplier": "Arafura", "project": "Nolans",
        "country": "AU", "material": "NdPr", "quantity": "10 t", "first": "2026-03-01", "last": "2029-12-31",
        "price": "100.00 USD"}"#,
});

impl TransferRight {
    pub(crate) fn decide(&self, draft: &mut Draft<'_>, _: &Ask<'_>) -> Result<(), Rejection> {
        let Self { right: number, holder, new_holder, quantity, reference: _ } = self;
        draft.may_write(*holder, None)?;
        not_zero(*quantity)?;
        if holder == new_holder {
            return Err(Rejection::SourceIsTarget);
        }
        let right = open_right(draft, *number)?;
        change(draft, number.0, *holder, right.material, -quantity.units(), right.last);
        change(draft, number.0, *new_holder, right.material, quantity.units(), right.last);
        Ok(())
    }

    pub(crate) fn apply(&self, _: &mut Books, _: Seq, _: &Event) {}
}

act_rules!(TransferRight {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Nobody,
    undone: Corrected,
    line: Words(&["{right}", "{quantity}:", "{holder} -> {new_holder}"]),
    whose(act, _): vec![act.holder],
    reference(_, _): None,
    says(_): None,
    example: r#"{"right": "OFFTAKE-1", "holder": "JOGMEC", "new_holder": "KOMIR", "quantity": "4 t", "reference": "X-20"}"#,
});

impl ExerciseRight {
    pub(crate) fn decide(&self, draft: &mut Draft<'_>, _: &Ask<'_>) -> Result<(), Rejection> {
        let Self { right: number, holder, lot, site, quantity, dispatch, due: _, carrier: _, authority, reference: _ } =
            self;
        draft.may_write(*holder, None)?;
        not_zero(*quantity)?;
        let right = open_right(draft, *number)?;
        if draft.day < right.first {
            return Err(Rejection::NotInForce { kind: Kind::Right, row: number.0, day: draft.day });
        }
        let (lot, material) = match lot {
            LotRef::Known(lot) => (*lot, draft.books.lot(*lot).facts.material),
            LotRef::New(new) => {
                new_lot_fits(draft.books, new)?;
                (draft.new_lot(new.material), new.material)
            }
        };
        if material != right.material {
            let problem = "is to another material";
            return Err(Rejection::DoesNotFit { kind: Kind::Right, row: number.0, problem });
        }
        draft.cite(*authority, Direction::Acquisition, material, *quantity)?;
        change(draft, number.0, *holder, material, -quantity.units(), right.last);
        let source = draft.account(PlaceNo::OUTSIDE, *holder, lot);
        let target = match dispatch {
            None => draft.account(*site, *holder, lot),
            Some(code) => {
                if draft.books.place_no(Kind::Dispatch, code).is_some() {
                    return Err(Rejection::AlreadyRegistered { kind: Kind::Dispatch, code: code.clone() });
                }
                super::text_fits("dispatch", code)?;
                let transit = draft.new_place();
                draft.account(transit, *holder, lot)
            }
        };
        draft.entry(source, target, *quantity);
        Ok(())
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        if let LotRef::New(new) = &self.lot {
            books.push_lot((**new).clone(), seq, event.effective, Vec::new());
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
            }));
        }
    }
}

act_rules!(ExerciseRight {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Both(&["{right}", "{holder}", "{dispatch}"]),
    whose(act, _): vec![act.holder],
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
