//! Ids of commands that a source gives: the same thing said gets the same id for ever, and each new try another one.
//!
//! What one day (or one document) says of a column has numbered places, and each place an id. Whoever looks a thing up
//! goes through the places until one is free: it finds what was posted before, what was refused, and what was taken back.
//! UUID version 8 (RFC 9562), from SHA-256.

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What a figure is known by, beside its column.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Of {
    /// Its day: any number of figures may be said of it.
    Day(String),
    /// The source's own reference: a document number, an event id.
    Document(String),
}

/// Makes the ids of one mapping.
#[derive(Clone, Debug)]
pub(crate) struct Ids {
    name: String,
    party: String,
}

impl Ids {
    pub(crate) fn new(name: &str, party: &str) -> Self {
        Self { name: name.to_owned(), party: party.to_owned() }
    }

    /// Of what the mapping registers: by its place in the list, and how often it was refused before.
    pub(crate) fn register(&self, index: usize, attempt: u32) -> Uuid {
        let attempt = nth(attempt);
        self.made(&["granary import 1"], attempt.as_deref(), &format!("register {index}"), "")
    }

    /// Of a flow or a count.
    pub(crate) fn movement(&self, column: &str, of: &Of, place: u32) -> Uuid {
        let place = nth(place);
        match of {
            Of::Day(day) => self.made(&["granary import 1"], place.as_deref(), column, day),
            Of::Document(document) => self.made(&["granary import document 1"], place.as_deref(), column, document),
        }
    }

    /// Of a change of stock. A figure that goes from A to B and back to A must be posted each time: the id says from what to
    /// what, and the head of the ledger tells the first time from the second.
    pub(crate) fn stock(&self, column: &str, day: &str, said: &[&str; 4]) -> Uuid {
        let [before, figure, head, nth] = *said;
        self.made(&["granary import stock 1", before, figure, head, nth], None, column, day)
    }

    fn made(&self, purpose: &[&str], attempt: Option<&str>, column: &str, day: &str) -> Uuid {
        let own = [self.name.as_str(), self.party.as_str(), column, day];
        hashed(purpose.iter().copied().chain(attempt).chain(own))
    }
}

/// The first place is what the id always was: files that were loaded by earlier releases are known.
fn nth(place: u32) -> Option<String> {
    (place > 0).then(|| format!("place {place}"))
}

/// Reversals of one event that are looked for: who was refused so often does it by hand.
const REVERSALS_MAX: u32 = 16;

/// The id of the reversal of an event, which any load makes alike.
pub(crate) fn reversal(seq: u64, attempt: u32) -> Uuid {
    hashed(["granary import reversal 1", &seq.to_string(), &attempt.to_string()].into_iter())
}

/// The id of the reversal of an event whose load is taken back.
pub(crate) fn undoing(seq: u64, attempt: u32) -> Uuid {
    hashed(["granary import undo 1", &seq.to_string(), &attempt.to_string()].into_iter())
}

/// Is this the reversal of an event whose load was taken back?
pub(crate) fn is_undoing(seq: u64, id: Uuid) -> bool {
    (0..REVERSALS_MAX).any(|attempt| undoing(seq, attempt) == id)
}

/// Is this the reversal of an event by a load, and not one that somebody made by hand?
pub(crate) fn is_reversal(seq: u64, id: Uuid) -> bool {
    (0..REVERSALS_MAX).any(|attempt| reversal(seq, attempt) == id)
}

/// The id of the record of a load of a file, from its first event on.
pub(crate) fn load_id(sha256: &str, first: u64) -> Uuid {
    hashed(["granary import load 1", sha256, &first.to_string()].into_iter())
}

fn hashed<'a>(parts: impl Iterator<Item = &'a str>) -> Uuid {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    let digest: [u8; 32] = hasher.finalize().into();
    Uuid::new_v8(digest[..16].try_into().expect("half of a digest"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_place_of_a_day_keeps_the_id_of_earlier_releases() {
        let ids = Ids::new("flows", "AGENCY");
        let day = Of::Day("2026-03-02".into());
        // Made by the release of 22 November 2026.
        let mut hasher = Sha256::new();
        for part in ["granary import 1", "flows", "AGENCY", "in", "2026-03-02"] {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        let digest: [u8; 32] = hasher.finalize().into();
        let before = Uuid::new_v8(digest[..16].try_into().expect("half of a digest"));
        assert_eq!(ids.movement("in", &day, 0), before);
        assert_ne!(ids.movement("in", &day, 1), before);
        assert_ne!(ids.movement("in", &Of::Document("2026-03-02".into()), 0), before);
    }

    #[test]
    fn a_reversal_by_a_load_is_known_as_one() {
        assert!(is_reversal(7, reversal(7, 0)) && is_reversal(7, reversal(7, 3)));
        assert!(!is_reversal(7, reversal(8, 0)) && !is_reversal(7, Uuid::nil()));
    }
}
