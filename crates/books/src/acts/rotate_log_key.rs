//! The key that signs this ledger's log is rotated: the old key announces the new one, in the log that both sign.

use chain::Rotation;

use super::Ask;
use super::trust_log::joined;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::fact::LogKey;
use crate::fact::Says;
use crate::number::Seq;
use crate::rejection::proof::of_rotation;
use crate::rejection::{Fault, Rejection};

/// Asks to rotate the key.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct RotateLogKey {
    /// The announcement, signed by both keys, line by line. Auditors read it out of the entry: see `auditor/src/entry.rs`.
    #[n(0)]
    pub announcement: Vec<String>,
}

impl RotateLogKey {
    pub(crate) fn decide(&self, who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let books = who.books;
        let mut shape = who.shape()?;
        let rotation = Rotation::parse(joined(&self.announcement).as_bytes())
            .map_err(|error| Rejection::invalid("announcement", of_rotation(&error)));
        let Some(rotation) = shape.note(rotation) else { return Err(shape.stop()) };
        let mut invalid = |fault| shape.invalid("announcement", fault);
        if rotation.old().name() != books.origin() {
            invalid(Fault::OfOtherLog { log: rotation.old().name().to_owned() });
        }
        let keys = books.log_keys();
        let old = rotation.old().to_string();
        if let Some(last) = keys.last().filter(|last| last.key != old) {
            invalid(Fault::KeyNotInForce { expected: last.key.clone(), event: last.seq, key: old });
        }
        let new = rotation.new_key().to_string();
        if keys.iter().any(|row| row.key == new || row.before == new) {
            invalid(Fault::KeyWasInForce { key: new });
        }
        shape.state()?.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, _: &Event) {
        let rotation = Rotation::parse(joined(&self.announcement).as_bytes()).expect("decided: both keys signed it");
        let (before, key) = (rotation.old().to_string(), rotation.new_key().to_string());
        books.log_keys.push(LogKey { seq, before, key });
    }
}

act_rules!(RotateLogKey {
    right: Govern, asks: Secretariat, seen: Everybody, nature: Decision, by_hand: No, periods: Nobody,
    undone: By(&["rotate_log_key"]),
    line: Words(&["to the next key"]),
    whose(_, _): Vec::new(),
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): Some(Says::default()),
    example: r#"{"announcement": ["granary-log-key/1", "origin example.org/acts", "..."]}"#,
});
