//! Material balances of a site, from what moved there and what was counted.
//!
//! What was counted is the physical inventory. What the books say otherwise stands apart, as the difference of the count,
//! and is MUF; what is recorded late before a count changes that difference and the movements, and not what was found.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use books::place::Area;
use books::{Books, Day, Facts, MaterialNo, PartyNo, PlaceNo, Seq};
use reconcile::MethodNo;
use reconcile::balance::{AreaKind, Balance, BalanceKey, Stratum};
use reconcile::sigma::{Measured, MeasurementModel, MethodErrors};

use crate::compare::accounting;
use crate::problem::Problem;
use crate::view::View;
use crate::wants::{Scan, Wants};

mod seen;
pub(crate) use seen::Found;
use seen::Seen;

/// What a balance is about.
#[derive(Clone, Copy)]
pub(crate) struct BalanceArea {
    pub(crate) site: PlaceNo,
    pub(crate) material: MaterialNo,
    /// All owners together where there is none.
    pub(crate) owner: Option<PartyNo>,
}

/// Everything that changed what lies there on a day, in accounting units.
#[derive(Clone, Debug, Default)]
pub(crate) struct DayFlows {
    /// What came in, movement by movement.
    pub(crate) increases: Vec<i64>,
    /// What went out.
    pub(crate) decreases: Vec<i64>,
    /// Shipper's less receiver's figure.
    pub(crate) shipper_receiver: i128,
    /// Book less counted.
    pub(crate) counted: i128,
}

impl DayFlows {
    fn net(&self) -> i128 {
        let sum = |units: &[i64]| units.iter().map(|units| i128::from(*units)).sum::<i128>();
        sum(&self.increases) - sum(&self.decreases) - self.shipper_receiver - self.counted
    }
}

/// A part of a day: before what was counted on it, and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Part {
    day: Day,
    is_after: bool,
}

impl Part {
    /// Where a balance ends that ends on a day: at the count, where there is one.
    fn end(day: Day) -> Self {
        Self { day, is_after: false }
    }
}

/// All that happened, and what was found.
pub(crate) struct Flows {
    area: BalanceArea,
    parts: BTreeMap<Part, DayFlows>,
    /// What was counted and stands, by day.
    pub(crate) found: Vec<Found>,
}

/// What [`flows`] wants of the log.
pub(crate) fn wanted(area: BalanceArea, known_at: Option<Seq>) -> Wants {
    let scan = Scan::fold_whole(move |seen: &mut Seen, view, seq, event| seen.add(view.books(), area, seq, event));
    match known_at {
        Some(known_at) => scan.through(known_at),
        None => scan,
    }
    .into()
}

/// All that happened.
pub(crate) fn flows(view: &dyn View, area: BalanceArea, known_at: Option<Seq>) -> Result<Flows, Problem> {
    let (parts, found) = view.folded::<Seen>()?.by_part(view, area, known_at.unwrap_or(view.books().head()))?;
    Ok(Flows { area, parts, found })
}

impl Flows {
    /// Was anything counted on a day?
    pub(crate) fn is_counted(&self, day: Day) -> bool {
        self.found.iter().any(|found| found.day == day)
    }

    /// Was anything counted within some days?
    pub(crate) fn is_counted_within(&self, first: Day, last: Day) -> bool {
        self.found.iter().any(|found| (first..=last).contains(&found.day))
    }

    /// What lies there at each day of a list, in order: as it was found, where it was counted.
    fn held(&self, days: &[Day]) -> Vec<i128> {
        let mut held = 0;
        let mut rows = self.parts.iter().peekable();
        let mut at = Vec::with_capacity(days.len());
        for day in days {
            while let Some((_, flows)) = rows.next_if(|(part, _)| **part <= Part::end(*day)) {
                held += flows.net();
            }
            let moved = self.found.iter().filter(|found| found.day == *day).map(|found| found.moved);
            at.push(held + moved.sum::<i128>());
        }
        at
    }

    /// What lies there, as it was measured: lot by lot where each was, and otherwise all of it by one survey.
    fn inventory(&self, day: Day, held: i128, rule: Option<&Rule>) -> Vec<Stratum> {
        let last = self.found.iter().filter(|found| found.day == day && found.is_last);
        let mut parts: Vec<i128> = match rule.is_some_and(|rule| rule.each_lot) {
            true => last.map(|found| found.found).collect(),
            false => Vec::new(),
        };
        let rest = held - parts.iter().sum::<i128>();
        if rest < 0 {
            parts.clear();
        }
        if rest != 0 || parts.is_empty() {
            parts.push(if parts.is_empty() { held } else { rest });
        }
        parts.into_iter().map(|units| stratum(units, rule.map(|rule| (rule.stock, rule.items(units))))).collect()
    }

