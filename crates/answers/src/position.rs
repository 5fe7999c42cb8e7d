//! What is held: by party, site, material, lot, form and more, as of a day, as known at an event.

use std::collections::BTreeMap;

use books::place::Place;
use books::{Account, AccountNo, Books, Day, MaterialNo, Moment, Seq, Sums};
use measure::Basis;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wire::acts::words::{Form, SourceKind, Stage};
use wire::date::day_in_zone;
use wire::value::show_number;

use crate::contained::restate;
use crate::figure::{Figure, Told, Total};
use crate::history::HistoryError;
use crate::problem::Problem;
use crate::record::records;
use crate::sight::Sight;
use crate::view::View;

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

/// Which accounts count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Filter {
    /// Only this owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub party: Option<String>,
    /// Only this site, dispatch or loan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// Only this material.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub material: Option<String>,
    /// Only this lot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// Only this form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<Form>,
    /// Only this source kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceKind>,
    /// Only this country of mining.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Only this class of site.
    #[serde(skip_serializing_if = "Option::is_none")]
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
    /// As known after this event; now where absent.
    pub known_at: Option<Seq>,
    /// Restated in this basis where an assay allows it.
    pub basis: Option<Basis>,
    /// Show places outside the stock too (outside, processing, loss, count difference, ...).
    pub show_virtual: bool,
    /// Show positions of nothing.
    pub show_empty: bool,
}

records! {
    /// An answer: one line.
    Position {
        /// Owner.
        #[serde(skip_serializing_if = "Option::is_none")]
        party: Option<String> as Code,
        /// Site, dispatch or loan.
        #[serde(skip_serializing_if = "Option::is_none")]
        site: Option<String> as Code,
        /// What the site is: `site`, `in_transit`, `on_loan` or `virtual`.
        #[serde(skip_serializing_if = "Option::is_none")]
        place: Option<String> as Code,
        /// Country of the site.
        #[serde(skip_serializing_if = "Option::is_none")]
        country: Option<String> as Code,
        /// Class of the site.
        #[serde(skip_serializing_if = "Option::is_none")]
        class: Option<String> as Code,
        /// Material.
        #[serde(skip_serializing_if = "Option::is_none")]
        material: Option<String> as Code,
        /// Form.
        #[serde(skip_serializing_if = "Option::is_none")]
        form: Option<String> as Code,
        /// Stage.
        #[serde(skip_serializing_if = "Option::is_none")]
        stage: Option<String> as Code,
        /// Source kind.
        #[serde(skip_serializing_if = "Option::is_none")]
        source: Option<String> as Code,
        /// Country where it was mined.
        #[serde(skip_serializing_if = "Option::is_none")]
        origin: Option<String> as Code,
        /// Lot.
        #[serde(skip_serializing_if = "Option::is_none")]
        lot: Option<String> as Code,
        /// Unit of the numbers.
        unit: String as Code,
        /// What the numbers count.
        basis: String as Code,
        /// What lies there.
        on_hand: Figure as Quantity,
        /// Set aside by encumbrances other than holds.
        encumbered: Figure as Quantity,
        /// Set aside by holds.
        blocked: Figure as Quantity,
        /// In transit or on loan: nobody can use it now.
        away: Figure as Quantity,
        /// On hand less encumbered less blocked less away.
        available: Figure as Quantity,
        /// Where numbers were restated: the events whose assays they rest on.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        assays: Vec<u64>,
        /// One other party holds some too: the numbers are withheld, because a sum would show what that party holds.
        #[serde(skip_serializing_if = "std::ops::Not::not", default)]
        withheld: bool as Detail,
    }
}

/// What is held of one material, told apart as asked.
#[derive(Default)]
pub(crate) struct Group {
    labels: Position,
    /// Of what.
    pub(crate) material: MaterialNo,
    /// On hand, encumbered, blocked, away; in accounting units.
    pub(crate) sums: Total<4>,
    assays: Vec<u64>,
}

/// Answers a question. Quantities of different units or bases stay on lines of their own.
///
/// # Errors
/// When the history cannot be read.
pub fn positions(view: &dyn View, query: &PositionQuery) -> Result<Vec<Position>, HistoryError> {
    let groups = groups(view, query)?;
    Ok(groups.into_iter().map(|group| group.into_position(view.books())).collect())
}

/// Adds up what is held.
pub(crate) fn groups(view: &dyn View, query: &PositionQuery) -> Result<Vec<Group>, HistoryError> {
    let books = view.books();
    let sight = Sight::of(view);
    let known_at = query.known_at.unwrap_or(books.head());
    let days = query.days(books, view.now());
    let now = query.known_at.is_none_or(|known_at| known_at >= books.head());
    let default_by = [Dimension::Party, Dimension::Site, Dimension::Material, Dimension::Form, Dimension::Lot];
    let mut by = if query.by.is_empty() { default_by.to_vec() } else { query.by.clone() };
    // Quantities of two materials are never added, so the material is always told.
    if !by.contains(&Dimension::Material) {
        by.push(Dimension::Material);
    }
    let totals = sight.sees_totals() && query.is_total(&by);
    let mut groups: BTreeMap<Vec<String>, Group> = BTreeMap::new();
    for (account_no, account) in (0u32..).map(AccountNo).zip(books.accounts()) {
        let lot = books.lot(account.key.lot);
        if lot.seq > known_at || !query.filter.takes(books, account, query.show_virtual) {
            continue;
        }
        let is_seen = sight.sees_stock(account);
        if !is_seen && !totals {
            continue;
        }
        let day = days[account.key.owner.0 as usize];
        // The account's own rows answer what is known now; an older state of knowledge or an older day needs the history.
        let sums = match account.days.at(day).filter(|_| now) {
            Some(sums) => sums,
            None => view.at(account_no, day, known_at)?,
        };
        if sums == Sums::default() && !(query.show_empty && is_seen) {
            continue;
        }
        let number = lot.facts.material;
        let material = number.0 as usize;
        let (values, basis, assay) = match query.basis {
            None => (plain(&sums), books.materials()[material].basis, None),
            Some(basis) => restated(books, account, &sums, basis, known_at).unwrap_or((
                plain(&sums),
                books.materials()[material].basis,
                None,
            )),
        };
        let place = books.place(account.key.place);
        let away = if matches!(place, Place::Transit(_) | Place::Loan(_)) { values[0] } else { 0 };
        let values = [values[0], values[1], values[2], away];
        let mut labels = labels(books, account, &by);
        labels.unit = books.materials()[material].shown.to_string();
        labels.basis = basis.to_string();
        let mut key: Vec<String> = by.iter().map(|dimension| labels.label(*dimension)).collect();
        key.extend([labels.place.clone().unwrap_or_default(), labels.unit.clone(), labels.basis.clone()]);
        let group = groups.entry(key).or_insert_with(|| Group { labels, material: number, ..Group::default() });
        if is_seen {
            group.sums.add(values);
            group.assays.extend(assay);
        } else {
            group.sums.add_of_other(account.key.owner, values);
        }
    }
    Ok(groups.into_values().collect())
}

