//! What the history says of accounts, for a question on its way: a little is looked up under each read, and kept.
//!
//! Whoever asks for more than one read may look up is given nothing instead, and what it then comes to is thrown away: the rest
//! is looked up under reads of its own, and the question begins anew with all of it at hand. So no question over many accounts
//! holds up whoever waits for the books, however it goes over them.

use std::collections::{HashMap, HashSet};
use std::mem;

use books::{AccountNo, Day, Seq, Sums};

use super::{Source, look};
use crate::history::HistoryError;
use crate::problem::Problem;
use crate::view::View;

/// Accounts that are looked up in the history under one read.
pub(super) const LOOKED_UP_A_READ: usize = 64;

/// How often that is doubled at most.
const DOUBLED_MAX: u32 = 6;

/// What was to be looked up, and was too much for one read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Missing {
    /// Sums as of a day, as known at the head, whichever it is by then.
    Now(AccountNo, Day),
    /// Sums as of a day, as known at an event before.
    Then(AccountNo, Day, Seq),
    /// Changes, as known at the head.
    Changes(AccountNo),
}

/// See the module.
#[derive(Default)]
pub(super) struct LookedUp {
    /// As of days, as known at the head.
    now: HashMap<(AccountNo, Day), Sums>,
    /// As of days, as known at events before.
    then: HashMap<(AccountNo, Day, Seq), Sums>,
    /// Changes, as known at the head.
    changes: HashMap<AccountNo, Vec<(Seq, Day)>>,
    /// The last event that is in all this.
    head: Seq,
    /// How much this read may still look up.
    left: usize,
    /// How often a read has had too little.
    begun_anew: u32,
    missing: HashSet<Missing>,
}

impl LookedUp {
    /// Begins another read: forgets what has changed since the last one.
    pub(super) fn begin(&mut self, view: &dyn View) {
        let head = view.books().head();
        if head > self.head && !(self.now.is_empty() && self.changes.is_empty()) {
            let mut changed = HashSet::new();
            let is_at_hand = view.recent(self.head, &mut |_, event| {
                changed.extend(event.entries.iter().flat_map(|entry| [entry.source, entry.target]));
                changed.extend(event.claims.iter().map(|claim| claim.account));
            });
            self.now.retain(|(account, _), _| is_at_hand && !changed.contains(account));
            self.changes.retain(|account, _| is_at_hand && !changed.contains(account));
        }
        // While somebody writes, so much may change between two reads that one of them has to look up more.
        (self.head, self.left) = (head, LOOKED_UP_A_READ << self.begun_anew.min(DOUBLED_MAX));
    }

    /// See [`History::at`](crate::History::at); nothing where it is missing.
    pub(super) fn at(
        &mut self,
        view: &dyn View,
        account: AccountNo,
        day: Day,
        known_at: Seq,
    ) -> Result<Sums, HistoryError> {
        let is_now = known_at >= self.head;
        let known = if is_now { self.now.get(&(account, day)) } else { self.then.get(&(account, day, known_at)) };
        if let Some(sums) = known {
            return Ok(*sums);
        }
        let Some(left) = self.left.checked_sub(1) else {
            let then = Missing::Then(account, day, known_at);
            self.missing.insert(if is_now { Missing::Now(account, day) } else { then });
            return Ok(Sums::default());
        };
        self.left = left;
        let sums = view.at(account, day, known_at.min(self.head))?;
        match is_now {
            true => drop(self.now.insert((account, day), sums)),
            false => drop(self.then.insert((account, day, known_at), sums)),
        }
        Ok(sums)
    }

    /// See [`History::changes`](crate::History::changes); nothing where it is missing.
    pub(super) fn changes(
        &mut self,
        view: &dyn View,
        account: AccountNo,
        known_at: Seq,
    ) -> Result<Vec<(Seq, Day)>, HistoryError> {
        if !self.changes.contains_key(&account) {
            let Some(left) = self.left.checked_sub(1) else {
                self.missing.insert(Missing::Changes(account));
                return Ok(Vec::new());
            };
            self.left = left;
            self.changes.insert(account, view.changes(account, self.head)?);
        }
        Ok(self.changes[&account].iter().copied().filter(|(seq, _)| *seq <= known_at).collect())
    }

    /// Was something missing since it was last taken?
    pub(super) fn lacks(&self) -> bool {
        !self.missing.is_empty()
    }

    /// What was missing.
    pub(super) fn take_missing(&mut self) -> Vec<Missing> {
        mem::take(&mut self.missing).into_iter().collect()
    }

    /// Looks up what was missing of a whole question, which begins anew.
    pub(super) fn fill_and_begin_anew(&mut self, source: &dyn Source, missing: &[Missing]) -> Result<(), Problem> {
        self.fill(source, missing)?;
        self.begun_anew += 1;
        Ok(())
    }

    /// Looks up what was missing, in short reads.
    pub(super) fn fill(&mut self, source: &dyn Source, missing: &[Missing]) -> Result<(), Problem> {
        for some in missing.chunks(LOOKED_UP_A_READ) {
            look(source, |view| {
                self.begin(view);
                some.iter().try_for_each(|missing| match *missing {
                    Missing::Now(account, day) => self.at(view, account, day, Seq(u64::MAX)).map(drop),
                    Missing::Then(account, day, known_at) => self.at(view, account, day, known_at).map(drop),
                    Missing::Changes(account) => self.changes(view, account, Seq(u64::MAX)).map(drop),
                })
            })??;
        }
        Ok(())
    }
}
