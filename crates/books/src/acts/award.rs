//! A joint order goes to a supplier: what was demanded, summed, divided among the buyers by a stated key.

use measure::Quantity;

use super::demand::of_order;
use super::price_floor::check_floor;
use super::{Ask, not_zero};
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::Draft;
use crate::event::Event;
use crate::lot::Price;
use crate::material::Form;
use crate::number::{Day, OrderNo, Seq};
use crate::party::Role;
use crate::procurement::{Award as Awarded, Order};
use crate::rejection::{Kind, Rejection};
use crate::reserve::{Weight, allocate};
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
}

impl Award {
    fn form(&self, books: &Books, order: &Order) -> Form {
        self.form.unwrap_or(books.material(order.material).form)
    }

    pub(crate) fn decide(&self, draft: &mut Draft<'_>, ask: &Ask<'_>) -> Result<(), Rejection> {
        let order = draft.books.order(self.order);
        let role = draft.books.party(ask.party).role;
        if ask.party != order.secretariat && role != Role::Secretariat {
            return Err(Rejection::NotPermitted { party: ask.party, owner: order.secretariat });
        }
        if let Some(award) = &order.award {
            return Err(Rejection::Ended { kind: Kind::Order, row: self.order.0, day: award.day });
        }
        super::text_fits("supplier", &self.supplier)?;
        let form = self.form(draft.books, order);
        check_floor(draft.books, order.material, form, None, &self.price, draft.day)?;
        let demanded: Vec<Weight> = order
            .buyers
            .iter()
            .map(|buyer| (*buyer, draft.books.tally_latest(of_order(TallyKind::Demanded, self.order, order, *buyer))))
            .map(|(member, units)| Weight { member, weight: units.max(0).unsigned_abs() })
            .collect();
        let all: u128 = demanded.iter().map(|weight| u128::from(weight.weight)).sum();
        let all = i64::try_from(all).ok().and_then(Quantity::new);
        let quantity = self.quantity.or(all).unwrap_or_default();
        not_zero(quantity)?;
        for weight in &self.weights {
            if !order.buyers.contains(&weight.member) {
                let problem = format!("`{}` declared no demand", draft.books.party_code(weight.member));
                return Err(Rejection::Invalid { field: "weights", problem });
            }
        }
        let weights = if self.weights.is_empty() { &demanded } else { &self.weights };
        let parts = allocate(quantity, weights, |party| draft.books.party_code(party).to_owned())
            .map_err(|error| Rejection::Invalid { field: "weights", problem: error.to_string() })?;
        for part in parts {
            let key = of_order(TallyKind::Ordered, self.order, order, part.member);
            draft.tally(key, part.quantity.units());
        }
        Ok(())
    }

    pub(crate) fn apply(&self, books: &mut Books, _: Seq, event: &Event) {
        let order = books.order(self.order);
        let form = self.form(books, order);
        let below = check_floor(books, order.material, form, None, &self.price, event.effective).ok().flatten();
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
        });
    }
}

act_rules!(Award {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Nobody,
    undone: Never("an order is awarded once; a new one can be opened"),
    line: Words(&["{order}", "to {supplier}", "{quantity}", "at {price}"]),
    whose(act, books): vec![books.order(act.order).secretariat],
    reference(_, _): None,
    says(_): None,
    example: r#"{"order": "ORDER-1", "supplier": "Lynas", "price": "85.00 USD", "quantity": "6 t", "form": "oxide",
        "due": "2026-09-01", "weights": [{"member": "JOGMEC", "weight": 1}]}"#,
});
