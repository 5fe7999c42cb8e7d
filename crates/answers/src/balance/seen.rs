//! What the log says of an area: movements, and counts with what each differs from the books.

use std::collections::{BTreeMap, BTreeSet};

use books::{AccountNo, Act, Books, Day, Event, LotNo, PartyNo, PlaceNo, Seq, TimeOfDay};

use super::{BalanceArea, DayFlows, Part};
use crate::problem::Problem;
use crate::view::View;

/// All that happened in an area, as the log says it.
#[derive(Default)]
pub(crate) struct Seen {
    moved: Vec<Moved>,
    counts: Vec<Counted>,
    /// Corrections of counts: the event that counted, and the day from which it is taken back.
    taken_back: Vec<(Seq, Day)>,
    /// Splits and merges: what they move stays in the area.
    relots: BTreeSet<Seq>,
    /// The times of day that events state.
    times: BTreeMap<Seq, TimeOfDay>,
}

/// What an event changed of what lies there.
struct Moved {
    seq: Seq,
    /// The event that it puts back in the end; itself where it is no correction.
    root: Seq,
    day: Day,
    lot: LotNo,
    owner: PartyNo,
    what: What,
    units: i64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Increase,
    Decrease,
    ShipperReceiver,
    /// Book less counted, of the count of an event.
    Difference(Seq),
    /// From one lot or owner of the area to another.
    Within,
}

struct Counted {
    seq: Seq,
    lot: LotNo,
    owner: Option<PartyNo>,
    day: Day,
    cut: Seq,
    time: Option<TimeOfDay>,
    found: i64,
}

/// What was found of a lot, and what the books say.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) seq: Seq,
    pub(crate) lot: LotNo,
    pub(crate) owner: Option<PartyNo>,
    pub(crate) day: Day,
    pub(crate) found: i128,
    /// Found less book, as known when it was recorded.
    pub(crate) then: i128,
    /// Found less book, as known now.
    pub(crate) now: i128,
    /// Found less what the books were made by papers that came late before counts stood.
    pub(super) moved: i128,
    /// Is it the last word on that day?
    pub(super) is_last: bool,
}

impl Seen {
    pub(super) fn add(&mut self, books: &Books, area: BalanceArea, seq: Seq, event: &Event) {
        if !event.outcome.is_done() {
            return;
        }
        let is_of = |account: AccountNo| {
            let key = books.account(account).key;
            key.place == area.site
                && area.owner.is_none_or(|owner| owner == key.owner)
                && books.lot(key.lot).facts.material == area.material
        };
        for count in books.counts_of(seq) {
            let concerns = count.owner.is_none() || area.owner.is_none() || count.owner == area.owner;
            if count.place == area.site && concerns && books.lot(count.lot).facts.material == area.material {
                let (lot, owner, day, cut) = (count.lot, count.owner, count.day, count.cut);
                let (time, found) = (count.time, count.found.units());
                self.counts.push(Counted { seq, lot, owner, day, cut, time, found });
            }
        }
        let act = event.effect(books);
        // What a correction puts back stood on the other side.
        let is_correction = matches!(act.as_deref(), Some(Act::Correct(_)));
        let root = if is_correction { books.root_of(seq) } else { seq };
        self.times.extend(event.time.map(|time| (seq, time)));
        if matches!(act.as_deref(), Some(Act::Split(_) | Act::Merge(_))) {
            self.relots.insert(seq);
        }
        if is_correction && books.counts_of(root).next().is_some() {
            self.taken_back.push((root, event.effective));
        }
        for entry in &event.entries {
            let (leaves, comes) = (is_of(entry.source), is_of(entry.target));
            let units = entry.quantity.units();
            let day = entry.day.unwrap_or(event.effective);
            let mut push = |own: AccountNo, what: What, units: i64| {
                let key = books.account(own).key;
                self.moved.push(Moved { seq, root, day, lot: key.lot, owner: key.owner, what, units });
            };
            if leaves && comes {
                push(entry.source, What::Within, -units);
                push(entry.target, What::Within, units);
            }
            if leaves == comes {
                continue;
            }
            let (own, other) = if leaves { (entry.source, entry.target) } else { (entry.target, entry.source) };
            let book_less = if leaves { units } else { -units };
            match books.account(other).key.place {
                PlaceNo::COUNT_DIFFERENCE => push(own, What::Difference(entry.keeps.unwrap_or(root)), book_less),
                _ if self.relots.contains(&root) => push(own, What::Within, -book_less),
                PlaceNo::SHIPPER_RECEIVER => push(own, What::ShipperReceiver, book_less),
                _ if leaves && is_correction => push(own, What::Increase, -units),
                _ if leaves => push(own, What::Decrease, units),
                _ if is_correction => push(own, What::Decrease, -units),
                _ => push(own, What::Increase, units),
            }
        }
    }

    /// Is a count taken back, and from which day on, as known?
    fn until(&self, count: &Counted) -> Option<Day> {
        let mut of_it = self.taken_back.iter().filter(|(seq, _)| *seq == count.seq).map(|(_, from)| *from);
        let last = of_it.next_back();
        // Before counts stood, a correction of one could be corrected: every second one let it stand again.
        last.filter(|_| of_it.count() % 2 == 0).map(|from| count.day.max(from))
    }

