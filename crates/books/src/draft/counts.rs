//! Counts stand: what an act changes before a count, it does not change from the count on.
//!
//! For each entry the counts behind it are gone through in the order of what happened. The first that stands takes what
//! arrives at it, with an entry of the same event between the account and the count difference; one that was taken back
//! later takes it for the days on which it stood.

use std::collections::BTreeMap;

use measure::Quantity;

use super::Draft;
use super::passing::net;
use crate::count::{Count, Position};
use crate::event::{Entry, Event};
use crate::number::{AccountNo, Day, LotNo, PartyNo, PlaceNo, Seq};
use crate::rejection::Rejection;
use crate::standing::{Standing, Stood};

/// Where an entry stands, where that does not follow from its day and from the event that is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placed {
    pub(crate) at: Position,
    /// Counts that were recorded before this event let it through: what is put back went through them.
    pub(crate) through: Option<Seq>,
}

/// What an entry changes of an account.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    pub(super) heap: (PlaceNo, LotNo),
    pub(super) placed: Placed,
    pub(super) from: Day,
    pub(super) account: AccountNo,
    pub(super) owner: PartyNo,
    pub(super) units: i64,
}

/// What is to be posted so that a count stands.
pub(super) struct Kept {
    pub(super) count: Seq,
    pub(super) account: AccountNo,
    pub(super) day: Day,
    pub(super) units: i64,
}

