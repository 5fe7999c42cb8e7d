//! Material balances of a site, from what moved there and what was counted.
//!
//! A stocktake makes the books what was counted and puts the difference apart, so that what the books hold at the end of a
//! counted day is the physical inventory, and the difference is MUF.

use std::collections::{BTreeMap, BTreeSet};

use books::place::Area;
use books::{Act, Books, Day, Event, MaterialNo, PartyNo, PlaceNo};
use measure::Quantity;
use reconcile::MethodNo;
use reconcile::balance::{AreaKind, Balance, BalanceKey, Stratum};
use reconcile::sigma::{Measured, MeasurementModel, MethodErrors};

use crate::compare::accounting;
use crate::problem::Problem;
use crate::view::View;
use crate::wants::{Scan, Wants};

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
    pub(crate) shipper_receiver: i64,
    /// Book less counted.
    pub(crate) counted: i64,
    /// Was it counted at the end of this day?
    pub(crate) is_counted: bool,
}

impl DayFlows {
    fn net(&self) -> i128 {
        let sum = |units: &[i64]| units.iter().map(|units| i128::from(*units)).sum::<i128>();
        sum(&self.increases) - sum(&self.decreases) - i128::from(self.shipper_receiver) - i128::from(self.counted)
    }
}

/// All days on which something happened.
pub(crate) struct Flows<'v> {
    area: BalanceArea,
    pub(crate) days: &'v BTreeMap<Day, DayFlows>,
}

/// What [`flows`] wants of the log.
pub(crate) fn wanted(area: BalanceArea) -> Wants {
    Scan::fold(move |days: &mut Days, view, _, event| days.add(view.books(), area, event)).into()
}

/// All that happened.
pub(crate) fn flows(view: &dyn View, area: BalanceArea) -> Result<Flows<'_>, Problem> {
    Ok(Flows { area, days: &view.folded::<Days>()?.0 })
}

/// What happened, day by day.
#[derive(Default)]
struct Days(BTreeMap<Day, DayFlows>);

impl Days {
    fn add(&mut self, books: &Books, area: BalanceArea, event: &Event) {
        let days = &mut self.0;
        if !event.outcome.is_done() {
            return;
        }
        let is_of = |account: books::AccountNo| {
            let key = books.account(account).key;
            key.place == area.site
                && area.owner.is_none_or(|owner| owner == key.owner)
                && books.lot(key.lot).facts.material == area.material
        };
        let act = event.effect(books);
        if let Some(Act::Stocktake(act)) = act.as_deref() {
            let counts = act.site == area.site
                && (act.owner.is_none() || area.owner.is_none() || act.owner == area.owner)
                && act.lines.iter().any(|line| books.lot(line.lot).facts.material == area.material);
            if counts {
                days.entry(event.effective).or_default().is_counted = true;
            }
        }
        let is_relot = matches!(act.as_deref(), Some(Act::Split(_) | Act::Merge(_)));
        // What a correction puts back stood on the other side.
        let is_correction = matches!(act.as_deref(), Some(Act::Correct(_)));
        for entry in event.entries.iter().filter(|_| !is_relot) {
            let (leaves, comes) = (is_of(entry.source), is_of(entry.target));
            if leaves == comes {
                continue;
            }
            let other = if leaves { entry.target } else { entry.source };
            let units = entry.quantity.units();
            let flows = days.entry(entry.day.unwrap_or(event.effective)).or_default();
            match books.account(other).key.place {
                PlaceNo::COUNT_DIFFERENCE => flows.counted += if leaves { units } else { -units },
                PlaceNo::SHIPPER_RECEIVER => flows.shipper_receiver += if leaves { units } else { -units },
                _ if leaves && is_correction => flows.increases.push(-units),
                _ if leaves => flows.decreases.push(units),
                _ if is_correction => flows.decreases.push(-units),
                _ => flows.increases.push(units),
            }
        }
    }
}

