//! A series of differences, one for each count: which are noise, which only came on another day, which stay open?
//!
//! All by rule. A difference is an outlier when it exceeds 3 sigma, sigma being robust so that outliers do not hide one
//! another. An outlier whose opposite comes within a few days is timing: the two leave no more than the noise of two
//! figures. An outlier that nothing takes back is an open break.

use crate::balance::{MufVerdict, judge};
use ids::Day;

/// A difference found by one count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The day of the count.
    pub day: Day,
    /// Book less physical, in accounting units.
    pub muf: i128,
}

/// What is allowed in a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeriesRule {
    /// One standard deviation of a single difference, in accounting units: of a model, or robust.
    pub sigma: f64,
    /// The most that rounding of the published figures explains, in accounting units.
    pub rounding: u64,
    /// How many days may lie between a difference and what takes it back.
    pub days: u32,
}

/// What a difference is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SeriesClass {
    /// None.
    Closed,
    /// No more than rounding explains.
    Rounding,
    /// Within 3 sigma: no more than measuring explains.
    Noise,
    /// Taken back within the days allowed.
    TimingPair {
        /// The difference that takes it back, by its index.
        other: usize,
    },
    /// Beyond 3 sigma, and nothing takes it back.
    OpenBreak,
}

/// Classes of a series, one for each difference. The days need not be in order nor without gaps.
///
/// Of the pairs that could be made the one that cancels best is made first, then the nearest in days, then the earliest.
/// One part of a pair may itself be within 3 sigma: then it is an outlier's better half. The other sign is always needed.
#[must_use]
pub fn classify(series: &[Difference], rule: &SeriesRule) -> Vec<SeriesClass> {
    let mut classes: Vec<SeriesClass> = series.iter().map(|difference| alone(difference.muf, rule)).collect();
    for (index, other) in pairs(series, rule, &classes) {
        if is_paired(classes[index]) || is_paired(classes[other]) {
            continue;
        }
        classes[index] = SeriesClass::TimingPair { other };
        classes[other] = SeriesClass::TimingPair { other: index };
    }
    classes
}

fn alone(muf: i128, rule: &SeriesRule) -> SeriesClass {
    match judge(muf, rule.sigma) {
        _ if muf == 0 => SeriesClass::Closed,
        _ if muf.unsigned_abs() <= u128::from(rule.rounding) => SeriesClass::Rounding,
        MufVerdict::Alarm => SeriesClass::OpenBreak,
        _ => SeriesClass::Noise,
    }
}

const fn is_paired(class: SeriesClass) -> bool {
    matches!(class, SeriesClass::TimingPair { .. })
}

/// Pairs of which one is an outlier and which leave no more than the noise of two figures, the best first.
fn pairs(series: &[Difference], rule: &SeriesRule, classes: &[SeriesClass]) -> Vec<(usize, usize)> {
    let mut by_day: Vec<usize> = (0..series.len()).collect();
    by_day.sort_by_key(|index| (series[*index].day, series[*index].muf));
    let mut pairs = Vec::new();
    for (place, &index) in by_day.iter().enumerate() {
        let first = series[index];
        let near = by_day[place + 1..].iter().take_while(|other| series[**other].day.distance(first.day) <= rule.days);
        for &other in near {
            let second = series[other];
            let is_outlier = [index, other].iter().any(|index| classes[*index] == SeriesClass::OpenBreak);
            let left = (first.muf + second.muf).unsigned_abs();
            // Two figures are sqrt(2) as uncertain as one.
            let cancels = left as f64 <= 3.0 * std::f64::consts::SQRT_2 * rule.sigma;
            if is_outlier && cancels && first.muf.signum() * second.muf.signum() < 0 {
                pairs.push((left, second.day.distance(first.day), first.day, first.muf, (index, other)));
            }
        }
    }
    pairs.sort_unstable();
    pairs.into_iter().map(|row| row.4).collect()
}

#[cfg(test)]
mod tests;
