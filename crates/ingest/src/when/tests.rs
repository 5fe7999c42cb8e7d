use super::*;

fn when(settings: &str) -> Result<When, String> {
    let mut table = toml::from_str(settings).expect("TOML");
    WhenSettings::take(&mut table)?.ready()
}

fn day(settings: &str, text: &str) -> String {
    match when(settings).expect("settings").read(text, Kind::Text) {
        Ok(Told { day, note, .. }) => note.map_or(day.to_string(), |note| format!("{day} {note}")),
        Err(wrong) => wrong.to_string(),
    }
}

#[test]
fn what_cannot_be_misread_needs_no_format() {
    for (text, expected) in [
        ("2026-03-02", "2026-03-02"),
        ("2026/03/02", "2026-03-02"),
        ("20260302", "2026-03-02"),
        ("2026-06", "2026-06-30"),
        ("202606", "2026-06-30"),
        ("2026M06", "2026-06-30"),
        ("2026", "2026-12-31"),
        ("2026Q2", "2026-06-30"),
        ("2026-Q2", "2026-06-30"),
        ("Q2 2026", "2026-06-30"),
        ("2026-S1", "2026-06-30"),
        ("2026-W05", "2026-02-01"),
        ("2026年1月", "2026-01-31"),
        ("令和8年1月", "2026-01-31"),
        ("令和元年5月", "2019-05-31"),
        ("２０２６年１月", "2026-01-31"),
        ("2026년 3월", "2026-03-31"),
        ("January 2026", "2026-01-31"),
        ("März 2026", "2026-03-31"),
        ("févr. 2026", "2026-02-28"),
        ("February 2026 [revised]", "2026-02-28 revised"),
        ("2 March 2026", "2026-03-02"),
        ("March 2, 2026", "2026-03-02"),
        ("2. März 2026", "2026-03-02"),
        ("02-Mar-2026", "2026-03-02"),
        ("2026-03-02 15:10:00", "2026-03-02"),
        ("2026-03-02T15:10:00.551203", "2026-03-02"),
    ] {
        assert_eq!(day("", text), expected, "{text}");
    }
}

#[test]
fn what_can_be_misread_is_refused() {
    for text in ["02/03/2026", "2.3.2026", "03-26", "2026-13", "2026-02-30", "soon", "", "12", "March", "2026-W54"] {
        assert!(day("", text).contains("is not a date written as YYYY-MM-DD"), "{text}: {}", day("", text));
    }
    assert!(day("", "46082").ends_with("it looks like a day as spreadsheets count them: `date_format = \"serial\"`"));
    assert!(day("", "2026-03-02T23:30:00Z").contains("is an instant; say with `zone` whose day it is"));
}

#[test]
fn formats_give_days_weeks_months_quarters_and_years() {
    for (format, text, expected) in [
        ("%d.%m.%Y", "02.03.2026", "2026-03-02"),
        ("%m/%d/%Y", "03/02/2026", "2026-03-02"),
        ("%Y-%m", "2026-06", "2026-06-30"),
        ("%Y", "2022", "2022-12-31"),
        ("%Y%m", "202601", "2026-01-31"),
        ("%Y年%m月", "2026年1月", "2026-01-31"),
        ("%B %Y", "Dezember 2026", "2026-12-31"),
        ("%b-%y", "Mar-26", "2026-03-31"),
        ("%d-%b-%y", "02-Mär-26", "2026-03-02"),
        ("%Y-W%V", "2026-W05", "2026-02-01"),
        ("Q%q %Y", "Q3 2026", "2026-09-30"),
        ("%Y-%m-%d %H:%M:%S", "2026-03-02 16:40:12.551203", "2026-03-02"),
        ("serial", "46082", "2026-03-01"),
        ("serial", "46082.75", "2026-03-01"),
    ] {
        assert_eq!(day(&format!("date_format = '{format}'"), text), expected, "{format}");
    }
    for format in ["%d.%m.", "%H:%M", "week", "%d %Y", "%Q", ""] {
        assert!(when(&format!("date_format = '{format}'")).is_err(), "{format}");
    }
    assert_eq!(day("date_format = '%d.%m.%Y'", "2026-03-02"), "`2026-03-02` is not a date written as `%d.%m.%Y`");
    assert_eq!(day("period = 'month'", "2026-06-01"), "2026-06-30");
}

#[test]
fn instants_are_days_of_whoever_keeps_the_books() {
    assert_eq!(day("zone = 'Asia/Tokyo'", "2026-03-02T23:30:00Z"), "2026-03-03");
    assert_eq!(day("zone = 'Asia/Tokyo'", "2026-03-02T08:00:00+0100"), "2026-03-02");
    assert_eq!(day("times = 'UTC'\nzone = 'Asia/Tokyo'", "2026-03-02 15:10:00"), "2026-03-03");
    assert_eq!(
        day("times = 'UTC'\nzone = 'Asia/Tokyo'\ndate_format = '%Y-%m-%d %H:%M:%S'", "2026-03-02 15:10:00"),
        "2026-03-03"
    );
    assert_eq!(
        day("zone = 'Asia/Tokyo'\ndate_format = '%Y-%m-%dT%H:%M:%S%z'", "2026-03-02T15:10:00+0000"),
        "2026-03-03"
    );
    assert!(when("zone = 'Atlantis'").is_err());
}
