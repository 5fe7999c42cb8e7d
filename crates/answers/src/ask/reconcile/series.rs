//! The balances of an area one after the other: MUF with its limits, what each is, cumulative MUF and trend.

use reconcile::balance::{Balance, BalanceLines, cumulative};
use reconcile::timing::{Difference, SeriesClass, SeriesRule, classify};
use reconcile::trend::{Cusum, CusumStep, Period, standardize};

use super::balance::{Sigmas, area, area_word, show, verdict_word};
use crate::balance::{ends, flows, show_sigma, wanted};
use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::{one_of, unit};
use crate::table::Table;
use crate::view::View;
use crate::wants::Wants;
use crate::when::{KnownAt, day};
use wire::date::show_day;

/// Days between a difference and what takes it back, where nothing is said.
const DAYS_DEFAULT: u64 = 3;

records! {
    /// The balances of an area between its stocktakes.
    BalanceSeries {
        /// The site.
        site: String,
        /// The material.
        material: String,
        /// Whose; all owners together where absent.
        owner: Option<String>,
        /// From this day on; from the first stocktake where absent.
        first: Option<String>,
        /// Through this day; through the last stocktake where absent.
        last: Option<String>,
        /// Days between a difference and what takes it back, to be timing; 3 where absent.
        days: Option<u64>,
        /// Only differences of this class: timing, open, noise, rounding, closed.
        class: Option<String>,
        /// As known after this event, or at this time; now where absent.
        known_at: Option<KnownAt>,
    }

    /// One period.
    SeriesLine {
        /// First day.
        first: String as Day,
        /// Last day: that of the stocktake.
        last: String as Day,
        /// Beginning physical inventory.
        beginning: String as Quantity,
        /// Increases.
        increases: String as Quantity,
        /// Decreases.
        decreases: String as Quantity,
        /// Shipper/receiver difference.
        shipper_receiver: String as Quantity,
        /// Ending physical inventory.
        ending: String as Quantity,
        /// Material unaccounted for.
        muf: String as Quantity,
        /// One standard deviation.
        sigma: Option<String> as Quantity,
        /// `not_significant`, `warning`, `alarm`, `records_wrong` or `not_judged`.
        verdict: String as Word(measured),
        /// `closed`, `rounding`, `noise`, `timing` or `open`.
        class: String as Word(period),
        /// The day of the difference that takes it back.
        taken_back_by: Option<String>,
        /// Sum of MUF so far.
        cumulative: String as Quantity,
        /// One standard deviation of it.
        cumulative_sigma: Option<String> as Quantity,
        /// Does Page's test of trend alarm?
        trend_alarm: bool,
    }

    /// Periods in order.
    BalanceSeriesAnswer {
        /// The site.
        site: String as Code,
        /// `item` or `bulk`.
        area: String as Word(area),
        /// The material.
        material: String as Code,
        /// Unit and basis of the numbers.
        unit: String as Code,
        /// Where sigma comes from.
        sigma_from: String,
        /// How many periods there are.
        periods: u64,
        /// How many differences are none at all.
        closed: u64,
        /// How many are no more than rounding.
        rounding: u64,
        /// How many are no more than measuring explains.
        noise: u64,
        /// How many are one of a pair that cancels.
        timing: u64,
        /// How many nothing takes back.
        open: u64,
        /// As known after this event.
        known_at: u64 as Event,
        /// The first period whose end the test of trend alarms on.
        trend_since: Option<String>,
        /// The periods, or those of the class asked for.
        series: Vec<SeriesLine>,
    }
}

impl Question for BalanceSeries {
    const NAME: &'static str = "balance_series";
    const ABOUT: &'static str =
        "Material balances between stocktakes: MUF with limits, timing or open, cumulative, trend.";
    type Answer = BalanceSeriesAnswer;