impl Draft<'_> {
    /// Moves a quantity that stands elsewhere in the order of what happened than its day says.
    pub(crate) fn entry_placed(&mut self, source: AccountNo, target: AccountNo, units: Quantity, day: Day, at: Placed) {
        self.placed.push((self.effects.entries.len(), at));
        self.entry_on(source, target, units, day);
    }

    /// What is said in the place of an event stands where that stood, as long as it names no other day or time.
    pub(crate) fn replaces(&mut self, stood: Option<Placed>, day: Day) {
        self.replaced = stood.map(|placed| (placed, day));
    }

    /// Takes a count back, so that what stands in its place is not stopped by it.
    pub(crate) fn end_count(&mut self, count: Seq) {
        self.ended = Some((count, self.day));
    }

    /// The first day on which a count no longer stands, once the act is done.
    pub(super) fn end_of(&self, count: &Count) -> Option<Day> {
        let end = self.ended.filter(|(seq, _)| *seq == count.seq).map(|(_, from)| count.day.max(from));
        end.or(count.until)
    }

    /// Says of a count where its lines cut their day.
    pub(crate) fn cut_days(&mut self, cuts: Option<Vec<Seq>>) {
        self.effects.cuts = cuts;
    }

    /// Where the entries of a recorded event stand in the order of what happened.
    pub(crate) fn stood(&self, seq: Seq, event: &Event) -> Stood {
        let corrected = self.books.reversed_event(seq).map(|parent| {
            let event = self.past.event(parent).expect("recorded: what was corrected is an event");
            self.stood(parent, &event)
        });
        event.stood(seq, self.books, corrected.as_ref())
    }

    /// What the books say an account held just before a place in the order of what happened.
    pub(crate) fn held_before(&self, account: AccountNo, at: Position) -> i128 {
        let yesterday = Day(at.day.0.saturating_sub(1));
        let mut held = i128::from(self.days(account, yesterday).at(yesterday).unwrap_or_default().on_hand);
        for (change, _) in self.changes_on(account, at.day).into_iter().filter(|(_, own)| own.precedes(at)) {
            held += change;
        }
        held
    }

    /// The last event of a day before which some accounts held so much together.
    pub(crate) fn cut_where_held(&self, accounts: &[AccountNo], day: Day, wanted: i128) -> Option<Seq> {
        let mut changes: Vec<(i128, Position)> = accounts
            .iter()
            .flat_map(|account| self.changes_on(*account, day))
            .filter(|(_, at)| at.day == day)
            .collect();
        changes.sort_by_key(|(_, at)| *at);
        let end = Position::entry(day, Seq(u64::MAX));
        let mut held: i128 = accounts.iter().map(|account| self.held_before(*account, end)).sum();
        for same in changes.chunk_by(|one, other| one.1 == other.1).rev() {
            held -= same.iter().map(|(change, _)| change).sum::<i128>();
            if let Some(cut) = same[0].1.cut().filter(|_| held == wanted) {
                return Some(cut);
            }
        }
        None
    }

    /// What takes effect only after a count, and stands before it: a correction that a closed period put off. What was found
    /// has it in it, so that it moves papers and difference on its day, and not what lies there.
    pub(crate) fn stop_what_is_put_off(&mut self, owner: Option<PartyNo>, accounts: &[AccountNo], at: Position) {
        let mut put_off: Vec<(Day, AccountNo, i128)> = Vec::new();
        for account in accounts.iter().copied() {
            if self.days(account, at.day).rows().last().is_some_and(|last| last.day > at.day) {
                self.put_off(account, at, &mut put_off);
            }
        }
        put_off.sort_unstable();
        for of_day in put_off.chunk_by(|one, other| one.0 == other.0) {
            let of_all = net(&of_day.iter().map(|(.., units)| *units).collect::<Vec<_>>());
            for ((day, account, units), of_all) in of_day.iter().zip(of_all) {
                let stopped = if owner.is_none() { of_all } else { *units };
                let size = i64::try_from(stopped.unsigned_abs()).ok().and_then(Quantity::new);
                let key = self.key(*account);
                let Some(size) = size else { return self.keep(Rejection::Overflow { account: key }) };
                if !size.is_zero() {
                    let difference = self.account(PlaceNo::COUNT_DIFFERENCE, key.owner, key.lot);
                    let (source, target) = if stopped > 0 { (*account, difference) } else { (difference, *account) };
                    self.entry_placed(source, target, size, *day, Placed { at, through: None });
                }
            }
        }
    }

    /// What changes an account after the day of a count, and stands before the count.
    fn put_off(&self, account: AccountNo, at: Position, found: &mut Vec<(Day, AccountNo, i128)>) {
        let key = self.key(account);
        let mut changes: BTreeMap<Day, i128> = BTreeMap::new();
        for count in self.books.counts_at(key.place, key.lot).filter(|count| count.position().precedes(at)) {
            let own = count.differences.iter().filter(|own| own.account == account && own.day > at.day);
            own.for_each(|own| *changes.entry(own.day).or_default() += i128::from(own.units));
        }
        let mut seqs: Vec<Seq> = self.past.changes(account, at.day.next()).into_iter().map(|(seq, _)| seq).collect();
        seqs.dedup();
        // Of all that is of a later day, only corrections stand before.
        for seq in seqs.into_iter().filter(|seq| self.books.root_of(*seq) != *seq) {
            let event = self.past.event(seq).expect("recorded: what changed an account is an event");
            let stood = self.stood(seq, &event).entries;
            for Standing { entry, .. } in stood.into_iter().filter(|own| own.at.precedes(at)) {
                let day = entry.day.unwrap_or(event.effective);
                let units = i128::from(entry.quantity.units());
                let sign = i128::from(entry.target == account) - i128::from(entry.source == account);
                if day > at.day && sign != 0 {
                    *changes.entry(day).or_default() += sign * units;
                }
            }
        }
        found.extend(changes.into_iter().map(|(day, units)| (day, account, units)));
    }

    /// What changed an account on a day, in the order of what happened.
    pub(crate) fn changes_on(&self, account: AccountNo, day: Day) -> Vec<(i128, Position)> {
        let mut changes = Vec::new();
        for (seq, _) in self.past.changes(account, day).into_iter().filter(|(_, own)| *own == day) {
            let event = self.past.event(seq).expect("recorded: what changed an account is an event");
            let kept = event.entries.iter().filter_map(|entry| {
                let count = self.books.counts_of(entry.keeps?).find(|count| count.lot == self.key(entry.source).lot);
                Some((*entry, count?.position()))
            });
            let stood = self.stood(seq, &event).entries.into_iter().map(|own| (own.entry, own.at));
            for (entry, at) in stood.chain(kept) {
                if entry.day.unwrap_or(event.effective) != day {
                    continue;
                }
                let units = i128::from(entry.quantity.units());
                // Whatever was put back of an earlier day had been before all that happened on this one.
                if entry.target == account {
                    changes.push((units, at));
                } else if entry.source == account {
                    changes.push((-units, at));
                }
            }
        }
        changes.sort_by_key(|(_, at)| *at);
        changes
    }

    /// Posts what keeps the counts behind the act's entries where they were found.
    pub(crate) fn keep_counts(&mut self) {
        let mut arrivals = self.arrivals();
        if arrivals.is_empty() {
            return;
        }
        let group = |arrival: &Arrival| (arrival.heap, arrival.placed.at, arrival.from, arrival.placed.through);
        arrivals.sort_by_key(group);
        let kept: Vec<Kept> =
            arrivals.chunk_by(|one, other| group(one) == group(other)).flat_map(|heap| self.kept(heap)).collect();
        for Kept { count, account, day, units } in kept {
            let key = self.key(account);
            let difference = self.account(PlaceNo::COUNT_DIFFERENCE, key.owner, key.lot);
            let (source, target) = if units > 0 { (difference, account) } else { (account, difference) };
            let quantity = Quantity::new(units.saturating_abs()).expect("not negative");
            let day = (day != self.base).then_some(day);
            self.effects.entries.push(Entry { source, target, quantity, day, keeps: Some(count) });
        }
    }

    /// The day of one of the act's entries, and where it stands.
    pub(super) fn stands_at(&self, index: usize, entry: &Entry) -> (Day, Placed) {
        let from = entry.day.unwrap_or(self.base);
        let named = self.placed.binary_search_by_key(&index, |(place, _)| *place).ok();
        let is_instead = self.effects.split.is_some_and(|split| index >= split.entries as usize);
        let named = named.map(|row| self.placed[row].1);
        let named = named.or(self.replaced.map(|(placed, _)| placed).filter(|_| is_instead));
        let time = self.time.filter(|_| from == self.day);
        let own = || Placed { at: Position::entry(from, self.next_seq()).timed(time), through: None };
        (from, named.unwrap_or_else(own))
    }

    /// What the entries change of accounts that were counted on their day or after it.
    fn arrivals(&self) -> Vec<Arrival> {
        let mut arrivals = Vec::new();
        for (index, entry) in self.effects.entries.iter().enumerate() {
            let (from, placed) = self.stands_at(index, entry);
            let first = placed.at.day;
            for (account, sign) in [(entry.source, -1), (entry.target, 1)] {
                let is_known = self.books.accounts.get(account.0).is_some();
                if is_known && !self.books.is_counted_from(account, first) {
                    continue;
                }
                let key = self.key(account);
                if !is_known && self.books.counts_at(key.place, key.lot).next().is_none() {
                    continue;
                }
                arrivals.push(Arrival {
                    heap: (key.place, key.lot),
                    placed,
                    from,
                    account,
                    owner: key.owner,
                    units: sign * entry.quantity.units(),
                });
            }
        }
        arrivals
    }
}
