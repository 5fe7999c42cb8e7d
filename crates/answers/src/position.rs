//! What is held: by party, site, material, lot, form and more, as of a day, as known at an event.

mod filter;
mod order;
mod parts;
mod query;

use std::collections::HashSet;

use books::place::Place;
use books::{Account, AccountNo, Books, Facts, MaterialNo, Moment, Seq, Sums};
use measure::{Basis, Scale, Unit, convert_units, display_units};
use wire::acts::words::{Form, Stage};
use wire::value::show_number;

use crate::contained::{restate, restate_moved};
use crate::figure::{Figure, Hides, Told, Total, all};
use crate::history::HistoryError;
use crate::record::records;
use crate::sight::Sight;
use crate::view::View;
pub use filter::Filter;
pub(crate) use filter::is_called;
use order::Order;
use parts::Parts;
pub use query::{Dimension, PositionQuery};

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
        place: Option<String> as Word(place),
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
        form: Option<String> as Word(form),
        /// Stage.
        #[serde(skip_serializing_if = "Option::is_none")]
        stage: Option<String> as Word(stage),
        /// Source kind.
        #[serde(skip_serializing_if = "Option::is_none")]
        source: Option<String> as Word(source),
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
        /// Where numbers were said in a unit that measures something else: the events whose factors they go by.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        factors: Vec<u64>,
        /// One other party holds some too: the numbers are withheld, because a sum would show what that party holds.
        #[serde(skip_serializing_if = "std::ops::Not::not", default)]
        withheld: bool as Detail,
    }
}

/// What is held of one material, told apart as asked.
pub(crate) struct Group {
    labels: Position,
    basis: Basis,
    /// In which unit, where it is not that of the material.
    unit: Option<Unit>,
    /// Of what.
    pub(crate) material: MaterialNo,
    /// On hand, encumbered, blocked, away; in accounting units.
    pub(crate) sums: Total<4>,
    assays: Vec<u64>,
    factors: Vec<u64>,
}

/// Answers a question. Quantities of different units or bases stay on lines of their own.
///
/// # Errors
/// When the history cannot be read.
pub fn positions(view: &dyn View, query: &PositionQuery) -> Result<Vec<Position>, HistoryError> {
    let groups = groups(view, query)?;
    Ok(groups.into_iter().map(|group| group.into_position(view.books())).collect())
}

/// A part of the answer: at least `limit` lines where there are as many, and what the next part goes on behind where there
/// are more. Lines that differ in their basis alone are never parted. Today is the day of `at`.
pub(crate) fn page(
    view: &dyn View,
    query: &PositionQuery,
    at: Moment,
    behind: Option<&[String]>,
    limit: usize,
) -> Result<(Vec<Position>, Option<Vec<String>>), HistoryError> {
    let mut lines: Vec<Position> = Vec::new();
    let (mut last, mut next) = (Vec::new(), None);
    each_group(view, query, at, behind, &mut |texts, groups| {
        if lines.len() >= limit {
            next = Some(std::mem::take(&mut last));
            return false;
        }
        last = texts().into_iter().map(std::borrow::Cow::into_owned).collect();
        lines.extend(groups.into_iter().map(|group| group.into_position(view.books())));
        true
    })?;
    Ok((lines, next))
}

/// Adds up what is held.
pub(crate) fn groups(view: &dyn View, query: &PositionQuery) -> Result<Vec<Group>, HistoryError> {
    let mut all = Vec::new();
    each_group(view, query, view.now(), None, &mut |_, groups| {
        all.extend(groups);
        true
    })?;
    Ok(all)
}

/// The accounts that changed since an event; none where that is not at hand.
fn changed_since(view: &dyn View, known_at: Seq) -> Option<HashSet<AccountNo>> {
    let mut changed = HashSet::new();
    let is_at_hand = view.recent(known_at, &mut |_, event| {
        changed.extend(event.entries.iter().flat_map(|entry| [entry.source, entry.target]));
        changed.extend(event.claims.iter().map(|claim| claim.account));
    });
    is_at_hand.then_some(changed)
}

/// What groups are told apart by, for whoever asks.
type Texts<'t> = &'t dyn Fn() -> Vec<std::borrow::Cow<'t, str>>;

