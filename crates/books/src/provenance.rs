//! Where the mass of a lot comes from: by ancestry, as of a day, as known at an event.
//!
//! A lot is a mixture of portions. What began in the books has one portion, as it is described. What was made from other lots
//! has theirs, in proportion to what went in: neither a split, nor a merge, nor a conversion changes where mass comes from.
//! So a mixture is never stated and never stored: it follows from descriptions and parents, and a description that is
//! mended mends whatever was made of the lot. What nobody stated stays unknown, and may be anything.

use std::collections::BTreeMap;

use measure::{Quantity, largest_remainder};
use rustc_hash::FxHashMap;

use crate::books::Books;
use crate::lot::{Making, NewLot, SourceKind};
use crate::material::{Form, Stage};
use crate::number::{Day, LotNo, Seq};

pub(crate) mod weights;

/// Weights of one mixture sum to at most this. What is rounded away when lots are mixed is less than one part in it.
const RESOLUTION: u64 = 1_000_000_000_000_000_000;

/// A step of the chain that has a country.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Mining.
    Mined,
    /// Separation.
    Separated,
    /// Refining.
    Refined,
    /// Making of alloy or goods.
    Manufactured,
}

/// Is it so? Worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Possible {
    /// Certainly not.
    No,
    /// Nobody stated it: it may be.
    Maybe,
    /// Certainly.
    Yes,
}

/// What is known of where a portion comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Provenance<'b> {
    /// Mined in.
    pub mined: Option<&'b str>,
    /// Separated in.
    pub separated: Option<&'b str>,
    /// Refined in, the last time.
    pub refined: Option<&'b str>,
    /// Made into alloy or goods in, the last time.
    pub manufactured: Option<&'b str>,
    /// Refined or made there before that: a later step elsewhere does not undo it.
    pub earlier: Vec<&'b str>,
    /// Where it comes from in the sense of policy.
    pub source: SourceKind,
    /// Who supplied it.
    pub supplier: Option<&'b str>,
    /// What was known of it when it came in, and is not made better by what was done since.
    pub before: Before,
}

/// What stays true of a portion whatever is done to it: a step that is stated now does not say what nobody stated of before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Before {
    /// It came in as recycled: where no country is stated of a step, there is none. What became recycled here had one.
    pub is_waste: bool,
    /// It came in raw and is raw still: no processing is expected of it.
    pub is_raw: bool,
    /// It was worked on when nobody had said who processed it before.
    pub is_processing_unknown: bool,
    /// It was worked on when nobody had said anything of where it comes from.
    pub is_all_unknown: bool,
}

/// What a lot is made of. Portions differ from each other; the weights have no common divisor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mixture<'b> {
    portions: Vec<(Provenance<'b>, u64)>,
}

/// Mixtures as known at an event, worked out once each.
pub struct Mixtures<'b> {
    books: &'b Books,
    known_at: Seq,
    found: FxHashMap<(LotNo, Day), Mixture<'b>>,
}

impl Books {
    /// What a lot is made of, as of a day, as known now.
    #[must_use]
    pub fn mixture(&self, lot: LotNo, day: Day) -> Mixture<'_> {
        let mut mixtures = Mixtures::known_at(self, self.head());
        mixtures.of(lot, day).clone()
    }
}

impl<'b> Mixtures<'b> {
    /// None is worked out yet.
    #[must_use]
    pub fn known_at(books: &'b Books, known_at: Seq) -> Self {
        Self { books, known_at, found: FxHashMap::default() }
    }

