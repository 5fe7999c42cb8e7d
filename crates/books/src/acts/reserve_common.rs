//! What acts of a reserve ask of it alike.

use measure::Quantity;

use super::commit_to_call::CallLine;
use crate::account::Under;
use crate::books::Books;
use crate::call::Call;
use crate::draft::Draft;
use crate::draft::steps::Shape;
use crate::draft::steps::State;
use crate::number::{MaterialNo, PartyNo, ReserveNo};
use crate::rejection::{Fault, Kind, Rejection};
use crate::reserve::MemberStatus;
use crate::tally::{TallyKey, TallyKind};

/// Does a party take part on the act's day?
pub(super) fn check_member(draft: &Draft<'_>, reserve: ReserveNo, party: PartyNo) -> Result<(), Rejection> {
    let facts = draft.books.reserve(reserve);
    match facts.status_at(party, draft.day, draft.next_seq()) {
        Some(MemberStatus::Joined) => Ok(()),
        _ => Err(Rejection::NotAMember { reserve, party, day: draft.day }),
    }
}

/// Refuses what is new in a reserve that is being wound up.
pub(super) fn check_going_on(draft: &Draft<'_>, reserve: ReserveNo) -> Result<(), Rejection> {
    match draft.books.reserve(reserve).winding_up {
        Some(since) if draft.day >= since => Err(Rejection::ReserveClosed { reserve }),
        _ => Ok(()),
    }
}

/// A reserve earns money, or spends it.
pub(super) fn cash(state: &mut State<'_, '_>, reserve: ReserveNo, delta: i64) {
    let party = state.books.reserve(reserve).pool;
    state.tally(TallyKey { kind: TallyKind::CashPaid, of: reserve.0, party, material: None }, delta);
}

/// A tally of a reserve's material.
pub(super) fn of_reserve(kind: TallyKind, reserve: ReserveNo, party: PartyNo, material: MaterialNo) -> TallyKey {
    TallyKey { kind, of: reserve.0, party, material: Some(material) }
}

/// What a quantity of one material counts for another: as it is, or at the rate the rules name, cut to whole units. None
/// where it counts for nothing, which is refused.
pub(super) fn counts_as(
    shape: &mut Shape<'_, '_>,
    reserve: ReserveNo,
    material: MaterialNo,
    instead_of: MaterialNo,
    quantity: Quantity,
) -> Option<Quantity> {
    let facts = shape.books.reserve(reserve);
    let rules = facts.rules_at(shape.day, shape.next_seq());
    let rate = rules.terms.substitutes.iter().find(|rate| (rate.material, rate.instead_of) == (material, instead_of));
    let counted = match rate {
        None if material == instead_of => Ok(quantity),
        None => Err(Rejection::NoSubstitute { material, instead_of }),
        Some(rate) => {
            let units = i128::from(quantity.units()) * i128::from(rate.factor_ppm) / 1_000_000;
            let counted = i64::try_from(units).ok().and_then(Quantity::new);
            counted.ok_or(Rejection::invalid("quantity", Fault::CountsForTooMuch))
        }
    };
    shape.note(counted)
}

/// What lines count for a call, with what is counted already. None where one counts for nothing, which is refused.
pub(super) fn count(shape: &mut Shape<'_, '_>, call: &Call, lines: &[CallLine], counted: Quantity) -> Option<Quantity> {
    let mut all = Some(vec![counted]);
    for line in lines {
        shape.not_zero(line.quantity);
        let material = shape.books.lot(line.lot).facts.material;
        let counted = counts_as(shape, call.reserve, material, call.material, line.quantity);
        all = all.zip(counted).map(|(mut all, counted)| {
            all.push(counted);
            all
        });
    }
    shape.note(sum(all?))
}

/// A sum that must be countable.
pub(super) fn sum(quantities: impl IntoIterator<Item = Quantity>) -> Result<Quantity, Rejection> {
    let mut quantities = quantities.into_iter();
    quantities
        .try_fold(Quantity::ZERO, |sum, quantity| sum.checked_add(quantity))
        .ok_or(Rejection::invalid("quantity", Fault::AddsUpToTooMuch))
}

/// What was promised to one reserve does not serve another.
pub(super) fn check_promise(books: &Books, under: Under, reserve: ReserveNo) -> Result<(), Rejection> {
    let Some(number) = under else { return Ok(()) };
    match books.encumbrance(number).promised.is_some_and(|promised| promised != reserve) {
        true => {
            let fault = Fault::PromisedElsewhere;
            Err(Rejection::DoesNotFit { kind: Kind::Encumbrance, row: number.0, fault })
        }
        false => Ok(()),
    }
}
