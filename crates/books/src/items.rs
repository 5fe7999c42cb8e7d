//! Items of a lot: drums, seals, flasks, bars, serial numbers. A second count beside the weight, of its own.
//!
//! What is said of them is kept as it was said: so many were found, came or went. What there is follows from it, as of a day, as
//! known at an event. A finding stands: what is said later of the time before it does not move it.

use std::collections::BTreeSet;

use crate::books::Books;
use crate::count::Position;
use crate::event::TimeOfDay;
use crate::number::{Day, LotNo, PartyNo, PlaceNo, Seq};

/// What is said of items.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum ItemKind {
    /// So many were found: all there are.
    #[n(0)]
    Found,
    /// So many came.
    #[n(1)]
    Came,
    /// So many went.
    #[n(2)]
    Went,
}

/// Something that was said of items.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct SaidOfItems {
    /// The event.
    #[n(0)]
    pub seq: Seq,
    /// Its day.
    #[n(1)]
    pub effective: Day,
    /// The time of that day, where it was stated.
    #[n(2)]
    pub time: Option<TimeOfDay>,
    /// What is said.
    #[n(3)]
    pub kind: ItemKind,
    /// How many.
    #[n(4)]
    pub count: u32,
    /// Each by its mark, where they have one.
    #[n(5)]
    pub marks: Vec<String>,
}

/// Items of one kind of a lot at a site.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Items {
    /// What they are of, and what they are.
    #[n(0)]
    pub key: ItemsKey,
    /// What was said of them, in the order in which the ledger learned it.
    #[n(1)]
    pub said: Vec<SaidOfItems>,
}

/// What names items.
#[derive(Clone, Debug, PartialEq, Eq, Hash, minicbor::Encode, minicbor::Decode)]
pub struct ItemsKey {
    /// Where.
    #[n(0)]
    pub site: PlaceNo,
    /// Of which lot.
    #[n(1)]
    pub lot: LotNo,
    /// Whose.
    #[n(2)]
    pub owner: PartyNo,
    /// What they are: `drum`, `seal`.
    #[n(3)]
    pub what: String,
}

/// The last finding of items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemsFound {
    /// The event.
    pub seq: Seq,
    /// Its day.
    pub day: Day,
    /// How many.
    pub count: u32,
    /// How many there should have been, by what was said of the time before.
    pub expected: i64,
}

/// What there is of items.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ItemsThere {
    /// How many. Less than nothing where more went than anybody said had come.
    pub count: i64,
    /// The marks that are known.
    pub marks: BTreeSet<String>,
    /// The last finding.
    pub found: Option<ItemsFound>,
}

impl ItemsThere {
    fn take(&mut self, said: &SaidOfItems) {
        let count = i64::from(said.count);
        match said.kind {
            ItemKind::Found => {
                let SaidOfItems { seq, effective: day, count: found, .. } = *said;
                self.found = Some(ItemsFound { seq, day, count: found, expected: self.count });
                (self.count, self.marks) = (count, said.marks.iter().cloned().collect());
            }
            ItemKind::Came => {
                self.count += count;
                self.marks.extend(said.marks.iter().cloned());
            }
            ItemKind::Went => {
                self.count -= count;
                for mark in &said.marks {
                    self.marks.remove(mark);
                }
            }
        }
    }
}

impl Items {
    /// What stood on a day, as known at an event, in the order of what happened.
    fn standing<'i>(
        &'i self,
        books: &Books,
        day: Day,
        known_at: Seq,
        own: Option<&'i SaidOfItems>,
    ) -> Vec<&'i SaidOfItems> {
        let holds = |said: &&SaidOfItems| {
            let is_known = said.effective <= day && said.seq <= known_at;
            is_known && (own.is_some_and(|own| own.seq == said.seq) || books.stands_at(said.seq, day, known_at))
        };
        let mut standing: Vec<&SaidOfItems> = self.said.iter().chain(own).filter(holds).collect();
        standing.sort_by_key(|said| said.effective);
        for of_day in standing.chunk_by_mut(|one, other| one.effective == other.effective) {
            Position::sort_day(of_day, |said| Position::entry(said.effective, said.seq).timed(said.time));
        }
        standing
    }

    /// What there is at the end of a day, as known at an event.
    #[must_use]
    pub fn at(&self, books: &Books, day: Day, known_at: Seq) -> ItemsThere {
        let mut there = ItemsThere::default();
        self.standing(books, day, known_at, None).into_iter().for_each(|said| there.take(said));
        there
    }

    /// What is said once more leaves less than nothing, or takes a mark that is not there: how many there are before that.
    pub(crate) fn lacks(&self, books: &Books, own: &SaidOfItems) -> Option<ItemsLack> {
        let mut there = ItemsThere::default();
        let mut is_behind = false;
        for said in self.standing(books, Day(i32::MAX), own.seq, Some(own)) {
            is_behind |= said.seq == own.seq;
            if is_behind && said.kind == ItemKind::Found {
                return None;
            }
            let missing = said.marks.iter().find(|mark| !there.marks.is_empty() && !there.marks.contains(*mark));
            if let Some(mark) = missing.filter(|_| said.seq == own.seq && said.kind == ItemKind::Went) {
                return Some(ItemsLack::Mark(mark.clone()));
            }
            let before = there.count;
            there.take(said);
            if is_behind && own.kind == ItemKind::Went && there.count < 0 && there.count < before {
                return Some(ItemsLack::Count { there: before, day: said.effective });
            }
        }
        None
    }
}

/// Why no more can go.
pub(crate) enum ItemsLack {
    /// There are no more than so many on a day.
    Count { there: i64, day: Day },
    /// This one is not there.
    Mark(String),
}

#[cfg(test)]
mod tests;
