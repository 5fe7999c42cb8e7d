//! The material balance report: seven lines per balance area, material, basis and period, and what the last one means.
//!
//! `MUF = BE - SRD - PE` with `BE = PB + X - Y` (domain.md 4.2; lines (a) to (g) are those of the safeguards agreement,
//! Art. 67). All quantities are whole accounting units of one material on one basis, and the sums are exact.

use measure::{Basis, Scale};

use crate::sigma::{Measured, MeasurementModel, ModelError, Term};
use ids::{Day, MaterialNo, PlaceNo};

/// How well an area can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AreaKind {
    /// Sealed items: MUF must be zero, anything else is an error in the records.
    Item,
    /// Ore, heaps, tanks: MUF is expected, and judged against sigma.
    Bulk,
}

/// What a balance is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BalanceKey {
    /// The balance area.
    pub area: PlaceNo,
    /// The material.
    pub material: MaterialNo,
    /// What one unit is.
    pub scale: Scale,
    /// What the weights include.
    pub basis: Basis,
    /// The first day.
    pub first: Day,
    /// The last day: that of the ending stocktake.
    pub last: Day,
}

/// A quantity, never negative, and how it was measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stratum {
    /// In accounting units. A sum of many accounts may be larger than one account can be.
    pub quantity: i128,
    /// By which methods; empty for what is known exactly, such as sealed items.
    pub measured: Vec<Measured>,
}

/// What a balance is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    /// What it is about.
    pub key: BalanceKey,
    /// How well the area can be measured.
    pub kind: AreaKind,
    /// Counted at the beginning: PB.
    pub beginning: Vec<Stratum>,
    /// What came in, at the shipper's figures: X.
    pub increases: Vec<Stratum>,
    /// What went out: Y.
    pub decreases: Vec<Stratum>,
    /// Shipper's less receiver's figure, summed over what came in: SRD. What is booked at the shipper's figure and was
    /// measured by the receiver carries the receiver's errors in `increases`.
    pub shipper_receiver: i128,
    /// Counted at the end: PE.
    pub ending: Vec<Stratum>,
}

/// The seven lines, in accounting units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BalanceLines {
    /// (a) beginning physical inventory, PB.
    pub beginning_physical: i128,
    /// (b) increases, X.
    pub increases: i128,
    /// (b) decreases, Y.
    pub decreases: i128,
    /// (c) ending book inventory, BE = PB + X - Y.
    pub ending_book: i128,
    /// (d) shipper/receiver difference, SRD.
    pub shipper_receiver: i128,
    /// (e) adjusted ending book inventory, BE - SRD.
    pub adjusted_ending_book: i128,
    /// (f) ending physical inventory, PE.
    pub ending_physical: i128,
    /// (g) material unaccounted for, MUF = BE - SRD - PE.
    pub muf: i128,
}

/// What a MUF means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MufVerdict {
    /// Zero, or within 2 sigma in a bulk area.
    NotSignificant,
    /// More than 2 sigma: the old limit of error.
    Warning,
    /// More than 3 sigma.
    Alarm,
    /// Not zero in an item area: somewhere a record is wrong.
    RecordsWrong,
}

impl Balance {
    /// Adds up the seven lines.
    #[must_use]
    pub fn lines(&self) -> BalanceLines {
        let sum = |strata: &[Stratum]| strata.iter().map(|stratum| stratum.quantity).sum::<i128>();
        let (beginning_physical, ending_physical) = (sum(&self.beginning), sum(&self.ending));
        let (increases, decreases) = (sum(&self.increases), sum(&self.decreases));
        let ending_book = beginning_physical + increases - decreases;
        let shipper_receiver = self.shipper_receiver;
        let adjusted_ending_book = ending_book - shipper_receiver;
        BalanceLines {
            beginning_physical,
            increases,
            decreases,
            ending_book,
            shipper_receiver,
            adjusted_ending_book,
            ending_physical,
            muf: adjusted_ending_book - ending_physical,
        }
    }

