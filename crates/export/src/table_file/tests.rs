//! A table, written as Parquet and read again.

use bytes::Bytes;
use parquet::file::reader::{FileReader, SerializedFileReader};

use super::*;

fn read(file: Vec<u8>) -> SerializedFileReader<Bytes> {
    SerializedFileReader::new(Bytes::from(file)).expect("a Parquet file")
}

/// Every row, as `column value` pairs without those that have none.
fn rows(file: Vec<u8>) -> Vec<String> {
    let file = read(file);
    let rows = file.get_row_iter(None).expect("rows").map(|row| {
        let row = row.expect("a row");
        let told = row.get_column_iter().map(|(name, value)| format!("{name} {value}"));
        told.filter(|told| !told.ends_with(" null")).collect::<Vec<_>>().join(", ")
    });
    rows.collect()
}

fn written(table: Table<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    TableFile::write(table, &mut out).expect("memory is written");
    out
}

fn numbers(cells: Vec<Cell<'_>>) -> Table<'_> {
    Table::new(vec![Shown::new("on_hand", Kind::Number)], cells.into_iter().map(|cell| vec![cell]))
}

#[test]
fn what_is_withheld_or_unknown_is_no_number_and_no_mere_gap() {
    let cells = vec![
        Cell::number("-1234.5"),
        Cell::number("0"),
        Cell::Withheld,
        Cell::Unknown,
        Cell::Range("3".into(), "5".into()),
        Cell::Nothing,
    ];
    assert_eq!(
        rows(written(numbers(cells))),
        [
            "on_hand -1234.500000000000000000",
            "on_hand 0.000000000000000000",
            "on_hand_status \"withheld\"",
            "on_hand_status \"unknown\"",
            "on_hand_status \"3..5\"",
            "",
        ]
    );
}

#[test]
fn each_kind_has_its_type() {
    let columns = [
        ("lot", Kind::Code),
        ("day", Kind::Day),
        ("at", Kind::Moment),
        ("event", Kind::Event),
        ("open", Kind::Flag),
        ("sites", Kind::List),
    ];
    let columns = columns.map(|(name, kind)| Shown::new(name, kind)).to_vec();
    let full = vec![
        Cell::text("=L1"),
        Cell::text("2026-03-31"),
        Cell::text("2026-03-31T12:00:00Z"),
        Cell::number("7"),
        Cell::Flag(true),
        Cell::List(vec!["North".into(), "South".into()]),
    ];
    let odd = vec![Cell::Nothing, Cell::text("never"), Cell::Nothing, Cell::Unknown, Cell::Withheld, Cell::Nothing];
    assert_eq!(
        rows(written(Table::new(columns, [full, odd]))),
        [
            "lot \"=L1\", day 2026-03-31, at 2026-03-31 12:00:00.000000 +00:00, event 7, open true, sites \"North; South\"",
            "day_status \"never\", event_status \"unknown\", open_status \"withheld\"",
        ]
    );
}

#[test]
fn a_number_that_no_column_holds_is_told_as_it_is() {
    let many = format!("0.{}1", "0".repeat(18));
    let large = "9".repeat(21);
    let file = written(numbers(vec![Cell::number(many.clone()), Cell::number(large.clone()), Cell::text("1.5 t")]));
    let told = [many, large, "1.5 t".to_owned()].map(|told| format!("on_hand_status \"{told}\""));
    assert_eq!(rows(file), told);
}

#[test]
fn parts_are_one_file_and_what_stands_beside_them_is_in_its_metadata() {
    let part = |next: Option<(&'static str, String)>| {
        let table = numbers(vec![Cell::number("1")]).page(None, next).left_out([answers::Why::Behind]);
        Table { beside: vec![(Shown::new("known_at", Kind::Event), Cell::number("9"))], ..table }
    };
    let (mut out, first) = (Vec::new(), part(Some(("page", "2".into()))));
    let mut file = TableFile::begin(&first).expect("begun");
    for table in [first, part(None)] {
        file.rows(table, &mut out).expect("memory is written");
    }
    file.end(&mut out).expect("memory is written");
    let read = read(out.clone());
    let beside = read.metadata().file_metadata().key_value_metadata().expect("there is some");
    let beside: Vec<_> = beside.iter().map(|it| (it.key.as_str(), it.value.as_deref().unwrap_or_default())).collect();
    assert_eq!(
        beside,
        [
            ("known_at", "9"),
            ("left_out", "the ledger goes on faster than this question can be answered"),
            ("next", "page=2")
        ]
    );
    assert_eq!(rows(out).len(), 2);
}
