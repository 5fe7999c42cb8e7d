//! What is held: by party, site, material, lot, form and more, as of a day, as known at an event.

use std::collections::BTreeMap;

use books::place::Place;
use books::{Account, AccountNo, Books, Day, Moment, Seq, Sums};
use measure::Basis;
use serde::{Deserialize, Serialize};
use wire::acts::words::{Form, SourceKind, Stage};
use wire::date::day_in_zone;
use wire::value::show_number;

use crate::contained::restate;
use crate::history::{History, HistoryError};

/// A way to tell positions apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

/// Which accounts count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only this owner.
    pub party: Option<String>,
    /// Only this site, dispatch or loan.
    pub site: Option<String>,
    /// Only this material.
    pub material: Option<String>,
    /// Only this lot.
    pub lot: Option<String>,
    /// Only this form.
    pub form: Option<Form>,
    /// Only this source kind.
    pub source: Option<SourceKind>,
    /// Only this country of mining.
    pub origin: Option<String>,
    /// Only this class of site.
    pub class: Option<String>,
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
    /// The moment of asking, which says what day it is for each owner.
    pub now: Moment,
    /// As known after this event; now where absent.
    pub known_at: Option<Seq>,
    /// Restated in this basis where an assay allows it.
    pub basis: Option<Basis>,
    /// Show places outside the stock too (outside, processing, loss, count difference, ...).
    pub show_virtual: bool,
    /// Show positions of nothing.
    pub show_empty: bool,
}

/// An answer: one line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub party: Option<String>,
    /// Site, dispatch or loan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// What the site is: `site`, `in_transit`, `on_loan` or `virtual`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Country of the site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Class of the site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Material.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub material: Option<String>,
    /// Form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// Stage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// Source kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Country where it was mined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Lot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// Unit of the numbers.
    pub unit: String,
    /// What the numbers count.
    pub basis: String,
    /// What lies there.
    pub on_hand: String,
    /// Set aside by encumbrances other than holds.
    pub encumbered: String,
    /// Set aside by holds.
    pub blocked: String,
    /// In transit or on loan: nobody can use it now.
    pub away: String,
    /// On hand less encumbered less blocked less away.
    pub available: String,
    /// Where numbers were restated: the events whose assays they rest on.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub assays: Vec<u64>,
}

/// One group while it is added up.
#[derive(Default)]
struct Group {
    labels: Position,
    material: usize,
    sums: [i128; 4],
    assays: Vec<u64>,
}

/// Answers a question. Quantities of different units or bases stay on lines of their own.
///
/// # Errors
/// When the history cannot be read.
pub fn positions(books: &Books, history: &dyn History, query: &PositionQuery) -> Result<Vec<Position>, HistoryError> {
    let known_at = query.known_at.unwrap_or(books.head());
    let days = query.days(books);
    let now = query.known_at.is_none_or(|known_at| known_at >= books.head());
    let default_by = [Dimension::Party, Dimension::Site, Dimension::Material, Dimension::Form, Dimension::Lot];
    let mut by = if query.by.is_empty() { default_by.to_vec() } else { query.by.clone() };
    // Quantities of two materials are never added, so the material is always told.
    if !by.contains(&Dimension::Material) {
        by.push(Dimension::Material);
    }
    let mut groups: BTreeMap<Vec<String>, Group> = BTreeMap::new();
    for (number, account) in (0u32..).zip(books.accounts()) {
        let lot = &books.lots()[account.key.lot.0 as usize];
        if lot.seq > known_at || !query.filter.takes(books, account, query.show_virtual) {
            continue;
        }
        let day = days[account.key.owner.0 as usize];
        // The account's own rows answer what is known now; an older state of knowledge or an older day needs the history.
        let sums = match account.days.at(day).filter(|_| now) {
            Some(sums) => sums,
            None => history.at(AccountNo(number), day, known_at)?,
        };
        if sums == Sums::default() && !query.show_empty {
            continue;
        }
        let material = lot.facts.material.0 as usize;
        let (values, basis, assay) = match query.basis {
            None => (plain(&sums), books.materials()[material].basis, None),
            Some(basis) => restated(books, account, &sums, basis, known_at).unwrap_or((
                plain(&sums),
                books.materials()[material].basis,
                None,
            )),
        };
        let place = &books.places()[account.key.place.0 as usize];
        let away = if matches!(place, Place::Transit(_) | Place::Loan(_)) { values[0] } else { 0 };
        let values = [values[0], values[1], values[2], away];
        let mut labels = labels(books, account, &by);
        labels.unit = books.materials()[material].shown.to_string();
        labels.basis = basis.to_string();
        let mut key: Vec<String> = by.iter().map(|dimension| labels.label(*dimension)).collect();
        key.extend([labels.place.clone().unwrap_or_default(), labels.unit.clone(), labels.basis.clone()]);
        let group = groups.entry(key).or_insert_with(|| Group { labels, material, ..Group::default() });
        for (sum, value) in group.sums.iter_mut().zip(values) {
            *sum += value;
        }
        group.assays.extend(assay);
    }
    Ok(groups.into_values().map(|group| group.into_position(books)).collect())
}

