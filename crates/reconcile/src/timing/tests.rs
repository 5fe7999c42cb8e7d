use proptest::prelude::*;

use super::*;
use crate::sigma::robust_sigma;

const RULE: SeriesRule = SeriesRule { sigma: 10.0, rounding: 2, days: 3 };

fn series(mufs: &[i128]) -> Vec<Difference> {
    (0..).map(Day).zip(mufs).map(|(day, muf)| Difference { day, muf: *muf }).collect()
}

/// One letter a day: `.` closed, `r` rounding, `n` noise, `t` timing, `B` open break.
fn letters(mufs: &[i128], rule: &SeriesRule) -> String {
    let letter = |class: &SeriesClass| match class {
        SeriesClass::Closed => '.',
        SeriesClass::Rounding => 'r',
        SeriesClass::Noise => 'n',
        SeriesClass::TimingPair { .. } => 't',
        SeriesClass::OpenBreak => 'B',
    };
    classify(&series(mufs), rule).iter().map(letter).collect()
}

#[test]
fn what_is_taken_back_within_three_days_is_timing() {
    assert_eq!(letters(&[0, 2, 30, 31], &RULE), ".rnB");
    assert_eq!(letters(&[3, 900, -880, 5], &RULE), "nttn");
    assert_eq!(letters(&[900, 3, 3, -880], &RULE), "tnnt");
    assert_eq!(letters(&[900, 3, 3, 3, -880], &RULE), "BnnnB");
    assert_eq!(letters(&[900, 880], &RULE), "BB");
}

#[test]
fn what_is_left_of_a_pair_is_at_most_the_noise_of_two() {
    // 3 x sqrt(2) x 10 = 42.4
    assert_eq!(letters(&[900, -858], &RULE), "tt");
    assert_eq!(letters(&[900, -857], &RULE), "BB");
}

#[test]
fn the_best_pair_is_made_first() {
    assert_eq!(letters(&[900, -870, 3, -900], &RULE), "tBnt");
    let classes = classify(&series(&[900, -900, 900]), &RULE);
    assert_eq!(classes[0], SeriesClass::TimingPair { other: 1 });
    assert_eq!(classes[2], SeriesClass::OpenBreak);
}

/// Daily stock and flows of a gas store, in the shape of the public European ones: noise of about 33 GWh, a few days a
/// hundred times that, some of which the days after take back. Units of 0.01 GWh.
#[test]
fn a_gas_year_is_classed_by_rule() {
    let mut mufs: Vec<i128> = (0..365).map(|day| (day * 7_919 % 13_001) - 6_500).collect();
    mufs[40] = 310_000;
    mufs[41] = -308_500;
    mufs[120] = -250_000;
    mufs[123] = 252_000;
    mufs[200] = 410_000;
    mufs[300] = -180_000;
    mufs[304] = 180_000;
    let sigma = robust_sigma(&mufs).unwrap();
    assert!((4_000.0..6_000.0).contains(&sigma), "outliers leave {sigma} alone");
    let rule = SeriesRule { sigma, rounding: 11, days: 3 };
    let letters = letters(&mufs, &rule);
    let at = |wanted: char| letters.char_indices().filter(move |(_, letter)| *letter == wanted).map(|(day, _)| day);
    assert_eq!(at('t').collect::<Vec<_>>(), [40, 41, 120, 123]);
    assert_eq!(at('B').collect::<Vec<_>>(), [200, 300, 304]);
}

proptest! {
    #[test]
    fn pairs_name_each_other_and_cancel(mufs in prop::collection::vec(-200i128..200, 0..60)) {
        let classes = classify(&series(&mufs), &RULE);
        for (index, class) in classes.iter().enumerate() {
            let SeriesClass::TimingPair { other } = *class else { continue };
            prop_assert_eq!(classes[other], SeriesClass::TimingPair { other: index });
            prop_assert!(index.abs_diff(other) <= 3);
            prop_assert!(mufs[index] * mufs[other] < 0 && (mufs[index] + mufs[other]).abs() <= 42);
        }
    }

    #[test]
    fn the_order_of_counts_says_nothing(
        shuffled in prop::collection::vec(-200i128..200, 0..30).prop_map(|mufs| series(&mufs)).prop_shuffle(),
    ) {
        let open = |series: &[Difference]| {
            let classes = classify(series, &RULE).into_iter().zip(series);
            let mut open: Vec<_> = classes.filter(|row| row.0 == SeriesClass::OpenBreak).map(|row| row.1.day).collect();
            open.sort_unstable();
            open
        };
        let mut sorted = shuffled.clone();
        sorted.sort_unstable_by_key(|difference| difference.day);
        prop_assert_eq!(open(&shuffled), open(&sorted));
    }
}
