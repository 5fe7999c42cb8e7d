//! Published figures, classed by the rules: what people rounded is rounding.

use std::path::{Path, PathBuf};

use measure::parse_decimal;
use reconcile::Class;

fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The rows of a CSV file.
fn rows(path: &str) -> Vec<csv::StringRecord> {
    let mut reader = csv::Reader::from_path(file(path)).expect("the file is part of the tree");
    reader.records().collect::<Result<_, _>>().expect("every row has its columns")
}

/// What a total says about its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct TotalCheck {
    difference: i128,
    class: Class,
}

/// Whoever rounds each of `n` parts and the total to whole units moves each by at most half a unit, so that the total and
/// the sum of the parts are at most (n + 1) / 2 units apart. More than that somebody has to explain.
fn check_total(total: i64, parts: &[i64]) -> TotalCheck {
    let difference = i128::from(total) - parts.iter().map(|part| i128::from(*part)).sum::<i128>();
    let class = match difference.unsigned_abs() {
        0 => Class::Matched,
        apart if apart <= (parts.len() as u128).div_ceil(2) => Class::Rounding,
        _ => Class::QuantityDiffers,
    };
    TotalCheck { difference, class }
}

/// Counts of matched, rounding, and anything else.
fn counts(checks: &[TotalCheck]) -> [usize; 3] {
    let count = |class| checks.iter().filter(|check| check.class == class).count();
    let (matched, rounding) = (count(Class::Matched), count(Class::Rounding));
    [matched, rounding, checks.len() - matched - rounding]
}

#[test]
fn us_crude_districts_differ_from_their_total_by_rounding_only() {
    let mut totals = Vec::new();
    let mut districts = Vec::new();
    for row in rows("../ingest/data/us_crude_stocks_weekly.csv") {
        let column = |index: usize| row[index].parse::<i64>().expect("thousand barrels are whole");
        let [spr, commercial, total] = [1, 2, 3].map(column);
        totals.push(check_total(total, &[spr, commercial]));
        districts.push(check_total(commercial, &[4, 5, 6, 7, 8].map(column)));
    }
    assert_eq!(counts(&totals), [584, 0, 0]);
    assert_eq!(counts(&districts), [313, 271, 0]);
    let differences = districts.iter().map(|check| check.difference.unsigned_abs());
    assert_eq!(differences.max(), Some(2));
}

#[test]
fn japans_days_of_cover_differ_from_their_parts_by_rounding_only() {
    let text = std::fs::read_to_string(file("../ingest/data/jp_oil_stockpile_days.json")).expect("part of the tree");
    let days: Vec<serde_json::Value> = serde_json::from_str(&text).expect("a list of days");
    let check = |day: &serde_json::Value| {
        let days = |name: &str| day[name].as_i64().expect("whole days");
        check_total(days("total"), &["national", "private", "joint"].map(days))
    };
    let checks: Vec<TotalCheck> = days.iter().map(check).collect();
    assert_eq!(counts(&checks), [109, 34, 0]);
    assert!(checks.iter().all(|check| check.difference.abs() <= 1));
}

/// Lines of the plutonium balance of one year and section, in tenths of a tonne.
fn plutonium(year: &str, section: &str) -> Vec<(String, i64)> {
    rows("tests/data/us_plutonium_balance.csv")
        .iter()
        .filter(|row| row[0].starts_with(year) && &row[2] == section)
        .map(|row| (row[3].to_owned(), parse_decimal(&row[4], 1).expect("tenths of a tonne").units()))
        .collect()
}

fn line(lines: &[(String, i64)], name: &str) -> i64 {
    lines.iter().find(|line| line.0 == name).expect("the line is published").1
}

#[test]
fn the_us_plutonium_balance_closes_at_99_5_with_its_rounding_line() {
    let [totals, acquired, removed, adjusted] =
        ["total", "acquisition", "removal", "adjustment"].map(|section| plutonium("1994", section));
    let figures = |lines: &[(String, i64)]| lines.iter().map(|line| line.1).collect::<Vec<_>>();
    let matched = TotalCheck { difference: 0, class: Class::Matched };
    let acquisitions = line(&totals, "total acquisitions");
    let removals = line(&totals, "total removals");
    assert_eq!(check_total(acquisitions, &figures(&acquired)), matched);
    assert_eq!(check_total(removals, &figures(&removed)), matched);

    let inventory = line(&totals, "actual inventory");
    let rounding = line(&adjusted, "classified transactions and rounding");
    assert_eq!((acquisitions, removals, rounding, inventory), (1_114, 120, 1, 995));
    assert_eq!(check_total(inventory, &[acquisitions, -removals, rounding]), matched);
    // The line with a name is what makes it close; without it the rule still says rounding.
    let without = check_total(inventory, &[acquisitions, -removals]);
    assert_eq!(without, TotalCheck { difference: 1, class: Class::Rounding });
}
