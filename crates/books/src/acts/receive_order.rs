//! A part of a joint order comes in, and is paid, in one event: each buyer gets its share of the part.
//!
//! A part is divided by what each buyer still has to come, so that the last part completes every one of them.

use measure::{Quantity, largest_remainder};

use super::Ask;
use super::demand::of_order;
use super::deposit::{LotRef, lot_facts, lot_fits, lot_of};
use super::price_floor::check_floor;
use super::reserve_common::cash;
use crate::act_rules::act_rules;
use crate::authority::Direction;
use crate::books::Books;
use crate::draft::steps::{Judged, State, Who};
use crate::event::Event;
use crate::lot::{Making, Price};
use crate::number::{AuthorityNo, OrderNo, PartyNo, PlaceNo, Seq};
use crate::procurement::Order;
use crate::rejection::{Fault, Kind, Rejection};
use crate::reserve::{Weight, allocate};
use crate::tally::TallyKind;

/// Asks to take in a part.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct ReceiveOrder {
    /// The joint order.
    #[n(0)]
    pub order: OrderNo,
    /// The lot, old or new.
    #[n(1)]
    pub lot: LotRef,
    /// Where it comes to lie, for all buyers together.
    #[n(2)]
    pub site: PlaceNo,
    /// How much, in accounting units.
    #[n(3)]
    pub quantity: Quantity,
    /// What is paid for it now, in the smallest unit of the award's currency.
    #[n(4)]
    pub paid: Option<Quantity>,
    /// What allows it.
    #[n(5)]
    pub authority: Option<AuthorityNo>,
    /// The sender's own reference.
    #[n(6)]
    pub reference: Option<String>,
    /// Why it is taken although it is not as awarded.
    #[n(7)]
    pub differs: Option<String>,
}

impl ReceiveOrder {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let Self { order: number, lot, site, quantity, paid, authority, reference: _, differs } = self;
        let books = who.books;
        let order = books.order(*number);
        who.is_itself(&[order.secretariat]);
        if let LotRef::Known(known) = lot
            && !order.buyers.iter().any(|buyer| books.has_or_had(*buyer, *known))
        {
            who.may_join(lot, order.secretariat);
        }
        let mut shape = who.shape()?;
        shape.not_zero(*quantity);
        lot_fits(&mut shape, lot);
        shape.text_if_any("differs", differs.as_ref());
        let not_as_awarded = if differs.is_none() { self.not_as_awarded(books, order) } else { None };
        if let Some((field, fault)) = not_as_awarded {
            shape.invalid(field, fault);
        }
        let mut state = shape.state()?;
        if let Some(award) = &order.award {
            let facts = lot_facts(books, lot);
            let price = facts.price.as_ref().unwrap_or(&award.price);
            let floor = check_floor(books, (facts.material, facts.form), facts.assay.as_ref(), price, state.day);
            state.note(floor);
        }
        let (lot, material) = lot_of(&mut state, lot);
        state.cite(*authority, Direction::Acquisition, material, *quantity);
        let to_come: Vec<Weight> = order.buyers.iter().map(|buyer| outstanding(books, *number, *buyer)).collect();
        let left: u128 = to_come.iter().map(|weight| u128::from(weight.weight)).sum();
        let wrong = [
            (order.award.is_none(), Fault::NotAwarded),
            (material != order.material, Fault::OtherMaterial),
            (u128::from(quantity.units().unsigned_abs()) > left, Fault::LessToCome),
        ];
        if let Some((_, fault)) = wrong.into_iter().find(|(is_so, _)| *is_so) {
            state.refuse(Rejection::DoesNotFit { kind: Kind::Order, row: number.0, fault });
            return Err(state.stop());
        }
        let parts = allocate(*quantity, &to_come, |party| books.party_code(party).to_owned());
        let parts = parts.expect("something is to come");
        let weights: Vec<u64> = parts.iter().map(|part| part.quantity.units().unsigned_abs()).collect();
        let paid = largest_remainder(paid.unwrap_or_default(), &weights).expect("something came");
        for (part, paid) in parts.iter().zip(paid) {
            if !part.quantity.is_zero() {
                let source = state.account(PlaceNo::OUTSIDE, part.member, lot);
                let target = state.account(*site, part.member, lot);
                state.entry(source, target, part.quantity);
            }
            state.tally(of_order(TallyKind::Received, *number, order, part.member), part.quantity.units());
            state.tally(of_order(TallyKind::Paid, *number, order, part.member), paid.units());
            self.spend(&mut state, order, part.member, paid);
        }
        state.done()
    }

    /// What a pool pays goes out of the money of its reserve, and is in its currency.
    fn spend(&self, state: &mut State<'_, '_>, order: &Order, buyer: PartyNo, paid: Quantity) {
        let books = state.books;
        let (Some(reserve), Some(award)) = (books.pool_of(buyer).filter(|_| !paid.is_zero()), &order.award) else {
            return;
        };
        let (given, currency) = (award.price.currency.clone(), books.reserve(reserve).currency.clone());
        if given == currency {
            return cash(state, reserve, -paid.units());
        }
        let fault = Fault::OtherCurrency { given, currency };
        state.refuse(Rejection::DoesNotFit { kind: Kind::Order, row: self.order.0, fault });
    }

    /// What comes is held against the award: price, supplier, form, origin, and that no more is paid than came.
    fn not_as_awarded(&self, books: &Books, order: &Order) -> Option<(&'static str, Fault)> {
        let award = order.award.as_ref()?;
        let material = books.material(order.material);
        let lot = lot_facts(books, &self.lot);
        let shown = |price: &Price| price.to_string();
        if let Some(price) = lot.price.as_ref().filter(|price| {
            (&price.currency, material.fine(price)) != (&award.price.currency, material.fine(&award.price))
        }) {
            return Some(("price", Fault::NotAsAwarded { given: shown(price), expected: shown(&award.price) }));
        }
        let differs = |field, given: &str, expected: &str| {
            (given != expected)
                .then(|| (field, Fault::NotAsAwarded { given: given.to_owned(), expected: expected.to_owned() }))
        };
        let supplier = lot.supplier.as_ref().and_then(|supplier| differs("supplier", supplier, &award.supplier));
        let word = |form| format!("{form:?}").to_lowercase();
        let form = || differs("form", &word(lot.form), &word(award.form));
        let origin = || {
            let awarded = award.origin.iter().flat_map(|origin| origin.stages());
            let mut stages = awarded.zip(lot.origin.stages()).filter_map(|(wanted, came)| Some((wanted?, came)));
            stages.find_map(|(wanted, came)| differs("origin", came.unwrap_or("unknown"), wanted))
        };
        if let Some(found) = supplier.or_else(form).or_else(origin) {
            return Some(found);
        }
        let all = |kind| -> i64 {
            order.buyers.iter().map(|buyer| books.tally_latest(of_order(kind, self.order, order, *buyer))).sum()
        };
        let came = all(TallyKind::Received).checked_add(self.quantity.units())?;
        let paid = all(TallyKind::Paid).checked_add(self.paid?.units())?;
        is_too_much(books, order, came, paid).then_some(("paid", Fault::PaidMore))
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        if let LotRef::New(new) = &self.lot {
            books.push_lot((**new).clone(), (seq, event), Making::Began, Vec::new());
        }
    }
}

