use super::*;

#[test]
fn the_fewest_parts_are_found() {
    assert_eq!(parts_of(60, &[10, 20, 25, 30, 35], PARTS_MAX, |_| 0), Some(vec![2, 4]));
    assert_eq!(parts_of(60, &[10, 20, 30], PARTS_MAX, |_| 0), Some(vec![0, 1, 2]));
    assert_eq!(parts_of(61, &[10, 20, 30], PARTS_MAX, |_| 0), None);
    assert_eq!(parts_of(61, &[10, 20, 30], PARTS_MAX, |count| count as i128), Some(vec![0, 1, 2]));
}

#[test]
fn more_parts_than_asked_for_are_not_tried() {
    assert_eq!(parts_of(60, &[10, 20, 30], 2, |_| 0), None);
}

#[test]
fn one_part_is_not_a_sum() {
    assert_eq!(parts_of(10, &[10], PARTS_MAX, |_| 0), None);
    assert_eq!(parts_of(10, &[10, 20], PARTS_MAX, |_| 0), None);
}

#[test]
fn many_balance_many() {
    assert_eq!(balanced(&[10, 20], &[5, 25], |_| 0), vec![(0b11, 0b11)]);
    assert!(balanced(&[10], &[10], |_| 0).is_empty());
    assert_eq!(balanced(&[30], &[10, 20], |_| 0), vec![(0b1, 0b11)]);
}

#[test]
fn what_is_allowed_counts_both_ways() {
    for (ours, theirs) in [([30], [10, 19]), ([30], [10, 21])] {
        assert_eq!(balanced(&ours, &theirs, |_| 1), vec![(0b1, 0b11)]);
        assert!(balanced(&ours, &theirs, |_| 0).is_empty());
    }
}
