use super::*;

const TEXT: &str = "granary-fact/1\norigin log.example/a\nevent 41\nid 000102030405060708090a0b0c0d0e0f\nrecorded 1700000000000000\n\
    party METI\nact dispatch\neffective 2026-03-01\ncode D-7\nreference our PO 12\nowner METI\nsource North\ntarget Busan\n\
    lot L 1\nmaterial NdPr\nquantity 1000.5 kg 6\nlot L2\nmaterial NdPr\nquantity 3 mg 0\n";

#[test]
fn what_is_written_is_read_the_same() {
    let says = Statement::parse(TEXT).expect("a statement");
    assert_eq!(says.to_string(), TEXT);
    assert_eq!((says.lines[0].quantity.units(), says.lines[0].decimals), (1_000_500_000, 6));
    assert_eq!(says.lines[0].lot.as_deref(), Some("L 1"), "codes may hold spaces");
    assert_eq!(says.effective, Day(20_513));
}

#[test]
fn a_line_that_is_missing_wrong_or_out_of_order_is_named() {
    let at = |text: &str| Statement::parse(text).expect_err("no statement").line;
    assert_eq!(at("granary-fact/2\n"), 1);
    assert_eq!(at(&TEXT.replace("event 41\n", "")), 3);
    assert_eq!(at(&TEXT.replace("2026-03-01", "2026-02-30")), 8);
    assert_eq!(at(&TEXT.replace("code D-7\nreference our PO 12", "reference our PO 12\ncode D-7")), 10);
    assert_eq!(at(&TEXT.replace("3 mg 0", "3 mg 19")), 19);
    assert_eq!(at(&TEXT.replace("1000.5 kg", "1000.50 kg")), 19, "written as it is read");
}

#[test]
fn days_are_read_as_they_are_shown() {
    for day in [-100_000, -1, 0, 1, 59, 60, 20_513, 60_000, 2_932_896] {
        let text = show_day(Day(day));
        assert_eq!(parse_day(&text), Some(Day(day)), "{text}");
    }
    for text in ["2026-13-01", "2026-02-29", "26-1-1", "2026-1-01", "", "2026-01-01-01"] {
        assert_eq!(parse_day(text), None, "{text}");
    }
}
