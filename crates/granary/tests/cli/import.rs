use std::path::Path;

use serde_json::json;

use crate::run::{Ledger, granary};

fn data(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../ingest/data").join(name).to_str().expect("UTF-8").to_owned()
}

fn position(ledger: &Ledger, args: &[&str]) -> serde_json::Value {
    let mut all = vec!["position", "--format", "json"];
    all.extend(args);
    ledger.run(&all).json()
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
    figures without a movement: 164
    lines whose parts do not add up: 271 by rounding, 0 by more
    ");
    // Figures of the source, on days of the source and between them.
    let spr = |day: &str| position(&ledger, &["--site", "SPR", "--as-of", day])[0]["on_hand"].clone();
    assert_eq!(spr("2014-12-26"), "690963");
    assert_eq!(spr("2023-07-07"), "346758");
    assert_eq!(spr("2023-07-08"), "346758");
    assert_eq!(spr("2026-02-27"), "415441");
    let again = ledger.run(&args);
    assert!(again.out.starts_with("accepted 0, loaded before 3348"), "{}", again.out);
}

#[test]
fn a_revised_figure_is_noticed() {
    let ledger = Ledger::new();
    let text = std::fs::read_to_string(data("us_crude_stocks_weekly.csv")).expect("shipped");
    let text: String = text.lines().take(20).map(|line| format!("{line}\n")).collect();
    let load = |text: &str| {
        ledger.run_with(&["import", "--mapping", "us-crude-weekly", "--format", "json", "-"], text.as_bytes())
    };
    assert_eq!(load(&text).exit, 0);
    let revised = text.replace("2015-01-09,690959,", "2015-01-09,690900,");
    let ran = load(&revised);
    assert_eq!(ran.exit, 1);
    let refused: Vec<_> = ran.lines().into_iter().filter(|verdict| verdict["outcome"] == "refused").collect();
    assert_eq!(refused.len(), 2, "the week, and the change of the next one: {refused:?}");
    assert!(refused.iter().all(|verdict| verdict["code"] == "id_reused" && verdict["column"] == "spr"));
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
    assert!(!lowest.as_array().expect("events").is_empty());
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
    assert!(ran.err.contains("the file has no column `week_ending`"), "{}", ran.err);
    let listed = granary(&["import", "--list"]);
    assert_eq!((listed.exit, listed.out.lines().count()), (0, 3));
}
