use super::*;
use crate::acts::words::{ReportKind, Way};
use words::Say as _;

fn report() -> ReceiveReport {
    let line = |line: u32, reference: &str| ReportLine {
        line,
        material: "NdPr".into(),
        way: Way::In,
        quantity: "5.00 t net".into(),
        effective: "2026-03-02".into(),
        reference: Some(reference.into()),
        counterparty: None,
        site: Some("Ibaraki".into()),
        lot: None,
        provisional: Some(true),
        replaces: (line == 2).then(|| Replaces { report: 1, line: 7, hash: "ab".repeat(32) }),
        withdraws: None,
    };
    let balance = StatedBalance {
        material: "NdPr".into(),
        site: None,
        lot: Some("L1".into()),
        opening: Some("0 t".into()),
        closing: "10 t".into(),
    };
    ReceiveReport {
        sender: Some("KOMIR".into()),
        number: 3,
        kind: ReportKind::Statement,
        first: "2026-03-01".into(),
        last: "2026-03-31".into(),
        source: String::new(),
        line_count: 2,
        balances: Some(vec![balance]),
        lines: Some(vec![line(1, "PO-7; 100%\n2"), line(2, "韓国 = 1")]),
        due: Some("2026-04-15".into()),
        signed_by: Some("Kim".into()),
    }
}

#[test]
fn what_is_written_is_read_again() {
    let text = write(&report(), "KOMIR");
    let (sender, read) = parse(&text).expect("a report");
    assert_eq!(sender, "KOMIR");
    assert_eq!(read, ReceiveReport { source: show_hash(&hash(text.as_bytes())), ..report() });
    assert_eq!(write(&read, &sender), text, "byte for byte");
}

#[test]
fn any_changed_byte_is_told() {
    let text = write(&report(), "KOMIR");
    for place in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[place] ^= 1;
        let Ok(changed) = String::from_utf8(bytes) else { continue };
        assert!(parse(&changed).is_err(), "byte {place} of {changed}");
    }
}

#[test]
fn an_error_names_line_label_and_remedy() {
    let check = |text: &str, expected: &str| {
        let error = parse(text).expect_err("no report").remove(0);
        let super::TextError { line, label, wrong } = error;
        let words::Told { message, hint } = words::english().tell(&wrong.saying());
        assert_eq!(format!("line {line}, `{label}`: {message} / {hint}"), expected);
    };
    check(
        "",
        "line 0, `granary-report`: is missing / a report has granary-report, sender, number, kind, first, last, lines and sha256",
    );
    check("sender: A\n", "line 1, `sender`: stands before `granary-report` / begin the file with `granary-report: 1`");
    check("granary-report: 2\n", "line 1, `granary-report`: is version `2` / this release reads version 1");
    check("granary-report: 1\nnumber: x\n", "line 2, `number`: `x` is not a number / reports are numbered from 1");
    check(
        "granary-report: 1\nwhat: x\n",
        "line 2, `what`: is no label of a report / see docs/reconciliation.md for the labels",
    );
    check(
        "granary-report: 1\nline: line=1; way=up\n",
        "line 2, `way`: `up` is neither `in` nor `out` / see docs/reconciliation.md for the fields of a line",
    );
    check(
        "granary-report: 1\nlines: 4\n",
        "line 2, `lines`: says `4`, there are 0 / lines are missing or too many: have the file sent again",
    );
}

#[test]
fn the_hash_of_a_line_is_that_of_its_text() {
    let report = report();
    let [first, second] = report.lines.as_deref().expect("lines") else { panic!("two lines") };
    assert_ne!(line_hash(first), line_hash(second));
    let text = write(&report, "KOMIR");
    let told = text.lines().find_map(|line| line.strip_prefix("line: ")).expect("a line");
    assert_eq!(hash(told.as_bytes()), line_hash(first));
}

#[test]
fn every_line_that_is_wrong_is_said() {
    let text = "granary-report: 1\nsender: A\nnumber: many\nkind: gossip\nfirst: 2026-03-01\nlast: 2026-03-31\n\
                line: line=1; way=in\nlines: 1\nsha256: 00\n";
    let errors = parse(text).expect_err("no report");
    let labels: Vec<(u64, &str)> = errors.iter().map(|error| (error.line, error.label.as_str())).collect();
    assert_eq!(labels, [(3, "number"), (4, "kind"), (7, "material"), (9, "sha256")]);
    assert_eq!(parse("hello\nworld\n").expect_err("no report").len(), 1);
}
