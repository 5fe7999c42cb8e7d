//! One whole number for every quantity of a dimension, so that `100 t` and `100000 kg` compare without rounding.
//!
//! The yardstick is the largest unit of which every unit in use is a whole multiple. Where all lines keep one unit,
//! which is the rule, it is that unit.

use measure::{Dimension, Scale};

/// The largest whole multiple of the yardstick that a unit may be. It leaves room in 128 bits for sums of 128 lines.
const MULTIPLE_MAX: u128 = 1 << 56;

/// See [`Yardstick::measure`].
pub(crate) type Measure = (Dimension, Option<usize>);

/// Units in use, each with its multiple of its dimension's yardstick.
///
/// A unit may be so far from the others that nothing common is left in 128 bits: a line told to the 18th decimal of a
/// milligram. The units that most lines keep have a yardstick then, and each of the others is a measure of its own:
/// what is told in it compares with nothing but itself, and keeps nothing else from being compared.
#[derive(Clone, Debug, Default)]
pub(crate) struct Yardstick {
    multiples: Vec<(Scale, i128)>,
    aside: Vec<Scale>,
}

impl Yardstick {
    /// Finds the yardstick of each dimension in use.
    pub(crate) fn new(scales: impl Iterator<Item = Scale>) -> Self {
        let mut uses: Vec<(Scale, u64)> = Vec::new();
        let mut last = 0;
        for scale in scales {
            if uses.get(last).is_none_or(|row| row.0 != scale) {
                last = uses.iter().position(|row| row.0 == scale).unwrap_or(uses.len());
                if last == uses.len() {
                    uses.push((scale, 0));
                }
            }
            uses[last].1 += 1;
        }
        // The most used first, so that the choice does not depend on the order of lines.
        uses.sort_unstable_by_key(|(scale, count)| (std::cmp::Reverse(*count), *scale));
        let all: Vec<Scale> = uses.iter().map(|row| row.0).collect();
        if let Some(multiples) = multiples(&all) {
            return Self { multiples, aside: Vec::new() };
        }
        let (mut common, mut found, mut aside) = (Vec::new(), Vec::new(), Vec::new());
        for scale in all {
            common.push(scale);
            match multiples(&common) {
                Some(multiples) => found = multiples,
                None => aside.extend(common.pop()),
            }
        }
        found.extend(aside.iter().map(|scale| (*scale, 1)));
        Self { multiples: found, aside }
    }

    /// The same where every unit of a dimension has it in common with the others; `None` where one stands aside.
    pub(crate) fn common(scales: impl Iterator<Item = Scale>) -> Option<Self> {
        Some(Self::new(scales)).filter(|yardstick| yardstick.aside.is_empty())
    }

    /// What a unit measures, and a number of its own where it stands aside: units of one measure compare.
    pub(crate) fn measure(&self, scale: Scale) -> Measure {
        let aside = self.aside.iter().position(|other| *other == scale);
        (dimension(scale), aside)
    }

    /// Is it a measure of its own, because it is too far from the others?
    pub(crate) fn is_aside(&self, scale: Scale) -> bool {
        self.aside.contains(&scale)
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

/// Each unit's multiple of its dimension's yardstick; `None` where one of them is past what can be counted.
fn multiples(scales: &[Scale]) -> Option<Vec<(Scale, i128)>> {
    let of = |scale: &Scale| {
        let alike = || scales.iter().filter(|other| other.unit.dimension() == scale.unit.dimension());
        let decimals_max = alike().map(|other| other.decimals).max().unwrap_or_default();
        // In 10^-decimals_max of the dimension's base every unit is whole.
        let whole = |scale: &Scale| {
            let shift = 10u128.checked_pow(u32::from(decimals_max - scale.decimals))?;
            shift.checked_mul(scale.unit.factor())
        };
        let divisor = alike().try_fold(0, |divisor, other| Some(greatest_common_divisor(divisor, whole(other)?)))?;
        let own = whole(scale)? / divisor;
        Some((*scale, i128::try_from(own).ok().filter(|_| own <= MULTIPLE_MAX)?))
    };
    scales.iter().map(of).collect()
}

fn greatest_common_divisor(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests;
