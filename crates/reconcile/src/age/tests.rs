use super::*;

#[test]
fn buckets_end_where_the_rules_say() {
    let bucket = |days: i32| AgeBucket::of(Day(100), Day(100 + days)).label();
    let ages = [-1, 0, 1, 2, 7, 8, 30, 31, 90, 91, 4000].map(bucket);
    assert_eq!(ages, ["0-1", "0-1", "0-1", "2-7", "2-7", "8-30", "8-30", "31-90", "31-90", ">90", ">90"]);
    assert_eq!(AgeBucket::of(Day(i32::MIN), Day(i32::MAX)), AgeBucket::Over90Days);
}
