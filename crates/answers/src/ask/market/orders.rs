//! Joint orders by buyer: declared, ordered, received, paid; and whether the split followed the key.

use books::procurement::Order;
use books::reserve::allocate;
use books::{Books, Day, Kind, OrderNo, PartyNo, TallyKey, TallyKind};
use measure::Quantity;
use wire::value::show_price;

use crate::figure::{Figure, Hides, Total};
use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::{Tallies, material_code, number, percent, unit};
use crate::sight::Sight;
use crate::table::Table;
use crate::view::View;
use crate::wants::Wants;
use crate::when::{At, KnownAt};

records! {
    /// Joint orders by buyer.
    Orders {
        /// Which order; all where absent.
        order: Option<String>,
        /// As of the end of this day, YYYY-MM-DD; today where absent.
        as_of: Option<String>,
        /// As known after this event, or at this time; now where absent.
        known_at: Option<KnownAt>,
    }

    /// One buyer's part of an order.
    OrderLine {
        /// The order.
        order: String as Code,
        /// The buyer.
        buyer: String as Code,
        /// The material.
        material: String as Code,
        /// What it declared to need.
        demanded: String as Quantity,
        /// What was ordered for it.
        ordered: String as Quantity,
        /// What of that it accepted; absent of an order that asks for no yes.
        accepted: Option<String> as Quantity,
        /// What the key that was stated before the award would have given it, where there is one and its share is told.
        key_part: Option<String> as Quantity,
        /// Its share of the order, in per cent, cut to hundredths. Withheld where it would tell what one other buyer ordered.
        share: Figure as Percent,
        /// What it received.
        received: String as Quantity,
        /// What is still to come.
        outstanding: String as Quantity,
        /// Did it receive its share of what came, to two accounting units?
        follows_key: bool,
        /// Unit and basis of the numbers.
        unit: String as Code,
        /// What it paid.
        paid: Option<String>,
        /// What it still owes for what it received; negative where it paid ahead.
        to_pay: Option<String>,
        /// Day by which it should be delivered.
        due: Option<String> as Day,
        /// Days the outstanding part is late.
        late_days: i32 as Days,
        /// Who sells.
        supplier: Option<String>,
        /// The price.
        price: Option<String>,
        /// The floor the price lies below, if it does.
        below_floor: Option<String>,
        /// Support owed for what was received below the floor.
        support_owed: Option<String>,
    }

    /// Joint orders.
    OrdersAnswer {
        /// As of this day.
        as_of: String as Day,
        /// As known after this event.
        known_at: u64 as Event,
        /// One line for each order and buyer.
        lines: Vec<OrderLine>,
    }
}

impl Question for Orders {
    const NAME: &'static str = "orders";
    const ABOUT: &'static str =
        "Joint orders by buyer: declared, ordered, received and paid; did the split follow the key?";
    type Answer = OrdersAnswer;

    fn table(answer: &OrdersAnswer) -> Table<'_> {
        Table::of(answer, &answer.lines)
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        Tallies::wants(view, self.as_of.as_ref(), self.known_at.as_ref())
    }

    fn answer(&self, view: &dyn View) -> Result<OrdersAnswer, Problem> {
        let (books, at) = (view.books(), At::read(view, self.as_of.as_ref(), self.known_at.as_ref())?);
        let sight = Sight::of(view);
        let tallies = Tallies::read(view, at.day, Some(at.known_at))?;
        let wanted = match &self.order {
            Some(code) => {
                // The same code under another who runs one is another order.
                let named = books.rows_of(Kind::Order, code).iter().rev().copied().map(OrderNo).collect::<Vec<_>>();
                let number = named.into_iter().find(|number| sight.sees_order(books.order(*number)));
                Some(number.ok_or_else(|| Problem::unknown("order", code))?)
            }
            None => None,
        };
        let mut lines = Vec::new();
        for (number, order) in (0u32..).map(OrderNo).zip(books.orders()) {
            if wanted.is_some_and(|wanted| wanted != number) {
                continue;
            }
            let mut buyers = order.buyers.clone();
            buyers.sort_by_key(|buyer| books.party_code(*buyer));
            buyers.retain(|buyer| tallies.is_known(TallyKind::Demanded, number.0, *buyer, order.material));
            buyers.retain(|buyer| sight.sees_party(*buyer) || sight.sees_party(order.secretariat));
            lines.extend(buyers.into_iter().map(|buyer| line(&sight, &tallies, number, order, buyer, at.day)));
        }
        Ok(OrdersAnswer { as_of: wire::date::show_day(at.day), known_at: at.known_at.0, lines })
    }
}

