//! What is tried on the books can be taken back: a group of which one is refused, or what nobody means yet.
//!
//! While a trial is under way, each table and each index keeps what it changes as it was before. Trials may lie within each
//! other. To begin one costs a look at each table; to take one back costs what it changed, and not what the books hold.

use std::collections::BTreeMap;
use std::hash::Hash;
use std::ops::Deref;

use rustc_hash::FxHashMap;

use crate::account::Encumbrance;
use crate::acts::close::StateDigest;
use crate::days::{Days, Sums};
use crate::event::{Event, Past};
use crate::number::{AccountNo, CommandId, Day, Moment, PartyNo, Seq};

/// Something of which a trial can be taken back.
pub(crate) trait Tried {
    /// From now on it keeps what it changes.
    fn begin(&mut self);

    /// What was changed since the innermost trial began stays.
    fn keep(&mut self);

    /// It is again what it was when the innermost trial began.
    fn undo(&mut self);
}

/// A map of an index. It is read as the map that it is, and changed by what keeps trials.
#[derive(Clone, Debug)]
pub(crate) struct Keyed<K, V> {
    map: FxHashMap<K, V>,
    /// Where the trials under way began, the innermost last.
    trials: Vec<usize>,
    /// What keys had before they were changed in a trial.
    changed: Vec<(K, Option<V>)>,
}

impl<K, V> Default for Keyed<K, V> {
    fn default() -> Self {
        Self { map: FxHashMap::default(), trials: Vec::new(), changed: Vec::new() }
    }
}

impl<K, V> Deref for Keyed<K, V> {
    type Target = FxHashMap<K, V>;

    fn deref(&self) -> &Self::Target {
        &self.map
    }
}

impl<K: Clone + Eq + Hash, V: Clone> Keyed<K, V> {
    fn note(&mut self, key: &K) {
        if !self.trials.is_empty() {
            self.changed.push((key.clone(), self.map.get(key).cloned()));
        }
    }

    pub(crate) fn insert(&mut self, key: K, value: V) {
        self.note(&key);
        self.map.insert(key, value);
    }

    pub(crate) fn remove(&mut self, key: &K) {
        self.note(key);
        self.map.remove(key);
    }

    /// The value of a key; a new one where it has none.
    pub(crate) fn or_insert_with(&mut self, key: K, value: impl FnOnce() -> V) -> &mut V {
        self.note(&key);
        self.map.entry(key).or_insert_with(value)
    }

    /// The value of a key; an empty one where it has none.
    pub(crate) fn or_default(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        self.or_insert_with(key, V::default)
    }

    pub(crate) fn reserve(&mut self, count: usize) {
        self.map.reserve(count);
    }
}

impl<K: Clone + Eq + Hash, V: Clone> Tried for Keyed<K, V> {
    fn begin(&mut self) {
        self.trials.push(self.changed.len());
    }

    fn keep(&mut self) {
        self.trials.pop();
        if self.trials.is_empty() {
            self.changed.clear();
        }
    }

    fn undo(&mut self) {
        let Some(begun) = self.trials.pop() else { return };
        for (key, was) in self.changed.drain(begun..).rev() {
            match was {
                Some(value) => self.map.insert(key, value),
                None => self.map.remove(&key),
            };
        }
    }
}

/// Events that were applied to the books and stand nowhere else: what a decision must find beside what is recorded.
#[derive(Debug, Default)]
pub struct Tries {
    head: Seq,
    events: Vec<Event>,
    changes: FxHashMap<AccountNo, Changes>,
}

/// What was tried on an account.
#[derive(Debug, Default)]
struct Changes {
    by_day: BTreeMap<Day, Sums>,
    events: Vec<(Seq, Day)>,
}

impl Tries {
    /// Of nothing yet, behind the last event that is recorded.
    #[must_use]
    pub fn after(head: Seq) -> Self {
        Self { head, ..Self::default() }
    }

    /// The last event that is recorded.
    #[must_use]
    pub fn recorded_head(&self) -> Seq {
        self.head
    }

