//! What the log says, folded: books, ids, history, and where in the log to look. The ledger at work, a copy, an opening and
//! a rebuild all fold here, so that none of them can leave a part out. It knows no disk but that of its history.

use std::sync::{Mutex, PoisonError};

use books::{Books, Encumbrance, Event, Seq, Sums};
use seen::Seen;
use store::{ReadLog, Store};
use timeline::{Posting, Timeline};

use crate::fold::{Posted, fold};
use crate::marks::Marks;
use crate::opened::{KeptIn, LedgerError};
use crate::snapshot::{Rides, Snapshot, is_due};

/// Index pairs that ride on one commit.
const INDEX_BYTES_PER_COMMIT: usize = 256 << 10;
/// Events since the last snapshot that are worth one when the ledger is closed.
const CLOSING_EVENTS_MIN: u64 = 1_000;

/// See the module.
pub(crate) struct State {
    /// The books as of the head.
    pub(crate) books: Books,
    /// The ids of all commands.
    pub(crate) ids: Mutex<Seen>,
    /// Are new ids kept here? Beside the ledger at work they are its own matter.
    pub(crate) keeps_ids: bool,
    /// The history of all accounts.
    pub(crate) timeline: Timeline,
    /// Where in the log to look, where that is kept.
    pub(crate) marks: Option<Marks>,
    /// The snapshot that is on its way into the log.
    pub(crate) snapshot: Snapshot,
    /// The event of the last snapshot; with `None` a new one is due.
    pub(crate) snapshot_at: Option<u64>,
}

/// From which entry of the log on each part of a state has to be folded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Starts {
    pub(crate) ids: u64,
    pub(crate) timeline: u64,
    pub(crate) marks: u64,
}

impl State {
    /// Nothing folded yet but an empty history: what is built anew beside a state at work, which keeps the ids and marks.
    pub(crate) fn empty(store: &Store, timeline: Timeline) -> Result<Self, LedgerError> {
        Ok(Self {
            books: Books::new(),
            ids: Mutex::new(Seen::open(&KeptIn(store))?.0),
            keeps_ids: false,
            timeline,
            marks: None,
            snapshot: Snapshot::default(),
            snapshot_at: None,
        })
    }

    /// Goes on with the books and the history of another fold of the same log.
    pub(crate) fn replace_books(&mut self, other: Self) {
        self.books = other.books;
        self.timeline = other.timeline;
        // What was kept of the old books says nothing about the new ones.
        self.snapshot = Snapshot::default();
        self.snapshot_at = None;
    }

    /// Applies the next event; returns its number.
    pub(crate) fn apply(&mut self, event: &Event) -> Seq {
        self.books.apply(event);
        let seq = self.books.head();
        self.note(seq, event);
        seq
    }

    /// Takes in what the books have of an event already, beside them.
    pub(crate) fn note(&mut self, seq: Seq, event: &Event) {
        if self.keeps_ids {
            self.ids_mut().insert(event.id.0, seq.0 - 1);
        }
        add_postings(&mut self.timeline, seq, event.effective, &event.entries, &event.claims);
        if let Some(marks) = &mut self.marks {
            marks.add(seq, &self.books, event);
        }
    }

    /// Folds what the log has behind the head of the books, before `until`, and for the other parts from where they start.
    pub(crate) fn fold(&mut self, log: &dyn ReadLog, starts: Starts, until: u64) -> Result<(), LedgerError> {
        let books_from = self.books.head().0;
        let marks_from = if self.marks.is_some() { starts.marks } else { u64::MAX };
        let ids_from = if self.keeps_ids { starts.ids } else { u64::MAX };
        let whole_from = books_from.min(marks_from);
        let from = whole_from.min(ids_from).min(starts.timeline);
        fold(log, from, whole_from, |folded| {
            let index = folded.index;
            if index >= until {
                return;
            }
            if index >= ids_from {
                self.ids_mut().insert(folded.id(), index);
            }
            if index >= starts.timeline {
                let Posted { day, entries, claims } = folded.posted();
                add_postings(&mut self.timeline, Seq::from_leaf(index), day, entries, claims);
            }
            if let Some(event) = folded.event() {
                if index >= books_from {
                    self.books.apply(event);
                }
                if let Some(marks) = self.marks.as_mut().filter(|_| index >= marks_from) {
                    marks.add(Seq::from_leaf(index), &self.books, event);
                }
            }
        })
    }

    /// The same for all parts alike: what the log has since this state was folded.
    pub(crate) fn catch_up(&mut self, store: &Store, until: u64) -> Result<(), LedgerError> {
        let head = self.books.head().0;
        self.fold(store, Starts { ids: head, timeline: head, marks: head }, until)
    }

    /// The ids of all commands, without a lock.
    pub(crate) fn ids_mut(&mut self) -> &mut Seen {
        self.ids.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    /// What rides on the next commit: pages of a snapshot, begun here when one is due, and new ids.
    pub(crate) fn rides(&mut self) -> Rides {
        if self.snapshot.seq.is_none() && is_due(&self.books, self.snapshot_at) {
            self.begin_snapshot();
        }
        let (pages, snapshot) = self.snapshot.ride();
        Rides { pages, snapshot, extra: self.ids_mut().take_pairs(INDEX_BYTES_PER_COMMIT) }
    }

    /// Begins a snapshot where nothing more will come and one is worth it, so that the next opening has little to fold.
    pub(crate) fn begin_last_snapshot(&mut self) {
        let head = self.books.head().0;
        if self.snapshot.seq.is_none() && self.snapshot_at.is_none_or(|at| head > at + CLOSING_EVENTS_MIN) {
            self.begin_snapshot();
        }
    }

    fn begin_snapshot(&mut self) {
        self.snapshot = Snapshot::take(&mut self.books);
        self.snapshot_at = self.snapshot.seq;
    }
}

/// Adds entries and claims to the history.
fn add_postings(
    timeline: &mut Timeline,
    seq: Seq,
    effective: books::Day,
    entries: &[books::Entry],
    claims: &[books::Claim],
) {
    changes(effective, entries, claims, |account, day, Sums { on_hand, encumbered, blocked }| {
        timeline.add(Posting { account: account.0, seq: seq.0, day: day.0, change: [on_hand, encumbered, blocked] });
    });
}

/// Calls `each` with what entries and claims change of each account, and on which day.
pub(crate) fn changes(
    effective: books::Day,
    entries: &[books::Entry],
    claims: &[books::Claim],
    mut each: impl FnMut(books::AccountNo, books::Day, Sums),
) {
    for entry in entries {
        let day = entry.day.unwrap_or(effective);
        let units = entry.quantity.units();
        each(entry.source, day, Sums { on_hand: -units, ..Sums::default() });
        each(entry.target, day, Sums { on_hand: units, ..Sums::default() });
    }
    for claim in claims {
        each(claim.account, claim.day.unwrap_or(effective), Encumbrance::change(claim.kind, claim.delta));
    }
}
