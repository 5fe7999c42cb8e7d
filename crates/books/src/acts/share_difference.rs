//! What lies between a pool's stock and its members' entitlements is shared among them.
//!
//! A loss, a count or a substitute changes what lies there; who bears or gains it is decided here, in proportion to
//! what each is entitled to (or by the key in force where nobody is entitled to anything yet).

use measure::Quantity;

use super::Ask;
use super::reapportion::held_on;
use super::reserve_common::of_reserve;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::number::{MaterialNo, ReserveNo, Seq};
use crate::rejection::Rejection;
use crate::reserve::{Weight, allocate};
use crate::tally::TallyKind;

/// Asks to share a difference.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct ShareDifference {
    /// Of which reserve.
    #[n(0)]
    pub reserve: ReserveNo,
    /// Of which material.
    #[n(1)]
    pub material: MaterialNo,
    /// Why it is there.
    #[n(2)]
    pub reason: String,
}

impl ShareDifference {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let Self { reserve, material, reason } = self;
        let (books, day) = (who.books, who.day);
        let facts = who.runs(*reserve);
        let mut shape = who.shape()?;
        shape.text("reason", reason);
        let key = of_reserve(TallyKind::Unshared, *reserve, facts.pool, *material);
        let units = books.tally_at(key, day);
        let size = Quantity::new(units.saturating_abs()).unwrap_or_default();
        shape.not_zero(size);
        let mut state = shape.state()?;
        let held = held_on(books, *reserve, *material, day);
        let mut weights: Vec<Weight> =
            held.iter().map(|(member, units)| Weight { member: *member, weight: units.unsigned_abs() }).collect();
        if weights.is_empty() {
            weights = books.weights_of(facts, *material, day, state.next_seq()).unwrap_or_default();
        }
        let parts = allocate(size, &weights, |party| books.party_code(party).to_owned())
            .map_err(|_| Rejection::NoKeyInForce { reserve: *reserve, day });
        for part in state.note(parts).into_iter().flatten() {
            let delta = units.signum() * part.quantity.units();
            state.tally(of_reserve(TallyKind::Entitlement, *reserve, part.member, *material), delta);
        }
        state.tally(key, -units);
        state.done()
    }

    pub(crate) fn apply(&self, _: &mut Books, _: Seq, _: &Event) {}
}

act_rules!(ShareDifference {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: Stock, periods: Owners,
    undone: Corrected,
    line: Words(&["{material}", "of {reserve}", "{reason}"]),
    whose(act, books): vec![books.reserve(act.reserve).secretariat],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"reserve": "G7", "material": "NdPr", "reason": "paid, not bought yet"}"#,
});
