use std::path::Path;

use serde_json::json;

use crate::run::{Ledger, granary};

fn data(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../ingest/data").join(name).to_str().expect("UTF-8").to_owned()
}

fn position(ledger: &Ledger, args: &[&str]) -> serde_json::Value {
    let mut all = vec!["position", "--format", "json"];
    all.extend(args);
    ledger.run(&all).json()["positions"].clone()
}

#[test]
fn us_crude_stocks_come_out_as_they_went_in() {
    let ledger = Ledger::new();
    let file = data("us_crude_stocks_weekly.csv");
    let args = ["import", "--mapping", "us-crude-weekly", &file];
    let ran = ledger.run(&args);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    insta::assert_snapshot!(ran.out, @r"
    accepted 3348, loaded before 0, refused 0, unreadable 0
    figures without a movement: 164, revised: 0
    lines whose parts do not add up: 271 by rounding, 0 by more
    lines: 584; taken 584, as the books have it 0, refused 0, skipped 0, unreadable 0
    recorded as load 3350: `granary import undo 3350` takes it back
    ");
    // Figures of the source, on days of the source and between them.
    let spr = |day: &str| position(&ledger, &["--site", "SPR", "--as-of", day])[0]["on_hand"].clone();
    assert_eq!(spr("2014-12-26"), "690963");
    assert_eq!(spr("2023-07-07"), "346758");
    assert_eq!(spr("2023-07-08"), "346758");
    assert_eq!(spr("2026-02-27"), "415441");
    let again = ledger.run(&args);
    assert_eq!(again.exit, 0, "{}", again.out);
    assert!(again.out.starts_with("accepted 0, loaded before 0, refused 0, unreadable 0"), "{}", again.out);
    assert!(again.out.contains("figures without a movement: 3504, revised: 0"), "{}", again.out);
}

/// A mapping of one column of stock in tonnes, and what it registers.
const WEEKLY: &str = r#"
name = "weekly"
source = "made up"
format = "csv"
party = "AGENCY"
date = "day"
[[register]]
act = "register_site"
party = "AGENCY"
code = "Depot"
name = "Depot"
country = "JP"
area = "bulk"
[[column]]
column = "stock"
kind = "stock"
unit = "t"
site = "Depot"
lot = "STOCK"
material = "NdPr"
"#;

struct Weekly {
    ledger: Ledger,
    mapping: tempfile::NamedTempFile,
}

impl Weekly {
    fn new(settings: &str) -> Self {
        let mapping = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(mapping.path(), format!("{settings}\n{WEEKLY}")).expect("written");
        Self { ledger: Ledger::with_agency(), mapping }
    }

    /// Loads a file, and gives the exit code and the summary's first two lines.
    fn load(&self, text: &str) -> (i32, String) {
        let mapping = self.mapping.path().to_str().expect("UTF-8");
        let ran = self.ledger.run_with(&["import", "--lines", "--mapping", mapping, "-"], text.as_bytes());
        let summary: Vec<&str> = ran.out.lines().skip_while(|line| !line.starts_with("accepted")).take(2).collect();
        (ran.exit, summary.join("; "))
    }

    fn stock(&self, days: &[&str]) -> Vec<String> {
        let on_hand = |day: &&str| {
            let found = position(&self.ledger, &["--site", "Depot", "--as-of", day]);
            found[0]["on_hand"].as_str().unwrap_or("0").to_owned()
        };
        days.iter().map(on_hand).collect()
    }
}

const FIRST: &str = "day,stock\n2026-03-06,1000\n2026-03-13,1100\n2026-03-20,1050\n";
const DAYS: [&str; 4] = ["2026-03-06", "2026-03-13", "2026-03-20", "2026-03-27"];

fn said(exit: i32, accepted: u32, unreadable: u32, nothing: u32, revised: u32) -> (i32, String) {
    let first = format!("accepted {accepted}, loaded before 0, refused 0, unreadable {unreadable}");
    (exit, format!("{first}; figures without a movement: {nothing}, revised: {revised}"))
}

#[test]
fn the_second_file_of_a_weekly_series_goes_on_from_the_first() {
    // It once began from zero and doubled the stock; and its registrations were refused, for their day was another.
    let weekly = Weekly::new("");
    assert_eq!(weekly.load(FIRST), said(0, 4, 0, 0, 0));
    assert_eq!(weekly.load("day,stock\n2026-03-27,1200\n"), said(0, 1, 0, 0, 0));
    assert_eq!(weekly.stock(&DAYS), ["1000", "1100", "1050", "1200"]);
    let overlapping = "day,stock\n2026-03-20,1050\n2026-03-27,1200\n2026-04-03,1190\n";
    assert_eq!(weekly.load(overlapping), said(0, 1, 0, 2, 0));
    assert_eq!(weekly.stock(&["2026-03-27", "2026-04-03"]), ["1200", "1190"]);
    for text in [overlapping, FIRST] {
        assert_eq!(weekly.load(text), said(0, 0, 0, 3, 0));
    }
}

#[test]
fn a_revised_figure_changes_its_own_day_and_no_other() {
    let weekly = Weekly::new("");
    weekly.load(FIRST);
    let revised = FIRST.replace("1100", "1150");
    // There, back and there again: each time it is posted anew.
    for (text, level) in [(revised.as_str(), "1150"), (FIRST, "1100"), (revised.as_str(), "1150")] {
        assert_eq!(weekly.load(text), said(0, 2, 0, 1, 1));
        assert_eq!(weekly.stock(&DAYS), ["1000", level, "1050", "1050"]);
    }
    assert_eq!(weekly.load(&revised), said(0, 0, 0, 3, 0));
    let history = weekly.ledger.run(&["history", "--lot", "STOCK", "--format", "json"]).out;
    assert_eq!(history.matches("revised: was 1100 t").count(), 4, "{history}");
}

#[test]
fn a_revision_downwards_is_posted_although_a_later_day_holds_less() {
    let weekly = Weekly::new("");
    let text = "day,stock\n2026-03-06,100\n2026-03-13,10\n";
    weekly.load(text);
    assert_eq!(weekly.load(&text.replace(",100", ",50")), said(0, 2, 0, 0, 1));
    assert_eq!(weekly.stock(&DAYS[..2]), ["50", "10"]);
}

#[test]
fn lines_out_of_order_and_unreadable_do_no_harm() {
    let weekly = Weekly::new("");
    let text = "day,stock\n2026-03-20,1050\n2026-13-99,9\n2026-03-06,1000\n2026-03-13,1100\n";
    assert_eq!(weekly.load(text), said(1, 4, 1, 0, 0));
    assert_eq!(weekly.stock(&DAYS), ["1000", "1100", "1050", "1050"]);
    // The file before it comes last: newer days stay.
    assert_eq!(weekly.load("day,stock\n2026-02-27,900\n"), said(0, 2, 0, 0, 0));
    assert_eq!(weekly.stock(&["2026-02-27", "2026-03-06", "2026-03-20"]), ["900", "1000", "1050"]);
}

#[test]
fn european_figures_and_dates_are_read_as_the_mapping_says() {
    let weekly = Weekly::new("delimiter = ';'\ndecimal = ','\nthousands = '.'\ndate_format = '%d.%m.%Y'");
    let text = "day;stock\n06.03.2026;1.200,5\n13.03.2026;1.10,5\n";
    assert_eq!(weekly.load(text), said(1, 2, 1, 0, 0));
    assert_eq!(weekly.stock(&["2026-03-06"]), ["1200.5"]);
    let plain = Weekly::new("thousands = ','");
    assert_eq!(plain.load("day,stock\n2026-03-06,\"1.200,5\"\n"), said(1, 1, 1, 0, 0));
}

#[test]
fn japans_joint_reserve_falls_and_is_put_back() {
    let ledger = Ledger::new();
    let file = data("jp_oil_stockpile_days.json");
    let ran = ledger.run(&["import", "--mapping", "jp-oil-days", &file]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("34 by rounding, 0 by more"), "{}", ran.out);
    let joint = |day: &str| position(&ledger, &["--site", "JP-joint", "--as-of", day])[0]["on_hand"].clone();
    assert_eq!(joint("2026-03-14"), "6");
    assert_eq!(joint("2026-08-04"), "4");
    let lowest = ledger.run(&["history", "--site", "JP-joint", "--act", "draw", "--format", "json"]).json();
    assert!(!lowest["events"].as_array().expect("events").is_empty());
}

#[test]
fn gas_flows_and_counts_leave_the_difference_in_a_place_of_its_own() {
    // Made up figures of the same shape: the publisher's own come under no named open licence.
    let ledger = Ledger::new();
    let text = "gas_day,stock_twh,injection_gwh,withdrawal_gwh,working_gas_volume_twh\n\
        2025-04-07,400,1000,500,1100\n2025-04-08,400.8,1500,600,1100\n2025-04-09,400.7,0,200,1100\n";
    let ran = ledger.run_with(&["import", "--mapping", "eu-gas-daily", "-"], text.as_bytes());
    assert_eq!(ran.exit, 0, "{}", ran.out);
    let stock = position(&ledger, &["--by", "site", "--as-of", "2025-04-09"]);
    assert_eq!(stock[0]["on_hand"], "400700", "the count stands, in GWh");
    let all = position(&ledger, &["--by", "site", "--all-places", "--as-of", "2025-04-09"]);
    let difference = all.as_array().expect("positions").iter().find(|position| position["site"] == "count difference");
    let again = ledger.run_with(&["import", "--mapping", "eu-gas-daily", "-"], text.as_bytes());
    assert!(again.exit == 0 && again.out.starts_with("accepted 0, loaded before 6"), "{}", again.out);
    // 400000 + 1500 - 600 = 400900 against 400800; then 400800 - 200 = 400600 against 400700.
    assert_eq!(difference, None, "one day's 100 GWh too few is the next day's 100 too many");
    let first = position(&ledger, &["--by", "site", "--all-places", "--as-of", "2025-04-08"]);
    let difference =
        first.as_array().expect("positions").iter().find(|position| position["site"] == "count difference");
    assert_eq!(difference.expect("a difference")["on_hand"], json!("100"));
}

#[test]
fn damaged_lines_are_named_and_the_rest_is_loaded() {
    let ledger = Ledger::new();
    let text = "week_ending,spr,commercial,total,padd1,padd2,padd3,padd4,padd5,cushing\n\
        2015-01-02,100,15,115,1,2,3,4,5,1\n\
        2015-01-09,oops,15,115,1,2,3,4,5,1\n\
        2015-01-16,90\n\
        2015-01-23,80,15,95,1,2,3,4,5,1\n";
    let ran = ledger.run_with(&["import", "--mapping", "us-crude-weekly", "-"], text.as_bytes());
    assert!(ran.exit == 1 && ran.out.contains("nothing was posted: mend what failed"), "{}", ran.out);
    let ran = ledger.run_with(&["import", "--lines", "--mapping", "us-crude-weekly", "-"], text.as_bytes());
    assert_eq!(ran.exit, 1);
    insta::assert_snapshot!(ran.out);
    assert_eq!(position(&ledger, &["--site", "SPR"])[0]["on_hand"], "80");
}

#[test]
fn wrong_mappings_and_files_are_named() {
    let ledger = Ledger::new();
    let ran = ledger.run(&["import", "--mapping", "no-such", "x.csv"]);
    assert_eq!(ran.exit, 2);
    assert!(ran.err.contains("no-such") && ran.err.contains("--list"), "{}", ran.err);
    let ran = ledger.run_with(&["import", "--mapping", "us-crude-weekly", "-"], b"a,b\n1,2\n");
    assert_eq!(ran.exit, 2);
    assert!(ran.err.contains("the file has no column `week_ending`; it has `a`, `b`"), "{}", ran.err);
    let listed = granary(&["import", "--list"]);
    assert_eq!((listed.exit, listed.out.lines().count()), (0, ingest::SHIPPED.len() + 1));
    assert!(listed.out.trim_end().ends_with("the manual is crates/ingest/mappings/README.md"), "{}", listed.out);
    let copied = granary(&["import", "--list", "--mapping", "eu-gas-daily"]);
    assert!(copied.exit == 0 && copied.out.contains("name = \"eu-gas-daily\""), "{}", copied.out);
}

/// Two movement columns of the lot B1 at the site Depot.
const FLOWS: &str = r#"
name = "flows"
source = "weighbridge"
format = "csv"
party = "AGENCY"
date = "day"
decimal = "."
[[register]]
act = "register_site"
party = "AGENCY"
code = "Depot"
name = "Depot"
country = "JP"
area = "bulk"
[[column]]
column = "in"
kind = "inflow"
unit = "t"
site = "Depot"
lot = "B1"
material = "NdPr"
[[column]]
column = "out"
kind = "outflow"
unit = "t"
site = "Depot"
lot = "B1"
material = "NdPr"
"#;

struct Flows {
    ledger: Ledger,
    folder: tempfile::TempDir,
}

impl Flows {
    /// With a depot in which 1,000 t lie.
    fn new(mapping: &str) -> Self {
        let flows = Self { ledger: Ledger::with_agency(), folder: tempfile::tempdir().expect("a folder") };
        std::fs::write(flows.path("flows.toml"), mapping).expect("written");
        let depot = "{\"id\":\"0192f000-0000-7000-8000-00000000aa01\",\"party\":\"AGENCY\",\"effective\":\"2026-01-01\",\"act\":\"register_site\",\"code\":\"Depot\",\"name\":\"Depot\",\"country\":\"JP\",\"area\":\"bulk\"}\n";
        flows.ledger.run_with(&["post", "-"], depot.as_bytes());
        flows.deposit("2", "2026-01-01", "1000 t");
        flows
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().expect("UTF-8").to_owned()
    }

    fn deposit(&self, id: &str, day: &str, quantity: &str) {
        let line = format!(
            "{{\"id\":\"0192f000-0000-7000-8000-00000000aa0{id}\",\"party\":\"AGENCY\",\"effective\":\"{day}\",\"act\":\"deposit\",\"lot\":\"B1\",\"material\":\"NdPr\",\"site\":\"Depot\",\"quantity\":\"{quantity}\"}}\n"
        );
        let ran = self.ledger.run_with(&["post", "-"], line.as_bytes());
        assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    }

    fn load(&self, args: &[&str], text: &str) -> crate::run::Ran {
        let mapping = self.path("flows.toml");
        self.ledger.run_with(&[&["import", "--mapping", &mapping], args, &["-"]].concat(), text.as_bytes())
    }

    fn held(&self) -> String {
        position(&self.ledger, &["--site", "Depot"])[0]["on_hand"].as_str().expect("a figure").to_owned()
    }
}

#[test]
fn a_load_is_tried_first_taken_whole_and_what_failed_is_kept_to_be_mended() {
    let flows = Flows::new(FLOWS);
    let text = "day,in,out,note\n2026-03-02,60,,truck 1\n2026-03-02,60,,\"truck 2, same\"\n2026-03-05,,1200,DN-4\n";
    let tried = flows.load(&["--dry-run"], &text.replace("1200", "12.25"));
    assert_eq!((tried.exit, &*flows.held()), (0, "1000"), "{}", tried.out);
    insta::assert_snapshot!(tried.out);
    // More is drawn than there is: the trucks are kept back, too.
    let rejects = flows.path("failed.csv");
    let ran = flows.load(&["--rejects", &rejects], text);
    assert_eq!((ran.exit, &*flows.held()), (1, "1000"), "{}", ran.out);
    assert!(ran.out.contains("line 4, column `out`: lot `B1` of `AGENCY` at `Depot` held 1120 t"), "{}", ran.out);
    let kept = std::fs::read_to_string(&rejects).expect("written");
    assert!(
        kept.starts_with(
            "day,in,out,note,\"why\"\n2026-03-05,,1200,DN-4,\"lot `B1` of `AGENCY` at `Depot` held 1120 t"
        ),
        "{kept}"
    );
    // As programs read it: every line once.
    let csv = flows.load(&["--format", "csv"], text);
    let lines: Vec<&str> = csv.out.lines().map(|line| line.split(',').next().unwrap_or_default()).collect();
    assert_eq!((csv.exit, lines), (1, vec!["line", "2", "3", "4"]), "{}", csv.out);
    // What it wanted comes: the same file is taken.
    flows.deposit("3", "2026-01-02", "500 t");
    let ran = flows.load(&[], text);
    assert_eq!((ran.exit, &*flows.held()), (0, "420"), "{}", ran.out);
    let again = flows.load(&[], text);
    assert!(again.exit == 0 && again.out.starts_with("accepted 0, loaded before 3"), "{}", again.out);
    assert_eq!(flows.held(), "420");
}

#[test]
fn a_line_that_was_refused_is_taken_once_the_books_can_bear_it() {
    let flows = Flows::new(FLOWS);
    let text = "day,in,out\n2026-03-02,,1200\n2026-03-05,500,\n2026-03-06,,100\n";
    let ran = flows.load(&["--lines"], text);
    assert_eq!((ran.exit, &*flows.held()), (1, "1400"), "{}", ran.out);
    flows.deposit("3", "2026-01-02", "500 t");
    let ran = flows.load(&[], text);
    assert_eq!((ran.exit, &*flows.held()), (0, "700"), "{}", ran.out);
}

#[test]
fn a_revised_flow_is_reversed_and_posted_anew_and_a_correction_by_hand_stands() {
    let flows = Flows::new(FLOWS);
    let text = "day,in,out\n2026-03-02,60,\n2026-03-03,70,\n2026-03-04,,20\n";
    assert_eq!(flows.load(&[], text).exit, 0);
    let revised = text.replace(",70", ",71.009");
    let ran = flows.load(&[], &revised);
    assert!(ran.exit == 0 && ran.out.contains("revised: 1"), "{}", ran.out);
    assert_eq!(flows.held(), "1111.009");
    let history = flows.ledger.run(&["history", "--lot", "B1", "--format", "json"]).out;
    assert!(history.contains("revised: was 70 t, is 71.009 t"), "{history}");
    let again = flows.load(&[], &revised);
    assert!(again.exit == 0 && again.out.starts_with("accepted 0, loaded before 3"), "{}", again.out);
    // The older file comes late: nothing is undone in silence.
    let late = flows.load(&[], text);
    assert!(late.exit == 1 && late.out.contains("was replaced before by 71.009 t"), "{}", late.out);
    assert_eq!(flows.held(), "1111.009");
    // Somebody corrects by hand.
    let events = flows.ledger.run(&["history", "--lot", "B1", "--act", "draw", "--format", "json"]).json();
    let seq = events["events"][0]["seq"].as_u64().expect("the draw");
    let by_hand = format!(
        "{{\"id\":\"0192f000-0000-7000-8000-00000000aa09\",\"party\":\"AGENCY\",\"effective\":\"2026-03-04\",\"act\":\"correct\",\"reverses\":{seq},\"reason\":\"counted twice\"}}\n"
    );
    assert_eq!(flows.ledger.run_with(&["post", "-"], by_hand.as_bytes()).exit, 0);
    for text in [revised.clone(), revised.replace(",20", ",19")] {
        let ran = flows.load(&[], &text);
        assert_eq!((ran.exit, &*flows.held()), (0, "1131.009"), "{}", ran.out);
    }
}

#[test]
fn a_file_that_moves_nothing_is_never_taken_for_loaded() {
    let unopened = FLOWS.replace("\"B1\"", "\"B2\"");
    let flows = Flows::new(&unopened);
    let ran = flows.load(&[], "day,in,out\n2026-03-02,60,\n");
    assert!(ran.exit == 1 && ran.out.contains("nothing says what lay at `Depot` of lot `B2`"), "{}", ran.out);
    let ran = flows.load(&[], "day,in,out\n");
    assert!(ran.exit == 1 && ran.out.contains("the file has headings, and no line below them"), "{}", ran.out);
    let ran = flows.load(&[], "day,in,out\n2026-03-02,,\n2026-03-03,,\n");
    assert!(ran.exit == 1 && ran.out.contains("skipped, no figure: lines 2-3"), "{}", ran.out);
    let empty = Flows::new(&format!("begins = 'empty'\n{unopened}"));
    assert_eq!(empty.load(&[], "day,in,out\n2026-03-02,60,\n").exit, 0);
}

#[test]
fn a_sum_that_does_not_hold_is_said_with_its_line_and_keeps_the_file_back() {
    let check = "[[check]]\ntotal = 'in'\nparts = ['a', 'b']\ntolerance = 0\n";
    let flows = Flows::new(&format!("{FLOWS}{check}"));
    let text = "day,in,out,a,b\n2026-03-02,100,,60,40\n2026-03-03,900,,60,40\n";
    let ran = flows.load(&[], text);
    assert_eq!((ran.exit, &*flows.held()), (1, "1000"), "{}", ran.out);
    assert!(
        ran.out.contains("line 3, column `in`: `in` is not the sum of its parts: it differs by 800"),
        "{}",
        ran.out
    );
    assert_eq!((flows.load(&["--lines"], text).exit, &*flows.held()), (1, "1100"));
    let ran = flows.load(&[], "day,in,out,a\n2026-03-02,100,,60\n");
    assert!(ran.exit != 0 && ran.err.contains("the file has no column `b`"), "{}", ran.err);
}

#[test]
fn a_load_is_recorded_leads_back_to_its_lines_and_is_taken_back_whole() {
    let flows = Flows::new(FLOWS);
    let dir = flows.ledger.dir().to_str().expect("UTF-8").to_owned();
    let tool = |args: &[&str]| granary(&[&["import"], args, &["--dir", &dir]].concat());
    let first = "day,in,out\n2026-03-02,60,\n2026-03-02,60,\n2026-03-05,,12.25\n";
    assert_eq!(flows.load(&[], first).exit, 0);
    let file = flows.path("april.csv");
    std::fs::write(&file, "day,in,out\n2026-03-05,,12.5\n2026-03-02,60,\n2026-03-02,60,\n2026-04-07,5,\n")
        .expect("written");
    let mapping = flows.path("flows.toml");
    let ran = flows.ledger.run(&["import", "--mapping", &mapping, "--format", "json", &file]);
    assert_eq!((ran.exit, &*flows.held()), (0, "1112.5"), "{}{}", ran.out, ran.err);
    let last = ran.lines().pop().expect("a summary");
    let load = last["import"]["load"].as_u64().expect("it is recorded").to_string();
    let loads = tool(&["list", "--format", "json"]).json();
    assert_eq!(loads.as_array().map(Vec::len), Some(2), "{loads}");
    let shown = tool(&["show", &load, "--format", "json"]).json();
    assert_eq!((&shown["file"], &shown["lines"]), (&json!("april.csv"), &json!([2, 2, 0, 0, 0])), "{shown}");
    // The reversal and the new draw come from line 2, the deposit from line 5.
    let events = flows.ledger.run(&["history", "--lot", "B1", "--act", "deposit", "--format", "json"]).json();
    let deposit = events["events"].as_array().and_then(|all| all.last()).expect("a deposit")["seq"].to_string();
    let traced = tool(&["trace", &deposit, "--format", "json"]).json();
    assert_eq!(
        (&traced["line"], &traced["file"], &traced["load"].to_string()),
        (&json!(5), &json!("april.csv"), &load)
    );
    let none = tool(&["trace", "1"]);
    assert_eq!(none.exit, 1, "{}", none.err);
    // It is shown first, and then taken back: what the first load brought stands again.
    let tried = tool(&["undo", &load]);
    assert_eq!((tried.exit, &*flows.held()), (0, "1112.5"), "{}", tried.out);
    assert!(tried.out.contains("from 1112.5 t net to 1107.75 t net"), "{}", tried.out);
    let undone = tool(&["undo", &load, "--yes"]);
    assert_eq!((undone.exit, &*flows.held()), (0, "1107.75"), "{}{}", undone.out, undone.err);
    let again = tool(&["undo", &load, "--yes"]);
    assert!(again.out.contains("accepted 0") && flows.held() == "1107.75", "{}", again.out);
    let loads = tool(&["list", "--format", "json"]).json();
    assert!(loads[1]["undone_by"].is_u64() && loads[2]["undoes"].as_u64() == load.parse().ok(), "{loads}");
    // The same file once more brings the same again.
    let ran = flows.ledger.run(&["import", "--mapping", &mapping, &file]);
    assert_eq!((ran.exit, &*flows.held()), (0, "1112.5"), "{}{}", ran.out, ran.err);
    assert_eq!(tool(&["undo", "1", "--yes"]).exit, 1);
}
