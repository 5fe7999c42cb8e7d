//! Programs that nobody here wrote add up what we export, and have to come to our balances.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use testkit::tools;

use crate::run::granary;

/// The ledger of the demo: decades of US crude stocks, and a rare-earth scenario.
fn demo() -> (TempDir, PathBuf) {
    let folder = TempDir::new().expect("a folder");
    let dir = folder.path().join("demo");
    let ran = granary(&["demo", "--dir", dir.to_str().expect("UTF-8")]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
    (folder, dir)
}

fn export(dir: &Path, what: &str) -> PathBuf {
    let file = dir.with_extension(what);
    let (dir, out) = (dir.to_str().expect("UTF-8"), file.to_str().expect("UTF-8"));
    let ran = granary(&["export", what, "--dir", dir, "--out", out]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
    file
}

/// What each site holds, by our own answer: `site:owner:lot` and its quantity.
fn held(dir: &Path, as_of: &str) -> BTreeMap<String, String> {
    let dir = dir.to_str().expect("UTF-8");
    let by = ["--by", "site", "--by", "party", "--by", "lot"];
    let mut arguments = vec!["position", "--dir", dir, "--as-of", as_of, "--format", "json"];
    arguments.extend(by);
    let found = granary(&arguments).json();
    let rows = found["positions"].as_array().expect("rows").iter().filter(|row| row["place"] == "site");
    let text = |row: &serde_json::Value, name: &str| row[name].as_str().expect("text").to_owned();
    let row = |row| {
        let account = ["site", "party", "lot"].map(|name| text(row, name)).join(":");
        (account, format!("{} {} {}", text(row, "on_hand"), text(row, "material"), text(row, "unit")))
    };
    rows.map(row).filter(|(_, quantity)| !quantity.starts_with("0 ")).collect()
}

fn plain(number: &str) -> &str {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }
}

#[test]
#[ignore = "group download"]
fn hledger_comes_to_the_same_balances() {
    let (_folder, dir) = demo();
    let journal = export(&dir, "journal");
    let hledger = |arguments: &[&str]| {
        let program = tools::debian(&["hledger"]).join("usr/bin/hledger");
        let ran = Command::new(program).arg("-f").arg(&journal).args(arguments).env("LC_ALL", "C.UTF-8").output();
        let ran = ran.expect("hledger runs");
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8(ran.stdout).expect("UTF-8")
    };
    hledger(&["check"]);
    let total = hledger(&["balance", "--flat", "-O", "csv"]);
    assert!(
        total.trim_end().to_lowercase().ends_with("\"total\",\"0\""),
        "what leaves somewhere comes somewhere: {total}"
    );
    for (as_of, before) in [("2100-01-01", "2100-01-02"), ("2015-06-30", "2015-07-01")] {
        let text = hledger(&["balance", "assets", "--flat", "-N", "-O", "csv", "-e", before]);
        let mut rows = csv::Reader::from_reader(text.as_bytes());
        let row = |row: csv::StringRecord| {
            let (number, commodity) = row[1].split_once(' ').expect("a number and a commodity");
            let account = row[0].strip_prefix("assets:").expect("assets");
            (account.to_owned(), format!("{} {}", plain(number), commodity.trim_matches('"')))
        };
        let theirs: BTreeMap<String, String> = rows.records().map(|record| row(record.expect("a row"))).collect();
        let ours = held(&dir, as_of);
        assert!(ours.len() >= 5, "{ours:?}");
        assert_eq!(theirs, ours, "as of {as_of}");
    }
}

#[test]
#[ignore = "group download"]
fn duckdb_reads_the_parquet_file_and_comes_to_the_same_sums() {
    let (_folder, dir) = demo();
    let files = [export(&dir, "parquet"), export(&dir, "postings")];
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/foreign/parquet.py");
    let ran = Command::new(tools::python()).arg(script).args(files).output().expect("python runs");
    let (said, wrong) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success(), "{said}{wrong}");
}