    fn table(answer: &BalanceSeriesAnswer) -> Table<'_> {
        Table::of(answer, &answer.series)
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        let known_at = KnownAt::optional(self.known_at.as_ref(), view)?;
        Ok(wanted(area(view, &self.site, &self.material, self.owner.as_ref())?, known_at))
    }

    fn answer(&self, view: &dyn View) -> Result<BalanceSeriesAnswer, Problem> {
        let books = view.books();
        let area = area(view, &self.site, &self.material, self.owner.as_ref())?;
        one_of("class", self.class.as_ref(), &["timing", "open", "noise", "rounding", "closed"])?;
        let bound = |field, text: &Option<String>| text.as_ref().map(|text| day(field, text)).transpose();
        let (first, last) = (bound("first", &self.first)?, bound("last", &self.last)?);
        let known_at = KnownAt::optional(self.known_at.as_ref(), view)?;
        let flows = flows(view, area, known_at)?;
        let ends = ends(&flows, first, last);
        let until = ends.last().copied().unwrap_or_default();
        let sigmas = Sigmas::of(&books.facts_at(until, known_at.unwrap_or(books.head())), area, &flows)?;
        let balances = flows.balances(books, &ends, sigmas.rule.as_ref());
        let lines: Vec<BalanceLines> = balances.iter().map(Balance::lines).collect();
        let own: Vec<Option<f64>> = balances.iter().map(|balance| sigmas.sigma(balance)).collect();
        let differences: Vec<Difference> = balances
            .iter()
            .zip(&lines)
            .map(|(balance, lines)| Difference { day: balance.key.last, muf: lines.muf })
            .collect();
        let allowed = books.facts_at(until, known_at.unwrap_or(books.head())).allowance(area.material);
        let days = u32::try_from(self.days.unwrap_or(DAYS_DEFAULT)).unwrap_or(u32::MAX);
        let classes = classify(&differences, &SeriesRule { sigma: typical(&own), rounding: allowed.rounding, days });
        let of = |balance: &Balance| sigmas.rule.as_ref().and_then(|rule| balance.ending_variance(&rule.model).ok());
        let steps = trend(&balances, &lines, &own, of);
        let number = |units: i128| show(books, area.material, units);
        let mut answer = BalanceSeriesAnswer {
            site: self.site.clone(),
            area: area_word(books, area.site, until).into(),
            material: self.material.clone(),
            unit: unit(books, area.material),
            sigma_from: sigmas.about(),
            periods: balances.len() as u64,
            known_at: known_at.unwrap_or(books.head()).0,
            ..BalanceSeriesAnswer::default()
        };
        let mut sum = 0i128;
        for (place, (balance, line)) in balances.iter().zip(&lines).enumerate() {
            sum += line.muf;
            let (word, other) = match classes[place] {
                SeriesClass::Closed => ("closed", None),
                SeriesClass::Rounding => ("rounding", None),
                SeriesClass::Noise => ("noise", None),
                SeriesClass::TimingPair { other } => ("timing", Some(differences[other].day)),
                SeriesClass::OpenBreak => ("open", None),
            };
            *match word {
                "closed" => &mut answer.closed,
                "rounding" => &mut answer.rounding,
                "noise" => &mut answer.noise,
                "timing" => &mut answer.timing,
                _ => &mut answer.open,
            } += 1;
            let last = show_day(books::Day(balance.key.last.0));
            if steps[place].is_alarm {
                answer.trend_since.get_or_insert_with(|| last.clone());
            }
            if self.class.as_ref().is_some_and(|class| class != word) {
                continue;
            }
            let together = sigmas.rule.as_ref().and_then(|rule| cumulative(&balances[..=place], &rule.model).ok());
            answer.series.push(SeriesLine {
                first: show_day(books::Day(balance.key.first.0)),
                last,
                beginning: number(line.beginning_physical),
                increases: number(line.increases),
                decreases: number(line.decreases),
                shipper_receiver: number(line.shipper_receiver),
                ending: number(line.ending_physical),
                muf: number(line.muf),
                sigma: own[place].map(|sigma| show_sigma(books, area.material, sigma)),
                verdict: verdict_word(balance, line.muf, own[place], true).into(),
                class: word.into(),
                taken_back_by: other.map(|day| show_day(books::Day(day.0))),
                cumulative: number(sum),
                cumulative_sigma: together.map(|both| show_sigma(books, area.material, both.sigma)),
                trend_alarm: steps[place].is_alarm,
            });
        }
        Ok(answer)
    }
}

/// One sigma for the whole series: with a model, that of a typical period.
fn typical(own: &[Option<f64>]) -> f64 {
    let mut known: Vec<f64> = own.iter().flatten().copied().collect();
    known.sort_by(f64::total_cmp);
    known.get(known.len() / 2).copied().unwrap_or(f64::INFINITY)
}

/// Page's test over the periods.
fn trend(
    balances: &[Balance],
    lines: &[BalanceLines],
    own: &[Option<f64>],
    ending: impl Fn(&Balance) -> Option<f64>,
) -> Vec<CusumStep> {
    let periods = balances.iter().zip(lines).zip(own).map(|((balance, lines), sigma)| Period {
        muf: lines.muf,
        variance: sigma.unwrap_or(f64::INFINITY).powi(2),
        ending_variance: ending(balance).unwrap_or(0.0),
    });
    Cusum::default().run(&standardize(&periods.collect::<Vec<_>>()))
}
