//! Lines of two records are joined by a person, whatever the rules of matching would say; and taken apart again.

use super::Ask;
use super::pieces::about;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::difference::HandMatch;
use crate::draft::steps::{Judged, Shape, Who};
use crate::event::Event;
use crate::number::{MatchNo, PartyNo, Seq};
use crate::rejection::{Fault, Kind, Rejection};
use crate::report::Piece;

/// Asks to join lines.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct MatchLines {
    /// Whose record is compared.
    #[n(0)]
    pub whose: PartyNo,
    /// Pieces of our side.
    #[n(1)]
    pub ours: Vec<Piece>,
    /// Pieces of theirs.
    #[n(2)]
    pub theirs: Vec<Piece>,
    /// Why.
    #[n(3)]
    pub note: String,
}

/// Asks to take a match back.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct UnmatchLines {
    /// Which match.
    #[n(0)]
    pub number: MatchNo,
    /// Why.
    #[n(1)]
    pub note: String,
}

impl MatchLines {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        who.may_compare(self.whose);
        let mut shape = who.shape()?;
        shape.text("note", &self.note);
        if self.ours.is_empty() || self.theirs.is_empty() {
            shape.invalid("theirs", Fault::OneSided);
        }
        let mut pieces: Vec<Piece> = self.ours.iter().chain(&self.theirs).copied().collect();
        pieces.sort_unstable();
        if pieces.windows(2).any(|pair| pair[0] == pair[1]) {
            shape.invalid("theirs", Fault::LineTwice);
        }
        self.check_sides(&mut shape, ask);
        let mut state = shape.state()?;
        if let Some(other) = pieces.iter().find_map(|piece| state.books.match_of(*piece)) {
            let code = state.books.hand_match(other).code.clone();
            state.refuse(Rejection::AlreadyRegistered { kind: Kind::Match, code });
        }
        state.done()
    }

    /// Theirs is told by the party that is compared, ours by the books or another party; and all of it is one material.
    /// Whatever else were joined would never be compared.
    fn check_sides(&self, shape: &mut Shape<'_, '_>, ask: &Ask<'_>) {
        let mut material = None;
        for (field, pieces, is_theirs) in [("ours", &self.ours, false), ("theirs", &self.theirs, true)] {
            for piece in pieces {
                let Some(found) = shape.note(about(shape.books, ask, *piece)) else { continue };
                let Some(found) = found else {
                    shape.invalid(field, Fault::MovesNothing);
                    continue;
                };
                let is_told = matches!(piece, Piece::Line(..) | Piece::Balance(..));
                let is_own = found.party.is_none_or(|party| party == self.whose);
                match is_theirs {
                    true if !is_told || !is_own => {
                        shape.invalid(field, Fault::NotTheirLine);
                    }
                    // The books hold no place of their own for a closing of some lots: there the stated one stands for it.
                    false if is_told && is_own && !matches!(piece, Piece::Balance(..)) => {
                        shape.invalid(field, Fault::OwnLine);
                    }
                    false if !is_told && !is_own => shape.invalid(field, Fault::OthersMovement),
                    _ => {}
                }
                if *material.get_or_insert(found.material) != found.material {
                    shape.invalid(field, Fault::OtherMaterialThanLines);
                }
            }
        }
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, _: &Event) {
        let Self { whose: party, ours, theirs, note } = self.clone();
        let code = format!("M{}", books.hand_matches.row_count() + 1);
        books.push_match(HandMatch { code, seq, party, ours, theirs, note, undone: None });
    }
}

act_rules!(MatchLines {
    right: Write, asks: Overseer, seen: Reports, nature: Decision, by_hand: No, periods: Nobody,
    undone: By(&["unmatch_lines"]),
    line: Words(&["{whose}", "{ours}", "and {theirs}:", "{note}"]),
    whose(act, _): vec![act.whose],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"whose": "JOGMEC", "ours": ["event 14.1"], "theirs": ["JOGMEC/1:1"], "note": "by phone"}"#,
});

impl UnmatchLines {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        let row = who.books.hand_match(self.number);
        who.may_compare(row.party);
        let mut shape = who.shape()?;
        shape.text("note", &self.note);
        let mut state = shape.state()?;
        if row.undone.is_some() {
            state.refuse(Rejection::Ended { kind: Kind::Match, row: self.number.0, day: ask.effective });
        }
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, _: &Event) {
        books.hand_matches.row_mut(self.number.0).undone = Some(seq);
    }
}

act_rules!(UnmatchLines {
    right: Write, asks: Overseer, seen: Reports, nature: Decision, by_hand: No, periods: Nobody,
    undone: By(&["match_lines"]),
    line: Words(&["{number}", "{note}"]),
    whose(act, books): vec![books.hand_match(act.number).party],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"number": "M1", "note": "by phone again"}"#,
});

impl Books {
    /// The match by hand that holds a piece, where it was not taken back.
    #[must_use]
    pub fn match_of(&self, piece: Piece) -> Option<MatchNo> {
        let holds =
            |row: &HandMatch| row.undone.is_none() && (row.ours.contains(&piece) || row.theirs.contains(&piece));
        let row = self.hand_matches.rows().iter().position(holds)?;
        u32::try_from(row).ok().map(MatchNo)
    }
}
