//! Tallies in the making: every one that is touched stays at or above nothing on every day from the change on, and no
//! member draws or lends more than it is entitled to.

use std::collections::{BTreeMap, BTreeSet};

use super::Draft;
use crate::days::Sums;
use crate::event::TallyChange;
use crate::number::{Day, ReserveNo, TallyNo};
use crate::rejection::Rejection;
use crate::tally::{TallyKey, TallyKind};

impl Draft<'_> {
    /// Changes a tally from the act's day on.
    pub(crate) fn tally(&mut self, key: TallyKey, delta: i64) {
        self.tally_on(key, delta, self.day);
    }

    /// Changes a tally from a day on.
    pub(crate) fn tally_on(&mut self, key: TallyKey, delta: i64, day: Day) {
        if delta == 0 {
            return;
        }
        let tally = self.tally_number(key);
        let day = (day != self.base).then_some(day);
        self.effects.tallied.changes.push(TallyChange { tally, delta, day });
    }

    /// Puts back a change of an older event.
    pub(crate) fn raw_tally(&mut self, change: TallyChange) {
        self.effects.tallied.changes.push(change);
    }

    fn tally_number(&mut self, key: TallyKey) -> TallyNo {
        if let Some(number) = self.books.tally_no(key) {
            return number;
        }
        let begun = &mut self.effects.tallied.begun;
        let index = begun.iter().position(|other| *other == key).unwrap_or_else(|| {
            begun.push(key);
            begun.len() - 1
        });
        TallyNo(self.books.tallies.row_count() + u32::try_from(index).expect("few tallies an act"))
    }

    pub(super) fn tally_key(&self, tally: TallyNo) -> TallyKey {
        match tally.0.checked_sub(self.books.tallies.row_count()) {
            None => self.books.tally(tally).key,
            Some(new) => self.effects.tallied.begun[new as usize],
        }
    }

    /// What a tally would stand at, at the end of a day, with what the act does.
    pub(crate) fn tally_at(&self, key: TallyKey, day: Day) -> i128 {
        let changes = self.effects.tallied.changes.iter();
        let of_act = changes
            .filter(|change| change.day.unwrap_or(self.base) <= day && self.tally_key(change.tally) == key)
            .map(|change| i128::from(change.delta));
        i128::from(self.books.tally_at(key, day)) + of_act.sum::<i128>()
    }

    /// The days from the act's first change on, on which a tally changes.
    fn tally_days(&self, key: TallyKey, from: Day, days: &mut BTreeSet<Day>) {
        if let Some(number) = self.books.tally_no(key) {
            let rows = self.books.tally(number).days.rows().iter();
            days.extend(rows.map(|row| row.day).filter(|day| *day >= from));
        }
        let changes = self.effects.tallied.changes.iter();
        let own = changes.filter(|change| self.tally_key(change.tally) == key);
        days.extend(own.map(|change| change.day.unwrap_or(self.base)));
    }

    /// Checks what every change of a tally must respect.
    pub(crate) fn check_tallies(&mut self) {
        let mut changes: Vec<(TallyNo, Day, i64)> = self
            .effects
            .tallied
            .changes
            .iter()
            .map(|change| (change.tally, change.day.unwrap_or(self.base), change.delta))
            .collect();
        changes.sort_unstable();
        let mut spent: BTreeMap<u32, Day> = BTreeMap::new();
        for group in changes.chunk_by(|a, b| a.0 == b.0) {
            let key = self.tally_key(group[0].0);
            let by_day: Vec<(Day, Sums)> =
                group.iter().map(|(_, day, delta)| (*day, Sums { on_hand: *delta, ..Sums::default() })).collect();
            self.check_open(by_day[0].0, key.party);
            self.note(self.check_tally(key, &by_day));
            if matches!(key.kind, TallyKind::Entitlement | TallyKind::Drawn) {
                self.note(self.check_drawable(key, by_day[0].0));
            }
            if key.kind == TallyKind::CashPaid {
                let from = spent.entry(key.of).or_insert(by_day[0].0);
                *from = by_day[0].0.min(*from);
            }
        }
        for (reserve, from) in spent {
            self.note(self.check_cash(ReserveNo(reserve), from));
        }
    }

    /// No reserve spends money that it has not, on any day.
    fn check_cash(&self, reserve: ReserveNo, from: Day) -> Result<(), Rejection> {
        let begun = self.effects.tallied.begun.iter().copied();
        let begun = begun.filter(|key| (key.kind, key.of) == (TallyKind::CashPaid, reserve.0));
        let keys: Vec<TallyKey> = self.books.cash_of(reserve).chain(begun).collect();
        let mut days = BTreeSet::from([from]);
        keys.iter().for_each(|key| self.tally_days(*key, from, &mut days));
        for day in days {
            let there: i128 = keys.iter().map(|key| self.tally_at(*key, day)).sum();
            let was: i64 = keys.iter().map(|key| self.books.tally_at(*key, day)).sum();
            // What went out before money was held so may have left it below nothing: nothing makes it less.
            if there < 0 && there < i128::from(was) {
                let party = self.books.reserve(reserve).pool;
                let tally = TallyKey { kind: TallyKind::Cash, of: reserve.0, party, material: None };
                return Err(Rejection::ExceedsTally { tally, left: was, day });
            }
        }
        Ok(())
    }

    fn check_tally(&self, key: TallyKey, changes: &[(Day, Sums)]) -> Result<(), Rejection> {
        let none = crate::days::Days::default();
        let number = self.books.tally_no(key);
        let days = number.map_or(&none, |number| &self.books.tally(number).days);
        // Changes are posted one by one: no sum may overflow on the way.
        let one_way = changes.iter().try_fold(0i64, |sum, (_, change)| sum.checked_add(change.on_hand.checked_abs()?));
        let reach = one_way.and_then(|reach| {
            let largest = days.rows().iter().map(|row| row.sums.on_hand.saturating_abs()).max().unwrap_or(0);
            largest.checked_add(reach)
        });
        if reach.is_none() {
            return Err(Rejection::TallyOverflow { tally: key });
        }
        days.visit_changed(changes, |day, sums| match sums {
            Some(sums) if sums.on_hand >= 0 || key.kind.is_signed() => Ok(()),
            _ => {
                let left = days.at(day).unwrap_or_default().on_hand;
                Err(Rejection::ExceedsTally { tally: key, left, day })
            }
        })
    }

    /// What is drawn and lent never exceeds the entitlement.
    fn check_drawable(&self, key: TallyKey, from: Day) -> Result<(), Rejection> {
        let entitled = TallyKey { kind: TallyKind::Entitlement, ..key };
        let drawn = TallyKey { kind: TallyKind::Drawn, ..key };
        let mut days = BTreeSet::from([from]);
        self.tally_days(entitled, from, &mut days);
        self.tally_days(drawn, from, &mut days);
        for day in days {
            if self.tally_at(entitled, day) < self.tally_at(drawn, day) {
                let free = self.books.tally_at(entitled, day) - self.books.tally_at(drawn, day);
                return Err(Rejection::ExceedsEntitlement {
                    reserve: ReserveNo(key.of),
                    member: key.party,
                    material: key.material.expect("an entitlement is to a material"),
                    free,
                    day,
                });
            }
        }
        Ok(())
    }
}
