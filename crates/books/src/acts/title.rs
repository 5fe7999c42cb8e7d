//! Stock changes its owner and stays where it is: one event with two legs.

use measure::Quantity;

use super::Ask;
use super::deposit::stated_fits_lot;
use crate::account::Under;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::fact::{Of, Says};
use crate::factor::Stated;
use crate::number::{LotNo, PartyNo, PlaceNo, Seq};
use crate::rejection::Rejection;

/// Asks for a transfer of title.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct TransferTitle {
    /// Which lot.
    #[n(0)]
    pub lot: LotNo,
    /// Where it lies.
    #[n(1)]
    pub site: PlaceNo,
    /// Who gives it.
    #[n(2)]
    pub owner: PartyNo,
    /// Who gets it.
    #[n(3)]
    pub new_owner: PartyNo,
    /// How much, in accounting units.
    #[n(4)]
    pub quantity: Quantity,
    /// The encumbrance it is given under, if any.
    #[n(5)]
    pub under: Under,
    /// The sender's own reference.
    #[n(6)]
    pub reference: Option<String>,
    /// The quantity as it was measured, where that is in a unit of another dimension.
    #[n(7)]
    pub stated: Option<Stated>,
}

impl TransferTitle {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let Self { lot, site, owner, new_owner, quantity, under, reference: _, stated } = self;
        // The custodian keeps the goods; only the owner gives title away.
        who.may_write(*owner, None);
        let mut shape = who.shape()?;
        shape.not_zero(*quantity);
        stated_fits_lot(&mut shape, *stated, *quantity, *lot);
        if owner == new_owner {
            shape.refuse(Rejection::SourceIsTarget);
        }
        let mut state = shape.state()?;
        let source = state.account(*site, *owner, *lot);
        let target = state.account(*site, *new_owner, *lot);
        if let Some(under) = under {
            state.draw_under(*under, source, *quantity);
        }
        state.entry(source, target, *quantity);
        state.done()
    }

    pub(crate) fn apply(&self, _: &mut Books, _: Seq, _: &Event) {}
}

act_rules!(TransferTitle {
    right: Govern, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Moved,
    whose(act, _): vec![act.owner],
    uses(_, _): Vec::new(),
    reference(act, _): act.reference.as_deref(),
    says(act): Some(Says {
            reference: act.reference.as_deref(),
            owner: Some(act.owner),
            to: Some(act.new_owner),
            source: Some(act.site),
            lines: vec![(Of::Lot(act.lot), act.quantity)],
            ..Says::default()
        }),
    example: r#"{"lot": "LOT-1", "site": "Ibaraki", "owner": "JOGMEC", "new_owner": "KOMIR", "quantity": "1 t",
        "under": "TICKET-1", "reference": "X-2"}"#,
});
