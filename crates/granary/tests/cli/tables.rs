//! `granary ask` and `granary do`: every question and every act, by options that come from the tables.

use crate::run::{Ledger, granary};

#[test]
fn an_act_is_done_by_its_options_and_lists_are_said_line_by_line() {
    let ledger = Ledger::with_agency();
    let deposit = ["deposit", "--lot", "L1", "--site", "North", "--quantity", "100 t", "--material", "NdPr"];
    let said = ["--origin", "mined=AU separated=MY", "--as", "AGENCY", "--effective", "2026-03-10"];
    let ran = ledger.run(&[&deposit[..], &said].concat());
    assert_eq!((ran.exit, ran.out.as_str()), (0, "recorded as event 6\n"), "{}", ran.err);
    let split =
        ["split", "--lot", "L1", "--site", "North", "--part", "L1-a=40 t", "--part", "lot=L1-b quantity=\"60 t\""];
    let ran = ledger.run(&[&split[..], &["--as", "AGENCY", "--effective", "2026-03-11"]].concat());
    assert_eq!(ran.exit, 0, "{}", ran.err);
    let dir = ledger.dir().to_str().expect("UTF-8");
    let asked = granary(&["ask", "positions", "--by", "lot", "--dir", dir, "--format", "json"]).json();
    assert_eq!(asked["positions"].as_array().map(Vec::len), Some(2), "{asked}");
    let lot = granary(&["list", "lots", "--dir", dir, "--format", "json"]).json();
    assert_eq!(lot["lines"][0]["mined"], "AU");
}

#[test]
fn a_dry_run_posts_nothing_and_prints_what_could_be_posted() {
    let ledger = Ledger::with_agency();
    let act = [
        "do",
        "deposit",
        "--lot",
        "L1",
        "--site",
        "North",
        "--quantity",
        "1 t",
        "--material",
        "NdPr",
        "--as",
        "AGENCY",
    ];
    let dir = ["--dir", ledger.dir().to_str().expect("UTF-8")];
    let dry = granary(&[&act[..], &["--dry-run"], &dir].concat());
    assert_eq!(dry.exit, 0, "{}", dry.err);
    assert_eq!(ledger.run(&["list", "lots", "--format", "json"]).json()["lines"], serde_json::json!([]));
    assert_eq!(ledger.post(&dry.out).exit, 0, "{}", dry.out);
}

#[test]
fn a_refusal_is_a_sentence_with_a_hint_and_what_was_meant() {
    let ledger = Ledger::with_agency();
    let ran = ledger.run(&["deposit", "--lot", "L1", "--site", "Nroth", "--quantity", "1 t", "--as", "AGENCY"]);
    assert_eq!(ran.exit, 1);
    assert!(ran.err.contains("no site `Nroth`") && ran.err.contains("did you mean `North`?"), "{}", ran.err);
    let ran = ledger.run(&["position", "--material", "ndpr"]);
    assert_eq!(ran.exit, 1);
    assert!(ran.err.contains("did you mean `NdPr`?") && ran.err.contains("granary list materials"), "{}", ran.err);
    let ran = ledger.run(&["deposit", "--lot", "L1", "--as", "AGENCY"]);
    assert_eq!(ran.exit, 64, "what is missing is told before anything is posted");
    assert!(ran.err.contains("--quantity"), "{}", ran.err);
}

#[test]
fn what_is_alone_says_what_there_is() {
    let all = granary(&["ask"]);
    assert!(all.exit == 0 && answers::QUESTIONS.iter().all(|entry| all.out.contains(&format!("ask {} ", entry.name))));
    let all = granary(&["do"]);
    assert!(all.exit == 0 && wire::Act::WORDS.iter().all(|word| all.out.contains(&format!("do {word} "))));
    let listed = granary(&["list"]);
    assert!(listed.exit == 0 && listed.out.contains("granary list parties"), "{}", listed.out);
    let nothing = granary(&[]);
    assert_eq!(nothing.exit, 64);
    assert!(nothing.err.contains("Prove") && nothing.err.lines().count() < 14, "{}", nothing.err);
}

#[test]
fn what_works_in_a_folder_alone_knows_no_server() {
    for tool in ["doctor", "init", "serve", "replay", "settings"] {
        let ran = granary(&[tool, "--server", "http://127.0.0.1:1"]);
        assert_eq!(ran.exit, 64, "{tool}");
        assert!(!granary(&[tool, "--help"]).out.contains("--server"), "{tool}");
    }
}

#[test]
fn a_shell_is_offered_options_words_and_codes() {
    let ledger = Ledger::with_agency();
    let dir = ledger.dir().to_str().expect("UTF-8");
    let offered = |words: &[&str]| {
        let ran = std::process::Command::new(env!("CARGO_BIN_EXE_granary"))
            .args(["--", "granary"])
            .args(words)
            .env("GRANARY_COMPLETE", "fish")
            .env_remove("GRANARY_SERVER")
            .output()
            .expect("the binary runs");
        String::from_utf8(ran.stdout).expect("UTF-8")
    };
    assert!(offered(&["deposit", "--dir", dir, "--site", ""]).contains("North"));
    assert!(offered(&["position", "--dir", dir, "--material", "N"]).contains("NdPr"));
    assert!(offered(&["position", "--by", ""]).contains("country"));
    assert!(offered(&["reserve", "bo"]).contains("board"));
}

#[test]
fn a_table_is_a_parquet_file_where_that_is_asked_for() {
    let ledger = Ledger::with_agency();
    let dir = ledger.dir().to_str().expect("UTF-8");
    let ran = granary(&["ask", "list", "--what", "materials", "--dir", dir, "--format", "parquet"]);
    assert!(ran.exit == 0 && ran.out.starts_with("PAR1") && ran.out.ends_with("PAR1"), "{}", ran.err);
    // Whole at the shell, part by part: as CSV the parts have one heading.
    let ran = granary(&["position", "--by", "lot", "--empty", "--dir", dir, "--format", "parquet"]);
    assert!(ran.exit == 0 && ran.out.ends_with("PAR1"), "{}", ran.err);
    let csv = granary(&["position", "--by", "lot", "--dir", dir, "--format", "csv"]);
    assert_eq!(csv.out.lines().count(), 1, "a table without rows keeps its columns: {}", csv.out);
}