act_rules!(ReceiveOrder {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Both(&["{order}", "paid {paid}", "although {differs}"]),
    whose(act, books): vec![books.order(act.order).secretariat],
    uses(_, _): Vec::new(),
    reference(act, _): act.reference.as_deref(),
    says(_): None,
    example: r#"{"order": "ORDER-1", "lot": {"lot": "LOT-8", "material": "NdPr", "form": "oxide", "source": "primary",
        "origin": {"mined": "AU", "separated": "MY", "refined": "JP", "manufactured": "JP"},
        "assay": {"status": "provisional", "contents": {"Nd2O3": "75.2%", "Pr6O11": "24.1%"}, "moisture": "0.4%",
        "method": "XRF", "laboratory": "Alfred Knight", "uncertainty": "0.05%"}, "supplier": "Lynas",
        "price": "85.20 USD", "documents": ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]},
        "site": "Ibaraki", "quantity": "2 t", "paid": "170.00 USD", "authority": "BUY-2026", "reference": "X-19", "differs": "a sample of another supplier"}"#,
});

/// Is more paid than what came costs?
fn is_too_much(books: &Books, order: &Order, came: i64, paid: i64) -> bool {
    let material = books.material(order.material);
    let fine = order.award.as_ref().and_then(|award| material.fine(&award.price));
    let owed = Quantity::new(came).zip(fine).and_then(|(came, fine)| material.worth(came, fine));
    // Each part that was paid for may have been rounded up.
    owed.is_some_and(|owed| paid > owed.units().saturating_add(1))
}

/// What a pool pays of a joint order beside a delivery counts as paid for the order: nothing is paid twice.
pub(super) fn pay_order(state: &mut State<'_, '_>, number: OrderNo, pool: PartyNo, amount: Quantity) {
    let books = state.books;
    let order = books.order(number);
    let of = |kind| of_order(kind, number, order, pool);
    let paid = books.tally_latest(of(TallyKind::Paid)).saturating_add(amount.units());
    if is_too_much(books, order, books.tally_latest(of(TallyKind::Received)), paid) {
        state.refuse(Rejection::DoesNotFit { kind: Kind::Order, row: number.0, fault: Fault::PaidAlready });
    }
    state.tally(of(TallyKind::Paid), amount.units());
}

/// What a buyer still has to come.
fn outstanding(books: &Books, number: OrderNo, buyer: PartyNo) -> Weight {
    let order = books.order(number);
    let of = |kind| books.tally_latest(of_order(kind, number, order, buyer));
    // Nobody gets, and owes for, what it did not accept; those that began with a demand asked for no yes.
    let bought = if order.opened.is_some() { TallyKind::Accepted } else { TallyKind::Ordered };
    let units = of(bought) - of(TallyKind::Received);
    Weight { member: buyer, weight: units.max(0).unsigned_abs() }
}
