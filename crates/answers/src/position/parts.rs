//! What of an account is meant, and how it is told apart, where that goes by where its mass comes from: a lot of several
//! origins has a part in several positions.

use books::provenance::{Mixtures, Provenance, Step};
use books::{AccountKey, Books, Day, Seq};
use wire::acts::words::SourceKind;

use super::{Dimension, Filter};
use crate::origin::country;

/// What a part is called: its country of mining and its source, each where positions are told apart by it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Part {
    pub(super) origin: String,
    pub(super) source: String,
}

/// See the module.
pub(super) struct Parts<'b, 'q> {
    mixtures: Mixtures<'b>,
    filter: &'q Filter,
    by_origin: bool,
    by_source: bool,
    /// Every account has one part, the first: all of it.
    pub(super) is_whole: bool,
    /// The parts that were found, by number.
    pub(super) found: Vec<Part>,
}

impl<'b, 'q> Parts<'b, 'q> {
    pub(super) fn of(books: &'b Books, known_at: Seq, filter: &'q Filter, by: &[Dimension]) -> Self {
        let (by_origin, by_source) = (by.contains(&Dimension::Origin), by.contains(&Dimension::Source));
        let is_whole = !by_origin && !by_source && !filter.goes_by_portion();
        let found = if is_whole { vec![Part::default()] } else { Vec::new() };
        Self { mixtures: Mixtures::known_at(books, known_at), filter, by_origin, by_source, is_whole, found }
    }

    fn call(&self, portion: &Provenance<'_>) -> Part {
        let source = || SourceKind::from(portion.source).word();
        Part {
            origin: if self.by_origin { country(portion, Step::Mined).to_owned() } else { String::new() },
            source: if self.by_source { source() } else { String::new() },
        }
    }

    /// The parts of an account that are meant, by number.
    pub(super) fn meant(&mut self, key: AccountKey, day: Day) -> Vec<u32> {
        let portions: Vec<Provenance<'b>> = self.mixtures.of(key.lot, day).portions().cloned().collect();
        let meant = portions.iter().filter(|portion| self.filter.takes_portion(portion));
        let mut parts: Vec<Part> = meant.map(|portion| self.call(portion)).collect();
        parts.sort_unstable();
        parts.dedup();
        parts.into_iter().map(|part| self.number(part)).collect()
    }

    fn number(&mut self, part: Part) -> u32 {
        let number = self.found.iter().position(|known| *known == part).unwrap_or_else(|| {
            self.found.push(part);
            self.found.len() - 1
        });
        u32::try_from(number).expect("few countries and sources")
    }

    /// What some of an account is in a part.
    pub(super) fn share(&mut self, key: AccountKey, day: Day, part: u32, units: i128) -> i128 {
        if self.is_whole {
            return units;
        }
        let Ok(units) = i64::try_from(units) else { return units };
        let mixture = self.mixtures.of(key.lot, day).clone();
        let wanted = &self.found[part as usize];
        let portions = mixture.portions().zip(mixture.divide(units));
        let meant = portions.filter(|(portion, _)| self.filter.takes_portion(portion) && self.call(portion) == *wanted);
        meant.map(|(_, units)| i128::from(units)).sum()
    }
}
