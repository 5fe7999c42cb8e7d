//! A joint order is opened by who runs it, for a reserve or for buyers that it names; and each buyer accepts its part of the award.

use measure::Quantity;

use super::Ask;
use super::demand::of_order;
use super::reserve_common::check_going_on;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::number::{MaterialNo, OrderNo, PartyNo, ReserveNo, Seq};
use crate::procurement::{Opened, Order};
use crate::rejection::{Fault, Kind, Rejection};
use crate::reserve::Weight;
use crate::tally::TallyKind;

/// Opens a joint order.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct OpenOrder {
    /// Its code.
    #[n(0)]
    pub order: String,
    /// Who runs it.
    #[n(1)]
    pub runs: PartyNo,
    /// Of which material.
    #[n(2)]
    pub material: MaterialNo,
    /// For the members of which reserve.
    #[n(3)]
    pub reserve: Option<ReserveNo>,
    /// For whom, where it is for no reserve.
    #[n(4)]
    pub buyers: Vec<PartyNo>,
    /// The key that an award is to follow; that of the reserve, or what each demands, where there is none.
    #[n(5)]
    pub weights: Vec<Weight>,
}

/// Accepts a part of an award.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct AcceptAward {
    /// The joint order.
    #[n(0)]
    pub order: OrderNo,
    /// Whose part.
    #[n(1)]
    pub buyer: PartyNo,
    /// How much of it, in accounting units; all of it where absent. What it leaves is not ordered for it any more.
    #[n(2)]
    pub quantity: Option<Quantity>,
}

impl OpenOrder {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        who.is_itself(&[self.runs]);
        if let Some(reserve) = self.reserve {
            who.runs(reserve);
        }
        let mut shape = who.shape()?;
        shape.code("order", &self.order);
        if self.reserve.is_some() != self.buyers.is_empty() {
            shape.invalid("buyers", Fault::ReserveOrBuyers);
        }
        if self.buyers.len().max(self.weights.len()) > crate::limits::LINE_COUNT_MAX {
            shape.invalid("buyers", Fault::TooMany { most: crate::limits::LINE_COUNT_MAX });
        }
        let mut state = shape.state()?;
        state.is_new(Kind::Order, &self.order);
        if let Some(reserve) = self.reserve {
            state.note(check_going_on(&state, reserve));
        }
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, _: Seq, _: &Event) {
        let Self { order, runs, material, reserve, buyers, weights } = self.clone();
        let opened = Some(Opened { reserve, buyers, weights });
        books.push_order(Order { code: order, secretariat: runs, material, buyers: Vec::new(), award: None, opened });
    }
}

act_rules!(OpenOrder {
    right: Write, asks: Alone, seen: Named, nature: Decision, by_hand: No, periods: Nobody,
    undone: Never("an order that nobody declares demand for comes to nothing"),
    line: Words(&["{order}", "of {material}", "for {reserve}", "for {buyers}", "run by {runs}"]),
    whose(act, _): vec![act.runs],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"order": "ORDER-2", "runs": "ledger", "material": "NdPr", "buyers": ["JOGMEC", "KOMIR"],
        "weights": [{"member": "JOGMEC", "weight": 3}, {"member": "KOMIR", "weight": 1}]}"#,
});

impl AcceptAward {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let books = who.books;
        let order = books.order(self.order);
        who.may_write(self.buyer, None);
        let mut state = who.shape()?.state()?;
        let of = |kind| books.tally_latest(of_order(kind, self.order, order, self.buyer));
        let (ordered, accepted) = (of(TallyKind::Ordered), of(TallyKind::Accepted));
        let part = ordered - accepted;
        let taken = self.quantity.map_or(part, Quantity::units);
        let wrong = [
            (order.award.is_none(), Fault::NotAwarded),
            (order.opened.is_none() || part <= 0, Fault::NothingToAccept),
            (taken > part, Fault::AboveItsPart),
            // Silence is no yes to more than was asked for.
            (self.quantity.is_none() && ordered > of(TallyKind::Demanded), Fault::PartAboveDemand),
        ];
        if let Some((_, fault)) = wrong.into_iter().find(|(is_so, _)| *is_so) {
            state.refuse(Rejection::DoesNotFit { kind: Kind::Order, row: self.order.0, fault });
            return Err(state.stop());
        }
        state.tally(of_order(TallyKind::Accepted, self.order, order, self.buyer), taken);
        state.tally(of_order(TallyKind::Ordered, self.order, order, self.buyer), taken - part);
        state.done()
    }

    pub(crate) fn apply(&self, _: &mut Books, _: Seq, _: &Event) {}
}

act_rules!(AcceptAward {
    right: Write, asks: Holder, seen: Named, nature: Decision, by_hand: No, periods: Owners,
    undone: Never("what both sides agreed to is bought"),
    line: Words(&["{order}", "{buyer}", "{quantity}"]),
    whose(act, _): vec![act.buyer],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"order": "ORDER-1", "buyer": "JOGMEC", "quantity": "6 t"}"#,
});
