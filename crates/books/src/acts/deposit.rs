//! Stock comes in: a deposit (the trade says receipt).
//!
//! The first deposit of a lot describes it; later ones add to it.

use measure::Quantity;

use super::Ask;
use super::price_floor::check_floor;
use crate::act_rules::act_rules;
use crate::authority::Direction;
use crate::books::Books;
use crate::draft::Draft;
use crate::event::Event;
use crate::fact::{Of, Says};
use crate::lot::NewLot;
use crate::number::{AuthorityNo, LotNo, PartyNo, PlaceNo, Seq};
use crate::rejection::{Kind, Rejection};

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
    pub(crate) fn decide(&self, draft: &mut Draft<'_>, _: &Ask<'_>) -> Result<(), Rejection> {
        let Self { lot, site, owner, quantity, authority, reference: _ } = self;
        draft.may_write(*owner, Some(*site))?;
        let (lot, material) = match lot {
            LotRef::Known(lot) => (*lot, draft.books.lot(*lot).facts.material),
            LotRef::New(new) => {
                draft.note(new_lot_fits(draft.books, new));
                if let Some(price) = &new.price {
                    let floor = check_floor(draft.books, new.material, new.form, new.assay.as_ref(), price, draft.day);
                    draft.note(floor.map(drop));
                }
                (draft.new_lot(new.material), new.material)
            }
        };
        draft.not_zero(*quantity);
        draft.cite(*authority, Direction::Acquisition, material, *quantity)?;
        let source = draft.account(PlaceNo::OUTSIDE, *owner, lot);
        let target = draft.account(*site, *owner, lot);
        draft.entry(source, target, *quantity);
        Ok(())
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        if let LotRef::New(new) = &self.lot {
            books.push_lot((**new).clone(), seq, event.effective, Vec::new());
        }
    }
}

act_rules!(Deposit {
    right: Write, asks: Keeper, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Moved,
    whose(act, _): vec![act.owner],
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
pub(crate) fn new_lot_fits(books: &Books, new: &NewLot) -> Result<(), Rejection> {
    super::text_fits("lot", &new.code)?;
    if books.lot_no(&new.code).is_some() {
        return Err(Rejection::AlreadyRegistered { kind: Kind::Lot, code: new.code.clone() });
    }
    let origin = &new.origin;
    for (field, country) in [
        ("origin.mined", &origin.mined),
        ("origin.separated", &origin.separated),
        ("origin.refined", &origin.refined),
        ("origin.manufactured", &origin.manufactured),
    ] {
        super::country_fits(field, country.as_ref())?;
    }
    new.assay.as_ref().map_or(Ok(()), super::assay::assay_fits)
}
