//! Everybody's share is worked out anew when members or weights change (International Natural Rubber Agreement 1995,
//! Art. 38): what each holds, what the key now gives it, and what it pays or gets back for the difference.

use measure::{Quantity, largest_remainder};

use crate::books::Books;
use crate::draft::steps::{Shape, State};
use crate::lot::Price;
use crate::number::{Day, MaterialNo, PartyNo, ReserveNo};
use crate::rejection::{Fault, Rejection};
use crate::reserve::{Reserve, Weight, allocate};
use crate::tally::{TallyKey, TallyKind};

use super::reserve_common::of_reserve;

/// A material whose entitlements are shared anew, and the price at which differences are paid.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Reapportion {
    /// The material.
    #[n(0)]
    pub material: MaterialNo,
    /// What one shown unit of it is valued at, in the reserve's currency.
    #[n(1)]
    pub price: Price,
}

/// Entitlements moved to what the reserve, as it then is, gives each member; the differences are due in cash.
pub(super) fn reapportion(
    shape: &mut Shape<'_, '_>,
    number: ReserveNo,
    reserve: &Reserve,
    lines: &[Reapportion],
    day: Day,
) -> Vec<(TallyKey, i64)> {
    let mut moved = Vec::new();
    for line in lines {
        if line.price.currency != reserve.currency {
            let (given, currency) = (line.price.currency.clone(), reserve.currency.clone());
            shape.invalid("reapportion", Fault::OtherCurrency { given, currency });
        }
        shape.price_fits("reapportion", Some(&line.price), line.material);
        let Some(changes) = shared_anew(shape, number, reserve, line.material, day) else { continue };
        let entitled = |(party, delta): &(PartyNo, i64)| {
            (of_reserve(TallyKind::Entitlement, number, *party, line.material), *delta)
        };
        moved.extend(changes.iter().map(entitled));
        let due = |(party, due)| (TallyKey { kind: TallyKind::CashDue, of: number.0, party, material: None }, due);
        moved.extend(shape.note(dues(shape.books, line, &changes)).into_iter().flatten().map(due));
    }
    moved
}

/// Posts what [`reapportion`] moves.
pub(super) fn post(state: &mut State<'_, '_>, moved: &[(TallyKey, i64)], day: Day) {
    for (tally, delta) in moved {
        state.tally_on(*tally, *delta, day);
    }
}

/// By how much each member's entitlement to a material changes, by number; none where nobody has any.
fn shared_anew(
    shape: &mut Shape<'_, '_>,
    number: ReserveNo,
    reserve: &Reserve,
    material: MaterialNo,
    day: Day,
) -> Option<Vec<(PartyNo, i64)>> {
    let books = shape.books;
    let held = held_on(books, number, material, day);
    let total: i64 = held.iter().map(|(_, units)| units).sum();
    let total = Quantity::new(total).expect("entitlements are not below nothing");
    if total.is_zero() {
        return None;
    }
    let weights: Vec<Weight> = books.weights_of(reserve, material, day, shape.next_seq()).unwrap_or_default();
    let parts = allocate(total, &weights, |party| books.party_code(party).to_owned());
    let parts = shape.note(parts.map_err(|_| Rejection::NoKeyInForce { reserve: number, day }))?;
    let mut changes: Vec<(PartyNo, i64)> = parts.iter().map(|part| (part.member, part.quantity.units())).collect();
    for (party, units) in held {
        match changes.iter_mut().find(|(member, _)| *member == party) {
            Some((_, revised)) => *revised -= units,
            None => changes.push((party, -units)),
        }
    }
    changes.sort_unstable();
    Some(changes)
}

/// Who is entitled to how much of a material on a day.
pub(super) fn held_on(books: &Books, reserve: ReserveNo, material: MaterialNo, day: Day) -> Vec<(PartyNo, i64)> {
    let tallies = books.tallies_of(TallyKind::Entitlement, reserve.0);
    let own = tallies.filter(|tally| tally.key.material == Some(material));
    let mut held: Vec<(PartyNo, i64)> =
        own.map(|tally| (tally.key.party, tally.days.at(day).unwrap_or_default().on_hand)).collect();
    held.retain(|(_, units)| *units != 0);
    held.sort_unstable();
    held
}

/// What each pays (positive) or gets back (negative): sums to nothing, to the smallest unit of money.
fn dues(books: &Books, line: &Reapportion, changes: &[(PartyNo, i64)]) -> Result<Vec<(PartyNo, i64)>, Rejection> {
    let material = books.material(line.material);
    let gained: i64 = changes.iter().map(|(_, delta)| *delta).filter(|delta| *delta > 0).sum();
    let gained = Quantity::new(gained).expect("a sum of gains");
    let value = material.fine(&line.price).and_then(|fine| material.worth(gained, fine));
    let value = value.ok_or(Rejection::invalid("reapportion", Fault::CostsTooMuch))?;
    let mut dues = Vec::new();
    for sign in [1, -1] {
        let side: Vec<(PartyNo, u64)> = changes
            .iter()
            .filter(|(_, delta)| delta.signum() == sign)
            .map(|(party, delta)| (*party, delta.unsigned_abs()))
            .collect();
        let weights: Vec<u64> = side.iter().map(|(_, weight)| *weight).collect();
        let Ok(parts) = largest_remainder(value, &weights) else { continue };
        dues.extend(side.iter().zip(parts).map(|((party, _), part)| (*party, sign * part.units())));
    }
    Ok(dues)
}
