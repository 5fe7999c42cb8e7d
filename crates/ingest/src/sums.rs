//! Rows that are sums of other rows: of those of their day that share what the sum says of them, or of the rows since the sum
//! before it.

use crate::decimal::Decimal;

/// A figure in its row.
#[derive(Clone, Debug)]
pub(crate) struct Summand {
    /// The row's line.
    pub(crate) line: u64,
    /// What the row says in each column of keys; empty where it says nothing.
    pub(crate) keys: Vec<String>,
    /// The figure, with its sign.
    pub(crate) figure: Decimal,
}

/// How many rows a sum may be of, and by how much it is off: nothing where it holds. None where it is the sum of nothing.
///
/// `before` is the line of the sum before it, 0 where it is the first one.
pub(crate) fn difference(sum: &Summand, parts: &[Summand], before: u64) -> Option<(usize, Decimal)> {
    // A word that no other row says is the sum's own.
    let is_said: Vec<bool> = (0..sum.keys.len())
        .map(|place| {
            let own = &sum.keys[place];
            !own.is_empty() && parts.iter().any(|part| part.keys.get(place) == Some(own))
        })
        .collect();
    let shares =
        |part: &Summand| (0..sum.keys.len()).all(|place| !is_said[place] || part.keys[place] == sum.keys[place]);
    let of = |rows: Vec<&Summand>| {
        let added = rows.iter().try_fold(Decimal::default(), |added, part| added.plus(part.figure))?;
        (!rows.is_empty()).then_some((rows.len(), sum.figure.minus(added)?))
    };
    let all = of(parts.iter().filter(|part| shares(part)).collect());
    let is_right = |found: &Option<(usize, Decimal)>| found.is_some_and(|(_, off)| off.units == 0);
    if is_right(&all) {
        return all;
    }
    let block = of(parts.iter().filter(|part| part.line > before && part.line < sum.line).collect());
    let below = || of(parts.iter().filter(|part| part.line > sum.line).take_while(|part| shares(part)).collect());
    [block, below()].into_iter().find(is_right).flatten().or(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(line: u64, keys: &[&str], figure: i128) -> Summand {
        let figure = Decimal::parse(&figure.to_string()).expect("a number");
        Summand { line, keys: keys.iter().map(|key| (*key).to_owned()).collect(), figure }
    }

    #[test]
    fn a_sum_is_of_the_rows_that_say_what_it_says() {
        let parts =
            [row(2, &["Cu", "A"], 5), row(3, &["Cu", "B"], 6), row(5, &["Sn", "A"], 1), row(6, &["Sn", "C"], 2)];
        let off = |sum: Summand, before| difference(&sum, &parts, before).map(|(count, off)| (count, off.units));
        assert_eq!(off(row(4, &["Cu", "Total"], 11), 0), Some((2, 0)), "of its metal");
        assert_eq!(off(row(7, &["", "Total"], 14), 4), Some((4, 0)), "of all");
        assert_eq!(off(row(7, &["", "Total"], 3), 4), Some((2, 0)), "of the rows since the sum before it");
        assert_eq!(off(row(4, &["Cu", "Total"], 12), 0), Some((2, 1)), "off by one");
    }
}
