use super::{ItemKind, Items, ItemsKey, ItemsLack, SaidOfItems};
use crate::books::Books;
use crate::event::TimeOfDay;
use crate::number::{Day, LotNo, PartyNo, PlaceNo, Seq};

fn said(seq: u64, day: i32, kind: ItemKind, count: u32) -> SaidOfItems {
    SaidOfItems { seq: Seq(seq), effective: Day(day), time: None, kind, count, marks: Vec::new() }
}

fn items(said: Vec<SaidOfItems>) -> Items {
    let key = ItemsKey { site: PlaceNo(0), lot: LotNo(0), owner: PartyNo(0), what: "drum".into() };
    Items { key, said }
}

#[test]
fn what_was_found_stands_whatever_is_said_later_of_the_time_before() {
    let books = Books::new();
    let row = items(vec![
        said(1, 1, ItemKind::Came, 400),
        said(2, 10, ItemKind::Found, 398),
        said(3, 5, ItemKind::Came, 7),
        said(4, 12, ItemKind::Went, 8),
    ]);
    let at = |day: i32, seq: u64| row.at(&books, Day(day), Seq(seq)).count;
    assert_eq!([at(4, 4), at(5, 4), at(9, 4), at(10, 4), at(11, 4), at(12, 4)], [400, 407, 407, 398, 398, 390]);
    assert_eq!([at(9, 2), at(12, 3)], [400, 398], "as it was known");
    let found = |seq: u64| row.at(&books, Day(20), Seq(seq)).found.map(|found| (found.count, found.expected));
    assert_eq!((found(1), found(2), found(4)), (None, Some((398, 400)), Some((398, 407))));
}

#[test]
fn no_more_goes_than_there_is_on_that_day_and_later_until_they_are_counted_again() {
    let books = Books::new();
    let row = items(vec![
        said(1, 1, ItemKind::Came, 10),
        said(2, 5, ItemKind::Went, 6),
        said(3, 9, ItemKind::Found, 50),
        said(4, 12, ItemKind::Went, 50),
    ]);
    let lacks = |day: i32, count: u32| match row.lacks(&books, &said(5, day, ItemKind::Went, count)) {
        Some(ItemsLack::Count { there, day }) => Some((there, day.0)),
        Some(ItemsLack::Mark(_)) | None => None,
    };
    assert_eq!(lacks(3, 4), None);
    assert_eq!(lacks(3, 5), Some((5, 5)), "those of day 5 went, too");
    assert_eq!(lacks(3, 11), Some((10, 3)));
    assert_eq!(lacks(9, 1), Some((49, 12)), "50 were found, and 50 went");
    assert_eq!(lacks(0, 1), Some((0, 0)));
    assert!(row.lacks(&books, &said(5, 3, ItemKind::Found, 0)).is_none(), "what is found is never turned away");
}

#[test]
fn marks_and_times_of_the_day_are_heeded() {
    let books = Books::new();
    let marked = |seq, time: u16, kind, marks: &[&str]| SaidOfItems {
        time: TimeOfDay::new(time),
        marks: marks.iter().map(|mark| (*mark).to_owned()).collect(),
        ..said(seq, 1, kind, u32::try_from(marks.len()).expect("few"))
    };
    let row = items(vec![
        marked(1, 600, ItemKind::Went, &["S2"]),
        marked(2, 500, ItemKind::Came, &["S1", "S2", "S3"]),
        marked(3, 700, ItemKind::Found, &["S1", "S9"]),
    ]);
    let there = row.at(&books, Day(1), Seq(9));
    assert_eq!(there.marks.iter().map(String::as_str).collect::<Vec<_>>(), ["S1", "S9"]);
    assert_eq!(there.found.map(|found| found.expected), Some(2));
    let goes = |mark: &str| row.lacks(&books, &marked(4, 800, ItemKind::Went, &[mark]));
    assert!(goes("S1").is_none());
    assert!(matches!(goes("S2"), Some(ItemsLack::Mark(mark)) if mark == "S2"));
}
