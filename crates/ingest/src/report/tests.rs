use super::*;

const MAPPING: &str = r#"
source = "made up"
format = "json"
kind = "transactions"
sender = "KOMIR"
unit = "kg"
basis = "net"
missing = ["n/a"]
zero = ["-"]
flags = ["p"]
[column]
date = "day"
inflow = "in"
outflow = "out"
material = "what"
reference = "doc"
counterparty = "with"
[words.material]
"Nd-Pr" = "NdPr"
[words.party]
"Tokyo" = "JOGMEC"
"#;

fn cover() -> Cover {
    Cover { number: 4, first: "2026-03-01".into(), last: "2026-03-31".into(), ..Cover::default() }
}

#[test]
fn the_senders_words_become_ours_and_the_column_says_the_way() {
    let file = br#"[{"day":"2026-03-01","in":"5.50p","out":"-","what":"Nd-Pr","doc":"A","with":"Tokyo"},
        {"day":"2026-03-02","in":"n/a","out":-2,"what":"Dy"}]"#;
    let report = ReportMapping::parse(MAPPING).expect("a mapping").read(file, &cover()).expect("a report");
    let lines = report.lines.expect("lines");
    assert_eq!(lines.len(), 2);
    assert_eq!((lines[0].line, lines[0].way, lines[0].quantity.as_str()), (1, Way::In, "5.50 kg net"));
    assert_eq!((lines[0].material.as_str(), lines[0].counterparty.as_deref()), ("NdPr", Some("JOGMEC")));
    assert_eq!(lines[0].provisional, Some(true));
    // The column fixes the sign, whatever sign was sent.
    assert_eq!((lines[1].way, lines[1].quantity.as_str(), lines[1].reference.as_deref()), (Way::Out, "2 kg net", None));
}

#[test]
fn every_flaw_is_said_at_once_with_its_line_and_column() {
    let file = br#"[{"day":"soon","in":"1","what":"Dy","out":"","doc":"","with":""},{"day":"2026-03-02","in":"1..2","what":"Dy"},
        {"day":"2026-03-03","in":"1"}]"#;
    let flaws = ReportMapping::parse(MAPPING).expect("a mapping").read(file, &cover());
    let flaws: Vec<String> = flaws.expect_err("flaws").iter().map(Flaw::to_string).collect();
    assert_eq!(flaws.len(), 3, "{flaws:?}");
    assert!(flaws[0].starts_with("line 1, `day`: `soon` is not a date"), "{flaws:?}");
    assert!(flaws[1].starts_with("line 2, `in`: `1..2` is not a figure"), "{flaws:?}");
    assert!(flaws[2].starts_with("line 3, `what`: names no material"), "{flaws:?}");
}

#[test]
fn a_mapping_that_says_too_little_is_refused() {
    let check = |from: &str, to: &str, field: &str| {
        let text = MAPPING.replace(from, to);
        assert_eq!(ReportMapping::parse(&text).expect_err("too little").field, field);
    };
    check("unit = \"kg\"", "", "unit");
    check("material = \"what\"", "", "material");
    check("date = \"day\"", "", "column.date");
    check("\"transactions\"", "\"statement\"", "column.closing");
    check("inflow = \"in\"", "quantity = \"in\"", "column.way");
    check("sender", "senders", "mapping");
}

#[test]
fn a_long_report_is_several_commands_and_always_the_same() {
    let rows: Vec<String> = (0..2_000)
        .map(|row| {
            format!(r#"{{"day":"2026-03-01","in":"{row}.5","out":null,"what":"Dy","doc":"PO-{row}","with":""}}"#)
        })
        .collect();
    let file = format!("[{}]", rows.join(","));
    let mapping = ReportMapping::parse(MAPPING).expect("a mapping");
    let report = mapping.read(file.as_bytes(), &cover()).expect("a report");
    let parts = commands(report.clone(), "KOMIR", None, "2026-03-31").expect("commands");
    assert!(parts.len() > 3, "{}", parts.len());
    let mut next = 1;
    for part in &parts {
        assert!(part.to_text().len() <= wire::command::COMMAND_BYTES_MAX);
        let lines = match &part.act {
            wire::Act::ReceiveReport(act) => act.lines.as_deref(),
            wire::Act::AddReportLines(act) => Some(&act.lines[..]),
            other => panic!("{other:?}"),
        };
        for line in lines.expect("lines") {
            assert_eq!(line.line, next, "in order and without gaps");
            next += 1;
        }
    }
    assert_eq!(next, 2_001);
    assert_eq!(
        commands(report.clone(), "KOMIR", None, "2026-03-31"),
        Ok(parts),
        "the same report gives the same commands"
    );
    assert_eq!(commands(report.clone(), "KOMIR", None, "2026-02-30").expect_err("no date").field, "last");
    assert_eq!(commands(report, "KOMIR", Some(""), "2026-03-31").expect_err("no name").field, "maker");
}