    /// The balances of consecutive periods: each ends on one of the days and begins the day after the one before it.
    pub(crate) fn balances(&self, books: &Books, ends: &[Day], rule: Option<&Rule>) -> Vec<Balance> {
        let facts = books.material(self.area.material);
        let kind = |last: Day| {
            let site = books.facts_at(last, books.head()).site(self.area.site);
            if site.is_some_and(|site| site.area == Area::Item) { AreaKind::Item } else { AreaKind::Bulk }
        };
        let held = self.held(ends);
        let periods = ends.windows(2).zip(held.windows(2));
        periods
            .map(|(days, held)| {
                let (first, last) = (days[0].next(), days[1]);
                let key = BalanceKey {
                    area: self.area.site,
                    material: self.area.material,
                    scale: accounting(facts),
                    basis: facts.basis,
                    first,
                    last,
                };
                let (mut increases, mut decreases, mut shipper_receiver) = (Vec::new(), Vec::new(), 0i128);
                let within = (Bound::Excluded(Part::end(days[0])), Bound::Included(Part::end(last)));
                for flows in self.parts.range(within).map(|(_, flows)| flows) {
                    increases.extend_from_slice(&flows.increases);
                    decreases.extend_from_slice(&flows.decreases);
                    shipper_receiver += flows.shipper_receiver;
                }
                // What is taken back of an earlier period goes out, or comes in, in this one.
                let (taken, given) = (cancel(&mut increases), cancel(&mut decreases));
                increases.extend(given);
                decreases.extend(taken);
                let strata = |units: Vec<i64>| -> Vec<Stratum> {
                    let measured = |units: i64| rule.map(|rule| (rule.flow, rule.loads(units)));
                    units.into_iter().map(|units| stratum(i128::from(units), measured(units))).collect()
                };
                Balance {
                    key,
                    kind: kind(last),
                    beginning: self.inventory(days[0], held[0], rule),
                    increases: strata(increases),
                    decreases: strata(decreases),
                    shipper_receiver,
                    ending: self.inventory(days[1], held[1], rule),
                }
            })
            .collect()
    }
}

/// Takes corrections off what they correct: the same figure with the other sign, else off the largest. Gives what there is
/// nothing to take off from: what was said before.
fn cancel(units: &mut Vec<i64>) -> Vec<i64> {
    let taken: Vec<i64> = units.iter().copied().filter(|units| *units < 0).collect();
    units.retain(|units| *units >= 0);
    let mut rest = Vec::new();
    for negative in taken {
        let mut left = negative.saturating_neg();
        if let Some(place) = units.iter().position(|units| *units == left) {
            units.remove(place);
            continue;
        }
        units.sort_unstable();
        while left > 0 {
            let Some(largest) = units.last_mut() else { break };
            let part = left.min(*largest);
            *largest -= part;
            left -= part;
            if *largest == 0 {
                units.pop();
            }
            units.sort_unstable();
        }
        rest.extend((left > 0).then_some(left));
    }
    rest
}

fn stratum(quantity: i128, measured: Option<(MethodNo, u32)>) -> Stratum {
    let measured = measured.map(|(method, count)| Measured { method, count, act: None });
    Stratum { quantity, measured: measured.into_iter().collect() }
}

/// How an area is measured.
pub(crate) struct Rule {
    pub(crate) model: MeasurementModel,
    stock: MethodNo,
    flow: MethodNo,
    load: Option<u64>,
    each_lot: bool,
    item: Option<u64>,
    /// In words, for people.
    pub(crate) about: String,
}

impl Rule {
    /// The rule in force on a day, where one is set and was known.
    pub(crate) fn of(at: &Facts<'_>, area: BalanceArea) -> Option<Self> {
        let how = at.measuring(area.site, area.material)?;
        let (stock, flow) = (at.method(&how.stock)?, at.method(&how.flow)?);
        let errors = |method: &books::comparing::Method| MethodErrors {
            random: f64::from(method.random_ppb) / 1e9,
            systematic: f64::from(method.systematic_ppb) / 1e9,
        };
        let flow_no = MethodNo(u32::from(how.flow != how.stock));
        let methods = [(MethodNo(0), errors(stock)), (flow_no, errors(flow))];
        let model = MeasurementModel::new(methods).ok()?;
        let each_lot = how.each_lot.unwrap_or(false);
        let of_stock = if each_lot { " lot by lot" } else { "" };
        let about = format!("model: stock by `{}`{of_stock}, movements by `{}`", how.stock, how.flow);
        Some(Self { model, stock: MethodNo(0), flow: flow_no, load: how.load, each_lot, item: how.item, about })
    }

    fn loads(&self, units: i64) -> u32 {
        pieces(self.load, units.into())
    }

    fn items(&self, units: i128) -> u32 {
        pieces(self.item, units)
    }
}

impl Rule {
    /// Standard deviation of one measured movement, in accounting units.
    pub(crate) fn flow_sigma(&self, units: i64) -> Option<f64> {
        let measured = [Measured { method: self.flow, count: self.loads(units), act: None }];
        let term = reconcile::sigma::Term { quantity: units.into(), measured: &measured };
        self.model.variance([term]).ok().map(f64::sqrt)
    }
}

/// How many pieces of a size a quantity is; one where no size is set.
fn pieces(size: Option<u64>, units: i128) -> u32 {
    let count = size.map_or(1, |size| units.unsigned_abs().div_ceil(u128::from(size.max(1))).max(1));
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The days on which balances end: those that were counted, between two days, and the first of them to begin with.
pub(crate) fn ends(flows: &Flows, first: Option<Day>, last: Option<Day>) -> Vec<Day> {
    let counted: BTreeSet<Day> = flows.found.iter().map(|found| found.day).collect();
    let from = first.map(|first| Day(first.0.saturating_sub(1)));
    counted
        .into_iter()
        .filter(|day| from.is_none_or(|from| *day >= from) && last.is_none_or(|last| *day <= last))
        .collect()
}

/// An uncertainty in the unit in which a material is shown.
pub(crate) fn show_sigma(books: &Books, material: MaterialNo, sigma: f64) -> String {
    let shown = sigma / books.material(material).units_per_shown() as f64;
    if shown >= 10.0 { format!("{shown:.1}") } else { format!("{shown:.4}") }
}