    /// What a lot is made of, as of a day.
    pub fn of(&mut self, lot: LotNo, day: Day) -> &Mixture<'b> {
        if !self.found.contains_key(&(lot, day)) {
            for lot in self.unknown_yet(lot, day) {
                let made = self.make(lot, day);
                self.found.insert((lot, day), made);
            }
        }
        &self.found[&(lot, day)]
    }

    /// The lot and its ancestors that are not worked out, parents before what was made of them: numbers grow.
    fn unknown_yet(&self, lot: LotNo, day: Day) -> Vec<LotNo> {
        let mut wanted = vec![lot];
        let mut next = 0;
        let mut seen = rustc_hash::FxHashSet::default();
        while let Some(lot) = wanted.get(next) {
            next += 1;
            let row = self.books.lot(*lot);
            if row.has_ancestry(self.known_at) {
                let parents = row.parents.iter().map(|parent| parent.lot);
                wanted.extend(parents.filter(|lot| !self.found.contains_key(&(*lot, day)) && seen.insert(*lot)));
            }
        }
        wanted.sort_unstable();
        wanted
    }

    fn make(&self, lot: LotNo, day: Day) -> Mixture<'b> {
        let row = self.books.lot(lot);
        let said = row.said(day, self.known_at);
        let whole = |provenance| Mixture { portions: vec![(provenance, 1)] };
        if !row.has_ancestry(self.known_at) {
            return whole(Provenance::stated(said, row.is_described(self.known_at)));
        }
        let parts: Vec<&Mixture<'b>> = row.parents.iter().map(|parent| &self.found[&(parent.lot, day)]).collect();
        let is_scrap =
            |index: usize| self.books.lot(row.parents[index].lot).said(day, self.known_at).form == Form::Scrap;
        let becomes = |index: usize, provenance: &Provenance<'b>| match row.making {
            Making::Began | Making::Relotted | Making::Replaced => provenance.clone(),
            Making::Processed => provenance.processed(said),
            Making::Recovered if is_scrap(index) => {
                Provenance { source: SourceKind::Recycled, ..provenance.processed(said) }
            }
            Making::Recovered => provenance.processed(said),
        };
        if row.weights.is_empty() {
            // Nothing says how much each input gave: what they have in common is known, and no more.
            let all = parts
                .iter()
                .enumerate()
                .flat_map(|(index, part)| part.portions.iter().map(move |(provenance, _)| (index, provenance)));
            let common = all.map(|(index, provenance)| becomes(index, provenance)).reduce(Provenance::common);
            return whole(common.expect("made of something"));
        }
        let mut mixed: BTreeMap<Provenance<'b>, u64> = BTreeMap::new();
        for (index, (part, weight)) in parts.iter().zip(&row.weights).enumerate() {
            for ((provenance, _), units) in part.portions.iter().zip(part.divide(*weight)) {
                *mixed.entry(becomes(index, provenance)).or_default() += units.unsigned_abs();
            }
        }
        let mut portions: Vec<_> = mixed.into_iter().filter(|(_, weight)| *weight > 0).collect();
        let divisor = portions.iter().fold(0, |divisor, (_, weight)| greatest_common_divisor(divisor, *weight));
        portions.iter_mut().for_each(|(_, weight)| *weight /= divisor);
        Mixture { portions }
    }
}

