//! What people do about a break: explain, assign, agree, close, come back to.
//!
//! Whose reports are compared cannot end a difference alone: another closes it, or both agree.

use reconcile::breaks::BreakRefusal;
use reconcile::{Class, Reason};

use super::pieces::{about, is_of_account};
use super::{Act, Ask};
use crate::act_rules::act_rules;
use crate::authority::Direction;
use crate::books::Books;
use crate::difference::{Break, Closing, Done, Found, Step};
use crate::draft::steps::{Judged, Shape, Who};
use crate::event::Event;
use crate::number::{AuthorityNo, BreakNo, Day, PartyNo, Seq};
use crate::rejection::{Fault, Rejection};
use crate::report::Piece;
use measure::Quantity;

/// Asks to say why the records differ.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct ExplainBreak {
    /// Which break.
    #[n(0)]
    pub number: BreakNo,
    /// Why, by its place in the list of reasons.
    #[cbor(n(1), with = "crate::difference::reason")]
    pub reason: Reason,
    /// In words.
    #[n(2)]
    pub note: Option<String>,
}

/// Asks to make somebody responsible.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct AssignBreak {
    /// Which break.
    #[n(0)]
    pub number: BreakNo,
    /// Who.
    #[n(1)]
    pub owner: String,
}

/// Asks to agree to a difference, for one of its two parties.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct AgreeBreak {
    /// Which break.
    #[n(0)]
    pub number: BreakNo,
    /// In words.
    #[n(1)]
    pub note: Option<String>,
}

/// How a break is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum CloseBy {
    /// The counterparty's report arrived.
    #[n(0)]
    Report,
    /// One side corrected its record.
    #[n(1)]
    Correction,
    /// It is within what is allowed.
    #[n(2)]
    Tolerance,
    /// Both parties agreed to the difference.
    #[n(3)]
    Agreed,
    /// It is given up, by authority.
    #[n(4)]
    WriteOff,
}

/// Asks to close a break.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct CloseBreak {
    /// Which break.
    #[n(0)]
    pub number: BreakNo,
    /// How.
    #[n(1)]
    pub how: CloseBy,
    /// What arrived, or what corrects.
    #[n(2)]
    pub by: Option<Piece>,
    /// What allows a write-off.
    #[n(3)]
    pub authority: Option<AuthorityNo>,
    /// In words.
    #[n(4)]
    pub note: Option<String>,
}

/// Asks to come back to a closed break: another one is opened that follows it.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct ReopenBreak {
    /// Which break.
    #[n(0)]
    pub number: BreakNo,
    /// Why.
    #[n(1)]
    pub note: String,
}

/// The person who acts, or the party where none is named.
fn who(books: &Books, party: crate::PartyNo, maker: Option<&str>) -> String {
    maker.map_or_else(|| books.party_code(party).to_owned(), str::to_owned)
}

/// Either of its parties, or a secretariat.
fn may_act<'b>(who: &mut Who<'_, 'b>, number: BreakNo) -> &'b Break {
    let row = who.books.a_break(number);
    if who.party != row.against {
        who.may_compare(row.party);
    }
    row
}

fn check(books: &Books, ask: &Ask<'_>, number: BreakNo, done: &Done) -> Result<(), Rejection> {
    let by = who(books, ask.party, ask.maker);
    let row = books.a_break(number);
    row.check(ask.effective, &by, done).map_err(|rule| Rejection::BreakRule { number, rule })
}

fn step(books: &mut Books, seq: Seq, event: &Event, number: BreakNo, done: Done, note: Option<&String>) {
    let by = who(books, event.party, event.maker.as_deref());
    let step = Step { seq, day: event.effective, by, done, note: note.cloned() };
    books.step_break(number, step);
}

impl ExplainBreak {
    fn done(&self) -> Done {
        Done::Explained(self.reason)
    }

    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        may_act(&mut who, self.number);
        let mut shape = who.shape()?;
        shape.text_if_any("note", self.note.as_ref());
        let mut state = shape.state()?;
        state.note(check(state.books, ask, self.number, &self.done()));
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        step(books, seq, event, self.number, self.done(), self.note.as_ref());
    }
}

act_rules!(ExplainBreak {
    right: Write, asks: Overseer, seen: Reports, nature: Decision, by_hand: No, periods: Nobody,
    undone: By(&["explain_break"]),
    line: Words(&["{number}", "{reason}", "{note}"]),
    whose(act, books): books.a_break(act.number).parties().to_vec(),
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"number": "B1", "reason": "moisture", "note": "dried"}"#,
});

impl AssignBreak {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        may_act(&mut who, self.number);
        let mut shape = who.shape()?;
        shape.text("owner", &self.owner);
        let mut state = shape.state()?;
        state.note(check(state.books, ask, self.number, &Done::Assigned(self.owner.clone())));
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        step(books, seq, event, self.number, Done::Assigned(self.owner.clone()), None);
    }
}

