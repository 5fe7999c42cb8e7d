//! The plainest record of facts: every act that was done, gone through from the first for every question.
//!
//! A field of a register is a list of days and what it says from each on. An assay holds by the rules of
//! `books/src/composition.rs`, told here once more over the list of acts, in floating numbers.

use std::collections::{BTreeMap, BTreeSet};

use books::lot::{Assay, AssayStatus, NewLot, SourceKind};
use books::material::{Form, Material};
use books::place::Site;
use books::{Act, Books, Day, Event, LotNo, MaterialNo, Outcome, PlaceNo, RestrictionNo, Seq};

use super::Model;

/// An act that was done.
#[derive(Clone, Debug)]
struct Done {
    seq: Seq,
    day: Day,
    act: Act,
}

/// All acts of a history.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    done: Vec<Done>,
    held: BTreeMap<Seq, Act>,
}

/// Parts of an accounted weight by element or oxide, and whether the last word is said.
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    /// From 0 to 1.
    pub contents: BTreeMap<String, f64>,
    /// Final?
    pub is_final: bool,
}

/// From each day on, what a field says.
type Line<T> = BTreeMap<Day, T>;

fn on<T: Clone>(line: &Line<T>, day: Day) -> T {
    line.range(..=day).next_back().map(|(_, value)| value.clone()).expect("it begins before all days")
}

fn write<T: Clone + PartialEq>(line: &mut Line<T>, day: Day, value: T) {
    if on(line, day) != value {
        line.insert(day, value);
    }
}

const BEFORE: Day = Day(i32::MIN);

/// A place in the order of what happened. Times of the day have tests of their own.
type At = (Day, Seq);

const END: At = (Day(i32::MAX), Seq(u64::MAX));

impl Facts {
    /// Takes in the next event.
    pub fn add(&mut self, seq: Seq, event: &Event) {
        let act = match &event.outcome {
            Outcome::Held(act) => {
                self.held.insert(seq, act.clone());
                return;
            }
            Outcome::Done(Act::Approve(act)) => self.held.get(&act.held).expect("what is approved was held").clone(),
            Outcome::Done(act) => act.clone(),
            Outcome::Refused(_) | Outcome::Moved(..) => return,
        };
        // What a correction puts in the place of what it reverses stands and falls with it.
        let with = match &act {
            Act::Correct(act) => act.with.clone(),
            _ => None,
        };
        self.done.push(Done { seq, day: event.effective, act });
        if let Some(with) = with {
            self.done.push(Done { seq, day: with.effective.unwrap_or(event.effective), act: with.act });
        }
    }

    fn known(&self, known_at: Seq) -> impl Iterator<Item = &Done> {
        self.done.iter().filter(move |done| done.seq <= known_at)
    }

    /// Country and class of a site.
    #[must_use]
    pub fn site(&self, first: &Site, site: PlaceNo, day: Day, known_at: Seq) -> (String, Option<String>) {
        let mut country = Line::from([(BEFORE, first.country.clone())]);
        let mut class = Line::from([(BEFORE, first.class.clone())]);
        for done in self.known(known_at) {
            if let Act::AmendSite(act) = &done.act
                && act.site == site
            {
                write(&mut country, done.day, act.facts.country.clone());
                write(&mut class, done.day, act.facts.class.clone());
            }
        }
        (on(&country, day), on(&class, day))
    }

    /// Need and goal of a material, in accounting units.
    #[must_use]
    pub fn material(
        &self,
        first: &Material,
        material: MaterialNo,
        day: Day,
        known_at: Seq,
    ) -> [Option<measure::Quantity>; 2] {
        let mut need = Line::from([(BEFORE, first.requirement_per_day)]);
        let mut goal = Line::from([(BEFORE, first.goal)]);
        for done in self.known(known_at) {
            if let Act::AmendMaterial(act) = &done.act
                && act.material == material
            {
                write(&mut need, done.day, act.facts.requirement_per_day);
                write(&mut goal, done.day, act.facts.goal);
            }
        }
        [on(&need, day), on(&goal, day)]
    }

    /// The last day of a restriction, where it was known and had one.
    #[must_use]
    pub fn restricted(&self, code: &str, number: RestrictionNo, known_at: Seq) -> Option<Option<Day>> {
        let mut found = None;
        for done in self.known(known_at) {
            match &done.act {
                Act::Restrict(act) if act.restriction == code => found = Some(act.last),
                Act::LiftRestriction(act) if act.restriction == number => {
                    found = Some(Some(act.last.unwrap_or(done.day)))
                }
                _ => {}
            }
        }
        found
    }