impl<'b> Mixture<'b> {
    /// Its portions, in a fixed order.
    pub fn portions(&self) -> impl ExactSizeIterator<Item = &Provenance<'b>> {
        self.portions.iter().map(|(provenance, _)| provenance)
    }

    /// Divides some of the lot among its portions, in their order, by largest remainders: the parts sum to it exactly, and
    /// each lies within one unit of its exact share.
    #[must_use]
    pub fn divide(&self, units: i64) -> Vec<i64> {
        if let [_] = self.portions[..] {
            return vec![units];
        }
        let weights: Vec<u64> = self.portions.iter().map(|(_, weight)| *weight).collect();
        let size = units.checked_abs().and_then(Quantity::new).expect("a balance is no smaller than its negative");
        let parts = largest_remainder(size, &weights).expect("portions have weight");
        parts.into_iter().map(|part| part.units() * units.signum()).collect()
    }

    /// How much of some of the lot is so, at least and at most.
    #[must_use]
    pub fn bounds(&self, units: i64, is_so: impl Fn(&Provenance<'b>) -> Possible) -> (i64, i64) {
        let (mut least, mut most) = (0, 0);
        for ((provenance, _), part) in self.portions.iter().zip(self.divide(units)) {
            let possible = is_so(provenance);
            least += if possible == Possible::Yes { part } else { 0 };
            most += if possible >= Possible::Maybe { part } else { 0 };
        }
        (least, most)
    }

    /// Is any of it so, be it less than one unit?
    #[must_use]
    pub fn worst(&self, is_so: impl Fn(&Provenance<'b>) -> Possible) -> Possible {
        self.portions().map(is_so).max().unwrap_or(Possible::No)
    }
}

impl<'b> Provenance<'b> {
    fn stated(said: &'b NewLot, is_described: bool) -> Self {
        let country = |country: &'b Option<String>| country.as_deref().filter(|_| is_described);
        let origin = &said.origin;
        Self {
            mined: country(&origin.mined),
            separated: country(&origin.separated),
            refined: country(&origin.refined),
            manufactured: country(&origin.manufactured),
            earlier: Vec::new(),
            source: said.source,
            supplier: country(&said.supplier),
            before: Before {
                is_waste: said.source == SourceKind::Recycled,
                is_raw: is_raw(said),
                is_processing_unknown: false,
                is_all_unknown: false,
            },
        }
    }

    /// After a conversion. What was mined and separated stays so; refining and making happen again, and what was done before
    /// is remembered.
    fn processed(&self, said: &'b NewLot) -> Self {
        let mut made = self.clone();
        let is_unprocessed = self.processing().next().is_none();
        made.before.is_raw &= is_raw(said);
        made.before.is_processing_unknown |= is_unprocessed && !self.before.is_raw;
        made.before.is_all_unknown |= is_unprocessed && self.mined.is_none() && !self.before.is_waste;
        made.mined = made.mined.or(said.origin.mined.as_deref());
        made.separated = made.separated.or(said.origin.separated.as_deref());
        made.supplier = made.supplier.or(said.supplier.as_deref());
        for (step, said) in
            [(&mut made.refined, &said.origin.refined), (&mut made.manufactured, &said.origin.manufactured)]
        {
            if let Some(country) = said.as_deref() {
                made.earlier.extend(step.replace(country).filter(|before| *before != country));
            }
        }
        made.earlier.sort_unstable();
        made.earlier.dedup();
        made
    }

    /// What is true of both.
    fn common(self, other: Self) -> Self {
        let both = |one: Option<&'b str>, other: Option<&'b str>| one.filter(|_| one == other);
        Self {
            mined: both(self.mined, other.mined),
            separated: both(self.separated, other.separated),
            refined: both(self.refined, other.refined),
            manufactured: both(self.manufactured, other.manufactured),
            earlier: self.earlier.into_iter().filter(|country| other.earlier.contains(country)).collect(),
            source: if self.source == other.source { self.source } else { SourceKind::Mixed },
            supplier: both(self.supplier, other.supplier),
            before: Before {
                is_waste: self.before.is_waste && other.before.is_waste,
                is_raw: self.before.is_raw && other.before.is_raw,
                is_processing_unknown: self.before.is_processing_unknown || other.before.is_processing_unknown,
                is_all_unknown: self.before.is_all_unknown || other.before.is_all_unknown,
            },
        }
    }

    /// The countries of the steps after mining that are stated.
    fn processing(&self) -> impl Iterator<Item = &'b str> + Clone {
        [self.separated, self.refined, self.manufactured].into_iter().flatten()
    }

    /// The country of a step; none where nobody stated it.
    #[must_use]
    pub const fn country(&self, step: Step) -> Option<&'b str> {
        match step {
            Step::Mined => self.mined,
            Step::Separated => self.separated,
            Step::Refined => self.refined,
            Step::Manufactured => self.manufactured,
        }
    }

    /// Recovered from waste, and of no country of its own at a step. What came in of unknown origin and was recycled here may be
    /// from anywhere, as before.
    #[must_use]
    pub fn is_recovered(&self, step: Step) -> bool {
        self.country(step).is_none() && self.before.is_waste
    }

    /// Was this step done in a country? What was recovered from waste has no country where none is stated.
    #[must_use]
    pub fn is_of(&self, step: Step, country: &str) -> Possible {
        match self.country(step) {
            Some(own) if own == country => Possible::Yes,
            Some(_) => Possible::No,
            None if self.is_recovered(step) => Possible::No,
            None => Possible::Maybe,
        }
    }

    /// Was it separated, refined or made in a country, the last time or before? What came in raw and still is was not processed
    /// yet, unless it is said; of anything else, silence about every step leaves all possible, and so does a step that is stated
    /// on top of such silence.
    #[must_use]
    pub fn is_processed_in(&self, country: &str) -> Possible {
        let mut stated = self.processing();
        if stated.clone().any(|own| own == country) || self.earlier.contains(&country) {
            return Possible::Yes;
        }
        let is_told = (stated.next().is_some() || self.before.is_raw) && !self.before.is_processing_unknown;
        if is_told { Possible::No } else { Possible::Maybe }
    }

    /// Does a country have a part in it at any step? Silence about every step leaves all possible.
    #[must_use]
    pub fn comes_through(&self, country: &str) -> Possible {
        let mut stated = self.mined.into_iter().chain(self.processing());
        if stated.clone().any(|own| own == country) || self.earlier.contains(&country) {
            return Possible::Yes;
        }
        let is_silent = stated.next().is_none() && !self.before.is_waste;
        if is_silent || self.before.is_all_unknown { Possible::Maybe } else { Possible::No }
    }
}

/// Is a lot of a form to which nothing was done yet but mining?
fn is_raw(said: &NewLot) -> bool {
    said.form.stage() == Stage::Mined
}

fn greatest_common_divisor(one: u64, other: u64) -> u64 {
    if other == 0 { one } else { greatest_common_divisor(other, one % other) }
}

#[cfg(test)]
mod tests;
