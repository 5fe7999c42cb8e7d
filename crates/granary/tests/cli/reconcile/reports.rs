//! Members' reports: taken whole or not at all, mended, corrected, stated again.

use super::{Bench, demo};

const HEAD: &str = "Date;Type;Tonnes;Unit;Depot;Lot;Document;Corrects report;line;hash\n";

impl Bench {
    /// Receives a table of KOMIR's movements.
    fn table(&self, name: &str, rows: &str, number: &str, more: &[&str]) -> crate::run::Ran {
        let file = self.file(name, &format!("{HEAD}{rows}"));
        let mapping = demo("komir.toml");
        let args = ["receive", file.to_str().expect("a path in UTF-8"), "--mapping", &mapping, "--number", number];
        let days = ["--first", "2026-03-01", "--last", "2026-03-31"];
        let days = if more.contains(&"--last") { &[][..] } else { &days[..] };
        self.run(&[&args[..], days, more].concat())
    }
}

/// A report of several events whose last line named a site that nobody had registered was half taken, could not be mended
/// under its number, and took the lines of whatever file came next. Now all of it is looked at before any of it is sent.
#[test]
fn a_report_is_taken_whole_or_not_at_all_and_a_mended_one_is_a_new_one() {
    let bench = Bench::new();
    let row = |number: usize, site: &str| format!("05.03.2026;issue;0,{number:03};t;{site};K1;IS-{number};-;-;-\n");
    let rows = |last: &str| (1..300).map(|number| row(number, "GS")).collect::<String>() + &row(300, last);
    let refused = bench.table("a.csv", &rows("QQ"), "1", &[]);
    assert_eq!(refused.exit, 1);
    assert!(refused.err.contains("line 301, `site`: no site `QQ` is registered"), "{}", refused.err);
    assert!(refused.err.contains("has 1 flaw; nothing of it was taken"), "{}", refused.err);
    assert_eq!(bench.json(&["reports"])["reports"], serde_json::json!([]));
    // The same file, once the site is there; and nothing else under its number.
    let site = r#"{"id":"00000000-0000-0000-0009-000000000001","party":"Secretariat","effective":"2026-03-01","act":"register_site","code":"QQ","name":"QQ","custodian":"KOMIR","country":"KR","area":"bulk"}"#;
    let posted = bench.post(site);
    assert_eq!(posted.exit, 0, "{}{}", posted.out, posted.err);
    let taken = bench.table("a.csv", &rows("QQ"), "1", &[]);
    assert_eq!(taken.exit, 0, "{}", taken.err);
    let head = bench.head();
    let other = bench.table("b.csv", &rows("GS").replace(";issue;", ";receipt;"), "1", &[]);
    assert!(other.exit == 1 && other.err.contains("report `KOMIR/1` exists already"), "{}", other.err);
    assert_eq!(bench.head(), head + 1, "one refusal, and not a line of it");
    let lines = bench.json(&["lines", "KOMIR/1"]);
    assert!(lines["lines"].as_array().is_some_and(|lines| lines.iter().all(|line| line["way"] == "out")));
}

#[test]
fn a_slip_beside_the_file_does_not_use_its_number_up() {
    let bench = Bench::new();
    let row = "05.03.2026;issue;5,2;t;GS;K1;IS-1;-;-;-\n";
    let turned = bench.table("k.csv", row, "9", &["--first", "2026-03-31", "--last", "2026-03-01"]);
    assert!(turned.exit == 1 && turned.err.contains("`last`: lies before `first`"), "{}", turned.err);
    let early = bench.table("k.csv", row, "9", &["--first", "2026-03-01", "--last", "2126-03-31"]);
    assert!(early.exit == 1 && early.err.contains("`last`: has not come yet"), "{}", early.err);
    let stranger = bench.table("k.csv", row, "9", &["--as", "JOGMEC"]);
    assert!(stranger.exit == 1 && stranger.err.contains("may not post"), "{}", stranger.err);
    let right = bench.table("k.csv", row, "9", &[]);
    assert_eq!(right.exit, 0, "{}", right.err);
    assert!(bench.table("k.csv", row, "9", &[]).out.contains("here before, nothing changed"));
}

