//! A member gives some of its entitlement to another; nothing moves.

use measure::Quantity;

use super::Ask;
use super::reserve_common::{check_member, of_reserve};
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::lot::Price;
use crate::number::{MaterialNo, PartyNo, ReserveNo, Seq};
use crate::rejection::Rejection;
use crate::tally::TallyKind;

/// Asks to transfer an entitlement.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct TransferEntitlement {
    /// In which reserve.
    #[n(0)]
    pub reserve: ReserveNo,
    /// Who gives it.
    #[n(1)]
    pub member: PartyNo,
    /// Who gets it.
    #[n(2)]
    pub new_member: PartyNo,
    /// To which material.
    #[n(3)]
    pub material: MaterialNo,
    /// How much, in accounting units.
    #[n(4)]
    pub quantity: Quantity,
    /// At what price, where it is sold.
    #[n(5)]
    pub price: Option<Price>,
    /// The sender's own reference.
    #[n(6)]
    pub reference: Option<String>,
}

impl TransferEntitlement {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let Self { reserve, member, new_member, material, quantity, price, reference: _ } = self;
        who.may_write(*member, None);
        let mut shape = who.shape()?;
        shape.price_fits("price", price.as_ref(), *material);
        shape.not_zero(*quantity);
        if member == new_member {
            shape.refuse(Rejection::SourceIsTarget);
        }
        let mut state = shape.state()?;
        state.note(check_member(&state, *reserve, *new_member));
        state.tally(of_reserve(TallyKind::Entitlement, *reserve, *member, *material), -quantity.units());
        state.tally(of_reserve(TallyKind::Entitlement, *reserve, *new_member, *material), quantity.units());
        state.done()
    }

    pub(crate) fn apply(&self, _: &mut Books, _: Seq, _: &Event) {}
}

act_rules!(TransferEntitlement {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Words(&["{quantity}", "{material}", "of {reserve}:", "{member} -> {new_member}", "at {price}"]),
    whose(act, _): vec![act.member],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"reserve": "G7", "member": "JOGMEC", "new_member": "KOMIR", "material": "NdPr", "quantity": "2 t",
        "price": "90.00 USD", "reference": "X-12"}"#,
});
