//! A joint order goes to a supplier: what was demanded, summed, divided among the buyers by a stated key.

use measure::{Quantity, ShareError};

use super::Ask;
use super::demand::of_order;
use super::price_floor::{check_floor, check_graded};
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Shape, Who};
use crate::event::Event;
use crate::lot::{Content, Origin, Price};
use crate::material::Form;
use crate::number::{Day, OrderNo, Seq};
use crate::procurement::{Award as Awarded, Order};
use crate::rejection::{Fault, Kind, Rejection};
use crate::reserve::{Part, Weight, allocate};
use crate::tally::TallyKind;

/// Asks to award.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Award {
    /// The joint order.
    #[n(0)]
    pub order: OrderNo,
    /// Who sells.
    #[n(1)]
    pub supplier: String,
    /// At what price.
    #[n(2)]
    pub price: Price,
    /// How much; what was demanded in all where absent.
    #[n(3)]
    pub quantity: Option<Quantity>,
    /// In which form; the material's own where absent.
    #[n(4)]
    pub form: Option<Form>,
    /// Day by which it should be delivered.
    #[n(5)]
    pub due: Option<Day>,
    /// The key: weights of the buyers; what each demanded where there are none.
    #[n(6)]
    pub weights: Vec<Weight>,
    /// Where it comes from, stage by stage; anywhere where nothing is said.
    #[n(7)]
    pub origin: Option<Origin>,
    /// Of which grade: the least content of an element or oxide.
    #[n(8)]
    pub grade: Option<Content>,
}

impl Award {
    fn form(&self, books: &Books, order: &Order) -> Form {
        self.form.unwrap_or(books.material(order.material).form)
    }

    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let books = who.books;
        let order = books.order(self.order);
        who.is_itself(&[order.secretariat]);
        let mut shape = who.shape()?;
        shape.text("supplier", &self.supplier);
        shape.price_fits("price", Some(&self.price), order.material);
        if let Some(origin) = &self.origin {
            origin.stages().into_iter().for_each(|stage| shape.country("origin", stage.map(str::to_owned).as_ref()));
        }
        let parts = self.parts(&mut shape, order);
        let mut state = shape.state()?;
        if let Some(award) = &order.award {
            state.refuse(Rejection::Ended { kind: Kind::Order, row: self.order.0, day: award.day });
        }
        let form = self.form(books, order);
        state.note(check_floor(books, (order.material, form), None, &self.price, state.day));
        state.note(check_graded(books, (order.material, form), self.grade.as_ref(), &self.price, state.day));
        for part in parts {
            let key = of_order(TallyKind::Ordered, self.order, order, part.member);
            state.tally(key, part.quantity.units());
        }
        state.done()
    }

    /// What each buyer gets: by the weights, or by what it demanded.
    fn parts(&self, shape: &mut Shape<'_, '_>, order: &Order) -> Vec<Part> {
        let books = shape.books;
        let demanded: Vec<Weight> = order
            .buyers
            .iter()
            .map(|buyer| (*buyer, books.tally_latest(of_order(TallyKind::Demanded, self.order, order, *buyer))))
            .map(|(member, units)| Weight { member, weight: units.max(0).unsigned_abs() })
            .collect();
        let all: u128 = demanded.iter().map(|weight| u128::from(weight.weight)).sum();
        let all = i64::try_from(all).ok().and_then(Quantity::new);
        let quantity = self.quantity.or(all).unwrap_or_default();
        if let Some(weight) = self.weights.iter().find(|weight| !order.buyers.contains(&weight.member)) {
            let party = books.party_code(weight.member).to_owned();
            shape.invalid("weights", Fault::NoDemand { party });
        }
        shape.not_zero(quantity);
        if quantity.is_zero() && self.weights.is_empty() {
            return Vec::new();
        }
        let weights = if self.weights.is_empty() { &demanded } else { &self.weights };
        let parts = allocate(quantity, weights, |party| books.party_code(party).to_owned());
        let parts = parts.map_err(|error| Rejection::invalid("weights", of_shares(error)));
        shape.note(parts).unwrap_or_default()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let order = books.order(self.order);
        let form = self.form(books, order);
        let below = check_floor(books, (order.material, form), None, &self.price, event.effective).ok().flatten();
        let tallied = event.tallied.iter().flat_map(|tallied| &tallied.changes);
        let total: i64 = tallied.map(|change| change.delta).sum();
        books.orders.row_mut(self.order.0).award = Some(Awarded {
            supplier: self.supplier.clone(),
            price: self.price.clone(),
            quantity: Quantity::new(total).expect("decided: an award is of something"),
            due: self.due,
            day: event.effective,
            form,
            below,
            seq,
            origin: self.origin.clone(),
            grade: self.grade.clone(),
        });
    }
}

const fn of_shares(error: ShareError) -> Fault {
    match error {
        ShareError::NoParts => Fault::NobodyToDivideAmong,
        ShareError::NoWeight => Fault::WeightsAllZero,
    }
}

act_rules!(Award {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Never("an order is awarded once; a new one can be opened"),
    line: Words(&["{order}", "to {supplier}", "{quantity}", "at {price}"]),
    whose(act, books): vec![books.order(act.order).secretariat],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"order": "ORDER-1", "supplier": "Lynas", "price": "85.00 USD", "quantity": "6 t", "form": "oxide",
        "due": "2026-09-01", "weights": [{"member": "JOGMEC", "weight": 1}], "origin": {"mined": "AU"}, "grade": "Nd2O3 75%"}"#,
});
