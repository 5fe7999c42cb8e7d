//! What acts of a reserve ask of it alike.

use measure::Quantity;

use crate::account::Under;
use crate::draft::Draft;
use crate::number::{MaterialNo, PartyNo, ReserveNo};
use crate::rejection::{Kind, Rejection};
use crate::reserve::{MemberStatus, Reserve};
use crate::tally::{TallyKey, TallyKind};

/// A code that nothing of its kind has yet.
pub(super) fn new_code(draft: &Draft<'_>, kind: Kind, field: &'static str, code: &str) -> Result<(), Rejection> {
    if draft.books.is_named(kind, code) {
        return Err(Rejection::AlreadyRegistered { kind, code: code.to_owned() });
    }
    super::text_fits(field, code)
}

/// The reserve, for its secretariat.
pub(super) fn run_by<'b>(draft: &Draft<'b>, reserve: ReserveNo) -> Result<&'b Reserve, Rejection> {
    let facts = draft.books.reserve(reserve);
    draft.may_write(facts.secretariat, None)?;
    Ok(facts)
}

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

/// A tally of a reserve's material.
pub(super) fn of_reserve(kind: TallyKind, reserve: ReserveNo, party: PartyNo, material: MaterialNo) -> TallyKey {
    TallyKey { kind, of: reserve.0, party, material: Some(material) }
}

/// What a quantity of one material counts for another: as it is, or at the rate the rules name, cut to whole units.
pub(super) fn counts_as(
    draft: &Draft<'_>,
    reserve: ReserveNo,
    material: MaterialNo,
    instead_of: MaterialNo,
    quantity: Quantity,
) -> Result<Quantity, Rejection> {
    let facts = draft.books.reserve(reserve);
    let rules = facts.rules_at(draft.day, draft.next_seq());
    let rate = rules.terms.substitutes.iter().find(|rate| (rate.material, rate.instead_of) == (material, instead_of));
    match rate {
        None if material == instead_of => Ok(quantity),
        None => Err(Rejection::NoSubstitute { material, instead_of }),
        Some(rate) => {
            let units = i128::from(quantity.units()) * i128::from(rate.factor_ppm) / 1_000_000;
            let counted = i64::try_from(units).ok().and_then(Quantity::new);
            counted
                .ok_or(Rejection::Invalid { field: "quantity", problem: "counts for more than can be counted".into() })
        }
    }
}

/// A sum that must be countable.
pub(super) fn sum(quantities: impl IntoIterator<Item = Quantity>) -> Result<Quantity, Rejection> {
    let mut quantities = quantities.into_iter();
    quantities
        .try_fold(Quantity::ZERO, |sum, quantity| sum.checked_add(quantity))
        .ok_or(Rejection::Invalid { field: "quantity", problem: "adds up to more than can be counted".into() })
}

/// What was promised to one reserve does not serve another.
pub(super) fn check_promise(draft: &Draft<'_>, under: Under, reserve: ReserveNo) -> Result<(), Rejection> {
    let Some(number) = under else { return Ok(()) };
    let promised = draft.books.encumbrance(number).agreement.as_ref().and_then(|code| draft.books.reserve_no(code));
    match promised.is_some_and(|promised| promised != reserve) {
        true => {
            let problem = "was promised to another reserve";
            Err(Rejection::DoesNotFit { kind: Kind::Encumbrance, row: number.0, problem })
        }
        false => Ok(()),
    }
}
