//! Stock is lost: fire, theft, spill, decay. It goes to a place of its own, never just away.

use measure::Quantity;

use super::Ask;
use super::deposit::stated_fits_lot;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::composition::{WeightChange, WeightOnly};
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::factor::Stated;
use crate::number::{LotNo, PartyNo, PlaceNo, Seq};

/// Records a loss.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct RecordLoss {
    /// Which lot.
    #[n(0)]
    pub lot: LotNo,
    /// At which site.
    #[n(1)]
    pub site: PlaceNo,
    /// Whose it is.
    #[n(2)]
    pub owner: PartyNo,
    /// How much, in accounting units.
    #[n(3)]
    pub quantity: Quantity,
    /// Why: never empty.
    #[n(4)]
    pub reason: String,
    /// Only the weight changed, and not what the lot contains; why.
    #[n(5)]
    pub weight_only: Option<WeightOnly>,
    /// The quantity as it was measured, where that is in a unit of another dimension.
    #[n(6)]
    pub stated: Option<Stated>,
}

impl RecordLoss {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let Self { lot, site, owner, quantity, reason, weight_only: _, stated } = self;
        who.may_write(*owner, Some(*site));
        let mut shape = who.shape()?;
        shape.text("reason", reason);
        shape.not_zero(*quantity);
        stated_fits_lot(&mut shape, *stated, *quantity, *lot);
        let mut state = shape.state()?;
        let source = state.account(*site, *owner, *lot);
        let target = state.account(PlaceNo::LOSS, *owner, *lot);
        state.entry(source, target, *quantity);
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let (units, effective) = (-self.quantity.units(), event.effective);
        let Self { owner, weight_only, .. } = *self;
        books.change_weight(self.lot, WeightChange { seq, effective, units, weight_only, owner });
    }
}

act_rules!(RecordLoss {
    right: Write, asks: Keeper, seen: Concerned, nature: Observation, by_hand: Stock, periods: Owners,
    undone: Corrected,
    line: Both(&["{reason}"]),
    whose(act, _): vec![act.owner],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"lot": "LOT-2", "site": "Ibaraki", "owner": "JOGMEC", "quantity": "1 g", "weight_only": "moisture", "reason": "spill"}"#,
});
