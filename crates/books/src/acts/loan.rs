//! Stock is lent out and comes back: the owner stays, the custodian changes. The same or better may come back, so a
//! return may name another lot.

use measure::Quantity;

use super::Ask;
use super::deposit::{LotRef, lot_fits, lot_of, material_of, stated_fits_lot};
use crate::account::Under;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::exports::Terms;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::factor::Stated;
use crate::lot::Making;
use crate::number::{Day, LicenceNo, LotNo, PartyNo, PlaceNo, Seq};
use crate::place::{Loan, Place};
use crate::rejection::{Fault, Kind, Rejection};

/// Asks to lend stock out.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Lend {
    /// Names the loan for its returns; unique among loans.
    #[n(0)]
    pub loan: String,
    /// Which lot.
    #[n(1)]
    pub lot: LotNo,
    /// Where it lay.
    #[n(2)]
    pub site: PlaceNo,
    /// Whose it is and stays.
    #[n(3)]
    pub owner: PartyNo,
    /// Who gets it.
    #[n(4)]
    pub borrower: PartyNo,
    /// How much, in accounting units.
    #[n(5)]
    pub quantity: Quantity,
    /// Day it should be back.
    #[n(6)]
    pub due: Option<Day>,
    /// The encumbrance it is lent under, if any.
    #[n(7)]
    pub under: Under,
    /// The sender's own reference.
    #[n(8)]
    pub reference: Option<String>,
    /// The quantity as it was measured, where that is in a unit of another dimension.
    #[n(9)]
    pub stated: Option<Stated>,
}

/// Asks to take lent stock back.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct ReturnLoan {
    /// The loan.
    #[n(0)]
    pub loan: PlaceNo,
    /// The lot that was lent.
    #[n(1)]
    pub lot: LotNo,
    /// Where it comes to lie.
    #[n(2)]
    pub site: PlaceNo,
    /// How much, in accounting units.
    #[n(3)]
    pub quantity: Quantity,
    /// The lot that comes back in its place, where it is another.
    #[n(4)]
    pub replacement: Option<LotRef>,
    /// The sender's own reference.
    #[n(5)]
    pub reference: Option<String>,
    /// The licence under which it comes to another country, where a restriction wants one.
    #[n(6)]
    pub licence: Option<LicenceNo>,
}

impl Lend {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let Self { loan, lot, site, owner, borrower, quantity, due: _, under, reference: _, stated } = self;
        who.may_write(*owner, None);
        let mut shape = who.shape()?;
        shape.text("loan", loan);
        shape.not_zero(*quantity);
        stated_fits_lot(&mut shape, *stated, *quantity, *lot);
        if owner == borrower {
            shape.refuse(Rejection::SourceIsTarget);
        }
        let mut state = shape.state()?;
        state.is_new(Kind::Loan, loan);
        let place = state.new_place(*site);
        let day = state.day;
        state.concern(*borrower, day);
        let source = state.account(*site, *owner, *lot);
        let target = state.account(place, *owner, *lot);
        if let Some(under) = under {
            state.draw_under(*under, source, *quantity);
        }
        state.entry(source, target, *quantity);
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, _: &Event) {
        let Self { loan, site, borrower, due, .. } = self.clone();
        books.push_place(Place::Loan(Loan { code: loan, borrower, due, seq, site }));
    }
}

act_rules!(Lend {
    right: Govern, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Both(&["{loan}", "to {borrower}", "due {due}"]),
    whose(act, _): vec![act.owner],
    uses(_, _): Vec::new(),
    reference(act, _): act.reference.as_deref().or(Some(&act.loan)),
    says(_): None,
    example: r#"{"loan": "LOAN-1", "lot": "LOT-1", "site": "Ibaraki", "owner": "JOGMEC", "borrower": "KOMIR",
        "quantity": "2 t", "due": "2026-09-30", "under": "TICKET-1", "reference": "X-3"}"#,
});

impl ReturnLoan {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let Self { loan, lot, site, quantity, replacement, reference: _, licence } = self;
        let books = who.books;
        let owner = books.owner_away(*loan);
        who.may_write(owner, Some(*site));
        if let Some(replacement) = replacement {
            who.may_join(replacement, owner);
        }
        let mut shape = who.shape()?;
        shape.not_zero(*quantity);
        if let Some(replacement) = replacement {
            lot_fits(&mut shape, replacement);
            if material_of(books, replacement) != books.lot(*lot).facts.material {
                shape.invalid("replacement", Fault::OtherMaterial);
            }
        }
        let mut state = shape.state()?;
        state.goes(Terms { destination: None, end_use: None, licence: *licence });
        let outstanding = books.outstanding(*loan, *lot).unwrap_or_default();
        if *quantity > outstanding {
            state.refuse(Rejection::ExceedsLoan { loan: *loan, lot: *lot, outstanding });
        }
        let account = state.account(*loan, owner, *lot);
        let Some(replacement) = replacement else {
            let target = state.account(*site, owner, *lot);
            state.entry(account, target, *quantity);
            return state.done();
        };
        let (new_lot, _) = lot_of(&mut state, replacement);
        let outside = state.account(PlaceNo::OUTSIDE, owner, *lot);
        state.entry(account, outside, *quantity);
        let source = state.account(PlaceNo::OUTSIDE, owner, new_lot);
        let target = state.account(*site, owner, new_lot);
        state.entry(source, target, *quantity);
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        if let Some(LotRef::New(new)) = &self.replacement {
            books.push_lot((**new).clone(), (seq, event), Making::Began, Vec::new());
        }
    }
}

act_rules!(ReturnLoan {
    right: Govern, asks: Keeper, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Both(&["{loan}"]),
    whose(act, books): vec![books.owner_away(act.loan)],
    uses(_, _): Vec::new(),
    reference(act, books): act.reference.as_deref().or(Some(books.place_code(act.loan))),
    says(_): None,
    example: r#"{"loan": "LOAN-1", "lot": "LOT-1", "site": "Ibaraki", "quantity": "1 t", "replacement": {"lot": "LOT-3",
        "material": "NdPr", "form": "oxide", "source": "primary", "origin": {"mined": "AU", "separated": "MY",
        "refined": "JP", "manufactured": "JP"}, "assay": {"status": "provisional", "contents": {"Nd2O3": "75.2%",
        "Pr6O11": "24.1%"}, "moisture": "0.4%", "method": "XRF", "laboratory": "Alfred Knight",
        "uncertainty": "0.05%"}, "supplier": "Lynas", "price": "85.20 USD",
        "documents": ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]}, "reference": "X-4", "licence": null}"#,
});
