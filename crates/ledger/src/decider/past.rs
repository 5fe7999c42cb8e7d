//! What a decision looks up of what was recorded, or is about to be.

use std::cell::Cell;
use std::collections::VecDeque;

use books::acts::close::StateDigest;
use books::{AccountNo, Day, Days, Event, Moment, PartyNo, Past, Seq, Sums};
use store::{Store, bundle_entries};

use super::{Decider, InFlight, Pending};
use crate::late::changes_of;
use crate::opened::LedgerError;
use crate::state::State;

/// An event's bytes: from the batch at hand, from one on its way, or from the log.
pub(super) fn entry(
    store: &Store,
    batch: &Pending,
    in_flight: &VecDeque<InFlight>,
    leaf_index: u64,
) -> Result<Vec<u8>, LedgerError> {
    let at_hand = [(batch.first, &batch.bundle, &batch.offsets)].into_iter();
    let on_its_way = in_flight.iter().rev().map(|one| (one.first, &*one.bundle, &one.offsets));
    let found = at_hand.chain(on_its_way).find(|(first, ..)| leaf_index >= *first);
    let bytes = match found {
        None => store.entry(leaf_index)?,
        Some((first, bundle, offsets)) => {
            let offset = offsets.get(usize::try_from(leaf_index - first).unwrap_or(usize::MAX));
            offset.and_then(|offset| bundle_entries(&bundle[*offset as usize..]).next()).map(<[u8]>::to_vec)
        }
    };
    bytes.ok_or(LedgerError::Event { seq: Seq::from_leaf(leaf_index), problem: "not decided yet".into() })
}

/// What a decision looks up. Judging on half a history would be worse than stopping: a failure is kept, and the decision
/// is thrown away.
pub(super) struct PastOf<'d>(pub(super) &'d Decider, pub(super) Cell<Option<LedgerError>>);

impl Past for PastOf<'_> {
    fn event(&self, seq: Seq) -> Option<Event> {
        let is_there = seq > Seq(0) && seq <= self.0.state.books.head();
        if !is_there {
            return None;
        }
        self.0.event(seq).map_err(|error| self.1.set(Some(error))).ok()
    }

    fn days(&self, account: AccountNo, from: Day) -> Days {
        let days = self.0.late.borrow_mut().days(&self.0.state.timeline, self.0.known_head(), account, from);
        days.unwrap_or_else(|error| {
            self.1.set(Some(error.into()));
            Days::default()
        })
    }

    fn changes(&self, account: AccountNo, from: Day) -> Vec<(Seq, Day)> {
        changes_of(&self.0.state.timeline, self.0.known_head(), account, from).unwrap_or_else(|error| {
            self.1.set(Some(error.into()));
            Vec::new()
        })
    }

    fn today(&self, zone: &str, at: Moment) -> Option<Day> {
        Some(wire::date::day_in_zone(at, Some(zone)))
    }

    fn root(&self, size: u64) -> Option<[u8; 32]> {
        self.0.store.root_at(size).unwrap_or_else(|error| {
            self.1.set(Some(error.into()));
            None
        })
    }

    /// Takes as long as the owner has accounts: a hash or two each.
    fn digest(&self, owner: PartyNo, day: Day) -> Option<StateDigest> {
        let State { books, timeline, .. } = &self.0.state;
        let at = |account: AccountNo| match books.account(account).days.at(day) {
            Some(sums) => Ok(sums),
            None => timeline.at(account.0, day.0, books.head().0).map(|[on_hand, encumbered, blocked]| Sums {
                on_hand,
                encumbered,
                blocked,
            }),
        };
        let digest = wire::digest::digest(books, Some(owner), day, at);
        digest.map_err(|error| self.1.set(Some(error.into()))).ok()
    }
}
