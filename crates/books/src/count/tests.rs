use super::Position;
use crate::event::TimeOfDay;
use crate::number::{Day, Seq};

#[test]
fn an_entry_stands_behind_a_count_of_its_day_that_was_recorded_before() {
    let count = |cut, seq| Position::count(Day(1), Seq(cut), Seq(seq));
    assert!(Position::entry(Day(1), Seq(9)) < count(10, 10));
    assert!(Position::entry(Day(1), Seq(11)) > count(10, 10));
    assert!(Position::entry(Day(1), Seq(9)) > count(9, 10), "counted before event 9");
    assert!(count(9, 10) < count(9, 11), "of two counts at one cut the later recorded is the last word");
    assert!(Position::entry(Day(0), Seq(99)) < count(9, 10));
}

#[test]
fn counts_of_a_day_stand_by_their_times_where_both_are_known() {
    let count =
        |seq, time: Option<u16>| Position::count(Day(1), Seq(seq), Seq(seq)).timed(time.and_then(TimeOfDay::new));
    let (late, untold, early) = (count(10, Some(960)), count(11, None), count(12, Some(540)));
    let mut of_day = [early, untold, late];
    Position::sort_day(&mut of_day, |one| *one);
    assert_eq!(of_day, [early, untold, late]);
    let mut of_day = [untold, late];
    Position::sort_day(&mut of_day, |one| *one);
    assert_eq!(of_day, [late, untold], "without a time the order of recording decides");
    assert!(early.precedes(late) && late.precedes(untold) && untold.precedes(early));
}
