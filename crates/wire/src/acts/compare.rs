//! Comparisons, breaks, and what people match by hand.

use books::acts as numbered;

use super::words::{CloseBy, DifferenceClass, DifferenceReason};

super::object! {
    /// A difference that a comparison found.
    FoundBreak {
        /// What the comparison said.
        class: DifferenceClass,
        /// The reason that the lines themselves show.
        reason: DifferenceReason,
        /// The material.
        material: String,
        /// Ours less theirs, with its unit and sign; absent where the two cannot be compared.
        difference: Option<String>,
        /// The day the movement took effect: the earlier one where two are told.
        effective: String,
        /// Our pieces: `event 12.0`, `PARTY/7:3` or `held 2026-03-31 SITE MATERIAL`.
        ours: Vec<String>,
        /// Their pieces: `PARTY/7:3`, or `PARTY/7:=2` for a stated closing.
        theirs: Vec<String>,
        /// The closed break that it comes back to.
        follows: Option<String>,
    }

    /// A comparison is recorded, with the breaks it found.
    RecordRun {
        /// Whose record was compared.
        whose: String,
        /// With whose; with the books where absent.
        against: Option<String>,
        /// First day.
        first: String,
        /// Last day.
        last: String,
        /// How many groups of lines are of each class: matched, rounding, within tolerance, date, basis or unit, quantity,
        /// duplicate, ours only, theirs only.
        counts: Vec<u64>,
        /// The differences that were not known before.
        breaks: Option<Vec<FoundBreak>>,
    }

    /// A break gets its reason.
    ExplainBreak {
        /// Which break, as `B17`.
        number: String,
        /// Why the records differ.
        reason: DifferenceReason,
        /// In words.
        note: Option<String>,
    }

    /// A break gets its owner.
    AssignBreak {
        /// Which break.
        number: String,
        /// The person who becomes responsible.
        owner: String,
    }

    /// A party agrees to a difference.
    AgreeBreak {
        /// Which break.
        number: String,
        /// In words.
        note: Option<String>,
    }

    /// A break is resolved or written off.
    CloseBreak {
        /// Which break.
        number: String,
        /// How.
        how: CloseBy,
        /// What arrived, or what corrects: `PARTY/8:1`, `event 40.0`.
        by: Option<String>,
        /// What allows a write-off.
        authority: Option<String>,
        /// In words.
        note: Option<String>,
    }

    /// A closed break is come back to: another one is opened that follows it.
    ReopenBreak {
        /// Which break.
        number: String,
        /// Why.
        note: String,
    }

    /// Lines of two records are matched by hand.
    MatchLines {
        /// Whose record is compared.
        whose: String,
        /// Pieces of our side.
        ours: Vec<String>,
        /// Pieces of theirs.
        theirs: Vec<String>,
        /// Why.
        note: String,
    }

    /// A match by hand is taken back.
    UnmatchLines {
        /// Which match, as `M3`.
        number: String,
        /// Why.
        note: String,
    }
}

super::form::form! {
    FoundBreak = books::difference::Found {
        class: Word,
        reason: Word,
        material: Material,
        difference: Signed(material),
        effective: Day,
        ours: Piece,
        theirs: Piece,
        follows: Break,
    }
    RecordRun = numbered::record_run::RecordRun {
        whose: Party,
        against: Party,
        first: Day,
        last: Day,
        counts: Same,
        breaks: Item,
    }
    ExplainBreak = numbered::breaks::ExplainBreak {
        number: Break,
        reason: Word,
        note: Same,
    }
    AssignBreak = numbered::breaks::AssignBreak {
        number: Break,
        owner: Same,
    }
    AgreeBreak = numbered::breaks::AgreeBreak {
        number: Break,
        note: Same,
    }
    CloseBreak = numbered::breaks::CloseBreak {
        number: Break,
        how: Word,
        by: Piece,
        authority: Authority,
        note: Same,
    }
    ReopenBreak = numbered::breaks::ReopenBreak {
        number: Break,
        note: Same,
    }
    MatchLines = numbered::match_lines::MatchLines {
        whose: Party,
        ours: Piece,
        theirs: Piece,
        note: Same,
    }
    UnmatchLines = numbered::match_lines::UnmatchLines {
        number: Match,
        note: Same,
    }
}
