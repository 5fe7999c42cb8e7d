//! The examples of `docs/counting.md`, typed one after the other: what the page says comes out.

use std::path::Path;

use serde_json::Value;

use crate::run::{granary, granary_with};

/// Asks as JSON.
fn asked(dir: &str, command: &str) -> Value {
    let mut args: Vec<&str> = command.split(' ').collect();
    args.extend(["--format", "json", "--dir", dir]);
    let ran = granary(&args);
    assert_eq!(ran.exit, 0, "{command}: {}", ran.err);
    ran.json()
}

fn on_hand(dir: &str, lot: &str, day: &str) -> String {
    let answer = asked(dir, &format!("position --by lot --lot {lot} --as-of {day}"));
    answer["positions"][0]["on_hand"].as_str().expect("a number").to_owned()
}

fn line(balance: &Value, letter: &str) -> String {
    let lines = balance["lines"].as_array().expect("lines");
    let line = lines.iter().find(|line| line["line"] == letter).expect("the line");
    line["quantity"].as_str().expect("a number").to_owned()
}

#[test]
fn the_page_on_counting_works_as_it_is_written() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/counting.md");
    let page = std::fs::read_to_string(file).expect("the page");
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().join("count");
    let dir = dir.to_str().expect("a path in UTF-8");
    assert_eq!(granary(&["init", "--dir", dir, "--origin", "example.org/count"]).exit, 0);
    let mut verdicts = Vec::new();
    // Text and blocks take turns.
    for block in page.split("```").skip(1).step_by(2) {
        let (kind, lines) = block.split_once('\n').expect("a block has lines");
        if kind == "json" {
            let posted = granary_with(&["post", "--dir", dir, "-"], lines.as_bytes());
            assert_eq!(posted.exit, 0, "{}{}", posted.out, posted.err);
            verdicts.extend(posted.lines());
        }
        for command in lines.lines().filter_map(|line| line.strip_prefix("$ granary ")) {
            let mut args: Vec<&str> = command.split(' ').collect();
            args.extend(["--dir", dir]);
            let ran = granary(&args);
            assert_eq!(ran.exit, 0, "{command}: {}", ran.err);
            assert!(!ran.out.is_empty(), "{command} has something to say");
        }
    }
    let short = verdicts.last().expect("the last is the count below a pledge");
    assert_eq!((&short["outcome"], &short["code"]), (&"accepted".into(), &"shortfall".into()), "{short}");

    assert_eq!(["2026-02-01", "2026-03-31", "2026-06-30"].map(|day| on_hand(dir, "A", day)), ["67", "56", "50"]);
    assert_eq!(on_hand(dir, "D", "2026-07-02"), "11", "counted at 03:11, less the lorry of 16:19");
    assert_eq!(["2026-07-02", "2026-07-03"].map(|day| on_hand(dir, "B", day)), ["11", "9.99"]);
    let drums = asked(dir, "ask items --lot E --what drum --as-of 2026-07-12")["items"][0].clone();
    let told = ["count", "found", "difference", "counted"].map(|field| drums[field].as_str());
    assert_eq!(told, [Some("298"), Some("398"), Some("-12"), Some("2026-07-10")]);
    let quarter = "reconcile balance --site North --material NdPr --first 2026-01-01 --last 2026-03-31";
    let now = asked(dir, quarter);
    assert_eq!(["(c)", "(f)", "(g)"].map(|letter| line(&now, letter)), ["67", "56", "11"]);
    let count = &now["counts"][0];
    let told = ["found", "book_then", "book_now", "paper_since", "difference"].map(|field| count[field].as_str());
    assert_eq!(told, [Some("56"), Some("57"), Some("67"), Some("10"), Some("11")]);
    let then = asked(dir, &format!("{quarter} --known-at 8"));
    assert_eq!(["(c)", "(f)", "(g)"].map(|letter| line(&then, letter)), ["57", "56", "1"]);
    let series = asked(dir, "reconcile balances --site North --material NdPr --last 2026-06-30");
    let period = &series["series"][0];
    assert_eq!(["beginning", "ending", "muf"].map(|field| period[field].as_str()), [Some("56"), Some("50"), Some("0")]);
    let promised = asked(dir, "reserve promises --as-of 2026-07-05");
    assert_eq!(promised["promises"][0]["short"], "5");
}
