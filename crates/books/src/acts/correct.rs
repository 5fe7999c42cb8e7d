//! An event is reversed by another that names it; nothing is edited.
//!
//! Every entry, claim, tally and use of an authority is put back from the correction's effective date on (or from its own day
//! where that is later). With the original's effective date it is as if the event had never been; with a later one, its
//! effect stays until then: that is how a closed period is restated. A correction may say what should have been said instead:
//! then both are decided as one, for neither could stand alone where the stock was used meanwhile.

use std::collections::BTreeMap;

use measure::Quantity;

use super::{Act, Ask};
use crate::act_rules::{Right, act_rules};
use crate::books::Books;
use crate::count::{Count, Difference};
use crate::days::Sums;
use crate::draft::counts::Placed;
use crate::draft::steps::{Judged, State, Who};
use crate::event::{Claim, Event, TallyChange, TimeOfDay, Use};
use crate::fact::Says;
use crate::number::{AuthorityNo, Day, PartyNo, PlaceNo, ReserveNo, Seq};
use crate::place::Place;
use crate::rejection::{Fault, Rejection};
use crate::standing::Standing;
use crate::tally::{TallyKey, TallyKind};

/// Asks to reverse an event.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Correct {
    /// The event.
    #[n(0)]
    pub reverses: Seq,
    /// Why: never empty.
    #[n(1)]
    pub reason: String,
    /// What should have been said instead.
    #[n(2)]
    pub with: Option<Box<Replacement>>,
}

/// What stands in the place of what a correction reverses. Both are decided as one: on no day is there less than nothing,
/// and no ceiling, authority or share is passed, with both of them together.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Replacement {
    /// Its day; that of the correction where absent.
    #[n(0)]
    pub effective: Option<Day>,
    /// What is asked.
    #[n(1)]
    pub act: Act,
    /// The time of its day, where it is stated.
    #[n(2)]
    pub time: Option<TimeOfDay>,
}

impl Correct {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        let seq = self.reverses;
        let books = who.books;
        let event = who.event(seq, ask);
        let moved = event.as_ref().filter(|event| moves_something(books, seq, event) || is_said(books, ask, event));
        if let Some(event) = &event {
            may_reverse(&mut who, seq, event, moved.is_some());
            if let Some(Act::RecordAssay(act)) = event.effect(books).as_deref() {
                who.may_write_lot(act.lot);
            }
            if let Some(Act::CountItems(act)) = event.effect(books).as_deref() {
                who.may_write(act.owner, Some(act.site));
            }
        }
        let mut shape = who.shape()?;
        shape.text("reason", &self.reason);
        if let Some(act) = moved.and_then(|event| event.act(books)).filter(|act| !act.is_corrected()) {
            shape.invalid("reverses", Fault::NotByCorrection { act: act.word() });
        }
        // Nothing is told of an event of which the party sees nothing.
        let is_seen = event.is_some();
        let root = books.root_of(seq);
        if is_seen && root != seq && books.counts_of(root).next().is_some() {
            shape.invalid("reverses", Fault::CountTakenBack);
        }
        let came_back =
            |of: u32| books.tallies_of(TallyKind::CameBack, of).any(|tally| tally.days.latest().on_hand > 0);
        if is_seen && u32::try_from(seq.0).is_ok_and(came_back) {
            shape.invalid("reverses", Fault::CameBack);
        }
        let replaced = self.with.as_ref().map(|with| &with.act);
        if let Some(act) = replaced.filter(|act| !act.is_corrected() || act.facts().right != Right::Write)
            && moved.is_none_or(|event| event.outcome.word() != Some(act.word()))
        {
            shape.invalid("with", Fault::NotInItsPlace { act: act.word() });
        }
        // A count is taken back and recorded again: what was found does not wait for what the books say.
        if let Some(act @ (Act::Correct(_) | Act::Approve(_) | Act::Stocktake(_))) = replaced {
            shape.invalid("with", Fault::NotInItsPlace { act: act.word() });
        }
        // Taking a correction back lets what it reversed stand again: that is then replaced, by a correction of its own.
        if let Some(act) = replaced.filter(|_| is_seen && books.reversed_event(seq).is_some()) {
            shape.invalid("with", Fault::NotInItsPlace { act: act.word() });
        }
        let mut state = shape.state()?;
        if event.is_none() {
            state.refuse(Rejection::NothingToReverse { seq });
        }
        if let Some(by) = books.reversed_by(seq).filter(|_| is_seen) {
            state.refuse(Rejection::AlreadyReversed { seq, by });
        }
        let Some(event) = moved else {
            if is_seen {
                state.refuse(Rejection::NotReversible { seq });
            }
            return Err(state.stop());
        };
        state.note(check_family(books, seq, ask));
        if let Some(Act::CountItems(act)) = event.effect(books).as_deref() {
            state.check_open(ask.effective, act.owner);
        }
        state.note(books.check_codes(event));
        put_back(&mut state, seq, event, ask);
        state.puts_back();
        let mut amounts = state.amounts()?;
        amounts.note(check_claims(books, event, ask.effective));
        // A replacement used and gave back: what counts is what both come to.
        let mut given: BTreeMap<AuthorityNo, i64> = BTreeMap::new();
        for used in event.uses.iter().flatten() {
            *given.entry(used.authority).or_default() -= used.delta;
        }
        for (number, delta) in given.into_iter().filter(|(_, delta)| *delta != 0) {
            let authority = books.authority(number);
            let left = authority.ceiling.checked_sub(authority.used).expect("posted: uses stay below the ceiling");
            // What a correction gave back may be used by others when that correction is reversed.
            if delta > left.units() {
                amounts.refuse(Rejection::ExceedsAuthority { authority: number, left });
            }
            amounts.raw_use(Use { authority: number, delta });
        }
        amounts.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        books.reverse(self.reverses, seq, event.effective);
        books.end_counts(self.reverses, event.effective);
        if let (Some(with), Some(split)) = (&self.with, event.split) {
            with.act.apply(books, seq, &event.replacement(with, split));
        }
    }
}

