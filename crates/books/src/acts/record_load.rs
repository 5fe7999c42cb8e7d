//! A load of a file is recorded: which file and mapping, what became of its lines, and which event came from which line.
//!
//! It changes nothing: the movements did. It lets anybody go from a movement to its line of a file whose hash the log holds,
//! and take back exactly what one load brought.

use super::Ask;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::limits::LINE_COUNT_MAX;
use crate::number::{PartyNo, Seq};
use crate::rejection::Fault;
use crate::report::FileHash;

/// Asks to record a load, or a part of one.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct RecordLoad {
    /// Whose stock it moved.
    #[n(0)]
    pub whose: PartyNo,
    /// What the file is called.
    #[n(1)]
    pub file: String,
    /// SHA-256 of the file.
    #[n(2)]
    pub file_hash: FileHash,
    /// Name of the mapping.
    #[n(3)]
    pub mapping: String,
    /// SHA-256 of the mapping.
    #[n(4)]
    pub mapping_hash: FileHash,
    /// How many lines were taken, as the books had them, refused, skipped, unreadable.
    #[n(5)]
    pub lines: Vec<u64>,
    /// What came of it, in the order of the log.
    #[n(6)]
    pub moved: Vec<Run>,
    /// The load that it goes on from, where one record does not hold all of it.
    #[n(7)]
    pub continues: Option<u64>,
    /// The load that it takes back.
    #[n(8)]
    pub undoes: Option<u64>,
}

/// Events that came one after the other from lines one after the other, as many from each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Run {
    /// The first event.
    #[n(0)]
    pub first: u64,
    /// Its line in the file, from 1; 0 for what the mapping registers.
    #[n(1)]
    pub line: u32,
    /// How many events.
    #[n(2)]
    pub count: u32,
    /// How many of them came from each line.
    #[n(3)]
    pub each: u32,
}

impl RecordLoad {
    /// How many kinds of lines are counted.
    pub const LINE_KINDS: usize = 5;

    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        who.may_write(self.whose, None);
        let head = who.books.head();
        let mut shape = who.shape()?;
        shape.text("file", &self.file);
        shape.text("mapping", &self.mapping);
        if self.lines.len() != Self::LINE_KINDS {
            shape.invalid("lines", Fault::FiveNumbers);
        }
        if self.moved.len() > LINE_COUNT_MAX {
            shape.invalid("moved", Fault::GoesOnInAnother { most: LINE_COUNT_MAX });
        }
        let last = |run: &Run| run.first.checked_add(u64::from(run.count));
        let is_recorded = |run: &Run| {
            run.first > 0 && run.count > 0 && run.each > 0 && last(run).is_some_and(|last| last <= head.0 + 1)
        };
        if !self.moved.iter().all(is_recorded) {
            shape.invalid("moved", Fault::EventNotRecorded);
        }
        if !self.moved.windows(2).all(|runs| last(&runs[0]).is_some_and(|last| last <= runs[1].first)) {
            shape.invalid("moved", Fault::EventsOutOfOrder);
        }
        for (field, load) in [("continues", self.continues), ("undoes", self.undoes)] {
            if load.is_some_and(|load| load == 0 || load > head.0) {
                shape.invalid(field, Fault::EventNotRecorded);
            }
        }
        shape.state()?.done()
    }

    pub(crate) fn apply(&self, _: &mut Books, _: Seq, _: &Event) {}
}

impl Run {
    /// The line of an event, where it is one of these.
    #[must_use]
    pub fn line_of(&self, seq: u64) -> Option<u64> {
        let place = seq.checked_sub(self.first).filter(|place| *place < u64::from(self.count))?;
        Some(u64::from(self.line) + place / u64::from(self.each.max(1)))
    }
}

act_rules!(RecordLoad {
    right: Write, asks: Holder, seen: Reports, nature: Observation, by_hand: No, periods: Nobody,
    undone: By(&["record_load"]),
    line: Words(&["{file}", "by {mapping}", "undoes {undoes}"]),
    whose(act, _): vec![act.whose],
    uses(_, _): Vec::new(),
    reference(act, _): Some(act.file.as_str()),
    says(_): None,
    example: r#"{"whose": "JOGMEC", "file": "march.csv",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "mapping": "weekly",
        "mapping_sha256": "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752", "lines": [1, 0, 0, 0, 0],
        "moved": [{"first": 12, "line": 2, "count": 1, "each": 1}], "continues": 12, "undoes": 12}"#,
});
