//! What is registered of parties, materials and sites: as of a day, as known at an event.
//!
//! A row by its number is what was recorded last, whenever it begins. Whoever asks about a day asks here.

use std::borrow::Cow;

use super::Books;
use crate::base::BaseKind;
use crate::material::Material;
use crate::number::{Day, MaterialNo, PartyNo, PlaceNo, Seq};
use crate::party::Party;
use crate::place::{Place, Site};
use crate::table::Table;
use crate::trial::Keyed;
use crate::versions::{Amend, Versions, in_force};

/// Finds the versions of what was amended.
#[derive(Clone, Debug, Default)]
pub(super) struct Amended {
    pub(super) parties: Keyed<u32, u32>,
    pub(super) materials: Keyed<u32, u32>,
    pub(super) sites: Keyed<u32, u32>,
    pub(super) restrictions: Keyed<u32, u32>,
}

/// The registers as of a day, as known at an event.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'b> {
    /// All that is registered.
    pub books: &'b Books,
    /// At the end of this day.
    pub day: Day,
    /// As known once this event was recorded.
    pub known_at: Seq,
}

pub(super) fn versions<'t, T>(
    table: &'t Table<Versions<T>>,
    rows: &Keyed<u32, u32>,
    of: u32,
) -> Option<&'t Versions<T>> {
    rows.get(&of).map(|row| table.row(*row))
}

/// Keeps an amendment; what was recorded last, whenever it begins, is the row from now on.
pub(super) fn amend<T: Amend>(
    table: &mut Table<Versions<T>>,
    rows: &mut Keyed<u32, u32>,
    of: u32,
    row: &T,
    (effective, seq): (Day, Seq),
    after: &T,
) -> T {
    let place = *rows.or_insert_with(of, || table.push(Versions::new(of, row.clone())));
    let versions = table.row_mut(place);
    versions.amend(effective, seq, after.clone());
    versions.latest()
}

impl Books {
    /// The registers as of a day, as known at an event.
    #[must_use]
    pub fn facts_at(&self, day: Day, known_at: Seq) -> Facts<'_> {
        Facts { books: self, day, known_at }
    }

    /// All amendments of sites: those of one site together.
    pub fn site_versions(&self) -> impl Iterator<Item = (PlaceNo, &Versions<Site>)> {
        self.site_versions.rows().iter().map(|versions| (PlaceNo(versions.of), versions))
    }

    /// All amendments of materials: those of one material together.
    pub fn material_versions(&self) -> impl Iterator<Item = (MaterialNo, &Versions<Material>)> {
        self.material_versions.rows().iter().map(|versions| (MaterialNo(versions.of), versions))
    }

    pub(crate) fn amend_party(&mut self, number: PartyNo, at: (Day, Seq), after: &Party) {
        let row = self.parties.row(number.0).clone();
        let (table, rows) = (&mut self.party_versions, &mut self.index.amended.parties);
        let latest = amend(table, rows, number.0, &row, at, after);
        let is_over = |key: &String| !latest.keys.contains(key);
        let mut past: Vec<String> =
            row.past_keys.into_iter().flatten().chain(row.keys.into_iter().filter(is_over)).collect();
        past.sort();
        past.dedup();
        let past_keys = (!past.is_empty()).then_some(past);
        *self.parties.row_mut(number.0) =
            Party { closed_through: row.closed_through, acted: row.acted, proofs: None, past_keys, ..latest };
    }

    pub(crate) fn amend_material(&mut self, number: MaterialNo, at: (Day, Seq), after: &Material) {
        let row = self.materials.row(number.0).clone();
        let (table, rows) = (&mut self.material_versions, &mut self.index.amended.materials);
        *self.materials.row_mut(number.0) = amend(table, rows, number.0, &row, at, after);
    }

    pub(crate) fn amend_site(&mut self, number: PlaceNo, at: (Day, Seq), after: &Site) {
        let row = self.site(number).clone();
        let (table, rows) = (&mut self.site_versions, &mut self.index.amended.sites);
        *self.places.row_mut(number.0) = Place::Site(amend(table, rows, number.0, &row, at, after));
    }

    pub(super) fn reindex_versions(&mut self) {
        fn rows<T>(table: &Table<Versions<T>>) -> Keyed<u32, u32> {
            let mut found = Keyed::default();
            (0u32..).zip(table.rows()).for_each(|(row, versions)| found.insert(versions.of, row));
            found
        }
        self.index.amended = Amended {
            parties: rows(&self.party_versions),
            materials: rows(&self.material_versions),
            sites: rows(&self.site_versions),
            restrictions: rows(&self.restriction_versions),
        };
    }
}

impl<'b> Facts<'b> {
    /// A party's facts. Its closed periods are those of now.
    #[must_use]
    pub fn party(&self, number: PartyNo) -> Cow<'b, Party> {
        let found = versions(&self.books.party_versions, &self.books.index.amended.parties, number.0);
        let now = self.books.party(number);
        found.map_or(Cow::Borrowed(now), |versions| {
            let then = versions.at(self.day, self.known_at).into_owned();
            let past_keys = now.past_keys.clone();
            Cow::Owned(Party { closed_through: now.closed_through, past_keys, ..then })
        })
    }

    /// A material's facts.
    #[must_use]
    pub fn material(&self, number: MaterialNo) -> Cow<'b, Material> {
        let found = versions(&self.books.material_versions, &self.books.index.amended.materials, number.0);
        found.map_or(Cow::Borrowed(self.books.material(number)), |versions| versions.at(self.day, self.known_at))
    }

    /// A site's facts; none of a place that is no site.
    #[must_use]
    pub fn site(&self, number: PlaceNo) -> Option<Cow<'b, Site>> {
        let now = self.books.place(number).site()?;
        let found = versions(&self.books.site_versions, &self.books.index.amended.sites, number.0);
        Some(found.map_or(Cow::Borrowed(now), |versions| versions.at(self.day, self.known_at)))
    }

    /// A figure of a year, in accounting units: the one in force on the day; before all of them, the first.
    #[must_use]
    pub fn figure(&self, party: PartyNo, material: MaterialNo, kind: BaseKind, year: u16) -> Option<i64> {
        let known_at = self.known_at;
        let known = self.books.figures((party, material), kind, year).filter(move |base| base.seq <= known_at);
        let held = in_force(known.clone(), self.day, known_at, |base| (base.effective, base.seq));
        held.or_else(|| known.min_by_key(|base| (base.effective, base.seq))).map(|base| base.units)
    }

    /// The country of a site.
    #[must_use]
    pub fn country(&self, number: PlaceNo) -> Option<String> {
        self.site(number).map(|site| site.country.clone())
    }
}