    /// Sorts all of it by day, and by what was counted on that day.
    pub(super) fn by_part(
        &self,
        view: &dyn View,
        area: BalanceArea,
        known_at: Seq,
    ) -> Result<(BTreeMap<Part, DayFlows>, Vec<Found>), Problem> {
        let standing = self.counts.iter().filter(|count| self.until(count).is_none_or(|until| count.day < until));
        let mut last: BTreeMap<(Day, LotNo), Vec<&Counted>> = BTreeMap::new();
        standing.for_each(|count| last.entry((count.day, count.lot)).or_default().push(count));
        last.values_mut().for_each(|counts| counts.sort_by_key(|count| (count.cut, count.seq)));
        let mut first: BTreeMap<(Seq, LotNo), Day> = BTreeMap::new();
        for moved in &self.moved {
            let day = first.entry((moved.seq, moved.lot)).or_insert(moved.day);
            *day = (*day).min(moved.day);
        }
        let is_after = |moved: &Moved| {
            let Some(counts) = last.get(&(moved.day, moved.lot)) else { return false };
            let stood = first.get(&(moved.root, moved.lot)).copied().unwrap_or(moved.day);
            let of_it = counts.iter().rfind(|count| count.owner.is_none_or(|owner| owner == moved.owner));
            let is_difference = matches!(moved.what, What::Difference(_));
            let is_behind = |count: &Counted| match (self.times.get(&moved.root), count.time) {
                (Some(own), Some(time)) if *own != time => *own > time,
                (Some(_) | None, Some(_) | None) => moved.root >= count.cut,
            };
            of_it.is_some_and(|count| !is_difference && stood == moved.day && is_behind(count))
        };
        let mut parts: BTreeMap<Part, DayFlows> = BTreeMap::new();
        let mut after: BTreeMap<(Day, LotNo), Vec<&Moved>> = BTreeMap::new();
        let days: BTreeMap<(Seq, LotNo), Day> =
            self.counts.iter().map(|count| ((count.seq, count.lot), count.day)).collect();
        // Found less book on its day, of each count of a lot: as known then, and now.
        let mut differences: BTreeMap<(Seq, LotNo), (i128, i128)> = BTreeMap::new();
        for moved in &self.moved {
            let is_after = is_after(moved);
            let flows = parts.entry(Part { day: moved.day, is_after }).or_default();
            match moved.what {
                What::Increase => flows.increases.push(moved.units),
                What::Decrease => flows.decreases.push(moved.units),
                What::ShipperReceiver => flows.shipper_receiver += i128::from(moved.units),
                What::Difference(count) => {
                    flows.counted += i128::from(moved.units);
                    if days.get(&(count, moved.lot)) != Some(&moved.day) {
                        continue;
                    }
                    let (then, now) = differences.entry((count, moved.lot)).or_default();
                    *now -= i128::from(moved.units);
                    *then -= if moved.seq == count { moved.units.into() } else { 0 };
                }
                What::Within => {}
            }
            if is_after {
                after.entry((moved.day, moved.lot)).or_default().push(moved);
            }
        }
        let mut found = Vec::new();
        for (at, counts) in &last {
            let after = after.get(at).map_or(&[][..], Vec::as_slice);
            for (place, count) in counts.iter().enumerate() {
                let of_it = after.iter().filter(|moved| count.is_of(moved)).map(|moved| moved.net());
                let difference = differences.get(&(count.seq, count.lot)).copied().unwrap_or_default();
                let own = count.found(view, area, known_at, difference, of_it.sum())?;
                let is_last =
                    counts[place + 1..].iter().all(|later| later.owner.is_some() && later.owner != count.owner);
                found.push(Found { moved: if is_last { own.moved } else { 0 }, is_last, ..own });
            }
        }
        Ok((parts, found))
    }
}

impl Found {
    /// What the books said when it was recorded.
    pub(crate) fn book_then(&self) -> i128 {
        self.found - self.then
    }

    /// What the books say, with all papers that are known.
    pub(crate) fn book_now(&self) -> i128 {
        self.found - self.now - self.moved
    }
}

impl Counted {
    fn is_of(&self, moved: &Moved) -> bool {
        self.owner.is_none_or(|owner| owner == moved.owner)
    }

    fn found(
        &self,
        view: &dyn View,
        area: BalanceArea,
        known_at: Seq,
        (then, now): (i128, i128),
        after: i128,
    ) -> Result<Found, Problem> {
        let books = view.books();
        let mut held = -after;
        for number in books.accounts_of(self.lot) {
            let key = books.account(*number).key;
            let is_asked = area.owner.is_none_or(|owner| owner == key.owner);
            if key.place == area.site && is_asked && self.owner.is_none_or(|owner| owner == key.owner) {
                held += i128::from(view.at(*number, self.day, known_at)?.on_hand);
            }
        }
        // Of what all owners had there together, one has what the books give it.
        let is_part = self.owner.is_none() && area.owner.is_some();
        let found = if is_part { held } else { self.found.into() };
        let Self { seq, lot, owner, day, .. } = *self;
        Ok(Found { seq, lot, owner, day, found, then, now, moved: found - held, is_last: true })
    }
}

impl Moved {
    fn net(&self) -> i128 {
        let units = i128::from(self.units);
        match self.what {
            What::Increase | What::Within => units,
            What::Decrease | What::ShipperReceiver | What::Difference(_) => -units,
        }
    }
}