act_rules!(Correct {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: Stock, periods: Owners,
    undone: Corrected,
    line: Both(&["event {reverses}", "{reason}", "in its place {with}"]),
    whose(_, _): Vec::new(),
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(act): Some(Says { reverses: Some(act.reverses), ..Says::default() }),
    example: r#"{"reverses": 32, "reason": "counted twice", "with": {"act": "gain", "effective": "2026-03-12",
        "lot": "LOT-2", "site": "Ibaraki", "owner": "JOGMEC", "quantity": "1 g", "reason": "swept up"}}"#,
});

/// Did it say what a lot is made of, or what items there are of it, or take such a word back? It moved nothing, and is taken back
/// all the same.
fn is_said(books: &Books, ask: &Ask<'_>, event: &Event) -> bool {
    let effect = event.effect(books);
    if let Some(Act::Correct(act)) = effect.as_deref() {
        return ask.past.event(act.reverses).is_some_and(|event| is_said(books, ask, &event));
    }
    matches!(effect.as_deref(), Some(Act::RecordAssay(_) | Act::CountItems(_)))
}

/// Did it do anything that could be put back? A count does, also where it found what the books say.
fn moves_something(books: &Books, seq: Seq, event: &Event) -> bool {
    let is_empty = event.entries.is_empty() && event.claims.is_empty() && event.tallied.is_none();
    event.outcome.is_done() && (!is_empty || books.counts_of(seq).next().is_some())
}