#[test]
fn everything_that_the_books_do_not_know_is_said_at_once() {
    let bench = Bench::new();
    let rows = "05.03.2026;issue;5;bushel;GS;K1;A;-;-;-\n05.03.2026;issue;5;t;QQ;K1;B;-;-;-\n\
                05.03.2026;issue;99999999999999999999;t;GS;K1;C;-;-;-\n05.03.2026;gift;5;t;GS;K1;D;-;-;-\n";
    let ran = bench.table("bad.csv", rows, "1", &[]);
    for part in [
        "line 2, `quantity`:",
        "line 3, `site`: no site `QQ`",
        "line 4, `quantity`:",
        "line 5, `Type`: `gift`",
        "4 flaws",
    ] {
        assert!(ran.err.contains(part), "{part} in\n{}", ran.err);
    }
}

#[test]
fn a_month_in_which_nothing_moved_is_a_report() {
    let bench = Bench::new();
    let empty = bench.table("nil.csv", "", "1", &[]);
    assert!(empty.exit == 1 && empty.err.contains("tells nothing") && empty.err.contains("--nil"), "{}", empty.err);
    let full = bench.table("nil.csv", "05.03.2026;issue;5,2;t;GS;K1;IS-1;-;-;-\n", "1", &["--nil"]);
    assert!(full.exit == 1 && full.err.contains("is said to be nil"), "{}", full.err);
    assert_eq!(bench.table("nil.csv", "", "1", &["--nil"]).exit, 0);
    let run = bench.json(&["run", "--party", "KOMIR"]);
    assert_eq!(
        (&run["movements_told"], &run["their_lines"]),
        (&true.into(), &0.into()),
        "all that is booked is missing"
    );
    assert!(bench.done(&["export", "KOMIR/1"]).contains("lines: 0"));
}

#[test]
fn the_same_file_again_and_lines_outside_their_days_are_shown() {
    let bench = Bench::new();
    let rows = "05.03.2026;issue;5,2;t;GS;K1;IS-1;-;-;-\n05.05.2026;issue;1;t;GS;K1;IS-9;-;-;-\n";
    assert_eq!(bench.table("k.csv", rows, "1", &[]).exit, 0);
    let again = bench.table("k.csv", rows, "2", &[]);
    assert!(again.err.contains("warning: the very same file was received as `KOMIR/1`"), "{}", again.err);
    let trouble = bench.json(&["reports", "--trouble"]);
    let field = |row: usize, field: &str| trouble["reports"][row][field].clone();
    assert_eq!((field(0, "lines_outside"), field(0, "same_file_as")), (1.into(), serde_json::Value::Null));
    assert_eq!((field(1, "lines_outside"), field(1, "same_file_as")), (1.into(), "KOMIR/1".into()));
    let may = bench.done(&["run", "--party", "KOMIR", "--first", "2026-05-01", "--last", "2026-05-31"]);
    assert!(may.contains("KOMIR/1   1 line lies outside 2026-03-01 to 2026-03-31"), "{may}");
    assert!(may.contains("movements told: no"), "{may}");
}

#[test]
fn a_correction_names_its_report_as_answers_show_it() {
    let bench = Bench::new();
    assert_eq!(bench.table("k.csv", "05.03.2026;issue;5,2;t;GS;K1;IS-1;-;-;-\n", "1", &[]).exit, 0);
    let hash = bench.json(&["lines", "KOMIR/1"])["lines"][0]["hash"].as_str().expect("a hash").to_owned();
    for (number, named) in [("2", "KOMIR/1;1"), ("3", "KOMIR/1:1;-")] {
        let row = format!("05.03.2026;issue;5,0;t;GS;K1;IS-1;{named};{hash}\n");
        assert_eq!(bench.table("c.csv", &row, number, &[]).exit, 0, "{named}");
    }
    let lines = bench.json(&["lines", "--party", "KOMIR"]);
    let state = |line: usize| lines["lines"][line]["state"].as_str().expect("a state").to_owned();
    assert_eq!(state(1), "replaces KOMIR/1:1");
    assert!(state(2).starts_with("changes nothing: the named line has been replaced"), "{}", state(2));
}

