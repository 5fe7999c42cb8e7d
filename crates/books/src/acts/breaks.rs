//! What people do about a break: explain, assign, agree, close, come back to.

use reconcile::Reason;

use super::{Ask, text_fits};
use crate::authority::Direction;
use crate::books::Books;
use crate::difference::{Break, Closing, Done, Found, Step};
use crate::draft::Draft;
use crate::event::Event;
use crate::number::{AuthorityNo, BreakNo, Seq};
use crate::rejection::Rejection;
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

fn note_fits(note: Option<&String>) -> Result<(), Rejection> {
    note.map_or(Ok(()), |note| text_fits("note", note))
}

/// Either of its parties, or a secretariat.
fn may_act<'b>(draft: &Draft<'b>, number: BreakNo) -> Result<&'b Break, Rejection> {
    let row = draft.books.a_break(number)?;
    if draft.party != row.against {
        draft.may_write(row.party, None)?;
    }
    Ok(row)
}

fn check(draft: &Draft<'_>, ask: &Ask<'_>, number: BreakNo, done: &Done) -> Result<(), Rejection> {
    let row = may_act(draft, number)?;
    let by = who(draft.books, ask.party, ask.maker);
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

    pub(crate) fn decide(&self, draft: &mut Draft<'_>, ask: &Ask<'_>) -> Result<(), Rejection> {
        note_fits(self.note.as_ref())?;
        check(draft, ask, self.number, &self.done())
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        step(books, seq, event, self.number, self.done(), self.note.as_ref());
    }
}

impl AssignBreak {
    pub(crate) fn decide(&self, draft: &mut Draft<'_>, ask: &Ask<'_>) -> Result<(), Rejection> {
        text_fits("owner", &self.owner)?;
        check(draft, ask, self.number, &Done::Assigned(self.owner.clone()))
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        step(books, seq, event, self.number, Done::Assigned(self.owner.clone()), None);
    }
}

impl AgreeBreak {
    pub(crate) fn decide(&self, draft: &mut Draft<'_>, ask: &Ask<'_>) -> Result<(), Rejection> {
        note_fits(self.note.as_ref())?;
        let row = may_act(draft, self.number)?;
        if ![row.party, row.against].contains(&ask.party) {
            return Err(Rejection::NotPermitted { party: ask.party, owner: row.party });
        }
        check(draft, ask, self.number, &Done::Agreed(ask.party))
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        step(books, seq, event, self.number, Done::Agreed(event.party), self.note.as_ref());
    }
}

impl CloseBreak {
    fn closing(&self, books: &Books) -> Result<Closing, Rejection> {
        let row = books.a_break(self.number)?;
        let invalid = |field, problem: &str| Rejection::Invalid { field, problem: problem.into() };
        let by = self.by.ok_or(());
        Ok(match self.how {
            CloseBy::Report => Closing::Report(by.map_err(|()| invalid("by", "names the line that arrived"))?),
            CloseBy::Correction => Closing::Correction(by.map_err(|()| invalid("by", "names what corrects"))?),
            CloseBy::Tolerance => {
                let allowance = books.allowance(row.found.material, row.found.effective);
                Closing::Tolerance(allowance.absolute.max(allowance.rounding))
            }
            CloseBy::Agreed => Closing::Agreed,
            CloseBy::WriteOff => {
                let missing = Rejection::AuthorityMissing { material: row.found.material };
                Closing::WriteOff(self.authority.ok_or(missing)?)
            }
        })
    }

    pub(crate) fn decide(&self, draft: &mut Draft<'_>, ask: &Ask<'_>) -> Result<(), Rejection> {
        note_fits(self.note.as_ref())?;
        let row = may_act(draft, self.number)?;
        let closing = self.closing(draft.books)?;
        if let Some(piece) = self.by {
            super::record_run::check_piece(draft, piece)?;
        }
        check(draft, ask, self.number, &Done::Closed(closing))?;
        if let Closing::WriteOff(authority) = closing {
            let size = row.found.difference.unwrap_or(0).saturating_abs();
            let quantity = Quantity::new(size).unwrap_or_default();
            draft.cite(Some(authority), Direction::Disposal, row.found.material, quantity)?;
        }
        Ok(())
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let closing = self.closing(books).expect("decided: it says how");
        step(books, seq, event, self.number, Done::Closed(closing), self.note.as_ref());
    }
}

impl ReopenBreak {
    pub(crate) fn decide(&self, draft: &mut Draft<'_>, _: &Ask<'_>) -> Result<(), Rejection> {
        text_fits("note", &self.note)?;
        let row = may_act(draft, self.number)?;
        if !row.now().is_closed() {
            let problem = "is not closed";
            return Err(Rejection::DoesNotFit { kind: crate::Kind::Break, row: self.number.0, problem });
        }
        for piece in row.found.ours.iter().chain(&row.found.theirs) {
            if let Some(open) = draft.books.open_break_of(*piece, row.is_between) {
                let code = draft.books.breaks()[open.0 as usize].code.clone();
                return Err(Rejection::AlreadyRegistered { kind: crate::Kind::Break, code });
            }
        }
        Ok(())
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let before = books.breaks.row(self.number.0).clone();
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
