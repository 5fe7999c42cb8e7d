use super::*;

/// The first period that alarms, from 0.
fn first_alarm(cusum: &Cusum, standardized: &[f64]) -> Option<usize> {
    cusum.run(standardized).iter().position(|step| step.is_alarm)
}

#[test]
fn a_small_loss_in_every_period_alarms_though_none_does_alone() {
    let cusum = Cusum::default();
    assert_eq!(first_alarm(&cusum, &[1.2; 20]), Some(7), "8 x 0.7 > 5");
    assert_eq!(first_alarm(&cusum, &[-1.2; 20]), Some(7));
    assert_eq!(first_alarm(&cusum, &[0.5; 1000]), None);
    assert_eq!(first_alarm(&cusum, &[1.9, -1.9].repeat(500)), None);
}

#[test]
fn the_sums_start_again_at_zero() {
    let steps = Cusum::default().run(&[2.0, -4.0, 1.5]);
    let sums: Vec<(f64, f64)> = steps.iter().map(|step| (step.loss, step.gain)).collect();
    assert_eq!(sums, [(1.5, 0.0), (0.0, 3.5), (1.0, 1.5)]);
}

#[test]
fn without_a_common_stocktake_standardizing_divides_by_sigma() {
    let period = |muf| Period { muf, variance: 100.0, ending_variance: 0.0 };
    assert_eq!(standardize(&[period(10), period(-25)]), [1.0, -2.5]);
}

#[test]
fn a_wrong_count_shows_in_two_periods_and_is_one_surprise() {
    // The stocktake is nearly all of the uncertainty. One count was 20 too low: a loss, then the same gain.
    let period = |muf| Period { muf, variance: 200.0, ending_variance: 99.0 };
    let standardized = standardize(&[period(20), period(-20), period(0)]);
    let plain = 20.0 / 200.0f64.sqrt();
    assert!((standardized[0] - plain).abs() < 1e-12);
    assert!(standardized[1].abs() < plain, "the gain was to be expected: {standardized:?}");
}

#[test]
fn exact_figures_that_do_not_agree_are_infinitely_surprising() {
    let exact = |muf| Period { muf, variance: 0.0, ending_variance: 0.0 };
    assert_eq!(standardize(&[exact(0), exact(3)]), [0.0, f64::INFINITY]);
    assert_eq!(first_alarm(&Cusum::default(), &standardize(&[exact(0), exact(3)])), Some(1));
}
