//! The plainest record of what lies where once people count: papers, and counts that stand.
//!
//! What a heap holds at the end of a day is what the last count before found, and the papers of what came after it. No
//! difference is kept and no entry that keeps a count is read: the books have to come to the same by their own way.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use books::{AccountKey, AccountNo, Act, Books, Day, Event, LotNo, PartyNo, PlaceNo, Seq, TimeOfDay};

use crate::Model;

/// What an event says of an account: where it stands in the order of what happened, and the day from which it counts.
#[derive(Clone, Copy, Debug)]
struct Paper {
    account: AccountNo,
    at: (Day, Seq),
    from: Day,
    units: i128,
    time: Option<TimeOfDay>,
}

/// What was found, before what the first of the events behind it moved.
#[derive(Clone, Copy, Debug)]
struct Count {
    seq: Seq,
    heap: (PlaceNo, LotNo),
    owner: Option<PartyNo>,
    at: (Day, Seq),
    found: i128,
    until: Option<Day>,
    time: Option<TimeOfDay>,
}

/// Of two times of one day that differ, which was first.
fn by_time(one: (Day, Option<TimeOfDay>), other: (Day, Option<TimeOfDay>)) -> Option<Ordering> {
    let (own, theirs) = (one.1?, other.1?);
    (one.0 == other.0 && own != theirs).then(|| own.cmp(&theirs))
}

impl Count {
    fn stands_on(&self, day: Day) -> bool {
        self.at.0 <= day && self.until.is_none_or(|until| day < until)
    }
}

/// All papers and counts of a history.
#[derive(Clone, Debug, Default)]
pub struct Found {
    keys: Vec<AccountKey>,
    papers: BTreeMap<Seq, Vec<Paper>>,
    counts: Vec<Count>,
    roots: BTreeMap<Seq, Seq>,
    days: BTreeMap<Seq, Day>,
}

impl Found {
    /// Takes in the next event, which the books know already: a correction that replaces as the two that it is.
    pub fn add(&mut self, seq: Seq, event: &Event, books: &Books) {
        self.keys.extend_from_slice(&event.opened);
        self.days.insert(seq, event.effective);
        let stood = self.stood(event, books);
        for (place, part) in event.parts(books).iter().enumerate() {
            let before = self.papers.get(&seq).map_or(0, Vec::len);
            self.add_part(seq, part, books);
            let Some((at, time)) = stood.filter(|_| place == 1) else { continue };
            for paper in self.papers.get_mut(&seq).into_iter().flatten().skip(before) {
                (paper.at, paper.time) = (at, time);
            }
        }
    }

    /// Where what is said in the place of an event stands: where that stood, unless it names another day or a time.
    fn stood(&self, event: &Event, books: &Books) -> Option<((Day, Seq), Option<TimeOfDay>)> {
        event.split?;
        let effect = event.effect(books);
        let Some(Act::Correct(act)) = effect.as_deref() else { return None };
        let with = act.with.as_ref()?;
        let day = with.effective;
        let replaced = *self.days.get(&act.reverses)?;
        let is_put_off = event.effective >= replaced && day.is_none_or(|day| day == event.effective);
        let is_timed = event.time.or(with.time).is_some();
        let is_in_place = !is_timed && (is_put_off || day == Some(replaced));
        let paper = self.papers.get(&act.reverses)?.first().filter(|_| is_in_place)?;
        Some((paper.at, paper.time))
    }

    fn add_part(&mut self, seq: Seq, event: &Event, books: &Books) {
        match event.effect(books).as_deref() {
            None => {}
            Some(Act::Correct(act)) => self.correct(seq, act.reverses, event.effective),
            Some(Act::Stocktake(act)) => {
                for (line, counted) in act.lines.iter().enumerate() {
                    let cut = event.cuts.as_ref().map_or(seq, |cuts| cuts[line]);
                    self.counts.push(Count {
                        seq,
                        heap: (act.site, counted.lot),
                        owner: act.owner,
                        at: (event.effective, cut),
                        found: counted.quantity.units().into(),
                        until: None,
                        time: event.time,
                    });
                }
            }
            Some(_) => {
                let mut papers = Vec::new();
                for entry in event.entries.iter().filter(|entry| entry.keeps.is_none()) {
                    let day = entry.day.unwrap_or(event.effective);
                    let units = i128::from(entry.quantity.units());
                    let time = event.time.filter(|_| day == event.effective);
                    for (account, units) in [(entry.source, -units), (entry.target, units)] {
                        papers.push(Paper { account, at: (day, seq), from: day, units, time });
                    }
                }
                self.papers.entry(seq).or_default().extend(papers);
            }
        }
    }