act_rules!(AssignBreak {
    right: Write, asks: Overseer, seen: Reports, nature: Decision, by_hand: No, periods: Nobody,
    undone: By(&["assign_break"]),
    line: Words(&["{number}", "to {owner}"]),
    whose(act, books): books.a_break(act.number).parties().to_vec(),
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"number": "B1", "owner": "Tanaka"}"#,
});

impl AgreeBreak {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        let row = may_act(&mut who, self.number);
        if ![row.party, row.against].contains(&ask.party) {
            who.refuse(Rejection::NotPermitted { party: ask.party, owner: row.party });
        }
        let mut shape = who.shape()?;
        shape.text_if_any("note", self.note.as_ref());
        let mut state = shape.state()?;
        state.note(check(state.books, ask, self.number, &Done::Agreed(ask.party)));
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        step(books, seq, event, self.number, Done::Agreed(event.party), self.note.as_ref());
    }
}

act_rules!(AgreeBreak {
    right: Write, asks: Alone, seen: Reports, nature: Decision, by_hand: No, periods: Nobody,
    undone: By(&["reopen_break"]),
    line: Words(&["{number}", "{note}"]),
    whose(act, books): books.a_break(act.number).parties().to_vec(),
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"number": "B1", "note": "as we saw it"}"#,
});

impl CloseBreak {
    fn closing(&self, books: &Books) -> Result<Closing, Rejection> {
        let row = books.a_break(self.number);
        let by = |fault| self.by.ok_or(Rejection::invalid("by", fault));
        Ok(match self.how {
            CloseBy::Report => Closing::Report(by(Fault::ArrivalNeeded)?),
            CloseBy::Correction => Closing::Correction(by(Fault::CorrectionNeeded)?),
            CloseBy::Tolerance => {
                let allowance = books.facts_at(row.found.effective, books.head()).allowance(row.found.material);
                let apart = row.found.difference.map_or(0, i64::unsigned_abs);
                // What parts per million allow was looked at when it was decided: at least the difference.
                Closing::Tolerance(allowance.absolute.max(allowance.rounding).max(apart))
            }
            CloseBy::Agreed => Closing::Agreed,
            CloseBy::WriteOff => {
                let missing = Rejection::AuthorityMissing { material: row.found.material };
                Closing::WriteOff(self.authority.ok_or(missing)?)
            }
        })
    }

    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        let books = who.books;
        let row = may_act(&mut who, self.number);
        who.note(self.check_not_alone(books, ask.party, row));
        let mut shape = who.shape()?;
        shape.text_if_any("note", self.note.as_ref());
        if let Some(piece) = self.by {
            self.check_closing_piece(&mut shape, ask, row, piece);
        }
        // What is missing to it is a matter of shape or of state.
        let closing = shape.note(self.closing(books));
        let mut state = shape.state()?;
        let Some(closing) = closing else { return Err(state.stop()) };
        state.note(check(books, ask, self.number, &Done::Closed(closing)));
        if self.how == CloseBy::Tolerance {
            let rule = |rule| Rejection::BreakRule { number: self.number, rule };
            state.note(within_tolerance(books, ask, row).map_err(rule));
        }
        if let Closing::WriteOff(authority) = closing {
            let size = row.found.difference.unwrap_or(0).saturating_abs();
            let quantity = Quantity::new(size).unwrap_or_default();
            state.cite(Some(authority), Direction::Disposal, row.found.material, quantity);
        }
        state.done()
    }

    /// Only a secretariat, or the other side of a comparison with the books, ends a difference without the other's word.
    fn check_not_alone(&self, books: &Books, party: PartyNo, row: &Break) -> Result<(), Rejection> {
        let is_checked = party == row.party || row.is_between;
        let is_secretariat = books.party(party).role == crate::party::Role::Secretariat;
        match is_checked && !is_secretariat && self.how != CloseBy::Agreed {
            true => Err(Rejection::OwnReports { party }),
            false => Ok(()),
        }
    }

    /// What arrived or corrects is another piece of the same account. Whether the difference is gone by it, the next
    /// comparison says: one that is still there is a new break.
    fn check_closing_piece(&self, shape: &mut Shape<'_, '_>, ask: &Ask<'_>, row: &Break, piece: Piece) {
        let is_its_own = row.found.ours.contains(&piece) || row.found.theirs.contains(&piece);
        // What was told on another day arrived: it stands in the break.
        let is_late = self.how == CloseBy::Report && row.found.class == Class::DateDiffers;
        if is_its_own && !is_late {
            shape.invalid("by", Fault::PieceOfBreak);
        }
        if shape.note(is_of_account(shape.books, ask, row, piece)) == Some(false) {
            shape.invalid("by", Fault::NotOfAccount);
        }
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let closing = self.closing(books).expect("decided: it says how");
        step(books, seq, event, self.number, Done::Closed(closing), self.note.as_ref());
    }
}