impl Flows<'_> {
    /// Days on which it was counted.
    pub(crate) fn counted_days(&self) -> Vec<Day> {
        self.days.iter().filter(|(_, flows)| flows.is_counted).map(|(day, _)| *day).collect()
    }

    /// What lies there at the end of each day of a list, in order, in one pass.
    fn held(&self, days: &[Day]) -> Vec<i128> {
        let mut held = 0;
        let mut rows = self.days.iter().peekable();
        let mut at = Vec::with_capacity(days.len());
        for day in days {
            while let Some((_, flows)) = rows.next_if(|(known, _)| *known <= day) {
                held += flows.net();
            }
            at.push(held);
        }
        at
    }

    /// The balances of consecutive periods: each ends on one of the days and begins the day after the one before it.
    ///
    /// # Errors
    /// When a sum is past what can be counted.
    pub(crate) fn balances(&self, books: &Books, ends: &[Day], rule: Option<&Rule>) -> Result<Vec<Balance>, Problem> {
        let facts = books.material(self.area.material);
        let kind = |last: Day| {
            let site = books.facts_at(last, books.head()).site(self.area.site);
            if site.is_some_and(|site| site.area == Area::Item) { AreaKind::Item } else { AreaKind::Bulk }
        };
        let held = self.held(ends);
        let stock = |units: i128| stratum(units, rule.map(|rule| (rule.stock, 1)));
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
                let (mut increases, mut decreases, mut shipper_receiver) = (Vec::new(), Vec::new(), 0i64);
                for flows in self.days.range(first..=last).map(|(_, flows)| flows) {
                    increases.extend_from_slice(&flows.increases);
                    decreases.extend_from_slice(&flows.decreases);
                    shipper_receiver = shipper_receiver.saturating_add(flows.shipper_receiver);
                }
                cancel(&mut increases);
                cancel(&mut decreases);
                let strata = |units: Vec<i64>| -> Result<Vec<Stratum>, Problem> {
                    let measured = |units: i64| rule.map(|rule| (rule.flow, rule.loads(units)));
                    units.into_iter().map(|units| stratum(i128::from(units), measured(units))).collect()
                };
                Ok(Balance {
                    key,
                    kind: kind(last),
                    beginning: vec![stock(held[0])?],
                    increases: strata(increases)?,
                    decreases: strata(decreases)?,
                    shipper_receiver,
                    ending: vec![stock(held[1])?],
                })
            })
            .collect()
    }
}

/// Takes corrections off what they correct: the same figure with the other sign, else off the largest.
fn cancel(units: &mut Vec<i64>) {
    let taken: Vec<i64> = units.iter().copied().filter(|units| *units < 0).collect();
    units.retain(|units| *units >= 0);
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
    }
}

fn stratum(units: i128, measured: Option<(MethodNo, u32)>) -> Result<Stratum, Problem> {
    let too_large = || Problem::cannot_answer("too_large", "a sum of the balance is past the largest quantity");
    let quantity = i64::try_from(units).ok().and_then(Quantity::new).ok_or_else(too_large)?;
    let measured = measured.map(|(method, count)| Measured { method, count, act: None });
    Ok(Stratum { quantity, measured: measured.into_iter().collect() })
}

/// How an area is measured.
pub(crate) struct Rule {
    pub(crate) model: MeasurementModel,
    stock: MethodNo,
    flow: MethodNo,
    load: Option<u64>,
    /// In words, for people.
    pub(crate) about: String,
}

impl Rule {
    /// The rule in force on a day, where one is set.
    pub(crate) fn of(books: &Books, area: BalanceArea, day: Day) -> Option<Self> {
        let how = books.measuring(area.site, area.material, day)?;
        let (stock, flow) = (books.method(&how.stock, day)?, books.method(&how.flow, day)?);
        let errors = |method: &books::comparing::Method| MethodErrors {
            random: f64::from(method.random_ppb) / 1e9,
            systematic: f64::from(method.systematic_ppb) / 1e9,
        };
        let flow_no = MethodNo(u32::from(how.flow != how.stock));
        let methods = [(MethodNo(0), errors(stock)), (flow_no, errors(flow))];
        let model = MeasurementModel::new(methods).ok()?;
        let about = format!("model: stock by `{}`, movements by `{}`", how.stock, how.flow);
        Some(Self { model, stock: MethodNo(0), flow: flow_no, load: how.load, about })
    }

    fn loads(&self, units: i64) -> u32 {
        let loads = self.load.map_or(1, |load| units.unsigned_abs().div_ceil(load.max(1)).max(1));
        u32::try_from(loads).unwrap_or(u32::MAX)
    }
}

impl Rule {
    /// Standard deviation of one measured movement, in accounting units.
    pub(crate) fn flow_sigma(&self, units: i64) -> Option<f64> {
        let measured = [Measured { method: self.flow, count: self.loads(units), act: None }];
        let term = reconcile::sigma::Term { quantity: units, measured: &measured };
        self.model.variance([term]).ok().map(f64::sqrt)
    }
}

/// The days on which balances end: those that were counted, between two days, and the first of them to begin with.
pub(crate) fn ends(flows: &Flows<'_>, first: Option<Day>, last: Option<Day>) -> Vec<Day> {
    let counted: BTreeSet<Day> = flows.counted_days().into_iter().collect();
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
