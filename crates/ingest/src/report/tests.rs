use wire::acts::words::Way;

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
sign = "ignore"
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
    let report = ReportMapping::parse(MAPPING).expect("a mapping").read(file, &cover(), None).expect("a report");
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
    let flaws = ReportMapping::parse(MAPPING).expect("a mapping").read(file, &cover(), None);
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
    let report = mapping.read(file.as_bytes(), &cover(), None).expect("a report");
    let parts = commands(report.clone(), "KOMIR", None, "2026-03-31").expect("commands");
    assert!(parts.len() > 3, "{}", parts.len());
    let mut next = 1;
    for part in &parts {
        assert!(part.to_text().len() <= wire::limits::COMMAND_BYTES_MAX);
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

/// A refusal is remembered under its id: what was mended has to be another command, all the way to the last part.
#[test]
fn whatever_differs_in_or_about_a_report_makes_all_of_its_commands_others() {
    let file = |last: &str| {
        let rows: Vec<String> = (0..600)
            .map(|row| {
                format!(r#"{{"day":"2026-03-01","in":"{row}.5","out":null,"what":"Dy","doc":"PO-{row}","with":""}}"#)
            })
            .collect();
        format!(r#"[{},{{"day":"2026-03-02","in":1,"out":null,"what":"{last}","doc":"","with":""}}]"#, rows.join(","))
    };
    let mapping = ReportMapping::parse(MAPPING).expect("a mapping");
    let ids = |file: &str, cover: &Cover, poster: &str, maker: Option<&str>, day: &str| {
        let report = mapping.read(file.as_bytes(), cover, None).expect("a report");
        let commands = commands(report, poster, maker, day).expect("commands");
        commands.into_iter().map(|command| command.id.0).collect::<Vec<_>>()
    };
    let first = ids(&file("Dy"), &cover(), "KOMIR", None, "2026-03-31");
    assert!(first.len() > 1);
    assert_eq!(ids(&file("Dy"), &cover(), "KOMIR", None, "2026-03-31"), first);
    let signed = Cover { signed_by: Some("Kim".into()), ..cover() };
    let turned = Cover { first: "2026-03-02".into(), ..cover() };
    for other in [
        ids(&file("Tb"), &cover(), "KOMIR", None, "2026-03-31"),
        ids(&file("Dy"), &signed, "KOMIR", None, "2026-03-31"),
        ids(&file("Dy"), &turned, "KOMIR", None, "2026-03-31"),
        ids(&file("Dy"), &cover(), "JOGMEC", None, "2026-03-31"),
        ids(&file("Dy"), &cover(), "KOMIR", Some("Kim"), "2026-03-31"),
        ids(&file("Dy"), &cover(), "KOMIR", None, "2026-03-30"),
    ] {
        assert!(first.iter().zip(&other).all(|(one, other)| one != other));
    }
}

#[test]
fn lines_are_bound_to_the_file_they_come_from() {
    let rows: Vec<String> = (0..600)
        .map(|row| {
            format!(r#"{{"day":"2026-03-01","in":"{row}.5","out":null,"what":"Dy","doc":"PO-{row}","with":""}}"#)
        })
        .collect();
    let mapping = ReportMapping::parse(MAPPING).expect("a mapping");
    let report = mapping.read(format!("[{}]", rows.join(",")).as_bytes(), &cover(), None).expect("a report");
    let source = report.source.clone();
    let commands = commands(report, "KOMIR", None, "2026-03-31").expect("commands");
    for command in &commands[1..] {
        let wire::Act::AddReportLines(act) = &command.act else { panic!("{command:?}") };
        assert_eq!(act.source.as_ref(), Some(&source));
    }
}

#[test]
fn what_is_not_registered_is_said_line_by_line() {
    let codes = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
    let materials = [("NdPr".to_owned(), measure::Basis::Net)].into();
    let registry = Registry::new(codes(&["KOMIR"]), codes(&[]), materials, books::Day(20_600));
    let file = br#"[{"day":"2026-03-01","in":"5","out":"","what":"Nd-Pr","doc":"A","with":"Tokyo"},
        {"day":"2026-03-02","in":"5","out":"","what":"Dy","doc":"A\tB","with":""}]"#;
    let flaws = ReportMapping::parse(MAPPING).expect("a mapping").read(file, &cover(), Some(&registry));
    let flaws: Vec<String> = flaws.expect_err("flaws").iter().map(Flaw::to_string).collect();
    assert_eq!(
        flaws,
        [
            "line 1, `counterparty`: no party `JOGMEC` is registered",
            "line 2, `material`: no material `Dy` is registered",
            "line 2, `reference`: must not hold control characters",
        ]
    );
    let future = Registry::new(codes(&["KOMIR"]), codes(&[]), [].into(), books::Day(20_000));
    let flaws =
        ReportMapping::parse(MAPPING).expect("a mapping").read(b"[]", &Cover { nil: true, ..cover() }, Some(&future));
    assert!(flaws.expect_err("flaws")[0].to_string().contains("has not come yet"));
}

#[test]
fn a_damaged_line_of_a_table_is_named_by_its_number() {
    let mapping = ReportMapping::parse(&MAPPING.replace("\"json\"", "\"csv\"")).expect("a mapping");
    let file = b"day,in,out,what,doc,with\n2026-03-01,1,,Dy,,\n2026-03-01,1\n2026-03-02,\xff,,Dy,,\n";
    let flaws = mapping.read(file, &cover(), None).expect_err("flaws");
    assert_eq!(flaws.iter().map(|flaw| flaw.line).collect::<Vec<_>>(), [3, 4], "{flaws:?}");
}

#[test]
fn a_statement_may_say_what_lay_there_at_the_end_alone() {
    let mapping = "source = \"x\"\nkind = \"statement\"\nsender = \"KOMIR\"\nunit = \"t\"\nbasis = \"net\"\n\
                   [column]\nsite = \"site\"\nmaterial = \"what\"\nclosing = \"end\"\n";
    let file = b"site,what,end\nNorth,NdPr,100\n";
    let report = ReportMapping::parse(mapping).expect("a mapping").read(file, &cover(), None).expect("a report");
    let balances = report.balances.expect("balances");
    assert_eq!((balances[0].opening.as_deref(), balances[0].closing.as_str()), (None, "100 t net"));
    let opening = mapping.replace("closing = \"end\"", "opening = \"end\"");
    assert!(ReportMapping::parse(&opening).is_err(), "an opening alone says nothing of the end");
}