    /// Form, source and country of mining of a lot that was described so at first.
    #[must_use]
    pub fn described(&self, first: &NewLot, lot: LotNo, day: Day, known_at: Seq) -> (Form, SourceKind, Option<String>) {
        let mut form = Line::from([(BEFORE, first.form)]);
        let mut source = Line::from([(BEFORE, first.source)]);
        let mut mined = Line::from([(BEFORE, first.origin.mined.clone())]);
        for done in self.known(known_at) {
            if let Act::AmendLot(act) = &done.act
                && act.lot == lot
            {
                if let Some(said) = act.form {
                    write(&mut form, done.day, said);
                }
                if let Some(said) = act.source {
                    write(&mut source, done.day, said);
                }
                if let Some(said) = &act.origin {
                    write(&mut mined, done.day, said.mined.clone());
                }
            }
        }
        (on(&form, day), on(&source, day), on(&mined, day))
    }

    /// The acts that were known and, on a day, not taken back.
    fn standing(&self, day: Day, known_at: Seq) -> Vec<&Done> {
        let mut gone = BTreeSet::new();
        for done in self.known(known_at).collect::<Vec<_>>().into_iter().rev() {
            if let Act::Correct(act) = &done.act
                && done.day <= day
                && !gone.contains(&done.seq)
            {
                gone.insert(act.reverses);
            }
        }
        self.known(known_at).filter(|done| !gone.contains(&done.seq)).collect()
    }

    /// What a lot is made of; none where nobody knows.
    #[must_use]
    pub fn made(&self, books: &Books, model: &Model, lot: LotNo, (day, known_at): (Day, Seq)) -> Option<Made> {
        let standing = self.standing(day, known_at);
        Asked { books, model, standing, day, known_at }.made(lot, END)
    }
}

struct Asked<'a> {
    books: &'a Books,
    model: &'a Model,
    standing: Vec<&'a Done>,
    day: Day,
    known_at: Seq,
}

