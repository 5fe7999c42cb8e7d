//! A comparison of two records is recorded, with every difference that somebody has to explain.
//!
//! Custody rules want of each run its date, what was compared, and the list of discrepancies. The ledger keeps what the
//! run says; whoever doubts it compares again, as known then.

use reconcile::Class;

use super::Ask;
use super::pieces::check_piece;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::difference::{Break, Found};
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::number::{Day, PartyNo, Seq};
use crate::rejection::{Fault, Kind, Rejection};
use crate::report::Piece;

/// Asks to record a comparison, or a part of one.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct RecordRun {
    /// Whose record was compared.
    #[n(0)]
    pub whose: PartyNo,
    /// With whose; with the books where none is said.
    #[n(1)]
    pub against: Option<PartyNo>,
    /// First day.
    #[n(2)]
    pub first: Day,
    /// Last day.
    #[n(3)]
    pub last: Day,
    /// How many groups of lines are of each class, in the order of [`Class::ALL`].
    #[n(4)]
    pub counts: Vec<u64>,
    /// The differences that were not known before.
    #[n(5)]
    pub breaks: Vec<Found>,
}

/// What a break is about.
fn pieces(found: &Found) -> impl Iterator<Item = &Piece> {
    found.ours.iter().chain(&found.theirs)
}

impl RecordRun {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        let books = who.books;
        who.may_compare(self.whose);
        if ask.party == self.whose
            && self.against.is_none()
            && books.party(ask.party).role != crate::party::Role::Secretariat
        {
            // A party that explains its own differences away is compared with nobody.
            who.refuse(Rejection::OwnReports { party: ask.party });
        }
        let mut shape = who.shape()?;
        if self.last < self.first {
            shape.invalid("last", Fault::BeforeFirst);
        }
        if self.counts.len() != Class::ALL.len() {
            shape.invalid("counts", Fault::CountsForEachClass);
        }
        if self.against == Some(self.whose) {
            shape.invalid("against", Fault::SameParty);
        }
        let mut named = std::collections::HashSet::new();
        for found in &self.breaks {
            if !found.class.is_break() {
                shape.invalid("class", Fault::NeedsNoExplanation);
            }
            if pieces(found).next().is_none() {
                shape.invalid("breaks", Fault::BreakOfNothing);
            }
            for piece in pieces(found) {
                shape.note(check_piece(books, *piece));
                if !named.insert(*piece) {
                    shape.invalid("breaks", Fault::PieceTwice);
                }
            }
            if found.follows.is_some_and(|before| !books.a_break(before).now().is_closed()) {
                shape.invalid("follows", Fault::NotClosed);
            }
        }
        let mut state = shape.state()?;
        let mut pieces = self.breaks.iter().flat_map(pieces);
        if let Some(open) = pieces.find_map(|piece| books.open_break_of(*piece, self.against.is_some())) {
            let code = books.a_break(open).code.clone();
            state.refuse(Rejection::AlreadyRegistered { kind: Kind::Break, code });
        }
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        for found in &self.breaks {
            let told = found.ours.iter().chain(&found.theirs).filter_map(|piece| match piece {
                Piece::Line(report, _) | Piece::Balance(report, _) => Some(books.report(*report).received),
                Piece::Event(..) | Piece::Held(..) => None,
            });
            let first_report = told.min().unwrap_or(event.recorded_at.utc_day());
            books.push_break(Break {
                code: format!("B{}", books.breaks.row_count() + 1),
                found: found.clone(),
                seq,
                party: self.whose,
                against: self.against.unwrap_or(event.party),
                first_report,
                opened: event.effective,
                steps: Vec::new(),
                is_between: self.against.is_some(),
            });
        }
    }
}

act_rules!(RecordRun {
    right: Govern, asks: Overseer, seen: Reports, nature: Observation, by_hand: No, periods: Nobody,
    undone: Never("a comparison is made again"),
    line: Words(&["{whose}", "against {against}", "{first} to {last}"]),
    whose(act, _): [Some(act.whose), act.against].into_iter().flatten().collect(),
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"whose": "JOGMEC", "against": "ledger", "first": "2026-02-01", "last": "2026-02-28", "counts": [1, 0, 0,
        0, 0, 1, 0, 0, 1], "breaks": [{"class": "quantity_differs", "reason": "unknown", "material": "NdPr",
        "difference": "-2 t", "effective": "2026-02-03", "ours": ["event 14.0", "held 2026-02-28 Ibaraki NdPr"],
        "theirs": ["JOGMEC/1:1"]}, {"class": "theirs_only", "reason": "missing", "material": "NdPr",
        "effective": "2026-02-04", "ours": [], "theirs": ["JOGMEC/1:2", "JOGMEC/1:=1"]}]}"#,
});
