//! How uncertain a balance is: sigma from a model of the measurements, or from the figures alone where there is none.
//!
//! Floats stand for uncertainty only; no quantity ever comes from here.

use std::collections::BTreeMap;

use ids::{MeasurementNo, MethodNo};

/// The relative errors of a method of measurement, each as one standard deviation: 0.005 is half a per cent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MethodErrors {
    /// Drawn anew with each measurement.
    pub random: f64,
    /// The same in every measurement with the method.
    pub systematic: f64,
}

/// The errors of every method in use.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MeasurementModel {
    methods: BTreeMap<MethodNo, MethodErrors>,
}

/// Why a model gives no sigma.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// A relative error is negative, infinite or no number.
    #[error("the errors of method {method} are not numbers from 0 on")]
    NotAnError {
        /// The method.
        method: MethodNo,
    },
    /// A quantity cites a method that the model does not describe.
    #[error("the model does not describe method {method}")]
    MethodUnknown {
        /// The method.
        method: MethodNo,
    },
    /// A quantity was measured no times.
    #[error("a quantity by method {method} rests on no measurement")]
    NotMeasured {
        /// The method.
        method: MethodNo,
    },
}

/// How a quantity was measured with one method. A content has two: that of its weight and that of its assay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// The method.
    pub method: MethodNo,
    /// How many measurements of equal weight make up the quantity: 80 for 80 loads.
    pub count: u32,
    /// The act of measuring, where its result is used more than once: a lot that was weighed once and lay there at both
    /// stocktakes has one error, not two, and it cancels.
    pub act: Option<MeasurementNo>,
}

/// A signed quantity in a balance and how it was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Term<'a> {
    /// In accounting units; positive what is held at first and comes in, negative what goes out and is held at last.
    pub quantity: i128,
    /// By which methods; none for what is known exactly.
    pub measured: &'a [Measured],
}

impl MeasurementModel {
    /// A model of these methods.
    pub fn new(methods: impl IntoIterator<Item = (MethodNo, MethodErrors)>) -> Result<Self, ModelError> {
        let methods: BTreeMap<_, _> = methods.into_iter().collect();
        let is_error = |error: f64| error.is_finite() && error >= 0.0;
        let flawed = methods.iter().find(|(_, errors)| !is_error(errors.random) || !is_error(errors.systematic));
        match flawed {
            Some((method, _)) => Err(ModelError::NotAnError { method: *method }),
            None => Ok(Self { methods }),
        }
    }

    /// Variance of a sum, in accounting units squared:
    /// `sum over methods m of [ sum_i x_i^2 r_m^2 / n_i + (sum_i x_i)^2 s_m^2 ]` (domain.md 4.2; IAEA practice).
    ///
    /// One scale in and out cancels its systematic part. Terms of one act of measuring are added before they are squared.
    pub fn variance<'a>(&self, terms: impl IntoIterator<Item = Term<'a>>) -> Result<f64, ModelError> {
        let mut sums: BTreeMap<MethodNo, MethodSums> = BTreeMap::new();
        for term in terms {
            let quantity = term.quantity as f64;
            for measured in term.measured {
                let method = measured.method;
                if !self.methods.contains_key(&method) {
                    return Err(ModelError::MethodUnknown { method });
                }
                if measured.count == 0 {
                    return Err(ModelError::NotMeasured { method });
                }
                let sums = sums.entry(method).or_default();
                sums.total += quantity;
                match measured.act {
                    Some(act) => *sums.by_act.entry((act, measured.count)).or_default() += quantity,
                    None => sums.squares += quantity * quantity / f64::from(measured.count),
                }
            }
        }
        let of_method = |(method, sums): (&MethodNo, &MethodSums)| {
            let MethodErrors { random, systematic } = self.methods[method];
            let acts = sums.by_act.iter().map(|((_, count), quantity)| quantity * quantity / f64::from(*count));
            (sums.squares + acts.sum::<f64>()) * random * random + (sums.total * systematic).powi(2)
        };
        Ok(sums.iter().map(of_method).sum())
    }
}

#[derive(Default)]
struct MethodSums {
    /// Of signed quantities.
    total: f64,
    /// Of squares by the number of measurements, where each is an act of its own.
    squares: f64,
    /// Signed quantities by act.
    by_act: BTreeMap<(MeasurementNo, u32), f64>,
}

/// 1.4826 x median of absolute values: sigma of a normal distribution, whatever a few outliers say. `None` of nothing.
///
/// Never estimate sigma from raw MUFs: one timing error a hundred times the noise hides all others.
#[must_use]
pub fn robust_sigma(differences: &[i128]) -> Option<f64> {
    let mut sizes: Vec<u128> = differences.iter().map(|difference| difference.unsigned_abs()).collect();
    sizes.sort_unstable();
    let upper = *sizes.get(sizes.len() / 2)? as f64;
    let lower = sizes[(sizes.len() - 1) / 2] as f64;
    Some(1.4826 * (lower + upper) / 2.0)
}

#[cfg(test)]
mod tests;