    /// Standard deviation of MUF in accounting units.
    pub fn sigma(&self, model: &MeasurementModel) -> Result<f64, ModelError> {
        let terms = terms(&self.beginning, 1).chain(self.flow_terms()).chain(terms(&self.ending, -1));
        model.variance(terms).map(f64::sqrt)
    }

    /// Variance of what was counted at the end: the next balance begins with the same figure and the same error, which
    /// is why two MUFs in a row are negatively correlated.
    pub fn ending_variance(&self, model: &MeasurementModel) -> Result<f64, ModelError> {
        model.variance(terms(&self.ending, 1))
    }

    /// What a MUF means, given sigma.
    #[must_use]
    pub fn verdict(&self, muf: i128, sigma: f64) -> MufVerdict {
        match self.kind {
            AreaKind::Item if muf != 0 => MufVerdict::RecordsWrong,
            AreaKind::Item => MufVerdict::NotSignificant,
            AreaKind::Bulk => judge(muf, sigma),
        }
    }

    fn flow_terms(&self) -> impl Iterator<Item = Term<'_>> {
        terms(&self.increases, 1).chain(terms(&self.decreases, -1))
    }
}

/// Verdict on a bulk figure: more than 2 sigma warns, more than 3 alarms. Without any error every MUF alarms.
#[must_use]
pub fn judge(muf: i128, sigma: f64) -> MufVerdict {
    let size = muf.unsigned_abs() as f64;
    if size > 3.0 * sigma {
        MufVerdict::Alarm
    } else if size > 2.0 * sigma {
        MufVerdict::Warning
    } else {
        MufVerdict::NotSignificant
    }
}

fn terms(strata: &[Stratum], sign: i128) -> impl Iterator<Item = Term<'_>> {
    strata.iter().map(move |stratum| Term { quantity: sign * stratum.quantity, measured: &stratum.measured })
}

/// Why balances do not make a chain.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum ChainError {
    /// There is none.
    #[error("no balance is given")]
    Empty,
    /// A balance is of another area, material, unit or basis, or does not begin where the one before it ended.
    #[error("balance {index} does not go on where the one before it ended")]
    NotContinuous {
        /// Which, from 0.
        index: usize,
    },
    /// No sigma.
    #[error("model the errors of the chain")]
    Model(#[from] ModelError),
}

/// The sum of the MUFs of consecutive periods. Small one-sided losses that pass every single test show here.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CumulativeMuf {
    /// In accounting units.
    pub muf: i128,
    /// In accounting units. The stocktakes between two periods stand once with each sign and cancel.
    pub sigma: f64,
}

/// Cumulative MUF of consecutive balances of one area.
pub fn cumulative(balances: &[Balance], model: &MeasurementModel) -> Result<CumulativeMuf, ChainError> {
    let (Some(first), Some(last)) = (balances.first(), balances.last()) else { return Err(ChainError::Empty) };
    let mut muf = 0;
    let mut before: Option<(&Balance, BalanceLines)> = None;
    for (index, balance) in balances.iter().enumerate() {
        let lines = balance.lines();
        if before.is_some_and(|(before, ended)| !continues(before, &ended, balance, &lines)) {
            return Err(ChainError::NotContinuous { index });
        }
        muf += lines.muf;
        before = Some((balance, lines));
    }
    let flows = balances.iter().flat_map(Balance::flow_terms);
    let terms = terms(&first.beginning, 1).chain(flows).chain(terms(&last.ending, -1));
    Ok(CumulativeMuf { muf, sigma: model.variance(terms)?.sqrt() })
}

fn continues(before: &Balance, ended: &BalanceLines, balance: &Balance, lines: &BalanceLines) -> bool {
    let first = Day(before.key.last.0.saturating_add(1));
    let expected = BalanceKey { first, last: balance.key.last, ..before.key };
    balance.key == expected && lines.beginning_physical == ended.ending_physical
}

#[cfg(test)]
mod tests;