impl PositionQuery {
    /// The day that is meant for each owner, by party number.
    pub(crate) fn days(&self, books: &Books, now: Moment) -> Vec<Day> {
        let own_day = |party: &books::party::Party| day_in_zone(now, party.zone.as_deref());
        books.parties().iter().map(|party| self.as_of.unwrap_or_else(|| own_day(party))).collect()
    }

    /// Is it about whole materials? Only such sums are told over several parties: of sums by site, form or lot, the
    /// difference of two could show what one party holds.
    fn is_total(&self, by: &[Dimension]) -> bool {
        let Self { filter, basis, show_virtual, .. } = self;
        by == [Dimension::Material] && filter.is_total() && basis.is_none() && !show_virtual
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
    /// Refuses a filter that names something the ledger does not know: a slip of the pen must not look like empty stock.
    ///
    /// # Errors
    /// `unknown_party`, `unknown_site`, `unknown_material` or `unknown_lot`.
    pub fn check_known(&self, books: &Books) -> Result<(), Problem> {
        let place = |code: &str| books.places().iter().any(|place| place.code() == code);
        let checks = [
            ("party", &self.party, self.party.as_ref().is_none_or(|code| books.party_no(code).is_some())),
            ("site", &self.site, self.site.as_ref().is_none_or(|code| place(code))),
            ("material", &self.material, self.material.as_ref().is_none_or(|code| books.material_no(code).is_some())),
            ("lot", &self.lot, self.lot.as_ref().is_none_or(|code| books.lot_no(code).is_some())),
        ];
        let unknown = checks.iter().find(|(_, _, is_known)| !is_known);
        match unknown {
            Some((kind, Some(code), _)) => Err(Problem::unknown(kind, code)),
            _ => Ok(()),
        }
    }

    /// Does it ask about whole materials?
    pub(crate) fn is_total(&self) -> bool {
        *self == Self { material: self.material.clone(), ..Self::default() }
    }

    pub(crate) fn takes(&self, books: &Books, account: &Account, show_virtual: bool) -> bool {
        let place = books.place(account.key.place);
        if !place.is_real() && !show_virtual {
            return false;
        }
        let facts = &books.lot(account.key.lot).facts;
        let is =
            |wanted: &Option<String>, found: Option<&str>| wanted.as_deref().is_none_or(|wanted| found == Some(wanted));
        let class = match place {
            Place::Site(site) => site.class.as_deref(),
            _ => None,
        };
        is(&self.party, Some(books.party_code(account.key.owner)))
            && is(&self.site, Some(place.code()))
            && is(&self.material, Some(&books.material(facts.material).code))
            && is(&self.lot, Some(&facts.code))
            && is(&self.origin, facts.origin.mined.as_deref())
            && is(&self.class, class)
            && self.form.is_none_or(|form| books::material::Form::from(form) == facts.form)
            && self.source.is_none_or(|source| books::lot::SourceKind::from(source) == facts.source)
    }
}

fn labels(books: &Books, account: &Account, by: &[Dimension]) -> Position {
    let place = books.place(account.key.place);
    let facts = &books.lot(account.key.lot).facts;
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
                labels.material = Some(books.material(facts.material).code.clone());
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
        let Self { mut labels, material, sums, mut assays } = self;
        let told = sums.told();
        let number =
            |of: fn([i128; 4]) -> i128| Figure::from(told.map(of).map(|units| number_of(books, material, units)));
        labels.on_hand = number(|[on_hand, ..]| on_hand);
        labels.encumbered = number(|[_, encumbered, ..]| encumbered);
        labels.blocked = number(|[_, _, blocked, _]| blocked);
        labels.away = number(|[.., away]| away);
        labels.available = number(available);
        labels.withheld = told == Told::Withheld;
        assays.sort_unstable();
        assays.dedup();
        labels.assays = assays;
        labels
    }
}

/// What of a group is free: on hand less encumbered, blocked and away.
pub(crate) fn available([on_hand, encumbered, blocked, away]: [i128; 4]) -> i128 {
    on_hand - encumbered - blocked - away
}

/// A number of a material. A sum of many accounts may be larger than one account can be.
pub(crate) fn number_of(books: &Books, material: MaterialNo, units: i128) -> String {
    let facts = books.material(material);
    match i64::try_from(units) {
        Ok(units) => show_number(facts, units),
        Err(_) => format!("{units} x 10^-{} {}", facts.decimals, facts.unit),
    }
}
