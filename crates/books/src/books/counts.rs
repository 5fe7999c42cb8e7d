//! Which counts there are, which stand, and what each differs from the books.

use crate::acts::stocktake::Stocktake;
use crate::count::{Count, Position};
use crate::event::{Entry, Event, Outcome, TimeOfDay};
use crate::number::{AccountNo, Day, LotNo, PlaceNo, Seq};
use crate::rejection::{Facts, Rejection};

use super::Books;

/// The time of its day that an event states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub(crate) struct Timed {
    /// The event.
    #[n(0)]
    pub(crate) seq: Seq,
    /// Its day.
    #[n(1)]
    pub(crate) day: Day,
    /// The time.
    #[n(2)]
    pub(crate) time: TimeOfDay,
}

impl Books {
    /// The time that an event states of a day.
    pub(crate) fn time_of(&self, seq: Seq, day: Day) -> Option<TimeOfDay> {
        let rows = self.times.rows();
        let first = rows.partition_point(|timed| timed.seq < seq);
        // What stands in the place of something states a time of its own.
        let own = rows[first..].iter().take_while(|timed| timed.seq == seq);
        own.filter(|timed| timed.day == day).last().map(|timed| timed.time)
    }

    /// All counts, in the order of their recording.
    #[must_use]
    pub fn counts(&self) -> &[Count] {
        self.counts.rows()
    }

    /// What an event counted; nothing where it is no count.
    pub fn counts_of(&self, seq: Seq) -> impl Iterator<Item = &Count> {
        let rows = self.index.counts.by_event.get(&seq).map_or(&[][..], Vec::as_slice);
        rows.iter().map(|row| self.counts.row(*row))
    }

    /// The counts of a lot at a place, in the order of what happened.
    pub fn counts_at(&self, place: PlaceNo, lot: LotNo) -> impl DoubleEndedIterator<Item = &Count> {
        let rows = self.index.counts.by_heap.get(&(place, lot)).map_or(&[][..], Vec::as_slice);
        rows.iter().map(|row| self.counts.row(*row))
    }

    /// The counts of a lot at a place that stand behind something in the order of what happened, the next one first.
    pub(crate) fn counts_behind(&self, place: PlaceNo, lot: LotNo, at: Position) -> impl Iterator<Item = &Count> {
        let rows = self.index.counts.by_heap.get(&(place, lot)).map_or(&[][..], Vec::as_slice);
        let first = rows.partition_point(|row| self.counts.row(*row).day < at.day);
        rows[first..].iter().map(|row| self.counts.row(*row)).filter(move |count| at.precedes(count.position()))
    }

    /// Is there a count of what an account holds, on a day or after it?
    pub(crate) fn is_counted_from(&self, account: AccountNo, day: Day) -> bool {
        self.account(account).counted.is_some_and(|last| day <= last)
    }

    /// The event that a correction, or a correction of one, is about in the end.
    #[must_use]
    pub fn root_of(&self, seq: Seq) -> Seq {
        let mut root = seq;
        while let Some(parent) = self.reversed_event(root) {
            root = parent;
        }
        root
    }

    pub(crate) fn push_counts(&mut self, act: &Stocktake, seq: Seq, event: &Event) {
        for (line, counted) in act.lines.iter().enumerate() {
            let cut = event.cuts.as_ref().and_then(|cuts| cuts.get(line)).copied().unwrap_or(seq);
            let mut count = Count {
                seq,
                place: act.site,
                lot: counted.lot,
                owner: act.owner,
                day: event.effective,
                cut,
                found: counted.quantity,
                until: None,
                differences: Vec::new(),
                time: event.time,
            };
            for entry in event.entries.iter().filter(|entry| entry.keeps.is_none()) {
                if self.account(entry.source).key.lot == counted.lot {
                    self.differ(&mut count, entry, event.effective);
                }
            }
            let row = self.counts.push(count);
            self.index_count(row);
            self.mark_counted(act.site, counted.lot, event.effective);
        }
    }

    /// What is posted to keep a count changes what it differs from the books.
    pub(super) fn keep_count(&mut self, kept: Seq, entry: &Entry, effective: Day) {
        let lot = self.account(entry.source).key.lot;
        let rows = self.index.counts.by_event.get(&kept).map_or(&[][..], Vec::as_slice);
        let row = rows.iter().copied().find(|row| self.counts.row(*row).lot == lot);
        let row = row.expect("decided: what is kept was counted");
        let mut count = self.counts.row(row).clone();
        self.differ(&mut count, entry, effective);
        *self.counts.row_mut(row) = count;
    }

    fn differ(&self, count: &mut Count, entry: &Entry, effective: Day) {
        let day = entry.day.unwrap_or(effective);
        let units = entry.quantity.units();
        match self.account(entry.source).key.place == count.place {
            true => count.differ(entry.source, day, -units),
            false => count.differ(entry.target, day, units),
        }
    }

    /// A count that was taken back stands until the correction's day, and one whose correction was undone stands again.
    pub(crate) fn end_counts(&mut self, reversed: Seq, from: Day) {
        let root = self.root_of(reversed);
        let is_taken_back = self.reversed_by(root).is_some();
        for row in self.index.counts.by_event.get(&root).cloned().unwrap_or_default() {
            let count = self.counts.row_mut(row);
            count.until = is_taken_back.then(|| count.day.max(from));
        }
    }

    /// By how much an account holds less than is set aside, at the end of a day; nothing where older rows would be needed.
    #[must_use]
    pub fn shortfall(&self, account: AccountNo, day: Day) -> i64 {
        let account = self.account(account);
        let is_real = self.place(account.key.place).is_real();
        let available = account.days.at(day).map_or(0, |sums| sums.available());
        if is_real { available.saturating_neg().max(0) } else { 0 }
    }

    /// The first shortfall that is left where an event says what was found: whose, how much, and on which day.
    #[must_use]
    pub fn shortfall_after(&self, event: &Event) -> Option<Facts> {
        if matches!(event.outcome, Outcome::Moved(..)) {
            return None;
        }
        let act = event.effect(self)?;
        if !self.is_found(&act) {
            return None;
        }
        event.entries.iter().flat_map(|entry| [entry.source, entry.target]).find_map(|number| {
            let account = self.account(number);
            // Whoever counts at a site is not told what others set aside there.
            if !self.eyes(event.party).sees_books_of(account.key.owner) {
                return None;
            }
            let from = account.days.rows().iter().filter(|row| row.day >= event.effective);
            let day = from.map(|row| row.day).find(|day| self.shortfall(number, *day) > 0)?;
            let available = self.shortfall(number, day);
            let short = Rejection::ExceedsAvailable { account: account.key, available, day, later: Vec::new() };
            Some(short.facts(self))
        })
    }

    fn mark_counted(&mut self, place: PlaceNo, lot: LotNo, day: Day) {
        for number in self.accounts_of(lot).to_vec() {
            let account = self.account(number);
            if account.key.place == place && account.counted.is_none_or(|last| last < day) {
                self.accounts.row_mut(number.0).counted = Some(day);
            }
        }
    }

    pub(super) fn index_count(&mut self, row: u32) {
        let count = self.counts.row(row);
        let (heap, seq, position) = ((count.place, count.lot), count.seq, count.position());
        self.index.counts.by_event.or_default(seq).push(row);
        let rows = self.index.counts.by_heap.or_default(heap);
        let place = rows.partition_point(|other| self.counts.row(*other).day <= position.day);
        rows.insert(place, row);
        let first = rows.partition_point(|other| self.counts.row(*other).day < position.day);
        Position::sort_day(&mut rows[first..=place], |row| self.counts.row(*row).position());
    }
}
