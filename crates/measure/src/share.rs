//! Dividing a quantity so that the parts add up to it.

use std::cmp::Reverse;

use crate::Quantity;

/// Why nothing can be divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShareError {
    /// There is nobody to divide among.
    #[error("there is nobody to divide among")]
    NoParts,
    /// All weights are zero, so that no part has a reason.
    #[error("all weights are zero")]
    NoWeight,
}

/// Divides `total` by `weights`, in their order, by the method of largest remainders: exact, and the same for ever.
///
/// Each part first gets the whole units of its exact share; the units left over, fewer than parts, go one each to the
/// largest fractions. Equal fractions are served in the order given, so the caller sorts by member code. A weight of
/// zero gets nothing. No product here can overflow: 63 bits of total by 64 of weight fit 128.
pub fn largest_remainder(total: Quantity, weights: &[u64]) -> Result<Vec<Quantity>, ShareError> {
    if weights.is_empty() {
        return Err(ShareError::NoParts);
    }
    let weight_sum: u128 = weights.iter().copied().map(u128::from).sum();
    if weight_sum == 0 {
        return Err(ShareError::NoWeight);
    }
    let total = u128::from(total.units().unsigned_abs());
    let exact = weights.iter().map(|weight| total * u128::from(*weight));
    let (mut parts, rests): (Vec<u128>, Vec<u128>) =
        exact.map(|share| (share / weight_sum, share % weight_sum)).unzip();
    let left_over = usize::try_from(total - parts.iter().sum::<u128>()).expect("fewer units are left over than parts");
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|index| Reverse(rests[*index]));
    for index in order.into_iter().take(left_over) {
        parts[index] += 1;
    }
    Ok(parts.into_iter().map(part).collect())
}

/// Divides `total` into `part_count` parts that differ by at most one unit; the first get the units left over.
pub fn split_even(total: Quantity, part_count: usize) -> Result<Vec<Quantity>, ShareError> {
    if part_count == 0 {
        return Err(ShareError::NoParts);
    }
    let (total, count) = (u128::from(total.units().unsigned_abs()), part_count as u128);
    let larger = total % count;
    Ok((0..count).map(|index| part(total / count + u128::from(index < larger))).collect())
}

fn part(units: u128) -> Quantity {
    i64::try_from(units).ok().and_then(Quantity::new).expect("a part is at most the total")
}

#[cfg(test)]
mod tests;