#[test]
fn a_stated_balance_keeps_its_sign_and_is_checked_against_what_its_first_version_went_on_from() {
    let bench = Bench::new();
    let mapping = demo("holdings.toml");
    let receive = |text: &str, number: &str, first: &str, last: &str| {
        let file = bench.file("holdings.csv", &format!("Depot,Opening,Closing\n{text}\n"));
        let file = file.to_str().expect("a path in UTF-8");
        bench.done(&["receive", file, "--mapping", &mapping, "--number", number, "--first", first, "--last", last]);
    };
    receive("Gunsan,0,100", "1", "2026-02-01", "2026-02-28");
    receive("Gunsan,50,98.3", "2", "2026-03-01", "2026-03-31");
    receive("Gunsan,50,98.30", "3", "2026-03-01", "2026-03-31");
    receive("Gunsan,100,98.3", "4", "2026-03-01", "2026-03-31");
    receive("Gunsan,98.3,8\nGunsan,98.3,9", "5", "2026-04-01", "2026-04-30");
    receive("Gunsan,-5,-98.3", "6", "2026-05-01", "2026-05-31");
    let statements = bench.json(&["statements"]);
    let flags: Vec<&str> =
        statements["statements"].as_array().expect("lines").iter().filter_map(|line| line["flags"].as_str()).collect();
    let opening = "the opening of 50 t net is not the last closing of 100 t net (KOMIR/1)";
    assert_eq!(flags[..5], ["", opening, opening, "", ""]);
    assert_eq!(flags[5], "the account is stated a second time, as KOMIR/5:=1 states it");
    assert!(
        flags[6].starts_with("the opening of -5 t net is less than nothing; the closing of -98.3 t net"),
        "{flags:?}"
    );
    assert_eq!(statements["statements"][6]["closing"], "-98.3 t net");
    let flagged = bench.done(&["run", "--party", "KOMIR", "--include-flagged", "--all"]);
    assert!(flagged.contains("flagged are compared: yes") && flagged.contains(" KOMIR/6:=1"), "{flagged}");
}

#[test]
fn a_list_of_holdings_need_not_speak_of_movements() {
    let bench = Bench::new();
    let mapping = r#"source = "made up"
format = "json"
kind = "statement"
sender = "KOMIR"
unit = "t"
material = "NdPr"
[column]
date = "day"
inflow = "in"
outflow = "out"
site = "where"
opening = "open"
closing = "close"
"#;
    let mapping = bench.file("json.toml", mapping);
    let receive = |text: &str, number: &str| {
        let file = bench.file("s.json", text);
        let args = ["receive", file.to_str().expect("a path"), "--mapping", mapping.to_str().expect("a path")];
        bench.run(&[&args[..], &["--number", number, "--first", "2026-03-01", "--last", "2026-03-31"]].concat())
    };
    let quiet = receive(r#"[{"where":"Gunsan","open":100.000000001,"close":100.000000001}]"#, "1");
    assert_eq!(quiet.exit, 0, "{}", quiet.err);
    assert_eq!(bench.json(&["statements"])["statements"][0]["opening"], "100.000000001 t net");
    let slip = receive(r#"[{"where":"Gunsan","open":100,"close":98,"day":"2026-03-02","inn":2}]"#, "2");
    assert!(slip.exit == 1 && slip.err.contains("is nowhere, while `day` is"), "{}", slip.err);
}

#[test]
fn a_report_goes_out_as_labelled_text_and_comes_in_again() {
    let bench = Bench::new();
    bench.receive("komir-1.csv", "komir.toml", "1");
    let text = bench.done(&["export", "KOMIR/1"]);
    let other = Bench::new();
    let file = other.file("komir.txt", &text);
    let file = file.to_str().expect("a path in UTF-8");
    assert!(other.done(&["receive", file]).contains("report KOMIR/1: received; 6 lines"));
    assert_eq!(other.done(&["export", "KOMIR/1"]), text, "byte for byte");
    let changed = other.file("changed.txt", &text.replace("5.0 t", "5.1 t"));
    let ran = other.run(&["receive", changed.to_str().expect("a path in UTF-8")]);
    assert_eq!(ran.exit, 1);
    assert!(ran.err.contains("`sha256`: is not that of the text before it"), "{}", ran.err);
}