    fn correct(&mut self, seq: Seq, reverses: Seq, effective: Day) {
        let root = self.roots.get(&reverses).copied().unwrap_or(reverses);
        self.roots.insert(seq, root);
        for count in self.counts.iter_mut().filter(|count| count.seq == root) {
            count.until = Some(count.at.0.max(effective));
        }
        let of = self.papers.get(&reverses).cloned().unwrap_or_default().into_iter();
        let back = of.map(|paper| Paper { units: -paper.units, from: paper.from.max(effective), ..paper });
        let back: Vec<Paper> = back.collect();
        self.papers.entry(seq).or_default().extend(back);
    }

    /// Checks the heaps that an event touched.
    pub fn check_touched(&self, model: &Model, event: &Event) {
        let touched = event.entries.iter().flat_map(|entry| [entry.source, entry.target]);
        let heaps = touched.map(|account| self.keys[account.0 as usize]).map(|key| (key.place, key.lot));
        heaps.collect::<BTreeSet<_>>().into_iter().for_each(|heap| self.check(model, heap));
    }

    /// Checks every heap that was counted.
    pub fn check_all(&self, model: &Model) {
        let heaps: BTreeSet<_> = self.counts.iter().map(|count| count.heap).collect();
        heaps.into_iter().for_each(|heap| self.check(model, heap));
    }

    /// Adds up the whole heap and each owner's part, from each count of just that; what a count of something else made of it
    /// since depends on how a difference is shared, which is tested elsewhere.
    fn check(&self, model: &Model, heap: (PlaceNo, LotNo)) {
        let counts: Vec<&Count> = self.counts.iter().filter(|count| count.heap == heap).collect();
        let accounts = (0u32..).map(AccountNo).zip(&self.keys).filter(|(_, key)| (key.place, key.lot) == heap);
        let mut owners: BTreeMap<PartyNo, Vec<AccountNo>> = BTreeMap::new();
        accounts.for_each(|(account, key)| owners.entry(key.owner).or_default().push(account));
        let is_alone = owners.len() == 1;
        let all: Vec<AccountNo> = owners.values().flatten().copied().collect();
        self.adds_up(model, heap, (&counts, |count| is_alone || count.owner.is_none()), &all);
        for (owner, accounts) in owners.into_iter().filter(|_| !is_alone) {
            let of_it = counts.iter().copied().filter(|count| count.owner.is_none_or(|own| own == owner));
            self.adds_up(model, heap, (&of_it.collect::<Vec<_>>(), |count| count.owner.is_some()), &accounts);
        }
    }

    fn adds_up(
        &self,
        model: &Model,
        heap: (PlaceNo, LotNo),
        (counts, is_of_just_that): (&[&Count], impl Fn(&Count) -> bool),
        accounts: &[AccountNo],
    ) {
        if counts.is_empty() {
            return;
        }
        let papers = self.papers.values().flatten().filter(|paper| accounts.contains(&paper.account));
        let papers: Vec<&Paper> = papers.collect();
        let mut days: BTreeSet<Day> = papers.iter().map(|paper| paper.from).collect();
        days.extend(counts.iter().flat_map(|count| [Some(count.at.0), count.until]).flatten());
        for day in days {
            let standing = counts.iter().filter(|count| count.stands_on(day));
            let last = standing.max_by(|one, other| {
                let by_time = by_time((one.at.0, one.time), (other.at.0, other.time));
                by_time.unwrap_or_else(|| (one.at, one.seq).cmp(&(other.at, other.seq)))
            });
            if last.is_some_and(|count| !is_of_just_that(count)) {
                continue;
            }
            let is_behind = |paper: &Paper, count: &Count| {
                let by_time = by_time((paper.at.0, paper.time), (count.at.0, count.time));
                by_time.map_or(paper.at >= count.at, |by_time| by_time == Ordering::Greater)
            };
            let is_after = |paper: &&&Paper| last.is_none_or(|count| is_behind(paper, count)) && paper.from <= day;
            let moved: i128 = papers.iter().filter(is_after).map(|paper| paper.units).sum();
            let said = last.map_or(0, |count| count.found) + moved;
            let held = accounts.iter().map(|account| i128::from(model.at(*account, day, Seq(u64::MAX)).on_hand));
            let (held, (place, lot)) = (held.sum::<i128>(), heap);
            assert_eq!(
                held, said,
                "what was found stands: place {place}, lot {lot}, day {day}\n{counts:#?}\n{papers:#?}\n{accounts:?}"
            );
        }
    }
}
