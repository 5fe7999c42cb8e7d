//! An event is reversed by another that names it; nothing is edited.
//!
//! Every entry, claim, tally and use of an authority is put back from the correction's effective date on (or from its own day
//! where that is later). With the original's effective date it is as if the event had never been; with a later one, its
//! effect stays until then: that is how a closed period is restated.

use super::Ask;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::days::Sums;
use crate::draft::Draft;
use crate::event::{Claim, Event, TallyChange, Use};
use crate::fact::Says;
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
        if !event.outcome.is_done() || (event.entries.is_empty() && event.claims.is_empty() && event.tallied.is_none())
        {
            return Err(Rejection::NotReversible { seq });
        }
        if let Some(act) = event.act(draft.books).filter(|act| !act.is_corrected()) {
            let problem = format!("`{}` changes more than quantities: post what undoes it", act.word());
            return Err(Rejection::Invalid { field: "reverses", problem });
        }
        check_family(draft.books, seq, ask)?;
        super::text_fits("reason", &self.reason)?;
        let own_day = |day: Option<Day>| day.unwrap_or(event.effective).max(ask.effective);
        for entry in &event.entries {
            // Who gained it gives it back: the new owner, where title was transferred.
            draft.may_write(draft.books.account(entry.target).key.owner, None)?;
            draft.entry_on(entry.target, entry.source, entry.quantity, own_day(entry.day));
        }
        for claim in &event.claims {
            draft.may_write(draft.books.account(claim.account).key.owner, None)?;
            let day = own_day(claim.day);
            let day = (day != ask.effective).then_some(day);
            draft.raw_claim(Claim { delta: -claim.delta, day, ..*claim });
        }
        check_claims(draft, &event, ask.effective)?;
        if let Some(tallied) = &event.tallied {
            draft.may_write(event.party, None)?;
            for change in &tallied.changes {
                let day = own_day(change.day);
                let day = (day != ask.effective).then_some(day);
                draft.raw_tally(TallyChange { delta: -change.delta, day, ..*change });
            }
        }
        for used in event.uses.iter().flatten() {
            let delta = -used.delta;
            let authority = draft.books.authority(used.authority);
            let left = authority.ceiling.checked_sub(authority.used).expect("posted: uses stay below the ceiling");
            // What a correction gave back may be used by others when that correction is reversed.
            if delta > left.units() {
                return Err(Rejection::ExceedsAuthority { authority: used.authority, left });
            }
            draft.raw_use(Use { delta, ..*used });
        }
        Ok(())
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, _: &Event) {
        books.reverse(self.reverses, seq);
    }
}

act_rules!(Correct {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: Stock, periods: Owners,
    undone: Corrected,
    line: Both(&["event {reverses}", "{reason}"]),
    whose(_, _): Vec::new(),
    reference(_, _): None,
    says(act): Some(Says { reverses: Some(act.reverses), ..Says::default() }),
    example: r#"{"reverses": 30, "reason": "counted twice"}"#,
});

/// On no day may an event count less than not at all, or more than once, with all its corrections and theirs.
///
/// Each correction takes from its effective date on what the corrected event adds. So the first event of the family
/// counts one on every day, and each correction the opposite of its parent from its date on; only the days on which
/// one begins need a look.
fn check_family(books: &Books, seq: Seq, ask: &Ask<'_>) -> Result<(), Rejection> {
    if books.reversed_event(seq).is_none() && books.reversals_of(seq).next().is_none() {
        return Ok(());
    }
    let mut root = seq;
    while let Some(parent) = books.reversed_event(root) {
        root = parent;
    }
    /// A member's share on a day is its sign where the day is in its reach: from the latest date above it on.
    struct Member {
        seq: Seq,
        sign: i32,
        from: Day,
    }
    let mut members = vec![Member { seq: root, sign: 1, from: Day(i32::MIN) }];
    let mut next = 0;
    while let Some(&Member { seq: parent, sign, from }) = members.get(next) {
        for reversal in books.reversals_of(parent) {
            let correction = ask.past.event(reversal.by).expect("recorded: a correction is an event");
            members.push(Member { seq: reversal.by, sign: -sign, from: from.max(correction.effective) });
        }
        if parent == seq {
            members.push(Member { seq: Seq(u64::MAX), sign: -sign, from: from.max(ask.effective) });
        }
        next += 1;
    }
    let counts_at =
        |day: Day| members.iter().filter(|member| member.from <= day).map(|member| member.sign).sum::<i32>();
    if members.iter().all(|member| matches!(counts_at(member.from), 0 | 1)) {
        return Ok(());
    }
    let by = members.iter().rev().find(|member| member.sign < 0 && member.seq != Seq(u64::MAX) && member.seq != seq);
    let by = by.map_or(seq, |member| member.seq);
    Err(Rejection::AlreadyReversed { seq: root, by })
}

/// No encumbrance may be left with less than nothing: what was drawn under it has to be reversed first.
fn check_claims(draft: &Draft<'_>, event: &Event, effective: Day) -> Result<(), Rejection> {
    for claim in &event.claims {
        let number = claim.encumbrance;
        let encumbrance = draft.books.encumbrance(number);
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
