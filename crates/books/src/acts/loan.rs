//! Stock is lent out and comes back: the owner stays, the custodian changes. The same or better may come back, so a
//! return may name another lot.

use measure::Quantity;

use super::Ask;
use super::deposit::{LotRef, new_lot_fits};
use crate::account::Under;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::Draft;
use crate::event::Event;
use crate::number::{Day, LotNo, PartyNo, PlaceNo, Seq};
use crate::place::{Loan, Place};
use crate::rejection::{Kind, Rejection};

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
}

impl Lend {
    pub(crate) fn decide(&self, draft: &mut Draft<'_>, _: &Ask<'_>) -> Result<(), Rejection> {
        let Self { loan, lot, site, owner, borrower, quantity, due: _, under, reference: _ } = self;
        draft.may_write(*owner, None)?;
        if draft.books.place_no(Kind::Loan, loan).is_some() {
            draft.refuse(Rejection::AlreadyRegistered { kind: Kind::Loan, code: loan.clone() });
        }
        draft.note(super::text_fits("loan", loan));
        draft.not_zero(*quantity);
        if owner == borrower {
            draft.refuse(Rejection::SourceIsTarget);
        }
        let place = draft.new_place();
        let source = draft.account(*site, *owner, *lot);
        let target = draft.account(place, *owner, *lot);
        if let Some(under) = under {
            draft.draw_under(*under, source, *quantity)?;
        }
        draft.entry(source, target, *quantity);
        Ok(())
    }

    pub(crate) fn apply(&self, books: &mut Books, _: Seq, _: &Event) {
        books.push_place(Place::Loan(Loan { code: self.loan.clone(), borrower: self.borrower, due: self.due }));
    }
}

act_rules!(Lend {
    right: Govern, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Both(&["{loan}", "to {borrower}", "due {due}"]),
    whose(act, _): vec![act.owner],
    reference(act, _): act.reference.as_deref().or(Some(&act.loan)),
    says(_): None,
    example: r#"{"loan": "LOAN-1", "lot": "LOT-1", "site": "Ibaraki", "owner": "JOGMEC", "borrower": "KOMIR",
        "quantity": "2 t", "due": "2026-09-30", "under": "TICKET-1", "reference": "X-3"}"#,
});

impl ReturnLoan {
    pub(crate) fn decide(&self, draft: &mut Draft<'_>, _: &Ask<'_>) -> Result<(), Rejection> {
        let Self { loan, lot, site, quantity, replacement, reference: _ } = self;
        let Some((account, owner, outstanding)) = draft.books.outstanding(*loan, *lot) else {
            return Err(Rejection::ExceedsLoan { loan: *loan, lot: *lot, outstanding: Quantity::ZERO });
        };
        draft.may_write(owner, Some(*site))?;
        draft.not_zero(*quantity);
        if *quantity > outstanding {
            draft.refuse(Rejection::ExceedsLoan { loan: *loan, lot: *lot, outstanding });
        }
        let Some(replacement) = replacement else {
            let target = draft.account(*site, owner, *lot);
            draft.entry(account, target, *quantity);
            return Ok(());
        };
        let material = draft.books.lot(*lot).facts.material;
        let (new_lot, new_material) = match replacement {
            LotRef::Known(lot) => (*lot, draft.books.lot(*lot).facts.material),
            LotRef::New(new) => {
                new_lot_fits(draft.books, new)?;
                (draft.new_lot(new.material), new.material)
            }
        };
        if material != new_material {
            return Err(Rejection::Invalid { field: "replacement", problem: "is of another material".into() });
        }
        let outside = draft.account(PlaceNo::OUTSIDE, owner, *lot);
        draft.entry(account, outside, *quantity);
        let source = draft.account(PlaceNo::OUTSIDE, owner, new_lot);
        let target = draft.account(*site, owner, new_lot);
        draft.entry(source, target, *quantity);
        Ok(())
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        if let Some(LotRef::New(new)) = &self.replacement {
            books.push_lot((**new).clone(), seq, event.effective, Vec::new());
        }
    }
}

act_rules!(ReturnLoan {
    right: Govern, asks: Keeper, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Both(&["{loan}"]),
    whose(act, books): books.outstanding(act.loan, act.lot).map(|(_, owner, _)| owner).into_iter().collect(),
    reference(act, books): act.reference.as_deref().or(Some(books.place_code(act.loan))),
    says(_): None,
    example: r#"{"loan": "LOAN-1", "lot": "LOT-1", "site": "Ibaraki", "quantity": "1 t", "replacement": {"lot": "LOT-3",
        "material": "NdPr", "form": "oxide", "source": "primary", "origin": {"mined": "AU", "separated": "MY",
        "refined": "JP", "manufactured": "JP"}, "assay": {"status": "provisional", "contents": {"Nd2O3": "75.2%",
        "Pr6O11": "24.1%"}, "moisture": "0.4%", "method": "XRF", "laboratory": "Alfred Knight",
        "uncertainty": "0.05%"}, "supplier": "Lynas", "price": "85.20 USD",
        "documents": ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]}, "reference": "X-4"}"#,
});
