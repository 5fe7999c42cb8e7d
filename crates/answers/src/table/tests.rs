//! What one table looks like at each door.

use super::text::{Screen, write};
use super::*;
use crate::left_out::LeftOut;

fn sample() -> Table<'static> {
    let columns = vec![
        Column::new("lot", Kind::Code),
        Column::new("on_hand", Kind::Number).unit(UnitAt::InRow),
        Column::new("unit", Kind::Code),
        Column::new("reason", Kind::Text),
        Column::new("overdue", Kind::Flag),
        Column::new("sites", Kind::List),
        Column::new("id", Kind::Code).detail(),
    ];
    let rows = vec![
        vec![
            Cell::text("L1"),
            Cell::number("1234.5"),
            Cell::text("t net"),
            Cell::text("the crane at the quay was out of order"),
            Cell::Flag(true),
            Cell::List(vec!["North".into(), "South".into()]),
            Cell::text("77"),
        ],
        vec![
            Cell::text("=L2"),
            Cell::Withheld,
            Cell::text("t net"),
            Cell::Nothing,
            Cell::Flag(false),
            Cell::Nothing,
            Cell::text("78"),
        ],
    ];
    Table::new(columns, rows)
}

fn shown(table: Table<'_>, screen: Screen) -> (String, Vec<String>) {
    let mut out = Vec::new();
    let go_on = |field: &str, value: &str| format!("{field} {value}");
    let notes = write(table, words::english(), screen, go_on, &mut out).expect("memory is written");
    (String::from_utf8(out).expect("text"), notes)
}

#[test]
fn programs_get_every_column_plain() {
    let csv = String::from_utf8(csv::bytes(sample())).expect("text");
    assert_eq!(
        csv,
        "lot,on_hand,unit,reason,overdue,sites,id\n\
         L1,1234.5,t net,the crane at the quay was out of order,true,North; South,77\n\
         '=L2,withheld,t net,,false,,78\n"
    );
}

#[test]
fn people_get_grouped_numbers_and_yes_or_no() {
    let (text, notes) = shown(sample(), Screen::default());
    assert_eq!(notes, Vec::<String>::new());
    assert!(text.contains(" L1     1,234.5   t net   the crane at the quay was out of order   yes       North; South"));
    assert!(text.contains(" =L2   withheld   t net                                            no\n"), "{text}");
    assert!(!text.contains("77"), "details are for those who ask: {text}");
    let (wide, _) = shown(sample(), Screen { is_wide: true, width: Some(20), ..Screen::default() });
    assert!(wide.contains("77"), "{wide}");
}

#[test]
fn a_table_fits_its_terminal_and_names_what_it_left_out() {
    for width in [20, 30, 40, 60, 80] {
        let (text, notes) = shown(sample(), Screen { width: Some(width), ..Screen::default() });
        let widest = text.lines().map(|line| line.chars().count()).max().expect("lines");
        assert!(widest <= width, "{width}: {text}");
        let is_whole = text.contains("overdue") && text.contains("sites") && text.contains("reason");
        assert_eq!(notes.is_empty(), is_whole, "{width}: {notes:?}");
        assert!(text.contains("1,234.5"), "numbers go last: {text}");
    }
}

#[test]
fn a_row_can_stand_upright() {
    let (text, _) = shown(sample(), Screen { is_vertical: true, ..Screen::default() });
    assert!(text.starts_with(" lot       L1\n on hand   1,234.5\n unit      t net\n"), "{text}");
    assert!(text.contains("\n\n lot       =L2\n on hand   withheld\n"), "{text}");
}

#[test]
fn nothing_in_an_answer_steers_the_terminal() {
    let table = Table::new(vec![Column::new("name", Kind::Text)], [vec![Cell::text("\u{1b}]0;x\u{7}RED")]]);
    let (text, _) = shown(table, Screen::default());
    assert!(!text.contains(['\u{1b}', '\u{7}']), "{text:?}");
}

#[test]
fn no_writer_leaves_out_what_has_to_be_known_of_the_rows() {
    let part = || {
        let part = sample()
            .left_out([LeftOut::Unstated { quantity: "3 t".into(), material: "Sb".into(), basis: "REO".into() }])
            .page(Some(3), Some(("page", "2".into())));
        Table { seen_by: Some("KOMIR".into()), ..part }
    };
    let (_, notes) = shown(part(), Screen::default());
    let text = Table { shape: Shape::Text, ..part() };
    let (_, notes_of_text) = shown(text, Screen::default());
    let html = html::write(part(), words::english(), "Lots", &html::no_links);
    let csv = String::from_utf8(csv::bytes(part())).expect("text");
    for said in ["seen by KOMIR", "left out: 3 t of `Sb`", "3 more; go on with"] {
        for (door, all) in
            [("text", &notes.join(" ")), ("a text", &notes_of_text.join(" ")), ("html", &html), ("csv", &csv)]
        {
            assert!(all.contains(said), "{door} says `{said}`: {all}");
        }
    }
    // In a file they are closing lines of the same width.
    let mut rows = ::csv::Reader::from_reader(csv.as_bytes());
    let rows: Vec<_> = rows.records().collect::<Result<_, _>>().expect("as wide as the heading");
    assert_eq!(rows.iter().filter(|row| row[0].starts_with("# ")).count(), 3, "{csv}");
    assert!(rows[..2].iter().all(|row| !row[0].starts_with('#')), "{csv}");
}

#[test]
fn html_is_escaped_and_says_what_is_not_there() {
    let columns = vec![Column::new("lot", Kind::Code), Column::new("on_hand", Kind::Number)];
    let rows = [vec![Cell::text("<b>"), Cell::number("1234")], vec![Cell::text("B"), Cell::Withheld]];
    let table = Table::new(columns, rows).page(Some(3), Some(("page", "2".into())));
    let link = |column: &str, row: html::Row<'_>| (column == "lot").then(|| format!("/lot/{}", row.get("lot").len()));
    let html = html::write(table, words::english(), "Lots", &link);
    assert!(html.contains("<td><a href=\"/lot/3\">&lt;b&gt;</a></td><td class=\"number\">1,234</td>"), "{html}");
    assert!(html.contains("<span class=\"note\">withheld</span>"), "{html}");
    assert!(html.contains("3 more; go on with page 2"), "{html}");
}