/// Hands on the groups one by one in their order, those of the same labels together, behind the labels that are named, until
/// `each` has enough. Of an account no more than a few numbers are kept meanwhile, however many there are.
fn each_group(
    view: &dyn View,
    query: &PositionQuery,
    at: Moment,
    behind: Option<&[String]>,
    each: &mut dyn FnMut(Texts<'_>, Vec<Group>) -> bool,
) -> Result<(), HistoryError> {
    let books = view.books();
    let sight = Sight::of(view);
    let known_at = query.known_at.unwrap_or(books.head());
    let days = query.days(books, at);
    let changed = changed_since(view, known_at);
    let by = query.told_apart_by();
    let totals = sight.sees_totals() && query.is_total(&by);
    let at_day = query.facts(books, &days);
    let mut parts = Parts::of(books, known_at, &query.filter, &by);
    let account_filter = Filter { origin: None, source: None, ..query.filter.clone() };
    let mut meant: Vec<(AccountNo, u32)> = Vec::new();
    for (number, account) in (0u32..).map(AccountNo).zip(books.accounts()) {
        let lot = books.lot(account.key.lot);
        let is_meant = lot.seq <= known_at && account_filter.takes(&at_day, account, query.show_virtual);
        if is_meant && (totals || sight.sees_stock(account)) {
            if parts.is_whole {
                meant.push((number, 0));
                continue;
            }
            let day = days[account.key.owner.0 as usize];
            meant.extend(parts.meant(account.key, day).into_iter().map(|part| (number, part)));
        }
    }
    let order = Order::of(sight, at_day, &by, parts.found.clone());
    let place = |(number, part): (AccountNo, u32)| (order.place(books.account(number).key, part), (number, part));
    let mut found: Vec<(u128, (AccountNo, u32))> = meant.into_iter().map(place).collect();
    found.sort_unstable();
    let from = behind.map_or(0, |behind| {
        found.partition_point(|(_, account)| {
            order.texts(*account).iter().map(AsRef::as_ref).le(behind.iter().map(String::as_str))
        })
    });
    for of_group in found[from..].chunk_by(|(one, _), (other, _)| one == other) {
        let mut groups: Vec<Group> = Vec::new();
        for (_, (number, part)) in of_group {
            let account = books.account(*number);
            let is_seen = sight.sees_stock(account);
            let day = days[account.key.owner.0 as usize];
            // The account's own rows answer where nothing changed since; what changed, and an older day, needs the history.
            let is_as_then = changed.as_ref().is_some_and(|changed| !changed.contains(number));
            let sums = match account.days.at(day).filter(|_| is_as_then) {
                Some(sums) => sums,
                None => view.at(*number, day, known_at)?,
            };
            if sums != Sums::default() || (query.show_empty && is_seen) {
                let at = books.facts_at(day, known_at);
                let restated = match query.basis {
                    Some(basis) => restated(view, &at, *number, &sums, basis)?,
                    None => None,
                };
                let material = books.material(books.lot(account.key.lot).facts.material);
                let in_own_basis = || (plain(&sums), material.basis, Vec::new());
                let told = in_unit(&at, account, query.unit, restated.unwrap_or_else(in_own_basis));
                let share = &mut |units| parts.share(account.key, day, *part, units);
                let labels = || labels(&sight, &at_day, account, &by, &order.part(*part));
                let hides = (!is_seen).then(|| sight.hides(account, sums.on_hand));
                add(books, query, &mut groups, &labels, share, (account, hides), told);
            }
        }
        groups.sort_by(|one, other| {
            (&one.labels.basis, &one.labels.unit).cmp(&(&other.labels.basis, &other.labels.unit))
        });
        if !groups.is_empty() && !each(&|| order.texts(of_group[0].1), groups) {
            break;
        }
    }
    Ok(())
}

/// Adds what an account holds to the group of its basis; `hides` where the asker does not see it.
fn add(
    books: &Books,
    query: &PositionQuery,
    groups: &mut Vec<Group>,
    labels: &dyn Fn() -> Position,
    share: &mut dyn FnMut(i128) -> i128,
    (account, hides): (&Account, Option<Hides>),
    told: InUnit,
) {
    let number = books.lot(account.key.lot).facts.material;
    let material = books.material(number);
    let InUnit { sums, basis, unit, assays, factor } = told;
    let [on_hand, encumbered, blocked] = sums.map(share);
    if [on_hand, encumbered, blocked] == [0; 3] && !query.show_empty {
        return;
    }
    let place = books.place(account.key.place);
    let away = if matches!(place, Place::Transit(_) | Place::Loan(_)) { on_hand } else { 0 };
    let known = groups.iter().position(|group| (group.basis, group.unit) == (basis, unit));
    let group = match known {
        Some(known) => &mut groups[known],
        None => {
            let mut labels = labels();
            labels.unit = unit.unwrap_or(material.shown).to_string();
            labels.basis = basis.to_string();
            let (sums, assays, factors) = (Total::default(), Vec::new(), Vec::new());
            groups.push(Group { labels, material: number, basis, unit, sums, assays, factors });
            groups.last_mut().expect("pushed")
        }
    };
    let values = [on_hand, encumbered, blocked, away];
    match hides {
        Some(hides) => group.sums.add_of_other(account.key.owner, hides, values),
        None => {
            group.sums.add(values);
            group.assays.extend(assays.iter().map(|seq| seq.0));
            group.factors.extend(factor.map(|seq| seq.0));
        }
    }
}

fn plain(sums: &Sums) -> [i128; 3] {
    [sums.on_hand, sums.encumbered, sums.blocked].map(i128::from)
}

type Converted = ([i128; 3], Basis, Vec<Seq>);

/// Decimals of a unit that was asked for.
const DECIMALS_ASKED: u8 = 6;

/// What an account holds, in the unit asked for where that can be said.
struct InUnit {
    sums: [i128; 3],
    basis: Basis,
    unit: Option<Unit>,
    assays: Vec<Seq>,
    factor: Option<Seq>,
}

/// Says what an account holds in another unit: by what the units are where both measure the same, else by the factor of the
/// lot. It stays as it is where there is none, and where the weight is no longer that which the factor was stated of.
fn in_unit(at: &Facts<'_>, account: &Account, unit: Option<Unit>, (sums, basis, assays): Converted) -> InUnit {
    let material = at.books.material(at.books.lot(account.key.lot).facts.material);
    let source = Scale { unit: material.unit, decimals: material.decimals };
    let converted = unit.filter(|unit| *unit != material.shown).and_then(|unit| {
        let target = Scale { unit, decimals: DECIMALS_ASKED };
        let between = (source.unit.dimension(), unit.dimension());
        let factor =
            if between.0 == between.1 || basis != material.basis { None } else { at.factor(account.key.lot, between) };
        let say = |units: i128| match factor {
            Some(factor) => factor.density.convert(units, source, target),
            None => convert_units(units, source, target),
        };
        let [on_hand, encumbered, blocked] = sums.map(say);
        Some(([on_hand?, encumbered?, blocked?], unit, factor.map(|factor| factor.seq)))
    });
    match converted {
        Some((sums, unit, factor)) => InUnit { sums, basis, unit: Some(unit), assays, factor },
        None => InUnit { sums, basis, unit: None, assays, factor: None },
    }
}

/// What an account holds in another basis, by what its lot is made of; `None` where nobody knows.
fn restated(
    view: &dyn View,
    at: &Facts<'_>,
    number: AccountNo,
    sums: &Sums,
    basis: Basis,
) -> Result<Option<Converted>, HistoryError> {
    let account = at.books.account(number);
    // Nothing is set aside outside the stock.
    if !at.books.place(account.key.place).is_real() {
        let moved = restate_moved(view, at, number, basis)?;
        return Ok(moved.map(|moved| ([moved.units, 0, 0], basis, moved.assays)));
    }
    let mut assays = Vec::new();
    let mut values = [0; 3];
    for (value, units) in values.iter_mut().zip([sums.on_hand, sums.encumbered, sums.blocked]) {
        let Some(restated) = restate(view, at, account.key.lot, units, basis)? else { return Ok(None) };
        *value = restated.units;
        assays = restated.assays;
    }
    Ok(Some((values, basis, assays)))
}

fn labels(sight: &Sight<'_>, at: &Facts<'_>, account: &Account, by: &[Dimension], part: &parts::Part) -> Position {
    let books = at.books;
    let site = at.site(account.key.place);
    let place = books.place(account.key.place);
    let facts = at.lot(account.key.lot);
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
                labels.country = site.as_ref().map(|site| site.country.clone()).or_else(unknown);
            }
            Dimension::Class => {
                labels.class = site.as_ref().and_then(|site| site.class.clone()).or_else(unknown);
            }
            Dimension::Material => {
                labels.material = Some(books.material(facts.material).code.clone());
            }
            Dimension::Form => labels.form = Some(Form::from(facts.form).word()),
            Dimension::Stage => labels.stage = Some(Stage::from(facts.form.stage()).word()),
            Dimension::Source => labels.source = Some(part.source.clone()),
            Dimension::Origin => labels.origin = Some(part.origin.clone()),
            Dimension::Lot => labels.lot = Some(sight.lot_label(account.key.lot).into_owned()),
        }
    }
    labels
}

