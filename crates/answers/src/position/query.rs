//! What is asked about positions: which stock, told apart by what, as of when, in which basis and unit.

use books::{Books, Day, Facts, Moment, Seq};
use measure::{Basis, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wire::date::day_in_zone;

use super::Filter;

/// A way to tell positions apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// Owner.
    Party,
    /// Site, dispatch or loan.
    Site,
    /// Country of the site.
    Country,
    /// Class of the site: government, agency, obligated, commercial.
    Class,
    /// Material.
    Material,
    /// Form.
    Form,
    /// Stage of the chain.
    Stage,
    /// Source kind.
    Source,
    /// Country where it was mined.
    Origin,
    /// Lot.
    Lot,
}

impl Dimension {
    /// All of them, with their words.
    pub const WORDS: [(&'static str, Self); 10] = [
        ("party", Self::Party),
        ("site", Self::Site),
        ("country", Self::Country),
        ("class", Self::Class),
        ("material", Self::Material),
        ("form", Self::Form),
        ("stage", Self::Stage),
        ("source", Self::Source),
        ("origin", Self::Origin),
        ("lot", Self::Lot),
    ];

    /// A dimension by its word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(known, _)| *known == word).map(|(_, dimension)| *dimension)
    }
}

/// A question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PositionQuery {
    /// Which accounts count.
    pub filter: Filter,
    /// How to tell them apart; by party, site, material, form and lot where empty.
    pub by: Vec<Dimension>,
    /// As of the end of this day; each owner's own today where absent.
    pub as_of: Option<Day>,
    /// As known after this event; now where absent.
    pub known_at: Option<Seq>,
    /// Restated in this basis where an assay allows it.
    pub basis: Option<Basis>,
    /// Said in this unit where it measures the same, or a factor joins it to the material's.
    pub unit: Option<Unit>,
    /// Show places outside the stock too (outside, processing, loss, count difference, ...).
    pub show_virtual: bool,
    /// Show positions of nothing.
    pub show_empty: bool,
}

const QUARTER_HOUR_US: u64 = 15 * 60 * 1_000_000;

impl PositionQuery {
    /// What positions are told apart by. Quantities of two materials are never added, so the material is always told.
    pub(super) fn told_apart_by(&self) -> Vec<Dimension> {
        let default_by = [Dimension::Party, Dimension::Site, Dimension::Material, Dimension::Form, Dimension::Lot];
        let mut by = if self.by.is_empty() { default_by.to_vec() } else { self.by.clone() };
        if !by.contains(&Dimension::Material) {
            by.push(Dimension::Material);
        }
        by
    }

    /// The day that is meant for each owner, by party number.
    pub(crate) fn days(&self, books: &Books, now: Moment) -> Vec<Day> {
        let own_day = |party: &books::party::Party| day_in_zone(now, party.zone.as_deref());
        books.parties().iter().map(|party| self.as_of.unwrap_or_else(|| own_day(party))).collect()
    }

    /// Since when it has been the day of every owner that it is at a moment: the parts of an answer go on from it.
    pub(crate) fn since(&self, books: &Books, at: Moment) -> Moment {
        if self.as_of.is_some() {
            return Moment(0);
        }
        // Wherever a day begins, it does so at a whole quarter of an hour; and nowhere does it last for two days.
        let days = self.days(books, at);
        let is_same = |quarter: u64| self.days(books, Moment(quarter * QUARTER_HOUR_US)) == days;
        let last = at.0 / QUARTER_HOUR_US;
        let (mut other, mut same) = (last.saturating_sub(4 * 48), last);
        if !is_same(same) || is_same(other) {
            return at;
        }
        while same - other > 1 {
            let middle = other + (same - other) / 2;
            if is_same(middle) { same = middle } else { other = middle }
        }
        Moment(same * QUARTER_HOUR_US)
    }

    /// What is registered on the day that is meant, as known when it is meant. Where each owner has its own today, that is
    /// the latest of them.
    pub(crate) fn facts<'b>(&self, books: &'b Books, days: &[Day]) -> Facts<'b> {
        let day = days.iter().max().copied().unwrap_or_default();
        books.facts_at(day, self.known_at.unwrap_or(books.head()))
    }

    /// Is it about whole materials? Only such sums are told over several parties: of sums by site, form or lot, the
    /// difference of two could show what one party holds.
    pub(super) fn is_total(&self, by: &[Dimension]) -> bool {
        let Self { filter, basis, unit, show_virtual, .. } = self;
        by == [Dimension::Material] && filter.is_total() && basis.is_none() && unit.is_none() && !show_virtual
    }
}
