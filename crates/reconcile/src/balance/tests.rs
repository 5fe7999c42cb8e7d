use measure::Unit;
use proptest::prelude::*;

use super::*;
use crate::sigma::MethodErrors;
use ids::{MeasurementNo, MethodNo};

const SURVEY: MethodNo = MethodNo(1);
const SCALE: MethodNo = MethodNo(2);

fn model() -> MeasurementModel {
    let survey = MethodErrors { random: 0.02, systematic: 0.0 };
    let scale = MethodErrors { random: 0.005, systematic: 0.003 };
    MeasurementModel::new([(SURVEY, survey), (SCALE, scale)]).unwrap()
}

fn stratum(quantity: i128, method: MethodNo, count: u32) -> Stratum {
    Stratum { quantity, measured: vec![Measured { method, count, act: None }] }
}

/// The worked example of domain.md 4.2: a heap surveyed at both ends, 80 loads of 25 t in and 120 out over one scale.
fn worked() -> Balance {
    let key = BalanceKey {
        area: PlaceNo(1),
        material: MaterialNo(1),
        scale: Scale::whole(Unit::T),
        basis: Basis::Dry,
        first: Day(1),
        last: Day(90),
    };
    Balance {
        key,
        kind: AreaKind::Bulk,
        beginning: vec![stratum(10_000, SURVEY, 1)],
        increases: vec![stratum(2_000, SCALE, 80)],
        decreases: vec![stratum(3_000, SCALE, 120)],
        shipper_receiver: 0,
        ending: vec![stratum(8_950, SURVEY, 1)],
    }
}

#[test]
fn the_worked_example_has_a_sigma_of_268_4_t() {
    let balance = worked();
    let lines = balance.lines();
    let sigma = balance.sigma(&model()).unwrap();
    assert_eq!((lines.ending_book, lines.muf), (9_000, 50));
    // 200^2 + 179^2 + 200 x 0.125^2 + (1,000 x 0.003)^2
    assert!((sigma * sigma - 72_053.125).abs() < 1e-6);
    assert_eq!(format!("{sigma:.1}"), "268.4");
    assert_eq!(balance.verdict(lines.muf, sigma), MufVerdict::NotSignificant);
}

#[test]
fn the_shippers_figure_is_booked_and_the_difference_stands_apart() {
    // The receivers weighed 1,990 of the 2,000 t that were shipped.
    let lines = Balance { shipper_receiver: 10, ..worked() }.lines();
    assert_eq!(
        lines,
        BalanceLines {
            beginning_physical: 10_000,
            increases: 2_000,
            decreases: 3_000,
            ending_book: 9_000,
            shipper_receiver: 10,
            adjusted_ending_book: 8_990,
            ending_physical: 8_950,
            muf: 40,
        }
    );
}

#[test]
fn verdicts_begin_past_two_and_three_sigma() {
    let verdicts = [20, -20, 21, 30, -31].map(|muf| judge(muf, 10.0));
    use MufVerdict::{Alarm, NotSignificant, Warning};
    assert_eq!(verdicts, [NotSignificant, NotSignificant, Warning, Warning, Alarm]);
    assert_eq!((judge(0, 0.0), judge(1, 0.0)), (NotSignificant, Alarm));
}

#[test]
fn sealed_items_must_agree_exactly() {
    let item = Balance { kind: AreaKind::Item, ..worked() };
    assert_eq!(item.verdict(1, 1_000.0), MufVerdict::RecordsWrong);
    assert_eq!(item.verdict(0, 0.0), MufVerdict::NotSignificant);
}

/// The quarter after `worked`, with a MUF of 60.
fn next() -> Balance {
    let key = BalanceKey { first: Day(91), last: Day(180), ..worked().key };
    let ending = vec![stratum(8_890, SURVEY, 1)];
    Balance { key, beginning: worked().ending, increases: vec![], decreases: vec![], ending, ..worked() }
}

#[test]
fn what_was_counted_between_two_periods_cancels() {
    let found = cumulative(&[worked(), next()], &model()).unwrap();
    assert_eq!(found.muf, 110);
    let variance = 200.0f64.powi(2) + (8_890.0f64 * 0.02).powi(2) + 3.125 + 9.0;
    assert!((found.sigma - variance.sqrt()).abs() < 1e-9);
}

#[test]
fn balances_of_a_chain_follow_each_other() {
    let refused = |second: Balance| cumulative(&[worked(), second], &model()).unwrap_err();
    let gap = Balance { key: BalanceKey { first: Day(92), ..next().key }, ..next() };
    assert_eq!(refused(gap), ChainError::NotContinuous { index: 1 });
    let other_opening = Balance { beginning: vec![stratum(8_951, SURVEY, 1)], ..next() };
    assert_eq!(refused(other_opening), ChainError::NotContinuous { index: 1 });
    assert_eq!(cumulative(&[], &model()), Err(ChainError::Empty));
}

#[test]
fn a_lot_that_lay_untouched_adds_no_uncertainty() {
    let mut balance = worked();
    let before = balance.sigma(&model()).unwrap();
    let mut untouched = stratum(50_000, SCALE, 1);
    untouched.measured[0].act = Some(MeasurementNo(1));
    balance.beginning.push(untouched.clone());
    balance.ending.push(untouched);
    assert_eq!(balance.sigma(&model()).unwrap(), before);
}

#[test]
fn sums_past_what_one_account_can_hold_are_right() {
    let heap = stratum(i64::MAX.into(), SURVEY, 1);
    let lines = Balance { beginning: vec![heap.clone(), heap.clone()], ending: vec![heap], ..worked() }.lines();
    assert_eq!(lines.beginning_physical, 2 * i128::from(i64::MAX));
    assert_eq!(lines.muf, lines.adjusted_ending_book - i128::from(i64::MAX));
}

proptest! {
    #[test]
    fn the_balance_equation_is_exact(
        parts in prop::collection::vec(prop::collection::vec(0i128..1 << 80, 0..5), 4),
        shipper_receiver in -1_000i128..1_000,
    ) {
        let strata = |index: usize| parts[index].iter().map(|part| stratum(*part, SCALE, 1)).collect::<Vec<_>>();
        let (beginning, increases, decreases, ending) = (strata(0), strata(1), strata(2), strata(3));
        let balance = Balance { beginning, increases, decreases, shipper_receiver, ending, ..worked() };
        let lines = balance.lines();
        let sums: Vec<i128> = parts.iter().map(|part| part.iter().sum()).collect();
        prop_assert_eq!(lines.muf, sums[0] + sums[1] - sums[2] - shipper_receiver - sums[3]);
        prop_assert_eq!(lines.adjusted_ending_book, lines.ending_physical + lines.muf);
    }
}
