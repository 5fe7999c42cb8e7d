//! Stock goes from site to site within a day, at one figure. What takes longer is a dispatch and an arrival.

use measure::Quantity;

use super::Ask;
use crate::account::Under;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::number::{LotNo, PartyNo, PlaceNo, Seq};
use crate::rejection::Rejection;

/// Asks for a transfer.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Transfer {
    /// Which lot.
    #[n(0)]
    pub lot: LotNo,
    /// Site it leaves.
    #[n(1)]
    pub source: PlaceNo,
    /// Site it comes to.
    #[n(2)]
    pub target: PlaceNo,
    /// Whose it is and stays.
    #[n(3)]
    pub owner: PartyNo,
    /// How much, in accounting units.
    #[n(4)]
    pub quantity: Quantity,
    /// The encumbrance it is drawn under, if any.
    #[n(5)]
    pub under: Under,
    /// The sender's own reference.
    #[n(6)]
    pub reference: Option<String>,
}

impl Transfer {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let Self { lot, source, target, owner, quantity, under, reference: _ } = self;
        who.may_write(*owner, Some(*source));
        let mut shape = who.shape()?;
        shape.not_zero(*quantity);
        if source == target {
            shape.refuse(Rejection::SourceIsTarget);
        }
        let mut state = shape.state()?;
        // What needs a licence is dispatched under it.
        let source = state.account(*source, *owner, *lot);
        let target = state.account(*target, *owner, *lot);
        if let Some(under) = under {
            state.draw_under(*under, source, *quantity);
        }
        state.entry(source, target, *quantity);
        state.done()
    }

    pub(crate) fn apply(&self, _: &mut Books, _: Seq, _: &Event) {}
}

act_rules!(Transfer {
    right: Write, asks: Keeper, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Moved,
    whose(act, _): vec![act.owner],
    uses(_, _): Vec::new(),
    reference(act, _): act.reference.as_deref(),
    says(_): None,
    example: r#"{"lot": "LOT-1", "source": "Ibaraki", "target": "Gunsan", "owner": "JOGMEC", "quantity": "1 t",
        "under": "TICKET-1", "reference": "X-1"}"#,
});