act_rules!(CloseBreak {
    right: Write, asks: Overseer, seen: Reports, nature: Decision, by_hand: Stock, periods: Nobody,
    undone: By(&["reopen_break"]),
    line: Words(&["{number}", "{how}", "by {by}", "under {authority}", "{note}"]),
    whose(act, books): books.a_break(act.number).parties().to_vec(),
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"number": "B2", "how": "correction", "by": "JOGMEC/1:3", "authority": "BUY-2026", "note": "booked twice"}"#,
});

/// Is the difference one of figures, or of the days of equal figures, and no larger than a comparison would let pass?
fn within_tolerance(books: &Books, ask: &Ask<'_>, row: &Break) -> Result<(), BreakRefusal> {
    let found = &row.found;
    let does_not_fit = Err(BreakRefusal::DoesNotFit { class: found.class });
    let allowance = books.facts_at(compared_through(books, ask, row), books.head()).allowance(found.material);
    if found.class == Class::DateDiffers && found.difference == Some(0) {
        let day = |piece: &Piece| about(books, ask, *piece).ok().flatten()?.day;
        let mut days: Vec<Day> = found.ours.iter().chain(&found.theirs).filter_map(day).collect();
        days.sort_unstable();
        let apart = days.first().zip(days.last()).map(|(first, last)| last.distance(*first));
        return if apart.is_some_and(|apart| apart <= allowance.days_allowed()) { Ok(()) } else { does_not_fit };
    }
    let is_elsewhere =
        found.class == Class::DateDiffers || matches!(found.reason, Reason::WrongLot | Reason::WrongParty);
    let difference = match found.difference {
        // Figures that agree on another day, lot, site or party differ by more than figures.
        Some(difference) if difference != 0 && !is_elsewhere => difference,
        _ => return does_not_fit,
    };
    let sum = |pieces: &[Piece]| -> Option<i64> {
        let units = |piece: &Piece| about(books, ask, *piece).ok().flatten()?.units;
        pieces.iter().try_fold(0i64, |sum, piece| sum.checked_add(units(piece)?))
    };
    let (ours, theirs) = match (sum(&found.ours), sum(&found.theirs)) {
        (_, Some(theirs)) => (theirs.saturating_add(difference), theirs),
        (Some(ours), None) => (ours, ours.saturating_sub(difference)),
        (None, None) => (0, 0),
    };
    let larger = u128::from(ours.unsigned_abs().max(theirs.unsigned_abs()));
    let relative = u64::try_from(larger * u128::from(allowance.ppm) / 1_000_000).unwrap_or(u64::MAX);
    // Each figure of a sum was rounded by itself.
    let lines = (found.ours.len() + found.theirs.len()).saturating_sub(1).max(1) as u64;
    let allowed = relative.max(allowance.absolute).max(allowance.rounding.saturating_mul(lines));
    match difference.unsigned_abs() <= allowed {
        true => Ok(()),
        false => Err(BreakRefusal::BeyondTolerance { allowed }),
    }
}

/// Last day of the comparison that found a break: what is allowed on it was allowed then.
fn compared_through(books: &Books, ask: &Ask<'_>, row: &Break) -> Day {
    let mut row = row;
    loop {
        let event = ask.past.event(row.seq);
        let act = event.as_ref().and_then(|event| event.effect(books));
        if let Some(Act::RecordRun(act)) = act.as_deref() {
            return act.last;
        }
        let Some(Act::ReopenBreak(act)) = act.as_deref() else { return row.found.effective };
        row = books.a_break(act.number);
    }
}

impl ReopenBreak {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let books = who.books;
        let row = may_act(&mut who, self.number);
        let mut shape = who.shape()?;
        shape.text("note", &self.note);
        let mut state = shape.state()?;
        if !row.now().is_closed() {
            let fault = Fault::NotClosed;
            state.refuse(Rejection::DoesNotFit { kind: crate::Kind::Break, row: self.number.0, fault });
        }
        let mut pieces = row.found.ours.iter().chain(&row.found.theirs);
        if let Some(open) = pieces.find_map(|piece| books.open_break_of(*piece, row.is_between)) {
            let code = books.a_break(open).code.clone();
            state.refuse(Rejection::AlreadyRegistered { kind: crate::Kind::Break, code });
        }
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let before = books.a_break(self.number).clone();
        books.push_break(Break {
            code: format!("B{}", books.breaks.row_count() + 1),
            found: Found { follows: Some(self.number), ..before.found },
            seq,
            opened: event.effective,
            steps: Vec::new(),
            ..before
        });
    }
}

act_rules!(ReopenBreak {
    right: Write, asks: Overseer, seen: Reports, nature: Decision, by_hand: No, periods: Nobody,
    undone: By(&["close_break"]),
    line: Words(&["{number}", "{note}"]),
    whose(act, books): books.a_break(act.number).parties().to_vec(),
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"number": "B2", "note": "it was not"}"#,
});