    /// The event at a place of the log, where it is one of these.
    #[must_use]
    pub fn event(&self, seq: Seq) -> Option<&Event> {
        let place = seq.0.checked_sub(self.head.0 + 1)?;
        self.events.get(usize::try_from(place).ok()?)
    }

    /// The event of a party's command, or of anybody's, where it is one of these.
    #[must_use]
    pub fn find(&self, id: CommandId, by: Option<PartyNo>) -> Option<Seq> {
        let is_it = |event: &Event| event.id == id && by.is_none_or(|by| by == event.party);
        let place = self.events.iter().position(is_it)?;
        Some(Seq(self.head.0 + place as u64 + 1))
    }

    /// Takes the events out.
    #[must_use]
    pub fn into_events(self) -> Vec<Event> {
        self.events
    }

    /// Adds what was applied last.
    pub fn push(&mut self, event: Event) {
        let seq = Seq(self.head.0 + self.events.len() as u64 + 1);
        for entry in &event.entries {
            let day = entry.day.unwrap_or(event.effective);
            let units = entry.quantity.units();
            for (account, on_hand) in [(entry.source, -units), (entry.target, units)] {
                self.change(account, (seq, day), Sums { on_hand, ..Sums::default() });
            }
        }
        for claim in &event.claims {
            let day = claim.day.unwrap_or(event.effective);
            self.change(claim.account, (seq, day), Encumbrance::change(claim.kind, claim.delta));
        }
        self.events.push(event);
    }

    /// Forgets what came after an event.
    pub fn truncate_after(&mut self, seq: Seq) {
        let count = usize::try_from(seq.0.saturating_sub(self.head.0)).unwrap_or(usize::MAX);
        let kept: Vec<Event> = self.events.drain(..count.min(self.events.len())).collect();
        *self = Self::after(self.head);
        kept.into_iter().for_each(|event| self.push(event));
    }

    fn change(&mut self, account: AccountNo, at: (Seq, Day), change: Sums) {
        let Changes { by_day, events } = self.changes.entry(account).or_default();
        let sums = by_day.entry(at.1).or_default();
        *sums = sums.checked_add(&change).expect("decided: the sums stay in range");
        events.push(at);
    }

    /// What is recorded, and these behind it.
    #[must_use]
    pub fn behind<'p>(&'p self, past: &'p dyn Past) -> Behind<'p> {
        Behind { past, tries: self }
    }
}

/// A past with what was tried after it.
pub struct Behind<'p> {
    past: &'p dyn Past,
    tries: &'p Tries,
}

impl Past for Behind<'_> {
    fn event(&self, seq: Seq) -> Option<Event> {
        match seq > self.tries.head {
            false => self.past.event(seq),
            true => self.tries.event(seq).cloned(),
        }
    }

    fn days(&self, account: AccountNo, from: Day) -> Days {
        let recorded = self.past.days(account, from);
        let Some(tried) = self.tries.changes.get(&account) else { return recorded };
        let first = recorded.rows().first().map(|row| row.day).filter(|first| *first <= from);
        let mut days = recorded;
        for (day, change) in &tried.by_day {
            match first {
                // What came before the first of these rows is in all of them.
                Some(first) if *day < first => days.add(first, change),
                Some(_) | None => days.add(*day, change),
            }
        }
        days
    }

    fn changes(&self, account: AccountNo, from: Day) -> Vec<(Seq, Day)> {
        let mut changes = self.past.changes(account, from);
        let tried = self.tries.changes.get(&account).into_iter().flat_map(|changes| &changes.events);
        changes.extend(tried.filter(|(_, day)| *day >= from));
        changes.sort_unstable();
        changes.dedup();
        changes
    }

    fn root(&self, size: u64) -> Option<[u8; 32]> {
        self.past.root(size)
    }

    /// Of what nobody has recorded there is none.
    fn digest(&self, owner: PartyNo, day: Day) -> Option<StateDigest> {
        if self.tries.events.is_empty() { self.past.digest(owner, day) } else { None }
    }

    fn today(&self, zone: &str, at: Moment) -> Option<Day> {
        self.past.today(zone, at)
    }
}

#[cfg(test)]
mod tests;