impl PositionQuery {
    /// The day that is meant for each owner, by party number.
    pub(crate) fn days(&self, books: &Books) -> Vec<Day> {
        let own_day = |party: &books::party::Party| day_in_zone(self.now, party.zone.as_deref());
        books.parties().iter().map(|party| self.as_of.unwrap_or_else(|| own_day(party))).collect()
    }
}

fn plain(sums: &Sums) -> [i128; 3] {
    [sums.on_hand, sums.encumbered, sums.blocked].map(i128::from)
}

type Converted = ([i128; 3], Basis, Option<u64>);

fn restated(books: &Books, account: &Account, sums: &Sums, basis: Basis, known_at: Seq) -> Option<Converted> {
    let mut assay = None;
    let mut values = [0; 3];
    for (value, units) in values.iter_mut().zip([sums.on_hand, sums.encumbered, sums.blocked]) {
        let restated = restate(books, account.key.lot, units, basis, known_at)?;
        *value = restated.units;
        assay = restated.assay.map(|seq| seq.0).or(assay);
    }
    Some((values, basis, assay))
}

impl Filter {
    pub(crate) fn takes(&self, books: &Books, account: &Account, show_virtual: bool) -> bool {
        let place = &books.places()[account.key.place.0 as usize];
        if !place.is_real() && !show_virtual {
            return false;
        }
        let facts = &books.lots()[account.key.lot.0 as usize].facts;
        let is =
            |wanted: &Option<String>, found: Option<&str>| wanted.as_deref().is_none_or(|wanted| found == Some(wanted));
        let class = match place {
            Place::Site(site) => site.class.as_deref(),
            _ => None,
        };
        is(&self.party, Some(books.party_code(account.key.owner)))
            && is(&self.site, Some(place.code()))
            && is(&self.material, Some(&books.materials()[facts.material.0 as usize].code))
            && is(&self.lot, Some(&facts.code))
            && is(&self.origin, facts.origin.mined.as_deref())
            && is(&self.class, class)
            && self.form.is_none_or(|form| books::material::Form::from(form) == facts.form)
            && self.source.is_none_or(|source| books::lot::SourceKind::from(source) == facts.source)
    }
}

fn labels(books: &Books, account: &Account, by: &[Dimension]) -> Position {
    let place = &books.places()[account.key.place.0 as usize];
    let facts = &books.lots()[account.key.lot.0 as usize].facts;
    let mut labels = Position::default();
    let unknown = || Some("unknown".to_owned());
    for dimension in by {
        match dimension {
            Dimension::Party => labels.party = Some(books.party_code(account.key.owner).to_owned()),
            Dimension::Site => {
                labels.site = Some(place.code().to_owned());
                labels.place = Some(kind(place).to_owned());
            }
            Dimension::Country => {
                labels.country = match place {
                    Place::Site(site) => Some(site.country.clone()),
                    _ => unknown(),
                }
            }
            Dimension::Class => {
                labels.class = match place {
                    Place::Site(site) => site.class.clone().or_else(unknown),
                    _ => unknown(),
                }
            }
            Dimension::Material => {
                labels.material = Some(books.materials()[facts.material.0 as usize].code.clone());
            }
            Dimension::Form => labels.form = Some(Form::from(facts.form).word()),
            Dimension::Stage => labels.stage = Some(Stage::from(facts.form.stage()).word()),
            Dimension::Source => labels.source = Some(SourceKind::from(facts.source).word()),
            Dimension::Origin => labels.origin = facts.origin.mined.clone().or_else(unknown),
            Dimension::Lot => labels.lot = Some(facts.code.clone()),
        }
    }
    labels
}

fn kind(place: &Place) -> &'static str {
    match place {
        Place::Site(_) => "site",
        Place::Transit(_) => "in_transit",
        Place::Loan(_) => "on_loan",
        _ => "virtual",
    }
}

impl Position {
    /// What a dimension says of this line; empty where it was not asked.
    #[must_use]
    pub fn label(&self, dimension: Dimension) -> String {
        let label = match dimension {
            Dimension::Party => &self.party,
            Dimension::Site => &self.site,
            Dimension::Country => &self.country,
            Dimension::Class => &self.class,
            Dimension::Material => &self.material,
            Dimension::Form => &self.form,
            Dimension::Stage => &self.stage,
            Dimension::Source => &self.source,
            Dimension::Origin => &self.origin,
            Dimension::Lot => &self.lot,
        };
        label.clone().unwrap_or_default()
    }
}

impl Group {
    fn into_position(self, books: &Books) -> Position {
        let Self { mut labels, material, sums: [on_hand, encumbered, blocked, away], mut assays } = self;
        let material = &books.materials()[material];
        // A sum of many accounts may be larger than one account can be.
        let number = |units: i128| match i64::try_from(units) {
            Ok(units) => show_number(material, units),
            Err(_) => format!("{units} x 10^-{} {}", material.decimals, material.unit),
        };
        labels.on_hand = number(on_hand);
        labels.encumbered = number(encumbered);
        labels.blocked = number(blocked);
        labels.away = number(away);
        labels.available = number(on_hand - encumbered - blocked - away);
        assays.sort_unstable();
        assays.dedup();
        labels.assays = assays;
        labels
    }
}
