//! A buyer declares what it needs of a joint order that was opened for it. Once, the first declaration began the order.

use measure::Quantity;

use super::Ask;
use super::reserve_common::check_member;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::number::{Day, MaterialNo, OrderNo, PartyNo, Seq};
use crate::procurement::{Opened, Order};
use crate::rejection::{Fault, Kind, Rejection};
use crate::tally::{TallyKey, TallyKind};

/// Asks to declare demand.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct DeclareDemand {
    /// The joint order.
    #[n(0)]
    pub order: String,
    /// Who needs it.
    #[n(1)]
    pub buyer: PartyNo,
    /// Of which material.
    #[n(2)]
    pub material: MaterialNo,
    /// How much, in accounting units.
    #[n(3)]
    pub quantity: Quantity,
    /// Day by which it is needed.
    #[n(4)]
    pub due: Option<Day>,
    /// The sender's own reference.
    #[n(5)]
    pub reference: Option<String>,
}

impl DeclareDemand {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let Self { order, buyer, material, quantity, due: _, reference: _ } = self;
        let books = who.books;
        who.may_write(*buyer, None);
        let named = books.named_by(who.party, Kind::Order, order);
        let Some(number) = who.note(named).map(OrderNo) else { return Err(who.stop()) };
        let mut shape = who.shape()?;
        shape.text("order", order);
        shape.not_zero(*quantity);
        let mut state = shape.state()?;
        let facts = books.order(number);
        let is_for = |opened: &Opened| match opened.reserve {
            Some(reserve) => check_member(&state, reserve, *buyer),
            None if opened.buyers.contains(buyer) => Ok(()),
            None => Err(Rejection::DoesNotFit { kind: Kind::Order, row: number.0, fault: Fault::NotABuyer }),
        };
        let may_buy = facts.opened.as_ref().map_or(Ok(()), is_for);
        state.note(may_buy);
        if facts.material != *material {
            let fault = Fault::OtherMaterial;
            state.refuse(Rejection::DoesNotFit { kind: Kind::Order, row: number.0, fault });
        }
        if let Some(award) = &facts.award {
            state.refuse(Rejection::Ended { kind: Kind::Order, row: number.0, day: award.day });
        }
        let key = TallyKey { kind: TallyKind::Demanded, of: number.0, party: *buyer, material: Some(*material) };
        state.tally(key, quantity.units());
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, _: Seq, event: &Event) {
        let Self { order, buyer, material, .. } = self;
        let meant = books.named_by(event.party, Kind::Order, order).ok();
        match meant {
            Some(number) => {
                let buyers = &mut books.orders.row_mut(number).buyers;
                if !buyers.contains(buyer) {
                    buyers.push(*buyer);
                }
            }
            None => books.push_order(Order {
                code: order.clone(),
                secretariat: event.party,
                material: *material,
                buyers: vec![*buyer],
                award: None,
                opened: None,
            }),
        }
    }
}

act_rules!(DeclareDemand {
    right: Write, asks: Holder, seen: Named, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Words(&["{order}", "{buyer}", "{quantity}", "{material}", "due {due}"]),
    whose(act, _): vec![act.buyer],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"order": "ORDER-1", "buyer": "JOGMEC", "material": "NdPr", "quantity": "6 t", "due": "2026-10-01",
        "reference": "X-18"}"#,
});

/// A tally of an order.
pub(super) fn of_order(kind: TallyKind, number: OrderNo, order: &Order, party: PartyNo) -> TallyKey {
    let material = (kind != TallyKind::Paid).then_some(order.material);
    TallyKey { kind, of: number.0, party, material }
}
