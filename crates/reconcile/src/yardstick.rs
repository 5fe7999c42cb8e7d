//! One whole number for every quantity of a dimension, so that `100 t` and `100000 kg` compare without rounding.
//!
//! The yardstick is the largest unit of which every unit in use is a whole multiple. Where all lines keep one unit,
//! which is the rule, it is that unit.

use measure::{Dimension, Scale};

/// The largest whole multiple of the yardstick that a unit may be. It leaves room in 128 bits for sums of 128 lines.
const MULTIPLE_MAX: u128 = 1 << 56;

/// Units in use that have no common yardstick in 128 bits: a nanogram and a megatonne.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("10^-{} `{}` is too far from the smallest unit in use to compare exactly", scale.decimals, scale.unit)]
pub struct ScalesTooFarApart {
    /// The coarsest of them.
    pub scale: Scale,
}

/// Units in use, each with its multiple of its dimension's yardstick.
#[derive(Clone, Debug, Default)]
pub(crate) struct Yardstick {
    multiples: Vec<(Scale, i128)>,
}

impl Yardstick {
    /// Finds the yardstick of each dimension in use.
    pub(crate) fn new(scales: impl Iterator<Item = Scale>) -> Result<Self, ScalesTooFarApart> {
        let mut multiples: Vec<(Scale, i128)> = Vec::new();
        for scale in scales {
            if multiples.last().is_none_or(|row| row.0 != scale) && multiples.iter().all(|row| row.0 != scale) {
                multiples.push((scale, 0));
            }
        }
        multiples.sort_unstable();
        let scales: Vec<Scale> = multiples.iter().map(|row| row.0).collect();
        for (scale, multiple) in &mut multiples {
            let alike = scales.iter().filter(|other| other.unit.dimension() == scale.unit.dimension());
            let decimals_max = alike.clone().map(|other| other.decimals).max().unwrap_or_default();
            // In 10^-decimals_max of the dimension's base every unit is whole.
            let whole = |scale: &Scale| {
                let shift = 10u128.checked_pow(u32::from(decimals_max - scale.decimals))?;
                shift.checked_mul(scale.unit.factor())
            };
            let too_far = ScalesTooFarApart { scale: *scale };
            let mut divisor = 0;
            for other in alike {
                divisor = greatest_common_divisor(divisor, whole(other).ok_or(too_far)?);
            }
            let own = whole(scale).ok_or(too_far)? / divisor;
            *multiple = i128::try_from(own).ok().filter(|_| own <= MULTIPLE_MAX).ok_or(too_far)?;
        }
        Ok(Self { multiples })
    }

    /// How many of the yardstick one unit of `scale` is.
    pub(crate) fn multiple(&self, scale: Scale) -> i128 {
        let row = self.multiples.iter().find(|row| row.0 == scale);
        row.expect("the yardstick was made from every scale in use").1
    }

    /// A quantity in the yardstick of its dimension.
    pub(crate) fn amount(&self, quantity: i64, scale: Scale) -> i128 {
        i128::from(quantity) * self.multiple(scale)
    }
}

/// Do the two measure the same thing?
pub(crate) fn same_dimension(a: Scale, b: Scale) -> bool {
    a == b || dimension(a) == dimension(b)
}

pub(crate) const fn dimension(scale: Scale) -> Dimension {
    scale.unit.dimension()
}

fn greatest_common_divisor(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests;