/// Whoever has what it moved now, for who gained it gives it back: the new owner, where title was transferred; who was given
/// an entitlement, a licence or a right; who was let off a debt, or gave back a loan.
fn may_reverse(who: &mut Who<'_, '_>, seq: Seq, event: &Event, moves_something: bool) {
    let books = who.books;
    for count in books.counts_of(seq) {
        let owners = count.owner.map_or_else(|| books.holders(count.place, count.lot), |owner| vec![owner]);
        owners.into_iter().for_each(|owner| who.may_write(owner, None));
    }
    let gained = event.entries.iter().map(|entry| entry.target);
    for account in gained.chain(event.claims.iter().map(|claim| claim.account)) {
        who.may_write(books.account(account).key.owner, None);
    }
    // What came back from a loan is out again.
    for entry in &event.entries {
        if let Place::Loan(loan) = books.place(books.account(entry.source).key.place) {
            who.may_write(loan.borrower, None);
        }
    }
    // What is left of a mandate is nobody's gain: its owner takes back what was done under it.
    let changes = event.tallied.iter().flat_map(|tallied| &tallied.changes);
    let changes: Vec<(TallyKey, i64)> = changes
        .map(|change| (books.tally(change.tally).key, change.delta))
        .filter(|(key, _)| key.kind != TallyKind::Mandate)
        .collect();
    let losers: Vec<PartyNo> = changes
        .iter()
        .filter(|(key, delta)| key.kind.for_its_party().is_some_and(|sign| sign * i128::from(*delta) > 0))
        // Whoever keeps the money said that it came.
        .map(|(key, _)| match key.kind == TallyKind::CashPaid {
            true => books.reserve(ReserveNo(key.of)).pool,
            false => key.party,
        })
        .collect();
    if losers.is_empty() && (!changes.is_empty() || !moves_something) {
        who.may_write(event.party, None);
    }
    losers.into_iter().for_each(|party| who.may_write(party, None));
}

/// Puts everything back, on its day or on that of the correction, whichever is later.
///
/// What keeps counts is made anew, for other counts may have come since. Of a count its whole difference goes, with what
/// was recorded late.
fn put_back(state: &mut State<'_, '_>, seq: Seq, event: &Event, ask: &Ask<'_>) {
    let own_day = |day: Option<Day>| day.unwrap_or(event.effective).max(ask.effective);
    let if_other = |day: Day| (day != ask.effective).then_some(day);
    let counts: Vec<&Count> = state.books.counts_of(seq).collect();
    for count in &counts {
        take_back(state, count, ask);
    }
    let is_kept = event.entries.iter().any(|entry| entry.keeps.is_some());
    let moved = if counts.is_empty() { state.stood(seq, event).entries } else { Vec::new() };
    let stood = moved.first().map(|stood| Placed { at: stood.at, through: None });
    state.replaces(stood, event.effective);
    for Standing { entry, at, .. } in moved {
        let placed = Placed { at, through: (!is_kept).then_some(seq) };
        state.entry_placed(entry.target, entry.source, entry.quantity, own_day(entry.day), placed);
    }
    for claim in &event.claims {
        state.raw_claim(Claim { delta: -claim.delta, day: if_other(own_day(claim.day)), ..*claim });
    }
    for change in event.tallied.iter().flat_map(|tallied| &tallied.changes) {
        state.raw_tally(TallyChange { delta: -change.delta, day: if_other(own_day(change.day)), ..*change });
    }
}

/// The books say again what they would without the count.
fn take_back(state: &mut State<'_, '_>, count: &Count, ask: &Ask<'_>) {
    let placed = Placed { at: count.position(), through: None };
    state.end_count(count.seq);
    for Difference { account, day, units } in &count.differences {
        let key = state.books.account(*account).key;
        let difference = state.account(PlaceNo::COUNT_DIFFERENCE, key.owner, key.lot);
        let (source, target) = if *units > 0 { (*account, difference) } else { (difference, *account) };
        let quantity = Quantity::new(units.saturating_abs()).expect("not negative");
        if !quantity.is_zero() {
            state.entry_placed(source, target, quantity, (*day).max(ask.effective), placed);
        }
    }
}

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
fn check_claims(books: &Books, event: &Event, effective: Day) -> Result<(), Rejection> {
    for claim in &event.claims {
        let number = claim.encumbrance;
        let encumbrance = books.encumbrance(number);
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
                Err(Rejection::ExceedsEncumbrance { encumbrance: number, remaining, day, later: Vec::new() })
            }
        })?;
    }
    Ok(())
}
