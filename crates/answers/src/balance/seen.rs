//! What the log says of an area: movements, and counts with what each differs from the books.

use std::collections::{BTreeMap, BTreeSet};

use books::count::Position;
use books::standing::{Standing, Stood};
use books::{AccountNo, Act, Books, Day, Entry, Event, LotNo, PartyNo, PlaceNo, Seq};

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
    /// Where entries stand of which a correction may put some back here.
    stood: BTreeMap<Seq, Stood>,
}

/// What an event changed of what lies there.
struct Moved {
    seq: Seq,
    /// Where it stands; a difference stands with its count.
    at: Option<Position>,
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
    at: Position,
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
                let (lot, owner, at, found) = (count.lot, count.owner, count.position(), count.found.units());
                self.counts.push(Counted { seq, lot, owner, at, found });
            }
        }
        let act = event.effect(books);
        let said = match act.as_deref() {
            Some(Act::Correct(act)) => act.with.as_ref().map(|with| &with.act),
            own => own,
        };
        if matches!(said, Some(Act::Split(_) | Act::Merge(_))) {
            self.relots.insert(seq);
        }
        let root = books.root_of(seq);
        if root != seq && books.counts_of(root).next().is_some() {
            self.taken_back.push((root, event.effective));
        }
        let corrected = books.reversed_event(seq).and_then(|corrected| self.stood.get(&corrected));
        let stood = event.stood(seq, books, corrected);
        for entry in &event.entries {
            if let Some(count) = entry.keeps {
                self.add_entry(books, (seq, event.effective), &is_of, entry, (None, count, false));
            }
        }
        for Standing { entry, at, origin, is_back } in &stood.entries {
            self.add_entry(books, (seq, event.effective), &is_of, entry, (Some(*at), *origin, *is_back));
        }
        if books.is_in_a_family(seq) {
            self.stood.insert(seq, stood);
        }
    }

    /// What was said first decides on which line an entry stands; a correction stands there too, with the other sign, and
    /// one of a correction with the first sign again.
    fn add_entry(
        &mut self,
        books: &Books,
        (seq, effective): (Seq, Day),
        is_of: &impl Fn(AccountNo) -> bool,
        entry: &Entry,
        (at, origin, is_back): (Option<Position>, Seq, bool),
    ) {
        let (leaves, comes) = (is_of(entry.source), is_of(entry.target));
        let units = entry.quantity.units();
        let day = entry.day.unwrap_or(effective);
        let mut push = |own: AccountNo, what: What, units: i64| {
            let key = books.account(own).key;
            let at = at.filter(|_| !matches!(what, What::Difference(_)));
            self.moved.push(Moved { seq, at, day, lot: key.lot, owner: key.owner, what, units });
        };
        if leaves && comes {
            push(entry.source, What::Within, -units);
            push(entry.target, What::Within, units);
        }
        if leaves == comes {
            return;
        }
        let (own, other) = if leaves { (entry.source, entry.target) } else { (entry.target, entry.source) };
        let book_less = if leaves { units } else { -units };
        match books.account(other).key.place {
            PlaceNo::COUNT_DIFFERENCE => push(own, What::Difference(origin), book_less),
            _ if self.relots.contains(&origin) => push(own, What::Within, -book_less),
            PlaceNo::SHIPPER_RECEIVER => push(own, What::ShipperReceiver, book_less),
            _ if comes != is_back => push(own, What::Increase, -book_less),
            _ => push(own, What::Decrease, book_less),
        }
    }

    /// Is a count taken back, and from which day on, as known?
    fn until(&self, count: &Counted) -> Option<Day> {
        let mut of_it = self.taken_back.iter().filter(|(seq, _)| *seq == count.seq).map(|(_, from)| *from);
        let last = of_it.next_back();
        // Before counts stood, a correction of one could be corrected: every second one let it stand again.
        last.filter(|_| of_it.count() % 2 == 0).map(|from| count.at.day.max(from))
    }

    /// Sorts all of it by day, and by what was counted on that day.
    pub(super) fn by_part(
        &self,
        view: &dyn View,
        area: BalanceArea,
        known_at: Seq,
    ) -> Result<(BTreeMap<Part, DayFlows>, Vec<Found>), Problem> {
        let standing = self.counts.iter().filter(|count| self.until(count).is_none_or(|until| count.at.day < until));
        let mut last: BTreeMap<(Day, LotNo), Vec<&Counted>> = BTreeMap::new();
        standing.for_each(|count| last.entry((count.at.day, count.lot)).or_default().push(count));
        last.values_mut().for_each(|counts| Position::sort_day(counts, |count| count.at));
        let is_after = |moved: &Moved| {
            let Some(counts) = last.get(&(moved.day, moved.lot)) else { return false };
            let of_it = counts.iter().rfind(|count| count.is_of(moved));
            let at = moved.at.filter(|at| at.day == moved.day);
            of_it.zip(at).is_some_and(|(count, at)| count.at.precedes(at))
        };
        let mut parts: BTreeMap<Part, DayFlows> = BTreeMap::new();
        let mut after: BTreeMap<(Day, LotNo), Vec<&Moved>> = BTreeMap::new();
        let days: BTreeMap<(Seq, LotNo), Day> =
            self.counts.iter().map(|count| ((count.seq, count.lot), count.at.day)).collect();
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
                let is_other =
                    |later: &&Counted| count.owner.is_some_and(|own| later.owner.is_some_and(|it| it != own));
                let is_last = counts[place + 1..].iter().all(is_other);
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
                held += i128::from(view.at(*number, self.at.day, known_at)?.on_hand);
            }
        }
        // Of what all owners had there together, one has what the books give it.
        let is_part = self.owner.is_none() && area.owner.is_some();
        let found = if is_part { held } else { self.found.into() };
        let Self { seq, lot, owner, at, .. } = *self;
        Ok(Found { seq, lot, owner, day: at.day, found, then, now, moved: found - held, is_last: true })
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
