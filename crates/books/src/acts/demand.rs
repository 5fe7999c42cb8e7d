//! A buyer declares what it needs of a joint order; the first declaration begins the order.

use measure::Quantity;

use super::Ask;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::number::{Day, MaterialNo, OrderNo, PartyNo, Seq};
use crate::procurement::Order;
use crate::rejection::{Fault, Kind, Rejection};
use crate::tally::{TallyKey, TallyKind};

/// Asks to declare demand.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct DeclareDemand {
    /// The joint order; it begins here where there is none of this code.
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
        let mut shape = who.shape()?;
        shape.text("order", order);
        shape.not_zero(*quantity);
        let mut state = shape.state()?;
        let known = books.order_no(order);
        if let Some(number) = known {
            let facts = books.order(number);
            if facts.material != *material {
                let fault = Fault::OtherMaterial;
                state.refuse(Rejection::DoesNotFit { kind: Kind::Order, row: number.0, fault });
            }
            if let Some(award) = &facts.award {
                state.refuse(Rejection::Ended { kind: Kind::Order, row: number.0, day: award.day });
            }
        }
        let of = known.map_or_else(|| books.orders.row_count(), |number| number.0);
        let key = TallyKey { kind: TallyKind::Demanded, of, party: *buyer, material: Some(*material) };
        state.tally(key, quantity.units());
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, _: Seq, event: &Event) {
        let Self { order, buyer, material, .. } = self;
        match books.order_no(order) {
            Some(number) => {
                let buyers = &mut books.orders.row_mut(number.0).buyers;
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
            }),
        }
    }
}

act_rules!(DeclareDemand {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Words(&["{order}", "{buyer}", "{quantity}", "{material}", "due {due}"]),
    whose(act, _): vec![act.buyer],
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