fn line(sight: &Sight<'_>, tallies: &Tallies<'_>, of: OrderNo, order: &Order, buyer: PartyNo, day: Day) -> OrderLine {
    let books = sight.books();
    let own = |kind| tallies.at(kind, of.0, buyer, order.material);
    let show = |units| number(books, order.material, units);
    let (ordered, received) = (own(TallyKind::Ordered), own(TallyKind::Received));
    let all_ordered = tallies.sum(TallyKind::Ordered, of.0, order.material);
    let all_received = tallies.sum(TallyKind::Received, of.0, order.material);
    let off = i128::from(received).saturating_mul(all_ordered) - i128::from(ordered).saturating_mul(all_received);
    let outstanding = ordered - received;
    let mut whole = Total::default();
    for party in &order.buyers {
        let units = [i128::from(tallies.at(TallyKind::Ordered, of.0, *party, order.material))];
        match sight.sees_party(*party) || sight.sees_party(order.secretariat) {
            true => whole.add(units),
            false => whole.add_of_other(*party, Hides::ALL, units),
        }
    }
    let [whole] = whole.told();
    // An award gives each buyer its part: before, none of them has one.
    let is_awarded = |party: &PartyNo| tallies.is_known(TallyKind::Ordered, of.0, *party, order.material);
    let award = order.award.as_ref().filter(|_| order.buyers.iter().any(is_awarded));
    let paid = tallies.value(TallyKey { kind: TallyKind::Paid, of: of.0, party: buyer, material: None });
    let facts = books.material(order.material);
    let worth = |fine: i128| facts.worth(Quantity::new(received)?, fine).map(Quantity::units);
    let money = |minor: i64| award.map(|award| wire::acts::show_money(minor, &award.price.currency));
    let floor = award.and_then(|award| award.below).map(|floor| books.floor(floor));
    let support = award.zip(floor).and_then(|(award, floor)| {
        let at = books.facts_at(award.day, award.seq);
        let support = at.support(order.material, &award.price, floor, Quantity::new(received)?)?;
        Some(wire::acts::show_money(support.units(), &floor.price.currency))
    });
    let due = award.and_then(|award| award.due);
    OrderLine {
        accepted: order.opened.as_ref().map(|_| show(own(TallyKind::Accepted))),
        key_part: whole.whole().and_then(|_| key_part(books, order, buyer)),
        order: order.code.clone(),
        buyer: books.party_code(buyer).to_owned(),
        material: material_code(books, order.material),
        demanded: show(own(TallyKind::Demanded)),
        ordered: show(ordered),
        share: whole.map(|whole| percent(i128::from(ordered), whole)).into(),
        received: show(received),
        outstanding: show(outstanding),
        follows_key: off.abs() <= 2 * all_ordered.max(1),
        unit: unit(books, order.material),
        paid: money(paid),
        to_pay: award.and_then(|award| worth(facts.fine(&award.price)?)).and_then(|worth| money(worth - paid)),
        due: due.map(wire::date::show_day),
        late_days: if outstanding > 0 { due.map_or(0, |due| (day.0 - due.0).max(0)) } else { 0 },
        supplier: award.map(|award| award.supplier.clone()),
        price: award.map(|award| show_price(&award.price)),
        below_floor: floor.map(|floor| floor.code.clone()),
        support_owed: support,
    }
}

/// What a buyer would have got by the key that was stated before the award: that of the order, or of its reserve.
fn key_part(books: &Books, order: &Order, buyer: PartyNo) -> Option<String> {
    let (award, opened) = (order.award.as_ref()?, order.opened.as_ref()?);
    let of_reserve = |reserve| books.weights_at(reserve, order.material, award.day, award.seq);
    let stated = Some(opened.weights.clone()).filter(|weights| !weights.is_empty());
    let mut weights = stated.or_else(|| opened.reserve.and_then(of_reserve))?;
    weights.retain(|weight| order.buyers.contains(&weight.member));
    let parts = allocate(award.quantity, &weights, |party| books.party_code(party).to_owned()).ok()?;
    let part = parts.iter().find(|part| part.member == buyer).map_or(0, |part| part.quantity.units());
    Some(number(books, order.material, part))
}
