//! An event is reversed by another that names it; nothing is edited.
//!
//! Every entry, claim and use of an authority is put back from the correction's effective date on (or from its own day
//! where that is later). With the original's effective date it is as if the event had never been; with a later one, its
//! effect stays until then: that is how a closed period is restated.

use super::Ask;
use crate::books::Books;
use crate::days::Sums;
use crate::draft::Draft;
use crate::event::{Claim, Event, Outcome, Use};
use crate::number::{Day, Seq};
use crate::rejection::Rejection;

/// Asks to reverse an event.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Correct {
    /// The event.
    #[n(0)]
    pub reverses: Seq,
    /// Why: never empty.
    #[n(1)]
    pub reason: String,
}

impl Correct {
    pub(crate) fn decide(&self, draft: &mut Draft<'_>, ask: &Ask<'_>) -> Result<(), Rejection> {
        let seq = self.reverses;
        let Some(event) = ask.past.event(seq) else {
            return Err(Rejection::NothingToReverse { seq });
        };
        if let Some(by) = draft.books.reversed_by(seq) {
            return Err(Rejection::AlreadyReversed { seq, by });
        }
        if !matches!(event.outcome, Outcome::Done(_)) || (event.entries.is_empty() && event.claims.is_empty()) {
            return Err(Rejection::NotReversible { seq });
        }
        super::text_fits("reason", &self.reason)?;
        let own_day = |day: Option<Day>| day.unwrap_or(event.effective).max(ask.effective);
        for entry in &event.entries {
            draft.may_write(draft.books.accounts.row(entry.source.0).key.owner, None)?;
            draft.entry_on(entry.target, entry.source, entry.quantity, own_day(entry.day));
        }
        for claim in &event.claims {
            draft.may_write(draft.books.accounts.row(claim.account.0).key.owner, None)?;
            let day = own_day(claim.day);
            let day = (day != ask.effective).then_some(day);
            draft.raw_claim(Claim { delta: -claim.delta, day, ..*claim });
        }
        check_claims(draft, &event, ask.effective)?;
        for used in event.uses.iter().flatten() {
            draft.raw_use(Use { delta: -used.delta, ..*used });
        }
        Ok(())
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, _: &Event) {
        books.reverse(self.reverses, seq);
    }
}

/// No encumbrance may be left with less than nothing: what was drawn under it has to be reversed first.
fn check_claims(draft: &Draft<'_>, event: &Event, effective: Day) -> Result<(), Rejection> {
    for claim in &event.claims {
        let number = claim.encumbrance;
        let encumbrance = draft.books.encumbrance(number)?;
        let mut changes: Vec<(Day, Sums)> = event
            .claims
            .iter()
            .filter(|other| other.encumbrance == number)
            .map(|other| {
                let day = other.day.unwrap_or(event.effective).max(effective);
                (day, Sums { on_hand: -other.delta, ..Sums::default() })
            })
            .collect();
        changes.sort_by_key(|(day, _)| *day);
        encumbrance.remaining.visit_changed(&changes, |day, sums| match sums {
            Some(sums) if sums.on_hand >= 0 => Ok(()),
            _ => {
                let remaining = encumbrance.remaining.at(day).unwrap_or_default().on_hand;
                Err(Rejection::ExceedsEncumbrance { encumbrance: number, remaining, day })
            }
        })?;
    }
    Ok(())
}
