//! Whatever is fed in: a verdict that names line and field, and a ledger that is none the worse for it.

use crate::run::{Ledger, movement};

/// Posts one line; the code and the message it gets.
fn verdict_on(ledger: &Ledger, line: &[u8]) -> (String, String, String) {
    let mut input = line.to_vec();
    input.push(b'\n');
    let ran = ledger.run_with(&["post", "-"], &input);
    assert_eq!(ran.exit, 1, "{}{}", ran.out, ran.err);
    let verdict = ran.lines()[0].clone();
    assert_eq!(verdict["line"], 1);
    let text = |key: &str| verdict[key].as_str().unwrap_or_default().to_owned();
    assert!(!text("hint").is_empty(), "{verdict}");
    (text("outcome"), text("code"), text("message"))
}

#[test]
fn every_kind_of_bad_line_is_named() {
    let ledger = Ledger::with_agency();
    let good = movement(1, "deposit", "L1", "100 t", "2026-03-10");
    let good = good.trim_end();
    let with = |from: &str, to: &str| good.replacen(from, to, 1).into_bytes();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("not JSON", b"{\"id\": ".to_vec()),
        ("an array", b"[1,2,3]".to_vec()),
        ("a number", b"17".to_vec()),
        ("invalid UTF-8", [&b"{\"id\":\""[..], &[0xff, 0xfe], &b"\"}"[..]].concat()),
        ("a NUL", b"{\"id\":\"\0\"}".to_vec()),
        ("deep nesting", [vec![b'['; 10_000], vec![b']'; 10_000]].concat()),
        ("no id", with("\"id\":\"00000000-0000-7000-8000-000000000001\",", "")),
        ("an id that is no UUID", with("00000000-0000-7000-8000-000000000001", "one")),
        ("an unknown party", with("\"party\":\"AGENCY\"", "\"party\":\"NOBODY\"")),
        ("an unknown act", with("\"act\":\"deposit\"", "\"act\":\"deposti\"")),
        ("an unknown field", with("\"lot\"", "\"lott\":1,\"lot\"")),
        ("a field given twice", with("\"lot\":\"L1\"", "\"lot\":\"L1\",\"lot\":\"L2\"")),
        ("a missing field", with(",\"quantity\":\"100 t\"", "")),
        ("a wrong type", with("\"quantity\":\"100 t\"", "\"quantity\":100")),
        ("a null quantity", with("\"quantity\":\"100 t\"", "\"quantity\":null")),
        ("a day that is none", with("2026-03-10", "2026-02-30")),
        ("a day in other words", with("2026-03-10", "10 March")),
        ("the year 99999", with("2026-03-10", "99999-01-01")),
        ("a day to come", with("2026-03-10", "9999-01-01")),
        ("no unit", with("100 t", "100")),
        ("an unknown unit", with("100 t", "100 stones")),
        ("another dimension", with("100 t", "100 bbl")),
        ("another basis", with("100 t", "100 t REO")),
        ("nothing", with("100 t", "0 t")),
        ("less than nothing", with("100 t", "-5 t")),
        ("a fraction of a milligram", with("100 t", "0.0000000001 t")),
        ("a huge number", with("100 t", "99999999999999999999999999999999999999999 t")),
        ("an exponent", with("100 t", "1e5 t")),
        ("not a number", with("100 t", "NaN t")),
        ("infinity", with("100 t", "inf t")),
        ("an unknown site", with("\"site\":\"North\"", "\"site\":\"Nowhere\"")),
        ("an unknown material", with("\"material\":\"NdPr\"", "\"material\":\"Unobtainium\"")),
        ("a new lot without material", with(",\"material\":\"NdPr\"", "")),
        ("a lot code with a control character", with("\"lot\":\"L1\"", "\"lot\":\"L\\u00071\"")),
        ("a lot code that is too long", with("\"lot\":\"L1\"", &format!("\"lot\":\"{}\"", "x".repeat(500)))),
        ("an empty lot code", with("\"lot\":\"L1\"", "\"lot\":\"\"")),
        ("a draw from an unknown lot", movement(2, "draw", "L9", "1 t", "2026-03-10").trim_end().into()),
    ];
    let mut table = String::new();
    for (number, (name, line)) in cases.into_iter().enumerate() {
        // Every recorded refusal takes its id for good.
        let id = format!("00000000-0000-7000-8000-9{number:011}");
        let text = String::from_utf8_lossy(&line).replacen("00000000-0000-7000-8000-000000000001", &id, 1);
        let line = if std::str::from_utf8(&line).is_ok() { text.into_bytes() } else { line };
        let (outcome, code, message) = verdict_on(&ledger, &line);
        let message: String = message.chars().take(150).collect();
        table += &format!("{name}: {outcome} {code}: {message}\n");
    }
    insta::with_settings!({ filters => vec![(r"latest possible is \d{4}-\d\d-\d\d", "latest possible is [TODAY]")] }, {
        insta::assert_snapshot!(table);
    });
    let replayed = ledger.run(&["replay", "--verify", "--format", "json"]);
    assert_eq!(replayed.exit, 0, "the ledger is none the worse for it: {}", replayed.out);
    assert_eq!(ledger.run(&["position", "--format", "json"]).json()["positions"], serde_json::json!([]));
}

#[test]
fn a_line_of_100_mb_is_answered_without_being_kept() {
    let ledger = Ledger::with_agency();
    let mut input = vec![b'x'; 100 << 20];
    input.push(b'\n');
    input.extend(movement(1, "deposit", "L1", "100 t", "2026-03-10").into_bytes());
    let ran = ledger.run_with(&["post", "-"], &input);
    let verdicts = ran.lines();
    assert_eq!(verdicts[0]["code"], "too_large");
    assert_eq!(verdicts[0]["message"], "a line of 104857601 bytes; the most is 655360");
    assert_eq!((&verdicts[1]["line"], &verdicts[1]["outcome"]), (&2.into(), &"accepted".into()));
}

#[test]
fn a_file_without_a_last_newline_and_with_carriage_returns_is_read_whole() {
    let ledger = Ledger::with_agency();
    let file = movement(1, "deposit", "L1", "100 t", "2026-03-10").replace('\n', "\r\n")
        + movement(2, "draw", "L1", "1 t", "2026-03-10").trim_end();
    let ran = ledger.post(&file);
    assert_eq!(ran.exit, 0, "{}", ran.out);
    assert_eq!(ran.lines().len(), 2);
}

#[test]
fn an_act_with_too_many_lines_is_refused() {
    let ledger = Ledger::with_agency();
    ledger.post(&movement(1, "deposit", "L1", "100 t", "2026-03-10"));
    let lines: Vec<String> = (0..1_001).map(|_| "{\"lot\":\"L1\",\"counted\":\"1 t\"}".to_owned()).collect();
    let line = format!(
        "{{\"id\":\"00000000-0000-7000-8000-000000000002\",\"party\":\"AGENCY\",\"effective\":\"2026-03-11\",\
         \"act\":\"stocktake\",\"site\":\"North\",\"lines\":[{}]}}",
        lines.join(",")
    );
    let (outcome, code, message) = verdict_on(&ledger, line.as_bytes());
    assert_eq!((outcome.as_str(), code.as_str()), ("refused", "invalid_value"), "{message}");
}
