//! A test of trend: small losses that pass every single test add up.
//!
//! Page's test (E. S. Page, Continuous inspection schemes, Biometrika 41, 1954) on the standardized sequence of MUFs.
//! Two MUFs in a row share the stocktake between them, with opposite signs; [`standardize`] takes that correlation out
//! first, as is done for safeguards (SITMUF).

/// One period as the test sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Period {
    /// In accounting units.
    pub muf: i128,
    /// Variance of MUF, in accounting units squared.
    pub variance: f64,
    /// Variance of the ending stocktake, which the next period begins with.
    pub ending_variance: f64,
}

/// MUFs as independent numbers of variance 1, one for each period.
///
/// With the covariance `-ending_variance` between neighbours alone, the part of a MUF that the ones before it do not
/// foretell is `e_1 = MUF_1`, `e_i = MUF_i - (c_{i-1} / v_{i-1}) e_{i-1}` with variance `v_i = var_i - c_{i-1}^2 / v_{i-1}`:
/// the factorization of a tridiagonal matrix. What a scale's systematic error does over several periods is not in it.
/// A period whose figures are all exact gives 0 for a MUF of zero and an infinite number otherwise.
#[must_use]
pub fn standardize(periods: &[Period]) -> Vec<f64> {
    let mut standardized = Vec::with_capacity(periods.len());
    // Innovation, its variance, and the covariance with the next MUF.
    let mut before: Option<(f64, f64, f64)> = None;
    for period in periods {
        let (mut innovation, mut variance) = (period.muf as f64, period.variance);
        if let Some((last, last_variance, covariance)) = before.filter(|before| before.1 > 0.0) {
            innovation -= covariance / last_variance * last;
            variance -= covariance * covariance / last_variance;
        }
        // A model may say that the ending stocktake is more uncertain than the whole MUF; it cannot be so.
        let variance = variance.max(0.0);
        standardized.push(match innovation {
            0.0 => 0.0,
            _ => innovation / variance.sqrt(),
        });
        before = Some((innovation, variance, -period.ending_variance));
    }
    standardized
}

/// Page's test: its two settings, in sigmas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cusum {
    /// What each value is allowed: half of the shift that is to be found soon.
    pub allowance: f64,
    /// Where the sum alarms.
    pub limit: f64,
}

/// A shift of one sigma is found after 10 periods on average, and a false alarm comes once in 465 (the usual table for
/// an allowance of 0.5 and a limit of 5).
impl Default for Cusum {
    fn default() -> Self {
        Self { allowance: 0.5, limit: 5.0 }
    }
}

/// The two sums after a period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CusumStep {
    /// Of losses (positive MUF): `max(0, before + z - allowance)`.
    pub loss: f64,
    /// Of gains: `max(0, before - z - allowance)`.
    pub gain: f64,
    /// Is one of them past the limit?
    pub is_alarm: bool,
}

impl Cusum {
    /// Runs the test over a standardized sequence; one step for each value. The sums go on after an alarm.
    #[must_use]
    pub fn run(&self, standardized: &[f64]) -> Vec<CusumStep> {
        let mut sums = (0.0f64, 0.0f64);
        let step = |value: &f64| {
            sums = ((sums.0 + value - self.allowance).max(0.0), (sums.1 - value - self.allowance).max(0.0));
            CusumStep { loss: sums.0, gain: sums.1, is_alarm: sums.0.max(sums.1) > self.limit }
        };
        standardized.iter().map(step).collect()
    }
}

#[cfg(test)]
mod tests;