fn kind(place: &Place) -> &'static str {
    match place {
        Place::Site(_) => "site",
        Place::Transit(_) => "in_transit",
        Place::Loan(_) => "on_loan",
        Place::Outside
        | Place::Processing
        | Place::Loss
        | Place::CountDifference
        | Place::Rounding
        | Place::ShipperReceiver => "virtual",
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
        let Self { mut labels, basis: _, unit, material, sums, mut assays, mut factors } = self;
        let told = sums.told();
        let number = |units: i128| match unit {
            Some(unit) => display_units(units, unit, DECIMALS_ASKED, unit),
            None => number_of(books, material, units),
        };
        let figure = |told: Told<i128>| Figure::from(told.map(number));
        let available = all(told).map(available);
        let [on_hand, encumbered, blocked, away] = told.map(figure);
        (labels.on_hand, labels.encumbered, labels.blocked, labels.away) = (on_hand, encumbered, blocked, away);
        labels.available = figure(available);
        labels.withheld = available == Told::Withheld;
        assays.sort_unstable();
        assays.dedup();
        labels.assays = assays;
        factors.sort_unstable();
        factors.dedup();
        labels.factors = factors;
        labels
    }
}

/// What of a group is free: on hand less encumbered, blocked and away.
pub(crate) fn available([on_hand, encumbered, blocked, away]: [i128; 4]) -> i128 {
    on_hand - encumbered - blocked - away
}

/// A number of a material. A sum of many accounts may be larger than one account can be.
pub(crate) fn number_of(books: &Books, material: MaterialNo, units: i128) -> String {
    show_number(books.material(material), units)
}
