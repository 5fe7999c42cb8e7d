use super::*;

const SCALE: MethodNo = MethodNo(1);
const ASSAY: MethodNo = MethodNo(2);

fn model() -> MeasurementModel {
    let scale = MethodErrors { random: 0.01, systematic: 0.003 };
    let assay = MethodErrors { random: 0.02, systematic: 0.0 };
    MeasurementModel::new([(SCALE, scale), (ASSAY, assay)]).unwrap()
}

const fn by(method: MethodNo, count: u32) -> Measured {
    Measured { method, count, act: None }
}

#[track_caller]
fn check(terms: &[Term<'_>], sigma: f64) {
    let found = model().variance(terms.iter().cloned()).unwrap().sqrt();
    assert!((found - sigma).abs() < 1e-9, "{found} is not {sigma}");
}

#[test]
fn one_scale_in_and_out_cancels_its_systematic_part() {
    let measured = [by(SCALE, 1)];
    let term = |quantity| Term { quantity, measured: &measured };
    check(&[term(1_000)], f64::hypot(10.0, 3.0));
    check(&[term(1_000), term(-1_000)], f64::hypot(10.0, 10.0));
}

#[test]
fn a_lot_that_was_measured_once_cancels_wholly() {
    let once = [Measured { act: Some(MeasurementNo(7)), ..by(SCALE, 1) }];
    check(&[Term { quantity: 1_000, measured: &once }, Term { quantity: -1_000, measured: &once }], 0.0);
}

#[test]
fn errors_of_weight_and_assay_add_in_squares() {
    let content = [by(SCALE, 4), by(ASSAY, 1)];
    check(&[Term { quantity: 1_000, measured: &content }], (25.0f64 + 9.0 + 400.0).sqrt());
}

#[test]
fn loads_told_one_by_one_or_together_have_one_sigma() {
    let (together, load) = ([by(SCALE, 80)], [by(SCALE, 1)]);
    let loads = vec![Term { quantity: 25, measured: &load }; 80];
    let sigma = model().variance(loads).unwrap().sqrt();
    check(&[Term { quantity: 2_000, measured: &together }], sigma);
}

#[test]
fn a_model_says_what_it_cannot_judge() {
    let nameless = [by(MethodNo(9), 1)];
    let term = Term { quantity: 1, measured: &nameless };
    assert_eq!(model().variance([term]), Err(ModelError::MethodUnknown { method: MethodNo(9) }));
    let unmeasured = [by(SCALE, 0)];
    let term = Term { quantity: 1, measured: &unmeasured };
    assert_eq!(model().variance([term]), Err(ModelError::NotMeasured { method: SCALE }));
    for random in [-0.1, f64::NAN, f64::INFINITY] {
        let errors = MethodErrors { random, systematic: 0.0 };
        assert_eq!(MeasurementModel::new([(SCALE, errors)]), Err(ModelError::NotAnError { method: SCALE }));
    }
}

#[test]
fn robust_sigma_does_not_see_outliers() {
    let sigma = |differences: &[i128]| robust_sigma(differences).unwrap();
    assert_eq!(robust_sigma(&[]), None);
    assert_eq!(sigma(&[-3, 2, 1]), 1.4826 * 2.0);
    assert_eq!(sigma(&[1, -2, 3, 1_000_000]), 1.4826 * 2.5);
    assert_eq!(sigma(&[i128::from(i64::MIN)]), 1.4826 * 9_223_372_036_854_775_808.0);
}
