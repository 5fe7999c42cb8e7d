//! Everybody's share is worked out anew when members or weights change (International Natural Rubber Agreement 1995,
//! Art. 38): what each holds, what the key now gives it, and what it pays or gets back for the difference.

use measure::{Quantity, largest_remainder};

use crate::draft::Draft;
use crate::lot::Price;
use crate::number::{Day, MaterialNo, PartyNo, ReserveNo};
use crate::rejection::Rejection;
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

/// Moves entitlements to what the reserve, as it then is, gives each member; the differences are due in cash.
pub(super) fn reapportion(
    draft: &mut Draft<'_>,
    number: ReserveNo,
    reserve: &Reserve,
    lines: &[Reapportion],
    day: Day,
) -> Result<(), Rejection> {
    for line in lines {
        if line.price.currency != reserve.currency {
            let problem = format!("is in {}; the reserve's currency is {}", line.price.currency, reserve.currency);
            return Err(Rejection::Invalid { field: "reapportion", problem });
        }
        let held = held_on(draft, number, line.material, day);
        let total: i64 = held.iter().map(|(_, units)| units).sum();
        if total == 0 {
            continue;
        }
        let weights: Vec<Weight> =
            draft.books.weights_of(reserve, line.material, day, draft.next_seq()).unwrap_or_default();
        let total = Quantity::new(total).expect("entitlements are not below nothing");
        let parts = allocate(total, &weights, |party| draft.books.party_code(party).to_owned())
            .map_err(|_| Rejection::NoKeyInForce { reserve: number, day })?;
        let mut changes: Vec<(PartyNo, i64)> = parts.iter().map(|part| (part.member, part.quantity.units())).collect();
        for (party, units) in held {
            match changes.iter_mut().find(|(member, _)| *member == party) {
                Some((_, revised)) => *revised -= units,
                None => changes.push((party, -units)),
            }
        }
        changes.sort_unstable();
        for (party, delta) in &changes {
            draft.tally_on(of_reserve(TallyKind::Entitlement, number, *party, line.material), *delta, day);
        }
        for (party, due) in dues(draft, line, &changes)? {
            draft.tally_on(TallyKey { kind: TallyKind::CashDue, of: number.0, party, material: None }, due, day);
        }
    }
    Ok(())
}

/// Who is entitled to how much of a material on a day.
pub(super) fn held_on(draft: &Draft<'_>, reserve: ReserveNo, material: MaterialNo, day: Day) -> Vec<(PartyNo, i64)> {
    let tallies = draft.books.tallies_of(TallyKind::Entitlement, reserve.0);
    let own = tallies.filter(|tally| tally.key.material == Some(material));
    let mut held: Vec<(PartyNo, i64)> =
        own.map(|tally| (tally.key.party, tally.days.at(day).unwrap_or_default().on_hand)).collect();
    held.retain(|(_, units)| *units != 0);
    held.sort_unstable();
    held
}

/// What each pays (positive) or gets back (negative): sums to nothing, to the smallest unit of money.
fn dues(draft: &Draft<'_>, line: &Reapportion, changes: &[(PartyNo, i64)]) -> Result<Vec<(PartyNo, i64)>, Rejection> {
    let material = draft.books.material(line.material);
    let gained: i64 = changes.iter().map(|(_, delta)| *delta).filter(|delta| *delta > 0).sum();
    let gained = Quantity::new(gained).expect("a sum of gains");
    let value = material.value(gained, line.price.minor_per_unit);
    let value =
        value.ok_or(Rejection::Invalid { field: "reapportion", problem: "costs more than can be counted".into() })?;
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
