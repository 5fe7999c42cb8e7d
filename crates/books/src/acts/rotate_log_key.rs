//! The key that signs this ledger's log is rotated: the old key announces the new one, in the log that both sign.

use chain::Rotation;

use super::Ask;
use super::trust_log::joined;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::Draft;
use crate::event::Event;
use crate::fact::LogKey;
use crate::fact::Says;
use crate::number::Seq;
use crate::party::Role;
use crate::rejection::Rejection;

/// Asks to rotate the key.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct RotateLogKey {
    /// The announcement, signed by both keys, line by line. Auditors read it out of the entry: see `auditor/src/entry.rs`.
    #[n(0)]
    pub announcement: Vec<String>,
}

impl RotateLogKey {
    pub(crate) fn decide(&self, draft: &mut Draft<'_>, ask: &Ask<'_>) -> Result<(), Rejection> {
        let invalid = |problem: String| Rejection::Invalid { field: "announcement", problem };
        if draft.books.party(ask.party).role != Role::Secretariat {
            return Err(Rejection::RoleNotPermitted { party: ask.party });
        }
        let rotation =
            Rotation::parse(joined(&self.announcement).as_bytes()).map_err(|error| invalid(causes::told(&error)))?;
        if rotation.old().name() != draft.books.origin() {
            return Err(invalid(format!("is of another log, `{}`", rotation.old().name())));
        }
        let keys = draft.books.log_keys();
        let old = rotation.old().to_string();
        if let Some(last) = keys.last()
            && last.key != old
        {
            return Err(invalid(format!("begins at `{old}`, and `{}` is in force since event {}", last.key, last.seq)));
        }
        let new = rotation.new_key().to_string();
        if keys.iter().any(|row| row.key == new || row.before == new) {
            return Err(invalid(format!("`{new}` was in force before")));
        }
        Ok(())
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
    reference(_, _): None,
    says(_): Some(Says::default()),
    example: r#"{"announcement": ["granary-log-key/1", "origin example.org/acts", "..."]}"#,
});