impl Asked<'_> {
    /// Losses and gains of a lot: where they stand, units, and whether the content stayed.
    fn changes(&self, lot: LotNo) -> Vec<(At, i64, bool)> {
        self.standing.iter().filter_map(|done| self.change(lot, done)).collect()
    }

    fn change(&self, lot: LotNo, done: &Done) -> Option<(At, i64, bool)> {
        let at = (done.day, self.books.root_of(done.seq));
        match &done.act {
            Act::RecordLoss(act) if act.lot == lot => Some((at, -act.quantity.units(), act.weight_only.is_some())),
            Act::RecordGain(act) if act.lot == lot => Some((at, act.quantity.units(), act.weight_only.is_some())),
            _ => None,
        }
    }

    /// The lot's own assays: day, event, what was found.
    fn assays(&self, lot: LotNo) -> Vec<(Day, Seq, Assay)> {
        let row = self.books.lot(lot);
        let mut found = Vec::new();
        let is_known = row.seq <= self.known_at;
        if let Some(assay) = row.facts.assay.clone().filter(|_| is_known && !row.inherits) {
            found.push((row.made, row.seq, assay));
        }
        for done in &self.standing {
            if let Act::RecordAssay(act) = &done.act
                && act.lot == lot
            {
                found.push((done.day, done.seq, act.assay.clone()));
            }
        }
        found
    }

    fn made(&self, lot: LotNo, until: At) -> Option<Made> {
        let changes = self.changes(lot);
        let mut turns: Vec<(At, i64)> =
            changes.iter().filter(|(_, _, only)| *only).map(|(at, units, _)| (*at, *units)).collect();
        turns.retain(|(at, _)| at.0 <= self.day && *at < until);
        turns.sort_unstable();
        let of_later = |day: Day, seq: Seq| changes.iter().any(|(at, ..)| *at >= until && *at < (day, seq));
        let own: Vec<_> = self.assays(lot).into_iter().filter(|(day, seq, _)| !of_later(*day, *seq)).collect();
        self.since(lot, &turns, &own, &changes, until)
    }

    fn since(
        &self,
        lot: LotNo,
        turns: &[(At, i64)],
        own: &[(Day, Seq, Assay)],
        changes: &[(At, i64, bool)],
        until: At,
    ) -> Option<Made> {
        let from = turns.last().map_or((BEFORE, Seq(0)), |(at, _)| *at);
        let changed = |after: Day, by: Day| changes.iter().any(|(at, ..)| after < at.0 && at.0 <= by);
        let is_final = |assay: &Assay| assay.status == AssayStatus::Final;
        let of_turn: Vec<_> = own.iter().filter(|(day, seq, _)| (*day, *seq) > from).collect();
        let mut past: Vec<_> = of_turn.iter().filter(|(day, ..)| *day <= self.day).collect();
        past.sort_by_key(|(day, seq, assay)| (is_final(assay), *day, *seq));
        let mut ahead: Vec<_> = of_turn.iter().filter(|(day, _, assay)| *day > self.day && is_final(assay)).collect();
        ahead.retain(|(day, ..)| !changed(self.day, *day));
        ahead.sort_by_key(|(day, seq, _)| (*day, std::cmp::Reverse(*seq)));
        let say = |assay: &Assay| Made {
            contents: assay
                .contents
                .iter()
                .map(|content| (content.analyte.clone(), f64::from(content.fraction_ppb) / 1e9))
                .collect(),
            is_final: is_final(assay),
        };
        // A final word of before the day.
        if let Some((.., assay)) = past.last().filter(|(.., assay)| is_final(assay)) {
            return Some(say(assay));
        }
        // What it was before it was weighed anew, or what it was made from, where nothing was said of it since.
        let is_silent = past.is_empty() && (turns.is_empty() || ahead.is_empty());
        let other = match turns.split_last() {
            _ if !is_silent => None,
            Some((turn, before)) => self.since(lot, before, own, changes, until).map(|made| {
                let scale = self.scale(lot, *turn);
                Made { contents: made.contents.into_iter().map(|(name, part)| (name, part * scale)).collect(), ..made }
            }),
            None => self.of_parents(lot, until),
        };
        if let Some(made) = other.as_ref().filter(|made| made.is_final) {
            return Some(made.clone());
        }
        if let Some((.., assay)) = ahead.first() {
            return Some(say(assay));
        }
        if let Some((.., assay)) = past.last() {
            return Some(say(assay));
        }
        let mut later: Vec<_> = of_turn.iter().filter(|(day, ..)| *day > self.day).collect();
        later.retain(|(by, ..)| !changes.iter().any(|(at, _, only)| *only && self.day < at.0 && at.0 <= *by));
        later.sort_by_key(|(day, seq, _)| (*day, *seq));
        other.or_else(|| later.first().map(|(.., assay)| say(assay)))
    }

    /// How much more of the same content a weight holds since its weight alone changed.
    fn scale(&self, lot: LotNo, (turn, change): (At, i64)) -> f64 {
        let evening = Day(turn.0.0 - 1);
        let mut before = 0;
        for account in self.books.accounts_of(lot) {
            let place = self.books.account(*account).key.place;
            if !self.books.place(place).is_real() {
                continue;
            }
            before += self.model.at(*account, evening, self.known_at).on_hand;
            let counts = || self.books.counts_at(place, lot).filter(|count| count.day == turn.0);
            for moved in self.model.moved_on(*account, turn.0, self.known_at, &|seq| self.books.root_of(seq)) {
                let own = counts().find(|count| count.seq == moved.root);
                // A count stands before the event that cuts its day; a late paper is stopped by it.
                let is_before = match own.or_else(|| counts().next_back().filter(|_| moved.first < turn.0)) {
                    Some(count) => (turn.0, count.cut) <= turn,
                    // What stands in the place of something later has a day of its own.
                    None => (moved.first.min(turn.0), moved.root) < turn,
                };
                before += if is_before { moved.units } else { 0 };
            }
        }
        // What is taken back from a later day on is still in the weight of this one.
        let gone = self.model.facts().known(self.known_at).filter(|done| {
            !self.standing.iter().any(|own| own.seq == done.seq)
                && self.model.facts().standing(turn.0, self.known_at).iter().any(|own| own.seq == done.seq)
        });
        let gone = gone.filter_map(|done| self.change(lot, done)).filter(|(at, _, only)| *only && *at < turn);
        before -= gone.map(|(_, units, _)| units).sum::<i64>();
        let after = before + change;
        if before <= 0 || after <= 0 { 1.0 } else { before as f64 / after as f64 }
    }

    fn of_parents(&self, lot: LotNo, until: At) -> Option<Made> {
        let row = self.books.lot(lot);
        if !row.inherits {
            return None;
        }
        let mut whole = 0.0;
        let mut made = Made { contents: BTreeMap::new(), is_final: true };
        for parent in &row.parents {
            let part = self.made(parent.lot, until.min((row.made, row.seq)))?;
            let weight = parent.quantity.units() as f64;
            whole += weight;
            made.is_final &= part.is_final;
            for (name, fraction) in part.contents {
                *made.contents.entry(name).or_default() += weight * fraction;
            }
        }
        made.contents.values_mut().for_each(|sum| *sum /= whole);
        Some(made)
    }
}
