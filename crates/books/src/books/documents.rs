//! Has a document come before, under another id? Nobody is refused for it: two loads of one day may well be alike. And does what
//! was measured contradict what was made of it?
//!
//! Each account keeps the last documents that moved it, by a hash; what is found by it is compared with the event itself.

use super::Books;
use measure::Quantity;

use crate::acts::Act;
use crate::acts::assay::RecordAssay;
use crate::acts::transform::impossible_yield;
use crate::event::{Entry, Event, Outcome, Past};
use crate::number::{AccountNo, Seq};
use crate::place::Place;
use crate::rejection::Facts;

/// Documents that an account keeps.
const DOCUMENTS_MAX: usize = 32;

/// A document that moved an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Document {
    /// Of what it says.
    #[n(0)]
    hash: u64,
    /// The event that says it.
    #[n(1)]
    seq: Seq,
}

impl Books {
    /// What a measurement tells of a conversion: that more came out than its feed holds, by what is known now.
    #[must_use]
    pub fn impossible_yield(&self, event: &Event, past: &dyn Past) -> Option<Facts> {
        let Outcome::Done(Act::RecordAssay(_) | Act::Correct(_) | Act::Approve(_)) = &event.outcome else {
            return None;
        };
        impossible_yield(self, past, event)
    }

    /// An event that says what this one says: the same act of the same party on the same day, which moves the same and names
    /// the same document, and was not reversed.
    #[must_use]
    pub fn same_document(&self, event: &Event, past: &dyn Past) -> Option<Seq> {
        let (account, hash) = self.document(event)?;
        let documents = self.accounts.get(account.0)?.documents.as_ref()?;
        let found = documents.iter().rev().filter(|known| known.hash == hash && self.reversed_by(known.seq).is_none());
        found.map(|known| known.seq).find(|seq| past.event(*seq).is_some_and(|other| self.is_same(event, &other)))
    }

    fn is_same(&self, event: &Event, other: &Event) -> bool {
        let days = |event: &Event| -> Vec<_> {
            let day = |entry: &Entry| entry.day.unwrap_or(event.effective);
            moved(event).map(|entry| (self.legs(entry), entry.quantity, day(entry))).collect()
        };
        (event.party, event.effective, event.outcome.word()) == (other.party, other.effective, other.outcome.word())
            && reference(event, self) == reference(other, self)
            && days(event) == days(other)
            && said_alone(event) == said_alone(other)
    }

    /// Keeps the document of an event.
    pub(super) fn keep_document(&mut self, seq: Seq, event: &Event) {
        let Some((account, hash)) = self.document(event) else { return };
        let documents = self.accounts.row_mut(account.0).documents.get_or_insert_default();
        if documents.len() == DOCUMENTS_MAX {
            documents.remove(0);
        }
        documents.push(Document { hash, seq });
    }

    /// The accounts of an entry. Each dispatch and each loan is a place of its own, and no two documents are apart for that.
    fn legs(&self, entry: &Entry) -> [Option<AccountNo>; 2] {
        let is_away = |account: AccountNo| {
            let row = self.accounts.get(account.0)?;
            Some(matches!(self.place(row.key.place), Place::Transit(_) | Place::Loan(_)))
        };
        [entry.source, entry.target].map(|account| Some(account).filter(|account| is_away(*account) == Some(false)))
    }

    /// The account under which a document is found, and its hash.
    fn document(&self, event: &Event) -> Option<(AccountNo, u64)> {
        let reference = reference(event, self)?;
        let of_lot = || self.accounts_of(said_alone(event)?.lot).first().copied();
        let account = moved(event).flat_map(|entry| self.legs(entry)).flatten().next().or_else(of_lot)?;
        let mut hash = Hash(0xcbf2_9ce4_8422_2325);
        hash.add(reference.as_bytes());
        hash.add(event.outcome.word().unwrap_or_default().as_bytes());
        hash.add(&event.party.0.to_be_bytes());
        hash.add(&event.effective.0.to_be_bytes());
        for entry in moved(event) {
            for leg in self.legs(entry) {
                hash.add(&leg.map_or(u32::MAX, |account| account.0).to_be_bytes());
            }
            hash.add(&entry.quantity.units().to_be_bytes());
        }
        Some((account, hash.0))
    }
}

/// What an event says of a lot without moving any of it.
fn said_alone(event: &Event) -> Option<&RecordAssay> {
    match &event.outcome {
        Outcome::Done(Act::RecordAssay(act)) => Some(act),
        Outcome::Done(_) | Outcome::Held(_) | Outcome::Refused(_) | Outcome::Moved(..) => None,
    }
}

/// What an event moves by itself: what keeps a count depends on what came meanwhile.
fn moved(event: &Event) -> impl Iterator<Item = &Entry> {
    event.entries.iter().filter(|entry| entry.keeps.is_none())
}

/// The document that an event names. The code of a dispatch or a loan is none: it comes with each part that arrives.
fn reference<'e>(event: &'e Event, books: &'e Books) -> Option<&'e str> {
    match &event.outcome {
        Outcome::Moved(_, reference) => reference.as_deref(),
        Outcome::Done(Act::Dispatch(act)) => act.reference.as_deref(),
        // Of what nothing was on its way, no second part comes.
        Outcome::Done(Act::Arrive(act)) if act.lines.iter().all(|line| line.shipped == Some(Quantity::ZERO)) => {
            act.reference.as_deref().or(Some(books.place_code(act.dispatch)))
        }
        Outcome::Done(Act::Arrive(act)) => act.reference.as_deref(),
        Outcome::Done(Act::Lend(act)) => act.reference.as_deref(),
        Outcome::Done(Act::ReturnLoan(act)) => act.reference.as_deref(),
        // A certificate of a laboratory.
        Outcome::Done(Act::RecordAssay(act)) => act.reference.as_deref(),
        Outcome::Done(Act::Stocktake(_)) => None,
        Outcome::Done(act) => act.reference(books),
        Outcome::Held(_) | Outcome::Refused(_) => None,
    }
}

/// FNV-1a.
struct Hash(u64);

impl Hash {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes.len().to_be_bytes().iter().chain(bytes) {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
}
